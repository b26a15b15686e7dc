/* SPDX-License-Identifier: MIT */
/* Tool calls, as each family of models writes them.
 *
 * Internal. A *format* says how calls are written: marks, the name, the arguments, one after the other, as a list of steps. It is found by what the model's template
 * has in it (calls.def: one line; calls/: one file each). The same steps are read in two ways: calls-parse.c goes through them while an answer comes, and calls-grammar.c makes
 * a grammar of them, in which each tool's name is followed by what its schema allows.
 *
 * Marks are often special tokens, which add no text to an answer. In all that is read and forced here such a token is its text between the bytes ENGINE_CALLS_OPEN and
 * ENGINE_CALLS_CLOSE, which no UTF-8 has: so what a model says in plain letters is never taken for a special token that it did not write, and a grammar can ask for one. */
#pragma once

#include "engine.h"
#include "grammar/json.h"
#include "text.h"
#include "tokenizer/trie.h"

#define ENGINE_CALLS_OPEN ENGINE_TRIE_OPEN
#define ENGINE_CALLS_CLOSE ENGINE_TRIE_CLOSE

/* ---- formats ------------------------------------------------------------- */

typedef enum {
  ENGINE_CALL_END = 0,
  ENGINE_CALL_MARK,      /* this text */
  ENGINE_CALL_MAY,       /* this text, which is sometimes left out; it is written */
  ENGINE_CALL_MAY_NOT,   /* this text, which is sometimes there; it is not written */
  ENGINE_CALL_SPACE,     /* white space of any kind; this one is written */
  ENGINE_CALL_UNTIL,     /* whatever stands before this text, and it; what is written is `written` */
  ENGINE_CALL_NAME,      /* the tool's */
  ENGINE_CALL_ID,        /* letters and digits; `written`: a number of a call behind the name (Kimi) */
  ENGINE_CALL_ARGUMENTS, /* a JSON object */
  ENGINE_CALL_OBJECT,    /* a JSON object that holds name, arguments and perhaps an id */
  ENGINE_CALL_MEMBERS,   /* arguments one by one, as EngineCallMembers says */
  ENGINE_CALL_BRACES,    /* {key:value,…} with bare keys and texts between marks (Gemma) */
  ENGINE_CALL_KEYWORDS,  /* (key=value, …) as in Python (LFM2) */
} EngineCallStepKind;

typedef struct {
  EngineCallStepKind kind;
  const char        *text, *written;
} EngineCallStep;

/* How an argument is written: before KEY between VALUE after. */
typedef struct {
  const char *before, *between, *after;
  bool        lines;    /* a value stands on lines of its own: one line break at each end is not of it */
  const char *texts;    /* between key and value, of one that is a text, in the place of `between`; NULL: the schema says */
  const char *apart;    /* written between arguments and around them */
} EngineCallMembers;

#define ENGINE_CALL_STEPS 14

typedef struct {
  const char *name;
  const char *needs[4];   /* texts that a template has which writes calls so; all of them */
  const char *lacks;      /* and one that it has not; NULL: none */
  const char *opens[5];   /* what calls begin with; the first is written */
  const char *peeks[3];   /* what calls begin with and is part of the steps already */
  bool        bare;       /* an answer may begin with a call, without anything that opens it */
  const char *begins;     /* of `bare`: what such a call begins with; NULL: the name of a tool */
  EngineCallStep steps[ENGINE_CALL_STEPS]; /* of one call */
  const char *between;    /* one call and the next of the same opening; "": nothing; NULL: each has its own */
  int         again;      /* the step with which that one begins */
  const char *close;      /* behind the last; NULL: nothing */
  const char *trigger;    /* what an answer that has become a call contains, where that is not opens[0] as a whole */
  bool        one;        /* no other call follows in an answer */
  bool        free_text;  /* text may stand behind a call and before the next */
  EngineCallMembers members;
  /* Of OBJECT: the names of its members as they are written; others that are used elsewhere are understood too. `id_key` NULL: no id is written. */
  const char *name_key, *arguments_key, *id_key;
  bool        id_first;   /* before the name */
  bool        keyed;      /* {"name": {arguments}} (Apertus) */
  const char *quote;      /* of BRACES: what stands around texts */
  const char *drops[6];   /* in the text of an answer: headings of its parts, which are not of it */
} EngineCallFormat;

/* The format of a template; the generic one when it is NULL or has none. */
const EngineCallFormat *engine_call_format_of (const char *template_, size_t n_bytes);
/* By its name; NULL: there is none. */
const EngineCallFormat *engine_call_format_named (const char *name);
/* The one for models without: `engine_call_instructions ()` explains it. */
extern const EngineCallFormat engine_call_format_generic;

/* ---- tools ---------------------------------------------------------------- */

typedef enum { ENGINE_CALL_TEXT, ENGINE_CALL_JSON, ENGINE_CALL_EITHER } EngineCallType;

typedef struct {
  char       *name, *description;
  EngineJson *schema;  /* of the arguments: an object */
} EngineCallTool;

/* Copies of a request's tools. Immutable. */
typedef struct {
  EngineBuild     build;
  EngineCallTool *tools;
  size_t          n;
} EngineCallTools;

/* Errors: BAD_INPUT (a name that cannot be used or is there twice, a schema that is no JSON object), NO_MEMORY. */
EngineCallTools *engine_call_tools_new (const EngineTool *tools, size_t n, EngineError *error);
void             engine_call_tools_free (EngineCallTools *tools);
const EngineCallTool *engine_call_tools_find (const EngineCallTools *tools, const char *name, size_t n);
/* Whether what is written without quotes for that member is a text. */
EngineCallType   engine_call_tool_type (const EngineCallTool *tool, const char *key, size_t n);
/* Whether the bytes are one JSON value; `object`: an object. Limits of nesting hold. */
bool             engine_call_is_json (const char *bytes, size_t n, bool object);

/* ---- reading -------------------------------------------------------------- */

typedef enum { ENGINE_SPAN_TEXT, ENGINE_SPAN_CALL, ENGINE_SPAN_BROKEN } EngineSpanKind;

/* A stretch of what came of an answer. */
typedef struct {
  EngineSpanKind kind;
  int32_t     call;
  size_t      n_bytes;     /* of text, of arguments, or of what is no call */
  const char *name, *id;   /* of the reader; NULL: not known yet */
  bool        done;
  const char *problem;     /* of BROKEN: a sentence, literal */
} EngineSpan;

typedef struct {
  EngineText  text;        /* of all spans, one behind the other, each with a zero byte behind it */
  EngineSpan *spans;
  size_t      n, capacity;
  bool        failed;      /* no memory */
} EngineSpans;

void engine_spans_clear (EngineSpans *spans);
/* Adds it, to the last span where that goes on. */
void engine_spans_add (EngineSpans *spans, const EngineSpan *span, const char *bytes);

typedef struct EngineCallReader EngineCallReader;

/* `tools` must outlive it; NULL: nothing is known of them. `salt`: ids that are made are different for different ones. */
EngineCallReader *engine_call_reader_new (const EngineCallFormat *format, const EngineCallTools *tools, uint64_t salt, EngineError *error);
void engine_call_reader_free (EngineCallReader *reader);
/* The next bytes of an answer, whole characters, special tokens between their bytes; false: no memory. */
bool engine_call_reader_push (EngineCallReader *reader, const char *bytes, size_t n, EngineSpans *out, EngineError *error);
/* Nothing follows. */
bool engine_call_reader_end (EngineCallReader *reader, EngineSpans *out, EngineError *error);
/* Whether it is within a call now. */
bool engine_call_reader_is_inside (const EngineCallReader *reader);
