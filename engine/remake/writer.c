/* SPDX-License-Identifier: MIT */
#include "writer.h"
#include "gguf-private.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct EngineWriter {
  char      *path, *temporary; /* of the file; the second is "" while there is none */
  int        fd;
  EngineText keys, tensors;
  uint64_t   n_keys, n_tensors;
  uint64_t  *ends;             /* [n_tensors] in the data, which begin behind the header */
  size_t     capacity;
  size_t     current;          /* the tensor that gets the next bytes */
  uint64_t   header, written, total; /* bytes of the data so far, of the whole file */
  bool       failed;           /* no memory for the lists */
};

static bool
no_memory (EngineError *error)
{
  return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to write a model file.");
}

EngineWriter *
engine_writer_new (const char *path, EngineError *error)
{
  EngineWriter *writer = engine_calloc (1, sizeof *writer, error);
  size_t n = strlen (path) + sizeof ".XXXXXX.part";
  struct stat there;

  if (!writer)
    return NULL;
  writer->fd = -1;
  writer->path = strdup (path);
  writer->temporary = calloc (n, 1);
  if (!writer->path || !writer->temporary)
    no_memory (error);
  else if (stat (path, &there) == 0 && !S_ISREG (there.st_mode))
    engine_fail (error, ENGINE_BAD_INPUT, "\"%.300s\" is no file, so a model cannot be written there; name another one.", path);
  else {
    snprintf (writer->temporary, n, "%s.XXXXXX.part", path);
    writer->fd = mkostemps (writer->temporary, sizeof ".part" - 1, O_CLOEXEC);
    if (writer->fd >= 0) {
      mode_t mask = umask (0);

      umask (mask);
      fchmod (writer->fd, 0666 & ~mask);
      return writer;
    }
    writer->temporary[0] = '\0';
    engine_fail (error, ENGINE_IO, "The file \"%.300s\" cannot be written: %s.", path, strerror (errno));
  }
  engine_writer_free (writer);
  return NULL;
}

void
engine_writer_free (EngineWriter *writer)
{
  if (!writer)
    return;
  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->temporary && writer->temporary[0])
    unlink (writer->temporary);
  free (writer->path);
  free (writer->temporary);
  free (writer->keys.bytes);
  free (writer->tensors.bytes);
  free (writer->ends);
  free (writer);
}

/* ---- the header ---------------------------------------------------------------------- */

static void
put_u32 (EngineText *text, uint32_t value)
{
  engine_text_append (text, (const char *) &value, sizeof value);
}

static void
put_u64 (EngineText *text, uint64_t value)
{
  engine_text_append (text, (const char *) &value, sizeof value);
}

static void
put_string (EngineText *text, const char *bytes, size_t n)
{
  put_u64 (text, n);
  engine_text_append (text, bytes, n);
}

static void
begin_key (EngineWriter *writer, const char *key, uint32_t type)
{
  put_string (&writer->keys, key, strlen (key));
  put_u32 (&writer->keys, type);
  writer->n_keys++;
}

void
engine_writer_uint (EngineWriter *writer, const char *key, uint32_t value)
{
  begin_key (writer, key, ENGINE_GGUF_U32);
  put_u32 (&writer->keys, value);
}

void
engine_writer_string (EngineWriter *writer, const char *key, const char *value)
{
  begin_key (writer, key, ENGINE_GGUF_STRING);
  put_string (&writer->keys, value, strlen (value));
}

void
engine_writer_strings (EngineWriter *writer, const char *key, const char *const *values, size_t n)
{
  begin_key (writer, key, ENGINE_GGUF_ARRAY);
  put_u32 (&writer->keys, ENGINE_GGUF_STRING);
  put_u64 (&writer->keys, n);
  for (size_t i = 0; i < n; i++)
    put_string (&writer->keys, values[i], strlen (values[i]));
}

void
engine_writer_copy_key (EngineWriter *writer, const EngineGguf *gguf, size_t index)
{
  const EngineGgufKey *key = &gguf->keys[index];
  const EngineGgufArray *array = &key->array;

  begin_key (writer, key->name, key->type);
  if (key->type != ENGINE_GGUF_STRING && key->type != ENGINE_GGUF_ARRAY) {
    engine_text_append (&writer->keys, key->scalar, engine_gguf_scalar_bytes (key->type));
    return;
  }
  if (key->type == ENGINE_GGUF_ARRAY) {
    put_u32 (&writer->keys, array->type);
    put_u64 (&writer->keys, array->n);
  }
  if (array->type != ENGINE_GGUF_STRING)
    engine_text_append (&writer->keys, array->bytes, array->n * engine_gguf_scalar_bytes (array->type));
  for (size_t i = 0; array->type == ENGINE_GGUF_STRING && i < array->n; i++)
    put_string (&writer->keys, array->bytes + array->starts[i], array->starts[i + 1] - array->starts[i] - 1);
}

static uint64_t
aligned (uint64_t n)
{
  return (n + ENGINE_GGUF_ALIGNMENT - 1) & ~(uint64_t) (ENGINE_GGUF_ALIGNMENT - 1);
}

static bool
grow (EngineWriter *writer)
{
  size_t wanted = ENGINE_MAX (writer->capacity * 2, 256);
  uint64_t *ends;

  if (writer->n_tensors < writer->capacity)
    return true;
  ends = realloc (writer->ends, wanted * sizeof *ends);
  if (!ends)
    return false;
  writer->ends = ends;
  writer->capacity = wanted;
  return true;
}

void
engine_writer_tensor (EngineWriter *writer, const EngineTensor *tensor)
{
  uint64_t n = 1, begin = writer->n_tensors ? aligned (writer->ends[writer->n_tensors - 1]) : 0;
  size_t bytes = 0, end = 0;

  for (int32_t i = 0; i < tensor->n_dims; i++)
    n *= (uint64_t) tensor->ne[i];
  if (writer->failed || !grow (writer) || !engine_type_bytes (tensor->type, n, &bytes) || !engine_sum ((size_t) begin, bytes, &end) || end > INT64_MAX / 2) {
    writer->failed = true;
    return;
  }
  put_string (&writer->tensors, tensor->name, strlen (tensor->name));
  put_u32 (&writer->tensors, (uint32_t) tensor->n_dims);
  for (int32_t i = 0; i < tensor->n_dims; i++)
    put_u64 (&writer->tensors, (uint64_t) tensor->ne[i]);
  put_u32 (&writer->tensors, engine_types[tensor->type].gguf_id);
  put_u64 (&writer->tensors, begin);
  writer->ends[writer->n_tensors++] = end;
}

/* ---- the file ------------------------------------------------------------------------ */

static bool
cannot_write (const EngineWriter *writer, int code, EngineError *error)
{
  if (code == ENOSPC || code == EDQUOT)
    return engine_fail (error, ENGINE_IO, "There is no room on the disk for \"%.200s\", which takes %llu MB; make room or name a file elsewhere.", writer->path,
                        (unsigned long long) (writer->total / 1000000 + 1));
  if (code == EFBIG)
    return engine_fail (error, ENGINE_IO, "The file \"%.200s\" would have %llu MB, more than its disk or a limit allows; name a file elsewhere.", writer->path, (unsigned long long) (writer->total / 1000000 + 1));
  return engine_fail (error, ENGINE_IO, "The file \"%.200s\" cannot be written: %s.", writer->path, strerror (code));
}

static bool
write_all (EngineWriter *writer, const char *bytes, size_t n, EngineError *error)
{
  while (n > 0) {
    ssize_t done = write (writer->fd, bytes, ENGINE_MIN (n, (size_t) 1 << 30));

    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return cannot_write (writer, done < 0 ? errno : ENOSPC, error);
    bytes += done;
    n -= (size_t) done;
  }
  return true;
}

bool
engine_writer_begin (EngineWriter *writer, EngineError *error)
{
  static const char zeros[ENGINE_GGUF_ALIGNMENT];
  EngineText head = { 0 };
  uint64_t plain = 24 + writer->keys.length + writer->tensors.length;
  bool ok;

  engine_text_append (&head, "GGUF", 4);
  put_u32 (&head, 3);
  put_u64 (&head, writer->n_tensors);
  put_u64 (&head, writer->n_keys);
  writer->header = aligned (plain);
  writer->total = writer->header + (writer->n_tensors ? aligned (writer->ends[writer->n_tensors - 1]) : 0);
  if (writer->failed || head.failed || writer->keys.failed || writer->tensors.failed) {
    free (head.bytes);
    return no_memory (error);
  }
  /* Where the file system can, so that a full disk is known now and not at the end. */
  ok = fallocate (writer->fd, 0, 0, (off_t) writer->total) == 0 || (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) || cannot_write (writer, errno, error);
  ok = ok && write_all (writer, head.bytes, head.length, error) && write_all (writer, writer->keys.bytes, writer->keys.length, error) &&
       write_all (writer, writer->tensors.bytes, writer->tensors.length, error) && write_all (writer, zeros, writer->header - plain, error);
  free (head.bytes);
  return ok;
}

/* Zeros up to the next tensor, or to the end. */
static bool
pad (EngineWriter *writer, EngineError *error)
{
  static const char zeros[ENGINE_GGUF_ALIGNMENT];

  while (writer->current < writer->n_tensors && writer->written == writer->ends[writer->current]) {
    uint64_t gap = aligned (writer->written) - writer->written;

    if (!write_all (writer, zeros, gap, error))
      return false;
    writer->written += gap;
    writer->current++;
  }
  return true;
}

bool
engine_writer_append (EngineWriter *writer, const void *bytes, size_t n, EngineError *error)
{
  if (writer->current >= writer->n_tensors || n > writer->ends[writer->current] - writer->written)
    return engine_fail (error, ENGINE_INTERNAL, "More was written of a tensor than it has.");
  writer->written += n;
  return write_all (writer, bytes, n, error) && pad (writer, error);
}

bool
engine_writer_commit (EngineWriter *writer, EngineError *error)
{
  bool closed;

  if (writer->current != writer->n_tensors)
    return engine_fail (error, ENGINE_INTERNAL, "Less was written of a tensor than it has.");
  if (fsync (writer->fd) != 0)
    return cannot_write (writer, errno, error);
  closed = close (writer->fd) == 0;
  writer->fd = -1;
  if (!closed)
    return cannot_write (writer, errno, error);
  if (rename (writer->temporary, writer->path) != 0)
    return cannot_write (writer, errno, error);
  writer->temporary[0] = '\0';
  return true;
}

uint64_t
engine_writer_bytes (const EngineWriter *writer)
{
  return writer->total;
}
