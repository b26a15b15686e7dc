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
#define SEGMENT_TOKENS (SEGMENT_PAGES * ENGINE_PAGE_TOKENS)

typedef struct {
  int32_t token, n_tokens; /* neighbours in one sequence */
} Tile;

typedef struct {
  const EngineCpuRun          *run;
  const EngineAttentionParams *params;
  const float                 *q;
  const float                 *sinks;           /* [n_head] or NULL */
  float                       *out;
  const Tile                  *tiles;
  int32_t                      n_tiles;
  int32_t                      chunk, n_chunks; /* query heads that a tile takes of those that share a key head, and how many times */
  int64_t                      n_items;         /* (tile, key head, chunk) */
  int32_t                      n_segments;      /* that are items of their own; 0: an item does all of its segments */
  EngineCpuSoftmax            *softmaxes;       /* two for each thread, or [n_segments] for each item */
} Attention;

/* The query vectors of one item, and what they look at. */
typedef struct {
  EngineCpuQueries           queries;
  const EngineBatchSequence *sequence;
  int32_t                    head_kv;
  int32_t                    begin, end; /* positions that any of them sees */
} Item;

/* Of the token's sequence in the batch. Walks to its end: ask once for a tile. */
static int32_t
last_position (const EngineBatch *batch, int32_t token)
{
  while (token + 1 < batch->n_tokens && batch->sequence[token + 1] == batch->sequence[token])
    token++;
  return batch->positions[token];
}

static void
item_init (const Attention *a, int64_t number, Item *item)
{
  const EngineAttentionParams *p = a->params;
  const EngineBatch *batch = a->run->batch;
  int32_t chunk = (int32_t) (number % a->n_chunks);
  const Tile *tile = &a->tiles[a->n_tiles - 1 - number / a->n_chunks / p->n_head_kv]; /* the longest first */
  int32_t group = p->n_head / p->n_head_kv, n_heads = ENGINE_MIN (a->chunk, group - chunk * a->chunk), first_head;
  int32_t last = p->sight == ENGINE_SEES_SEQUENCE ? last_position (batch, tile->token) : 0;
  EngineCpuQueries *queries = &item->queries;

  item->head_kv = (int32_t) (number / a->n_chunks % p->n_head_kv);
  item->sequence = &batch->sequences[batch->sequence[tile->token]];
  item->begin = INT32_MAX;
  item->end = 0;
  first_head = item->head_kv * group + chunk * a->chunk;
  queries->n_queries = n_heads * tile->n_tokens;
  queries->head_dim = p->head_dim;
  queries->scale = p->scale;
  queries->softcap = p->softcap;
  for (int32_t i = 0; i < queries->n_queries; i++) {
    int32_t token = tile->token + i / n_heads, head = first_head + i % n_heads;

    queries->q[i] = a->q + ((int64_t) token * p->n_head + head) * p->head_dim;
    queries->end[i] = (p->sight == ENGINE_SEES_SEQUENCE ? last : batch->lasts && !p->never_behind ? batch->lasts[token] : batch->positions[token]) + 1;
    queries->begin[i] = p->window ? ENGINE_MAX (0, batch->positions[token] + 1 - p->window) : 0;
    if (p->sight == ENGINE_SEES_SPAN) {
      queries->begin[i] = batch->spans[2 * token];
      queries->end[i] = batch->spans[2 * token + 1];
    }
    item->begin = ENGINE_MIN (item->begin, queries->begin[i]);
    item->end = ENGINE_MAX (item->end, queries->end[i]);
  }
}

static void
softmax_clear (EngineCpuSoftmax *softmax, int n_queries)
{
  for (int q = 0; q < n_queries; q++) {
    softmax->largest[q] = -INFINITY;
    softmax->sum[q] = 0.0f;
  }
  memset (softmax->weighted, 0, (size_t) n_queries * softmax->stride * sizeof (float));
}

/* The softmax of the positions of one segment; empty where none of them is seen. */
static void
attend_segment (const Attention *a, const Item *item, int32_t segment, EngineCpuSoftmax *softmax)
{
  const EngineCacheStore *store = a->run->store;
  int32_t page = ENGINE_MAX (segment * SEGMENT_PAGES, item->begin / ENGINE_PAGE_TOKENS), page_end = (segment + 1) * SEGMENT_PAGES;

  softmax_clear (softmax, item->queries.n_queries);
  for (; page < page_end && page * ENGINE_PAGE_TOKENS < item->end; page++)
    a->run->backend->kernels->attend[store->type] (&item->queries,
                                                   engine_cpu_page (store, a->params->layer, item->sequence->pages[a->params->kind][page], item->head_kv),
                                                   page * ENGINE_PAGE_TOKENS, softmax);
}

static void
finish_item (const Attention *a, const Item *item, const EngineCpuSoftmax *total)
{
  for (int32_t i = 0; i < item->queries.n_queries; i++) {
    int64_t at = item->queries.q[i] - a->q;
    float factor = 1.0f / total->sum[i];

    if (a->sinks) { /* one score more, that weights nothing */
      float sink = a->sinks[at / a->params->head_dim % a->params->n_head], largest = fmaxf (sink, total->largest[i]), kept = expf (total->largest[i] - largest);

      factor = kept / (total->sum[i] * kept + expf (sink - largest));
    }
    a->run->backend->kernels->scale (total->weighted + (size_t) i * total->stride, factor, a->out + at, a->params->head_dim);
  }
}

static void
attend_item (void *data, int64_t number, int thread)
{
  const Attention *a = data;
  EngineCpuSoftmax *total = &a->softmaxes[2 * thread], *part = &a->softmaxes[2 * thread + 1];
  Item item;

  item_init (a, number, &item);
  softmax_clear (total, item.queries.n_queries);
  for (int32_t segment = item.begin / SEGMENT_TOKENS; segment * SEGMENT_TOKENS < item.end; segment++) {
    attend_segment (a, &item, segment, part);
    a->run->backend->kernels->combine (&item.queries, part, total);
  }
  finish_item (a, &item, total);
}

/* Few items with a long past: their segments first, each an item of its own … */
static void
attend_part (void *data, int64_t number, int thread)
{
  const Attention *a = data;
  Item item;

  item_init (a, number / a->n_segments, &item);
  attend_segment (a, &item, (int32_t) (number % a->n_segments), &a->softmaxes[number]);
}

/* … then combined in the same order as above; an empty segment changes nothing. */
static void
combine_parts (void *data, int64_t number, int thread)
{
  const Attention *a = data;
  EngineCpuSoftmax *parts = &a->softmaxes[number * a->n_segments];
  EngineCpuSoftmax *total = &a->softmaxes[a->n_items * a->n_segments + thread];
  Item item;

  item_init (a, number, &item);
  softmax_clear (total, item.queries.n_queries);
  for (int32_t segment = 0; segment < a->n_segments; segment++)
    a->run->backend->kernels->combine (&item.queries, &parts[segment], total);
  finish_item (a, &item, total);
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

/* The tiles and softmaxes, in the backend's scratch memory. */
static bool
reserve (Attention *a, EngineError *error)
{
  size_t n_threads = (size_t) engine_cpu_pool_threads (a->run->backend->pool), n_queries = ENGINE_CPU_QUERIES;
  size_t n = a->n_segments ? (size_t) (a->n_items * a->n_segments) + n_threads : 2 * n_threads, bytes, stride;
  uint8_t *memory;

  if (!engine_align ((size_t) a->params->head_dim, 16, &stride) || !engine_mul (n, n_queries * stride * sizeof (float) + sizeof *a->softmaxes, &bytes))
    return engine_fail (error, ENGINE_INTERNAL, "The attention is too large.");
  memory = engine_cpu_buffer_reserve (&a->run->backend->scratch, bytes, error);
  if (!memory)
    return false;
  a->softmaxes = (EngineCpuSoftmax *) (memory + n * n_queries * stride * sizeof (float));
  for (size_t i = 0; i < n; i++)
    a->softmaxes[i] = (EngineCpuSoftmax) { .weighted = (float *) memory + i * n_queries * stride, .stride = stride };
  return true;
}

bool
engine_cpu_attention (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineAttentionParams *p = &node->params.attention;
  EngineCpuPool *pool = run->backend->pool;
  int32_t group = p->n_head / p->n_head_kv, longest = 0;
  Attention a = { .run = run, .params = p, .q = engine_cpu_value (run, node->in[0]), .out = engine_cpu_value (run, node->out),
                  .sinks = engine_cpu_vector (run, node->in[2]) };
  Tile *tiles = engine_cpu_buffer_reserve (&run->backend->tiles, (size_t) run->batch->n_tokens * sizeof *tiles, error);

  if (!tiles)
    return false;
  a.chunk = ENGINE_MIN (group, ENGINE_CPU_QUERIES);
  a.n_chunks = (group + a.chunk - 1) / a.chunk;
  a.tiles = tiles;
  a.n_tiles = cut_tiles (run->batch, ENGINE_CPU_QUERIES / a.chunk, tiles);
  a.n_items = (int64_t) a.n_tiles * p->n_head_kv * a.n_chunks;
  for (int32_t i = 0; i < run->batch->n_tokens; i++)
    longest = ENGINE_MAX (longest, run->batch->positions[i]);
  if (a.n_items < 4 * engine_cpu_pool_threads (pool) && longest >= SEGMENT_TOKENS)
    a.n_segments = longest / SEGMENT_TOKENS + 1;
  if (!reserve (&a, error))
    return false;
  if (a.n_segments) {
    engine_cpu_pool_run (pool, a.n_items * a.n_segments, attend_part, &a);
    engine_cpu_pool_run (pool, a.n_items, combine_parts, &a);
  } else
    engine_cpu_pool_run (pool, a.n_items, attend_item, &a);
  return true;
}
