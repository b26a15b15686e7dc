/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula, set: where its glyphs and rules are. It does not change, so that it can be drawn at any size and in any colour. Main thread only. */
#pragma once

#include <cairo.h>

#include "app-formula.h"

G_BEGIN_DECLS

typedef struct _UiFormulaLayout UiFormulaLayout;

/* `display`: on lines of its own. Returns: (transfer full) (nullable): NULL when no font for mathematics is installed */
UiFormulaLayout *ui_formula_layout_new (AppFormula *formula, gboolean display);
UiFormulaLayout *ui_formula_layout_ref (UiFormulaLayout *self);
void ui_formula_layout_unref (UiFormulaLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiFormulaLayout, ui_formula_layout_unref)

/* In em: the width, and how far it is above and below its baseline. */
void ui_formula_layout_get_size (UiFormulaLayout *self, double *width, double *height, double *depth);

/* Draws with the source of `cr`; its baseline begins at `x`, `y`; `em` in pixels. */
void ui_formula_layout_draw (UiFormulaLayout *self, cairo_t *cr, double x, double y, double em);

/* How large an em of the font is, so that its small letters are as high as those of a font whose x-height is `x_height`. Both in pixels, or both in em. */
double ui_formula_layout_em_for (double x_height);

/* One line for each glyph and rule, in hundredths of an em: for tests. (transfer full) */
char *ui_formula_layout_dump (UiFormulaLayout *self);

G_END_DECLS
