/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-transcriber.h"

#include "app-error.h"
#include "engine.h"

/* Seconds without a question until the model leaves memory; the file is in the cache of the system for a while, and loading it again takes a moment. */
#define IDLE 120

/* What outlives the object for as long as a clock runs. */
typedef struct {
  gatomicrefcount count;
  GMutex mutex;             /* held while it writes; guards what follows */
  EngineTranscriber *model; /* NULL until it is needed, and when it was not for long */
  guint idle;               /* seconds */
  gint64 used;              /* when it last was, g_get_monotonic_time () */
} Memory;

struct _AppTranscriber {
  char *path;
  Memory *memory;
};

G_STATIC_ASSERT (APP_TRANSCRIBER_RATE == ENGINE_SPEECH_RATE);

/* ---- the object ---- */

static Memory *
memory_ref (Memory *memory)
{
  g_atomic_ref_count_inc (&memory->count);
  return memory;
}

static void
memory_unref (gpointer data)
{
  Memory *memory = data;

  if (!g_atomic_ref_count_dec (&memory->count))
    return;
  g_mutex_clear (&memory->mutex);
  g_free (memory);
}

static void
free_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  engine_transcriber_unref (data);
  g_task_return_boolean (task, TRUE);
}

/* The mutex is held. */
static void
let_go (Memory *memory)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  if (!memory->model)
    return;
  g_task_set_task_data (task, g_steal_pointer (&memory->model), NULL);
  g_task_run_in_thread (task, free_thread);
}

/* A clock of each question; the one of the last finds that nothing came after it. */
static gboolean
on_idle (gpointer data)
{
  Memory *memory = data;

  if (!g_mutex_trylock (&memory->mutex))
    return G_SOURCE_REMOVE;
  if (g_get_monotonic_time () - memory->used >= (gint64) memory->idle * G_USEC_PER_SEC)
    let_go (memory);
  g_mutex_unlock (&memory->mutex);
  return G_SOURCE_REMOVE;
}

AppTranscriber *
app_transcriber_new (const char *path)
{
  AppTranscriber *self = g_atomic_rc_box_new0 (AppTranscriber);

  self->path = g_strdup (path);
  self->memory = g_new0 (Memory, 1);
  g_atomic_ref_count_init (&self->memory->count);
  g_mutex_init (&self->memory->mutex);
  self->memory->idle = IDLE;
  return self;
}

void
app_transcriber_set_idle (AppTranscriber *self, guint seconds)
{
  self->memory->idle = seconds;
}

gboolean
app_transcriber_is_loaded (AppTranscriber *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->memory->mutex);

  return self->memory->model != NULL;
}

AppTranscriber *
app_transcriber_ref (AppTranscriber *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AppTranscriber *self = data;

  g_mutex_lock (&self->memory->mutex);
  let_go (self->memory);
  g_mutex_unlock (&self->memory->mutex);
  memory_unref (self->memory);
  g_free (self->path);
}

void
app_transcriber_unref (AppTranscriber *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* ---- writing ---- */

typedef struct {
  AppTranscriber *self;
  MediaSound *sound;
  gboolean quick;
  AppTranscriberFunc func;
  gpointer user_data;
  GMainContext *context;
  GCancellable *cancellable;
  AppTranscript *transcript; /* grows on the thread */
} Job;

static void
job_free (Job *job)
{
  app_transcriber_unref (job->self);
  media_sound_unref (job->sound);
  g_main_context_unref (job->context);
  app_transcript_unref (job->transcript);
  g_free (job);
}

/* What is told of a job, in the main context; it has a copy, for the transcript goes on growing. */
typedef struct {
  AppTranscriberFunc func;
  gpointer user_data;
  AppTranscript *so_far;
  double second;
} News;

static gboolean
tell (gpointer data)
{
  News *news = data;

  news->func (news->so_far, news->second, news->user_data);
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  News *news = data;

  app_transcript_unref (news->so_far);
  g_free (news);
}

static bool
on_segment (void *user, const EngineSpeechSegment *segment)
{
  Job *job = user;
  News *news;

  app_transcript_add (job->transcript, segment->begin, segment->end, segment->text);
  if (!job->func)
    return true;
  news = g_new (News, 1);
  *news = (News) { job->func, job->user_data, app_transcript_new (), segment->end };
  for (guint i = 0; i < job->transcript->parts->len; i++) {
    const AppTranscriptSegment *part = job->transcript->parts->pdata[i];
    app_transcript_add (news->so_far, part->begin, part->end, part->text);
  }
  g_main_context_invoke_full (job->context, G_PRIORITY_DEFAULT, tell, news, news_free);
  return true;
}

static void
on_cancelled (GCancellable *cancellable, gpointer transcriber)
{
  engine_transcriber_cancel (transcriber);
}

static gboolean
write_down (Job *job, EngineError *wrong)
{
  EngineSpeechParams params = { .n_beams = job->quick ? 1 : 0 };
  EngineSpeechResult result = { 0 };
  gulong id = job->cancellable ? g_cancellable_connect (job->cancellable, G_CALLBACK (on_cancelled), job->self->memory->model, NULL) : 0;
  gboolean ok;

  do {
    *wrong = (EngineError) { 0 };
    g_ptr_array_set_size (job->transcript->parts, 0); /* it is empty: a cancelling that came too late ends the next one before its first words */
    ok = engine_transcriber_run (job->self->memory->model, media_sound_get_samples (job->sound), job->sound->n_samples, &params, on_segment, job, &result, wrong);
  } while (!ok && wrong->code == ENGINE_CANCELLED && !g_cancellable_is_cancelled (job->cancellable));
  if (job->cancellable)
    g_cancellable_disconnect (job->cancellable, id);
  if (ok && job->transcript->parts->len > 0) {
    g_free (job->transcript->language);
    job->transcript->language = g_strdup (result.language);
  }
  return ok;
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  EngineLoadOptions options = { .backend = ENGINE_BACKEND_CPU };
  EngineError wrong = { 0 };
  gboolean ok;

  g_mutex_lock (&job->self->memory->mutex);
  if (g_task_return_error_if_cancelled (task)) {
    g_mutex_unlock (&job->self->memory->mutex);
    return;
  }
  if (!job->self->memory->model)
    job->self->memory->model = engine_transcriber_load (job->self->path, &options, &wrong);
  ok = job->self->memory->model && write_down (job, &wrong);
  job->self->memory->used = g_get_monotonic_time ();
  g_timeout_add_full (G_PRIORITY_LOW, job->self->memory->idle * 1000, on_idle, memory_ref (job->self->memory), memory_unref);
  g_mutex_unlock (&job->self->memory->mutex);
  if (ok)
    g_task_return_pointer (task, app_transcript_ref (job->transcript), (GDestroyNotify) app_transcript_unref);
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", wrong.message);
}

void
app_transcriber_write_async (AppTranscriber *self, MediaSound *sound, gboolean quick, AppTranscriberFunc func, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  g_return_if_fail (sound->rate == APP_TRANSCRIBER_RATE);
  job->self = app_transcriber_ref (self);
  job->sound = media_sound_ref (sound);
  job->quick = quick;
  job->func = func;
  job->user_data = user_data;
  job->context = g_main_context_ref_thread_default ();
  job->cancellable = g_task_get_cancellable (task);
  job->transcript = app_transcript_new ();
  g_task_set_source_tag (task, app_transcriber_write_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, write_thread);
}

AppTranscript *
app_transcriber_write_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_transcriber_write_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
