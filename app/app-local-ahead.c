/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-ahead.h"

#include "app-local-tell.h"

struct _AppLocalAhead {
  gatomicrefcount count;     /* the owner, and each job */
  char *key;                 /* of app_local_tell_key (): what is at work or was done last; NULL */
  GCancellable *cancellable; /* of what is at work; NULL: nothing is */
};

typedef struct {
  AppLocalAhead *ahead;
  AppLocalModel *local;
  AppPrompt *prompt;
} Job;

AppLocalAhead *
app_local_ahead_new (void)
{
  AppLocalAhead *self = g_new0 (AppLocalAhead, 1);

  g_atomic_ref_count_init (&self->count);
  return self;
}

static void
unref (AppLocalAhead *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  g_free (self->key);
  g_free (self);
}

void
app_local_ahead_stop (AppLocalAhead *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->key, g_free);
}

void
app_local_ahead_free (AppLocalAhead *self)
{
  app_local_ahead_stop (self);
  unref (self);
}

static void
job_free (Job *job)
{
  unref (job->ahead);
  app_local_model_drop (job->local);
  app_prompt_unref (job->prompt);
  g_free (job);
}

static void
encode_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  app_local_tell_ahead (job->prompt, job->local->towers, (guint) engine_runner_context (job->local->runner), cancellable);
  g_task_return_boolean (task, TRUE);
}

static void
on_encoded (GObject *source, GAsyncResult *result, gpointer data)
{
  AppLocalAhead *self = data;

  if (self->cancellable == g_task_get_cancellable (G_TASK (result)))
    g_clear_object (&self->cancellable);
  unref (self);
}

void
app_local_ahead_want (AppLocalAhead *self, AppLocalModel *local, AppPrompt *prompt)
{
  g_autofree char *key = app_local_tell_key (prompt, (guint) engine_runner_context (local->runner));
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (g_strcmp0 (key, self->key) == 0)
    return;
  app_local_ahead_stop (self);
  if (!key)
    return;
  self->key = g_steal_pointer (&key);
  self->cancellable = g_cancellable_new ();
  g_atomic_ref_count_inc (&self->count);
  task = g_task_new (NULL, self->cancellable, on_encoded, self);
  g_task_set_check_cancellable (task, FALSE);
  job = g_new (Job, 1);
  g_atomic_ref_count_inc (&self->count);
  *job = (Job) { self, app_local_model_ref (local), app_prompt_ref (prompt) };
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, encode_thread);
}

void
app_local_ahead_give_way (AppLocalAhead *self, AppLocalModel *local, AppPrompt *prompt)
{
  g_autofree char *key = self->cancellable ? app_local_tell_key (prompt, (guint) engine_runner_context (local->runner)) : NULL;

  if (self->cancellable && g_strcmp0 (key, self->key) != 0)
    app_local_ahead_stop (self);
}

gboolean
app_local_ahead_is_at_work (AppLocalAhead *self)
{
  return self->cancellable != NULL;
}
