/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConversationPage: one conversation: its transcript (or the welcome of an empty one) over the composer. It sends, edits and stops.
 *
 * Properties "conversation" (AppConversation, nullable) and "busy" (an answer is written) are read-only and notify. */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_CONVERSATION_PAGE (ui_conversation_page_get_type ())
G_DECLARE_FINAL_TYPE (UiConversationPage, ui_conversation_page, UI, CONVERSATION_PAGE, GtkWidget)

/* Once, before anything else: where conversations come from, and the models of which one is loaded when a message is sent while none is. */
void ui_conversation_page_set_history (UiConversationPage *self, AppHistory *history, AppModels *models);

/* Shows a conversation; NULL: a new one. `message_id`: a message to go to (a search hit), or 0 for the end. */
void ui_conversation_page_open (UiConversationPage *self, AppConversation *conversation, gint64 message_id);

/* (transfer none) (nullable) */
AppConversation *ui_conversation_page_get_conversation (UiConversationPage *self);

gboolean ui_conversation_page_get_busy (UiConversationPage *self);

/* What the window's shortcuts ask for. */
void ui_conversation_page_stop (UiConversationPage *self);
void ui_conversation_page_regenerate (UiConversationPage *self);
/* The last answer, with another model's. */
void ui_conversation_page_compare_last (UiConversationPage *self);
void ui_conversation_page_edit_last (UiConversationPage *self);
void ui_conversation_page_copy_last (UiConversationPage *self);
void ui_conversation_page_use_prompt (UiConversationPage *self, AppLibraryItem *prompt);
void ui_conversation_page_focus_composer (UiConversationPage *self);
void ui_conversation_page_attach (UiConversationPage *self);
/* Begins to record, or ends it. */
void ui_conversation_page_record (UiConversationPage *self);
void ui_conversation_page_take_picture (UiConversationPage *self);
/* The window has room for one thing beside another no more. */
void ui_conversation_page_set_narrow (UiConversationPage *self, gboolean narrow);
/* `files`: GFile */
void ui_conversation_page_add_files (UiConversationPage *self, GListModel *files);
void ui_conversation_page_take_drop (UiConversationPage *self, GdkDrop *drop);
/* Stores what is typed now, as happens else only at a pause. */
void ui_conversation_page_keep_draft (UiConversationPage *self);

/* Sends `words` as a note about what was made; `pick`: (nullable) about this of it. Says so where that cannot be now. */
void ui_conversation_page_send_change (UiConversationPage *self, const char *words, const AppPick *pick);

G_END_DECLS
