/* SPDX-License-Identifier: MIT */
/* The thread that owns OpenGL: a context belongs to one thread, and callers come from several (who loads a model, who runs it).
 *
 * A driver may never come back. So each call into it that can take time is between engine_gl_enter () and engine_gl_leave (): who waits for a
 * job sees there that the thread has been in the driver for too long, and gives it up. From then on the thread belongs to the driver; if it
 * ever comes back, it stops in engine_gl_leave () and touches nothing. It is never joined, and what it holds is never freed.
 *
 * A program may end while another of its threads still frees a model. The driver's libraries take themselves down then, and whoever is inside crashes; so the end of the program waits until
 * every thread of ours is out of them, and none goes in again. */
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
  EngineGlThread *next;     /* of all; under all_lock */
  /* Under the lock. */
  Job            *first, **end;
  bool            working, quit, given_up;
  bool            closed;   /* the program ends: nothing is begun any more */
};

/* All that were not joined yet. Who holds all_lock may take a thread's, not the other way round. */
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static EngineGlThread *all;
static bool ending; /* under all_lock */
static pthread_once_t once_there = PTHREAD_ONCE_INIT;

#define LAST_PATIENCE_MS 5000 /* of a program that ends */
#define LAST_STEP_MS 2

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
    thread->working = true;
    pthread_mutex_unlock (&thread->lock);
    set_sentinel (thread, 1);
    job->function (job->data);
    set_sentinel (thread, 0);
    pthread_mutex_lock (&thread->lock);
    thread->working = false;
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

/* Closes it; true while it may still be in a library of the driver. */
static bool
close_thread (EngineGlThread *thread)
{
  bool inside;

  pthread_mutex_lock (&thread->lock);
  thread->closed = true;
  inside = !thread->given_up && (thread->first || thread->working || thread->quit);
  pthread_mutex_unlock (&thread->lock);
  return inside;
}

static void
close_all (void)
{
  bool inside = true;

  for (int ms = 0; inside && ms < LAST_PATIENCE_MS; ms += LAST_STEP_MS) {
    pthread_mutex_lock (&all_lock);
    ending = true;
    inside = false;
    for (EngineGlThread *thread = all; thread; thread = thread->next)
      inside = close_thread (thread) || inside;
    pthread_mutex_unlock (&all_lock);
    if (inside)
      nanosleep (&(struct timespec) { .tv_nsec = LAST_STEP_MS * 1000000 }, NULL);
  }
}

/* What is registered last is called first. */
static void
close_at_exit (void)
{
  atexit (close_all);
}

/* Among all, unless the program ends already. */
static bool
enter_all (EngineGlThread *thread)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  bool may;

  pthread_once (&once, close_at_exit);
  pthread_mutex_lock (&all_lock);
  may = !ending;
  if (may) {
    thread->next = all;
    all = thread;
  }
  pthread_mutex_unlock (&all_lock);
  return may;
}

static void
leave_all (EngineGlThread *thread)
{
  pthread_mutex_lock (&all_lock);
  for (EngineGlThread **link = &all; *link; link = &(*link)->next)
    if (*link == thread) {
      *link = thread->next;
      break;
    }
  pthread_mutex_unlock (&all_lock);
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
  if (!enter_all (thread)) {
    engine_fail (error, ENGINE_CANCELLED, "The program ends, so the graphics card is not used any more.");
    free (thread);
    return NULL;
  }
  result = pthread_create (&thread->thread, NULL, thread_main, thread);
  if (result) {
    leave_all (thread);
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
  if (thread->closed) {
    pthread_mutex_unlock (&thread->lock);
    return false;
  }
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
  pthread_once (&once_there, close_at_exit); /* once more: the driver, which has been loaded by now, may have said what it does at the end */
  return done;
}

bool
engine_gl_thread_is_gone (EngineGlThread *thread)
{
  bool gone;

  pthread_mutex_lock (&thread->lock);
  gone = thread->given_up || thread->closed;
  pthread_mutex_unlock (&thread->lock);
  return gone;
}

void
engine_gl_thread_free (EngineGlThread *thread)
{
  if (!thread)
    return;
  pthread_mutex_lock (&thread->lock);
  if (thread->given_up || thread->closed) {
    pthread_mutex_unlock (&thread->lock);
    return;
  }
  thread->quit = true;
  pthread_cond_signal (&thread->asked);
  pthread_mutex_unlock (&thread->lock);
  pthread_join (thread->thread, NULL);
  leave_all (thread);
  pthread_cond_destroy (&thread->asked);
  pthread_cond_destroy (&thread->done);
  pthread_mutex_destroy (&thread->lock);
  free (thread);
}
