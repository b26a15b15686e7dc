/* SPDX-License-Identifier: MIT */
#include "grammar/build.h"

#include <string.h>

#define BLOCK ((size_t) 256 << 10)
#define MEMORY_MAX ((size_t) 256 << 20)
#define STEPS_MAX ((size_t) 100 << 20)

struct EngineBuildBlock {
  EngineBuildBlock *next;
  size_t            size;
};

_Noreturn void
engine_build_leave (EngineBuild *build)
{
  longjmp (build->way_out, 1);
}

void *
engine_build_alloc (EngineBuild *build, size_t count, size_t size)
{
  size_t bytes, wanted;
  void *memory;

  if (!engine_mul (count, size, &bytes) || !engine_align (bytes, 16, &bytes) || bytes > MEMORY_MAX - build->total) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "The grammar is too large: to make it would take more than %zu MiB of memory.", MEMORY_MAX >> 20);
    engine_build_leave (build);
  }
  if (bytes > (size_t) (build->end - build->next)) {
    EngineBuildBlock *block;

    wanted = ENGINE_MAX (bytes + 16, BLOCK);
    block = malloc (wanted);
    if (!block) {
      engine_fail (build->error, ENGINE_NO_MEMORY, "There is no memory for the grammar.");
      engine_build_leave (build);
    }
    *block = (EngineBuildBlock) { build->blocks, wanted };
    build->blocks = block;
    build->next = (char *) block + 16;
    build->end = (char *) block + wanted;
  }
  memory = build->next;
  build->next += bytes;
  build->total += bytes;
  return memset (memory, 0, bytes);
}

void *
engine_build_grow (EngineBuild *build, void *array, size_t n, size_t *capacity, size_t size)
{
  void *larger;

  if (n < *capacity)
    return array;
  *capacity = ENGINE_MAX (2 * *capacity, 8);
  larger = engine_build_alloc (build, *capacity, size);
  if (n)
    memcpy (larger, array, n * size);
  return larger;
}

void
engine_build_step (EngineBuild *build, size_t steps)
{
  build->steps += steps;
  if (build->steps > STEPS_MAX) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "The grammar takes too long to make: its repetitions and alternatives multiply each other. Make it simpler.");
    engine_build_leave (build);
  }
}

void
engine_build_clear (EngineBuild *build)
{
  while (build->blocks) {
    EngineBuildBlock *block = build->blocks;

    build->blocks = block->next;
    free (block);
  }
  build->next = build->end = NULL;
}

EnginePlace
engine_place (const char *text, size_t offset)
{
  EnginePlace place = { 1, 1 };

  for (size_t i = 0; i < offset; i++) {
    place.column += ((unsigned char) text[i] & 0xC0) != 0x80;
    if (text[i] == '\n')
      place = (EnginePlace) { place.line + 1, 1 };
  }
  return place;
}
