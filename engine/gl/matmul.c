/* SPDX-License-Identifier: MIT */
/* Products with weights, part by part of a weight that is in several, and the rows of tables. */
#include "gl.h"

bool
engine_gl_matmul (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[node->in[0]].weight);
  const EngineGlTiles *tiles = &run->shared->tiles;
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_MATMUL, (uint8_t) weight->type,
             { engine_gl_columns_at_once (tiles, out->n), out->n > 1 ? tiles->rows : tiles->rows_one, tiles->split, weight->n_in % ENGINE_QUANT_BLOCK != 0 } },
    .params = { engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), engine_gl_value (run, node->in[3]), node->in[2] != ENGINE_NO_VALUE,
                (uint32_t) weight->n_in, (uint32_t) weight->n_out, (uint32_t) out->n, (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, 0,
                (uint32_t) weight->n_blocks },
  };
  bool ok = true;

  for (int32_t i = 0; ok && i < weight->n_parts; i++) {
    const EngineGlPart *part = &weight->parts[i];

    d.buffers[0] = part->buffer;
    d.buffers[1] = engine_gl_vector (run, node->in[2]);
    d.buffers[2] = run->shared->arena;
    d.params[9] = (uint32_t) part->first_group;
    d.params[10] = (uint32_t) part->n_groups;
    d.groups[0] = engine_gl_groups (part->n_groups, d.key.choices[1]);
    d.groups[1] = engine_gl_groups (out->n, d.key.choices[0]);
    d.weight_bytes = engine_gl_rows_bytes (weight, part->n_groups * ENGINE_GL_ROWS) * (uint64_t) d.groups[1];
    ok = engine_gl_dispatch (run, &d);
  }
  return ok;
}

/* The matrix that node i multiplies with, where that is all it does. */
static const EngineGlWeight *
plain_product (const EngineGlRun *run, const EngineNode *node)
{
  const EngineGlWeight *weight;

  if (node->op != ENGINE_OP_MATMUL || node->in[2] != ENGINE_NO_VALUE || node->in[3] != ENGINE_NO_VALUE)
    return NULL;
  weight = engine_gl_weight (run->graph->values[node->in[0]].weight);
  return weight->n_parts == 1 && weight->n_in % ENGINE_QUANT_BLOCK == 0 ? weight : NULL;
}

bool
engine_gl_is_gate_up (const EngineGlRun *run, int32_t first)
{
  const EngineGraph *graph = run->graph;
  const EngineNode *a = &graph->nodes[first], *b = a + 1, *gated = a + 2;
  const EngineGlWeight *weight, *other;
  const EngineValue *x, *out;

  if (first + 2 >= graph->n_nodes || gated->op != ENGINE_OP_GATED)
    return false;
  weight = plain_product (run, a);
  other = plain_product (run, b);
  if (!weight || !other || weight->type != other->type || weight->n_in != other->n_in || weight->n_out != other->n_out || a->in[1] != b->in[1] ||
      !((gated->in[0] == a->out && gated->in[1] == b->out) || (gated->in[0] == b->out && gated->in[1] == a->out)) ||
      graph->values[a->out].last_use != first + 2 || graph->values[b->out].last_use != first + 2)
    return false;
  x = &graph->values[a->in[1]];
  out = &graph->values[gated->out];
  return out->offset >= x->offset + (size_t) (x->width * x->n) * sizeof (float) || x->offset >= out->offset + (size_t) (out->width * out->n) * sizeof (float);
}

bool
engine_gl_gate_up (EngineGlRun *run, int32_t first)
{
  const EngineNode *a = &run->graph->nodes[first], *b = a + 1, *gated = a + 2;
  const EngineNode *gate = gated->in[0] == a->out ? a : b, *up = gate == a ? b : a;
  const EngineValue *out = &run->graph->values[gated->out];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[gate->in[0]].weight), *other = engine_gl_weight (run->graph->values[up->in[0]].weight);
  const EngineGlTiles *tiles = &run->shared->tiles;
  /* Half as many rows of two matrices. */
  uint8_t rows = (uint8_t) ENGINE_MAX ((out->n > 1 ? tiles->rows : tiles->rows_one) / 2, 1);
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_GATE_UP, (uint8_t) weight->type, { engine_gl_columns_at_once (tiles, out->n), rows, tiles->split, (uint8_t) gated->params.gate } },
    .params = { engine_gl_value (run, gate->in[1]), engine_gl_value (run, gated->out), 0, 0, (uint32_t) weight->n_in, (uint32_t) weight->n_out, (uint32_t) out->n,
                (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, (uint32_t) weight->n_groups, (uint32_t) weight->n_blocks },
    .buffers = { weight->parts->buffer, other->parts->buffer, run->shared->arena },
    .groups = { engine_gl_groups (weight->n_groups, rows) },
  };

  d.groups[1] = engine_gl_groups (out->n, d.key.choices[0]);
  d.weight_bytes = 2 * engine_gl_rows_bytes (weight, weight->n_groups * ENGINE_GL_ROWS) * (uint64_t) d.groups[1];
  return engine_gl_dispatch (run, &d);
}

bool
engine_gl_experts (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out], *x = &run->graph->values[node->in[1]];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[node->in[0]].weight);
  int64_t n_used = run->graph->values[node->in[2]].width / 2, n_out = out->width / n_used;
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_EXPERTS, (uint8_t) weight->type, { 0 } },
    .params = { engine_gl_value (run, node->in[1]), engine_gl_value (run, node->out), engine_gl_value (run, node->in[2]), node->in[3] != ENGINE_NO_VALUE,
                (uint32_t) weight->n_in, (uint32_t) n_out, (uint32_t) n_used, (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, 0,
                (uint32_t) weight->n_blocks, x->width == weight->n_in },
    .groups = { engine_gl_groups (n_out, 32), out->n * n_used },
  };
  bool ok = true;

  for (int32_t i = 0; ok && i < weight->n_parts; i++) {
    d.buffers[0] = weight->parts[i].buffer;
    d.buffers[1] = engine_gl_vector (run, node->in[3]);
    d.params[9] = (uint32_t) weight->parts[i].first_group;
    d.params[10] = (uint32_t) weight->parts[i].n_groups;
    /* A row that is asked for is in one part; in which, only the device knows. */
    d.weight_bytes = i == 0 ? engine_gl_rows_bytes (weight, n_out * out->n * n_used) : 0;
    ok = engine_gl_dispatch (run, &d);
  }
  return ok;
}

bool
engine_gl_embed (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[node->in[1]].weight);
  bool tokens = run->graph->values[node->in[0]].kind == ENGINE_VALUE_TOKENS;
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_EMBED, (uint8_t) weight->type, { 0 } },
    .params = { tokens ? run->at.tokens : run->at.positions, engine_gl_value (run, node->out), (uint32_t) weight->n_in, (uint32_t) weight->code_words,
                (uint32_t) weight->group_words, 0, 0, node->in[2] != ENGINE_NO_VALUE },
    .groups = { engine_gl_groups (weight->n_blocks, 64), out->n },
  };
  bool ok = true;

  for (int32_t i = 0; ok && i < weight->n_parts; i++) {
    d.buffers[0] = weight->parts[i].buffer;
    d.buffers[1] = engine_gl_vector (run, node->in[2]);
    d.params[5] = (uint32_t) weight->parts[i].first_group;
    d.params[6] = (uint32_t) weight->parts[i].n_groups;
    d.weight_bytes = i == 0 ? engine_gl_rows_bytes (weight, out->n) : 0;
    ok = engine_gl_dispatch (run, &d);
  }
  return ok;
}
