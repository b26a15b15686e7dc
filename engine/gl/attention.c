/* SPDX-License-Identifier: MIT */
/* Attention over the paged cache. */
#include "gl.h"

bool
engine_gl_cache_write (EngineGlRun *run, const EngineNode *node)
{
  const EngineAttentionParams *p = &node->params.attention;
  const EngineGlCacheLayer *layer = &run->store->layers[p->layer];
  int64_t n_words = (p->head_dim + 1) / 2;
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_CACHE_WRITE,
    .buffers = { layer->buffer },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), run->at.positions, run->at.sequence, run->at.pages[p->kind], run->at.n_pages,
                (uint32_t) layer->page_words, (uint32_t) p->n_head_kv, (uint32_t) p->head_dim },
    .groups = { engine_gl_groups (n_words * p->n_head_kv, 64), run->batch->n_tokens },
  };

  return engine_gl_dispatch (run, &d);
}

bool
engine_gl_is_rope_write (const EngineGlRun *run, int32_t first)
{
  const EngineNode *rope = &run->graph->nodes[first], *write = rope + 1;

  return first + 1 < run->graph->n_nodes && rope->op == ENGINE_OP_ROPE && write->op == ENGINE_OP_CACHE_WRITE && write->in[0] == rope->out && write->in[1] != rope->out &&
         run->graph->values[rope->out].last_use == first + 1 && rope->params.rope.head_dim == write->params.attention.head_dim;
}

bool
engine_gl_rope_write (EngineGlRun *run, int32_t first)
{
  const EngineNode *rope = &run->graph->nodes[first], *write = rope + 1;
  const EngineAttentionParams *p = &write->params.attention;
  const EngineGlCacheLayer *layer = &run->store->layers[p->layer];
  int64_t n_words = (p->head_dim + 1) / 2;
  EngineGlDispatch d = {
    .key = { .shader = ENGINE_GL_SHADER_ROPE_WRITE, .choices = { (uint8_t) rope->params.rope.style } },
    .buffers = { layer->buffer },
    .params = { engine_gl_value (run, rope->in[0]), engine_gl_value (run, write->in[1]), run->at.positions, run->at.sequence, run->at.pages[p->kind], run->at.n_pages,
                (uint32_t) layer->page_words, (uint32_t) p->n_head_kv, (uint32_t) p->head_dim, (uint32_t) rope->params.rope.n_rot, run->turns[first] },
    .groups = { engine_gl_groups (n_words * p->n_head_kv, 64), run->batch->n_tokens },
  };

  return engine_gl_dispatch (run, &d);
}

#define MOST_QUERIES 8
#define SHARED_WORDS 4096 /* 16 KiB: what every device has */

/* How many of the heads that share keys a group of invocations has: as many as leave enough groups for the device, and have room in their shared memory. */
static int32_t
queries_at_once (const EngineGlRun *run, const EngineAttentionParams *p, int32_t lanes, int32_t width)
{
  int32_t shared = p->n_head / p->n_head_kv, n = 1;

  if (p->n_head_kv * run->batch->n_tokens < run->shared->tiles.few_groups)
    return 1;
  for (int32_t i = 2; i <= ENGINE_MIN (shared, MOST_QUERIES); i++)
    if (shared % i == 0 && i * (width + lanes + ENGINE_PAGE_TOKENS) <= SHARED_WORDS)
      n = i;
  return n;
}

/* Where it stands which is the last position that each token sees; NONE: it is its own. */
static uint32_t
last_seen (const EngineGlRun *run, const EngineAttentionParams *params)
{
  if (params->sight == ENGINE_SEES_SEQUENCE)
    return run->at.last;
  return params->sight == ENGINE_SEES_BEFORE && run->batch->lasts && !params->never_behind ? run->at.lasts : ENGINE_GL_NONE;
}

bool
engine_gl_attention (EngineGlRun *run, const EngineNode *node)
{
  const EngineAttentionParams *p = &node->params.attention;
  const EngineGlCacheLayer *layer = &run->store->layers[p->layer];
  int32_t lanes = run->shared->tiles.lanes, pieces = (p->head_dim + 2 * lanes - 1) / (2 * lanes);
  int32_t queries = queries_at_once (run, p, lanes, 2 * lanes * pieces);
  EngineGlDispatch d = {
    .key = { .shader = ENGINE_GL_SHADER_ATTENTION, .choices = { (uint8_t) queries, (uint8_t) lanes, (uint8_t) pieces } },
    .buffers = { layer->buffer, engine_gl_vector (run, node->in[2]) },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), run->at.positions, run->at.sequence, run->at.pages[p->kind], run->at.n_pages,
                (uint32_t) layer->page_words, (uint32_t) p->n_head, (uint32_t) p->n_head_kv, (uint32_t) p->head_dim, (uint32_t) p->window,
                engine_gl_float (p->scale), engine_gl_float (p->softcap), node->in[2] != ENGINE_NO_VALUE, last_seen (run, p),
                p->sight == ENGINE_SEES_SPAN ? run->at.spans : ENGINE_GL_NONE },
    .groups = { p->n_head / queries, run->batch->n_tokens },
  };

  return engine_gl_dispatch (run, &d);
}
