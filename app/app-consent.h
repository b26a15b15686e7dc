/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person allowed tools for more than one call, and the log of all that was ever called, for the page on which both are looked at and taken back. Main thread only. */
#pragma once

#include "app-history.h"
#include "app-tool-call.h"

G_BEGIN_DECLS

/* A tool that is not asked for any more. */
#define APP_TYPE_GRANT (app_grant_get_type ())
G_DECLARE_FINAL_TYPE (AppGrant, app_grant, APP, GRANT, GObject)

const char *app_grant_get_title (AppGrant *self);        /* of the tool, for people */
const char *app_grant_get_conversation (AppGrant *self); /* the title of the one in which it holds; NULL: in all */
GDateTime *app_grant_get_time (AppGrant *self);          /* (transfer none) */

/* GPtrArray of AppGrant, the newest first. (transfer full) */
void app_consent_read_grants_async (AppHistory *history, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *app_consent_read_grants_finish (AppHistory *history, GAsyncResult *result, GError **error);
/* From now on it is asked for again. */
void app_consent_revoke_async (AppHistory *history, AppGrant *grant, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_consent_revoke_finish (AppHistory *history, GAsyncResult *result, GError **error);

/* GPtrArray of AppToolCall, the newest first, those after `after` (nullable: from the newest on), of which tool or arguments have `query`. A call whose conversation was deleted for good has no words any more. (transfer full) */
void app_consent_read_log_async (AppHistory *history, const char *query, AppToolCall *after, guint limit, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *app_consent_read_log_finish (AppHistory *history, GAsyncResult *result, GError **error);

G_END_DECLS
