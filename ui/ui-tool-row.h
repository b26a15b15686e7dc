/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiToolRow: what an answer called, one line: "Read a file · notes.txt". It unfolds to the exact arguments and to what came of it. */
#pragma once

#include <gtk/gtk.h>

#include "app-tool-call.h"

G_BEGIN_DECLS

#define UI_TYPE_TOOL_ROW (ui_tool_row_get_type ())
G_DECLARE_FINAL_TYPE (UiToolRow, ui_tool_row, UI, TOOL_ROW, GtkWidget)

GtkWidget *ui_tool_row_new (AppToolCall *call);
/* "Read a file · notes.txt", without how it stands. (transfer full) */
char *ui_tool_row_dup_title (AppToolCall *call);
/* Texts of arguments and results are data: shown as they are, cut when they are very long. (transfer full) */
char *ui_tool_row_dup_shown (const char *text);

G_END_DECLS
