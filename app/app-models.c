/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-models.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "app-catalogue.h"
#include "app-download-private.h"
#include "app-error.h"
#include "app-models-files.h"
#include "engine.h"

struct _AppModels {
  GObject parent;
  char *catalogue, *directory, *warning;
  GHashTable *all;   /* id → AppModel: each that was ever known, so that objects stay the same */
  GPtrArray *listed; /* AppModel, as the list shows them */
  GPtrArray *order;  /* ids of the catalogue */
  GTask *refreshing;
  GPtrArray *waiting; /* GTask: refreshes asked for meanwhile */
  gboolean purged;    /* what earlier runs set aside */
};

enum { PROP_0, PROP_WARNING, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_MODEL;
}

static guint
get_n_items (GListModel *model)
{
  return APP_MODELS (model)->listed->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppModels *self = APP_MODELS (model);

  return position < self->listed->len ? g_object_ref (self->listed->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppModels, app_models, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- the list ---- */

static guint
catalogue_position (AppModels *self, AppModel *model)
{
  for (guint i = 0; self->order && i < self->order->len; i++)
    if (g_str_equal (self->order->pdata[i], app_model_get_id (model)))
      return i;
  return G_MAXUINT;
}

/* Installed ones first, then the catalogue's order, then by name. */
static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  AppModels *self = user_data;
  AppModel *first = *(AppModel **) a, *second = *(AppModel **) b;
  gboolean first_absent = app_model_get_path (first) == NULL, second_absent = app_model_get_path (second) == NULL;
  guint first_position = catalogue_position (self, first), second_position = catalogue_position (self, second);

  if (first_absent != second_absent)
    return first_absent - second_absent;
  if (first_position != second_position)
    return first_position < second_position ? -1 : 1;
  return g_utf8_collate (app_model_get_name (first), app_model_get_name (second));
}

static void
update_list (AppModels *self)
{
  g_autoptr (GPtrArray) old = self->listed;
  GHashTableIter iter;
  gpointer model;
  gboolean same;

  self->listed = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    AppModelFacts *facts = app_model_get_facts (model);
    gboolean offered = catalogue_position (self, model) != G_MAXUINT && !facts->tests_only;
    if (app_model_get_path (model) || app_model_get_download (model) || offered)
      g_ptr_array_add (self->listed, g_object_ref (model));
  }
  g_ptr_array_sort_with_data (self->listed, compare, self);
  same = old->len == self->listed->len;
  for (guint i = 0; same && i < old->len; i++)
    same = old->pdata[i] == self->listed->pdata[i];
  if (!same)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, self->listed->len);
}

static AppModel *
get_or_make (AppModels *self, AppModelFacts *facts)
{
  AppModel *model = g_hash_table_lookup (self->all, facts->id);

  if (!model) {
    model = app_model_new (facts);
    g_hash_table_insert (self->all, g_strdup (facts->id), model);
  }
  return model;
}

AppModel *
app_models_find (AppModels *self, const char *id)
{
  return g_hash_table_lookup (self->all, id);
}

/* ---- downloads ---- */

static void
on_download_state (AppDownload *download, GParamSpec *pspec, AppModels *self)
{
  GHashTableIter iter;
  gpointer model;
  AppDownloadState state = app_download_get_state (download);

  if (state != APP_DOWNLOAD_DONE && state != APP_DOWNLOAD_CANCELLED)
    return;
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    g_autoptr (AppDownload) keep = NULL;
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;
    if (app_model_get_download (model) != download)
      continue;
    keep = g_object_ref (download);
    name = g_strconcat (app_model_get_id (model), ".gguf", NULL);
    path = g_build_filename (self->directory, name, NULL);
    if (state == APP_DOWNLOAD_DONE)
      app_model_set_path (model, path, FALSE);
    app_model_set_download (model, NULL);
    break;
  }
  update_list (self);
}

static AppDownload *
make_download (AppModels *self, AppModel *model)
{
  g_autoptr (AppDownload) download = app_download_new (app_model_get_facts (model), self->directory, NULL);

  app_model_set_download (model, download);
  g_signal_connect_object (download, "notify::state", G_CALLBACK (on_download_state), self, 0);
  return download;
}

AppDownload *
app_models_download (AppModels *self, AppModel *model, GError **error)
{
  AppDownload *download = app_model_get_download (model);

  if (app_model_get_path (model) || !app_model_get_in_catalogue (model)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s is installed already, or cannot be downloaded. Choose another model, or add one by file."), app_model_get_name (model));
    return NULL;
  }
  if (!download)
    download = make_download (self, model);
  app_download_resume (download);
  update_list (self);
  return download;
}

/* ---- refreshing ---- */

/* What the thread needs, and what it found. */
typedef struct {
  char *catalogue, *directory;
  gboolean purge;
  GHashTable *known; /* ids whose files were looked into already */

  GPtrArray *offered;  /* AppModelFacts */
  GPtrArray *files;    /* AppModelFile */
  GPtrArray *partial;  /* ids with a half-finished download */
  GPtrArray *warnings; /* sentences */
  guint64 memory_total, memory_available;
} Refresh;

static void
refresh_free (Refresh *refresh)
{
  g_free (refresh->catalogue);
  g_free (refresh->directory);
  g_hash_table_unref (refresh->known);
  g_clear_pointer (&refresh->offered, g_ptr_array_unref);
  g_clear_pointer (&refresh->files, g_ptr_array_unref);
  g_ptr_array_unref (refresh->partial);
  g_ptr_array_unref (refresh->warnings);
  g_free (refresh);
}

static AppModelFacts *
find_offered (const Refresh *refresh, const char *id)
{
  for (guint i = 0; i < refresh->offered->len; i++)
    if (g_str_equal (((AppModelFacts *) refresh->offered->pdata[i])->id, id))
      return refresh->offered->pdata[i];
  return NULL;
}

/* Whether the file may be shown; what is not in the catalogue is looked into once. */
static gboolean
check_file (Refresh *refresh, AppModelFile *file)
{
  AppModelFacts *offered = find_offered (refresh, file->id);
  g_autoptr (GError) error = NULL;

  if (offered && file->bytes != offered->bytes) {
    g_autofree char *is = g_format_size_full (file->bytes, G_FORMAT_SIZE_LONG_FORMAT);
    g_autofree char *should = g_format_size_full (offered->bytes, G_FORMAT_SIZE_LONG_FORMAT);
    g_ptr_array_add (refresh->warnings, g_strdup_printf (_("The file of %s has %s instead of %s. Delete “%s” and download it again."), offered->name, is, should, file->path));
    return FALSE;
  }
  if (offered || g_hash_table_contains (refresh->known, file->id))
    return TRUE;
  file->facts = app_catalogue_inspect (file->path, file->id, &error);
  if (!file->facts)
    g_ptr_array_add (refresh->warnings, g_strdup_printf (_("“%s” is left out: %s"), file->path, error->message));
  return file->facts != NULL;
}

/* Reads files of the kernel: not on the main thread. */
static void
measure_memory (guint64 *total, guint64 *available)
{
  *total = (guint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE);
  *available = MIN (engine_memory_available (), *total);
}

static void
refresh_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Refresh *refresh = data;
  GError *error = NULL;

  refresh->offered = app_catalogue_read (refresh->catalogue, &error);
  if (!refresh->offered) { /* installed models are still good */
    refresh->offered = g_ptr_array_new ();
    g_ptr_array_add (refresh->warnings, g_strdup (error->message));
    g_clear_error (&error);
  }
  if (refresh->purge)
    app_models_files_purge (refresh->directory);
  refresh->files = app_models_files_scan (refresh->directory, refresh->warnings);
  for (guint i = 0; i < refresh->files->len;) {
    if (check_file (refresh, refresh->files->pdata[i]))
      i++;
    else
      g_ptr_array_remove_index (refresh->files, i);
  }
  for (guint i = 0; i < refresh->offered->len; i++) {
    AppModelFacts *facts = refresh->offered->pdata[i];
    g_autoptr (AppDownloadFiles) files = app_download_files_new (refresh->directory, facts->id);
    if (app_download_files_exist (files))
      g_ptr_array_add (refresh->partial, g_strdup (facts->id));
  }
  measure_memory (&refresh->memory_total, &refresh->memory_available);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
set_warning (AppModels *self, GPtrArray *sentences)
{
  g_autofree char *warning = NULL;

  if (sentences->len) {
    g_autofree gpointer *strings = g_memdup2 (sentences->pdata, sizeof (gpointer) * sentences->len);
    strings = g_realloc (strings, sizeof (gpointer) * (sentences->len + 1));
    strings[sentences->len] = NULL;
    warning = g_strjoinv (" ", (char **) strings);
  }
  if (g_strcmp0 (warning, self->warning) == 0)
    return;
  g_free (self->warning);
  self->warning = g_steal_pointer (&warning);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WARNING]);
}

/* Main thread: brings the models into line with what was found. */
static void
apply (AppModels *self, Refresh *refresh)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer value;

  g_clear_pointer (&self->order, g_ptr_array_unref);
  self->order = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < refresh->offered->len; i++) {
    AppModelFacts *facts = refresh->offered->pdata[i];
    get_or_make (self, facts);
    g_ptr_array_add (self->order, g_strdup (facts->id));
  }
  for (guint i = 0; i < refresh->files->len; i++) {
    AppModelFile *file = refresh->files->pdata[i];
    if (file->facts)
      get_or_make (self, file->facts);
    g_hash_table_insert (paths, file->id, file);
  }
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    AppModelFile *file = g_hash_table_lookup (paths, app_model_get_id (value));
    app_model_set_path (value, file ? file->path : NULL, file && file->referenced);
    app_model_set_memory_here (value, refresh->memory_total, refresh->memory_available);
  }
  for (guint i = 0; i < refresh->partial->len; i++) {
    AppModel *model = app_models_find (self, refresh->partial->pdata[i]);
    if (!app_model_get_path (model) && !app_model_get_download (model))
      make_download (self, model);
  }
  set_warning (self, refresh->warnings);
  update_list (self);
}

static void start_refresh (AppModels *self, GTask *task);

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  g_autoptr (GTask) task = g_steal_pointer (&self->refreshing);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error)) {
    apply (self, g_task_get_task_data (G_TASK (result)));
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, g_steal_pointer (&error));
  }
  if (self->waiting->len)
    start_refresh (self, g_ptr_array_steal_index (self->waiting, 0));
}

static void
start_refresh (AppModels *self, GTask *task)
{
  Refresh *refresh = g_new0 (Refresh, 1);
  g_autoptr (GTask) worker = g_task_new (self, g_task_get_cancellable (task), on_refreshed, NULL);
  GHashTableIter iter;
  gpointer id;

  self->refreshing = task;
  refresh->catalogue = g_strdup (self->catalogue);
  refresh->directory = g_strdup (self->directory);
  refresh->purge = !self->purged;
  self->purged = TRUE;
  refresh->partial = g_ptr_array_new_with_free_func (g_free);
  refresh->warnings = g_ptr_array_new_with_free_func (g_free);
  refresh->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_hash_table_add (refresh->known, g_strdup (id));
  g_task_set_task_data (worker, refresh, (GDestroyNotify) refresh_free);
  g_task_run_in_thread (worker, refresh_thread);
}

void
app_models_refresh_async (AppModels *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->refreshing)
    g_ptr_array_add (self->waiting, task);
  else
    start_refresh (self, task);
}

static gboolean
finish_task (AppModels *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
app_models_refresh_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- choosing ---- */

AppModel *
app_models_choose (AppModels *self, const char *preferred)
{
  AppModel *model = preferred && *preferred ? app_models_find (self, preferred) : NULL;
  AppModel *best = NULL;

  if (model && app_model_get_path (model))
    return model;
  for (guint i = 0; i < self->listed->len; i++) {
    AppModel *candidate = self->listed->pdata[i];
    AppFit fit = app_model_get_fit (candidate);
    if (!app_model_get_path (candidate) || app_model_get_facts (candidate)->tests_only || fit == APP_FIT_NONE)
      continue;
    /* A recommended one beats others; then what fits beats what is slow; then the larger one. */
    if (!best || app_model_get_recommended (candidate) > app_model_get_recommended (best) ||
        (app_model_get_recommended (candidate) == app_model_get_recommended (best) &&
         (fit < app_model_get_fit (best) || (fit == app_model_get_fit (best) && app_model_get_parameters (candidate) > app_model_get_parameters (best)))))
      best = candidate;
  }
  return best;
}

AppModel *
app_models_get_offer (AppModels *self)
{
  AppModel *starter = NULL;

  for (guint i = 0; i < self->listed->len; i++) {
    AppModel *candidate = self->listed->pdata[i];
    if (app_model_get_path (candidate) || !app_model_get_in_catalogue (candidate))
      continue;
    if (app_model_get_recommended (candidate) && (app_model_get_fit (candidate) == APP_FIT_FITS || app_model_get_fit (candidate) == APP_FIT_UNKNOWN))
      return candidate;
    if (app_model_get_starter (candidate))
      starter = candidate;
  }
  return starter;
}

/* ---- adding ---- */

typedef struct {
  char *directory;
  GFile *file;
  gboolean copy;
  guint64 memory_total, memory_available;
} Add;

static void
add_free (Add *add)
{
  g_free (add->directory);
  g_object_unref (add->file);
  g_free (add);
}

static void
add_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Add *add = data;
  GError *error = NULL;
  AppModelFile *file = app_models_files_add (add->directory, add->file, add->copy, cancellable, &error);

  measure_memory (&add->memory_total, &add->memory_available);
  if (file)
    g_task_return_pointer (task, file, (GDestroyNotify) app_model_file_free);
  else
    g_task_return_error (task, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  AppModelFile *file = g_task_propagate_pointer (G_TASK (result), &error);
  const Add *add = g_task_get_task_data (G_TASK (result));
  AppModel *model;

  if (!file) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  model = get_or_make (self, file->facts);
  app_model_set_path (model, file->path, file->referenced);
  app_model_set_memory_here (model, add->memory_total, add->memory_available);
  update_list (self);
  app_model_file_free (file);
  g_task_return_pointer (task, g_object_ref (model), g_object_unref);
}

void
app_models_add_file_async (AppModels *self, GFile *file, gboolean copy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, cancellable, on_added, task);
  Add *add = g_new0 (Add, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_check_cancellable (worker, FALSE); /* what was added stays added */
  add->directory = g_strdup (self->directory);
  add->file = g_object_ref (file);
  add->copy = copy;
  g_task_set_task_data (worker, add, (GDestroyNotify) add_free);
  g_task_run_in_thread (worker, add_thread);
}

AppModel *
app_models_add_file_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- removing ---- */

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppModels *self = source;
  const char *id = app_model_get_id (data); /* never changes */
  GError *error = NULL;

  if (g_task_get_source_tag (task) == app_models_remove_async ? app_models_files_set_aside (self->directory, id, &error)
                                                              : app_models_files_bring_back (self->directory, id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  g_autoptr (GTask) task = user_data;
  AppModel *model = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (g_task_get_source_tag (task) == app_models_remove_async) {
    app_model_set_path (model, NULL, app_model_get_referenced (model));
  } else {
    g_autofree char *name = g_strconcat (app_model_get_id (model), ".gguf", NULL);
    g_autofree char *path = g_build_filename (self->directory, name, NULL);
    app_model_set_path (model, path, app_model_get_referenced (model));
  }
  update_list (self);
  g_task_return_boolean (task, TRUE);
}

static void
move (AppModels *self, AppModel *model, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, NULL, on_removed, task);

  g_task_set_source_tag (task, tag);
  g_task_set_source_tag (worker, tag);
  g_task_set_task_data (task, g_object_ref (model), g_object_unref);
  g_task_set_task_data (worker, g_object_ref (model), g_object_unref);
  g_task_run_in_thread (worker, remove_thread);
}

void
app_models_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  move (self, model, app_models_remove_async, callback, user_data);
}

gboolean
app_models_remove_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

void
app_models_undo_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  move (self, model, app_models_undo_remove_async, callback, user_data);
}

gboolean
app_models_undo_remove_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

static void
purge_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_models_files_purge (APP_MODELS (source)->directory);
  g_task_return_boolean (task, TRUE);
}

void
app_models_purge_async (AppModels *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_run_in_thread (task, purge_thread);
}

gboolean
app_models_purge_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- object ---- */

const char *
app_models_get_directory (AppModels *self)
{
  return self->directory;
}

const char *
app_models_get_warning (AppModels *self)
{
  return self->warning;
}

static void
app_models_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_WARNING:
    g_value_set_string (value, APP_MODELS (object)->warning);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_models_finalize (GObject *object)
{
  AppModels *self = APP_MODELS (object);

  g_free (self->catalogue);
  g_free (self->directory);
  g_free (self->warning);
  g_hash_table_unref (self->all);
  g_ptr_array_unref (self->listed);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->order, g_ptr_array_unref);
  G_OBJECT_CLASS (app_models_parent_class)->finalize (object);
}

static void
app_models_class_init (AppModelsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_models_finalize;
  object_class->get_property = app_models_get_property;
  properties[PROP_WARNING] = g_param_spec_string ("warning", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_models_init (AppModels *self)
{
  self->all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->listed = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_ptr_array_new ();
}

/* The catalogue lies beside the other data of the application. */
static char *
usual_catalogue (void)
{
  const char *const *folders = g_get_system_data_dirs ();

  for (guint i = 0; folders[i]; i++) {
    g_autofree char *path = g_build_filename (folders[i], "melete", "models.json", NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return g_build_filename (APP_DATADIR, "melete", "models.json", NULL);
}

AppModels *
app_models_new (const char *catalogue, const char *directory)
{
  AppModels *self = g_object_new (APP_TYPE_MODELS, NULL);
  const char *named_catalogue = catalogue ? catalogue : g_getenv ("MELETE_CATALOGUE");
  const char *named_directory = directory ? directory : g_getenv ("MELETE_MODELS");

  self->catalogue = named_catalogue ? g_strdup (named_catalogue) : usual_catalogue ();
  self->directory = named_directory ? g_strdup (named_directory) : g_build_filename (g_get_user_data_dir (), "melete", "models", NULL);
  return self;
}
