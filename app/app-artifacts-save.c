/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How versions of artifacts are stored: at once and in the order in which it was asked for, and again every quarter of a second while they grow. */
#include "app-artifacts-private.h"

#include "app-artifact-private.h"
#include "app-error.h"

/* What is not in the file yet is younger than this. */
#define SAVE_MS 250
/* After how long a save that failed is tried again. */
#define RETRY_MS 2000

/* How a version is stored. */
typedef struct {
  guint timer;    /* until it is stored again */
  gboolean added; /* it has a row, or gets one before anything else is asked for */
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_clear_handle_id (&save->timer, g_source_remove);
  g_free (save);
}

/* A job, and the version that it is of. */
typedef struct {
  AppArtifacts *self;
  AppVersion *version;
} Job;

static Job *
job_new (AppArtifacts *self, AppVersion *version)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job) { g_object_ref (self), g_object_ref (version) };
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->self);
  g_object_unref (job->version);
  g_free (job);
}

static Save *
get_save (AppArtifacts *self, AppVersion *version)
{
  Save *save_of = g_hash_table_lookup (self->saves, version);

  if (save_of == NULL) {
    save_of = g_new0 (Save, 1);
    save_of->added = app_version_get_id (version) != 0;
    g_hash_table_insert (self->saves, g_object_ref (version), save_of);
  }
  return save_of;
}

static gboolean
on_timer (gpointer data)
{
  Job *job = data;

  get_save (job->self, job->version)->timer = 0;
  app_artifacts_save (job->self, job->version);
  return G_SOURCE_REMOVE;
}

static void
save_after (AppArtifacts *self, AppVersion *version, guint ms)
{
  Save *save_of = get_save (self, version);

  if (save_of->timer == 0)
    save_of->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, ms, on_timer, job_new (self, version), job_free);
}

/* One that failed is tried again, for as long as the file is open. */
static void
saved (Job *job, const GError *error)
{
  AppArtifacts *self = job->self;

  if (error == NULL) {
    self->trouble = FALSE;
  } else if (!g_error_matches (error, APP_ERROR, APP_ERROR_INVALID)) {
    if (!self->trouble)
      app_artifacts_save_failed (self, error->message);
    self->trouble = TRUE;
    if (app_version_get_artifact (job->version) != NULL)
      save_after (self, job->version, RETRY_MS);
  }
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  app_database_run_finish (APP_DATABASE (source), result, &error);
  saved (data, error);
  job_free (data);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppVersionRow) row = app_database_run_finish (APP_DATABASE (source), result, &error);
  AppArtifact *artifact = app_version_get_artifact (job->version);

  if (row != NULL) {
    if (artifact != NULL && app_artifact_get_id (artifact) == 0)
      app_artifact_set_id (artifact, row->artifact);
    app_version_set_stored (job->version, row->id, row->number);
  } else {
    get_save (job->self, job->version)->added = FALSE;
  }
  saved (job, error);
  job_free (job);
}

void
app_artifacts_save_seen (AppArtifacts *self, AppVersion *version, GBytes *thumbnail)
{
  Save *save_of = get_save (self, version);
  AppVersionRow *row = app_version_dup_row (version);

  g_clear_handle_id (&save_of->timer, g_source_remove);
  if (!save_of->added) {
    AppStoreVersionAdd *add = g_new0 (AppStoreVersionAdd, 1);
    save_of->added = TRUE;
    add->artifact = app_artifact_dup_row (app_version_get_artifact (version));
    add->artifact->conversation = self->conversation;
    add->version = row;
    app_database_run_async (self->database, app_store_version_add, add, (GDestroyNotify) app_store_version_add_free, (GDestroyNotify) app_version_row_free, NULL, on_added, job_new (self, version));
  } else {
    row->thumbnail = thumbnail != NULL ? g_bytes_ref (thumbnail) : NULL;
    app_database_run_async (self->database, app_store_version_save, row, (GDestroyNotify) app_version_row_free, NULL, NULL, on_saved, job_new (self, version));
  }
}

/* Has what is there now stored, in the order in which it was asked for: nothing waits for an id. */
void
app_artifacts_save (AppArtifacts *self, AppVersion *version)
{
  if (app_version_get_artifact (version) != NULL)
    app_artifacts_save_seen (self, version, NULL);
}

void
app_artifacts_save_later (AppArtifacts *self, AppVersion *version)
{
  save_after (self, version, SAVE_MS);
}

GHashTable *
app_artifacts_saves_new (void)
{
  return g_hash_table_new_full (NULL, NULL, g_object_unref, save_free);
}
