/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiFormula: a formula on lines of its own. It takes the focus, is copied as its source, and is heard as one would read it. */
#pragma once

#include <gtk/gtk.h>

#include "formula/formula-layout.h"

G_BEGIN_DECLS

#define UI_TYPE_FORMULA (ui_formula_get_type ())
G_DECLARE_FINAL_TYPE (UiFormula, ui_formula, UI, FORMULA, GtkWidget)

GtkWidget *ui_formula_new (void);

/* Whether such a formula can be shown; else its source is to be. */
gboolean ui_formula_can_show (const char *tex);

/* `tex`: without its delimiters; `source`: with them. Returns: whether it can be shown. */
gboolean ui_formula_set (UiFormula *self, const char *tex, const char *source);

const char *ui_formula_get_source (UiFormula *self);

/* NULL while it shows nothing. (transfer none) */
UiFormulaLayout *ui_formula_get_layout (UiFormula *self);

G_END_DECLS
