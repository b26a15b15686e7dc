/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-artifacts-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-artifact-page.h"
#include "app-artifact-private.h"
#include "app-history-private.h"
#include "app-message-private.h"
#include "artifacts/artifact-kind.h"

enum { SIGNAL_VERSION, SIGNAL_SAVE_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_ARTIFACT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (APP_ARTIFACTS (model)->visible));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (APP_ARTIFACTS (model)->visible), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppArtifacts, app_artifacts, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

void
app_artifacts_save_failed (AppArtifacts *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_FAILED], 0, sentence);
}

static void
on_artifact_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppArtifacts) self = data;
  g_autoptr (GError) error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error) == NULL && !g_error_matches (error, APP_ERROR, APP_ERROR_INVALID))
    app_artifacts_save_failed (self, error->message);
}

/* ---- what is visible ---- */

static void
update_visible (AppArtifacts *self)
{
  g_autoptr (GHashTable) messages = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) visible = g_ptr_array_new ();
  gboolean any = self->all->len > 0;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->visible)), n_messages = self->messages != NULL ? g_list_model_get_n_items (self->messages) : 0, same = 0;

  if (self->all->len == 0 && n == 0)
    return;
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (self->messages, i);
    gint64 id = app_message_get_id (message);
    g_hash_table_add (messages, g_memdup2 (&id, sizeof id));
    if (any && app_message_get_version (message) == NULL && app_message_get_role (message) == APP_ROLE_ASSISTANT)
      app_message_set_version (message, app_artifacts_find (self, id));
  }
  for (guint i = 0; i < self->all->len; i++)
    if (app_artifact_show (self->all->pdata[i], messages))
      g_ptr_array_add (visible, self->all->pdata[i]);
  while (same < n && same < visible->len) {
    g_autoptr (AppArtifact) artifact = g_list_model_get_item (G_LIST_MODEL (self->visible), same);
    if (artifact != visible->pdata[same])
      break;
    same++;
  }
  if (same == n && same == visible->len)
    return;
  g_list_store_splice (self->visible, same, n - same, visible->len > same ? visible->pdata + same : NULL, visible->len - same);
  g_list_model_items_changed (G_LIST_MODEL (self), same, n - same, visible->len - same);
}

static void
on_messages_changed (GListModel *messages, guint position, guint removed, guint added, AppArtifacts *self)
{
  update_visible (self);
}

/* The row of the message that made it shows it. */
static void
changed (AppArtifacts *self, AppVersion *version)
{
  gint64 id = app_version_get_message_id (version);

  for (guint i = self->messages != NULL ? g_list_model_get_n_items (self->messages) : 0; i-- > 0;) {
    g_autoptr (AppMessage) message = g_list_model_get_item (self->messages, i);
    if (app_message_get_id (message) == id)
      app_message_set_version (message, app_artifacts_find (self, id));
  }
  g_signal_emit (self, signals[SIGNAL_VERSION], 0, version);
}

void
app_artifacts_set_checker (AppArtifacts *self, AppChecker *checker)
{
  g_set_object (&self->checker, checker);
}

AppChecker *
app_artifacts_get_checker (AppArtifacts *self)
{
  return self->checker;
}

AppArtifact *
app_artifacts_get_latest (AppArtifacts *self)
{
  AppArtifact *latest = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->visible)); i++) {
    g_autoptr (AppArtifact) artifact = g_list_model_get_item (G_LIST_MODEL (self->visible), i);
    if (latest == NULL || g_date_time_compare (app_version_get_time (app_artifact_get_current (artifact)), app_version_get_time (app_artifact_get_current (latest))) >= 0)
      latest = artifact; /* the list keeps it */
  }
  return latest;
}

AppVersion *
app_artifacts_find (AppArtifacts *self, gint64 message)
{
  for (guint i = self->all->len; i-- > 0;) {
    GPtrArray *versions = app_artifact_get_all (self->all->pdata[i]);
    for (guint j = versions->len; j-- > 0;)
      if (app_version_get_message_id (versions->pdata[j]) == message)
        return versions->pdata[j];
  }
  return NULL;
}

AppVersion *
app_artifacts_find_version (AppArtifacts *self, gint64 id)
{
  for (guint i = self->all->len; i-- > 0;) {
    GPtrArray *versions = app_artifact_get_all (self->all->pdata[i]);
    for (guint j = versions->len; id != 0 && j-- > 0;)
      if (app_version_get_id (versions->pdata[j]) == id)
        return versions->pdata[j];
  }
  return NULL;
}

/* ---- reading ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppArtifacts) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (rows == NULL) {
    if (!g_error_matches (error, APP_ERROR, APP_ERROR_INVALID))
      g_signal_emit (self, signals[SIGNAL_SAVE_FAILED], 0, error->message);
    return;
  }
  /* Before those that were begun meanwhile. */
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_insert (self->all, (int) i, app_artifact_new (rows->pdata[i]));
  update_visible (self);
  for (guint i = 0; i < rows->len; i++) {
    GPtrArray *versions = app_artifact_get_all (self->all->pdata[i]);
    for (guint j = 0; j < versions->len; j++)
      changed (self, versions->pdata[j]);
  }
}

void
app_artifacts_load (AppArtifacts *self, gint64 conversation)
{
  if (self->loaded)
    return;
  self->loaded = TRUE;
  self->conversation = conversation;
  if (conversation != 0)
    app_database_run_async (self->database, app_store_artifacts, g_memdup2 (&conversation, sizeof conversation), g_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_read, g_object_ref (self));
}

void
app_artifacts_set_conversation (AppArtifacts *self, gint64 conversation)
{
  self->conversation = conversation;
  self->loaded = TRUE;
}

/* ---- writing ---- */

static AppVersion *
begin (AppArtifacts *self, AppArtifact *artifact, const AppArtifactKind *kind, const char *title, AppVersionRow *row)
{
  g_autoptr (AppVersion) version = NULL;
  gint64 now = g_get_real_time () / 1000;

  if (artifact == NULL) {
    g_autoptr (AppArtifactRow) of = app_artifact_row_new ();
    of->conversation = self->conversation;
    of->kind = g_strdup (kind->id);
    of->title = g_strdup (title);
    of->created = now;
    artifact = app_artifact_new (of);
    g_ptr_array_add (self->all, artifact);
  }
  row->created = now;
  version = app_version_new (artifact, row);
  app_artifact_add (artifact, version);
  app_artifacts_save (self, version);
  update_visible (self);
  changed (self, version);
  return version; /* the artifact keeps it */
}

AppVersion *
app_artifacts_begin (AppArtifacts *self, AppVersion *base, const AppArtifactKind *kind, const char *title, gint64 message, AppOrigin origin)
{
  g_autoptr (AppVersionRow) row = app_version_row_new ();

  row->message = message;
  row->base = base != NULL ? app_version_get_id (base) : 0;
  row->origin = origin;
  row->state = APP_VERSION_WRITING;
  row->title = g_strdup (title);
  return begin (self, base != NULL ? app_version_get_artifact (base) : NULL, kind, title, row);
}

void
app_artifacts_write (AppArtifacts *self, AppVersion *version, const char *source, const char *const *data)
{
  app_version_set_source (version, source);
  if (data != NULL)
    app_version_set_data (version, data);
  app_artifacts_save_later (self, version);
}

/* The source and the state of a version that has just become whole are one save: what is stored as whole is never written again. */
void
app_artifacts_end (AppArtifacts *self, AppVersion *version, const char *title)
{
  AppArtifact *artifact = app_version_get_artifact (version);

  g_return_if_fail (app_version_get_state (version) == APP_VERSION_WRITING);
  if (title != NULL && *title != '\0') {
    app_version_set_title (version, title);
    if (artifact != NULL)
      app_artifacts_rename (self, artifact, title);
  }
  app_version_set_state (version, APP_VERSION_UNSEEN, NULL);
  app_artifacts_save (self, version);
  changed (self, version);
}

void
app_artifacts_discard (AppArtifacts *self, AppVersion *version)
{
  g_autoptr (AppVersion) keep = g_object_ref (version);
  AppArtifact *artifact = app_version_get_artifact (version);

  app_database_run_async (self->database, app_store_version_delete, app_version_dup_row (version), (GDestroyNotify) app_version_row_free, NULL, NULL, on_artifact_changed, g_object_ref (self));
  g_hash_table_remove (self->saves, version);
  app_artifact_remove (artifact, version);
  update_visible (self);
  if (app_artifact_get_all (artifact)->len == 0)
    g_ptr_array_remove (self->all, artifact);
  changed (self, version);
}

void
app_artifacts_set_seen (AppArtifacts *self, AppVersion *version, AppVersionState state, const char *const *findings, GBytes *thumbnail)
{
  app_version_set_state (version, state, findings);
  app_artifacts_save_seen (self, version, thumbnail);
  changed (self, version);
}

AppVersion *
app_artifacts_edit (AppArtifacts *self, AppVersion *base, const char *source, AppOrigin origin)
{
  g_autoptr (AppVersionRow) row = app_version_dup_row (base);

  row->base = row->id;
  row->id = 0;
  row->number = 0;
  row->origin = origin;
  row->state = APP_VERSION_UNSEEN;
  g_free (row->source);
  row->source = g_strdup (source);
  g_clear_pointer (&row->findings, g_free);
  return begin (self, app_version_get_artifact (base), NULL, NULL, row);
}

AppVersion *
app_artifacts_duplicate (AppArtifacts *self, AppVersion *version, const char *title)
{
  g_autoptr (AppVersionRow) row = app_version_dup_row (version);

  row->base = row->id;
  row->id = 0;
  row->number = 0;
  row->origin = APP_ORIGIN_PERSON;
  g_free (row->title);
  row->title = g_strdup (title);
  return begin (self, NULL, app_artifact_get_kind (app_version_get_artifact (version)), title, row);
}

static void
store_artifact (AppArtifacts *self, AppArtifact *artifact)
{
  if (app_artifact_get_all (artifact)->len > 0)
    app_database_run_async (self->database, app_store_artifact_change, app_artifact_dup_row (artifact), (GDestroyNotify) app_artifact_row_free, NULL, NULL, on_artifact_changed, g_object_ref (self));
}

void
app_artifacts_rename (AppArtifacts *self, AppArtifact *artifact, const char *title)
{
  if (g_strcmp0 (app_artifact_get_title (artifact), title) == 0)
    return;
  app_artifact_set_title (artifact, title);
  store_artifact (self, artifact);
}

void
app_artifacts_set_starred (AppArtifacts *self, AppArtifact *artifact, gboolean starred)
{
  app_artifact_set_starred (artifact, starred);
  store_artifact (self, artifact);
}

/* ---- showing ---- */

GPtrArray *
app_artifacts_open_datasets (AppArtifacts *self, AppVersion *version)
{
  return app_artifact_page_open_datasets (self->database, app_version_get_data (version));
}

void
app_artifacts_make_bundle_async (AppArtifacts *self, AppVersion *version, const char *source, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_artifacts_make_bundle_async);
  app_artifact_page_make (self->database, app_artifact_get_kind (app_version_get_artifact (version)), source != NULL ? source : app_version_get_source (version), app_version_get_title (version),
                          app_version_get_data (version), task);
}

AppBundle *
app_artifacts_make_bundle_finish (AppArtifacts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_artifacts_read_storage_async (AppArtifacts *self, AppArtifact *artifact, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  app_artifact_page_read_storage (self->database, app_artifact_get_id (artifact), g_task_new (self, cancellable, callback, user_data));
}

GHashTable *
app_artifacts_read_storage_finish (AppArtifacts *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_artifacts_store_value (AppArtifacts *self, AppArtifact *artifact, const char *key, const char *value)
{
  app_artifact_page_store_value (self->database, app_artifact_get_id (artifact), key, value, on_artifact_changed, g_object_ref (self));
}

/* ---- object ---- */

AppArtifacts *
app_artifacts_new (AppDatabase *database, GListModel *messages)
{
  AppArtifacts *self = g_object_new (APP_TYPE_ARTIFACTS, NULL);

  self->database = g_object_ref (database);
  self->messages = messages;
  g_object_add_weak_pointer (G_OBJECT (messages), (gpointer *) &self->messages);
  g_signal_connect_object (messages, "items-changed", G_CALLBACK (on_messages_changed), self, 0);
  return self;
}

static void
app_artifacts_finalize (GObject *object)
{
  AppArtifacts *self = APP_ARTIFACTS (object);

  g_clear_weak_pointer (&self->messages);
  g_clear_object (&self->checker);
  g_object_unref (self->database);
  g_hash_table_unref (self->saves);
  g_object_unref (self->visible);
  g_ptr_array_unref (self->all);
  G_OBJECT_CLASS (app_artifacts_parent_class)->finalize (object);
}

static void
app_artifacts_class_init (AppArtifactsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = app_artifacts_finalize;
  signals[SIGNAL_VERSION] = g_signal_new ("version", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_VERSION);
  signals[SIGNAL_SAVE_FAILED] = g_signal_new ("save-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_artifacts_init (AppArtifacts *self)
{
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->visible = g_list_store_new (APP_TYPE_ARTIFACT);
  self->saves = app_artifacts_saves_new ();
}
