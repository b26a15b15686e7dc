/* SPDX-License-Identifier: MIT */
/* Operations with a state: see state.glsl for how a batch is cut into stretches. */
#include "gl.h"

bool
engine_gl_conv (EngineGlRun *run, const EngineNode *node)
{
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[node->in[1]].weight);
  const EngineGlCacheLayer *layer = &run->store->layers[node->params.cache_layer];
  uint32_t x = engine_gl_value (run, node->in[0]), n_channels = (uint32_t) weight->n_out, n_taps = (uint32_t) weight->n_in;
  uint32_t n = (uint32_t) run->graph->values[node->out].n, per_token = n / (uint32_t) run->batch->n_tokens;
  EngineGlDispatch conv = {
    .key = { ENGINE_GL_SHADER_CONV, (uint8_t) weight->type, { 0 } },
    .buffers = { weight->parts->buffer, engine_gl_vector (run, node->in[2]), layer->buffer },
    .params = { x, engine_gl_value (run, node->out), run->at.stretches, run->at.stretch, n_channels, n_taps, (uint32_t) layer->page_words, (uint32_t) weight->group_words,
                node->in[2] != ENGINE_NO_VALUE, per_token },
    .groups = { engine_gl_groups (n_channels, 64), n },
    .weight_bytes = engine_gl_rows_bytes (weight, n_channels) * (uint64_t) n,
  };
  EngineGlDispatch keep = {
    .key.shader = ENGINE_GL_SHADER_CONV_KEEP,
    .buffers = { layer->buffer },
    .params = { x, run->at.stretches, n_channels, n_taps - 1, (uint32_t) layer->page_words, per_token },
    .groups = { engine_gl_groups (n_channels, 64), n_taps - 1, run->at.n_stretches },
  };

  /* No state that is read is written to: both may run at once. */
  return engine_gl_dispatch (run, &conv) && engine_gl_dispatch (run, &keep);
}

bool
engine_gl_ssm_scan (EngineGlRun *run, const EngineNode *node)
{
  const EngineSsmParams *p = &node->params.ssm;
  const EngineGlCacheLayer *layer = &run->store->layers[p->layer];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_SSM_SCAN,
    .buffers = { engine_gl_vector (run, node->in[2]), engine_gl_vector (run, node->in[3]), layer->buffer },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), run->at.stretches, run->at.n_stretches,
                (uint32_t) p->n_head, (uint32_t) p->head_dim, (uint32_t) p->n_state, (uint32_t) p->n_group, (uint32_t) layer->page_words },
    .groups = { engine_gl_groups (p->head_dim, 32), p->n_head, run->at.n_stretches },
  };

  return engine_gl_dispatch (run, &d);
}

bool
engine_gl_delta_rule (EngineGlRun *run, const EngineNode *node)
{
  const EngineDeltaParams *p = &node->params.delta;
  const EngineGlCacheLayer *layer = &run->store->layers[p->layer];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_DELTA_RULE,
    .buffers = { engine_gl_vector (run, node->in[3]), layer->buffer },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->in[2]), engine_gl_value (run, node->out), run->at.stretches,
                run->at.n_stretches, (uint32_t) p->n_head, (uint32_t) p->head_dim, (uint32_t) p->n_state, (uint32_t) p->n_group, (uint32_t) layer->page_words, engine_gl_float (p->eps) },
    .groups = { engine_gl_groups (p->head_dim, 32), p->n_head, run->at.n_stretches },
  };

  return engine_gl_dispatch (run, &d);
}
