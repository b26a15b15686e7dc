/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTableView: the tables of an attachment, row by row as they were read, and what a person corrects of how they are read.
 *
 * Rows are read as they come into view (AppTableRows). A correction reads the file anew; until that is done, and where it does not work, the table stays as it is. */
#pragma once

#include <adwaita.h>

#include "app-attachment.h"

G_BEGIN_DECLS

#define UI_TYPE_TABLE_VIEW (ui_table_view_get_type ())
G_DECLARE_FINAL_TYPE (UiTableView, ui_table_view, UI, TABLE_VIEW, GtkWidget)

/* Whether an attachment has, or may have, tables to show. */
gboolean ui_table_view_can_show (AppAttachment *attachment);
/* Once. The signal "failed" says that the file has no tables. */
void ui_table_view_set_attachment (UiTableView *self, AppAttachment *attachment);

G_END_DECLS
