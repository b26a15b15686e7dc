/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs: a child for each conversation and server, from its first call until some minutes after the last. */
#include "mcp-servers-private.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "mcp-ask.h"
#include "mcp-server-private.h"

/* After the last call, in seconds. */
#define SECONDS_IDLE 300

typedef struct {
  AppMcpServers *owner;  /* that has it; NULL: dropped */
  AppMcpServer *server;
  char *key, *workspace, *place; /* workspace nullable */
  AppMcpRun *run;        /* NULL: its environment is looked up */
  gboolean ready;        /* it runs, and its tools were looked at */
  gboolean stale;        /* it has said since that they are others */
  GPtrArray *waiting;    /* GTask */
  AppToolCall *call;     /* the last that came; nullable */
  guint timer;
} Session;

static void
session_clear (gpointer data)
{
  Session *session = data;

  g_clear_handle_id (&session->timer, g_source_remove);
  g_clear_object (&session->run);
  g_clear_object (&session->server);
  g_clear_object (&session->call);
  g_ptr_array_unref (session->waiting);
  g_free (session->key);
  g_free (session->workspace);
  g_free (session->place);
}

static void
session_unref (gpointer session)
{
  g_rc_box_release_full (session, session_clear);
}

GHashTable *
app_mcp_sessions_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_unref);
}

/* Ends it; who waits is told `error` (nullable: nobody waits). */
static void
drop (Session *session, const GError *error)
{
  AppMcpServers *self = g_steal_pointer (&session->owner);
  g_autoptr (GPtrArray) waiting = NULL;

  if (!self)
    return;
  g_rc_box_acquire (session);
  waiting = g_steal_pointer (&session->waiting);
  session->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_handle_id (&session->timer, g_source_remove);
  g_hash_table_remove (self->sessions, session->key);
  if (session->run) {
    g_signal_handlers_disconnect_by_data (app_mcp_run_get_client (session->run), session);
    app_mcp_run_close (session->run);
  }
  for (guint i = 0; i < waiting->len; i++) {
    g_autoptr (GTask) task = g_object_ref (waiting->pdata[i]);

    /* Who waited beside one that was stopped begins anew. */
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The server was stopped while it started. Try it again."));
    else
      g_task_return_error (task, error ? g_error_copy (error) : g_error_new_literal (APP_ERROR, APP_ERROR_FAILED, _("The server was ended.")));
  }
  session_unref (session);
}

static gboolean
on_idle (gpointer data)
{
  Session *session = data;

  session->timer = 0;
  drop (session, NULL);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Session *session)
{
  g_clear_handle_id (&session->timer, g_source_remove);
  session->timer = g_timeout_add_seconds (SECONDS_IDLE, on_idle, session);
}

/* All that it has is known: who waits gets it. */
static void
be_ready (Session *session)
{
  AppMcpClient *client = app_mcp_run_get_client (session->run);
  g_autoptr (GPtrArray) waiting = session->waiting;

  session->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  session->ready = TRUE;
  set_timer (session);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_pointer (waiting->pdata[i], g_object_ref (client), g_object_unref);
}

/* What it has ready for the person. A server that cannot tell has none: its tools are no worse for that. */
static void
on_prompts (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;
  g_autoptr (JsonArray) described = app_mcp_client_list_finish (APP_MCP_CLIENT (source), result, NULL);
  g_autofree char *prompts = described ? app_mcp_prompts_print (described) : NULL;

  if (session->owner && prompts && app_mcp_server_update_prompts (session->server, prompts))
    app_mcp_servers_store (session->owner, session->server);
  if (session->owner)
    be_ready (session);
  session_unref (session);
}

static void
look_at_prompts (Session *session)
{
  AppMcpClient *client = app_mcp_run_get_client (session->run);

  if (app_mcp_client_get_offers (client) & APP_MCP_HAS_PROMPTS)
    app_mcp_client_list_async (client, "prompts/list", "prompts", NULL, on_prompts, g_rc_box_acquire (session));
  else
    be_ready (session);
}

static void
on_tools (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;
  AppMcpClient *client = APP_MCP_CLIENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) described = app_mcp_client_list_finish (client, result, &error);

  if (!session->owner) {
    /* dropped meanwhile */
  } else if (!described) {
    drop (session, error);
  } else {
    if (app_mcp_server_update (session->server, described, app_mcp_client_get_offers (client)))
      app_mcp_servers_store (session->owner, session->server);
    look_at_prompts (session);
  }
  session_unref (session);
}

static void
look_at_tools (Session *session, GCancellable *cancellable)
{
  AppMcpClient *client = app_mcp_run_get_client (session->run);

  session->stale = FALSE;
  session->ready = FALSE;
  app_mcp_client_list_async (client, "tools/list", "tools", cancellable, on_tools, g_rc_box_acquire (session));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;
  AppMcpClient *client = app_mcp_run_get_client (APP_MCP_RUN (source));
  g_autoptr (GError) error = NULL;

  if (!app_mcp_run_start_finish (APP_MCP_RUN (source), result, &error)) {
    drop (session, error);
  } else if (session->owner && app_mcp_client_get_offers (client) & APP_MCP_HAS_TOOLS) {
    look_at_tools (session, NULL);
  } else if (session->owner) {
    look_at_prompts (session);
  }
  session_unref (session);
}

static void
on_client_ended (AppMcpClient *client, const char *sentence, Session *session)
{
  g_autoptr (GError) error = g_error_new_literal (APP_ERROR, APP_ERROR_NETWORK, sentence);

  drop (session, error);
}

static void
on_tools_changed (AppMcpClient *client, Session *session)
{
  session->stale = TRUE;
}

/* A question of the server goes to the person by the call that came last. */
static void
on_asked (JsonObject *params, GTask *task, gpointer data)
{
  Session *session = data;

  app_mcp_ask (params, app_mcp_server_get_name (session->server), session->call, task);
}

/* Its environment has come. */
static void
on_environment (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;
  char *environment = app_mcp_servers_lookup_environment_finish (APP_MCP_SERVERS (source), result);

  if (session->owner) {
    AppMcpServers *self = session->owner;
    AppMcpLaunch launch = { (char *) app_mcp_server_get_command (session->server), (char *) app_mcp_server_get_folder (session->server), environment, app_mcp_server_get_network (session->server) };
    GTask *first = session->waiting->len > 0 ? session->waiting->pdata[0] : NULL;
    AppMcpClient *client;

    session->run = app_mcp_run_new (self->database, self->connections, app_mcp_server_get_name (session->server), &launch, session->workspace);
    client = app_mcp_run_get_client (session->run);
    app_mcp_client_set_ask (client, on_asked, session);
    g_signal_connect (client, "ended", G_CALLBACK (on_client_ended), session);
    g_signal_connect (client, "tools-changed", G_CALLBACK (on_tools_changed), session);
    app_mcp_run_start_async (session->run, first ? g_task_get_cancellable (first) : NULL, on_started, g_rc_box_acquire (session));
  }
  app_keys_free (environment);
  session_unref (session);
}

static void
set_call (Session *session, AppToolCall *call)
{
  g_set_object (&session->call, call);
}

void
app_mcp_servers_connect_async (AppMcpServers *self, AppMcpServer *server, const char *workspace, const char *place, AppToolCall *call, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "\n%s\n%s", app_mcp_server_get_id (server), place, workspace ? workspace : "");
  Session *session = g_hash_table_lookup (self->sessions, key);

  g_task_set_check_cancellable (task, FALSE);
  if (session) {
    set_call (session, call);
    if (session->ready && !session->stale) {
      set_timer (session);
      g_task_return_pointer (task, g_object_ref (app_mcp_run_get_client (session->run)), g_object_unref);
      g_object_unref (task);
      return;
    }
    g_ptr_array_add (session->waiting, task);
    if (session->ready)
      look_at_tools (session, cancellable);
    return;
  }
  session = g_rc_box_new0 (Session);
  session->owner = self;
  session->server = g_object_ref (server);
  session->key = g_steal_pointer (&key);
  session->workspace = g_strdup (workspace);
  session->place = g_strdup (place);
  session->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  set_call (session, call);
  g_ptr_array_add (session->waiting, task);
  g_hash_table_insert (self->sessions, session->key, session);
  app_mcp_servers_lookup_environment_async (self, server, cancellable, on_environment, g_rc_box_acquire (session));
}

AppMcpClient *
app_mcp_servers_connect_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_mcp_servers_disconnect (AppMcpServers *self, AppMcpServer *server, const char *place)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (self->sessions);

  for (GList *l = sessions; l; l = l->next) {
    Session *session = l->data;
    if ((!server || session->server == server) && (!place || g_str_equal (session->place, place)))
      drop (session, NULL);
  }
}

/* ---- looking whether the tools are as they were ---- */

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppMcpServers *self = APP_MCP_SERVERS (source);
  GError *error = NULL;
  g_autoptr (AppMcpClient) client = app_mcp_servers_connect_finish (self, result, &error);

  if (!client) {
    g_task_return_error (task, error);
    return;
  }
  app_mcp_servers_disconnect (self, g_task_get_task_data (task), NULL);
  g_task_return_boolean (task, TRUE);
}

void
app_mcp_servers_check_async (AppMcpServers *self, AppMcpServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_object_ref (server), g_object_unref);
  app_mcp_servers_disconnect (self, server, NULL);
  app_mcp_servers_connect_async (self, server, NULL, "check", NULL, cancellable, on_checked, task);
}

gboolean
app_mcp_servers_check_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
