/* SPDX-License-Identifier: MIT */
/* Operations on each number of a column by itself: 64 invocations in a group, columns side by side. */
#include "gl.h"

#include <float.h>

/* `width` numbers of each of `n` columns. */
static bool
over_columns (EngineGlRun *run, EngineGlDispatch *dispatch, int64_t width, int64_t n)
{
  dispatch->groups[0] = engine_gl_groups (width, 64);
  dispatch->groups[1] = n;
  return engine_gl_dispatch (run, dispatch);
}

bool
engine_gl_add (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_ADD,
    .buffers = { engine_gl_vector (run, node->in[2]) },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), (uint32_t) out->width, node->in[2] != ENGINE_NO_VALUE },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_gated (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key = { .shader = ENGINE_GL_SHADER_GATED, .choices = { (uint8_t) node->params.gate } },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), (uint32_t) out->width },
  };

  return over_columns (run, &d, out->width, out->n);
}

static bool
with_number (EngineGlRun *run, const EngineNode *node, EngineGlShader shader)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = (uint8_t) shader,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, engine_gl_float (node->params.scale) },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_scale (EngineGlRun *run, const EngineNode *node)
{
  return with_number (run, node, ENGINE_GL_SHADER_SCALE);
}

bool
engine_gl_softcap (EngineGlRun *run, const EngineNode *node)
{
  return with_number (run, node, ENGINE_GL_SHADER_SOFTCAP);
}

bool
engine_gl_rows (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_ROWS,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, run->at.outputs },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_splice (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_SPLICE,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, run->at.tokens, run->at.media,
                (uint32_t) (out->width * node->params.splice.n_parts), (uint32_t) (out->width * node->params.splice.part) },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_transpose (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_TRANSPOSE,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, (uint32_t) node->params.n_rows },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_concat (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_CONCAT,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), (uint32_t) out->width,
                (uint32_t) run->graph->values[node->in[0]].width },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_part (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_PART,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, (uint32_t) run->graph->values[node->in[0]].width, (uint32_t) node->params.first },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_clamp (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_CLAMP,
    /* No GLSL has to know infinities. */
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, engine_gl_float (ENGINE_MAX (node->params.clamp.least, -FLT_MAX)),
                engine_gl_float (ENGINE_MIN (node->params.clamp.most, FLT_MAX)) },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_unfold (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *x = &run->graph->values[node->in[0]], *out = &run->graph->values[node->out];
  const EngineUnfoldParams *p = &node->params.unfold;
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_UNFOLD,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, (uint32_t) p->n_across, (uint32_t) (x->n / p->n_across),
                (uint32_t) ((p->n_across + 2 * p->pad[0] - p->kernel[0]) / p->stride[0] + 1), (uint32_t) p->kernel[0], (uint32_t) p->kernel[1], (uint32_t) p->stride[0], (uint32_t) p->stride[1],
                (uint32_t) p->pad[0], (uint32_t) p->pad[1] },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_mix (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_MIX,
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->in[1]), engine_gl_value (run, node->in[2]), engine_gl_value (run, node->out),
                (uint32_t) out->width, (uint32_t) (run->graph->values[node->in[1]].width / 2) },
  };

  return over_columns (run, &d, out->width, out->n);
}

bool
engine_gl_rope (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  const EngineRopeParams *p = &node->params.rope;
  EngineGlDispatch d = {
    .key = { .shader = ENGINE_GL_SHADER_ROPE, .choices = { (uint8_t) p->style } },
    .params = { engine_gl_value (run, node->in[0]), engine_gl_value (run, node->out), (uint32_t) out->width, (uint32_t) p->head_dim, (uint32_t) p->n_rot,
                run->turns[run->node] },
  };

  return over_columns (run, &d, out->width, out->n);
}
