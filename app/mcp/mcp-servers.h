/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpServers: the servers of the Model Context Protocol that the person added, as a GListModel of AppMcpServer, in the order in which they were added. Empty until then. Main thread only.
 *
 * A server is another program. It is started only when a model calls one of its tools and the person has allowed that call, within bubblewrap: without the network unless the person has granted it, with nothing of the machine but the system's
 * programs, the folder that it is installed in, both to read, and the files of the conversation that calls. Each conversation has a child of its own, which ends some minutes after the last call.
 * What the model is told of a tool is what the person agreed to, word for word; a tool that is described otherwise, when its server starts, is not called. */
#pragma once

#include "mcp-launch.h"
#include "mcp-server.h"

G_BEGIN_DECLS

#define APP_TYPE_MCP_SERVERS (app_mcp_servers_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpServers, app_mcp_servers, APP, MCP_SERVERS, GObject)

/* What a server says of itself, before it is added. */
typedef struct {
  char *name;       /* as it calls itself, with its version */
  char *title;      /* the same for people */
  char *version;    /* of the protocol */
  AppMcpOffers offers;
  GPtrArray *tools; /* AppMcpTool, all OFF or UNUSABLE */
  char *prompts;    /* what it has ready for the person, as it is kept (mcp-prompt.h) */
} AppMcpTrial;
void app_mcp_trial_free (AppMcpTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppMcpTrial, app_mcp_trial_free)

/* Starts a server, asks what it has and ends it. finish: (transfer full) (nullable) */
void app_mcp_servers_try_async (AppMcpServers *self, const char *name, const AppMcpLaunch *launch, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppMcpTrial *app_mcp_servers_try_finish (AppMcpServers *self, GAsyncResult *result, GError **error);

/* Adds a server (`server` NULL), which is on then, or changes one. `name`: "" for that of its program; `tools`: of AppMcpTool, as the person agreed to them; `offers`: with what the model may read; `prompts`: as a trial found them. */
void app_mcp_servers_save_async (AppMcpServers *self, AppMcpServer *server, const char *name, const AppMcpLaunch *launch, AppMcpOffers offers, GPtrArray *tools, const char *prompts, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable). `*notice`: (out) (transfer full) (nullable): what the person must know of the environment, which is in the keyring. */
AppMcpServer *app_mcp_servers_save_finish (AppMcpServers *self, GAsyncResult *result, char **notice, GError **error);

/* The environment that is kept for a server, for the dialog. finish: (transfer full), "" for none; wipe it with app_keys_free (). */
void app_mcp_servers_lookup_environment_async (AppMcpServers *self, AppMcpServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *app_mcp_servers_lookup_environment_finish (AppMcpServers *self, GAsyncResult *result);

/* Stored in the background; what fails is said by "notice" (const char *sentence). */
void app_mcp_servers_set_enabled (AppMcpServers *self, AppMcpServer *server, gboolean enabled);
void app_mcp_servers_set_may (AppMcpServers *self, AppMcpServer *server, AppMcpOffers which, gboolean may);
void app_mcp_servers_agree (AppMcpServers *self, AppMcpServer *server, AppMcpTool *tool, gboolean agree);
/* Starts it once and looks whether its tools are as they were. */
void app_mcp_servers_check_async (AppMcpServers *self, AppMcpServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_mcp_servers_check_finish (AppMcpServers *self, GAsyncResult *result, GError **error);

/* Gets a prompt for the person, who has chosen it and what it is filled with: starts the server, if it does not run for this. `arguments`: of strings. finish: words for the composer. (transfer full) (nullable) */
void app_mcp_servers_get_prompt_async (AppMcpServers *self, AppMcpServer *server, AppMcpPrompt *prompt, JsonObject *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *app_mcp_servers_get_prompt_finish (AppMcpServers *self, GAsyncResult *result, GError **error);

/* Takes it out of the list and the history, with what was allowed of it and its environment. */
void app_mcp_servers_remove_async (AppMcpServers *self, AppMcpServer *server, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_mcp_servers_remove_finish (AppMcpServers *self, GAsyncResult *result, GError **error);

/* One start of a server. */
typedef struct {
  gint64 id;
  char *server, *command;
  gboolean network;
  gint64 began, ended; /* milliseconds since 1970; ended 0: it runs */
  char *outcome;       /* what went wrong, if anything did, and the last of what it wrote for its log; NULL while it runs */
} AppMcpRunRow;
void app_mcp_run_row_free (AppMcpRunRow *row);

/* What was started, the newest first, at most so many: GPtrArray of AppMcpRunRow. (transfer full) */
void app_mcp_servers_read_runs_async (AppMcpServers *self, guint limit, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *app_mcp_servers_read_runs_finish (AppMcpServers *self, GAsyncResult *result, GError **error);

G_END_DECLS
