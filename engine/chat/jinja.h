/* SPDX-License-Identifier: MIT */
/* The inside of the template interpreter: values, syntax trees, and one run over them.
 *
 * Internal to engine/chat/; names begin with jinja_ here. A template is foreign code. What
 * holds for all of it:
 *
 * - All memory of a parse or a run comes from its arena, which has a limit and is freed as
 *   a whole; nothing is freed on its own, and nothing can leak.
 * - A failure leaves through jinja_fail (), which jumps back to the entry point (template.c).
 *   So no function here holds anything that is not in the arena.
 * - Nesting is limited when parsing and counted when running, so that the C stack is bounded;
 *   steps are counted, so that a run ends.
 *
 * Values are immutable but for namespaces and loops, as in the sandbox of `transformers`. */
#pragma once

#include "base.h"

#include <setjmp.h>

#define JINJA_MAX_SOURCE ((size_t) 1 << 20)
#define JINJA_MAX_MEMORY ((size_t) 256 << 20)
#define JINJA_MAX_OUTPUT ((size_t) 64 << 20)
#define JINJA_MAX_STEPS 10000000
#define JINJA_MAX_NESTING 250 /* of what the parsers recurse into, and of JSON */
#define JINJA_MAX_TREE 500    /* of a syntax tree: chains like "a + b + c" nest to the left */
#define JINJA_MAX_DEPTH 1200  /* of evaluation, macros and loops included */
#define JINJA_MAX_RANGE 100000
#define JINJA_MAX_PARAMETERS 6

typedef struct JinjaValue JinjaValue;
typedef struct JinjaNode JinjaNode;
typedef struct JinjaRun JinjaRun;
typedef struct JinjaScope JinjaScope;

/* ---- memory ------------------------------------------------------------------ */

typedef struct JinjaBlock JinjaBlock;

typedef struct {
  JinjaBlock *blocks; /* the newest first */
  char       *next, *end;
  size_t      total;
} JinjaArena;

/* Zeroed, aligned to 16 bytes. */
void *jinja_alloc (JinjaRun *run, size_t count, size_t size);
void  jinja_arena_free (JinjaArena *arena);

/* Bytes that grow. */
typedef struct {
  char  *bytes;
  size_t n, capacity;
} JinjaBuffer;

void jinja_append (JinjaRun *run, JinjaBuffer *buffer, const char *bytes, size_t n);
void jinja_append_text (JinjaRun *run, JinjaBuffer *buffer, const char *text);

/* ---- values ------------------------------------------------------------------- */

typedef enum {
  JINJA_ABSENT,    /* no value at all: an argument that was not given, a name without a variable */
  JINJA_UNDEFINED, /* Jinja's Undefined; as.string is the name that has no value, for messages */
  JINJA_NONE,
  JINJA_BOOL,
  JINJA_INT,
  JINJA_FLOAT,
  JINJA_STRING,
  JINJA_LIST,
  JINJA_TUPLE,
  JINJA_GENERATOR, /* Python's: can be walked over once, has no length and no order; as.list is what is left */
  JINJA_DICT,
  JINJA_NAMESPACE, /* as.dict */
  JINJA_LOOP,
  JINJA_FUNCTION,
  JINJA_METHOD,
  JINJA_MACRO,
} JinjaKind;

typedef struct {
  const char *bytes; /* not NUL-terminated */
  size_t      n;
} JinjaString;

typedef struct JinjaList JinjaList;
typedef struct JinjaDict JinjaDict;
typedef struct JinjaLoop JinjaLoop;
typedef struct JinjaMethod JinjaMethod;
typedef struct JinjaMacro JinjaMacro;
typedef struct JinjaBuiltin JinjaBuiltin;

struct JinjaValue {
  JinjaKind kind;
  union {
    bool                boolean;
    int64_t             integer;
    double              number;
    JinjaString         string;
    JinjaList          *list; /* tuples too */
    JinjaDict          *dict;
    JinjaLoop          *loop;
    const JinjaBuiltin *function;
    JinjaMethod        *method;
    JinjaMacro         *macro;
  } as;
  bool markup; /* a string that is "safe": what is added to it is escaped */
};

struct JinjaList {
  JinjaValue *items;
  size_t      n, capacity;
};

/* In the order of insertion; `index` (open addressing, of entry numbers + 1) is there from
 * the ninth entry on. */
typedef struct {
  JinjaValue key, value;
} JinjaEntry;

struct JinjaDict {
  JinjaEntry *entries;
  size_t      n, capacity;
  uint32_t   *index;
  size_t      mask;
};

JinjaValue jinja_undefined (JinjaString name);
JinjaValue jinja_none (void);
JinjaValue jinja_bool (bool value);
JinjaValue jinja_int (int64_t value);
JinjaValue jinja_float (double value);
JinjaValue jinja_string (const char *bytes, size_t n);
JinjaValue jinja_text (const char *text); /* NUL-terminated, not copied */
JinjaValue jinja_buffer_string (const JinjaBuffer *buffer);
JinjaValue jinja_list (JinjaRun *run, JinjaKind kind, size_t capacity);
JinjaValue jinja_dict (JinjaRun *run);
JinjaValue jinja_generator (JinjaValue list);
void       jinja_push (JinjaRun *run, JinjaList *list, JinjaValue value);

/* NULL when absent, as for an undefined key. A key that cannot be hashed fails. */
JinjaValue *jinja_dict_get (JinjaRun *run, const JinjaDict *dict, JinjaValue key);
JinjaValue *jinja_dict_get_text (JinjaRun *run, const JinjaDict *dict, const char *key);
void        jinja_dict_set (JinjaRun *run, JinjaDict *dict, JinjaValue key, JinjaValue value);

bool jinja_is (JinjaValue value, const char *text); /* a string equal to `text` */
bool jinja_is_number (JinjaValue value);            /* bool, int or float */
bool jinja_truth (JinjaRun *run, JinjaValue value);
bool jinja_equal (JinjaRun *run, JinjaValue a, JinjaValue b);
/* < 0, 0, > 0; fails for kinds that Python does not order. */
int  jinja_compare (JinjaRun *run, JinjaValue a, JinjaValue b);
/* The number of an integer or a bool; fails with `what` for anything else. */
int64_t jinja_integer (JinjaRun *run, JinjaValue value, const char *what);
double  jinja_number (JinjaRun *run, JinjaValue value, const char *what);
const char *jinja_kind_name (JinjaValue value);

/* The items of a list, tuple, string, dict (its keys) or Undefined (none), as a list. */
JinjaList *jinja_items (JinjaRun *run, JinjaValue value);
bool       jinja_is_iterable (JinjaValue value);
size_t     jinja_length (JinjaRun *run, JinjaValue value);

/* Characters, not bytes. */
size_t      jinja_count_characters (JinjaString string);
/* The bytes of characters [start, end). */
JinjaString jinja_substring (JinjaString string, size_t start, size_t end);

/* As HTML's entities; the result is markup. */
JinjaValue jinja_escape (JinjaRun *run, JinjaValue value);

/* ---- values as text -------------------------------------------------------------- */

/* Python's str () and repr (). */
void        jinja_print (JinjaRun *run, JinjaBuffer *out, JinjaValue value);
void        jinja_print_quoted (JinjaRun *run, JinjaBuffer *out, JinjaValue value);
JinjaString jinja_to_string (JinjaRun *run, JinjaValue value);

/* Python's json.loads () and json.dumps (). `indent` < 0: on one line; `indent_text` is what one level is indented with. */
JinjaValue jinja_read_json (JinjaRun *run, const char *json, size_t n_bytes);
typedef struct {
  bool        ascii, sort_keys, lines;
  JinjaString indent;               /* of one level, when `lines` */
  JinjaString item, key;            /* separators */
} JinjaJsonStyle;
void jinja_write_json (JinjaRun *run, JinjaBuffer *out, JinjaValue value, const JinjaJsonStyle *style);

/* ---- functions, filters, tests, methods -------------------------------------------- */

/* Arguments as they were called, or, for functions with parameters, one item for each parameter
 * (JINJA_ABSENT where none was given) and no names. */
typedef struct {
  JinjaValue  *items;
  size_t       n;
  JinjaString *names;
  JinjaValue  *named;
  size_t       n_named;
} JinjaArguments;

/* `self`: what a filter is applied to, what a test asks about, whose method it is. `scope`:
 * NULL where nothing is called back. */
typedef JinjaValue (*JinjaFunc) (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments);

struct JinjaBuiltin {
  const char *name;
  JinjaFunc   func;
  /* "!old !new count": a parameter with ! must be given. NULL: takes the arguments as they are. */
  const char *parameters;
};

const JinjaBuiltin *jinja_find_filter (JinjaString name);
const JinjaBuiltin *jinja_find_test (JinjaString name);
const JinjaBuiltin *jinja_find_function (JinjaString name);
const JinjaBuiltin *jinja_find_method (JinjaValue self, JinjaString name);
const JinjaBuiltin *jinja_find_in (const JinjaBuiltin *table, size_t n, JinjaString name);

JinjaValue jinja_call_builtin (JinjaRun *run, const JinjaBuiltin *builtin, JinjaValue self, const JinjaArguments *arguments);
/* Any value that can be called. */
JinjaValue jinja_call (JinjaRun *run, JinjaValue callee, const JinjaArguments *arguments);

/* value.name and value[key], as Jinja looks them up. Undefined when there is nothing. */
JinjaValue jinja_get_attribute (JinjaRun *run, JinjaValue value, JinjaString name);
JinjaValue jinja_get_item (JinjaRun *run, JinjaValue value, JinjaValue key);
/* "a.b.0", as the filters' `attribute` has it. */
JinjaValue jinja_get_path (JinjaRun *run, JinjaValue value, JinjaValue path);
JinjaValue jinja_slice (JinjaRun *run, JinjaValue value, JinjaValue start, JinjaValue stop, JinjaValue step);
JinjaValue jinja_binary (JinjaRun *run, int operation, JinjaValue a, JinjaValue b);
bool       jinja_contains (JinjaRun *run, JinjaValue container, JinjaValue value);
/* Python's "…" % values. */
JinjaValue jinja_percent (JinjaRun *run, JinjaString format, const JinjaList *values);

struct JinjaMethod {
  const JinjaBuiltin *builtin;
  JinjaValue          self;
};

/* ---- syntax ------------------------------------------------------------------------ */

/* A name that stands in the template; equal names are one object. */
typedef struct JinjaName {
  JinjaString       string;
  int32_t           index;
  struct JinjaName *next; /* in the bucket */
} JinjaName;

typedef enum {
  /* expressions */
  JINJA_NODE_CONST, JINJA_NODE_NAME, JINJA_NODE_LIST, JINJA_NODE_TUPLE, JINJA_NODE_DICT,
  JINJA_NODE_ATTRIBUTE, JINJA_NODE_ITEM, JINJA_NODE_SLICE, JINJA_NODE_CALL, JINJA_NODE_FILTER, JINJA_NODE_TEST,
  JINJA_NODE_NOT, JINJA_NODE_NEGATIVE, JINJA_NODE_POSITIVE, JINJA_NODE_AND, JINJA_NODE_OR, JINJA_NODE_BINARY, JINJA_NODE_JOIN,
  JINJA_NODE_COMPARE, JINJA_NODE_CONDITION,
  /* statements */
  JINJA_NODE_TEXT, JINJA_NODE_PRINT, JINJA_NODE_SEQUENCE, JINJA_NODE_IF, JINJA_NODE_FOR, JINJA_NODE_SET,
  JINJA_NODE_SET_BLOCK, JINJA_NODE_MACRO, JINJA_NODE_CALL_BLOCK, JINJA_NODE_FILTER_BLOCK, JINJA_NODE_WITH,
  JINJA_NODE_BREAK, JINJA_NODE_CONTINUE,
} JinjaNodeKind;

typedef enum {
  JINJA_ADD, JINJA_SUB, JINJA_MUL, JINJA_DIV, JINJA_FLOOR_DIV, JINJA_MOD, JINJA_POW,
  JINJA_EQ, JINJA_NE, JINJA_LT, JINJA_LE, JINJA_GT, JINJA_GE, JINJA_IN, JINJA_NOT_IN,
} JinjaOperation;

/* What the parts mean for each kind:
 *   LIST, TUPLE, SEQUENCE  list
 *   DICT                   list: keys, more: values
 *   ATTRIBUTE a.name       ITEM a[b]      SLICE list: start, stop, step (NULL where absent)
 *   CALL, FILTER, TEST     a: callee or subject (NULL for the filter of a block); name; builtin;
 *                          list: arguments; names, more: named ones; b: *arguments; c: **arguments
 *   COMPARE                a, then list: operands, with operations
 *   CONDITION              b if a else c (NULL)
 *   IF                     list: tests, more: their bodies; c: else (NULL)
 *   FOR                    name: "loop"; a: target, b: what to walk over, c: filter (NULL), list[0]: body, list[1]: else (NULL); flag: recursive
 *   SET                    a: target, b: value     SET_BLOCK  a: target, b: filter (NULL), c: body
 *   MACRO                  name; list: parameters (NAME), more: defaults of the last of them; c: body;
 *                          names: "varargs", "kwargs", "caller"; flag, flag_named: the body
 *                          reads varargs, kwargs
 *   CALL_BLOCK             a: the call; the rest as for MACRO
 *   FILTER_BLOCK           b: filter, c: body      WITH  list: targets, more: values, c: body
 *   NOT, NEGATIVE, POSITIVE, PRINT  a              AND, OR, BINARY  a, b   JOIN list */
struct JinjaNode {
  JinjaNodeKind kind;
  JinjaOperation operation;
  bool        flag, flag_named;
  int         line, nesting;
  JinjaValue  value; /* CONST, TEXT */
  JinjaName  *name;
  const JinjaBuiltin *builtin;
  JinjaNode  *a, *b, *c;
  JinjaNode **list, **more;
  size_t      n_list, n_more;
  JinjaName **names;
  JinjaOperation *operations;
};

/* ---- a run ------------------------------------------------------------------------- */

typedef struct JinjaVariable {
  const JinjaName      *name;
  JinjaValue            value;
  struct JinjaVariable *next;
} JinjaVariable;

struct JinjaScope {
  JinjaScope    *parent; /* NULL: the template's own variables */
  JinjaVariable *variables;
};

struct JinjaLoop {
  JinjaList       *items;
  size_t           index; /* of the current one */
  int              depth;
  const JinjaNode *node;  /* of a recursive loop, else NULL */
  JinjaScope      *scope; /* in which it stands */
  JinjaValue       changed;
};

struct JinjaMacro {
  const JinjaNode *node;
  JinjaScope      *scope;
};

struct JinjaRun {
  JinjaArena   arena;
  jmp_buf      failed;
  EngineError *error;
  int          line;  /* of what is parsed or evaluated now; 0 before a run has begun */
  int          depth;
  int64_t      steps;
  JinjaBuffer *out;
  size_t       printed;
};

/* Ends the parse or the run with "Line N of the chat template: …". */
_Noreturn void jinja_fail (JinjaRun *run, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* Counts work: one step, and one for each 64 bytes. */
void jinja_work (JinjaRun *run, size_t n_bytes);
/* Around everything that recurses. */
void jinja_enter (JinjaRun *run);
void jinja_leave (JinjaRun *run);

/* Writes to the output of the run. */
void jinja_emit (JinjaRun *run, const char *bytes, size_t n);

typedef enum { JINJA_NEXT, JINJA_BREAK, JINJA_CONTINUE } JinjaFlow;

JinjaValue jinja_evaluate (JinjaRun *run, JinjaScope *scope, const JinjaNode *node);
JinjaFlow  jinja_execute (JinjaRun *run, JinjaScope *scope, const JinjaNode *node);
/* Calls the filter node on a value. */
JinjaValue jinja_apply_filter (JinjaRun *run, JinjaScope *scope, const JinjaNode *node, JinjaValue value);
JinjaValue jinja_call_macro (JinjaRun *run, JinjaMacro *macro, const JinjaArguments *arguments);
JinjaValue jinja_call_loop (JinjaRun *run, JinjaLoop *loop, JinjaValue items);
JinjaValue jinja_loop_attribute (JinjaRun *run, JinjaLoop *loop, JinjaString name);

JinjaScope *jinja_scope (JinjaRun *run, JinjaScope *parent);
void        jinja_set (JinjaRun *run, JinjaScope *scope, const JinjaName *name, JinjaValue value);
/* ABSENT when there is none. */
JinjaValue  jinja_get (JinjaRun *run, const JinjaScope *scope, const JinjaName *name);

/* ---- parsing ------------------------------------------------------------------------ */

typedef struct {
  JinjaName **buckets;
  size_t      mask;
  int32_t     n;
} JinjaNames;

JinjaName *jinja_intern (JinjaRun *run, JinjaNames *names, JinjaString string);
/* The whole template as a SEQUENCE. */
JinjaNode *jinja_parse (JinjaRun *run, JinjaNames *names, const char *source, size_t n_bytes);
