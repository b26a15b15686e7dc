/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineCpuRun          *run;
  const EngineAttentionParams *params;
  const float                 *k, *v;
} CacheWrite;

static void
cache_write_tokens (void *data, int64_t begin, int64_t end)
{
  const CacheWrite *w = data;
  const EngineBatch *batch = w->run->batch;
  const EngineCacheStore *store = w->run->store;
  int head_dim = w->params->head_dim, n_head = w->params->n_head_kv;

  for (int64_t t = begin; t < end; t++) {
    int32_t position = batch->positions[t];
    const EngineBatchSequence *sequence = &batch->sequences[batch->sequence[t]];
    int32_t slot = position % ENGINE_PAGE_TOKENS;
    bool first_here = t >= slot && batch->sequence[t - slot] == batch->sequence[t] && batch->positions[t - slot] == position - slot;
    uint32_t number = sequence->pages[w->params->kind][position / ENGINE_PAGE_TOKENS];

    for (int32_t head = 0; head < n_head; head++) {
      EngineCpuPage page = engine_cpu_page (store, w->params->layer, number, head);
      int64_t at = (t * n_head + head) * head_dim;

      w->run->backend->kernels->cache_write[store->type] (w->k + at, w->v + at, head_dim, slot, first_here ? w->k + at - (int64_t) slot * n_head * head_dim : NULL,
                                                          (uint8_t *) page.keys, (uint8_t *) page.values);
    }
  }
}

bool
engine_cpu_cache_write (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  CacheWrite w = { run, &node->params.attention, engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->in[1]) };

  engine_cpu_split (run, run->batch->n_tokens, 4 * w.params->n_head_kv * w.params->head_dim, cache_write_tokens, &w);
  return true;
}
