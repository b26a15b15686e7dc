/* SPDX-License-Identifier: MIT */
#include "slabs.h"

#include <sys/mman.h>

#define HUGE_PAGE ((size_t) 2 << 20)
#define SLAB_BYTES ((size_t) 32 << 20)
#define AHEAD_BYTES (4 * HUGE_PAGE) /* are made ready at a time, so that all threads have some to clear */
#define SMALL_PAGE 4096

struct EngineCpuSlab {
  EngineCpuSlab *next;
  uint8_t       *memory;
  size_t         bytes, used, ready; /* ready: what has been touched, whole huge pages */
  int            n_live; /* allocations not yet freed */
};

/* `bytes` at an address that is a multiple of a huge page: asks for one more and gives back the ends. */
static uint8_t *
map_aligned (size_t bytes)
{
  uint8_t *mapped = mmap (NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t before;

  if (mapped == MAP_FAILED)
    return NULL;
  before = (HUGE_PAGE - (uintptr_t) mapped % HUGE_PAGE) % HUGE_PAGE;
  if (before)
    munmap (mapped, before);
  if (before != HUGE_PAGE)
    munmap (mapped + before + bytes, HUGE_PAGE - before);
  madvise (mapped + before, bytes, MADV_HUGEPAGE);
  return mapped + before;
}

/* The system clears a page when it is first written to. Two threads that write to one huge page at the same moment both clear one, and one of the two is thrown away. */
static void
touch_page (void *data, int64_t item, int thread)
{
  const EngineCpuSlab *slab = data;
  volatile uint8_t *page = slab->memory + slab->ready + (size_t) item * HUGE_PAGE;

  for (size_t i = 0; i < HUGE_PAGE; i += SMALL_PAGE)
    page[i] = 0;
}

static void
make_ready (EngineCpuSlab *slab, EngineCpuPool *pool)
{
  size_t end = ENGINE_MIN ((slab->used + AHEAD_BYTES - 1) / AHEAD_BYTES * AHEAD_BYTES, slab->bytes);

  if (!pool || end <= slab->ready)
    return;
  engine_cpu_pool_run (pool, (int64_t) ((end - slab->ready) / HUGE_PAGE), touch_page, slab);
  slab->ready = end;
}

void *
engine_cpu_slabs_alloc (EngineCpuSlabs *slabs, size_t bytes, EngineError *error)
{
  EngineCpuSlab *slab = slabs->first;
  size_t rounded;
  void *memory;

  if (!engine_align (ENGINE_MAX (bytes, 1), 64, &bytes) || !engine_align (ENGINE_MAX (bytes, SLAB_BYTES), HUGE_PAGE, &rounded) ||
      rounded > SIZE_MAX - HUGE_PAGE) {
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for another %zu bytes.", bytes);
    return NULL;
  }
  if (!slab || slab->bytes - slab->used < bytes) {
    slab = engine_calloc (1, sizeof *slab, error);
    if (!slab)
      return NULL;
    slab->bytes = rounded;
    slab->memory = map_aligned (slab->bytes);
    if (!slab->memory) {
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for another %zu bytes.", slab->bytes);
      free (slab);
      return NULL;
    }
    slab->next = slabs->first;
    slabs->first = slab;
  }
  memory = slab->memory + slab->used;
  slab->used += bytes;
  slab->n_live++;
  make_ready (slab, slabs->pool);
  return memory;
}

void
engine_cpu_slabs_free (EngineCpuSlabs *slabs, void *memory)
{
  for (EngineCpuSlab **link = &slabs->first; *link; link = &(*link)->next) {
    EngineCpuSlab *slab = *link;

    if ((uint8_t *) memory < slab->memory || (uint8_t *) memory >= slab->memory + slab->bytes)
      continue;
    if (--slab->n_live == 0) {
      *link = slab->next;
      munmap (slab->memory, slab->bytes);
      free (slab);
    }
    return;
  }
}
