/* SPDX-License-Identifier: MIT */
/* Attention over the paged cache.
 *
 * The positions of a sequence are cut into fixed segments of SEGMENT_PAGES pages; a segment's
 * softmax is computed page by page, and segments are combined in ascending order. That order
 * depends on nothing but the positions, so neither the batch nor the threads change a bit.
 * The query vectors of some neighbouring tokens and of all heads that share a key head form a
 * tile, so that a page is read once for all of them. */
#include "cpu.h"

#include <math.h>
#include <string.h>

#define SEGMENT_PAGES 8

typedef struct {
  int32_t token, n_tokens; /* neighbours in one sequence */
} Tile;

typedef struct {
  const EngineCpuRun          *run;
  const EngineAttentionParams *params;
  const float                 *q;
  float                       *out;
  const Tile                  *tiles;
  int32_t                      n_tiles;
  int32_t                      n_chunks, chunk; /* the heads of a group, where a tile takes only some */
  size_t                       stride;
  float                       *scratch; /* for each thread two softmaxes */
} Attention;

static void
softmax_clear (EngineCpuSoftmax *softmax, int n_queries)
{
  for (int q = 0; q < n_queries; q++) {
    softmax->largest[q] = -INFINITY;
    softmax->sum[q] = 0.0f;
  }
  memset (softmax->weighted, 0, (size_t) n_queries * softmax->stride * sizeof (float));
}

/* Item = ((tile, key head), chunk of its query heads). */
static void
attend_item (void *data, int64_t item, int thread)
{
  const Attention *a = data;
  const EngineAttentionParams *p = a->params;
  const EngineBatch *batch = a->run->batch;
  const EngineCpuKernels *kernels = a->run->backend->kernels;
  const EngineCacheStore *store = a->run->store;
  int32_t chunk = (int32_t) (item % a->n_chunks), head_kv = (int32_t) (item / a->n_chunks % p->n_head_kv);
  const Tile *tile = &a->tiles[a->n_tiles - 1 - item / a->n_chunks / p->n_head_kv]; /* the longest first */
  const EngineBatchSequence *sequence = &batch->sequences[batch->sequence[tile->token]];
  int32_t group = p->n_head / p->n_head_kv, first_head = head_kv * group + chunk * a->chunk;
  int32_t n_heads = ENGINE_MIN (a->chunk, group - chunk * a->chunk);
  float *memory = a->scratch + (size_t) thread * 2 * ENGINE_CPU_QUERIES * a->stride;
  EngineCpuSoftmax total = { .weighted = memory, .stride = a->stride };
  EngineCpuSoftmax segment = { .weighted = memory + ENGINE_CPU_QUERIES * a->stride, .stride = a->stride };
  EngineCpuQueries queries = { .n_queries = n_heads * tile->n_tokens, .head_dim = p->head_dim, .scale = p->scale, .softcap = p->softcap };
  int32_t begin = INT32_MAX, end = 0;

  for (int32_t i = 0; i < queries.n_queries; i++) {
    int32_t token = tile->token + i / n_heads, head = first_head + i % n_heads;

    queries.q[i] = a->q + ((int64_t) token * p->n_head + head) * p->head_dim;
    queries.end[i] = batch->positions[token] + 1;
    queries.begin[i] = p->window ? ENGINE_MAX (0, queries.end[i] - p->window) : 0;
    begin = ENGINE_MIN (begin, queries.begin[i]);
    end = ENGINE_MAX (end, queries.end[i]);
  }
  softmax_clear (&total, queries.n_queries);
  for (int32_t page = begin / ENGINE_PAGE_TOKENS; page * ENGINE_PAGE_TOKENS < end;) {
    int32_t segment_end = (page / SEGMENT_PAGES + 1) * SEGMENT_PAGES;

    softmax_clear (&segment, queries.n_queries);
    for (; page < segment_end && page * ENGINE_PAGE_TOKENS < end; page++)
      kernels->attend[store->type] (&queries, engine_cpu_page (store, p->layer, sequence->pages[p->kind][page], head_kv),
                                    page * ENGINE_PAGE_TOKENS, &segment);
    kernels->combine (&queries, &segment, &total);
  }
  for (int32_t i = 0; i < queries.n_queries; i++) {
    float *out = a->out + (queries.q[i] - a->q);

    kernels->scale (total.weighted + (size_t) i * a->stride, 1.0f / total.sum[i], out, p->head_dim);
  }
}

/* Cuts the batch into tiles of up to `most` tokens. Returns how many. */
static int32_t
cut_tiles (const EngineBatch *batch, int32_t most, Tile *tiles)
{
  int32_t n = 0;

  for (int32_t t = 0; t < batch->n_tokens; t++) {
    if (n == 0 || tiles[n - 1].n_tokens == most || batch->sequence[t] != batch->sequence[t - 1])
      tiles[n++] = (Tile) { t, 0 };
    tiles[n - 1].n_tokens++;
  }
  return n;
}

bool
engine_cpu_attention (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineAttentionParams *p = &node->params.attention;
  int32_t group = p->n_head / p->n_head_kv;
  size_t n_threads = (size_t) engine_cpu_pool_threads (run->backend->pool), tile_bytes, floats;
  Attention a = { .run = run, .params = p, .q = engine_cpu_value (run, node->in[0]), .out = engine_cpu_value (run, node->out) };
  uint8_t *memory;

  a.chunk = ENGINE_MIN (group, ENGINE_CPU_QUERIES);
  a.n_chunks = (group + a.chunk - 1) / a.chunk;
  if (!engine_align ((size_t) p->head_dim, 16, &a.stride) ||
      !engine_align ((size_t) run->batch->n_tokens * sizeof (Tile), 64, &tile_bytes))
    return engine_fail (error, ENGINE_INTERNAL, "The attention is too large.");
  floats = n_threads * 2 * ENGINE_CPU_QUERIES * a.stride;
  memory = engine_cpu_buffer_reserve (&run->backend->scratch, tile_bytes + floats * sizeof (float), error);
  if (!memory)
    return false;
  a.tiles = (const Tile *) memory;
  a.scratch = (float *) (memory + tile_bytes);
  a.n_tiles = cut_tiles (run->batch, ENGINE_CPU_QUERIES / a.chunk, (Tile *) memory);
  engine_cpu_pool_run (run->backend->pool, (int64_t) a.n_tiles * p->n_head_kv * a.n_chunks, attend_item, &a);
  return true;
}
