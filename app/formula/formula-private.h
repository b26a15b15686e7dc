/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader of formulas, in two files: private to app/formula/. */
#pragma once

#include "app-formula.h"

G_BEGIN_DECLS

struct _AppFormula {
  gatomicrefcount ref_count;
  GPtrArray *nodes; /* every node, which are freed together */
  AppFormulaNode *root;
};

/* What ends a row; a row may end at several. */
typedef enum {
  STOP_BRACE = 1 << 0,   /* } */
  STOP_BRACKET = 1 << 1, /* ] */
  STOP_CELL = 1 << 2,    /* &, \\ and \end */
  STOP_RIGHT = 1 << 3,   /* \right */
} Stops;

/* One reading. When `failed`, a limit was reached: all functions return at once, and the tree is thrown away. */
typedef struct {
  AppFormula *formula;
  const char *at;
  guint depth;
  AppFormulaAlphabet alphabet;
  gboolean failed;
} Reader;

/* Returns: (transfer none) */
AppFormulaNode *formula_node_new (Reader *reader, AppFormulaKind kind);
void formula_node_add (AppFormulaNode *node, AppFormulaNode *child);

/* Up to one of `stops`, or the end, which is not consumed. */
AppFormulaNode *formula_read_row (Reader *reader, Stops stops);
/* What a command takes: the group in braces, or one thing; an empty row at the end of the source. */
AppFormulaNode *formula_read_argument (Reader *reader);
/* The text in braces as it is, or ""; (transfer full) */
char *formula_read_text_argument (Reader *reader);
/* The row in brackets, or NULL. */
AppFormulaNode *formula_read_option (Reader *reader);
/* A delimiter after \left and its kin; 0 for none ("."). */
gunichar formula_read_delimiter (Reader *reader);
void formula_skip_spaces (Reader *reader);
/* Whether `word` is next; then it is passed. */
gboolean formula_take (Reader *reader, const char *word);

/* What a command makes; `name` is without its backslash and already read. NULL: nothing is to be seen. */
typedef struct _Command Command;
struct _Command {
  const char *name;
  AppFormulaNode *(*read) (Reader *reader, const Command *command);
  gint64 number; /* means what `read` takes it for */
  const char *text;
};

/* NULL: there is none. */
const Command *formula_find_command (const char *name);

AppFormulaNode *formula_read_environment (Reader *reader, const Command *command);

G_END_DECLS
