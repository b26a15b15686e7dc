/* SPDX-License-Identifier: MIT */
#include "gguf-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The layout of a file, all little-endian:
 *
 *   "GGUF"  version u32  n_tensors u64  n_keys u64
 *   n_keys × { string key, u32 type, value }
 *   n_tensors × { string name, u32 n_dims, u64 ne[n_dims], u32 type, u64 offset }
 *   padding to `general.alignment`, then the tensors' data; offsets count from here
 *
 * A string is a u64 length and its bytes; an array is a u32 element type, a u64 count
 * and its elements.
 *
 * In memory a file is two tables in file order, keys and tensors, and for each an
 * index sorted by name, which finds both names and duplicates. */

#define MAGIC "GGUF"
#define DEFAULT_ALIGNMENT 32
#define MAX_ALIGNMENT (1u << 20)
#define MAX_KEY_BYTES 65535
#define MIN_KEY_BYTES (8 + 4 + 1)                  /* empty name, type, one byte */
#define MIN_TENSOR_BYTES (8 + 4 + 8 + 4 + 8)       /* empty name, one dimension */
#define BUFFER_BYTES 65536

/* Reads the header front to back. `left` never grows, so that every count can be
 * compared with what the rest of the file could hold before anything is allocated. */
typedef struct {
  EngineGguf  *gguf;
  EngineError *error;
  uint64_t     left;        /* bytes not yet taken */
  uint64_t     read_offset; /* of the byte after the buffer */
  size_t       begin, end;  /* what the buffer holds */
  char        *buffer;
} Reader;

static const struct { EngineGgufType type; uint8_t bytes; } scalar_types[] = {
  { ENGINE_GGUF_U8, 1 }, { ENGINE_GGUF_I8, 1 }, { ENGINE_GGUF_U16, 2 }, { ENGINE_GGUF_I16, 2 }, { ENGINE_GGUF_U32, 4 }, { ENGINE_GGUF_I32, 4 },
  { ENGINE_GGUF_F32, 4 }, { ENGINE_GGUF_BOOL, 1 }, { ENGINE_GGUF_U64, 8 }, { ENGINE_GGUF_I64, 8 }, { ENGINE_GGUF_F64, 8 },
};

size_t
engine_gguf_scalar_bytes (uint32_t type)
{
  for (size_t i = 0; i < ENGINE_LENGTH (scalar_types); i++)
    if (scalar_types[i].type == type)
      return scalar_types[i].bytes;
  return 0;
}

/* ---- messages --------------------------------------------------------------- */

const char *
engine_gguf_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash && slash[1] ? slash + 1 : path;
}

static const char *
base_name (const EngineGguf *gguf)
{
  return engine_gguf_base_name (gguf->path);
}

/* A name from the file, fit to stand in a message. */
typedef struct { char text[ENGINE_MAX_NAME + 4]; } Shown;

static Shown
shown (const char *name)
{
  Shown out;
  size_t n = 0;

  for (; name[n] && n < ENGINE_MAX_NAME; n++)
    out.text[n] = name[n] >= ' ' && name[n] <= '~' ? name[n] : '?';
  strcpy (out.text + n, name[n] ? "..." : "");
  return out;
}

static bool broken (const Reader *reader, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

static bool
broken (const Reader *reader, const char *format, ...)
{
  char what[300];
  va_list args;

  va_start (args, format);
  vsnprintf (what, sizeof what, engine_translate (format), args);
  va_end (args);
  return engine_fail (reader->error, ENGINE_BAD_FILE, "The model file \"%.120s\" is damaged: %s; fetch it again.", base_name (reader->gguf), what);
}

/* ---- bytes ------------------------------------------------------------------ */

bool
engine_gguf_is_the_same (const EngineGguf *gguf, EngineError *error)
{
  const struct stat *then = &gguf->identity;
  struct stat now, named;
  bool same;

  if (fstat (gguf->fd, &now) != 0)
    return engine_fail (error, ENGINE_IO, "The model file \"%.120s\" cannot be examined: %s.", base_name (gguf), strerror (errno));
  same = now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
  /* Another file under the same name; one that was merely deleted can still be read. */
  if (stat (gguf->path, &named) == 0)
    same = same && named.st_ino == then->st_ino && named.st_dev == then->st_dev;
  if (!same)
    return engine_fail (error, ENGINE_BAD_FILE, "The model file \"%.120s\" was changed while it was read (%lld bytes then, %lld bytes now); load it again.",
                        base_name (gguf), (long long) then->st_size, (long long) now.st_size);
  return true;
}

bool
engine_gguf_read_at (const EngineGguf *gguf, uint64_t offset, void *out, size_t n, EngineError *error)
{
  char *to = out;

  while (n > 0) {
    ssize_t got = pread (gguf->fd, to, ENGINE_MIN (n, (size_t) 1 << 30), (off_t) offset);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return engine_fail (error, ENGINE_IO, "The model file \"%.120s\" cannot be read: %s.", base_name (gguf), strerror (errno));
    if (got == 0)
      return engine_fail (error, ENGINE_BAD_FILE, "The model file \"%.120s\" became shorter while it was read; load it again.", base_name (gguf));
    to += got;
    offset += (uint64_t) got;
    n -= (size_t) got;
  }
  return true;
}

const EngineGguf *
engine_gguf_part_of (const EngineGguf *gguf, const EngineTensor *tensor, size_t offset, size_t n, EngineError *error)
{
  size_t end;

  if (engine_sum (offset, n, &end) && end <= tensor->bytes)
    return tensor->part > 0 ? gguf->more[tensor->part - 1] : gguf;
  engine_fail (error, ENGINE_INTERNAL, "A read beyond the end of the tensor %s.", shown (tensor->name).text);
  return NULL;
}

bool
engine_gguf_read (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  const EngineGguf *gguf = engine_gguf_part_of (user, tensor, offset, n, error);

  return gguf && engine_gguf_read_at (gguf, tensor->offset + offset, out, n, error) && engine_gguf_is_the_same (gguf, error);
}

static bool
take (Reader *reader, void *out, size_t n)
{
  char *to = out;

  if (n > reader->left)
    return broken (reader, "its header ends too early, after %llu bytes", (unsigned long long) reader->gguf->size);
  reader->left -= n;
  while (n > 0) {
    size_t part = ENGINE_MIN (n, reader->end - reader->begin);

    memcpy (to, reader->buffer + reader->begin, part);
    reader->begin += part;
    to += part;
    n -= part;
    if (n >= BUFFER_BYTES) {
      size_t whole = n / BUFFER_BYTES * BUFFER_BYTES;

      if (!engine_gguf_read_at (reader->gguf, reader->read_offset, to, whole, reader->error))
        return false;
      reader->read_offset += whole;
      to += whole;
      n -= whole;
    } else if (n > 0) {
      size_t fill = ENGINE_MIN (BUFFER_BYTES, reader->gguf->size - reader->read_offset);

      if (!engine_gguf_read_at (reader->gguf, reader->read_offset, reader->buffer, fill, reader->error))
        return false;
      reader->read_offset += fill;
      reader->begin = 0;
      reader->end = fill;
    }
  }
  return true;
}

static bool
take_u32 (Reader *reader, uint32_t *value)
{
  return take (reader, value, sizeof *value);
}

static bool
take_u64 (Reader *reader, uint64_t *value)
{
  return take (reader, value, sizeof *value);
}

/* ---- keys ------------------------------------------------------------------- */

static bool
take_strings (Reader *reader, size_t n, EngineGgufArray *array)
{
  size_t used = 0, capacity = 0;

  if (n > reader->left / 8)
    return broken (reader, "an array of %zu strings does not fit into it", n);
  array->starts = engine_calloc (n + 1, sizeof *array->starts, reader->error);
  if (!array->starts)
    return false;
  for (size_t i = 0; i < n; i++) {
    uint64_t length;

    if (!take_u64 (reader, &length))
      return false;
    if (length > reader->left)
      return broken (reader, "a string of %llu bytes does not fit into it", (unsigned long long) length);
    if (length + 1 > capacity - used) {
      size_t wanted = ENGINE_MAX (capacity * 2, used + length + 1);
      char *larger = realloc (array->bytes, wanted);

      if (!larger)
        return engine_fail (reader->error, ENGINE_NO_MEMORY, "There is no memory for another %zu bytes.", wanted);
      array->bytes = larger;
      capacity = wanted;
    }
    if (!take (reader, array->bytes + used, length))
      return false;
    used += length;
    array->bytes[used++] = '\0';
    array->starts[i + 1] = used;
    array->n = i + 1;
  }
  return true;
}

static bool
take_array (Reader *reader, EngineGgufKey *key)
{
  uint32_t type;
  uint64_t n;
  size_t bytes;

  if (!take_u32 (reader, &type) || !take_u64 (reader, &n))
    return false;
  if (n > SIZE_MAX / 2)
    return broken (reader, "the key %s has %llu elements", shown (key->name).text, (unsigned long long) n);
  key->array.type = type;
  if (type == ENGINE_GGUF_STRING)
    return take_strings (reader, n, &key->array);
  if (!engine_gguf_scalar_bytes (type))
    return broken (reader, "the key %s is an array of the unknown type %u", shown (key->name).text, type);
  if (!engine_mul (n, engine_gguf_scalar_bytes (type), &bytes) || bytes > reader->left)
    return broken (reader, "the %llu elements of the key %s do not fit into it", (unsigned long long) n, shown (key->name).text);
  key->array.bytes = engine_calloc (bytes, 1, reader->error);
  key->array.n = n;
  return key->array.bytes && take (reader, key->array.bytes, bytes);
}

static bool
take_key (Reader *reader, EngineGgufKey *key)
{
  uint64_t length;
  uint32_t type;

  if (!take_u64 (reader, &length))
    return false;
  if (length == 0 || length > MAX_KEY_BYTES || length > reader->left)
    return broken (reader, "a key's name has %llu bytes", (unsigned long long) length);
  key->name = engine_calloc (length + 1, 1, reader->error);
  if (!key->name || !take (reader, key->name, length) || !take_u32 (reader, &type))
    return false;
  if (strlen (key->name) != length)
    return broken (reader, "the name of the key %s holds a zero byte", shown (key->name).text);
  key->type = type;
  if (type == ENGINE_GGUF_STRING) {
    key->array.type = ENGINE_GGUF_STRING;
    return take_strings (reader, 1, &key->array);
  }
  if (type == ENGINE_GGUF_ARRAY)
    return take_array (reader, key);
  if (!engine_gguf_scalar_bytes (type))
    return broken (reader, "the key %s has the unknown type %u", shown (key->name).text, type);
  if (!take (reader, key->scalar, engine_gguf_scalar_bytes (type)))
    return false;
  if (type == ENGINE_GGUF_BOOL && (uint8_t) key->scalar[0] > 1)
    return broken (reader, "the key %s is neither true nor false", shown (key->name).text);
  return true;
}

/* ---- tensors ---------------------------------------------------------------- */

/* Types that exist, but not here: people know a file by these names. */
static const struct { uint32_t id; const char *name; } foreign_types[] = {
  { 15, "Q8_K" }, { 24, "I8" }, { 25, "I16" }, { 26, "I32" }, { 27, "I64" }, { 28, "F64" }, { 41, "Q1_0" }, { 42, "Q2_0" },
};

static bool
unsupported_type (const Reader *reader, const EngineTensor *tensor, uint32_t id)
{
  char known[320] = "", number[32];
  const char *name = number;

  snprintf (number, sizeof number, "type number %u", id);
  for (size_t i = 0; i < ENGINE_LENGTH (foreign_types); i++)
    if (foreign_types[i].id == id)
      name = foreign_types[i].name;
  for (size_t i = 0, n = 0; i < ENGINE_N_TYPES && n < sizeof known; i++)
    n += (size_t) snprintf (known + n, sizeof known - n, "%s%s", i ? ", " : "", engine_types[i].name);
  return engine_fail (reader->error, ENGINE_UNSUPPORTED, "The model file \"%.120s\" is stored as %s (tensor %s), which this version cannot read; fetch one that is stored as %s.",
                      base_name (reader->gguf), name, shown (tensor->name).text, known);
}

/* Its offset still counts from the beginning of the data. */
static bool
take_tensor (Reader *reader, EngineTensor *tensor)
{
  uint64_t length, n_elements = 1;
  uint32_t n_dims, type;
  EngineType known;
  const char *name = tensor->name;

  if (!take_u64 (reader, &length))
    return false;
  if (length == 0 || length > ENGINE_MAX_NAME)
    return broken (reader, "a tensor's name has %llu bytes", (unsigned long long) length);
  if (!take (reader, tensor->name, length) || !take_u32 (reader, &n_dims))
    return false;
  if (strlen (name) != length)
    return broken (reader, "the name of the tensor %s holds a zero byte", shown (name).text);
  if (n_dims < 1 || n_dims > ENGINE_MAX_DIMS)
    return broken (reader, "the tensor %s has %u dimensions", shown (name).text, n_dims);
  tensor->n_dims = (int32_t) n_dims;
  for (uint32_t i = 0; i < ENGINE_MAX_DIMS; i++) {
    uint64_t ne = 1;

    if (i < n_dims && !take_u64 (reader, &ne))
      return false;
    if (ne == 0 || ne > INT64_MAX || __builtin_mul_overflow (n_elements, ne, &n_elements) || n_elements > INT64_MAX)
      return broken (reader, "dimension %u of the tensor %s is %llu", i, shown (name).text, (unsigned long long) ne);
    tensor->ne[i] = (int64_t) ne;
  }
  if (!take_u32 (reader, &type) || !take_u64 (reader, &tensor->offset))
    return false;
  if (!engine_type_from_gguf (type, &known))
    return unsupported_type (reader, tensor, type);
  tensor->type = known;
  if (tensor->ne[0] % engine_types[known].block_elements)
    return broken (reader, "a row of the tensor %s has %lld elements, no whole number of %s blocks", shown (name).text, (long long) tensor->ne[0], engine_types[known].name);
  if (!engine_type_bytes (known, n_elements, &tensor->bytes))
    return broken (reader, "the tensor %s is larger than memory can be", shown (name).text);
  return true;
}

/* Turns offsets into positions in the file and checks that the data lie within it. */
static bool
place_tensors (Reader *reader, uint64_t alignment)
{
  EngineGguf *gguf = reader->gguf;
  uint64_t header = gguf->size - reader->left;
  uint64_t data = (header + alignment - 1) & ~(alignment - 1);

  for (size_t i = 0; i < gguf->n_tensors; i++) {
    EngineTensor *tensor = &gguf->tensors[i];
    uint64_t end;

    if (tensor->offset % alignment)
      return broken (reader, "the tensor %s begins at %llu, no multiple of the alignment %llu",
                     shown (tensor->name).text, (unsigned long long) tensor->offset, (unsigned long long) alignment);
    if (__builtin_add_overflow (tensor->offset, data, &tensor->offset) || __builtin_add_overflow (tensor->offset, tensor->bytes, &end) || end > gguf->size)
      return broken (reader, "the tensor %s ends beyond the end of the file, which has %llu bytes (a download that stopped early?)",
                     shown (tensor->name).text, (unsigned long long) gguf->size);
  }
  return true;
}

/* ---- order ------------------------------------------------------------------ */

static int
compare_keys (const void *a, const void *b, void *user)
{
  const EngineGguf *gguf = user;

  return strcmp (gguf->keys[*(const uint32_t *) a].name, gguf->keys[*(const uint32_t *) b].name);
}

int
engine_gguf_compare_tensors (const void *a, const void *b, void *user)
{
  const EngineGguf *gguf = user;

  return strcmp (gguf->tensors[*(const uint32_t *) a].name, gguf->tensors[*(const uint32_t *) b].name);
}

typedef int (*Compare) (const void *a, const void *b, void *user);

/* The sorted index of `n` entries. NULL on error: no memory, or a name that is there twice,
 * whose index is then in *twice. */
static uint32_t *
sort_names (Reader *reader, size_t n, Compare compare, size_t *twice)
{
  uint32_t *order = engine_calloc (n, sizeof *order, reader->error);

  *twice = SIZE_MAX;
  for (size_t i = 0; order && i < n; i++)
    order[i] = (uint32_t) i;
  if (order)
    qsort_r (order, n, sizeof *order, compare, reader->gguf);
  for (size_t i = 1; order && i < n; i++)
    if (compare (&order[i - 1], &order[i], reader->gguf) == 0) {
      *twice = order[i];
      free (order);
      return NULL;
    }
  return order;
}

/* ---- opening ---------------------------------------------------------------- */

static bool
take_alignment (Reader *reader, uint64_t *alignment)
{
  const EngineGguf *gguf = reader->gguf;

  *alignment = DEFAULT_ALIGNMENT;
  if (!engine_gguf_type (gguf, "general.alignment", NULL, NULL))
    return true;
  if (!engine_gguf_uint (gguf, "general.alignment", alignment))
    return broken (reader, "its alignment is no number");
  if (*alignment < 8 || *alignment > MAX_ALIGNMENT || (*alignment & (*alignment - 1)))
    return broken (reader, "its alignment is %llu, no power of two from 8 to %u", (unsigned long long) *alignment, MAX_ALIGNMENT);
  return true;
}

static bool
take_header (Reader *reader)
{
  EngineGguf *gguf = reader->gguf;
  char magic[4];
  uint32_t version;
  uint64_t n_tensors, n_keys, alignment;
  size_t twice;

  if (gguf->size < 24)
    return engine_fail (reader->error, ENGINE_BAD_FILE, "The file \"%.120s\" is no GGUF model: it has only %llu bytes.", base_name (gguf), (unsigned long long) gguf->size);
  if (!take (reader, magic, sizeof magic) || !take_u32 (reader, &version) || !take_u64 (reader, &n_tensors) || !take_u64 (reader, &n_keys))
    return false;
  if (memcmp (magic, MAGIC, sizeof magic) != 0)
    return engine_fail (reader->error, ENGINE_BAD_FILE, "The file \"%.120s\" is no GGUF model: it does not begin with \"GGUF\".", base_name (gguf));
  if (version == __builtin_bswap32 (2) || version == __builtin_bswap32 (3))
    return engine_fail (reader->error, ENGINE_UNSUPPORTED, "The model file \"%.120s\" is big-endian; fetch the little-endian one.", base_name (gguf));
  if (version != 2 && version != 3)
    return engine_fail (reader->error, ENGINE_UNSUPPORTED, "The model file \"%.120s\" has the GGUF version %u; this version of Melete reads 2 and 3.", base_name (gguf), version);
  if (n_keys > reader->left / MIN_KEY_BYTES || n_keys > UINT32_MAX)
    return broken (reader, "%llu keys do not fit into it", (unsigned long long) n_keys);
  if (n_tensors > reader->left / MIN_TENSOR_BYTES || n_tensors > UINT32_MAX)
    return broken (reader, "%llu tensors do not fit into it", (unsigned long long) n_tensors);

  gguf->keys = engine_calloc (n_keys, sizeof *gguf->keys, reader->error);
  for (size_t i = 0; gguf->keys && i < n_keys; i++) {
    gguf->n_keys = i + 1;
    if (!take_key (reader, &gguf->keys[i]))
      return false;
  }
  gguf->key_order = gguf->keys ? sort_names (reader, n_keys, compare_keys, &twice) : NULL;
  if (!gguf->key_order)
    return gguf->keys && twice != SIZE_MAX && broken (reader, "the key %s is there twice", shown (gguf->keys[twice].name).text);

  gguf->tensors = engine_calloc (n_tensors, sizeof *gguf->tensors, reader->error);
  for (size_t i = 0; gguf->tensors && i < n_tensors; i++) {
    gguf->n_tensors = i + 1;
    if (!take_tensor (reader, &gguf->tensors[i]))
      return false;
  }
  gguf->tensor_order = gguf->tensors ? sort_names (reader, n_tensors, engine_gguf_compare_tensors, &twice) : NULL;
  if (!gguf->tensor_order)
    return gguf->tensors && twice != SIZE_MAX && broken (reader, "the tensor %s is there twice", shown (gguf->tensors[twice].name).text);

  return take_alignment (reader, &alignment) && place_tensors (reader, alignment);
}

/* A pipe or a device would block or never end; O_NONBLOCK keeps the open itself from waiting. */
static bool
open_regular (EngineGguf *gguf, EngineError *error)
{
  gguf->fd = open (gguf->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (gguf->fd < 0 || fstat (gguf->fd, &gguf->identity) != 0)
    return engine_fail (error, ENGINE_IO, "The model file \"%.300s\" cannot be opened: %s.", gguf->path, strerror (errno));
  if (!S_ISREG (gguf->identity.st_mode))
    return engine_fail (error, ENGINE_IO, "\"%.300s\" is no file, so it cannot be a model.", gguf->path);
  gguf->size = (uint64_t) gguf->identity.st_size;
  return true;
}

EngineGguf *
engine_gguf_open_file (const char *path, EngineError *error)
{
  EngineGguf *gguf = engine_calloc (1, sizeof *gguf, error);
  Reader reader = { .gguf = gguf, .error = error };
  bool ok = false;

  if (!gguf)
    return NULL;
  gguf->fd = gguf->past_fd = -1;
  gguf->path = strdup (path);
  reader.buffer = malloc (BUFFER_BYTES);
  if (!gguf->path || !reader.buffer)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to open a model file.");
  else if (open_regular (gguf, error)) {
    reader.left = gguf->size;
    ok = take_header (&reader);
  }
  free (reader.buffer);
  if (ok)
    return gguf;
  engine_gguf_free (gguf);
  return NULL;
}

void
engine_gguf_free (EngineGguf *gguf)
{
  if (!gguf)
    return;
  for (size_t i = 0; i < gguf->n_keys; i++) {
    free (gguf->keys[i].name);
    free (gguf->keys[i].array.bytes);
    free (gguf->keys[i].array.starts);
  }
  for (unsigned i = 0; i < gguf->n_more; i++)
    engine_gguf_free (gguf->more[i]);
  free (gguf->more);
  free (gguf->keys);
  free (gguf->key_order);
  free (gguf->tensors);
  free (gguf->tensor_order);
  if (gguf->fd >= 0)
    close (gguf->fd);
  if (gguf->past_fd >= 0)
    close (gguf->past_fd);
  free (gguf->path);
  free (gguf);
}
