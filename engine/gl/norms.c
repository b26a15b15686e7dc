/* SPDX-License-Identifier: MIT */
/* Operations on a column as a whole: a group of invocations for each. */
#include "gl.h"

bool
engine_gl_rms_norm (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  int64_t group = node->params.rms_norm.group ? node->params.rms_norm.group : out->width;
  bool whole = node->in[1] != ENGINE_NO_VALUE && run->graph->values[node->in[1]].weight->ne[0] == out->width;
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_RMS_NORM,
    .buffers = { engine_gl_vector (run, node->in[1]) },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, (uint32_t) group, engine_gl_float (node->params.rms_norm.eps),
                node->in[1] == ENGINE_NO_VALUE ? 0 : whole ? 2 : 1 },
    .groups = { out->width / group, out->n },
  };

  return engine_gl_dispatch (run, &d);
}

bool
engine_gl_layer_norm (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_LAYER_NORM,
    .buffers = { engine_gl_vector (run, node->in[1]), engine_gl_vector (run, node->in[2]) },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, engine_gl_float (node->params.rms_norm.eps),
                node->in[2] != ENGINE_NO_VALUE },
    .groups = { 1, out->n },
  };

  return engine_gl_dispatch (run, &d);
}

bool
engine_gl_route (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *logits = &run->graph->values[node->in[0]];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_ROUTE,
    .buffers = { engine_gl_vector (run, node->in[1]) },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) logits->width, (uint32_t) node->params.route.n_used,
                (uint32_t) node->params.route.routing, node->in[1] != ENGINE_NO_VALUE },
    .groups = { logits->n },
  };

  return engine_gl_dispatch (run, &d);
}
