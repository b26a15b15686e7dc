/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-folders-private.h"

#include <glib/gi18n.h>

/* ---- one folder ---- */

struct _AppFolder {
  GObject parent;
  gint64 id, created;
  char *name;
  GArray *conversations; /* that were in it when it was removed; nullable */
};

enum { PROP_0, PROP_NAME };

G_DEFINE_FINAL_TYPE (AppFolder, app_folder, G_TYPE_OBJECT)

static void
app_folder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, APP_FOLDER (object)->name);
}

static void
app_folder_finalize (GObject *object)
{
  AppFolder *self = APP_FOLDER (object);

  g_free (self->name);
  g_clear_pointer (&self->conversations, g_array_unref);
  G_OBJECT_CLASS (app_folder_parent_class)->finalize (object);
}

static void
app_folder_class_init (AppFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = app_folder_get_property;
  G_OBJECT_CLASS (klass)->finalize = app_folder_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_NAME,
                                   g_param_spec_string ("name", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
}

static void
app_folder_init (AppFolder *self)
{
}

static AppFolder *
folder_new (const AppFolderRow *row)
{
  AppFolder *folder = g_object_new (APP_TYPE_FOLDER, NULL);

  folder->id = row->id;
  folder->name = g_strdup (row->name);
  folder->created = row->created;
  return folder;
}

gint64
app_folder_get_id (AppFolder *self)
{
  return self->id;
}

const char *
app_folder_get_name (AppFolder *self)
{
  return self->name;
}

/* ---- the list ---- */

struct _AppFolders {
  GObject parent;
  AppDatabase *database;
  GListStore *list;
  AppFoldersMoved moved;
  gpointer moved_data;
};

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_FOLDER;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (APP_FOLDERS (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (APP_FOLDERS (model)->list), position);
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppFolders, app_folders, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const AppFolder *left = a, *right = b;
  int order = g_utf8_collate (left->name, right->name);

  return order ? order : left->id < right->id ? -1 : left->id > right->id;
}

AppFolder *
app_folders_find (AppFolders *self, gint64 id)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (AppFolder) folder = get_item (G_LIST_MODEL (self), i);
    if (folder->id == id)
      return folder;
  }
  return NULL;
}

static gboolean
is_used (AppFolders *self, const char *name, AppFolder *except)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (AppFolder) folder = get_item (G_LIST_MODEL (self), i);
    if (folder != except && g_str_equal (folder->name, name))
      return TRUE;
  }
  return FALSE;
}

static void
put_in (AppFolders *self, AppFolder *folder)
{
  g_list_store_insert_sorted (self->list, folder, compare, NULL);
}

static void
take_out (AppFolders *self, AppFolder *folder)
{
  guint position;

  if (g_list_store_find (self->list, folder, &position))
    g_list_store_remove (self->list, position);
}

static void
tell_moved (AppFolders *self, GArray *conversations, gint64 folder)
{
  if (self->moved)
    self->moved (conversations, folder, self->moved_data);
}

/* ---- changes ---- */

/* One change until its answer. */
typedef struct {
  AppFolder *folder; /* NULL: a new one */
  AppFolderRow *row;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_object (&change->folder);
  app_folder_row_free (change->row);
  g_free (change);
}

/* NULL: the name will not do, and the task has been answered. */
static Change *
begin_change (AppFolders *self, GTask *task, AppFolder *folder, const char *name)
{
  g_autofree char *clean = g_strstrip (g_strdup (name));
  Change *change;

  if (!*clean || is_used (self, clean, folder)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, "%s",
                             *clean ? _("There is a folder of this name already. Choose another name.") : _("A folder needs a name."));
    g_object_unref (task);
    return NULL;
  }
  change = g_new0 (Change, 1);
  g_set_object (&change->folder, folder);
  change->row = app_folder_row_new (folder ? folder->id : 0, clean, folder ? folder->created : g_get_real_time () / 1000);
  g_task_set_task_data (task, change, change_free);
  return change;
}

static gboolean
finish_task (AppFolders *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppFolders *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!id) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  change->row->id = *id;
  change->folder = folder_new (change->row);
  put_in (self, change->folder);
  g_task_return_pointer (task, g_object_ref (change->folder), g_object_unref);
}

void
app_folders_add_async (AppFolders *self, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = begin_change (self, task, NULL, name);

  if (change)
    app_database_run_async (self->database, app_store_folder_add, change->row, NULL, g_free, NULL, on_added, task);
}

AppFolder *
app_folders_add_finish (AppFolders *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppFolders *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!app_database_run_finish (APP_DATABASE (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_free (change->folder->name);
  change->folder->name = g_strdup (change->row->name);
  g_object_notify (G_OBJECT (change->folder), "name");
  /* Where it belongs by its new name; one that was removed meanwhile stays out. */
  if (g_list_store_find (self->list, change->folder, NULL)) {
    take_out (self, change->folder);
    put_in (self, change->folder);
  }
  g_task_return_boolean (task, TRUE);
}

void
app_folders_rename_async (AppFolders *self, AppFolder *folder, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = begin_change (self, task, folder, name);

  if (change)
    app_database_run_async (self->database, app_store_folder_rename, change->row, NULL, NULL, NULL, on_renamed, task);
}

gboolean
app_folders_rename_finish (AppFolders *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppFolders *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GArray *conversations = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!conversations) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_clear_pointer (&change->folder->conversations, g_array_unref);
  change->folder->conversations = conversations;
  take_out (self, change->folder);
  tell_moved (self, conversations, 0);
  g_task_return_boolean (task, TRUE);
}

void
app_folders_remove_async (AppFolders *self, AppFolder *folder, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = begin_change (self, task, folder, folder->name);

  if (change)
    app_database_run_async (self->database, app_store_folder_remove, change->row, NULL, (GDestroyNotify) g_array_unref, NULL, on_removed, task);
}

gboolean
app_folders_remove_finish (AppFolders *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppFolders *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!id) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  put_in (self, change->folder);
  if (change->row->conversations)
    tell_moved (self, change->row->conversations, *id);
  g_task_return_boolean (task, TRUE);
}

void
app_folders_restore_async (AppFolders *self, AppFolder *folder, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = begin_change (self, task, folder, folder->name);

  if (!change)
    return;
  change->row->conversations = folder->conversations ? g_array_ref (folder->conversations) : NULL;
  app_database_run_async (self->database, app_store_folder_add, change->row, NULL, g_free, NULL, on_restored, task);
}

gboolean
app_folders_restore_finish (AppFolders *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- object ---- */

static void
app_folders_finalize (GObject *object)
{
  AppFolders *self = APP_FOLDERS (object);

  g_object_unref (self->database);
  g_object_unref (self->list);
  G_OBJECT_CLASS (app_folders_parent_class)->finalize (object);
}

static void
app_folders_class_init (AppFoldersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_folders_finalize;
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, AppFolders *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
app_folders_init (AppFolders *self)
{
  self->list = g_list_store_new (APP_TYPE_FOLDER);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
}

void
app_folders_update (AppFolders *self, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const AppFolderRow *row = rows->pdata[i];
    if (!app_folders_find (self, row->id)) {
      g_autoptr (AppFolder) folder = folder_new (row);
      put_in (self, folder);
    }
  }
}

AppFolders *
app_folders_new (AppDatabase *database, GPtrArray *rows)
{
  AppFolders *self = g_object_new (APP_TYPE_FOLDERS, NULL);

  self->database = g_object_ref (database);
  app_folders_update (self, rows);
  return self;
}

void
app_folders_set_moved (AppFolders *self, AppFoldersMoved moved, gpointer user_data)
{
  self->moved = moved;
  self->moved_data = user_data;
}
