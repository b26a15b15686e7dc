/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a tree to places: private to ui/formula/. Lengths are in em of the formula; x grows to the right, y upwards, from the beginning of the baseline. */
#pragma once

#include "app-formula.h"
#include "formula-font.h"

G_BEGIN_DECLS

typedef struct {
  enum { MARK_GLYPH, MARK_RULE, MARK_WORDS } kind;
  guint glyph;          /* MARK_GLYPH */
  char *words;          /* MARK_WORDS: what the font lacks, or source; owned by the array */
  gboolean monospace;   /* MARK_WORDS */
  double x, y;          /* where the glyph or the words begin; the lower left corner of the rule */
  double size;          /* of glyphs and words */
  double width, height; /* of the rule */
} Mark;

/* A box takes the marks of those that are put into it. */
typedef struct {
  double width, height, depth;
  double italic;  /* how much what follows above has to keep away */
  double accent;  /* where an accent stands */
  gboolean is_character;
  GArray *marks;
} Box;

Box *box_new (void);
void box_free (Box *box);
/* Takes `child` and puts it with its origin at x, y; the size of `box` grows in height and depth, not in width. */
void box_put (Box *box, Box *child, double x, double y);
void box_put_rule (Box *box, double x, double y, double width, double height);
/* Parts of a glyph, one above the other or side by side; its lower or left end at x, y. */
void box_put_parts (Box *box, const FormulaFont *font, GArray *parts, double x, double y, double size, gboolean vertical);

/* The eight styles of TeX: 0 display, 1 text, 2 script, 3 script of script, each also cramped. */
typedef struct {
  int level;
  gboolean cramped;
} Style;

typedef struct {
  const FormulaFont *font;
} Setter;

double style_size (const Setter *setter, Style style);
Style style_script (Style style, gboolean cramped);
/* A constant of the font at the size of `style`. */
double style_constant (const Setter *setter, Style style, hb_ot_math_constant_t constant);
double style_axis (const Setter *setter, Style style);

/* Each makes a box of a node; `node` may be NULL for set_node () alone, which then makes an empty one. (transfer full) */
typedef Box *(*SetNode) (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_node (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_row (const Setter *setter, const AppFormulaNode *node, Style style);
/* A row that goes on after something ordinary, as the right half of an aligned pair does. */
Box *set_row_after (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_symbol (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_name (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_text (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_source (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_fraction (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_radical (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_scripts (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_stack (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_fence (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_delimiter (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_accent (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_line (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_brace (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_arrow (const Setter *setter, const AppFormulaNode *node, Style style);
Box *set_table (const Setter *setter, const AppFormulaNode *node, Style style);

/* A delimiter at least `size` high in all, around the axis. */
Box *set_stretched (const Setter *setter, gunichar c, double size, Style style);
/* A glyph at least `width` wide. */
Box *set_sideways (const Setter *setter, gunichar c, double width, Style style);

G_END_DECLS
