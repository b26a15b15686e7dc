/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-datasets.h"

#include <glib/gstdio.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "tables/dataset-derive.h"
#include "tables/dataset-file.h"
#include "tables/dataset-import.h"
#include "tables/dataset-writer.h"

struct _AppDatasets {
  GObject parent;
  char *folder;
  gboolean temporary;
  /* Ids of datasets that are being made, or whose object somebody has: they are not tidied up. Any thread. */
  GMutex lock;
  GHashTable *held; /* id → how often */
  GHashTable *choices; /* SHA-256 → text; what was taken back is "" */
};

enum { CHOICES_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppDatasets, app_datasets, G_TYPE_OBJECT)

static void
delete_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
app_datasets_finalize (GObject *object)
{
  AppDatasets *self = APP_DATASETS (object);

  if (self->temporary)
    delete_folder (self->folder);
  g_free (self->folder);
  g_hash_table_unref (self->held);
  g_hash_table_unref (self->choices);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (app_datasets_parent_class)->finalize (object);
}

static void
app_datasets_class_init (AppDatasetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_datasets_finalize;
  signals[CHOICES_CHANGED] = g_signal_new ("choices-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
app_datasets_init (AppDatasets *self)
{
  g_mutex_init (&self->lock);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->choices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

AppDatasets *
app_datasets_new (const char *folder)
{
  AppDatasets *self = g_object_new (APP_TYPE_DATASETS, NULL);
  self->folder = g_strdup (folder);
  return self;
}

AppDatasets *
app_datasets_new_temporary (void)
{
  const char *const places[] = { g_get_user_runtime_dir (), "/dev/shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    struct statfs info;
    g_autofree char *folder = g_build_filename (places[i], "melete-tables-XXXXXX", NULL);
    if (statfs (places[i], &info) == 0 && info.f_type == TMPFS_MAGIC && g_mkdtemp_full (folder, 0700) != NULL) {
      AppDatasets *self = app_datasets_new (folder);
      self->temporary = TRUE;
      return self;
    }
  }
  return NULL;
}

const char *
app_datasets_get_folder (AppDatasets *self)
{
  return self->folder;
}

/* ---- what a person corrected ---- */

const char *
app_datasets_get_choices (AppDatasets *self, const char *sha256)
{
  const char *choices = g_hash_table_lookup (self->choices, sha256);
  return choices != NULL ? choices : "";
}

void
app_datasets_set_choices (AppDatasets *self, const char *sha256, const char *choices)
{
  if (strcmp (app_datasets_get_choices (self, sha256), choices) == 0)
    return;
  g_hash_table_insert (self->choices, g_strdup (sha256), g_strdup (choices));
  g_signal_emit (self, signals[CHOICES_CHANGED], 0, sha256, choices);
}

void
app_datasets_adopt_choices (AppDatasets *self, const char *sha256, const char *choices)
{
  if (!g_hash_table_contains (self->choices, sha256))
    g_hash_table_insert (self->choices, g_strdup (sha256), g_strdup (choices));
}

/* ---- names ---- */

static const struct {
  const char *end, *mime_type, *hint;
} kinds[] = {
  { ".csv", "text/csv", "CSV" },
  { ".tsv", "text/tab-separated-values", "TSV" },
  { ".tab", NULL, "TSV" },
  { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "" },
  { ".xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.template", "" },
  { ".xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", "" },
  { ".ods", "application/vnd.oasis.opendocument.spreadsheet", "" },
  { ".ots", "application/vnd.oasis.opendocument.spreadsheet-template", "" },
  { ".json", "application/json", "JSON" },
  { ".jsonl", "application/jsonl", "JSON" },
  { ".ndjson", "application/x-ndjson", "JSON" },
  { ".sqlite", "application/vnd.sqlite3", "" },
  { ".sqlite3", "application/x-sqlite3", "" },
  { ".db", NULL, "" },
};

gboolean
app_datasets_can_import (const char *name, const char *mime_type, const char **hint)
{
  g_autofree char *small = g_utf8_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (small, kinds[i].end) || (kinds[i].mime_type != NULL && g_strcmp0 (mime_type, kinds[i].mime_type) == 0)) {
      if (hint != NULL)
        *hint = kinds[i].hint;
      return TRUE;
    }
  return FALSE;
}

/* The content's hash, the reader's version, and which way it was read. */
static char *
make_id (const char *sha256, const char *hint, const char *choices)
{
  g_autofree char *way = g_strdup_printf ("%s\n%s", hint, choices != NULL ? choices : "");
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, way, -1);

  return g_strdup_printf ("%s-r%d-%.8s", sha256, APP_DATASETS_READER_VERSION, hash);
}

static char *
make_path (AppDatasets *self, const char *sha256, const char *hint, const char *choices)
{
  g_autofree char *id = make_id (sha256, hint, choices), *name = g_strconcat (id, DATASET_END, NULL);
  return g_build_filename (self->folder, name, NULL);
}

/* What a dataset may be called that was read of a content. */
static const char *const hints[] = { "", "CSV", "TSV", "JSON" };

/* ---- what is in use ---- */

static void
hold (AppDatasets *self, const char *id, int change)
{
  g_mutex_lock (&self->lock);
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->held, id)) + change;
  if (n > 0)
    g_hash_table_insert (self->held, g_strdup (id), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (self->held, id);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_held (AppDatasets *self, const char *id)
{
  g_mutex_lock (&self->lock);
  gboolean held = g_hash_table_contains (self->held, id);
  g_mutex_unlock (&self->lock);
  return held;
}

typedef struct {
  AppDatasets *self;
  char *id;
} Hold;

static void
on_gone (gpointer data, GObject *dataset)
{
  Hold *held = data;
  hold (held->self, held->id, -1);
  g_object_unref (held->self);
  g_free (held->id);
  g_free (held);
}

/* Makes the dataset of a path, by `make` unless it is there. Its id is held from before it exists until its object is gone. */
static AppDataset *
open_or_make (AppDatasets *self, const char *path, gboolean (*make) (const char *path, gpointer data, GCancellable *cancellable, GError **error), gpointer data, GCancellable *cancellable,
              GError **error)
{
  g_autofree char *base = g_path_get_basename (path), *id = g_strndup (base, strlen (base) - strlen (DATASET_END));
  AppDataset *dataset = NULL;

  hold (self, id, 1);
  if (g_file_test (path, G_FILE_TEST_EXISTS) || (make != NULL && make (path, data, cancellable, error)))
    dataset = app_dataset_open (path, error);
  if (dataset == NULL) {
    hold (self, id, -1);
    return NULL;
  }
  Hold *held = g_new (Hold, 1);
  *held = (Hold) { g_object_ref (self), g_steal_pointer (&id) };
  g_object_weak_ref (G_OBJECT (dataset), on_gone, held);
  return dataset;
}

/* ---- importing ---- */

typedef struct {
  GBytes *bytes;
  char *sha256, *name, *hint, *choices;
  AppDatasetProgress progress;
  gpointer progress_data;
} Import;

static void
import_free (gpointer data)
{
  Import *import = data;
  g_bytes_unref (import->bytes);
  g_free (import->sha256);
  g_free (import->name);
  g_free (import->hint);
  g_free (import->choices);
  g_free (import);
}

typedef struct {
  GTask *task;
  double fraction;
} Step;

static void
step_free (gpointer data)
{
  g_object_unref (((Step *) data)->task);
  g_free (data);
}

static gboolean
tell_step (gpointer data)
{
  Step *step = data;
  Import *import = g_task_get_task_data (step->task);

  if (!g_task_get_completed (step->task))
    import->progress (step->fraction, import->progress_data);
  return G_SOURCE_REMOVE;
}

/* On the thread that reads. (g_main_context_invoke () would call the function there whenever nobody iterates the context.) */
static void
on_progress (guint done, guint total, gpointer data)
{
  Step *step = g_new (Step, 1);
  GSource *source = g_idle_source_new ();

  *step = (Step) { g_object_ref (data), (double) done / MAX (total, 1) };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_step, step, step_free);
  g_source_attach (source, g_task_get_context (data));
  g_source_unref (source);
}

static gboolean
make_imported (const char *path, gpointer data, GCancellable *cancellable, GError **error)
{
  GTask *task = data;
  Import *import = g_task_get_task_data (task);

  return dataset_import (import->bytes, import->name, import->hint, import->choices, path, cancellable, import->progress != NULL ? on_progress : NULL, task, error);
}

static void
return_dataset (GTask *task, AppDataset *dataset, GError *error)
{
  if (dataset != NULL)
    g_task_return_pointer (task, dataset, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;

  if (import->sha256 == NULL)
    import->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, import->bytes);
  g_autofree char *path = make_path (source, import->sha256, import->hint, import->choices);
  AppDataset *dataset = open_or_make (source, path, make_imported, task, cancellable, &error);
  return_dataset (task, dataset, error);
}

void
app_datasets_import_async (AppDatasets *self, GBytes *bytes, const char *sha256, const char *name, const char *mime_type, const char *choices, GCancellable *cancellable,
                           AppDatasetProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Import *import = g_new0 (Import, 1);
  const char *hint = "";

  g_return_if_fail (APP_IS_DATASETS (self) && bytes != NULL && name != NULL);
  app_datasets_can_import (name, mime_type, &hint);
  *import = (Import) { g_bytes_ref (bytes), g_strdup (sha256), g_strdup (name), g_strdup (hint), g_strdup (choices != NULL ? choices : ""), progress, progress_data };
  g_task_set_source_tag (task, app_datasets_import_async);
  g_task_set_task_data (task, import, import_free);
  g_task_run_in_thread (task, import_thread);
}

AppDataset *
app_datasets_import_finish (AppDatasets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

AppDataset *
app_datasets_find (AppDatasets *self, const char *sha256, const char *choices)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++) {
    g_autofree char *path = make_path (self, sha256, hints[i], choices);
    AppDataset *dataset = open_or_make (self, path, NULL, NULL, NULL, NULL);
    if (dataset != NULL)
      return dataset;
  }
  return NULL;
}

AppDataset *
app_datasets_open (AppDatasets *self, const char *id)
{
  g_autofree char *base = g_strconcat (id, DATASET_END, NULL), *path = g_build_filename (self->folder, base, NULL);

  /* It comes from the history, which may be damaged. */
  if (*id == '\0' || strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen (id))
    return NULL;
  return open_or_make (self, path, NULL, NULL, NULL, NULL);
}

/* ---- deriving ---- */

typedef struct {
  GPtrArray *sources;
  char *sql, *name;
} Derive;

static void
derive_free (gpointer data)
{
  Derive *derive = data;
  g_ptr_array_unref (derive->sources);
  g_free (derive->sql);
  g_free (derive->name);
  g_free (derive);
}

static gboolean
make_derived (const char *path, gpointer data, GCancellable *cancellable, GError **error)
{
  Derive *derive = data;
  return dataset_derive (derive->sources, derive->sql, derive->name, path, cancellable, error);
}

static void
derive_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppDatasets *self = source;
  Derive *derive = data;
  GError *error = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  /* With the NULs between them. */
  g_checksum_update (checksum, (const guchar *) derive->sql, (gssize) strlen (derive->sql) + 1);
  g_checksum_update (checksum, (const guchar *) derive->name, (gssize) strlen (derive->name) + 1);
  for (guint i = 0; i < derive->sources->len; i++) {
    const char *id = app_dataset_get_id (g_ptr_array_index (derive->sources, i));
    g_checksum_update (checksum, (const guchar *) id, (gssize) strlen (id) + 1);
  }
  g_autofree char *base = g_strdup_printf ("made-%s-r%d" DATASET_END, g_checksum_get_string (checksum), APP_DATASETS_READER_VERSION);
  g_autofree char *path = g_build_filename (self->folder, base, NULL);
  AppDataset *dataset = open_or_make (self, path, make_derived, derive, cancellable, &error);
  return_dataset (task, dataset, error);
}

void
app_datasets_derive_async (AppDatasets *self, GPtrArray *sources, const char *sql, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Derive *derive = g_new0 (Derive, 1);

  g_return_if_fail (APP_IS_DATASETS (self) && sources != NULL && sources->len > 0 && sql != NULL && name != NULL);
  derive->sources = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < sources->len; i++)
    g_ptr_array_add (derive->sources, g_object_ref (g_ptr_array_index (sources, i)));
  derive->sql = g_strdup (sql);
  derive->name = g_strdup (name);
  g_task_set_source_tag (task, app_datasets_derive_async);
  g_task_set_task_data (task, derive, derive_free);
  g_task_run_in_thread (task, derive_thread);
}

AppDataset *
app_datasets_derive_finish (AppDatasets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- tidying ---- */

/* What a live dataset was made of, and that in turn. */
static void
keep_sources (AppDatasets *self, const char *id, GHashTable *kept)
{
  g_autofree char *base = g_strconcat (id, DATASET_END, NULL), *path = g_build_filename (self->folder, base, NULL);
  g_autoptr (AppDataset) dataset = NULL;

  if (!g_hash_table_add (kept, g_strdup (id)) || !g_str_has_prefix (id, "made-"))
    return;
  dataset = app_dataset_open (path, NULL);
  for (const char *const *source = dataset != NULL ? app_dataset_get_sources (dataset) : NULL; source != NULL && *source != NULL; source++)
    keep_sources (self, *source, kept);
}

static void
tidy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppDatasets *self = source;
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *id = g_strdup (g_ptr_array_index (names, i));
    if (g_str_has_suffix (id, DATASET_END)) {
      id[strlen (id) - strlen (DATASET_END)] = '\0';
      if (g_hash_table_contains (data, id) || is_held (self, id))
        keep_sources (self, id, kept);
    }
  }
  for (guint i = 0; i < names->len; i++) {
    name = g_ptr_array_index (names, i);
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_autofree char *id = g_str_has_suffix (name, DATASET_END) ? g_strndup (name, strlen (name) - strlen (DATASET_END)) : NULL;
    if ((id != NULL && !g_hash_table_contains (kept, id)) || (g_str_has_suffix (name, DATASET_PART_END) && dataset_writer_is_abandoned (path)))
      n += g_unlink (path) == 0;
  }
  g_task_return_int (task, (gssize) n);
}

void
app_datasets_tidy_async (AppDatasets *self, GHashTable *live, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  /* Of a content what it was last read as; an older reading only where somebody names it. */
  g_hash_table_iter_init (&iter, live);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    g_hash_table_add (ids, g_strdup (key));
    for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
      g_hash_table_add (ids, make_id (key, hints[i], app_datasets_get_choices (self, key)));
  }
  g_task_set_source_tag (task, app_datasets_tidy_async);
  g_task_set_task_data (task, ids, (GDestroyNotify) g_hash_table_unref);
  g_task_run_in_thread (task, tidy_thread);
}

gboolean
app_datasets_tidy_finish (AppDatasets *self, GAsyncResult *result, guint *n_deleted, GError **error)
{
  gssize n = g_task_propagate_int (G_TASK (result), error);

  if (n_deleted != NULL)
    *n_deleted = (guint) MAX (n, 0);
  return n >= 0;
}
