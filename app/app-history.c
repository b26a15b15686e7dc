/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-history-private.h"

#include <glib/gi18n.h>

#include "app-connections-private.h"
#include "app-library-private.h"
#include "app-conversation-private.h"
#include "app-folders-private.h"
#include "app-made.h"
#include "app-schema.h"
#include "app-search.h"
#include "app-servers-private.h"
#include "mcp/mcp-servers-private.h"
#include "mcp/mcp-store.h"

struct _AppHistory {
  GObject parent;
  AppDatabase *database;
  AppEngine *engine;
  AppSettings *settings;    /* nullable */
  AppServers *servers;
  AppMcpServers *mcp_servers;
  AppConnections *connections;
  AppFolders *folders;
  AppLibrary *personas, *prompts; /* NULL until somebody asks */
  AppLaunchers *launchers;  /* nullable */
  GPtrArray *conversations; /* the list: stored, not deleted, in order */
  AppConversation *unsent;  /* waits for its first turn; nullable */
  GPtrArray *busy;          /* conversations with an answer under way */
  GTask *closing;           /* waits for them */
  gboolean closed;          /* nothing may be asked of the database any more */
  gboolean cleaning, clean_again; /* the words of what was purged are on their way out; more was purged since */
  GCancellable *search;     /* of the newest search */
};

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_CONVERSATION;
}

static guint
get_n_items (GListModel *model)
{
  return APP_HISTORY (model)->conversations->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppHistory *self = APP_HISTORY (model);

  return position < self->conversations->len ? g_object_ref (self->conversations->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppHistory, app_history, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- the list ---- */

/* Pinned first, then the newest, then the one made last. */
static gboolean
stands_before (AppConversation *a, AppConversation *b)
{
  if (app_conversation_get_pinned (a) != app_conversation_get_pinned (b))
    return app_conversation_get_pinned (a);
  if (app_conversation_get_updated (a) != app_conversation_get_updated (b))
    return app_conversation_get_updated (a) > app_conversation_get_updated (b);
  return app_conversation_get_id (a) > app_conversation_get_id (b);
}

static void
take_out (AppHistory *self, AppConversation *conversation)
{
  guint position;

  if (g_ptr_array_find (self->conversations, conversation, &position)) {
    g_ptr_array_remove_index (self->conversations, position);
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  }
}

/* Where it belongs; nothing moves when it stands there already. */
static void
put_in (AppHistory *self, AppConversation *conversation)
{
  g_autoptr (AppConversation) keep = g_object_ref (conversation);
  guint old = G_MAXUINT, position = 0;

  g_ptr_array_find (self->conversations, conversation, &old);
  for (guint i = 0; i < self->conversations->len && (i == old || stands_before (self->conversations->pdata[i], conversation)); i++)
    if (i != old)
      position++;
  if (position == old)
    return;
  take_out (self, conversation);
  g_ptr_array_insert (self->conversations, position, g_object_ref (conversation));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* Its first turn was stored, it has a new turn, or it was pinned. One that is deleted stays out. */
static void
on_order_changed (AppConversation *conversation, GParamSpec *pspec, AppHistory *self)
{
  gboolean listed = g_ptr_array_find (self->conversations, conversation, NULL);

  if (app_conversation_get_id (conversation) && (listed || g_str_equal (pspec->name, "id")))
    put_in (self, conversation);
}

/* It stands where it stood; what groups the list by folders looks again. */
static void
on_folder (AppConversation *conversation, GParamSpec *pspec, AppHistory *self)
{
  guint position;

  if (g_ptr_array_find (self->conversations, conversation, &position))
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

static void
on_moved (GArray *conversations, gint64 folder, gpointer user_data)
{
  AppHistory *self = user_data;

  for (guint i = 0; i < conversations->len; i++) {
    AppConversation *conversation = app_history_find (self, g_array_index (conversations, gint64, i));
    if (conversation)
      app_conversation_take_folder (conversation, folder);
  }
}

static void continue_closing (AppHistory *self);

static void
on_busy (AppConversation *conversation, GParamSpec *pspec, AppHistory *self)
{
  gboolean known = g_ptr_array_find (self->busy, conversation, NULL);

  if (app_conversation_get_busy (conversation) && !known)
    g_ptr_array_add (self->busy, g_object_ref (conversation));
  else if (!app_conversation_get_busy (conversation) && known)
    g_ptr_array_remove (self->busy, conversation);
  if (self->closing)
    continue_closing (self);
}

void
app_history_watch_busy (AppHistory *self, AppConversation *conversation)
{
  g_signal_connect_object (conversation, "notify::busy", G_CALLBACK (on_busy), self, 0);
}

static AppConversation *
make_conversation (AppHistory *self, const AppConversationRow *row)
{
  AppConversation *conversation = app_conversation_new (self->database, self->engine, self->settings, row);

  g_signal_connect_object (conversation, "notify::id", G_CALLBACK (on_order_changed), self, 0);
  g_signal_connect_object (conversation, "notify::time", G_CALLBACK (on_order_changed), self, 0);
  g_signal_connect_object (conversation, "notify::pinned", G_CALLBACK (on_order_changed), self, 0);
  g_signal_connect_object (conversation, "notify::folder", G_CALLBACK (on_folder), self, 0);
  app_history_watch_busy (self, conversation);
  return conversation;
}

AppConversation *
app_history_new_conversation (AppHistory *self)
{
  return make_conversation (self, NULL);
}

AppConversation *
app_history_get_unsent (AppHistory *self)
{
  if (self->unsent && (app_conversation_get_id (self->unsent) || app_conversation_get_busy (self->unsent)))
    g_clear_object (&self->unsent);
  if (!self->unsent)
    self->unsent = app_history_new_conversation (self);
  return self->unsent;
}

AppConversation *
app_history_find (AppHistory *self, gint64 id)
{
  for (guint i = 0; i < self->conversations->len; i++)
    if (app_conversation_get_id (self->conversations->pdata[i]) == id)
      return self->conversations->pdata[i];
  return NULL;
}

AppDatabase *
app_history_get_database (AppHistory *self)
{
  return self->database;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return stands_before (*(AppConversation *const *) a, *(AppConversation *const *) b) ? -1 : 1;
}

void
app_history_add_rows (AppHistory *self, GPtrArray *rows, GPtrArray *folders)
{
  guint n = self->conversations->len;

  if (folders)
    app_folders_update (self->folders, folders);
  if (rows->len == 0)
    return;
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (self->conversations, make_conversation (self, rows->pdata[i]));
  g_ptr_array_sort (self->conversations, compare);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, self->conversations->len);
}

/* ---- cleaning ---- */

static void clean (AppHistory *self, gboolean begin);

/* What is beside the file, and nobody needs any more. */
static void
tidy (AppHistory *self)
{
  app_history_tidy_datasets (self);
  app_history_tidy_launchers (self);
  app_history_tidy_workspaces (self);
}

static void
on_cleaned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  AppStoreCleaning done = GPOINTER_TO_INT (app_database_run_finish (APP_DATABASE (source), result, &error));

  self->cleaning = FALSE;
  if (error)
    g_debug ("%s", error->message); /* the next purge tries again */
  if (error || self->closed)
    return;
  if (done == APP_STORE_UNCLEAN)
    clean (self, FALSE);
  else if (self->clean_again)
    clean (self, TRUE);
  else
    tidy (self);
}

/* One step at a time. `begin`: what was purged is not on its way out yet. */
static void
clean (AppHistory *self, gboolean begin)
{
  self->cleaning = TRUE;
  if (begin)
    self->clean_again = FALSE;
  app_database_run_async (self->database, app_store_clean, GINT_TO_POINTER (begin), NULL, NULL, NULL, on_cleaned, g_object_ref (self));
}

/* The purge itself has begun it, but a merge that was under way does not take what came later. */
static void
clean_after_purge (AppHistory *self)
{
  if (self->cleaning)
    self->clean_again = TRUE;
  else
    clean (self, FALSE);
}

/* ---- opening and closing ---- */

/* The older conversations come behind those that are there. */
static void
on_rest (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (rows)
    app_history_add_rows (self, rows, NULL);
  else
    g_message ("%s", error->message);
}

static void
on_mcp_servers_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppHistory *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->mcp_servers = app_mcp_servers_new (self->database, self->connections, rows);
  /* Nobody can have asked for anything yet, so it finds the list as it was a moment ago. */
  if (self->conversations->len == APP_STORE_FIRST)
    app_database_run_async (self->database, app_store_open_rest, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, on_rest, g_object_ref (self));
  /* Behind all that the window waits for; after a cleaning it comes by itself. */
  if (!self->cleaning) {
    app_history_tidy_datasets (self);
    app_history_tidy_workspaces (self);
  }
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
on_servers_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppHistory *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->servers = app_servers_new (self->database, self->connections, rows);
  app_database_run_async (self->database, app_mcp_store_servers, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, g_task_get_cancellable (task), on_mcp_servers_read, g_object_ref (task));
}

static void
on_connections_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppHistory *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->connections = app_connections_new (self->database, rows);
  app_database_run_async (self->database, app_store_servers, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, g_task_get_cancellable (task), on_servers_read,
                          g_object_ref (task));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppHistory *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  AppStoreOpened *opened = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!opened) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  for (guint i = 0; i < opened->conversations->len; i++)
    g_ptr_array_add (self->conversations, make_conversation (self, opened->conversations->pdata[i]));
  self->folders = app_folders_new (self->database, opened->folders);
  app_folders_set_moved (self->folders, on_moved, self);
  app_conversation_take_draft (app_history_get_unsent (self), g_steal_pointer (&opened->draft), g_steal_pointer (&opened->draft_wish), g_steal_pointer (&opened->draft_depth),
                               opened->n_draft_attachments);
  app_history_adopt_choices (self->database, opened->choices);
  if (opened->purged)
    clean_after_purge (self);
  app_store_opened_free (opened);
  app_database_run_async (self->database, app_store_connections, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, g_task_get_cancellable (task),
                          on_connections_read, g_object_ref (task));
}

void
app_history_open_async (const char *path, AppEngine *engine, AppSettings *settings, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  AppHistory *self = g_object_new (APP_TYPE_HISTORY, NULL);
  g_autofree char *usual = g_build_filename (g_get_user_data_dir (), "melete", "history.db", NULL);

  g_task_set_source_tag (task, app_history_open_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->database = app_database_new (path ? path : usual, &app_schema);
  self->engine = g_object_ref (engine);
  g_set_object (&self->settings, settings);
  app_database_run_async (self->database, app_store_open, NULL, NULL, (GDestroyNotify) app_store_opened_free, cancellable, on_opened, task);
}

AppHistory *
app_history_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_history_open_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
finish_task (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
continue_closing (AppHistory *self)
{
  if (self->busy->len > 0) {
    for (guint i = self->busy->len; i-- > 0;)
      app_conversation_stop (self->busy->pdata[i]);
    return;
  }
  app_mcp_servers_close (self->mcp_servers);
  app_connections_close (self->connections);
  self->closed = TRUE;
  app_database_close_async (self->database, on_closed, g_steal_pointer (&self->closing));
}

void
app_history_close_async (AppHistory *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->closing) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The history is being closed already."));
    g_object_unref (task);
    return;
  }
  self->closing = task;
  if (self->search) /* it would go on to look into attachments */
    g_cancellable_cancel (self->search);
  continue_closing (self);
}

gboolean
app_history_close_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- deleting ---- */

static void
on_deletion_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppHistory *self = g_task_get_source_object (task);
  AppConversation *conversation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean ok = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  if (ok && g_task_get_source_tag (task) == app_history_delete_async)
    take_out (self, conversation);
  if (ok && g_task_get_source_tag (task) == app_history_undelete_async)
    put_in (self, conversation);
  if (ok && g_task_get_source_tag (task) == app_history_purge_async && !self->closed)
    clean_after_purge (self);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
change (AppHistory *self, GTask *task, AppConversation *conversation, AppStoreField field, gint64 value)
{
  AppStoreChange *data = g_new0 (AppStoreChange, 1);

  *data = (AppStoreChange){ .conversation = app_conversation_get_id (conversation), .field = field, .value = value };
  g_task_set_task_data (task, g_object_ref (conversation), g_object_unref);
  app_database_run_async (self->database, app_store_change, data, (GDestroyNotify) app_store_change_free, NULL, NULL, on_deletion_changed, task);
}

void
app_history_delete_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, app_history_delete_async);
  app_conversation_stop (conversation);
  change (self, task, conversation, APP_STORE_DELETED, TRUE);
}

gboolean
app_history_delete_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

void
app_history_undelete_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, app_history_undelete_async);
  change (self, task, conversation, APP_STORE_DELETED, FALSE);
}

gboolean
app_history_undelete_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

void
app_history_purge_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, app_history_purge_async);
  change (self, task, conversation, APP_STORE_PURGE, 0);
}

gboolean
app_history_purge_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- search ---- */

GCancellable *
app_history_begin_search (AppHistory *self)
{
  if (self->search)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  self->search = g_cancellable_new ();
  return self->search;
}

/* ---- object ---- */

AppEngine *
app_history_get_engine (AppHistory *self)
{
  return self->engine;
}

AppSettings *
app_history_get_settings (AppHistory *self)
{
  return self->settings;
}

const char *
app_history_get_path (AppHistory *self)
{
  return app_database_get_path (self->database);
}

AppConnections *
app_history_get_connections (AppHistory *self)
{
  return self->connections;
}

AppServers *
app_history_get_servers (AppHistory *self)
{
  return self->servers;
}

AppMcpServers *
app_history_get_mcp_servers (AppHistory *self)
{
  return self->mcp_servers;
}

static void
on_speeds (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GHashTable *speeds = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (speeds)
    g_task_return_pointer (task, speeds, (GDestroyNotify) g_hash_table_unref);
  else
    g_task_return_error (task, error);
}

void
app_history_get_speeds_async (AppHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_history_get_speeds_async);
  app_database_run_async (self->database, app_store_speeds, NULL, NULL, (GDestroyNotify) g_hash_table_unref, cancellable, on_speeds, task);
}

GHashTable *
app_history_get_speeds_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

AppFolders *
app_history_get_folders (AppHistory *self)
{
  return self->folders;
}

AppLaunchers *
app_history_get_launchers (AppHistory *self)
{
  return self->launchers;
}

void
app_history_set_launchers (AppHistory *self, AppLaunchers *launchers)
{
  if (g_set_object (&self->launchers, launchers) && !self->cleaning)
    app_history_tidy_launchers (self);
}

AppLibrary *
app_history_get_personas (AppHistory *self)
{
  if (!self->personas)
    self->personas = app_library_new (self->database, self->settings, &app_library_personas);
  return self->personas;
}

AppLibrary *
app_history_get_prompts (AppHistory *self)
{
  if (!self->prompts)
    self->prompts = app_library_new (self->database, self->settings, &app_library_prompts);
  return self->prompts;
}

guint
app_history_get_n_queries (AppHistory *self)
{
  return app_database_get_n_queries (self->database);
}

static void
app_history_finalize (GObject *object)
{
  AppHistory *self = APP_HISTORY (object);

  g_ptr_array_unref (self->conversations);
  g_clear_object (&self->unsent);
  g_ptr_array_unref (self->busy);
  g_clear_object (&self->search);
  g_clear_object (&self->connections);
  g_clear_object (&self->servers);
  g_clear_object (&self->mcp_servers);
  if (self->folders)
    app_folders_set_moved (self->folders, NULL, NULL);
  g_clear_object (&self->folders);
  g_clear_object (&self->personas);
  g_clear_object (&self->prompts);
  g_clear_object (&self->launchers);
  g_clear_object (&self->database);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (app_history_parent_class)->finalize (object);
}

static void
app_history_class_init (AppHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_history_finalize;
}

static void
app_history_init (AppHistory *self)
{
  self->conversations = g_ptr_array_new_with_free_func (g_object_unref);
  self->busy = g_ptr_array_new_with_free_func (g_object_unref);
}
