/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConversationRow: a line of the sidebar: a heading, or a conversation with its menu (rename, pin, delete); or of what a search found: a
 * conversation, and below it the places in it.
 *
 * The menu uses the actions of UiSidebar ("sidebar.rename", "sidebar.pin", "sidebar.delete"; the parameter is the conversation's id). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_CONVERSATION_ROW (ui_conversation_row_get_type ())
G_DECLARE_FINAL_TYPE (UiConversationRow, ui_conversation_row, UI, CONVERSATION_ROW, GtkWidget)

/* `found`: it stands in the list of what a search found. */
GtkWidget *ui_conversation_row_new (gboolean found);

/* `item`: (nullable) UiSection, AppConversation or AppSearchHit */
void ui_conversation_row_set_item (UiConversationRow *self, GObject *item);

G_END_DECLS
