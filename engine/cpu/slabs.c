/* SPDX-License-Identifier: MIT */
#include "slabs.h"

#include <sys/mman.h>

#define HUGE_PAGE ((size_t) 2 << 20)
#define SLAB_BYTES ((size_t) 32 << 20)

struct EngineCpuSlab {
  EngineCpuSlab *next;
  uint8_t       *memory;
  size_t         bytes, used;
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
