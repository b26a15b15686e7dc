/* SPDX-License-Identifier: MIT */
/* The memory of the cache: a buffer for each layer, with the pages one after the other. */
#include "cache.h"

typedef struct {
  EngineGlShared         *shared;
  const EngineCacheShape *shape;
  EngineCacheStore       *store;
  EngineCacheKind         kind;
  uint32_t                from, to;
  EngineError            *error;
  bool                    ok;
} Job;

bool
engine_gl_cache_page_words (const EngineCacheLayer *layer, size_t *words)
{
  size_t n_words = ((size_t) layer->head_dim + 1) / 2;

  if (layer->kind == ENGINE_CACHE_STATE) {
    *words = (size_t) layer->n_state;
    return true;
  }
  return engine_mul (n_words, 2 * ENGINE_PAGE_TOKENS, words) && engine_mul (*words, (size_t) layer->n_head_kv, words);
}

size_t
engine_gl_cache_page_bytes (const EngineBackend *base, const EngineCacheShape *shape, EngineCacheKind kind)
{
  size_t total = 0, words;

  for (int32_t i = 0; i < shape->n_layers; i++)
    if (shape->layers[i].kind == kind && engine_gl_cache_page_words (&shape->layers[i], &words))
      total += words * sizeof (uint32_t);
  return total;
}

static void
delete_store (void *data)
{
  Job *job = data;

  for (int32_t i = 0; i < job->store->n_layers; i++)
    if (job->store->layers[i].buffer)
      glDeleteBuffers (1, &job->store->layers[i].buffer);
}

static bool
make_layer (EngineGlCacheLayer *layer, const EngineCacheShape *shape, const EngineGlDevice *device, EngineError *error)
{
  size_t bytes;

  if (!engine_gl_cache_page_words (&layer->shape, &layer->page_words) || !engine_mul (layer->page_words, sizeof (uint32_t), &bytes) ||
      !engine_mul (bytes, ENGINE_MAX (shape->n_pages[layer->shape.kind], 1), &bytes) || bytes > device->max_block)
    return engine_fail (error, ENGINE_NO_MEMORY, "The cache of one layer would be larger than what the graphics card takes at once; use a shorter context.");
  if (layer->page_words == 0)
    return true; /* of a layer that is elsewhere */
  glGenBuffers (1, &layer->buffer);
  glBindBuffer (GL_SHADER_STORAGE_BUFFER, layer->buffer);
  engine_gl_enter ();
  glBufferData (GL_SHADER_STORAGE_BUFFER, (GLsizeiptr) bytes, NULL, GL_DYNAMIC_COPY);
  engine_gl_leave ();
  return engine_gl_check ("the cache", error);
}

static void
make_store (void *data)
{
  Job *job = data;

  job->ok = true;
  for (int32_t i = 0; job->ok && i < job->store->n_layers; i++)
    job->ok = make_layer (&job->store->layers[i], job->shape, &job->shared->device, job->error);
}

static void
copy_page (void *data)
{
  const Job *job = data;

  for (int32_t i = 0; i < job->store->n_layers; i++) {
    const EngineGlCacheLayer *layer = &job->store->layers[i];
    GLintptr bytes = (GLintptr) (layer->page_words * sizeof (uint32_t));

    if (layer->shape.kind != job->kind || layer->page_words == 0)
      continue;
    glBindBuffer (GL_COPY_READ_BUFFER, layer->buffer);
    glBindBuffer (GL_COPY_WRITE_BUFFER, layer->buffer);
    glCopyBufferSubData (GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, job->from * bytes, job->to * bytes, bytes);
  }
}

EngineCacheStore *
engine_gl_cache_new (EngineBackend *base, const EngineCacheShape *shape, EngineError *error)
{
  EngineCacheStore *store = engine_calloc (1, sizeof *store, error);
  Job job = { .shared = ((EngineGlBackend *) base)->shared, .shape = shape, .store = store, .error = error };

  if (!store)
    return NULL;
  store->layers = engine_calloc ((size_t) ENGINE_MAX (shape->n_layers, 1), sizeof *store->layers, error);
  if (store->layers) {
    store->n_layers = shape->n_layers;
    for (int32_t i = 0; i < shape->n_layers; i++)
      store->layers[i].shape = shape->layers[i];
    if (!engine_gl_thread_call (job.shared->thread, make_store, &job))
      job.ok = engine_gl_fail_gone (error);
  }
  if (job.ok)
    return store;
  engine_gl_cache_free (base, store);
  return NULL;
}

void
engine_gl_cache_free (EngineBackend *base, EngineCacheStore *store)
{
  Job job = { .shared = ((EngineGlBackend *) base)->shared, .store = store };

  if (!store)
    return;
  engine_gl_thread_call (job.shared->thread, delete_store, &job);
  free (store->layers);
  free (store);
}

/* Positions are interleaved within a page: the whole page is copied, whatever its use. */
void
engine_gl_cache_copy (EngineBackend *base, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens)
{
  Job job = { .shared = ((EngineGlBackend *) base)->shared, .store = store, .kind = kind, .from = from, .to = to };

  engine_gl_thread_call (job.shared->thread, copy_page, &job);
}
