/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step runs at a time, pip or a job on a worker thread. Pausing and cancelling stop the step and take effect on the state at
 * once; what comes next begins only when the step has ended, so that two steps never write the same file. */
#include "app-download-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-fetch.h"

/* How often the checking is looked at, and over how many measurements the speed is taken. */
#define POLL_MS 250
#define N_SAMPLES 20

struct _AppDownload {
  GObject parent;
  AppModelFacts *facts;
  AppDownloadFiles *files;
  AppFetch *fetch;

  AppDownloadState state;
  char *error;
  guint index; /* the package under way = the number of parts that are there */
  guint64 done, total;

  gboolean stepping;         /* a step runs */
  GCancellable *cancellable; /* of that step */
  int checked;               /* KiB of the file that were checked; atomic */
  guint poll; /* while VERIFYING */
  gboolean waits_for_network;

  struct {
    gint64 time; /* monotonic, in microseconds */
    guint64 done;
  } samples[N_SAMPLES];
  guint n_samples;
};

enum { PROP_0, PROP_STATE, PROP_DONE, PROP_TOTAL, PROP_FRACTION, PROP_SPEED, PROP_SECONDS_LEFT, PROP_ERROR, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppDownload, app_download, G_TYPE_OBJECT)

static void next_step (AppDownload *self);

/* ---- state and progress ---- */

static void
set_error (AppDownload *self, const char *error)
{
  if (g_strcmp0 (self->error, error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_done (AppDownload *self, guint64 done, guint64 total)
{
  if (self->done == done && self->total == total)
    return;
  if (self->n_samples == N_SAMPLES)
    memmove (self->samples, self->samples + 1, sizeof self->samples[0] * --self->n_samples);
  self->samples[self->n_samples].time = g_get_monotonic_time ();
  self->samples[self->n_samples++].done = done;
  self->done = done;
  self->total = total;
  for (guint prop = PROP_DONE; prop <= PROP_SECONDS_LEFT; prop++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static guint64
bytes_before (AppDownload *self, guint index)
{
  guint64 bytes = 0;

  for (guint i = 0; i < index && i < self->facts->packages->len; i++)
    bytes += g_array_index (self->facts->packages, AppPackage, i).download_bytes;
  return bytes;
}

static void
on_received (AppDownload *self)
{
  if (self->state == APP_DOWNLOAD_RUNNING)
    set_done (self, MAX (self->done, bytes_before (self, self->index) + app_fetch_get_received (self->fetch)), self->total);
}

static gboolean
on_poll (gpointer user_data)
{
  AppDownload *self = user_data;

  set_done (self, (guint64) g_atomic_int_get (&self->checked) << 10, self->facts->bytes);
  return G_SOURCE_CONTINUE;
}

static void
set_state (AppDownload *self, AppDownloadState state)
{
  if (self->state == state)
    return;
  self->state = state;
  self->n_samples = 0;
  g_clear_handle_id (&self->poll, g_source_remove);
  if (state == APP_DOWNLOAD_VERIFYING)
    self->poll = g_timeout_add (POLL_MS, on_poll, self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* ---- the end of a step ---- */

static void
delete_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_download_files_delete (((AppDownload *) source)->files);
  g_task_return_boolean (task, TRUE);
}

static void
on_network (GNetworkMonitor *monitor, gboolean available, AppDownload *self)
{
  if (available && self->waits_for_network)
    app_download_resume (self);
}

static void
fail (AppDownload *self, const GError *error)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  if (g_error_matches (error, APP_ERROR, APP_ERROR_DOWNLOAD) && !g_network_monitor_get_network_available (monitor)) {
    self->waits_for_network = TRUE;
    set_error (self, _("There is no network. The download goes on by itself when there is one."));
    set_state (self, APP_DOWNLOAD_PAUSED);
    return;
  }
  set_error (self, error->message);
  set_state (self, APP_DOWNLOAD_FAILED);
}

/* Every step that does not lead to the next ends here. `error` (nullable) is the step's. */
static void
end_step (AppDownload *self, const GError *error)
{
  g_autoptr (AppDownload) keep = g_object_ref (self);

  self->stepping = FALSE;
  g_clear_object (&self->cancellable);
  if (self->state == APP_DOWNLOAD_CANCELLED || self->state == APP_DOWNLOAD_PAUSED)
    app_fetch_end (self->fetch, APP_CONNECTION_STOPPED, NULL);
  if (self->state == APP_DOWNLOAD_CANCELLED) {
    g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
    g_task_run_in_thread (task, delete_thread);
  } else if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    if (self->state == APP_DOWNLOAD_RUNNING || self->state == APP_DOWNLOAD_VERIFYING) {
      app_fetch_end (self->fetch, APP_CONNECTION_FAILED, error->message);
      fail (self, error);
    }
  } else if (self->state == APP_DOWNLOAD_RUNNING) {
    next_step (self); /* or it was resumed while the stopped step ended */
  }
}

/* ---- the steps ---- */

typedef enum { STEP_PREPARE, STEP_JOIN, STEP_FINISH } Step;

static void
step_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppDownload *self = source;
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
    app_download_files_finish (self->files, self->facts, &self->checked, cancellable, &error);
    break;
  }
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, value);
}

static void start_step (AppDownload *self, Step step);
static void start_fetch (AppDownload *self);

/* Paused or cancelled, and perhaps resumed since. */
static gboolean
is_stopped (AppDownload *self)
{
  return (self->state != APP_DOWNLOAD_RUNNING && self->state != APP_DOWNLOAD_VERIFYING) || g_cancellable_is_cancelled (self->cancellable);
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppDownload *self = APP_DOWNLOAD (source);
  Step step = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  g_autoptr (GError) error = NULL;
  gssize value = g_task_propagate_int (G_TASK (result), &error);
  guint n = self->facts->packages->len;

  if (error || is_stopped (self)) {
    if (!error && step == STEP_FINISH && self->state != APP_DOWNLOAD_CANCELLED) {
      set_state (self, APP_DOWNLOAD_DONE); /* it was faster than the pause */
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
    set_done (self, bytes_before (self, self->index), self->total);
    if (self->index < n)
      start_fetch (self);
    else
      start_step (self, STEP_FINISH);
    break;
  case STEP_FINISH:
    self->stepping = FALSE;
    g_clear_object (&self->cancellable);
    set_done (self, self->facts->bytes, self->facts->bytes);
    set_state (self, APP_DOWNLOAD_DONE);
    break;
  }
}

static void
start_step (AppDownload *self, Step step)
{
  g_autoptr (GTask) task = NULL;

  g_clear_object (&self->cancellable);
  self->stepping = TRUE;
  self->cancellable = g_cancellable_new ();
  if (step == STEP_FINISH) {
    app_fetch_end (self->fetch, APP_CONNECTION_DONE, NULL);
    g_atomic_int_set (&self->checked, 0);
    set_state (self, APP_DOWNLOAD_VERIFYING);
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
  g_autoptr (AppDownload) self = user_data;
  g_autoptr (GError) error = NULL;

  if (app_fetch_package_finish (APP_FETCH (source), result, &error) && !is_stopped (self))
    start_step (self, STEP_JOIN);
  else
    end_step (self, error);
}

static void
start_fetch (AppDownload *self)
{
  g_clear_object (&self->cancellable);
  self->stepping = TRUE;
  self->cancellable = g_cancellable_new ();
  app_fetch_package_async (self->fetch, self->index, self->cancellable, on_fetched, g_object_ref (self));
}

static void
next_step (AppDownload *self)
{
  if (!self->stepping)
    start_step (self, STEP_PREPARE);
}

/* ---- what the person does ---- */

static void
stop_step (AppDownload *self)
{
  self->waits_for_network = FALSE;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

void
app_download_pause (AppDownload *self)
{
  if (self->state != APP_DOWNLOAD_RUNNING && self->state != APP_DOWNLOAD_VERIFYING)
    return;
  set_state (self, APP_DOWNLOAD_PAUSED);
  stop_step (self);
}

void
app_download_resume (AppDownload *self)
{
  if (self->state != APP_DOWNLOAD_PAUSED && self->state != APP_DOWNLOAD_FAILED)
    return;
  self->waits_for_network = FALSE;
  set_error (self, NULL);
  set_state (self, APP_DOWNLOAD_RUNNING);
  next_step (self);
}

void
app_download_cancel (AppDownload *self)
{
  g_autoptr (AppDownload) keep = g_object_ref (self); /* its owner drops it when it hears of this */

  if (self->state == APP_DOWNLOAD_DONE || self->state == APP_DOWNLOAD_CANCELLED)
    return;
  set_error (self, NULL);
  set_state (self, APP_DOWNLOAD_CANCELLED);
  if (self->stepping)
    stop_step (self);
  else
    end_step (self, NULL);
}

/* ---- getters, object ---- */

AppDownloadState
app_download_get_state (AppDownload *self)
{
  return self->state;
}

guint64
app_download_get_done (AppDownload *self)
{
  return self->done;
}

guint64
app_download_get_total (AppDownload *self)
{
  return self->total;
}

double
app_download_get_fraction (AppDownload *self)
{
  return self->total ? MIN (1.0, (double) self->done / self->total) : 0;
}

double
app_download_get_speed (AppDownload *self)
{
  gint64 microseconds;
  guint64 bytes;

  if (self->n_samples < 2)
    return 0;
  microseconds = self->samples[self->n_samples - 1].time - self->samples[0].time;
  bytes = self->samples[self->n_samples - 1].done - self->samples[0].done;
  return microseconds > 0 ? bytes * 1e6 / microseconds : 0;
}

gint64
app_download_get_seconds_left (AppDownload *self)
{
  double speed = app_download_get_speed (self);

  return speed > 0 ? (gint64) ((self->total - MIN (self->done, self->total)) / speed) : -1;
}

const char *
app_download_get_error (AppDownload *self)
{
  return self->error;
}

static void
app_download_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppDownload *self = APP_DOWNLOAD (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_DONE:
    g_value_set_uint64 (value, self->done);
    break;
  case PROP_TOTAL:
    g_value_set_uint64 (value, self->total);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, app_download_get_fraction (self));
    break;
  case PROP_SPEED:
    g_value_set_double (value, app_download_get_speed (self));
    break;
  case PROP_SECONDS_LEFT:
    g_value_set_int64 (value, app_download_get_seconds_left (self));
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_download_finalize (GObject *object)
{
  AppDownload *self = APP_DOWNLOAD (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->fetch);
  g_clear_pointer (&self->facts, app_model_facts_unref);
  g_clear_pointer (&self->files, app_download_files_free);
  g_free (self->error);
  G_OBJECT_CLASS (app_download_parent_class)->finalize (object);
}

static void
app_download_class_init (AppDownloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_download_finalize;
  object_class->get_property = app_download_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_DOWNLOAD_CANCELLED, APP_DOWNLOAD_PAUSED, flags);
  properties[PROP_DONE] = g_param_spec_uint64 ("done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SECONDS_LEFT] = g_param_spec_int64 ("seconds-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_download_init (AppDownload *self)
{
  self->state = APP_DOWNLOAD_PAUSED;
}

AppDownload *
app_download_new (AppModelFacts *facts, const char *directory, const char *pip, AppConnections *connections)
{
  AppDownload *self = g_object_new (APP_TYPE_DOWNLOAD, NULL);

  self->facts = app_model_facts_ref (facts);
  self->files = app_download_files_new (directory, facts->id);
  self->fetch = app_fetch_new (facts, directory, pip, connections);
  self->total = bytes_before (self, facts->packages->len);
  g_signal_connect_object (self->fetch, "received", G_CALLBACK (on_received), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network), self, 0);
  return self;
}
