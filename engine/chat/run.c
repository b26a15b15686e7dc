/* SPDX-License-Identifier: MIT */
/* Memory, failures and limits of a parse or a run. */
#include "chat/jinja.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES ((size_t) 64 << 10)

struct JinjaBlock {
  JinjaBlock *next;
  _Alignas (16) char bytes[];
};

void *
jinja_alloc (JinjaRun *run, size_t count, size_t size)
{
  JinjaArena *arena = &run->arena;
  size_t bytes, block_bytes;
  JinjaBlock *block;
  char *memory;

  if (!engine_mul (count, size, &bytes) || bytes > JINJA_MAX_MEMORY)
    jinja_fail (run, "the template wants more than %zu MiB of memory", JINJA_MAX_MEMORY >> 20);
  engine_align (bytes ? bytes : 1, 16, &bytes);
  if (bytes > (size_t) (arena->end - arena->next)) {
    block_bytes = ENGINE_MAX (bytes, BLOCK_BYTES);
    if (arena->total + block_bytes > JINJA_MAX_MEMORY)
      jinja_fail (run, "the template wants more than %zu MiB of memory", JINJA_MAX_MEMORY >> 20);
    block = calloc (1, sizeof *block + block_bytes);
    if (!block) {
      engine_fail (run->error, ENGINE_NO_MEMORY, "There is no memory for the chat template.");
      longjmp (run->failed, 1);
    }
    arena->total += block_bytes;
    block->next = arena->blocks;
    arena->blocks = block;
    /* A large piece has a block of its own; the rest of the block before stays in use. */
    if (bytes == block_bytes && bytes > BLOCK_BYTES)
      return block->bytes;
    arena->next = block->bytes;
    arena->end = block->bytes + block_bytes;
  }
  memory = arena->next;
  arena->next += bytes;
  return memory;
}

void
jinja_arena_free (JinjaArena *arena)
{
  while (arena->blocks) {
    JinjaBlock *next = arena->blocks->next;

    free (arena->blocks);
    arena->blocks = next;
  }
  memset (arena, 0, sizeof *arena);
}

void
jinja_append (JinjaRun *run, JinjaBuffer *buffer, const char *bytes, size_t n)
{
  if (n > buffer->capacity - buffer->n) {
    size_t capacity = ENGINE_MAX (2 * buffer->capacity, buffer->n + n + 32);
    char *larger = jinja_alloc (run, capacity, 1);

    if (buffer->n)
      memcpy (larger, buffer->bytes, buffer->n);
    buffer->bytes = larger;
    buffer->capacity = capacity;
  }
  if (n)
    memcpy (buffer->bytes + buffer->n, bytes, n);
  buffer->n += n;
  jinja_work (run, n);
}

void
jinja_append_text (JinjaRun *run, JinjaBuffer *buffer, const char *text)
{
  jinja_append (run, buffer, text, strlen (text));
}

void
jinja_emit (JinjaRun *run, const char *bytes, size_t n)
{
  run->printed += n;
  if (run->printed > JINJA_MAX_OUTPUT)
    jinja_fail (run, "the template writes more than %zu MiB", JINJA_MAX_OUTPUT >> 20);
  jinja_append (run, run->out, bytes, n);
}

_Noreturn void
jinja_fail (JinjaRun *run, const char *format, ...)
{
  char message[400];
  va_list args;

  va_start (args, format);
  vsnprintf (message, sizeof message, format, args);
  va_end (args);
  if (run->line)
    engine_fail (run->error, ENGINE_BAD_INPUT, "Line %d of the chat template: %s.", run->line, message);
  else
    engine_fail (run->error, ENGINE_BAD_INPUT, "The values for the chat template cannot be read: %s.", message);
  longjmp (run->failed, 1);
}

void
jinja_work (JinjaRun *run, size_t n_bytes)
{
  run->steps += 1 + (int64_t) (n_bytes / 64);
  if (run->steps > JINJA_MAX_STEPS)
    jinja_fail (run, "the template takes more than %d steps", JINJA_MAX_STEPS);
}

void
jinja_enter (JinjaRun *run)
{
  if (++run->depth > JINJA_MAX_DEPTH)
    jinja_fail (run, "the template calls itself too often, or is nested deeper than %d", JINJA_MAX_DEPTH);
  jinja_work (run, 0);
}

void
jinja_leave (JinjaRun *run)
{
  run->depth--;
}
