/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-run.h"

#include <glib/gi18n.h>

#include "mcp-store.h"
#include "tools/tool.h"

/* For the first answer, in seconds: one with the network may fetch itself first. */
#define SECONDS 30
#define SECONDS_NETWORK 180
/* Of its log that is kept, in characters. */
#define MAX_LOG 1000

struct _AppMcpRun {
  GObject parent;
  AppDatabase *database;
  AppConnections *connections; /* nullable */
  char *name, *workspace;      /* workspace nullable */
  AppMcpLaunch launch;
  AppMcpClient *client;
  AppConnection *connection; /* nullable */
  gint64 row;                /* in the log; 0: not there yet, or ended */
};

G_DEFINE_FINAL_TYPE (AppMcpRun, app_mcp_run, G_TYPE_OBJECT)

/* How it went, and the last of what it wrote for its log. */
static char *
dup_outcome (AppMcpRun *self, const char *sentence)
{
  g_autofree char *log = app_mcp_client_dup_log (self->client), *seen = app_tool_reveal (log);
  glong n = g_utf8_strlen (seen, -1);
  const char *last = n > MAX_LOG ? g_utf8_offset_to_pointer (seen, n - MAX_LOG) : seen;

  return g_strconcat (sentence ? sentence : "", sentence && *last != '\0' ? "\n" : "", last, NULL);
}

/* Into the log, once. `sentence`: NULL: it was ended from here. */
static void
note_end (AppMcpRun *self, const char *sentence)
{
  if (self->row != 0) {
    AppMcpRunRow *row = g_new0 (AppMcpRunRow, 1);

    row->id = self->row;
    row->ended = g_get_real_time () / 1000;
    row->outcome = dup_outcome (self, sentence);
    self->row = 0;
    app_database_run_async (self->database, app_mcp_store_run_end, row, (GDestroyNotify) app_mcp_run_row_free, NULL, NULL, NULL, NULL);
  }
  if (self->connection) {
    app_connections_end (self->connections, self->connection, sentence ? APP_CONNECTION_FAILED : APP_CONNECTION_DONE, sentence);
    g_clear_object (&self->connection);
  }
}

void
app_mcp_run_close (AppMcpRun *self)
{
  app_mcp_client_close (self->client);
  note_end (self, NULL);
}

static void
on_ended (AppMcpClient *client, const char *sentence, AppMcpRun *self)
{
  note_end (self, sentence);
}

/* ---- starting ---- */

static void
on_client_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppMcpRun *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (app_mcp_client_start_finish (APP_MCP_CLIENT (source), result, &error)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  note_end (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? NULL : error->message);
  g_task_return_error (task, error);
}

static void
start (GTask *task)
{
  AppMcpRun *self = g_task_get_source_object (task);
  g_auto (GStrv) environment = NULL;
  GError *error = NULL;
  g_autoptr (GPtrArray) command = g_task_return_error_if_cancelled (task) ? NULL : app_mcp_launch_make (&self->launch, self->workspace, &environment, &error);

  if (!command) {
    note_end (self, error ? error->message : NULL);
    if (error)
      g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  app_mcp_client_start_async (self->client, (const char *const *) command->pdata, (const char *const *) environment, self->launch.network ? SECONDS_NETWORK : SECONDS, g_task_get_cancellable (task), on_client_started, task);
}

static void
on_connection (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  AppMcpRun *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = app_connections_begin_finish (APP_CONNECTIONS (source), result, &error);
  if (self->connection) {
    start (task);
    return;
  }
  note_end (self, error->message);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  AppMcpRun *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autofree char *purpose = NULL;

  if (!id) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  self->row = *id;
  if (!self->launch.network || !self->connections) {
    start (task);
    return;
  }
  /* Translators: %s: the name of a server of tools, another program, that may use the network */
  purpose = g_strdup_printf (_("Server of tools “%s”, which may use the network"), self->name);
  app_connections_begin_async (self->connections, purpose, _("wherever the server connects to"), on_connection, task);
}

void
app_mcp_run_start_async (AppMcpRun *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  AppMcpRunRow *row;

  g_task_set_check_cancellable (task, FALSE);
  if (!app_mcp_launch_check (&self->launch, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  row = g_new0 (AppMcpRunRow, 1);
  row->server = g_strdup (self->name);
  row->command = g_strdup (self->launch.command);
  row->network = self->launch.network;
  row->began = g_get_real_time () / 1000;
  app_database_run_async (self->database, app_mcp_store_run_begin, row, (GDestroyNotify) app_mcp_run_row_free, g_free, NULL, on_noted, task);
}

gboolean
app_mcp_run_start_finish (AppMcpRun *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

AppMcpClient *
app_mcp_run_get_client (AppMcpRun *self)
{
  return self->client;
}

static void
app_mcp_run_finalize (GObject *object)
{
  AppMcpRun *self = APP_MCP_RUN (object);

  g_signal_handlers_disconnect_by_data (self->client, self);
  app_mcp_run_close (self);
  g_clear_object (&self->client);
  g_clear_object (&self->database);
  g_clear_object (&self->connections);
  app_mcp_launch_clear (&self->launch);
  g_free (self->name);
  g_free (self->workspace);
  G_OBJECT_CLASS (app_mcp_run_parent_class)->finalize (object);
}

static void
app_mcp_run_class_init (AppMcpRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_mcp_run_finalize;
}

static void
app_mcp_run_init (AppMcpRun *self)
{
}

AppMcpRun *
app_mcp_run_new (AppDatabase *database, AppConnections *connections, const char *name, const AppMcpLaunch *launch, const char *workspace)
{
  AppMcpRun *self = g_object_new (APP_TYPE_MCP_RUN, NULL);

  self->database = g_object_ref (database);
  g_set_object (&self->connections, connections);
  self->name = g_strdup (name);
  self->workspace = g_strdup (workspace);
  self->launch = (AppMcpLaunch) { g_strdup (launch->command), g_strdup (launch->folder), g_strdup (launch->environment), launch->network };
  self->client = app_mcp_client_new (APP_MCP_WORK);
  g_signal_connect (self->client, "ended", G_CALLBACK (on_ended), self);
  return self;
}
