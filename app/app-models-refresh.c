/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppModels looks at the catalogue, the folder and the memory anew: a thread finds out, the main thread applies. One refresh runs at a time. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "app-catalogue.h"
#include "app-download-private.h"
#include "app-hub-download.h"
#include "app-local-towers.h"
#include "app-models-private.h"
#include "engine.h"

/* Reads files of the kernel: not on the main thread. */
void
app_models_measure_memory (guint64 *total, guint64 *available)
{
  *total = (guint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE);
  *available = MIN (engine_memory_available (), *total);
}

/* What the thread needs, and what it found. */
typedef struct {
  char *catalogue, *directory;
  gboolean purge;
  GHashTable *known;   /* ids whose files were looked into already */
  GHashTable *fetched; /* ids whose files were fetched since: they are looked into (again) */

  GPtrArray *offered;  /* AppModelFacts */
  GPtrArray *files;    /* AppModelFile */
  GPtrArray *partial;  /* ids with a half-finished download */
  GPtrArray *plans;    /* AppHubPlan: of half-finished downloads from the hub */
  GPtrArray *warnings; /* sentences */
  guint64 memory_total, memory_available;
} Refresh;

static void
refresh_free (Refresh *refresh)
{
  g_free (refresh->catalogue);
  g_free (refresh->directory);
  g_hash_table_unref (refresh->known);
  g_hash_table_unref (refresh->fetched);
  g_clear_pointer (&refresh->offered, g_ptr_array_unref);
  g_clear_pointer (&refresh->files, g_ptr_array_unref);
  g_ptr_array_unref (refresh->partial);
  g_clear_pointer (&refresh->plans, g_ptr_array_unref);
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

/* What the file cannot say of itself: what lies beside it, and where it came from. */
static void
add_origin (AppModelFile *file)
{
  g_autofree char *stem = g_strndup (file->path, strlen (file->path) - strlen (".gguf"));
  g_autofree char *path = g_strconcat (stem, APP_HUB_ORIGIN, NULL);
  g_autoptr (AppHubPlan) origin = app_hub_plan_read (path);
  AppModelFacts *facts = file->facts;

  facts->bytes += file->all_bytes - file->bytes;
  facts->memory_bytes += file->all_bytes - file->bytes;
  facts->projector = file->projector;
  facts->draft = file->draft;
  if (!origin || !g_str_equal (origin->id, file->id))
    return;
  app_models_set_fact (&facts->name, origin->name);
  app_models_set_fact (&facts->licence, origin->licence);
  app_models_set_fact (&facts->quantisation, origin->quantisation);
  app_models_set_fact (&facts->repository, origin->repository);
  app_models_set_fact (&facts->revision, origin->revision);
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
  if (!file->facts && g_hash_table_contains (refresh->fetched, file->id))
    return TRUE; /* it stays what the hub called it; what is wrong is told when it is loaded */
  if (!file->facts)
    g_ptr_array_add (refresh->warnings, g_strdup_printf (_("“%s” is left out: %s"), file->path, error->message));
  else
    add_origin (file);
  return file->facts != NULL;
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
    app_models_files_purge (refresh->directory, NULL);
  refresh->files = app_models_files_scan (refresh->directory, refresh->warnings);
  for (guint i = 0; i < refresh->files->len; i++) {
    AppModelFile *file = refresh->files->pdata[i];
    file->senses = file->projector ? app_local_towers_find (file->path) : APP_SENSE_NONE;
  }
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
  refresh->plans = app_hub_download_find (refresh->directory);
  app_models_measure_memory (&refresh->memory_total, &refresh->memory_available);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

/* A download of it has just ended. */
static gboolean
has_come (AppModel *model)
{
  AppDownload *download = app_model_get_download (model);

  return download && app_download_get_state (download) == APP_DOWNLOAD_DONE;
}

AppModel *
app_models_learn (AppModels *self, AppModelFacts *facts)
{
  AppModel *model = app_models_find (self, facts->id);

  if (model && (app_model_get_embeds (model) != facts->embeds || app_model_get_adapts (model) != facts->adapts || app_model_get_transcribes (model) != facts->transcribes)) {
    g_object_ref (model);
    g_hash_table_remove (self->all, facts->id);
    app_model_set_path (model, NULL, FALSE);
    app_model_set_download (model, NULL);
    g_object_unref (model);
  }
  return app_models_get_or_make (self, facts);
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
    app_models_get_or_make (self, facts);
    g_ptr_array_add (self->order, g_strdup (facts->id));
  }
  for (guint i = 0; i < refresh->files->len; i++) {
    AppModelFile *file = refresh->files->pdata[i];
    if (file->facts)
      app_models_learn (self, file->facts);
    g_hash_table_insert (paths, file->id, file);
  }
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    AppModelFile *file = g_hash_table_lookup (paths, app_model_get_id (value));
    gboolean fetched = g_hash_table_contains (refresh->fetched, app_model_get_id (value));
    if (has_come (value) && !fetched)
      continue; /* while the folder was read: the next refresh looks into it */
    app_model_set_path (value, file ? file->path : NULL, file && file->referenced);
    app_model_set_senses (value, file ? file->senses : APP_SENSE_NONE);
    app_model_set_memory_here (value, refresh->memory_total, refresh->memory_available);
    if (fetched && has_come (value))
      app_model_set_download (value, NULL);
  }
  for (guint i = 0; self->connections && i < refresh->partial->len; i++) {
    AppModel *model = app_models_find (self, refresh->partial->pdata[i]);
    if (!app_model_get_path (model) && !app_model_get_download (model))
      app_models_make_download (self, model);
  }
  for (guint i = 0; self->connections && i < refresh->plans->len; i++) {
    AppHubPlan *plan = refresh->plans->pdata[i];
    AppModel *model = app_models_get_planned (self, plan);
    app_model_set_memory_here (model, refresh->memory_total, refresh->memory_available);
    if (!app_model_get_download (model))
      app_models_adopt_download (self, model, app_hub_download_new (self->hub, plan, self->directory));
  }
  app_models_set_warning (self, refresh->warnings);
  app_models_update_list (self);
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
  gpointer model;

  self->refreshing = task;
  refresh->catalogue = g_strdup (self->catalogue);
  refresh->directory = g_strdup (self->directory);
  refresh->purge = !self->purged;
  self->purged = TRUE;
  refresh->partial = g_ptr_array_new_with_free_func (g_free);
  refresh->warnings = g_ptr_array_new_with_free_func (g_free);
  refresh->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  refresh->fetched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, &id, &model))
    g_hash_table_add (has_come (model) ? refresh->fetched : refresh->known, g_strdup (id));
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

gboolean
app_models_refresh_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}
