/* SPDX-License-Identifier: MIT */
/* Reading past the system's cache: what a backend keeps by itself should not be in memory twice, and what it could not keep will
 * be read from the disk anyway. */
#include "gguf-private.h"

#include "backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ALIGN ((uint64_t) ENGINE_READ_ALIGN)

/* The very file that is open, whatever has its name by now. */
static void
open_one (EngineGguf *gguf)
{
  char path[64];

  snprintf (path, sizeof path, "/proc/self/fd/%d", gguf->fd);
  gguf->past_fd = open (path, O_RDONLY | O_CLOEXEC | O_DIRECT);
}

void
engine_gguf_open_past (EngineGguf *gguf)
{
  if (gguf->past_fd >= 0)
    return;
  open_one (gguf);
  for (unsigned i = 0; i < gguf->n_more; i++)
    open_one (gguf->more[i]);
}

/* Whole blocks, from the one that has the first byte on. False: not in this way. */
static bool
read_blocks (const EngineGguf *gguf, uint64_t begin, uint64_t end, uint8_t *room)
{
  uint64_t whole = (end + ALIGN - 1) / ALIGN * ALIGN;

  for (uint64_t at = begin / ALIGN * ALIGN; at < end;) {
    ssize_t got = pread (gguf->past_fd, room, whole - at, (off_t) at);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0 || (at + (uint64_t) got < end && (uint64_t) got % ALIGN))
      return false;
    at += (uint64_t) got;
    room += got;
  }
  return true;
}

bool
engine_gguf_read_past (void *user, const EngineTensor *tensor, size_t offset, size_t n, uint8_t *room, const uint8_t **at, EngineError *error)
{
  const EngineGguf *gguf = engine_gguf_part_of (user, tensor, offset, n, error);
  uint64_t begin = tensor->offset + offset;

  if (!gguf)
    return false;
  if (gguf->past_fd >= 0 && read_blocks (gguf, begin, begin + n, room))
    *at = room + begin % ALIGN;
  else if (engine_gguf_read_at (gguf, begin, room, n, error)) {
    *at = room;
    posix_fadvise (gguf->fd, (off_t) begin, (off_t) n, POSIX_FADV_DONTNEED);
  } else
    return false;
  return engine_gguf_is_the_same (gguf, error);
}

void
engine_gguf_forget (const EngineGguf *gguf)
{
  posix_fadvise (gguf->fd, 0, 0, POSIX_FADV_DONTNEED);
  for (unsigned i = 0; i < gguf->n_more; i++)
    posix_fadvise (gguf->more[i]->fd, 0, 0, POSIX_FADV_DONTNEED);
}
