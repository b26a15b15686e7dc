/* SPDX-License-Identifier: MIT */
/* The executable's malloc () family comes before the C library's for every library of the process. glibc offers the real
 * ones under these names for exactly this purpose. */
#include "memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "job.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_OF_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_OF_SANITIZER 1
#endif
#endif

#if defined(MEMORY_OF_SANITIZER) || !defined(__GLIBC__)

/* A failed allocation is NULL, as without the sanitizer, so that the limits can be tested with it; the process ends by _exit ()
 * with everything still allocated. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1:detect_leaks=0";
}

void
memory_watch (uint64_t limit)
{
}

#else

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t count, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

void *malloc (size_t size);
void *calloc (size_t count, size_t size);
void *realloc (void *old, size_t size);
void *memalign (size_t alignment, size_t size);
void *aligned_alloc (size_t alignment, size_t size);
int posix_memalign (void **result, size_t alignment, size_t size);

static bool watching;
static uint64_t limit_in_force;

void
memory_watch (uint64_t limit)
{
  watching = true;
  limit_in_force = limit;
}

static void *
checked (void *result, size_t size)
{
  if (result == NULL && size > 0 && watching) {
    watching = false;
    job_fail (MEDIA_FAULT_MEMORY, size, limit_in_force);
  }
  return result;
}

void *
malloc (size_t size)
{
  return checked (__libc_malloc (size), size);
}

void *
calloc (size_t count, size_t size)
{
  size_t bytes;
  if (__builtin_mul_overflow (count, size, &bytes))
    bytes = SIZE_MAX;
  return checked (__libc_calloc (count, size), bytes);
}

void *
realloc (void *old, size_t size)
{
  return checked (__libc_realloc (old, size), size);
}

void *
memalign (size_t alignment, size_t size)
{
  return checked (__libc_memalign (alignment, size), size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return checked (__libc_memalign (alignment, size), size);
}

int
posix_memalign (void **result, size_t alignment, size_t size)
{
  if (alignment % sizeof (void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  *result = checked (__libc_memalign (alignment, size), size);
  return *result == NULL && size > 0 ? ENOMEM : 0;
}

#endif
