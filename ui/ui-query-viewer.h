/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows where a figure out of tables comes from: the statement, what it gives, and the rows of the file that it was computed of. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"

G_BEGIN_DECLS

/* Opens over the window of `widget` when the tables of the conversation are there. `sql`, `tables`: of a source (AppSource). */
void ui_query_viewer_present (GtkWidget *widget, AppConversation *conversation, const char *sql, const char *tables);

G_END_DECLS
