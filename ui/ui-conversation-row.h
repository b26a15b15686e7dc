/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConversationRow: a line of the sidebar: a heading, a folder or a conversation with its menu; or of what a search found: a
 * conversation, and below it the places in it.
 *
 * A conversation can be dragged onto a folder. The menus use the actions of UiSidebar; their parameter is the id of the conversation or the folder. */
#pragma once

#include <gtk/gtk.h>

#include "app-folders.h"

G_BEGIN_DECLS

#define UI_TYPE_CONVERSATION_ROW (ui_conversation_row_get_type ())
G_DECLARE_FINAL_TYPE (UiConversationRow, ui_conversation_row, UI, CONVERSATION_ROW, GtkWidget)

/* `found`: it stands in the list of what a search found. `folders`: (nullable) that the menu offers. */
GtkWidget *ui_conversation_row_new (gboolean found, AppFolders *folders);
/* The folder that the row heads or stands in; 0 for none. */
gint64 ui_conversation_row_get_folder (UiConversationRow *self);

/* `item`: (nullable) UiSection, AppConversation or AppSearchHit */
void ui_conversation_row_set_item (UiConversationRow *self, GObject *item);

G_END_DECLS
