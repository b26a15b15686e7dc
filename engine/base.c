/* SPDX-License-Identifier: MIT */
#include "base.h"

#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t) 2 << 20)

static EngineLogFunc log_hook;
static void *log_user;
static EngineTranslateFunc translate_hook;

void
engine_set_log (EngineLogFunc hook, void *user)
{
  log_user = user;
  log_hook = hook;
}

void
engine_log (EngineLogLevel level, const char *format, ...)
{
  char line[1024];
  va_list args;

  if (!log_hook)
    return;
  va_start (args, format);
  vsnprintf (line, sizeof line, format, args);
  va_end (args);
  log_hook (level, line, log_user);
}

void
engine_set_translate (EngineTranslateFunc hook)
{
  translate_hook = hook;
}

const char *
engine_translate (const char *format)
{
  return translate_hook ? translate_hook (format) : format;
}

/* A name from a file, or one that was cut to fit, may hold pieces of characters, which no window would
 * show, or line breaks, which would make two of one sentence: each becomes a question mark or a space. */
static void
clean_message (char *message)
{
  size_t length = strlen (message), n;

  for (size_t i = 0; i < length; i += n ? n : 1) {
    n = engine_utf8_length (message + i, length - i);
    if (n == 0)
      message[i] = '?';
    else if ((unsigned char) message[i] < ' ' || message[i] == 127)
      message[i] = ' ';
  }
}

bool
engine_fail (EngineError *error, EngineCode code, const char *format, ...)
{
  va_list args;

  if (!error || error->code != ENGINE_OK)
    return false;
  error->code = code;
  va_start (args, format);
  vsnprintf (error->message, sizeof error->message, engine_translate (format), args);
  va_end (args);
  clean_message (error->message);
  return false;
}

const char *
engine_version (void)
{
  return MELETE_VERSION;
}

void *
engine_calloc (size_t count, size_t size, EngineError *error)
{
  void *memory = calloc (count ? count : 1, size ? size : 1);

  if (!memory)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for another %zu bytes.", count * size);
  return memory;
}

/* Small blocks come from the allocator, large ones from the kernel: fresh pages are
 * zero already, and whole huge pages spare the weights most of the TLB misses. */
void *
engine_alloc_aligned (size_t size, EngineError *error)
{
  void *memory = NULL;
  size_t rounded;

  if (size >= HUGE_PAGE) {
    memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) {
      madvise (memory, size, MADV_HUGEPAGE);
      return memory;
    }
  } else if (engine_align (size ? size : 1, 64, &rounded)) {
    memory = aligned_alloc (64, rounded);
    if (memory)
      return memset (memory, 0, rounded);
  }
  engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for another %zu bytes.", size);
  return NULL;
}

void
engine_free_aligned (void *memory, size_t size)
{
  if (memory && size >= HUGE_PAGE)
    munmap (memory, size);
  else
    free (memory);
}
