/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How calls are made, stored and changed. Internal to app/. */
#pragma once

#include "app-store.h"
#include "app-tool-call.h"

G_BEGIN_DECLS

/* Takes the strings out of `row`. `tool`: NULL: found by its name, if it is one of ours. `database`: where it is stored. (transfer full) */
AppToolCall *app_tool_call_new (AppDatabase *database, const AppTool *tool, AppCallRow *row);

void app_tool_call_append (AppToolCall *self, const char *piece);           /* of the arguments, while WRITING */
void app_tool_call_set_id (AppToolCall *self, const char *id);              /* likewise */
void app_tool_call_set_arguments (AppToolCall *self, const char *arguments);
void app_tool_call_set_state (AppToolCall *self, AppCallState state);
void app_tool_call_set_consent (AppToolCall *self, AppConsentAnswer consent); /* before set_state () */
void app_tool_call_set_result (AppToolCall *self, const char *text, const char *data); /* before set_state (); data (nullable) */
void app_tool_call_set_explanation (AppToolCall *self, char *text); /* (transfer full) (nullable); before set_state () */
void app_tool_call_set_stored (AppToolCall *self, gint64 id);
void app_tool_call_ask (AppToolCall *self, const char *question, const char *const *choices);

/* Whether both call the same tool with the same arguments, however those are written. */
gboolean app_tool_call_is_same (AppToolCall *self, AppToolCall *other);

/* While UNKNOWN: it was found out, which `sentence` says. Stored. */
void app_tool_call_settle_found (AppToolCall *self, gboolean happened, const char *sentence);

/* Signals: "answered" (uint AppConsentAnswer), "replied" (const char *text). */

/* The row to be stored now. (transfer full) */
AppCallRow *app_tool_call_dup_row (AppToolCall *self);

G_END_DECLS
