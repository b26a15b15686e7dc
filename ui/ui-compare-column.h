/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCompareColumn: one of two answers that stand beside each other: over it the model that wrote it and where, with "Keep this answer", and where there are
 * more than two versions, the way to the others.
 *
 * Signals: "keep" (); "step" (int: -1 or 1), to another version. */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPARE_COLUMN (ui_compare_column_get_type ())
G_DECLARE_FINAL_TYPE (UiCompareColumn, ui_compare_column, UI, COMPARE_COLUMN, GtkWidget)

/* (nullable) `index`: from 0, among `n_versions`. `current`: it is the one that the conversation goes on from. */
void ui_compare_column_set_message (UiCompareColumn *self, AppMessage *message, guint index, guint n_versions, gboolean current);
/* Whether the model's name shows, which it does at first; a screen reader hears it in either case. */
void ui_compare_column_set_named (UiCompareColumn *self, gboolean named);
/* Whether "step" leads to another version in this direction; FALSE, FALSE: nothing leads anywhere. */
void ui_compare_column_set_steps (UiCompareColumn *self, gboolean previous, gboolean next);
/* What stands over the answer: columns beside each other give it one height. (transfer none) */
GtkWidget *ui_compare_column_get_head (UiCompareColumn *self);
/* (transfer none) (nullable) */
AppMessage *ui_compare_column_get_message (UiCompareColumn *self);
/* "Qwen2.5 1.5B", the model that wrote it. (transfer full) */
char *ui_compare_column_dup_model (UiCompareColumn *self);

G_END_DECLS
