/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-fetch.h"

#include <glib/gi18n.h>

#include "app-download-private.h"
#include "app-pip.h"

/* How often what came is measured. */
#define POLL_MS 250

struct _AppFetch {
  GObject parent;
  AppModelFacts *facts;
  AppDownloadFiles *files; /* the same names as the download's, for the threads here */
  AppConnections *connections;
  AppConnection *connection; /* under way; NULL: none */
  char **pip;

  /* Of the package under way. */
  GTask *task;
  guint index;
  GSubprocess *process;
  guint64 received; /* so far */
  guint64 counted;  /* that the connection knows of */
  guint poll;
  gboolean measuring;
};

enum { SIGNAL_RECEIVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppFetch, app_fetch, G_TYPE_OBJECT)

static const AppPackage *
package_of (AppFetch *self)
{
  return &g_array_index (self->facts->packages, AppPackage, self->index);
}

/* `error`: (nullable) (transfer full) */
static void
end_package (AppFetch *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_signal_handlers_disconnect_by_data (g_task_get_cancellable (task), self);
  g_clear_object (&self->process);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Whether it was cancelled; it is over then. */
static gboolean
end_if_cancelled (AppFetch *self)
{
  GError *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &error))
    return FALSE;
  end_package (self, error);
  return TRUE;
}

/* ---- counting ---- */

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_int (task, app_download_files_measure (APP_FETCH (source)->files));
}

/* `size`: of the package, as far as it is here. */
static void
count (AppFetch *self, guint64 size)
{
  if (size <= self->counted)
    return;
  app_connections_received (self->connections, self->connection, size - self->counted);
  self->counted = size;
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppFetch *self = APP_FETCH (source);
  guint64 size = g_task_propagate_int (G_TASK (result), NULL);

  self->measuring = FALSE;
  if (!self->process || self->process != g_task_get_task_data (G_TASK (result)))
    return; /* the package is here since, or is another one */
  size = MIN (size, package_of (self)->download_bytes); /* for a moment pip has it twice */
  if (size <= self->received)
    return;
  self->received = size;
  count (self, size);
  g_signal_emit (self, signals[SIGNAL_RECEIVED], 0);
}

static gboolean
on_poll (gpointer user_data)
{
  AppFetch *self = user_data;
  g_autoptr (GTask) task = NULL;

  if (self->measuring)
    return G_SOURCE_CONTINUE;
  self->measuring = TRUE;
  task = g_task_new (self, NULL, on_measured, NULL);
  g_task_set_task_data (task, g_object_ref (self->process), g_object_unref);
  g_task_run_in_thread (task, measure_thread);
  return G_SOURCE_CONTINUE;
}

/* pip has ended with the error that is the task's data, and what came is measured. */
static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppFetch *self = APP_FETCH (source);
  const GError *error = g_task_get_task_data (G_TASK (result));
  guint64 size = g_task_propagate_int (G_TASK (result), NULL);

  if (error)
    size = MIN (size, package_of (self)->download_bytes); /* it may have been killed while it had the package twice */
  count (self, size);
  if (!end_if_cancelled (self))
    end_package (self, error ? g_error_copy (error) : NULL);
}

static void
on_pip (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppFetch) self = user_data;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_counted, NULL);
  GError *error = NULL;

  g_clear_handle_id (&self->poll, g_source_remove);
  if (!app_pip_wait_finish (G_SUBPROCESS (source), result, package_of (self), &error))
    g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
  g_task_run_in_thread (task, measure_thread);
}

/* ---- the steps before ---- */

static void
on_cancelled (AppFetch *self)
{
  if (self->process)
    g_subprocess_force_exit (self->process);
}

static void
start_pip (AppFetch *self)
{
  GError *error = NULL;

  self->process = app_pip_download (self->pip, package_of (self), self->files->wheels, self->files->tmp, &error);
  if (!self->process) {
    end_package (self, error);
    return;
  }
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
  app_pip_wait_async (self->process, on_pip, g_object_ref (self));
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppFetch) self = user_data;
  GError *error = NULL;

  self->connection = app_connections_begin_finish (APP_CONNECTIONS (source), result, &error);
  if (!self->connection) {
    g_prefix_error (&error, "%s ", _("Nothing was downloaded, because the connection could not be recorded first."));
    end_package (self, error);
  } else if (!end_if_cancelled (self)) {
    start_pip (self);
  }
}

static void
on_peers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppFetch) self = user_data;
  GError *error = NULL;
  g_autofree char *peers = app_pip_peers_finish (result, &error);
  g_autofree char *purpose = g_strdup_printf (_("Download of %s"), self->facts->name);

  if (!peers) {
    end_package (self, error);
  } else if (self->connection && g_str_equal (app_connection_get_peer (self->connection), peers)) {
    start_pip (self);
  } else {
    app_fetch_end (self, APP_CONNECTION_DONE, NULL); /* pip was set up anew meanwhile */
    app_connections_begin_async (self->connections, purpose, peers, on_recorded, g_object_ref (self));
  }
}

void
app_fetch_package_async (AppFetch *self, guint index, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (!self->task);

  self->task = g_task_new (self, cancellable, callback, user_data);
  self->index = index;
  self->received = self->counted = 0;
  g_task_set_source_tag (self->task, app_fetch_package_async);
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), self, G_CONNECT_SWAPPED);
  app_pip_peers_async (self->pip, cancellable, on_peers, g_object_ref (self));
}

gboolean
app_fetch_package_finish (AppFetch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint64
app_fetch_get_received (AppFetch *self)
{
  return self->received;
}

void
app_fetch_end (AppFetch *self, AppConnectionOutcome outcome, const char *error)
{
  if (self->connection)
    app_connections_end (self->connections, self->connection, outcome, error);
  g_clear_object (&self->connection);
}

/* ---- object ---- */

static void
app_fetch_finalize (GObject *object)
{
  AppFetch *self = APP_FETCH (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->connections);
  g_clear_pointer (&self->facts, app_model_facts_unref);
  g_clear_pointer (&self->files, app_download_files_free);
  g_strfreev (self->pip);
  G_OBJECT_CLASS (app_fetch_parent_class)->finalize (object);
}

static void
app_fetch_class_init (AppFetchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_fetch_finalize;
  signals[SIGNAL_RECEIVED] = g_signal_new ("received", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_fetch_init (AppFetch *self)
{
}

AppFetch *
app_fetch_new (AppModelFacts *facts, const char *directory, const char *pip, AppConnections *connections)
{
  AppFetch *self = g_object_new (APP_TYPE_FETCH, NULL);

  self->facts = app_model_facts_ref (facts);
  self->files = app_download_files_new (directory, facts->id);
  self->pip = app_pip_command (pip);
  self->connections = g_object_ref (connections);
  return self;
}
