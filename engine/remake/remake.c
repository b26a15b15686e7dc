/* SPDX-License-Identifier: MIT */
#include "remake.h"
#include "cpu/pool.h"
#include "gguf-private.h"
#include "importance.h"
#include "writer.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

#define STRETCH_NUMBERS ((int64_t) 2 << 20) /* of a tensor at once */
#define ITEM_NUMBERS 16384                  /* for one thread at once */
#define HALF_MOST 65504.0f

typedef struct {
  EngineGguf                *gguf;
  EngineImportance          *importance;
  EngineWriter              *writer;
  EngineCpuPool             *pool;
  const EngineRemakeOptions *options;
  EngineRemakeResult        *result;
  EngineType                *types; /* [n_tensors] that they get */
  uint64_t                   n_done, n_all;
} Remake;

static bool
is_lossy (EngineType type)
{
  return engine_types[type].block_elements > 1 && type != ENGINE_TYPE_Q8_0;
}

/* ---- what becomes what ----------------------------------------------------------------- */

static bool
plan (Remake *r, EngineError *error)
{
  const EngineRemakeOptions *o = r->options;
  size_t n = engine_gguf_n_tensors (r->gguf);
  uint64_t used = 0; /* of the choices */
  EngineMixModel model;

  engine_mix_look (r->gguf, o->importance != NULL, &model);
  r->types = engine_calloc (ENGINE_MAX (n, 1), sizeof *r->types, error);
  if (!r->types)
    return false;
  for (size_t i = 0; i < n; i++) {
    const EngineTensor *tensor = engine_gguf_tensor (r->gguf, i);
    EngineType wanted = tensor->type;

    r->n_all += tensor->bytes;
    r->result->n_numbers += (uint64_t) (tensor->ne[0] * engine_tensor_rows (tensor));
    if (engine_mix_takes (tensor)) {
      wanted = engine_mix_type (o->mix, r->gguf, &model, tensor);
      for (int k = o->n_choices - 1; k >= 0; k--)
        if (fnmatch (o->choices[k].pattern, tensor->name, 0) == 0) {
          wanted = o->choices[k].type;
          used |= (uint64_t) 1 << k % 64;
        }
    }
    r->types[i] = engine_mix_fitting (wanted, tensor->ne[0]);
    r->result->n_unfit += r->types[i] != wanted;
    r->result->n_encoded += r->types[i] != tensor->type;
    r->result->n_again += r->types[i] != tensor->type && is_lossy (tensor->type);
  }
  for (int k = 0; k < ENGINE_MIN (o->n_choices, 64); k++)
    if (!(used >> k & 1))
      return engine_fail (error, ENGINE_BAD_INPUT, "No tensor that can be encoded fits \"%.120s\"; melete-engine quantize takes patterns as blk.0.* or *ffn_down*.", o->choices[k].pattern);
  r->result->n_tensors = (int64_t) n;
  r->result->bytes_before = r->n_all;
  return true;
}

static void
write_keys (Remake *r)
{
  /* Said anew, or of no use in one file. */
  static const char *const ours[] = { "general.file_type", "general.quantization_version", "general.alignment", "split.no", "split.count", "split.tensors.count" };

  for (size_t i = 0; i < engine_gguf_n_keys (r->gguf); i++) {
    const char *key = engine_gguf_key (r->gguf, i);
    bool copied = strncmp (key, "quantize.imatrix.", 17) != 0;

    for (size_t k = 0; k < ENGINE_LENGTH (ours); k++)
      copied = copied && strcmp (key, ours[k]) != 0;
    if (copied)
      engine_writer_copy_key (r->writer, r->gguf, i);
  }
  engine_writer_uint (r->writer, "general.file_type", r->options->mix->file_type);
  engine_writer_uint (r->writer, "general.quantization_version", 2);
  if (r->importance) {
    engine_writer_string (r->writer, "quantize.imatrix.file", engine_gguf_base_name (r->options->importance));
    engine_writer_uint (r->writer, "quantize.imatrix.entries_count", (uint32_t) engine_importance_n (r->importance));
    engine_writer_uint (r->writer, "quantize.imatrix.chunks_count", engine_importance_chunks (r->importance));
  }
}

/* ---- one tensor ------------------------------------------------------------------------ */

typedef struct {
  const EngineTensor *tensor;
  EngineType          type;
  const float        *means;       /* NULL: none */
  int64_t             first, n, rows_each; /* rows of the stretch, and of an item */
  size_t              from_bytes, to_bytes; /* of a row */
  const uint8_t      *from;
  uint8_t            *to;
  float              *numbers;     /* [ne0 · n] */
  atomic_bool         no_number, too_large;
} Stretch;

static void
encode_rows (void *data, int64_t item, int thread)
{
  Stretch *s = data;
  int64_t width = s->tensor->ne[0], begin = item * s->rows_each, end = ENGINE_MIN (begin + s->rows_each, s->n);
  float *numbers = s->numbers + begin * width, most = 0.0f, sum = 0.0f;

  engine_type_to_float (s->tensor->type, s->from + (size_t) begin * s->from_bytes, numbers, (size_t) ((end - begin) * width));
  for (int64_t i = 0; i < (end - begin) * width; i++) {
    most = fabsf (numbers[i]) > most ? fabsf (numbers[i]) : most;
    sum += numbers[i] * 0.0f; /* NaN from what is no finite number */
  }
  if (!(sum == 0.0f)) {
    atomic_store (&s->no_number, true);
    return;
  }
  if (most > HALF_MOST && s->type != ENGINE_TYPE_F32 && s->type != ENGINE_TYPE_BF16) {
    atomic_store (&s->too_large, true);
    return;
  }
  for (int64_t row = begin; row < end; row++)
    engine_type_encode (s->type, s->numbers + row * width, s->means ? s->means + (s->first + row) / s->tensor->ne[1] * width : NULL, s->to + (size_t) row * s->to_bytes, (size_t) width);
}

static bool
step_done (Remake *r, size_t bytes, EngineError *error)
{
  const EngineRemakeOptions *o = r->options;

  r->n_done += bytes;
  if (o->progress)
    o->progress (o->user, r->n_all ? (double) r->n_done / (double) r->n_all : 1.0);
  return !o->cancel || !atomic_load (o->cancel) || engine_fail (error, ENGINE_CANCELLED, "The work was interrupted; nothing was written.");
}

static bool
encode_stretch (Remake *r, Stretch *s, EngineError *error)
{
  size_t bytes = (size_t) s->n * s->from_bytes;

  if (!engine_gguf_read (r->gguf, s->tensor, (size_t) s->first * s->from_bytes, (void *) s->from, bytes, error))
    return false;
  engine_cpu_pool_run (r->pool, (s->n + s->rows_each - 1) / s->rows_each, encode_rows, s);
  if (atomic_load (&s->no_number))
    return engine_fail (error, ENGINE_BAD_FILE, "The tensor %s has entries that are no finite numbers; the file is damaged or its training failed, so nothing was written.", s->tensor->name);
  if (atomic_load (&s->too_large))
    return engine_fail (error, ENGINE_UNSUPPORTED, "The tensor %s has numbers beyond 65,504, which %s does not hold; keep it with --keep %s=BF16.", s->tensor->name, engine_types[s->type].name, s->tensor->name);
  return engine_writer_append (r->writer, s->to, (size_t) s->n * s->to_bytes, error) && step_done (r, bytes, error);
}

static bool
encode_tensor (Remake *r, const EngineTensor *tensor, EngineType type, EngineError *error)
{
  int64_t n_rows = engine_tensor_rows (tensor), at_once = ENGINE_MIN (ENGINE_MAX (STRETCH_NUMBERS / tensor->ne[0], 1), n_rows);
  Stretch s = { .tensor = tensor, .type = type, .rows_each = ENGINE_MAX (ITEM_NUMBERS / tensor->ne[0], 1), .from_bytes = tensor->bytes / (size_t) n_rows };
  float *means = NULL;
  bool ok = engine_type_bytes (type, (uint64_t) tensor->ne[0], &s.to_bytes) && (!r->importance || engine_importance_read (r->importance, tensor, &means, error));

  if (ok) {
    s.means = means;
    r->result->n_without += r->importance && !means;
    s.from = engine_calloc ((size_t) at_once, s.from_bytes, error);
    s.to = engine_calloc ((size_t) at_once, s.to_bytes, error);
    s.numbers = engine_calloc ((size_t) (at_once * tensor->ne[0]), sizeof *s.numbers, error);
    ok = s.from && s.to && s.numbers;
  }
  for (; ok && s.first < n_rows; s.first += s.n) {
    s.n = ENGINE_MIN (at_once, n_rows - s.first);
    ok = encode_stretch (r, &s, error);
  }
  free ((void *) s.from);
  free (s.to);
  free (s.numbers);
  free (means);
  return ok;
}

static bool
copy_tensor (Remake *r, const EngineTensor *tensor, EngineError *error)
{
  size_t at_once = ENGINE_MIN (tensor->bytes, (size_t) 4 << 20), n;
  void *bytes = engine_calloc (at_once, 1, error);
  bool ok = bytes != NULL;

  for (size_t at = 0; ok && at < tensor->bytes; at += n) {
    n = ENGINE_MIN (at_once, tensor->bytes - at);
    ok = engine_gguf_read (r->gguf, tensor, at, bytes, n, error) && engine_writer_append (r->writer, bytes, n, error) && step_done (r, n, error);
  }
  free (bytes);
  return ok;
}

/* ---- all of them ----------------------------------------------------------------------- */

static bool
same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What is read must not be written over: it would be lost, and it may be all that there is. */
static bool
is_another (const Remake *r, const char *out, EngineError *error)
{
  struct stat there, importance;
  bool same;

  if (stat (out, &there) != 0)
    return true;
  same = same_file (&there, &r->gguf->identity);
  for (unsigned i = 0; i < r->gguf->n_more; i++)
    same = same || same_file (&there, &r->gguf->more[i]->identity);
  if (same)
    return engine_fail (error, ENGINE_BAD_INPUT, "\"%.300s\" is the model that is read; name another file for the new one.", out);
  if (r->options->importance && stat (r->options->importance, &importance) == 0 && same_file (&there, &importance))
    return engine_fail (error, ENGINE_BAD_INPUT, "\"%.300s\" is the file of importances; name another file for the new model.", out);
  return true;
}

static bool
write_tensors (Remake *r, EngineError *error)
{
  bool ok = true;

  for (size_t i = 0; i < engine_gguf_n_tensors (r->gguf); i++) {
    EngineTensor tensor = *engine_gguf_tensor (r->gguf, i);

    tensor.type = r->types[i];
    engine_writer_tensor (r->writer, &tensor);
  }
  ok = engine_writer_begin (r->writer, error);
  for (size_t i = 0; ok && i < engine_gguf_n_tensors (r->gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (r->gguf, i);

    ok = r->types[i] == tensor->type ? copy_tensor (r, tensor, error) : encode_tensor (r, tensor, r->types[i], error);
  }
  r->result->bytes = engine_writer_bytes (r->writer);
  return ok && engine_writer_commit (r->writer, error);
}

bool
engine_remake (const char *in, const char *out, const EngineRemakeOptions *options, EngineRemakeResult *result, EngineError *error)
{
  Remake r = { .options = options, .result = result };
  bool ok;

  *result = (EngineRemakeResult) { 0 };
  r.gguf = engine_gguf_open (in, error);
  ok = r.gguf != NULL && is_another (&r, out, error);
  if (ok && options->importance)
    ok = (r.importance = engine_importance_open (options->importance, error)) != NULL;
  ok = ok && plan (&r, error);
  if (ok && result->n_again)
    engine_log (ENGINE_LOG_WARNING, "%lld tensors of \"%.120s\" have lost some of their numbers before, and lose more; a file in F16, BF16 or Q8_0 gives a better one.",
                (long long) result->n_again, engine_gguf_base_name (in));
  ok = ok && (r.pool = engine_cpu_pool_new (options->n_threads, error)) != NULL && (r.writer = engine_writer_new (out, error)) != NULL;
  if (ok) {
    write_keys (&r);
    ok = write_tensors (&r, error);
  }
  engine_writer_free (r.writer);
  engine_cpu_pool_free (r.pool);
  engine_importance_free (r.importance);
  engine_gguf_free (r.gguf);
  free (r.types);
  return ok;
}
