/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-servers-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "mcp-server-private.h"

#define KEY "melete-mcp-servers"
#define LENT_KEY "melete-mcp-lent"

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_MCP_SERVER;
}

static guint
get_n_items (GListModel *model)
{
  return APP_MCP_SERVERS (model)->list->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppMcpServers *self = APP_MCP_SERVERS (model);

  return position < self->list->len ? g_object_ref (self->list->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

enum { SIGNAL_NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (AppMcpServers, app_mcp_servers, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- keeping ---- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMcpServers) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!id)
    g_signal_emit (self, signals[SIGNAL_NOTICE], 0, error->message);
}

void
app_mcp_servers_store (AppMcpServers *self, AppMcpServer *server)
{
  if (g_ptr_array_find (self->list, server, NULL))
    app_database_run_async (self->database, app_mcp_store_save, app_mcp_server_dup_row (server), (GDestroyNotify) app_mcp_server_row_free, g_free, NULL, on_stored, g_object_ref (self));
}

void
app_mcp_servers_set_enabled (AppMcpServers *self, AppMcpServer *server, gboolean enabled)
{
  if (app_mcp_server_get_enabled (server) == enabled)
    return;
  app_mcp_server_set_enabled (server, enabled);
  if (!enabled)
    app_mcp_servers_disconnect (self, server, NULL);
  app_mcp_servers_store (self, server);
}

void
app_mcp_servers_set_may (AppMcpServers *self, AppMcpServer *server, AppMcpOffers which, gboolean may)
{
  app_mcp_server_set_may (server, which, may);
  app_mcp_servers_store (self, server);
}

void
app_mcp_servers_agree (AppMcpServers *self, AppMcpServer *server, AppMcpTool *tool, gboolean agree)
{
  app_mcp_tool_agree (tool, agree);
  app_mcp_servers_store (self, server);
}

/* ---- saving ---- */

/* A server between its call and its row, its environment being safe. */
typedef struct {
  AppMcpServer *server; /* NULL: a new one */
  AppMcpServerRow *row;
  char *environment, *notice;
} Save;

static void
save_free (Save *save)
{
  g_clear_object (&save->server);
  app_mcp_server_row_free (save->row);
  app_keys_free (save->environment);
  g_free (save->notice);
  g_free (save);
}

static gboolean
is_taken (AppMcpServers *self, AppMcpServer *but, const char *name)
{
  for (guint i = 0; i < self->list->len; i++)
    if (self->list->pdata[i] != but && g_strcmp0 (app_mcp_server_get_name (self->list->pdata[i]), name) == 0)
      return TRUE;
  return FALSE;
}

/* One by which the log and what was allowed tell servers apart. */
static char *
find_name (AppMcpServers *self, AppMcpServer *server, const char *name, const char *command)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *base = NULL, *whole = NULL;

  if (*name == '\0' && g_shell_parse_argv (command, NULL, &words, NULL)) {
    base = g_path_get_basename (words[0]);
    name = base;
  }
  whole = g_strdup (name);
  for (guint i = 2; is_taken (self, server, whole); i++) {
    g_free (whole);
    whole = g_strdup_printf ("%s %u", name, i);
  }
  return g_steal_pointer (&whole);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppMcpServers *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!id) {
    g_task_return_error (task, error);
    return;
  }
  save->row->id = *id;
  if (save->server) {
    app_mcp_servers_disconnect (self, save->server, NULL);
    app_mcp_server_set_row (save->server, save->row);
  } else {
    save->server = app_mcp_server_new (save->row);
    g_ptr_array_add (self->list, g_object_ref (save->server));
    g_list_model_items_changed (G_LIST_MODEL (self), self->list->len - 1, 0, 1);
  }
  g_task_return_pointer (task, g_object_ref (save->server), g_object_unref);
}

static void
store (GTask *task)
{
  AppMcpServers *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);

  app_database_run_async (self->database, app_mcp_store_save, save->row, NULL, g_free, NULL, on_saved, task); /* the task outlives the job */
}

static void
on_environment_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Save *save = g_task_get_task_data (task);

  app_keys_store_finish (APP_KEYS (source), result, &save->notice);
  store (task);
}

void
app_mcp_servers_save_async (AppMcpServers *self, AppMcpServer *server, const char *name, const AppMcpLaunch *launch, AppMcpOffers offers, GPtrArray *tools, const char *prompts, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Save *save = g_new0 (Save, 1);
  AppMcpServerRow *row = g_new0 (AppMcpServerRow, 1);
  g_autofree char *origin = NULL, *older = server ? app_mcp_server_dup_origin (app_mcp_server_get_key (server), app_mcp_server_get_command (server), app_mcp_server_get_folder (server)) : NULL;
  g_autofree char *stripped = g_strstrip (g_strdup (name));
  GError *error = NULL;

  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  g_set_object (&save->server, server);
  save->row = row;
  save->environment = g_strdup (launch->environment);
  row->id = server ? app_mcp_server_get_id (server) : 0;
  row->command = g_strdup (launch->command);
  row->name = find_name (self, server, stripped, launch->command);
  row->folder = g_strdup (launch->folder);
  row->key = server ? g_strdup (app_mcp_server_get_key (server)) : g_uuid_string_random ();
  row->network = launch->network;
  row->enabled = server ? app_mcp_server_get_enabled (server) : TRUE;
  row->offers = offers;
  row->tools = app_mcp_server_print_tools (tools);
  row->prompts = g_strdup (prompts);
  if (!app_mcp_launch_check (launch, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  origin = app_mcp_server_dup_origin (row->key, row->command, row->folder);
  if (older && !g_str_equal (older, origin))
    app_keys_store_async (self->keys, older, "", NULL, NULL);
  /* First: a server that is in the list has it. */
  if (*launch->environment != '\0' || older)
    app_keys_store_async (self->keys, origin, launch->environment, on_environment_kept, task);
  else
    store (task);
}

AppMcpServer *
app_mcp_servers_save_finish (AppMcpServers *self, GAsyncResult *result, char **notice, GError **error)
{
  Save *save;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  save = g_task_get_task_data (G_TASK (result));
  *notice = g_steal_pointer (&save->notice);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_environment (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  char *environment = app_keys_lookup_finish (APP_KEYS (source), result);

  g_task_return_pointer (task, environment ? environment : g_strdup (""), (GDestroyNotify) app_keys_free);
}

void
app_mcp_servers_lookup_environment_async (AppMcpServers *self, AppMcpServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *origin = app_mcp_server_dup_origin (app_mcp_server_get_key (server), app_mcp_server_get_command (server), app_mcp_server_get_folder (server));

  g_task_set_check_cancellable (task, FALSE);
  app_keys_lookup_async (self->keys, origin, cancellable, on_environment, task);
}

char *
app_mcp_servers_lookup_environment_finish (AppMcpServers *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* ---- removing ---- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppMcpServers *self = g_task_get_source_object (task);
  AppMcpServer *server = g_task_get_task_data (task);
  g_autofree char *origin = app_mcp_server_dup_origin (app_mcp_server_get_key (server), app_mcp_server_get_command (server), app_mcp_server_get_folder (server));
  GError *error = NULL;
  guint position;

  if (!app_database_run_finish (APP_DATABASE (source), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  app_mcp_servers_disconnect (self, server, NULL);
  app_keys_store_async (self->keys, origin, "", NULL, NULL);
  if (g_ptr_array_find (self->list, server, &position)) {
    g_ptr_array_remove_index (self->list, position);
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  }
  g_task_return_boolean (task, TRUE);
}

void
app_mcp_servers_remove_async (AppMcpServers *self, AppMcpServer *server, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  gint64 id = app_mcp_server_get_id (server);

  g_task_set_task_data (task, g_object_ref (server), g_object_unref);
  app_database_run_async (self->database, app_mcp_store_remove, g_memdup2 (&id, sizeof id), g_free, NULL, NULL, on_removed, task);
}

gboolean
app_mcp_servers_remove_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what was started ---- */

static void
on_runs (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GPtrArray *rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (rows)
    g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
app_mcp_servers_read_runs_async (AppMcpServers *self, guint limit, GAsyncReadyCallback callback, gpointer user_data)
{
  app_database_run_async (self->database, app_mcp_store_runs, GUINT_TO_POINTER (limit), NULL, (GDestroyNotify) g_ptr_array_unref, NULL, on_runs, g_task_new (self, NULL, callback, user_data));
}

GPtrArray *
app_mcp_servers_read_runs_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- object ---- */

/* What a conversation in memory was given: the servers, and a place of its own for what runs for it. */
typedef struct {
  AppMcpServers *servers;
  char *place;
} Lent;

static void
lent_free (Lent *lent)
{
  app_mcp_servers_disconnect (lent->servers, NULL, lent->place); /* nothing of it is left */
  g_object_unref (lent->servers);
  g_free (lent->place);
  g_free (lent);
}

AppMcpServers *
app_mcp_servers_of (AppDatabase *database)
{
  Lent *lent = g_object_get_data (G_OBJECT (database), LENT_KEY);

  return lent ? lent->servers : g_object_get_data (G_OBJECT (database), KEY);
}

const char *
app_mcp_servers_place_of (AppDatabase *database)
{
  Lent *lent = g_object_get_data (G_OBJECT (database), LENT_KEY);

  return lent ? lent->place : "";
}

void
app_mcp_servers_lend (AppMcpServers *self, AppDatabase *database)
{
  static guint n_lent;
  Lent *lent = g_new (Lent, 1);

  *lent = (Lent) { g_object_ref (self), g_strdup_printf ("temporary %u", ++n_lent) };
  g_object_set_data_full (G_OBJECT (database), LENT_KEY, lent, (GDestroyNotify) lent_free);
}

void
app_mcp_servers_close (AppMcpServers *self)
{
  app_mcp_servers_disconnect (self, NULL, NULL);
}

static void
app_mcp_servers_dispose (GObject *object)
{
  AppMcpServers *self = APP_MCP_SERVERS (object);

  app_mcp_servers_close (self);
  if (self->database && app_mcp_servers_of (self->database) == self)
    g_object_set_data (G_OBJECT (self->database), KEY, NULL);
  G_OBJECT_CLASS (app_mcp_servers_parent_class)->dispose (object);
}

static void
app_mcp_servers_finalize (GObject *object)
{
  AppMcpServers *self = APP_MCP_SERVERS (object);

  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->offered);
  g_ptr_array_unref (self->list);
  g_clear_object (&self->keys);
  g_clear_object (&self->connections);
  g_clear_object (&self->database);
  G_OBJECT_CLASS (app_mcp_servers_parent_class)->finalize (object);
}

static void
app_mcp_servers_class_init (AppMcpServersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = app_mcp_servers_dispose;
  object_class->finalize = app_mcp_servers_finalize;
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", APP_TYPE_MCP_SERVERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_mcp_servers_init (AppMcpServers *self)
{
  self->list = g_ptr_array_new_with_free_func (g_object_unref);
  self->sessions = app_mcp_sessions_new ();
  self->offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

AppMcpServers *
app_mcp_servers_new (AppDatabase *database, AppConnections *connections, GPtrArray *rows)
{
  AppMcpServers *self = g_object_new (APP_TYPE_MCP_SERVERS, NULL);

  self->database = g_object_ref (database);
  g_set_object (&self->connections, connections);
  self->keys = app_keys_new (APP_KEY_MCP);
  for (guint i = 0; rows && i < rows->len; i++)
    g_ptr_array_add (self->list, app_mcp_server_new (rows->pdata[i]));
  /* Not held: the database is held by it. */
  g_object_set_data (G_OBJECT (database), KEY, self);
  return self;
}
