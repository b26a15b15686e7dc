/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-errand.h"

struct _AppErrand {
  gatomicrefcount n_references;
  GThread *home; /* the main thread: the list's objects are touched on no other */
  AppConnections *connections;
  char *purpose;
  GPtrArray *entries; /* AppConnection, one for each of `admitted`; main thread */

  GMutex mutex;        /* of what follows */
  GPtrArray *admitted; /* peers */
  guint64 received;    /* from the last of them, not counted in the list yet */
  gboolean counting;   /* the main thread is about to */
  GCond answered;      /* a question of a worker */
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
  self->admitted = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
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

  g_object_unref (self->connections);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->admitted);
  g_free (self->purpose);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->answered);
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
  if (count_soon)
    g_timeout_add_full (G_PRIORITY_DEFAULT, 100, on_count, app_errand_ref (self), release);
}

/* ---- admitting ---- */

/* What a worker asks the main thread, and waits for. */
typedef struct {
  AppErrand *errand;
  const char *peer;
  gboolean answered;
  GError *error;
} Question;

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  AppConnection *connection = app_connections_begin_finish (APP_CONNECTIONS (source), result, &question->error);

  AppErrand *self = question->errand;

  if (connection)
    g_ptr_array_add (self->entries, connection);
  g_mutex_lock (&self->mutex);
  question->answered = TRUE; /* from here the question may be gone */
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static gboolean
on_question (gpointer data)
{
  Question *question = data;

  count (question->errand); /* what came belongs to the peer before */
  app_connections_begin_async (question->errand->connections, question->errand->purpose, question->peer, on_begun, question);
  return G_SOURCE_REMOVE;
}

gboolean
app_errand_admit (AppErrand *self, const char *peer, GError **error)
{
  Question question = { .errand = self, .peer = peer };
  gboolean known;

  g_return_val_if_fail (g_thread_self () != self->home, FALSE);

  g_mutex_lock (&self->mutex);
  known = g_ptr_array_find_with_equal_func (self->admitted, peer, g_str_equal, NULL);
  g_mutex_unlock (&self->mutex);
  if (known)
    return TRUE;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_question, &question, NULL);
  g_mutex_lock (&self->mutex);
  while (!question.answered)
    g_cond_wait (&self->answered, &self->mutex);
  g_mutex_unlock (&self->mutex);
  if (question.error) {
    g_propagate_error (error, question.error);
    return FALSE;
  }
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->admitted, g_strdup (peer));
  g_mutex_unlock (&self->mutex);
  return TRUE;
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
