/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpClient: a conversation with one server of the Model Context Protocol, over the standard input and output of a child. Internal to app/. Main thread; nothing waits.
 *
 * Speaks the versions 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25. What the server asks of us: pings and roots are answered; a question to the person (elicitation) is handed on, where somebody can; to
 * use the model (sampling) is refused. What it floods us with is bounded, and a request has an end. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a server says that it has. */
typedef enum {
  APP_MCP_HAS_TOOLS = 1 << 0,
  APP_MCP_HAS_RESOURCES = 1 << 1,
  APP_MCP_HAS_PROMPTS = 1 << 2,
  APP_MCP_HAS_LOGGING = 1 << 3,
  /* Whether the person lets a model read its resources and prompts; kept beside what it has. */
  APP_MCP_MAY_RESOURCES = 1 << 16,
  APP_MCP_MAY_PROMPTS = 1 << 17,
} AppMcpOffers;

/* How long a request may take without a sign of progress, and at most, in seconds. */
#define APP_MCP_SECONDS 60
#define APP_MCP_MAX_SECONDS 600
/* Of lists: tools, resources, prompts. */
#define APP_MCP_MAX_ITEMS 400

#define APP_TYPE_MCP_CLIENT (app_mcp_client_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpClient, app_mcp_client, APP, MCP_CLIENT, GObject)

/* Signals: "tools-changed" (): the list of tools is another. "ended" (const char *sentence): once, but not after close. */

/* `work`: where its workspace is for the server, which is its only root; NULL: it has none. */
AppMcpClient *app_mcp_client_new (const char *work);

/* Who asks the person for the server: answers `task` (transfer full) with a JsonObject, the result of "elicitation/create". Before start; NULL, as at first: nobody. */
typedef void (*AppMcpAsk) (JsonObject *params, GTask *task, gpointer data);
void app_mcp_client_set_ask (AppMcpClient *self, AppMcpAsk ask, gpointer data);

/* Starts the child and agrees on a version; once. Errors: APP_ERROR_FAILED and others with a sentence. `seconds`: for the first answer. */
void app_mcp_client_start_async (AppMcpClient *self, const char *const *command, const char *const *environment, guint seconds, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_mcp_client_start_finish (AppMcpClient *self, GAsyncResult *result, GError **error);

/* After start. Never NULL. */
const char *app_mcp_client_get_name (AppMcpClient *self);    /* as the server calls itself, with its version */
const char *app_mcp_client_get_title (AppMcpClient *self);   /* likewise, for people */
const char *app_mcp_client_get_version (AppMcpClient *self); /* of the protocol */
AppMcpOffers app_mcp_client_get_offers (AppMcpClient *self);

/* One request. `params`: (nullable) (transfer none), which gets "_meta". finish: the result. (transfer full) (nullable) Errors: APP_ERROR_FAILED with what the server said, APP_ERROR_NETWORK when it does not answer or has ended, and
 * G_IO_ERROR_CANCELLED, of which the server is told. */
void app_mcp_client_request_async (AppMcpClient *self, const char *method, JsonObject *params, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
JsonObject *app_mcp_client_request_finish (AppMcpClient *self, GAsyncResult *result, GError **error);

/* All pages of a list: `method` "tools/list", `member` "tools". finish: an array of objects; what is none is left out. (transfer full) (nullable) Errors: as above. */
void app_mcp_client_list_async (AppMcpClient *self, const char *method, const char *member, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
JsonArray *app_mcp_client_list_finish (AppMcpClient *self, GAsyncResult *result, GError **error);

gboolean app_mcp_client_is_running (AppMcpClient *self);
guint64 app_mcp_client_get_bytes (AppMcpClient *self); /* that came */
/* What it wrote for its log and on its standard error, the last lines of it. (transfer full) */
char *app_mcp_client_dup_log (AppMcpClient *self);
/* Ends the child and all requests. */
void app_mcp_client_close (AppMcpClient *self);

G_END_DECLS
