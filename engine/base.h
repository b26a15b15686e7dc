/* SPDX-License-Identifier: MIT */
/* Errors, checked arithmetic and allocation for every file of the engine.
 *
 * Internal. All functions may be called from any thread. */
#pragma once

#include "engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Fills `error` (which may be NULL) and returns false, so that a failing
 * function can end with `return engine_fail (error, …)`. An error that is
 * already set is kept: the first cause is the one people need. The format is what
 * gets translated, so it stands in the call itself, whole. */
bool engine_fail (EngineError *error, EngineCode code, const char *format, ...)
  __attribute__ ((format (printf, 3, 4)));

/* For words that become a part of such a sentence. */
const char *engine_translate (const char *format) __attribute__ ((format_arg (1)));

/* Sends one line to the log hook; nothing when no hook is set. */
void engine_log (EngineLogLevel level, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));

/* Each returns false when the result does not fit; `*out` is then undefined. */
static inline bool
engine_mul (size_t a, size_t b, size_t *out)
{
  return !__builtin_mul_overflow (a, b, out);
}

static inline bool
engine_sum (size_t a, size_t b, size_t *out)
{
  return !__builtin_add_overflow (a, b, out);
}

/* Rounds up to a multiple of `to`, a power of two. False on overflow. */
static inline bool
engine_align (size_t value, size_t to, size_t *out)
{
  if (!engine_sum (value, to - 1, out))
    return false;
  *out &= ~(to - 1);
  return true;
}

/* calloc with an error message; NULL after filling `error`. Free with free (). */
void *engine_calloc (size_t count, size_t size, EngineError *error);

/* Zeroed memory aligned to 64 bytes (page-aligned and advised for huge pages
 * when large); NULL after filling `error`. Release with engine_free_aligned ()
 * and the same size. */
void *engine_alloc_aligned (size_t size, EngineError *error);
void  engine_free_aligned (void *memory, size_t size);

#define ENGINE_MIN(a, b) ((a) < (b) ? (a) : (b))
#define ENGINE_MAX(a, b) ((a) > (b) ? (a) : (b))
#define ENGINE_LENGTH(array) (sizeof (array) / sizeof ((array)[0]))
