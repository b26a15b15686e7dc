/* SPDX-License-Identifier: MIT */
/* The memory of the cache: see EngineCpuPage for the layout of a page of keys and values. */
#include "cpu.h"

/* Bytes of one head's keys and of its values in one page, each rounded up to 64. */
static bool
head_bytes (EngineCpuCache type, int32_t head_dim, size_t *key_bytes, size_t *value_bytes)
{
  /* What an element takes; how many of a key, and of a value, share a step of two bytes (0: none); bytes of an element of the page's base; what values are filled up to. */
  static const struct { size_t bits, key_block, value_block, base, multiple; } kept[] = {
    [ENGINE_CPU_CACHE_F32] = { 32, 0, 0, 0, 16 },
    [ENGINE_CPU_CACHE_F16] = { 16, 0, 0, 0, 16 },
    [ENGINE_CPU_CACHE_Q8_0] = { 8, 32, 32, 2, 16 },
    [ENGINE_CPU_CACHE_Q4] = { 4, 16, 32, 2, 32 },
  };
  size_t dim = (size_t) head_dim, key_block = kept[type].key_block, value_block = kept[type].value_block, padded, base;
  size_t key_steps = key_block ? 2 * ((dim + key_block - 1) / key_block) : 0, value_steps = value_block ? 2 * ((dim + value_block - 1) / value_block) : 0;

  return engine_align (dim, kept[type].multiple, &padded) && engine_align (dim, 16, &base) &&
         engine_mul (ENGINE_PAGE_TOKENS, (dim * kept[type].bits + 7) / 8 + key_steps, key_bytes) && engine_sum (*key_bytes, base * kept[type].base, key_bytes) &&
         engine_mul (ENGINE_PAGE_TOKENS, padded * kept[type].bits / 8 + value_steps, value_bytes) &&
         engine_align (*key_bytes, 64, key_bytes) && engine_align (*value_bytes, 64, value_bytes);
}

static EngineCpuCache
stored_type (const EngineCacheShape *shape, bool reference)
{
  static const EngineCpuCache types[] = { [ENGINE_CACHE_F16] = ENGINE_CPU_CACHE_F16, [ENGINE_CACHE_Q8_0] = ENGINE_CPU_CACHE_Q8_0, [ENGINE_CACHE_Q4] = ENGINE_CPU_CACHE_Q4 };

  return reference ? ENGINE_CPU_CACHE_F32 : types[shape->type];
}

/* Fills in what a page holds of the layer. */
static bool
layer_init (EngineCpuCacheLayer *layer, EngineCpuCache type, const EngineCacheLayer *shape, size_t *bytes)
{
  size_t value_bytes;

  *layer = (EngineCpuCacheLayer) { .shape = *shape };
  if (shape->kind == ENGINE_CACHE_STATE)
    return engine_mul ((size_t) shape->n_state, sizeof (float), bytes) && engine_align (*bytes, 64, bytes);
  return head_bytes (type, shape->head_dim, &layer->key_bytes, &value_bytes) && engine_sum (layer->key_bytes, value_bytes, &layer->head_bytes) &&
         engine_mul (layer->head_bytes, (size_t) shape->n_head_kv, bytes);
}

size_t
engine_cpu_cache_page_bytes (const EngineCacheShape *shape, bool reference, EngineCacheKind kind)
{
  size_t total = 0;

  for (int32_t i = 0; i < shape->n_layers; i++) {
    EngineCpuCacheLayer layer;
    size_t bytes;

    if (shape->layers[i].kind == kind && layer_init (&layer, stored_type (shape, reference), &shape->layers[i], &bytes))
      total += bytes;
  }
  return total;
}

EngineCacheStore *
engine_cpu_cache_new (const EngineCacheShape *shape, bool reference, EngineError *error)
{
  EngineCacheStore *store = engine_calloc (1, sizeof *store, error);

  if (!store)
    return NULL;
  store->type = stored_type (shape, reference);
  store->n_layers = shape->n_layers;
  store->layers = engine_calloc ((size_t) shape->n_layers, sizeof *store->layers, error);
  if (!store->layers)
    goto fail;
  for (int32_t i = 0; i < shape->n_layers; i++) {
    EngineCpuCacheLayer *layer = &store->layers[i];
    size_t bytes;

    if (!layer_init (layer, store->type, &shape->layers[i], &bytes))
      goto too_large;
    layer->offset = store->page_bytes[layer->shape.kind];
    if (!engine_sum (layer->offset, bytes, &store->page_bytes[layer->shape.kind]))
      goto too_large;
  }
  for (int kind = 0; kind < ENGINE_N_CACHE_KINDS; kind++) {
    if (!engine_mul (store->page_bytes[kind], shape->n_pages[kind], &store->bytes[kind]))
      goto too_large;
    store->data[kind] = engine_alloc_aligned (store->bytes[kind], error);
    if (!store->data[kind])
      goto fail;
  }
  return store;

too_large:
  engine_fail (error, ENGINE_NO_MEMORY, "The key/value cache would be larger than the address space; use a shorter context.");
fail:
  engine_cpu_cache_free (store);
  return NULL;
}

void
engine_cpu_cache_free (EngineCacheStore *store)
{
  if (!store)
    return;
  for (int kind = 0; kind < ENGINE_N_CACHE_KINDS; kind++)
    engine_free_aligned (store->data[kind], store->bytes[kind]);
  free (store->layers);
  free (store);
}
