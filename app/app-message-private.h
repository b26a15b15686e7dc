/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a conversation makes and changes its messages. Internal to app/. */
#pragma once

#include "app-document.h"
#include "app-message.h"
#include "app-store.h"
#include "app-turn.h"

G_BEGIN_DECLS

/* Takes the strings out of `row`. `database` serves the attachments. (transfer full) */
AppMessage *app_message_new (AppDatabase *database, AppMessageRow *row);

/* Attachments that are in memory already (a turn that was just sent). */
void app_message_set_attachments (AppMessage *self, AppTurn *turn);

GListStore *app_message_get_calls_store (AppMessage *self); /* app_message_get_calls (), to be added to */

void app_message_append (AppMessage *self, const char *piece);
/* A piece of its thought. `can_answer_now`: what writes it can be told to end it. */
void app_message_append_thought (AppMessage *self, const char *piece, gboolean can_answer_now);
void app_message_set_state (AppMessage *self, AppMessageState state);
void app_message_set_error (AppMessage *self, const char *sentence);
void app_message_add_notice (AppMessage *self, const char *sentence);
void app_message_set_stats (AppMessage *self, const AppStats *stats);
void app_message_set_prompt_progress (AppMessage *self, double fraction);
void app_message_set_can_continue (AppMessage *self, gboolean can_continue);
/* It is written again: what ended it before is forgotten. */
void app_message_reopen (AppMessage *self);
void app_message_set_branch (AppMessage *self, guint index, guint count);

/* What the model gets of the attachments, an array of AppDocument: NULL when it is not known yet and must be read. */
GPtrArray *app_message_get_documents (AppMessage *self);
void app_message_set_documents (AppMessage *self, GPtrArray *documents);

/* An array of AppSource, one of AppCitation; (nullable) */
void app_message_set_sources (AppMessage *self, GPtrArray *sources, GArray *citations);

/* Tells also when it is the same. (nullable) */
/* (nullable) */
void app_message_set_lanes (AppMessage *self, GListModel *lanes);
void app_message_set_version (AppMessage *self, AppVersion *version);

/* The row to be saved now. (transfer full) */
AppMessageRow *app_message_dup_row (AppMessage *self);

G_END_DECLS
