/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHistory: every conversation, in one SQLite file.
 *
 * It is a GListModel of AppConversation, pinned ones first, then newest first. It owns the database, which lives on a thread of its own; no call here
 * waits for the disk. Main thread only. */
#pragma once

#include "app-connections.h"
#include "app-conversation.h"
#include "app-engine.h"
#include "app-folders.h"
#include "app-launchers.h"
#include "app-library.h"
#include "app-servers.h"
#include "app-settings.h"
#include "mcp/mcp-servers.h"

G_BEGIN_DECLS

#define APP_TYPE_HISTORY (app_history_get_type ())
G_DECLARE_FINAL_TYPE (AppHistory, app_history, APP, HISTORY, GObject)

/* Opens or makes the database. `path`: NULL for $XDG_DATA_HOME/melete/history.db; ":memory:" for one that is gone with the object (when the
 * home cannot be written, so that the person can still talk). `engine` answers; `settings`: (nullable) for sampling and system prompt.
 * Answers that an earlier run left unfinished become STOPPED, "interrupted"; conversations that it had deleted are purged.
 * Errors: APP_ERROR_BUSY, FULL, READ_ONLY, DAMAGED, NEWER; the file is then as it was. */
void app_history_open_async (const char *path, AppEngine *engine, AppSettings *settings, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
AppHistory *app_history_open_finish (GAsyncResult *result, GError **error);

/* Stores what is under way and closes. Call it before the program ends; afterwards every call fails. A busy conversation is stopped, a
 * connection that is under way counts as interrupted. */
void app_history_close_async (AppHistory *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_history_close_finish (AppHistory *self, GAsyncResult *result, GError **error);

AppEngine *app_history_get_engine (AppHistory *self);     /* (transfer none) */
AppSettings *app_history_get_settings (AppHistory *self); /* (transfer none) (nullable) */
const char *app_history_get_path (AppHistory *self);
/* What this program connected to, kept in the same file. (transfer none) */
AppConnections *app_history_get_connections (AppHistory *self);
/* The servers that the person added, likewise. (transfer none) */
AppServers *app_history_get_servers (AppHistory *self);
/* Those whose tools a model may call, likewise. (transfer none) */
AppMcpServers *app_history_get_mcp_servers (AppHistory *self);
AppFolders *app_history_get_folders (AppHistory *self); /* (transfer none) */

/* The entries among the system's applications that open what was made; those of what is deleted go with it. (nullable), as at first: none are kept. */
void app_history_set_launchers (AppHistory *self, AppLaunchers *launchers);
AppLaunchers *app_history_get_launchers (AppHistory *self); /* (transfer none) (nullable) */

/* What the person uses again, kept in the same file. (transfer none) */
AppLibrary *app_history_get_personas (AppHistory *self);
AppLibrary *app_history_get_prompts (AppHistory *self);

/* An empty conversation, which enters the list with its first turn. Returns: (transfer full) */
AppConversation *app_history_new_conversation (AppHistory *self);
/* The one that waits for its first turn: the same, with its draft, until that turn is on its way. Returns: (transfer none) */
AppConversation *app_history_get_unsent (AppHistory *self);
/* One that is gone with the object: neither its words nor its draft, attachments or title are ever on the disk. It is not in the list, is not found by the search,
 * and must not be given to delete, undelete, purge and export. Returns: (transfer full) */
AppConversation *app_history_new_temporary (AppHistory *self);
/* Copies a temporary one, with every branch, into the history. APP_ERROR_INVALID while it is busy, or empty. finish returns: (transfer full) the kept one */
void app_history_keep_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data);
AppConversation *app_history_keep_finish (AppHistory *self, GAsyncResult *result, GError **error);
/* Returns: (transfer none) (nullable) */
AppConversation *app_history_find (AppHistory *self, gint64 id);

/* Takes it out of the list; the rows stay until purge, so that undo brings all of it back. A busy one is stopped. */
void app_history_delete_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_history_delete_finish (AppHistory *self, GAsyncResult *result, GError **error);
void app_history_undelete_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_history_undelete_finish (AppHistory *self, GAsyncResult *result, GError **error);
/* For good (the toast is gone): messages, attachments that no other message uses. Only a deleted one. Left undone, the next opening does it. */
void app_history_purge_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_history_purge_finish (AppHistory *self, GAsyncResult *result, GError **error);

/* ---- search ---- */

#define APP_TYPE_SEARCH_HIT (app_search_hit_get_type ())
G_DECLARE_FINAL_TYPE (AppSearchHit, app_search_hit, APP, SEARCH_HIT, GObject)

typedef struct { guint start, length; } AppRange; /* in bytes */

AppConversation *app_search_hit_get_conversation (AppSearchHit *self); /* (transfer none) */
gint64 app_search_hit_get_message_id (AppSearchHit *self);             /* 0: the title matched */
AppRole app_search_hit_get_role (AppSearchHit *self);                  /* of the message: the person's note or an answer */
GDateTime *app_search_hit_get_time (AppSearchHit *self);               /* of the message, or the conversation's last turn, local; (transfer none) */
/* The name of the message's attachment in which it was found; NULL: in the message itself, or the title. */
const char *app_search_hit_get_attachment (AppSearchHit *self);
const char *app_search_hit_get_snippet (AppSearchHit *self);           /* one line of plain words around the match, or the title */
const AppRange *app_search_hit_get_ranges (AppSearchHit *self, guint *n_ranges);
/* The snippet as Pango markup, escaped, matches in <b>. Returns: (transfer full) */
char *app_search_hit_dup_markup (AppSearchHit *self);

/* Every word must occur (the last one may be a beginning), in any case and with or without accents; writing without spaces is searched as it is. Titles
 * first, then messages, then what was read of attachments and their names, the newest first; together at most `limit`. An empty query gives an empty list. A newer
 * search makes the older end with G_IO_ERROR_CANCELLED. */
void app_history_search_async (AppHistory *self, const char *query, guint limit, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): AppSearchHit objects. Attachments have no index, so what is found in them is appended to the list later, as long as no
 * newer search begins and the caller does not cancel; a list that comes back empty stays empty. */
GListModel *app_history_search_finish (AppHistory *self, GAsyncResult *result, GError **error);

/* How quickly each model has answered here: tokens per second, over its newest answers. */
void app_history_get_speeds_async (AppHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): name of a model (string) → double * */
GHashTable *app_history_get_speeds_finish (AppHistory *self, GAsyncResult *result, GError **error);

/* How many statements the database has run: tests count that opening and sending do not grow with the history. */
guint app_history_get_n_queries (AppHistory *self);

G_END_DECLS
