/* SPDX-License-Identifier: MIT */
/* Writing the cache, attention over its pages, and combining softmaxes. */
#include "kernels.h"

#include <math.h>
#include <string.h>

#define PAGES 3
#define POSITIONS (PAGES * ENGINE_PAGE_TOKENS)

static const char *const cache_names[] = { "F32", "F16", "Q8_0", "Q4" };
/* What quantising keys and values may cost; for F16 the formula gets rounded ones. */
static const double cache_tolerance[] = { 0, 0, 1e-3, 3e-2 };

typedef struct {
  int               head_dim;
  float            *k, *v; /* [head_dim, POSITIONS] */
  EngineCpuQueries  queries;
  size_t            page_bytes, key_bytes;
  EngineCacheStore *store;
} Case;

static void
fill_cache (const Case *c, const EngineCpuKernels *kernels)
{
  memset (c->store->data[ENGINE_CACHE_FULL], 0, c->store->bytes[ENGINE_CACHE_FULL]);
  for (int i = 0; i < POSITIONS; i++) {
    EngineCpuPage page = engine_cpu_page (c->store, 0, (uint32_t) (i / ENGINE_PAGE_TOKENS), 0);

    kernels->cache_write[c->store->type] (c->k + i * c->head_dim, c->v + i * c->head_dim, c->head_dim, i % ENGINE_PAGE_TOKENS, i % ENGINE_PAGE_TOKENS && i % 3 ? NULL : c->k + i / ENGINE_PAGE_TOKENS * ENGINE_PAGE_TOKENS * c->head_dim,
                                          (uint8_t *) page.keys, (uint8_t *) page.values);
  }
}

/* The last page is a softmax of its own, combined with that of the others. */
static void
attend (const Case *c, const EngineCpuKernels *kernels, float *memory, size_t stride, float *out)
{
  EngineCpuSoftmax softmax[2];

  memset (memory, 0, 2 * ENGINE_CPU_QUERIES * stride * sizeof *memory);
  for (int i = 0; i < 2; i++) {
    softmax[i].weighted = memory + (size_t) i * ENGINE_CPU_QUERIES * stride;
    softmax[i].stride = stride;
    for (int q = 0; q < ENGINE_CPU_QUERIES; q++) {
      softmax[i].largest[q] = -INFINITY;
      softmax[i].sum[q] = 0;
    }
  }
  for (int page = 0; page < PAGES; page++)
    kernels->attend[c->store->type] (&c->queries, engine_cpu_page (c->store, 0, (uint32_t) page, 0), page * ENGINE_PAGE_TOKENS,
                                     &softmax[page == PAGES - 1]);
  kernels->combine (&c->queries, &softmax[1], &softmax[0]);
  for (int q = 0; q < c->queries.n_queries; q++)
    for (int d = 0; d < c->head_dim; d++)
      out[q * c->head_dim + d] = softmax[0].weighted[(size_t) q * stride + (size_t) d] / softmax[0].sum[q];
}

static double
stored (const Case *c, float value)
{
  return c->store->type == ENGINE_CPU_CACHE_F16 ? engine_f16_to_f32 (engine_f32_to_f16 (value)) : value;
}

static void
want (const Case *c, double *wanted)
{
  const EngineCpuQueries *queries = &c->queries;

  for (int q = 0; q < queries->n_queries; q++) {
    double total = 0, *w = wanted + q * c->head_dim;

    memset (w, 0, (size_t) c->head_dim * sizeof *w);
    for (int i = queries->begin[q]; i < queries->end[q]; i++) {
      double score = 0;

      for (int d = 0; d < c->head_dim; d++)
        score += queries->q[q][d] * stored (c, c->k[i * c->head_dim + d]);
      score *= queries->scale;
      if (queries->softcap != 0)
        score = queries->softcap * tanh (score / queries->softcap);
      score = exp (score);
      total += score;
      for (int d = 0; d < c->head_dim; d++)
        w[d] += score * stored (c, c->v[i * c->head_dim + d]);
    }
    for (int d = 0; d < c->head_dim; d++)
      w[d] /= total;
  }
}

static void
test_case (const EngineCpuKernels **variants, int n_variants, EngineCpuCache type, int head_dim, int n_queries, int window, float softcap)
{
  const EngineCpuKernels *scalar = variants[n_variants - 1];
  EngineCacheLayer layer = { 1, head_dim, ENGINE_CACHE_FULL };
  EngineCacheShape shape = { type == ENGINE_CPU_CACHE_Q8_0 ? ENGINE_CACHE_Q8_0 : type == ENGINE_CPU_CACHE_Q4 ? ENGINE_CACHE_Q4 : ENGINE_CACHE_F16, 1, &layer, { PAGES, 0 } };
  EngineError error = { 0 };
  size_t n = (size_t) (POSITIONS * head_dim), n_out = (size_t) (n_queries * head_dim), stride = ((size_t) head_dim + 15) / 16 * 16;
  size_t memory_bytes = 2 * ENGINE_CPU_QUERIES * stride * sizeof (float), cache_bytes;
  Case c = { .head_dim = head_dim, .k = kernels_random_floats (n), .v = kernels_random_floats (n),
             .store = engine_cpu_cache_new (&shape, type == ENGINE_CPU_CACHE_F32, &error) };
  float *q = kernels_random_floats (n_out), *memory = kernels_alloc (memory_bytes);
  float *first = kernels_alloc (n_out * sizeof *first), *out = kernels_alloc (n_out * sizeof *out);
  double *wanted = kernels_alloc (n_out * sizeof *wanted), nmse;
  uint8_t *scalar_cache;

  if (!c.store || c.store->type != type) {
    kernels_check (false, "a cache: %s", error.message);
    return;
  }
  c.queries = (EngineCpuQueries) { .n_queries = n_queries, .head_dim = head_dim, .scale = 1 / sqrtf ((float) head_dim), .softcap = softcap };
  for (int i = 0; i < n_queries; i++) {
    c.queries.q[i] = q + i * head_dim;
    c.queries.end[i] = kernels_random_int (1, POSITIONS);
    c.queries.begin[i] = window ? ENGINE_MAX (0, c.queries.end[i] - window) : 0;
  }
  cache_bytes = c.store->bytes[ENGINE_CACHE_FULL];
  scalar_cache = kernels_alloc (cache_bytes);
  fill_cache (&c, scalar);
  memcpy (scalar_cache, c.store->data[ENGINE_CACHE_FULL], cache_bytes);
  attend (&c, scalar, memory, stride, first);
  want (&c, wanted);
  nmse = kernels_nmse (first, wanted, n_out);
  kernels_check (nmse <= kernels_tolerance (ENGINE_OP_ATTENTION) + cache_tolerance[type], "scalar attention %s, head of %d, %d queries, window %d, softcap %g: NMSE %.1e",
                 cache_names[type], head_dim, n_queries, window, (double) softcap, nmse);
  for (int i = 0; i + 1 < n_variants; i++) {
    bool same_cache;

    fill_cache (&c, variants[i]);
    same_cache = memcmp (scalar_cache, c.store->data[ENGINE_CACHE_FULL], cache_bytes) == 0;
    attend (&c, variants[i], memory, stride, out);
    kernels_check (same_cache && memcmp (out, first, n_out * sizeof *out) == 0, "%s attention %s, head of %d, %d queries equals scalar", variants[i]->name,
                   cache_names[type], head_dim, n_queries);
  }
  engine_cpu_cache_free (c.store);
  kernels_free (scalar_cache, cache_bytes);
  kernels_free (c.k, n * sizeof *c.k);
  kernels_free (c.v, n * sizeof *c.v);
  kernels_free (q, n_out * sizeof *q);
  kernels_free (memory, memory_bytes);
  kernels_free (first, n_out * sizeof *first);
  kernels_free (out, n_out * sizeof *out);
  kernels_free (wanted, n_out * sizeof *wanted);
}

void
kernels_test_attention (const EngineCpuKernels **variants, int n_variants)
{
  static const int dims[] = { 4, 20, 32, 64, 80, 128, 256 };

  for (int type = 0; type < ENGINE_CPU_N_CACHES; type++)
    for (size_t i = 0; i < ENGINE_LENGTH (dims); i++)
      test_case (variants, n_variants, (EngineCpuCache) type, dims[i], kernels_random_int (1, ENGINE_CPU_QUERIES),
                 i % 3 == 2 ? kernels_random_int (1, 100) : 0, i % 4 == 3 ? 30.0f : 0.0f);
}
