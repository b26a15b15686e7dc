/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes its conversations. Internal to app/. */
#pragma once

#include "app-conversation.h"
#include "app-engine.h"
#include "app-settings.h"
#include "app-store.h"

G_BEGIN_DECLS

/* `row` NULL: a new one. `settings` nullable. (transfer full) */
AppConversation *app_conversation_new (AppDatabase *database, AppEngine *engine, AppSettings *settings, const AppConversationRow *row);

gint64 app_conversation_get_updated (AppConversation *self); /* milliseconds since 1970 */

/* A title out of what the person wrote first, or out of the names of what they sent. (transfer full) */
char *app_title_for_turn (AppTurn *turn);

/* What a model is asked: system prompt, the visible path as far as `n_messages`, each message with its attachments' texts. An answer without text is left out, and notes
 * that then follow each other become one, for many templates want the roles to take turns. (transfer full) */
AppPrompt *app_prompt_for_path (AppSettings *settings, GListModel *messages, guint n_messages);

G_END_DECLS
