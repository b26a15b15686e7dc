/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-errand.h"

struct _AppErrand {
  gatomicrefcount n_references;
  GThread *home; /* the main thread: the list's objects are touched on no other */
  AppConnections *connections;
  char *purpose;
  GPtrArray *entries; /* AppConnection, one for each peer; main thread */

  GMutex mutex;      /* of what follows */
  guint64 received;  /* from the last of them, not counted in the list yet */
  gboolean counting; /* the main thread is about to */
};

AppErrand *
app_errand_new (AppConnections *connections, const char *purpose)
{
  AppErrand *self = g_new0 (AppErrand, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->home = g_thread_self ();
  self->connections = g_object_ref (connections);
  self->purpose = g_strdup (purpose);
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->mutex);
  return self;
}

AppErrand *
app_errand_ref (AppErrand *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

static gboolean
free_at_home (gpointer data)
{
  AppErrand *self = data;

  app_errand_end (self, APP_CONNECTION_STOPPED, NULL); /* without a word: who wanted it is gone */
  g_object_unref (self->connections);
  g_ptr_array_unref (self->entries);
  g_free (self->purpose);
  g_mutex_clear (&self->mutex);
  g_free (self);
  return G_SOURCE_REMOVE;
}

void
app_errand_unref (AppErrand *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;
  if (g_thread_self () == self->home)
    free_at_home (self);
  else
    g_idle_add (free_at_home, self);
}

/* ---- counting ---- */

/* Main thread. */
static void
count (AppErrand *self)
{
  guint64 received;

  g_mutex_lock (&self->mutex);
  received = self->received;
  self->received = 0;
  self->counting = FALSE;
  g_mutex_unlock (&self->mutex);
  if (received && self->entries->len)
    app_connections_received (self->connections, self->entries->pdata[self->entries->len - 1], received);
}

static gboolean
on_count (gpointer data)
{
  count (data);
  return G_SOURCE_REMOVE;
}

static void
release (gpointer data)
{
  app_errand_unref (data);
}

void
app_errand_received (AppErrand *self, guint64 bytes)
{
  gboolean count_soon;

  g_mutex_lock (&self->mutex);
  self->received += bytes;
  count_soon = !self->counting;
  self->counting = TRUE;
  g_mutex_unlock (&self->mutex);
  if (g_thread_self () == self->home)
    count (self);
  else if (count_soon)
    g_timeout_add_full (G_PRIORITY_DEFAULT, 100, on_count, app_errand_ref (self), release);
}

/* ---- admitting ---- */

typedef struct {
  AppErrand *errand;
  char *peer;
} Admission;

static void
admission_free (gpointer data)
{
  Admission *admission = data;

  app_errand_unref (admission->errand);
  g_free (admission->peer);
  g_free (admission);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Admission *admission = g_task_get_task_data (task);
  GError *error = NULL;
  AppConnection *connection = app_connections_begin_finish (APP_CONNECTIONS (source), result, &error);

  if (!connection) {
    g_task_return_error (task, error);
    return;
  }
  g_ptr_array_add (admission->errand->entries, connection);
  g_task_return_boolean (task, TRUE);
}

/* Main thread. */
static gboolean
on_admit (gpointer data)
{
  g_autoptr (GTask) task = data;
  const Admission *admission = g_task_get_task_data (task);
  AppErrand *self = admission->errand;

  for (guint i = 0; i < self->entries->len; i++)
    if (g_str_equal (app_connection_get_peer (self->entries->pdata[i]), admission->peer)) {
      g_task_return_boolean (task, TRUE);
      return G_SOURCE_REMOVE;
    }
  count (self); /* what came belongs to the peer before */
  app_connections_begin_async (self->connections, self->purpose, admission->peer, on_begun, g_steal_pointer (&task));
  return G_SOURCE_REMOVE;
}

void
app_errand_admit_async (AppErrand *self, const char *peer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Admission *admission = g_new (Admission, 1);

  admission->errand = app_errand_ref (self);
  admission->peer = g_strdup (peer);
  g_task_set_task_data (task, admission, admission_free);
  if (g_thread_self () == self->home)
    on_admit (task);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, on_admit, task, NULL);
}

gboolean
app_errand_admit_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the end ---- */

void
app_errand_end (AppErrand *self, AppConnectionOutcome outcome, const char *error)
{
  count (self);
  for (guint i = 0; i < self->entries->len; i++)
    app_connections_end (self->connections, self->entries->pdata[i], outcome, error);
}

void
app_errand_end_with (AppErrand *self, const GError *error)
{
  if (!error)
    app_errand_end (self, APP_CONNECTION_DONE, NULL);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    app_errand_end (self, APP_CONNECTION_STOPPED, NULL);
  else
    app_errand_end (self, APP_CONNECTION_FAILED, error->message);
}
