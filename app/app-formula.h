/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula: the mathematics of TeX and amsmath as models write them, as a tree.
 *
 * What is read is a notation, not a programme: there are no macros, no registers and no files. The source is foreign, so the limits below bound
 * time, memory and stack. Within them every source becomes a tree: what is not understood is a node of kind SOURCE, which is
 * shown as it was written. The tree does not change after it was made, and may be used from any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer sources, and sources that make more or deeper nodes, are not read. */
#define APP_FORMULA_MAX_BYTES 8192
#define APP_FORMULA_MAX_NODES 4000
#define APP_FORMULA_MAX_DEPTH 32

/* The classes of atoms, which decide the spaces between them (The TeXbook, chapter 18). */
typedef enum {
  APP_FORMULA_ORD,
  APP_FORMULA_OP,
  APP_FORMULA_BIN,
  APP_FORMULA_REL,
  APP_FORMULA_OPEN,
  APP_FORMULA_CLOSE,
  APP_FORMULA_PUNCT,
  APP_FORMULA_INNER,
} AppFormulaAtom;
#define APP_FORMULA_N_ATOMS (APP_FORMULA_INNER + 1)

/* The alphabets of letters. MATH is what a letter has by itself: italic, but digits and Greek capitals are upright. */
typedef enum {
  APP_FORMULA_MATH,
  APP_FORMULA_ROMAN,
  APP_FORMULA_ITALIC,
  APP_FORMULA_BOLD,
  APP_FORMULA_BOLD_ITALIC,
  APP_FORMULA_SANS,
  APP_FORMULA_MONO,
  APP_FORMULA_SCRIPT,
  APP_FORMULA_FRAKTUR,
  APP_FORMULA_DOUBLE,
} AppFormulaAlphabet;

/* What a command of one character means. */
typedef struct {
  const char *name;    /* without its backslash */
  gunichar character;
  AppFormulaAtom atom;
  const char *words;   /* (nullable): how it is read aloud, for gettext; else by the screen reader's own name of the character */
  gboolean limits;     /* a large operator whose scripts stand above and below where there is room */
} AppFormulaSymbol;

/* The kinds of nodes, and what their fields hold. `children` may hold NULL where a part is missing. */
typedef enum {
  APP_FORMULA_ROW,       /* children one after the other */
  APP_FORMULA_SYMBOL,    /* character, alphabet, symbol */
  APP_FORMULA_NAME,      /* text: the name of a function, upright; limits */
  APP_FORMULA_TEXT,      /* text, alphabet: words between formulas */
  APP_FORMULA_SOURCE,    /* text: source that was not understood */
  APP_FORMULA_SPACE,     /* number: width in 1/18 em */
  APP_FORMULA_FRACTION,  /* above, below; number: -1, or the style that it is set in; bare: without a line */
  APP_FORMULA_RADICAL,   /* what is under the root, its index */
  APP_FORMULA_SCRIPTS,   /* base, sub, sup; number: 1 limits, 0 no limits, -1 as the base likes it */
  APP_FORMULA_FENCE,     /* a row between stretched delimiters: character left, second right, 0 for none */
  APP_FORMULA_DELIMITER, /* character; number: 0 as high as the fence around it, 1…4 fixed sizes */
  APP_FORMULA_ACCENT,    /* base; character: a combining one; wide */
  APP_FORMULA_LINE,      /* base; under */
  APP_FORMULA_BRACE,     /* base; character: one that stretches sideways; under */
  APP_FORMULA_ARROW,     /* above, below; character: an arrow as wide as both */
  APP_FORMULA_STACK,     /* base, above, below: smaller, as limits */
  APP_FORMULA_TABLE,     /* cells row after row; number of columns; text: a letter of "lcr" for each; see `table` */
  APP_FORMULA_STYLE,     /* a row; number: 0 display, 1 text, 2 script, 3 script of script */
  APP_FORMULA_PHANTOM,   /* a row that takes its room but is not seen */
  APP_FORMULA_BOX,       /* a row in a frame */
} AppFormulaKind;
#define APP_FORMULA_N_KINDS (APP_FORMULA_BOX + 1)

/* How the cells of a TABLE are set. */
typedef enum {
  APP_FORMULA_MATRIX,
  APP_FORMULA_ARRAY,
  APP_FORMULA_CASES,
  APP_FORMULA_ALIGNED, /* display style; pairs of columns that meet at a relation */
  APP_FORMULA_SMALL,
  APP_FORMULA_LINES,   /* \substack */
} AppFormulaTable;

typedef struct _AppFormulaNode AppFormulaNode;
struct _AppFormulaNode {
  AppFormulaKind kind;
  AppFormulaAtom atom;
  gunichar character;
  gunichar second;
  AppFormulaAlphabet alphabet;
  const AppFormulaSymbol *symbol; /* (nullable) */
  char *text;
  GPtrArray *children;            /* (nullable): AppFormulaNode, not owned */
  int number;
  AppFormulaTable table;
  guint64 rules;                  /* TABLE: a bit for each column that has a line before it */
  guint64 row_rules;              /* and for each row that has one above it */
  gboolean limits, bare, wide, under;
};

typedef struct _AppFormula AppFormula;

/* `tex`: UTF-8 without its delimiters. Returns: (transfer full) (nullable): NULL beyond the limits */
AppFormula *app_formula_new (const char *tex);
AppFormula *app_formula_ref (AppFormula *self);
void app_formula_unref (AppFormula *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppFormula, app_formula_unref)

/* (transfer none) */
const AppFormulaNode *app_formula_get_root (AppFormula *self);

/* How one would read it to somebody, in the language of the window. (transfer full) */
char *app_formula_dup_words (AppFormula *self);

/* On one line of plain text, as far as that goes: "2348 × 0.175", "(a + b)/2". (transfer full) */
char *app_formula_dup_plain (AppFormula *self);
/* The same of all formulas between \( \), \[ \] and $$ in a text; one that does not end goes to the end of the text. (transfer full) */
char *app_formula_dup_plain_text (const char *text);

/* As a <math> element of MathML Core, with `tex` as its annotation. (transfer full) */
char *app_formula_dup_mathml (AppFormula *self, const char *tex, gboolean display);

/* The command `name`, or the character; NULL for an unknown one. (transfer none) */
const AppFormulaSymbol *app_formula_find_command (const char *name);
const AppFormulaSymbol *app_formula_find_character (gunichar character);

/* The character of mathematics that stands for `c` in an alphabet, such as U+1D465 for an italic x; `c` itself where there is none. */
gunichar app_formula_map_letter (gunichar c, AppFormulaAlphabet alphabet);

/* A child, or NULL. */
static inline const AppFormulaNode *
app_formula_child (const AppFormulaNode *node, guint index)
{
  return node->children != NULL && index < node->children->len ? g_ptr_array_index (node->children, index) : NULL;
}

G_END_DECLS
