/* SPDX-License-Identifier: MIT */
/* The thread that owns OpenGL: a context belongs to one thread, and callers come from several (who loads a model, who runs it).
 *
 * A driver may never come back. So each call into it that can take time is between engine_gl_enter () and engine_gl_leave (): who waits for a
 * job sees there that the thread has been in the driver for too long, and gives it up. From then on the thread belongs to the driver; if it
 * ever comes back, it stops in engine_gl_leave () and touches nothing. It is never joined, and what it holds is never freed. */
#include "gl.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 30 /* a shader may take several seconds to compile */

typedef struct Job Job;
struct Job {
  Job  *next;
  void (*function) (void *data);
  void *data;
  bool  done;
};

/* AT_WORK and IN_DRIVER take turns on the thread itself; a caller makes GIVEN_UP of IN_DRIVER, and that is the end. */
typedef enum { AT_WORK, IN_DRIVER, GIVEN_UP } State;

struct EngineGlThread {
  pthread_t       thread;
  pthread_mutex_t lock;
  pthread_cond_t  asked, done;
  uint8_t        *sentinel;
  atomic_int      state;
  atomic_uint     beats;    /* calls of the driver that came back, or went in */
  int             patience_s;
  /* Under the lock. */
  Job            *first, **end;
  bool            quit, given_up;
};

static _Thread_local EngineGlThread *this_thread;

static void
set_sentinel (EngineGlThread *thread, uint8_t value)
{
  if (thread->sentinel)
    __atomic_store_n (thread->sentinel, value, __ATOMIC_SEQ_CST);
}

static void *
thread_main (void *data)
{
  EngineGlThread *thread = this_thread = data;

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
    set_sentinel (thread, 1);
    job->function (job->data);
    set_sentinel (thread, 0);
    pthread_mutex_lock (&thread->lock);
    job->done = true;
    pthread_cond_broadcast (&thread->done);
  }
  pthread_mutex_unlock (&thread->lock);
  return NULL;
}

void
engine_gl_enter (void)
{
  atomic_fetch_add_explicit (&this_thread->beats, 1, memory_order_relaxed);
  atomic_store (&this_thread->state, IN_DRIVER);
}

void
engine_gl_leave (void)
{
  int expected = IN_DRIVER;

  if (atomic_compare_exchange_strong (&this_thread->state, &expected, AT_WORK)) {
    atomic_fetch_add_explicit (&this_thread->beats, 1, memory_order_relaxed);
    return;
  }
  for (;;)
    pause ();
}

void
engine_gl_hang (void)
{
  engine_gl_thread_set_patience (this_thread, 1);
  engine_gl_enter ();
  for (;;)
    pause ();
}

EngineGlThread *
engine_gl_thread_new (uint8_t *sentinel, EngineError *error)
{
  EngineGlThread *thread = engine_calloc (1, sizeof *thread, error);
  int result;

  if (!thread)
    return NULL;
  thread->end = &thread->first;
  thread->sentinel = sentinel;
  thread->patience_s = PATIENCE_S;
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
engine_gl_thread_set_patience (EngineGlThread *thread, int seconds)
{
  pthread_mutex_lock (&thread->lock);
  thread->patience_s = seconds;
  pthread_mutex_unlock (&thread->lock);
}

/* Whether the thread has been in one call of the driver for as long as one should wait. Under the lock. */
static bool
is_stuck (EngineGlThread *thread, unsigned *beats, int *seconds)
{
  unsigned now = atomic_load_explicit (&thread->beats, memory_order_relaxed);
  int expected = IN_DRIVER;

  *seconds = now == *beats ? *seconds + 1 : 0;
  *beats = now;
  if (!thread->patience_s || *seconds < thread->patience_s || !atomic_compare_exchange_strong (&thread->state, &expected, GIVEN_UP))
    return false;
  engine_log (ENGINE_LOG_WARNING, "The driver of the graphics card has not answered for %d seconds", *seconds);
  set_sentinel (thread, 0); /* we are alive to tell */
  return true;
}

bool
engine_gl_thread_call (EngineGlThread *thread, void (*function) (void *data), void *data)
{
  Job job = { .function = function, .data = data };
  unsigned beats = 0;
  int seconds = 0;
  bool done;

  pthread_mutex_lock (&thread->lock);
  if (!thread->given_up) {
    *thread->end = &job;
    thread->end = &job.next;
    pthread_cond_signal (&thread->asked);
  }
  while (!job.done && !thread->given_up) {
    struct timespec until;

    clock_gettime (CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (pthread_cond_timedwait (&thread->done, &thread->lock, &until) == ETIMEDOUT && !job.done && is_stuck (thread, &beats, &seconds)) {
      /* The jobs behind this one will not be done either: they are on the stacks of those who wait. */
      thread->given_up = true;
      pthread_cond_broadcast (&thread->done);
    }
  }
  done = job.done;
  pthread_mutex_unlock (&thread->lock);
  return done;
}

bool
engine_gl_thread_is_gone (EngineGlThread *thread)
{
  bool gone;

  pthread_mutex_lock (&thread->lock);
  gone = thread->given_up;
  pthread_mutex_unlock (&thread->lock);
  return gone;
}

void
engine_gl_thread_free (EngineGlThread *thread)
{
  if (!thread || engine_gl_thread_is_gone (thread))
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
