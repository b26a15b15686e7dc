/* SPDX-License-Identifier: MIT */
/* The thread that owns OpenGL: a context belongs to one thread, and callers come from several (who loads a model, who runs it). */
#include "gl.h"

#include <pthread.h>
#include <string.h>

typedef struct Job Job;
struct Job {
  Job  *next;
  void (*function) (void *data);
  void *data;
  bool  done;
};

struct EngineGlThread {
  pthread_t       thread;
  pthread_mutex_t lock;
  pthread_cond_t  asked, done;
  /* Under the lock. */
  Job            *first, **end;
  bool            quit;
};

static void *
thread_main (void *data)
{
  EngineGlThread *thread = data;

  pthread_mutex_lock (&thread->lock);
  while (thread->first || !thread->quit) {
    Job *job = thread->first;

    if (!job) {
      pthread_cond_wait (&thread->asked, &thread->lock);
      continue;
    }
    thread->first = job->next;
    if (!thread->first)
      thread->end = &thread->first;
    pthread_mutex_unlock (&thread->lock);
    job->function (job->data);
    pthread_mutex_lock (&thread->lock);
    job->done = true;
    pthread_cond_broadcast (&thread->done);
  }
  pthread_mutex_unlock (&thread->lock);
  return NULL;
}

EngineGlThread *
engine_gl_thread_new (EngineError *error)
{
  EngineGlThread *thread = engine_calloc (1, sizeof *thread, error);
  int result;

  if (!thread)
    return NULL;
  thread->end = &thread->first;
  pthread_mutex_init (&thread->lock, NULL);
  pthread_cond_init (&thread->asked, NULL);
  pthread_cond_init (&thread->done, NULL);
  result = pthread_create (&thread->thread, NULL, thread_main, thread);
  if (result) {
    engine_fail (error, ENGINE_INTERNAL, "The engine's thread does not start: %s.", strerror (result));
    free (thread);
    return NULL;
  }
  pthread_setname_np (thread->thread, "melete-gl");
  return thread;
}

void
engine_gl_thread_call (EngineGlThread *thread, void (*function) (void *data), void *data)
{
  Job job = { .function = function, .data = data };

  pthread_mutex_lock (&thread->lock);
  *thread->end = &job;
  thread->end = &job.next;
  pthread_cond_signal (&thread->asked);
  while (!job.done)
    pthread_cond_wait (&thread->done, &thread->lock);
  pthread_mutex_unlock (&thread->lock);
}

void
engine_gl_thread_free (EngineGlThread *thread)
{
  if (!thread)
    return;
  pthread_mutex_lock (&thread->lock);
  thread->quit = true;
  pthread_cond_signal (&thread->asked);
  pthread_mutex_unlock (&thread->lock);
  pthread_join (thread->thread, NULL);
  pthread_cond_destroy (&thread->asked);
  pthread_cond_destroy (&thread->done);
  pthread_mutex_destroy (&thread->lock);
  free (thread);
}
