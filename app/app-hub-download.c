/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step runs at a time: preparing, a transfer, moving into place, deleting. Pausing and cancelling stop the step and take effect on the state at once; what
 * comes next begins only when the step has ended, so that two steps never write the same file. */
#include "app-hub-download.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"

/* How often progress is looked at. */
#define POLL_MS 250
#define PREFIX ".hub-"
#define PLAN "plan.json"

struct _AppHubDownload {
  AppDownload parent;
  AppHub *hub;
  AppHubPlan *plan;
  char *directory, *folder;
  AppHttpFilePace pace;

  gboolean stepping;         /* a step runs */
  GCancellable *cancellable; /* of that step */
  AppErrand *errand;         /* since it was started or resumed */
  AppHttpFile *transfer;     /* under way */
  char *token;
  guint index;    /* of the file under way */
  guint64 before; /* bytes of the files that are here */
  guint64 total;
  guint poll;
};

G_DEFINE_FINAL_TYPE (AppHubDownload, app_hub_download, APP_TYPE_DOWNLOAD)

static AppDownloadState
state_of (AppHubDownload *self)
{
  return app_download_get_state (APP_DOWNLOAD (self));
}

static const AppHubPlanFile *
file_at (AppHubDownload *self, guint index)
{
  return self->plan->files->pdata[index];
}

/* ---- files; worker thread ---- */

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHubDownload *self = source;
  g_autofree char *path = g_build_filename (self->folder, PLAN, NULL);
  g_autofree char *json = app_hub_plan_to_json (self->plan);
  GError *error = NULL;
  g_autoptr (GError) wrong = NULL;

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    app_http_file_set_errno_error (self->folder, &error);
  else if (!g_file_set_contents_full (path, json, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &wrong))
    g_set_error (&error, APP_ERROR, APP_ERROR_FAILED, _("The download could not begin: %s. Check the models folder, then resume it."), wrong->message);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
delete_folder (AppHubDownload *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (self->folder);
}

static gboolean
move (AppHubDownload *self, const char *from, const char *to, GError **error)
{
  g_autofree char *source = g_build_filename (self->folder, from, NULL);
  g_autofree char *target = g_build_filename (self->directory, to, NULL);

  if (g_rename (source, target) == 0 || (errno == ENOENT && g_file_test (target, G_FILE_TEST_EXISTS))) /* moved before a crash */
    return TRUE;
  app_http_file_set_errno_error (target, error);
  return FALSE;
}

static void
place_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHubDownload *self = source;
  g_autofree char *origin = g_strconcat (self->plan->id, APP_HUB_ORIGIN, NULL);
  g_autofree char *origin_path = g_build_filename (self->directory, origin, NULL);
  g_autofree char *json = app_hub_plan_to_json (self->plan);
  g_autoptr (GError) wrong = NULL;
  GError *error = NULL;

  if (!g_file_set_contents (origin_path, json, -1, &wrong))
    g_set_error (&error, APP_ERROR, APP_ERROR_FAILED, _("The model could not be put in its place: %s. Check the models folder, then resume the download."), wrong->message);
  for (guint i = self->plan->files->len; !error && i-- > 0;)
    move (self, file_at (self, i)->name, file_at (self, i)->name, &error);
  if (error) {
    g_task_return_error (task, error);
    return;
  }
  delete_folder (self);
  g_task_return_boolean (task, TRUE);
}

static void
delete_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  delete_folder (source);
  g_task_return_boolean (task, TRUE);
}

GPtrArray *
app_hub_download_find (const char *directory)
{
  GPtrArray *plans = g_ptr_array_new_with_free_func ((GDestroyNotify) app_hub_plan_unref);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (directory, name, PLAN, NULL);
    AppHubPlan *plan = g_str_has_prefix (name, PREFIX) ? app_hub_plan_read (path) : NULL;
    if (plan && g_str_equal (plan->id, name + strlen (PREFIX)))
      g_ptr_array_add (plans, plan);
    else if (plan)
      app_hub_plan_unref (plan);
  }
  return plans;
}

/* ---- progress ---- */

static void
measure (AppHubDownload *self)
{
  gboolean verifying = self->transfer && app_http_file_get_verifying (self->transfer);

  if (state_of (self) != APP_DOWNLOAD_RUNNING && state_of (self) != APP_DOWNLOAD_VERIFYING)
    return;
  app_download_set_state (APP_DOWNLOAD (self), verifying ? APP_DOWNLOAD_VERIFYING : APP_DOWNLOAD_RUNNING);
  /* A file that is compared is here: the bar of the whole stays where it is. */
  app_download_set_progress (APP_DOWNLOAD (self), self->before + (!self->transfer ? 0 : verifying ? file_at (self, self->index)->bytes : app_http_file_get_done (self->transfer)), self->total);
}

static gboolean
on_poll (gpointer data)
{
  measure (data);
  return G_SOURCE_CONTINUE;
}

/* ---- step after step ---- */

static void next_step (AppHubDownload *self);

/* The step is over, and it is not the one that leads on. `error`: (nullable) */
static void
end_step (AppHubDownload *self, const GError *error)
{
  g_autoptr (AppHubDownload) keep = g_object_ref (self);
  gboolean stopped = !error || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  self->stepping = FALSE;
  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->transfer);
  if (self->errand)
    app_errand_end (self->errand, stopped ? APP_CONNECTION_STOPPED : APP_CONNECTION_FAILED, stopped ? NULL : error->message);
  g_clear_pointer (&self->errand, app_errand_unref);
  if (state_of (self) == APP_DOWNLOAD_CANCELLED) {
    g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
    g_task_run_in_thread (task, delete_thread);
  } else if (!stopped && state_of (self) != APP_DOWNLOAD_PAUSED) {
    app_download_fail (APP_DOWNLOAD (self), error);
  } else if (state_of (self) == APP_DOWNLOAD_RUNNING) {
    next_step (self); /* it was resumed while the stopped step ended */
  }
}

static gboolean
is_stopped (AppHubDownload *self)
{
  return (state_of (self) != APP_DOWNLOAD_RUNNING && state_of (self) != APP_DOWNLOAD_VERIFYING) || g_cancellable_is_cancelled (self->cancellable);
}

static void
on_placed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppHubDownload *self = APP_HUB_DOWNLOAD (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    end_step (self, error);
    return;
  }
  /* It was faster than a pause or a cancel: it is here. */
  self->stepping = FALSE;
  g_clear_object (&self->cancellable);
  app_download_set_progress (APP_DOWNLOAD (self), self->total, self->total);
  app_download_set_state (APP_DOWNLOAD (self), APP_DOWNLOAD_DONE);
}

static void fetch_next (AppHubDownload *self);

static void
on_transferred (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppHubDownload) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = app_http_file_run_finish (APP_HTTP_FILE (source), result, &error);

  if (!ok || is_stopped (self)) {
    end_step (self, error);
    return;
  }
  self->before += file_at (self, self->index)->bytes;
  self->index++;
  g_clear_object (&self->transfer);
  measure (self);
  fetch_next (self);
}

static void
fetch_next (AppHubDownload *self)
{
  const AppHubPlanFile *file;
  g_autofree char *target = NULL;
  g_autofree char *url = NULL;

  if (self->index == self->plan->files->len) {
    g_autoptr (GTask) task = g_task_new (self, NULL, on_placed, NULL);
    g_clear_handle_id (&self->poll, g_source_remove);
    app_errand_end (self->errand, APP_CONNECTION_DONE, NULL);
    g_clear_pointer (&self->errand, app_errand_unref);
    g_task_run_in_thread (task, place_thread);
    return;
  }
  file = file_at (self, self->index);
  target = g_build_filename (self->folder, file->name, NULL);
  url = app_hub_dup_file_url (self->hub, self->plan->repository, self->plan->revision, file->path);
  self->transfer = app_http_file_new (self->errand, url, target, file->bytes, file->sha256, self->token);
  app_http_file_set_pace (self->transfer, &self->pace);
  app_http_file_run_async (self->transfer, self->cancellable, on_transferred, g_object_ref (self));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppHubDownload) self = user_data;

  app_keys_free (self->token);
  self->token = app_keys_lookup_finish (APP_KEYS (source), result);
  if (is_stopped (self))
    end_step (self, NULL);
  else
    fetch_next (self);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppHubDownload *self = APP_HUB_DOWNLOAD (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) || is_stopped (self))
    end_step (self, error);
  else
    app_keys_lookup_async (app_hub_get_keys (self->hub), app_hub_get_address (self->hub), self->cancellable, on_token, g_object_ref (self));
}

static void
next_step (AppHubDownload *self)
{
  g_autofree char *purpose = g_strdup_printf (_("Download of %s"), self->plan->name);
  g_autoptr (GTask) task = NULL;

  if (self->stepping)
    return;
  self->stepping = TRUE;
  self->cancellable = g_cancellable_new ();
  self->index = 0;
  self->before = 0;
  self->errand = app_errand_new (app_hub_get_connections (self->hub), purpose);
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
  task = g_task_new (self, NULL, on_prepared, NULL);
  g_task_run_in_thread (task, prepare_thread);
}

static void
start (AppDownload *download)
{
  next_step (APP_HUB_DOWNLOAD (download));
}

static void
stop (AppDownload *download)
{
  AppHubDownload *self = APP_HUB_DOWNLOAD (download);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (!self->stepping && state_of (self) == APP_DOWNLOAD_CANCELLED)
    end_step (self, NULL);
}

/* ---- object ---- */

AppHubPlan *
app_hub_download_get_plan (AppHubDownload *self)
{
  return self->plan;
}

void
app_hub_download_set_pace (AppHubDownload *self, const AppHttpFilePace *pace)
{
  self->pace = *pace;
}

static void
app_hub_download_finalize (GObject *object)
{
  AppHubDownload *self = APP_HUB_DOWNLOAD (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->transfer);
  g_clear_pointer (&self->errand, app_errand_unref);
  g_clear_pointer (&self->plan, app_hub_plan_unref);
  g_clear_object (&self->hub);
  g_free (self->directory);
  g_free (self->folder);
  app_keys_free (self->token);
  G_OBJECT_CLASS (app_hub_download_parent_class)->finalize (object);
}

static void
app_hub_download_class_init (AppHubDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_hub_download_finalize;
  APP_DOWNLOAD_CLASS (klass)->start = start;
  APP_DOWNLOAD_CLASS (klass)->stop = stop;
}

static void
app_hub_download_init (AppHubDownload *self)
{
  self->pace = app_http_file_usual_pace;
}

AppDownload *
app_hub_download_new (AppHub *hub, AppHubPlan *plan, const char *directory)
{
  AppHubDownload *self = g_object_new (APP_TYPE_HUB_DOWNLOAD, NULL);
  g_autofree char *name = g_strconcat (PREFIX, plan->id, NULL);
  guint64 here = 0;

  self->hub = g_object_ref (hub);
  self->plan = app_hub_plan_ref (plan);
  self->directory = g_strdup (directory);
  self->folder = g_build_filename (directory, name, NULL);
  self->total = app_hub_plan_get_bytes (plan);
  for (guint i = 0; i < plan->files->len; i++) {
    g_autofree char *target = g_build_filename (self->folder, file_at (self, i)->name, NULL);
    here += app_http_file_measure (target);
  }
  app_download_set_progress (APP_DOWNLOAD (self), MIN (here, self->total), self->total);
  return APP_DOWNLOAD (self);
}
