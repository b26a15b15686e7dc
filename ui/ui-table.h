/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTable: a table of an answer, a grid of labels with quiet rules that scrolls sideways when it is wide. */
#pragma once

#include <gtk/gtk.h>

typedef struct cmark_node cmark_node;

G_BEGIN_DECLS

/* Cells beyond these are not drawn; the table says how many rows are left out. */
#define UI_TABLE_MAX_COLUMNS 64
#define UI_TABLE_MAX_CELLS 1200

#define UI_TYPE_TABLE (ui_table_get_type ())
G_DECLARE_FINAL_TYPE (UiTable, ui_table, UI, TABLE, GtkWidget)

GtkWidget *ui_table_new (void);

/* Shows the table `node`; cells that did not change keep their widgets. `direction`: how its cells are laid out. */
void ui_table_set_node (UiTable *self, cmark_node *node, GtkTextDirection direction);

G_END_DECLS
