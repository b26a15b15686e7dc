/* SPDX-License-Identifier: MIT */
/* Models in several files, as llama.cpp's gguf-split writes them: NAME-00001-of-00003.gguf and so on, each a whole GGUF file
 * with the keys split.no (from 0), split.count and split.tensors.count. The first has all other keys.
 *
 * The parts are opened as files of their own; the first then gets the tensors of all, each with the number of its part. */
#include "gguf-private.h"

#include <stdio.h>
#include <string.h>

#define MAX_PARTS 1000
#define ENDING_BYTES 20 /* "-00001-of-00003.gguf" */

typedef struct { char text[ENDING_BYTES + 1]; } Ending;

static Ending
ending_of (unsigned part, unsigned n_parts)
{
  Ending ending;

  snprintf (ending.text, sizeof ending.text, "-%05u-of-%05u.gguf", part % 100000, n_parts % 100000);
  return ending;
}

/* The path of another part; malloc'd. */
static char *
path_of_part (const char *path, unsigned from, unsigned to, unsigned n_parts, EngineError *error)
{
  Ending is = ending_of (from + 1, n_parts), wanted = ending_of (to + 1, n_parts);
  size_t n = strlen (path);
  char *other;

  if (n <= ENDING_BYTES || strcmp (path + n - ENDING_BYTES, is.text) != 0) {
    engine_fail (error, ENGINE_BAD_FILE, "The file \"%.120s\" is part %u of %u of a model, but its name does not end in %s; give all parts their names back.",
                 engine_gguf_base_name (path), from + 1, n_parts, is.text);
    return NULL;
  }
  other = strdup (path);
  if (other)
    memcpy (other + n - ENDING_BYTES, wanted.text, ENDING_BYTES);
  else
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to open a model file.");
  return other;
}

/* `*n_parts` 1: the file is whole. */
static bool
read_numbers (const EngineGguf *gguf, unsigned *part, unsigned *n_parts, EngineError *error)
{
  uint64_t no = 0, count = 1;

  engine_gguf_uint (gguf, "split.no", &no);
  engine_gguf_uint (gguf, "split.count", &count);
  if (count <= 1)
    no = 0;
  if (count > MAX_PARTS || (count > 1 && no >= count))
    return engine_fail (error, ENGINE_BAD_FILE, "The model file \"%.120s\" is damaged: it says that it is part %llu of %llu; fetch it again.",
                        engine_gguf_base_name (gguf->path), (unsigned long long) no + 1, (unsigned long long) count);
  *part = (unsigned) no;
  *n_parts = (unsigned) ENGINE_MAX (count, 1);
  return true;
}

static bool
open_part (EngineGguf *first, unsigned number, unsigned n_parts, EngineError *error)
{
  char *path = path_of_part (first->path, 0, number, n_parts, error);
  EngineError why = { 0 };
  EngineGguf *part;
  unsigned is, of;
  bool ok;

  if (!path)
    return false;
  part = engine_gguf_open_file (path, &why);
  if (!part)
    ok = engine_fail (error, why.code, "The model has %u parts, and part %u cannot be used: %.380s", n_parts, number + 1, why.message);
  else
    ok = read_numbers (part, &is, &of, error) &&
         ((is == number && of == n_parts) ||
          engine_fail (error, ENGINE_BAD_FILE, "The file \"%.120s\" should be part %u of %u of a model, but says that it is part %u of %u; fetch all parts again.", engine_gguf_base_name (path), number + 1, n_parts, is + 1, of));
  free (path);
  if (ok)
    first->more[first->n_more++] = part;
  else
    engine_gguf_free (part);
  return ok;
}

static bool
join_tensors (EngineGguf *first, EngineError *error)
{
  uint64_t n_said = 0;
  size_t n = first->n_tensors;
  EngineTensor *tensors;
  uint32_t *order;

  for (unsigned i = 0; i < first->n_more; i++)
    n += first->more[i]->n_tensors;
  if (engine_gguf_uint (first, "split.tensors.count", &n_said) && n_said != n)
    return engine_fail (error, ENGINE_BAD_FILE, "The parts of the model \"%.120s\" have %zu tensors together, but should have %llu; fetch all parts again.", engine_gguf_base_name (first->path), n, (unsigned long long) n_said);
  tensors = engine_calloc (n, sizeof *tensors, error);
  order = engine_calloc (n, sizeof *order, error);
  if (!tensors || !order || n > UINT32_MAX) {
    free (tensors);
    free (order);
    return false;
  }
  if (first->n_tensors)
    memcpy (tensors, first->tensors, first->n_tensors * sizeof *tensors);
  n = first->n_tensors;
  for (unsigned i = 0; i < first->n_more; i++)
    for (size_t k = 0; k < first->more[i]->n_tensors; k++) {
      tensors[n] = first->more[i]->tensors[k];
      tensors[n++].part = (int32_t) i + 1;
    }
  free (first->tensors);
  free (first->tensor_order);
  first->tensors = tensors;
  first->tensor_order = order;
  first->n_tensors = n;
  for (size_t i = 0; i < n; i++)
    order[i] = (uint32_t) i;
  qsort_r (order, n, sizeof *order, engine_gguf_compare_tensors, first);
  for (size_t i = 1; i < n; i++)
    if (engine_gguf_compare_tensors (&order[i - 1], &order[i], first) == 0)
      return engine_fail (error, ENGINE_BAD_FILE, "Two parts of the model \"%.120s\" have the same tensor; fetch all parts again.", engine_gguf_base_name (first->path));
  return true;
}

static bool
open_others (EngineGguf *first, unsigned n_parts, EngineError *error)
{
  first->more = engine_calloc (n_parts, sizeof *first->more, error);
  if (!first->more)
    return false;
  for (unsigned i = 1; i < n_parts; i++)
    if (!open_part (first, i, n_parts, error))
      return false;
  return join_tensors (first, error);
}

/* Any part stands for the model: the first is looked for. */
static EngineGguf *
open_first (EngineGguf *gguf, unsigned part, unsigned n_parts, EngineError *error)
{
  char *path = path_of_part (gguf->path, part, 0, n_parts, error);
  EngineGguf *first = path ? engine_gguf_open_file (path, error) : NULL;
  unsigned is = 0, of = 0;

  if (first && read_numbers (first, &is, &of, error) && (is != 0 || of != n_parts))
    engine_fail (error, ENGINE_BAD_FILE, "The file \"%.120s\" should be part 1 of %u of a model, but says that it is part %u of %u; fetch all parts again.", engine_gguf_base_name (path), n_parts, is + 1, of);
  if (first && (is != 0 || of != n_parts)) {
    engine_gguf_free (first);
    first = NULL;
  }
  free (path);
  engine_gguf_free (gguf);
  return first;
}

EngineGguf *
engine_gguf_open (const char *path, EngineError *error)
{
  EngineGguf *gguf = engine_gguf_open_file (path, error);
  unsigned part, n_parts;

  if (!gguf || !read_numbers (gguf, &part, &n_parts, error)) {
    engine_gguf_free (gguf);
    return NULL;
  }
  if (part > 0)
    gguf = open_first (gguf, part, n_parts, error);
  if (gguf && n_parts > 1 && !open_others (gguf, n_parts, error)) {
    engine_gguf_free (gguf);
    return NULL;
  }
  return gguf;
}
