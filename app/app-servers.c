/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-servers-private.h"

#include "app-openai.h"
#include "app-server-address.h"
#include "app-server-private.h"
#include "app-store.h"

struct _AppServers {
  GObject parent;
  AppDatabase *database;
  AppClient *client;
  GPtrArray *list; /* AppServer, by id */
};

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_SERVER;
}

static guint
get_n_items (GListModel *model)
{
  return APP_SERVERS (model)->list->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppServers *self = APP_SERVERS (model);

  return position < self->list->len ? g_object_ref (self->list->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppServers, app_servers, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

AppClient *
app_servers_get_client (AppServers *self)
{
  return self->client;
}

AppServer *
app_servers_find (AppServers *self, gint64 id)
{
  for (guint i = 0; i < self->list->len; i++)
    if (app_server_get_id (self->list->pdata[i]) == id)
      return self->list->pdata[i];
  return NULL;
}

/* Where its id belongs; nothing when it is there. */
static void
put_in (AppServers *self, AppServer *server)
{
  guint position = 0;

  if (g_ptr_array_find (self->list, server, NULL))
    return;
  while (position < self->list->len && app_server_get_id (self->list->pdata[position]) < app_server_get_id (server))
    position++;
  g_ptr_array_insert (self->list, position, g_object_ref (server));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
take_out (AppServers *self, AppServer *server)
{
  guint position;

  if (!g_ptr_array_find (self->list, server, &position))
    return;
  g_ptr_array_remove_index (self->list, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* Takes the key of an origin out of the keyring, unless a server there is in the list. */
static void
forget_key (AppServers *self, const char *origin)
{
  for (guint i = 0; i < self->list->len; i++) {
    g_autofree char *used = app_server_address_dup_origin (app_server_get_address (self->list->pdata[i]));
    if (g_str_equal (used, origin))
      return;
  }
  app_keys_store_async (app_client_get_keys (self->client), origin, "", NULL, NULL);
}

/* ---- asking for the models ---- */

void
app_servers_ask_async (AppServers *self, const char *address, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *parsed = app_server_address_parse (address, &error);

  g_task_set_source_tag (task, app_servers_ask_async);
  if (parsed) {
    app_server_ask (self->client, parsed, key, task);
    return;
  }
  g_task_return_error (task, g_steal_pointer (&error));
  g_object_unref (task);
}

GPtrArray *
app_servers_ask_finish (AppServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- saving ---- */

/* A server between its call and its row, and its key, being safe. */
typedef struct {
  AppServer *server; /* NULL: a new one */
  char *name, *address;
  char *key;         /* NULL: stays as it is */
  GPtrArray *models;
  char *notice;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_clear_object (&save->server);
  g_free (save->name);
  g_free (save->address);
  app_keys_free (save->key);
  g_ptr_array_unref (save->models);
  g_free (save->notice);
  g_free (save);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppServers *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!id) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (save->server) {
    g_autofree char *older = app_server_address_dup_origin (app_server_get_address (save->server));
    app_server_change (save->server, save->name, save->address, save->models);
    put_in (self, save->server);
    forget_key (self, older);
  } else {
    save->server = app_server_new (*id, save->name, save->address, save->models, self->client);
    put_in (self, save->server);
  }
  g_task_return_pointer (task, g_object_ref (save->server), g_object_unref);
}

static void
store (AppServers *self, GTask *task)
{
  Save *save = g_task_get_task_data (task);
  AppServerRow *row = app_server_row_new ();

  row->id = save->server ? app_server_get_id (save->server) : 0;
  row->name = g_strdup (save->name);
  row->address = g_strdup (save->address);
  row->models = app_openai_print_models (save->models);
  app_database_run_async (self->database, app_store_server_save, row, (GDestroyNotify) app_server_row_free, g_free, NULL, on_saved, task);
}

static void
on_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Save *save = g_task_get_task_data (task);

  app_keys_store_finish (APP_KEYS (source), result, &save->notice);
  store (g_task_get_source_object (task), task);
}

/* The key first: a server that is in the list has it. */
static void
save (AppServers *self, Save *data, GTask *task)
{
  g_autofree char *origin = app_server_address_dup_origin (data->address);

  g_task_set_task_data (task, data, save_free);
  if (data->key)
    app_keys_store_async (app_client_get_keys (self->client), origin, data->key, on_key_kept, task);
  else
    store (self, task);
}

void
app_servers_save_async (AppServers *self, AppServer *server, const char *name, const char *address, const char *key, GPtrArray *models,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *parsed = app_server_address_parse (address, &error);
  Save *data;

  g_task_set_source_tag (task, app_servers_save_async);
  if (!parsed) {
    g_task_return_error (task, g_steal_pointer (&error));
    g_object_unref (task);
    return;
  }
  data = g_new0 (Save, 1);
  g_set_object (&data->server, server);
  data->name = g_strstrip (g_strdup (name));
  data->address = g_steal_pointer (&parsed);
  data->key = g_strstrip (g_strdup (key));
  data->models = g_ptr_array_ref (models);
  save (self, data, task);
}

AppServer *
app_servers_save_finish (AppServers *self, GAsyncResult *result, char **notice, GError **error)
{
  Save *data;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  data = g_task_get_task_data (G_TASK (result));
  *notice = data ? g_steal_pointer (&data->notice) : NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- refreshing ---- */

/* What the person said of pictures, where the server says nothing, stays true of the same model. */
static void
keep_words (GPtrArray *models, GPtrArray *older)
{
  for (guint i = 0; i < models->len; i++) {
    AppServerModel *model = models->pdata[i];
    for (guint j = 0; model->sight == APP_SIGHT_UNKNOWN && j < older->len; j++) {
      const AppServerModel *old = older->pdata[j];
      if (g_str_equal (old->id, model->id))
        model->pictures = old->pictures;
    }
  }
}

static void
on_refresh_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autoptr (AppServer) server = app_servers_save_finish (APP_SERVERS (source), result, &notice, &error);

  if (server)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppServers *self = APP_SERVERS (source);
  g_autoptr (GTask) task = user_data;
  AppServer *server = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_servers_ask_finish (self, result, &error);
  Save *data;

  if (!models) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!g_ptr_array_find (self->list, server, NULL)) { /* removed meanwhile */
    g_task_return_boolean (task, TRUE);
    return;
  }
  keep_words (models, app_server_get_models (server));
  data = g_new0 (Save, 1);
  data->server = g_object_ref (server);
  data->name = g_strdup (app_server_get_given_name (server));
  data->address = g_strdup (app_server_get_address (server));
  data->models = g_steal_pointer (&models);
  save (self, data, g_task_new (self, NULL, on_refresh_saved, g_steal_pointer (&task)));
}

void
app_servers_refresh_async (AppServers *self, AppServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_object_ref (server), g_object_unref);
  app_server_ask (self->client, app_server_get_address (server), NULL, g_task_new (self, cancellable, on_refreshed, task));
}

gboolean
app_servers_refresh_finish (AppServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the key ---- */

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_pointer (task, app_keys_lookup_finish (APP_KEYS (source), result), (GDestroyNotify) app_keys_free);
}

void
app_servers_lookup_key_async (AppServers *self, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *origin = app_server_address_dup_origin (address);

  g_task_set_check_cancellable (task, FALSE);
  app_keys_lookup_async (app_client_get_keys (self->client), origin, cancellable, on_key, task);
}

char *
app_servers_lookup_key_finish (AppServers *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* ---- removing ---- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppServers *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!app_database_run_finish (APP_DATABASE (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  take_out (self, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
app_servers_remove_async (AppServers *self, AppServer *server, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  gint64 *id = g_new (gint64, 1);

  *id = app_server_get_id (server);
  g_task_set_task_data (task, g_object_ref (server), g_object_unref);
  app_database_run_async (self->database, app_store_server_remove, id, g_free, NULL, NULL, on_removed, task);
}

gboolean
app_servers_remove_finish (AppServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
app_servers_undo_remove_async (AppServers *self, AppServer *server, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Save *data = g_new0 (Save, 1);

  data->server = g_object_ref (server);
  data->name = g_strdup (app_server_get_given_name (server));
  data->address = g_strdup (app_server_get_address (server));
  data->models = g_ptr_array_ref (app_server_get_models (server));
  save (self, data, g_task_new (self, NULL, on_refresh_saved, task));
}

gboolean
app_servers_undo_remove_finish (AppServers *self, GAsyncResult *result, GError **error)
{
  return app_servers_remove_finish (self, result, error);
}

void
app_servers_purge (AppServers *self, AppServer *server)
{
  g_autofree char *origin = app_server_address_dup_origin (app_server_get_address (server));

  forget_key (self, origin);
}

/* ---- object ---- */

static void
app_servers_finalize (GObject *object)
{
  AppServers *self = APP_SERVERS (object);

  g_ptr_array_unref (self->list);
  g_clear_object (&self->client);
  g_clear_object (&self->database);
  G_OBJECT_CLASS (app_servers_parent_class)->finalize (object);
}

static void
app_servers_class_init (AppServersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_servers_finalize;
}

static void
app_servers_init (AppServers *self)
{
  self->list = g_ptr_array_new_with_free_func (g_object_unref);
}

AppServers *
app_servers_new (AppDatabase *database, AppConnections *connections, GPtrArray *rows)
{
  AppServers *self = g_object_new (APP_TYPE_SERVERS, NULL);
  g_autoptr (AppKeys) keys = app_keys_new (APP_KEY_SERVER);

  self->database = g_object_ref (database);
  self->client = app_client_new (connections, keys);
  for (guint i = 0; rows && i < rows->len; i++) {
    const AppServerRow *row = rows->pdata[i];
    g_autoptr (GPtrArray) models = app_openai_read_models (row->models);
    g_ptr_array_add (self->list, app_server_new (row->id, row->name, row->address, models, self->client));
  }
  return self;
}
