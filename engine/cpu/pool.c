/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPINS 4000 /* looks for work before sleeping: some 100 µs */
#define MAX_ITEMS INT32_MAX

/* `ticket` is what keeps a late thread out of trouble: it has the number of the job above and
 * the items still unclaimed below, changed together. A thread that has claimed an item holds
 * the job open, so only then does it read the other fields. */
struct EngineCpuPool {
  int               n_threads;
  pthread_t        *threads;   /* n_threads - 1 */
  _Atomic uint64_t  ticket;
  EngineCpuPoolFunc function;
  void             *data;
  int64_t           n_items;
  const atomic_bool *cancel;   /* or NULL */
  _Atomic uint32_t  done;      /* items finished; a futex for the caller */
  _Atomic uint32_t  caller_sleeps;
  _Atomic uint32_t  jobs;      /* counts jobs; a futex for the threads */
  _Atomic uint32_t  sleepers;
  _Atomic bool      stop;
};

typedef struct {
  EngineCpuPool *pool;
  int            thread;
} Start;

static inline void
relax (void)
{
#if defined (__x86_64__)
  __builtin_ia32_pause ();
#elif defined (__aarch64__)
  __asm__ volatile ("yield");
#endif
}

static void
futex_wait (_Atomic uint32_t *word, uint32_t while_value)
{
  syscall (SYS_futex, word, FUTEX_WAIT_PRIVATE, while_value, NULL, NULL, 0);
}

static void
futex_wake (_Atomic uint32_t *word)
{
  syscall (SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static bool
is_cancelled (const EngineCpuPool *pool)
{
  return pool->cancel && atomic_load_explicit (pool->cancel, memory_order_relaxed);
}

/* Claims and runs items until none is left. */
static void
work (EngineCpuPool *pool, int thread)
{
  uint64_t ticket = atomic_load (&pool->ticket);

  while ((uint32_t) ticket) {
    int64_t n_items;

    if (!atomic_compare_exchange_weak (&pool->ticket, &ticket, ticket - 1)) {
      relax ();
      continue;
    }
    n_items = pool->n_items;
    if (!is_cancelled (pool))
      pool->function (pool->data, n_items - (uint32_t) ticket, thread);
    if (atomic_fetch_add (&pool->done, 1) + 1 == (uint32_t) n_items && atomic_load (&pool->caller_sleeps))
      futex_wake (&pool->done);
    ticket = atomic_load (&pool->ticket);
  }
}

static void *
thread_main (void *data)
{
  Start start = *(Start *) data;
  EngineCpuPool *pool = start.pool;

  free (data);
  while (!atomic_load (&pool->stop)) {
    uint32_t jobs = atomic_load (&pool->jobs);

    for (int i = 0; i < SPINS && !(uint32_t) atomic_load_explicit (&pool->ticket, memory_order_relaxed); i++)
      relax ();
    if ((uint32_t) atomic_load (&pool->ticket)) {
      work (pool, start.thread);
      continue;
    }
    atomic_fetch_add (&pool->sleepers, 1);
    if (!(uint32_t) atomic_load (&pool->ticket) && !atomic_load (&pool->stop))
      futex_wait (&pool->jobs, jobs);
    atomic_fetch_sub (&pool->sleepers, 1);
  }
  return NULL;
}

void
engine_cpu_pool_watch (EngineCpuPool *pool, const atomic_bool *cancel)
{
  pool->cancel = cancel;
}

void
engine_cpu_pool_run (EngineCpuPool *pool, int64_t n_items, EngineCpuPoolFunc function, void *data)
{
  uint32_t done;

  if (n_items <= 1 || pool->n_threads == 1 || n_items > MAX_ITEMS) {
    for (int64_t i = 0; i < n_items && !is_cancelled (pool); i++)
      function (data, i, 0);
    return;
  }
  pool->function = function;
  pool->data = data;
  pool->n_items = n_items;
  atomic_store (&pool->done, 0);
  atomic_store (&pool->ticket, (uint64_t) (atomic_fetch_add (&pool->jobs, 1) + 1) << 32 | (uint64_t) n_items);
  if (atomic_load (&pool->sleepers))
    futex_wake (&pool->jobs);
  work (pool, 0);
  for (int i = 0; i < SPINS && atomic_load (&pool->done) != (uint32_t) n_items; i++)
    relax ();
  atomic_store (&pool->caller_sleeps, 1);
  while ((done = atomic_load (&pool->done)) != (uint32_t) n_items)
    futex_wait (&pool->done, done);
  atomic_store (&pool->caller_sleeps, 0);
}

EngineCpuPool *
engine_cpu_pool_new (int n_threads, EngineError *error)
{
  EngineCpuPool *pool = engine_calloc (1, sizeof *pool, error);
  int available = engine_cpu_available ();

  if (!pool)
    return NULL;
  pool->n_threads = 1;
  if (n_threads < 1 || n_threads > available)
    n_threads = available;
  pool->threads = engine_calloc ((size_t) n_threads, sizeof *pool->threads, error);
  if (!pool->threads) {
    engine_cpu_pool_free (pool);
    return NULL;
  }
  for (int i = 1; i < n_threads; i++) {
    Start *start = engine_calloc (1, sizeof *start, error);

    if (start)
      *start = (Start) { pool, i };
    if (!start || pthread_create (&pool->threads[i - 1], NULL, thread_main, start) != 0) {
      engine_fail (error, ENGINE_NO_MEMORY, "The system gave no thread number %d of %d; use fewer threads.", i + 1, n_threads);
      free (start);
      engine_cpu_pool_free (pool);
      return NULL;
    }
    pool->n_threads++;
  }
  return pool;
}

void
engine_cpu_pool_free (EngineCpuPool *pool)
{
  if (!pool)
    return;
  atomic_store (&pool->stop, true);
  atomic_fetch_add (&pool->jobs, 1);
  futex_wake (&pool->jobs);
  for (int i = 1; i < pool->n_threads; i++)
    pthread_join (pool->threads[i - 1], NULL);
  free (pool->threads);
  free (pool);
}

int
engine_cpu_pool_threads (const EngineCpuPool *pool)
{
  return pool->n_threads;
}

/* Cores of the "quota period" in a control group's cpu.max; 0 where there is no limit. */
static int
quota_of (const char *path)
{
  FILE *file = fopen (path, "re");
  double quota = 0, period = 0;
  int n;

  if (!file)
    return 0;
  n = fscanf (file, "%lf %lf", &quota, &period);
  fclose (file);
  return n == 2 && quota > 0 && period > 0 ? ENGINE_MAX (1, (int) (quota / period)) : 0;
}

/* The smallest quota of the process's control group (version 2) and all above it; 0: none. */
static int
cgroup_quota (void)
{
  char line[512], path[640], *group = NULL;
  FILE *file = fopen ("/proc/self/cgroup", "re");
  int smallest = 0;

  while (file && !group && fgets (line, sizeof line, file))
    if (strncmp (line, "0::", 3) == 0)
      group = line + 3;
  if (file)
    fclose (file);
  if (!group)
    return 0;
  group[strcspn (group, "\n")] = '\0';
  for (;;) {
    char *slash = strrchr (group, '/');
    int quota;

    snprintf (path, sizeof path, "/sys/fs/cgroup%s/cpu.max", strcmp (group, "/") == 0 ? "" : group);
    quota = quota_of (path);
    if (quota && (!smallest || quota < smallest))
      smallest = quota;
    if (!slash)
      return smallest;
    *slash = '\0';
  }
}

int
engine_cpu_available (void)
{
  cpu_set_t set;
  int n = 0, quota = cgroup_quota ();

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    n = CPU_COUNT (&set);
  else
    n = (int) sysconf (_SC_NPROCESSORS_ONLN);
  if (quota && quota < n)
    n = quota;
  return ENGINE_MAX (n, 1);
}
