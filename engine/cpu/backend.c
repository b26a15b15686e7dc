/* SPDX-License-Identifier: MIT */
/* The CPU backend: loads weights, keeps the cache, and walks over a graph's nodes. */
#include "cpu.h"
#include "expert-cache.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------- */

void *
engine_cpu_buffer_reserve (EngineCpuBuffer *buffer, size_t bytes, EngineError *error)
{
  if (buffer->data && buffer->bytes >= bytes)
    return buffer->data;
  engine_free_aligned (buffer->data, buffer->bytes);
  buffer->data = engine_alloc_aligned (bytes, error);
  buffer->bytes = buffer->data ? bytes : 0;
  return buffer->data;
}

static void
buffer_free (EngineCpuBuffer *buffer)
{
  engine_free_aligned (buffer->data, buffer->bytes);
}

/* ---- weights ------------------------------------------------------------- */

/* Rows are read in stretches of whole groups of about this size and repacked by all threads. */
#define STRETCH ((size_t) 4 << 20)

typedef struct {
  const EngineCpuWeight *weight;
  EngineType             file_type;
  const uint8_t         *rows;
  size_t                 row_bytes;
  int64_t                first_group, n_rows; /* of the stretch */
} Repack;

static void
repack_group (void *data, int64_t item, int thread)
{
  const Repack *r = data;
  int64_t row = item * ENGINE_CPU_ROWS;

  engine_cpu_pack_group (r->weight, r->file_type, r->rows + (size_t) row * r->row_bytes, r->row_bytes,
                         (int) ENGINE_MIN (ENGINE_CPU_ROWS, r->n_rows - row),
                         r->weight->data + (size_t) (r->first_group + item) * r->weight->group_bytes);
}

static bool
load_vector (const EngineTensor *tensor, EngineCpuWeight *weight, EngineReadFunc read, void *user, EngineError *error)
{
  void *file = engine_calloc (tensor->bytes, 1, error);
  bool ok = file && read (user, tensor, 0, file, tensor->bytes, error);

  if (ok)
    engine_type_to_float (tensor->type, file, (float *) weight->data, (size_t) weight->n_in);
  free (file);
  return ok;
}

static bool
load_matrix (EngineCpuBackend *backend, const EngineTensor *tensor, const EngineCpuWeight *weight, EngineReadFunc read, void *user, EngineError *error)
{
  size_t row_bytes = tensor->bytes / (size_t) weight->n_out;
  int64_t rows_at_once = (int64_t) ENGINE_MAX (STRETCH / ENGINE_MAX (row_bytes, 1) / ENGINE_CPU_ROWS, 1) * ENGINE_CPU_ROWS;
  uint8_t *file;
  bool ok = true;

  rows_at_once = ENGINE_MIN (rows_at_once, weight->n_out);
  file = engine_calloc ((size_t) rows_at_once, row_bytes, error);
  if (!file)
    return false;
  for (int64_t row = 0; ok && row < weight->n_out; row += rows_at_once) {
    int64_t n = ENGINE_MIN (rows_at_once, weight->n_out - row);
    Repack repack = { weight, tensor->type, file, row_bytes, row / ENGINE_CPU_ROWS, n };

    ok = read (user, tensor, (size_t) row * row_bytes, file, (size_t) n * row_bytes, error);
    if (ok)
      engine_cpu_pool_run (backend->pool, (n + ENGINE_CPU_ROWS - 1) / ENGINE_CPU_ROWS, repack_group, &repack);
  }
  free (file);
  return ok;
}

static size_t
weight_bytes (const EngineBackend *base, const EngineTensor *tensor)
{
  const EngineCpuBackend *backend = (const EngineCpuBackend *) base;
  EngineCpuWeight weight;

  if (backend->expert_cache && engine_cpu_expert_cache_find (backend->expert_cache, tensor))
    return 0;
  return engine_cpu_weight_layout (tensor, backend->keeping, &weight) ? weight.bytes : SIZE_MAX;
}

static bool
stream (EngineBackend *base, const EngineTensor *tensors, int32_t n_tensors, size_t bytes, EngineReadPastFunc read, void *user, EngineError *error)
{
  EngineCpuBackend *backend = (EngineCpuBackend *) base;

  if (backend->expert_cache)
    return engine_fail (error, ENGINE_INTERNAL, "The model's experts are read as they are chosen already.");
  backend->expert_cache = engine_cpu_expert_cache_new (tensors, n_tensors, backend->keeping, bytes, &backend->slabs, read, user, error);
  return backend->expert_cache != NULL;
}

static void
expert_stats (const EngineBackend *base, EngineExpertStats *stats)
{
  const EngineCpuBackend *backend = (const EngineCpuBackend *) base;

  *stats = (EngineExpertStats) { 0 };
  if (backend->expert_cache)
    engine_cpu_expert_cache_stats (backend->expert_cache, stats);
}

static void
weight_free (EngineBackend *base, EngineTensor *tensor)
{
  EngineCpuWeight *weight = tensor->backend_data;

  if (!weight)
    return;
  engine_cpu_slabs_free (&((EngineCpuBackend *) base)->slabs, weight->data);
  free (weight);
  tensor->backend_data = NULL;
}

static bool
weight_load (EngineBackend *base, EngineTensor *tensor, EngineReadFunc read, void *user, EngineError *error)
{
  EngineCpuBackend *backend = (EngineCpuBackend *) base;
  EngineCpuWeight *weight = engine_calloc (1, sizeof *weight, error);
  size_t file_bytes;

  if (!weight)
    return false;
  tensor->backend_data = weight;
  if (tensor->ne[0] < 1 || engine_tensor_rows (tensor) < 1 ||
      !engine_type_bytes (tensor->type, (uint64_t) tensor->ne[0], &file_bytes) ||
      !engine_mul (file_bytes, (size_t) engine_tensor_rows (tensor), &file_bytes) || file_bytes != tensor->bytes ||
      !engine_cpu_weight_layout (tensor, backend->keeping, weight)) {
    engine_fail (error, ENGINE_BAD_FILE, "The tensor “%s” has an impossible shape.", tensor->name);
    weight_free (base, tensor);
    return false;
  }
  weight->stream = backend->expert_cache ? engine_cpu_expert_cache_find (backend->expert_cache, tensor) : NULL;
  if (weight->stream)
    return true;
  weight->data = engine_cpu_slabs_alloc (&backend->slabs, weight->bytes, error);
  if (!weight->data ||
      !(weight->n_groups ? load_matrix (backend, tensor, weight, read, user, error) : load_vector (tensor, weight, read, user, error))) {
    weight_free (base, tensor);
    return false;
  }
  return true;
}

/* ---- cache --------------------------------------------------------------- */

static size_t
cache_page_bytes (const EngineBackend *base, const EngineCacheShape *shape, EngineCacheKind kind)
{
  return engine_cpu_cache_page_bytes (shape, ((const EngineCpuBackend *) base)->reference, kind);
}

static EngineCacheStore *
cache_new (EngineBackend *base, const EngineCacheShape *shape, EngineError *error)
{
  return engine_cpu_cache_new (shape, ((EngineCpuBackend *) base)->reference, error);
}

static void
cache_free (EngineBackend *base, EngineCacheStore *store)
{
  engine_cpu_cache_free (store);
}

/* Positions are interleaved within a page: the whole page is copied, whatever its use. */
static void
cache_copy (EngineBackend *base, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens)
{
  size_t bytes = store->page_bytes[kind];

  memcpy (store->data[kind] + to * bytes, store->data[kind] + from * bytes, bytes);
}

/* ---- running ------------------------------------------------------------- */

float *
engine_cpu_value (const EngineCpuRun *run, EngineValueId id)
{
  if (id == run->graph->output)
    return run->logits;
  return (float *) ((uint8_t *) run->backend->arena.data + run->graph->values[id].offset);
}

const float *
engine_cpu_vector (const EngineCpuRun *run, EngineValueId id)
{
  return id == ENGINE_NO_VALUE ? NULL : (const float *) engine_cpu_weight (run->graph->values[id].weight)->data;
}

/* Work that is worth another thread, in elementary operations. */
#define SPLIT_COST 16384

typedef struct {
  EngineCpuRangeFunc function;
  void              *data;
  int64_t            n, per_item;
} Split;

static void
split_item (void *data, int64_t item, int thread)
{
  const Split *split = data;
  int64_t begin = item * split->per_item;

  split->function (split->data, begin, ENGINE_MIN (begin + split->per_item, split->n));
}

void
engine_cpu_split (EngineCpuRun *run, int64_t n, int64_t cost, EngineCpuRangeFunc function, void *data)
{
  Split split = { function, data, n, ENGINE_MAX (1, SPLIT_COST / ENGINE_MAX (cost, 1)) };

  engine_cpu_pool_run (run->backend->pool, (n + split.per_item - 1) / split.per_item, split_item, &split);
}

typedef bool (*Operation) (EngineCpuRun *run, const EngineNode *node, EngineError *error);

static const Operation operations[ENGINE_N_OPS] = {
#define OP(NAME, symbol, tolerance) [ENGINE_OP_##NAME] = engine_cpu_##symbol,
#include "ops.def"
#undef OP
};

static bool
is_cancelled (const EngineBatch *batch, EngineError *error)
{
  return batch->cancel && atomic_load_explicit (batch->cancel, memory_order_relaxed) && !engine_fail (error, ENGINE_CANCELLED, "The work was cancelled.");
}

static size_t
transfer_bytes (const EngineGraph *graph, const EngineTransfer *transfer)
{
  const EngineValue *value = &graph->values[transfer->value];

  return (size_t) value->width * (size_t) value->n * sizeof (float);
}

static bool
run (EngineBackend *base, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
     float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error)
{
  EngineCpuBackend *backend = (EngineCpuBackend *) base;
  EngineCpuRun state = { .backend = backend, .graph = graph, .batch = batch, .store = store, .logits = logits, .panel_of = ENGINE_NO_VALUE };
  bool ok = engine_cpu_buffer_reserve (&backend->arena, graph->arena_bytes, error);

  for (int32_t i = 0; ok && i < graph->n_imports; i++)
    memcpy (engine_cpu_value (&state, graph->imports[i].value), graph->imports[i].data, transfer_bytes (graph, &graph->imports[i]));
  if (backend->expert_cache)
    engine_cpu_expert_cache_begin (backend->expert_cache);
  engine_cpu_pool_watch (backend->pool, batch->cancel);
  for (int32_t i = graph->first_node; ok && i < graph->n_nodes; i++) {
    const EngineNode *node = &graph->nodes[i];

    ok = operations[node->op] (&state, node, error) && !is_cancelled (batch, error);
    if (ok && inspect && node->out != ENGINE_NO_VALUE)
      inspect (inspect_user, graph, node, engine_cpu_value (&state, node->out));
  }
  engine_cpu_pool_watch (backend->pool, NULL);
  for (int32_t i = 0; ok && i < graph->n_exports; i++)
    memcpy (graph->exports[i].data, engine_cpu_value (&state, graph->exports[i].value), transfer_bytes (graph, &graph->exports[i]));
  return ok;
}

static void
backend_free (EngineBackend *base)
{
  EngineCpuBackend *backend = (EngineCpuBackend *) base;

  if (!backend)
    return;
  engine_cpu_expert_cache_free (backend->expert_cache);
  engine_cpu_pool_free (backend->pool);
  buffer_free (&backend->arena);
  buffer_free (&backend->panel);
  buffer_free (&backend->turns);
  buffer_free (&backend->tiles);
  buffer_free (&backend->experts);
  buffer_free (&backend->spans);
  buffer_free (&backend->scratch);
  free (backend);
}

/* The layout of weights depends on nothing but the mode; the pool of one thread has none besides the caller's. */
static EngineBackend *
loader_new (const EngineBackend *base, EngineError *error)
{
  const EngineCpuBackend *backend = (const EngineCpuBackend *) base;
  EngineBackend *loader = engine_cpu_backend_new (1, backend->reference, error);

  if (loader)
    ((EngineCpuBackend *) loader)->keeping = backend->keeping;
  return loader;
}

static const EngineBackendClass cpu_class = {
  .name = "cpu",
  .free = backend_free,
  .weight_bytes = weight_bytes,
  .weight_load = weight_load,
  .weight_free = weight_free,
  .stream = stream,
  .expert_stats = expert_stats,
  .loader_new = loader_new,
  .cache_page_bytes = cache_page_bytes,
  .cache_new = cache_new,
  .cache_free = cache_free,
  .cache_copy = cache_copy,
  .run = run,
};

EngineBackend *
engine_cpu_backend_new (int n_threads, bool reference, EngineError *error)
{
  EngineCpuBackend *backend = engine_calloc (1, sizeof *backend, error);

  if (!backend)
    return NULL;
  backend->base.klass = &cpu_class;
  backend->reference = reference;
  backend->keeping = reference ? ENGINE_CPU_KEEP_FLOATS : ENGINE_CPU_KEEP_WIDE;
  backend->kernels = engine_cpu_choose_kernels (reference, error);
  if (backend->kernels)
    backend->pool = engine_cpu_pool_new (n_threads, error);
  if (!backend->pool) {
    backend_free (&backend->base);
    return NULL;
  }
  backend->slabs.pool = backend->pool;
  return &backend->base;
}

bool
engine_cpu_describe (EngineBackendInfo *info, EngineError *error)
{
  const EngineCpuKernels *kernels = engine_cpu_choose_kernels (false, error);

  if (kernels)
    snprintf (info->device, sizeof info->device, "%s", kernels->name);
  return kernels != NULL;
}
