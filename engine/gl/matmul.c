/* SPDX-License-Identifier: MIT */
/* Products with weights, part by part of a weight that is in several, and the rows of tables. */
#include "gl.h"

/* ---- columns ------------------------------------------------------------------ */

/* Of MATMUL's and GATE_UP's choices. */
enum { COLUMNS, ROWS, SPLIT, LAST_CHOICE, UNIFORM };

/* What a product reads for each group of rows, of one matrix or of two. */
typedef struct {
  EngineValueId id;   /* the columns, [width, n] */
  EngineGlCut   cut;
  uint64_t      group_bytes; /* of the weights of a group of rows */
} Product;

static Product
product_begin (const EngineGlRun *run, EngineGlDispatch *d, EngineValueId id, const EngineGlWeight *weight, int n_matrices)
{
  const EngineValue *x = &run->graph->values[id];
  Product product = { id, engine_gl_cut (&run->shared->device, &run->shared->tiles, x->width, x->n), (uint64_t) n_matrices * engine_gl_rows_bytes (weight, ENGINE_GL_ROWS) };

  d->key.choices[COLUMNS] = product.cut.at_once;
  d->key.choices[UNIFORM] = d->has_window = product.cut.uniform;
  return product;
}

/* All columns with n_groups of rows. */
static bool
dispatch_columns (EngineGlRun *run, EngineGlDispatch *d, const Product *product, int64_t n_groups)
{
  const EngineValue *x = &run->graph->values[product->id];
  uint32_t step = (uint32_t) (run->shared->device.window_step / sizeof (uint32_t));
  bool ok = true;

  d->groups[0] = engine_gl_groups (n_groups, d->key.choices[ROWS]);
  for (int64_t first = 0; ok && first < x->n; first += product->cut.each) {
    int64_t end = ENGINE_MIN (first + product->cut.each, x->n);
    uint32_t at = engine_gl_value (run, product->id);

    if (d->has_window) {
      at += (uint32_t) (first * x->width);
      d->window = at / step * step;
      at = (at - d->window) / 4;
    }
    d->params[0] = at;
    d->params[6] = (uint32_t) end;
    d->params[12] = (uint32_t) first;
    d->groups[1] = engine_gl_groups (end - first, d->key.choices[COLUMNS]);
    d->weight_bytes = product->group_bytes * (uint64_t) n_groups * (uint64_t) d->groups[1];
    ok = engine_gl_dispatch (run, d);
  }
  return ok;
}

/* All groups of rows. Those of a prompt that do not fill an invocation's rows go to invocations with fewer; for one column another dispatch would cost more. */
static bool
dispatch_rows (EngineGlRun *run, EngineGlDispatch *d, const Product *product, int64_t n_groups)
{
  bool one = run->graph->values[product->id].n == 1, ok = true;
  uint8_t most = d->key.choices[ROWS];

  for (int64_t first = 0, n; ok && first < n_groups; first += n) {
    while (!one && d->key.choices[ROWS] > n_groups - first)
      d->key.choices[ROWS] /= 2;
    n = one ? n_groups : (n_groups - first) / d->key.choices[ROWS] * d->key.choices[ROWS];
    d->params[13] = (uint32_t) first;
    ok = dispatch_columns (run, d, product, n);
  }
  d->key.choices[ROWS] = most;
  return ok;
}

/* ---- products ----------------------------------------------------------------- */

bool
engine_gl_matmul (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *x = &run->graph->values[node->in[1]];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[node->in[0]].weight);
  const EngineGlTiles *tiles = &run->shared->tiles;
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_MATMUL, (uint8_t) weight->type,
             { 0, x->n > 1 ? tiles->rows : tiles->rows_one, tiles->split, weight->n_in % ENGINE_QUANT_BLOCK != 0 } },
    .params = { 0, engine_gl_value (run, node->out), engine_gl_value (run, node->in[3]), node->in[2] != ENGINE_NO_VALUE, (uint32_t) weight->n_in, (uint32_t) weight->n_out, 0,
                (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, 0, (uint32_t) weight->n_blocks },
  };
  Product product = product_begin (run, &d, node->in[1], weight, 1);
  bool ok = true;

  for (int32_t i = 0; ok && i < weight->n_parts; i++) {
    const EngineGlPart *part = &weight->parts[i];

    d.buffers[0] = part->buffer;
    d.buffers[1] = engine_gl_vector (run, node->in[2]);
    d.buffers[2] = run->shared->arena;
    d.params[9] = (uint32_t) part->first_group;
    d.params[10] = (uint32_t) part->n_groups;
    ok = dispatch_rows (run, &d, &product, part->n_groups);
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
  const EngineValue *x = &run->graph->values[gate->in[1]];
  const EngineGlWeight *weight = engine_gl_weight (run->graph->values[gate->in[0]].weight), *other = engine_gl_weight (run->graph->values[up->in[0]].weight);
  const EngineGlTiles *tiles = &run->shared->tiles;
  /* Half as many rows of two matrices. */
  uint8_t rows = (uint8_t) ENGINE_MAX ((x->n > 1 ? tiles->rows : tiles->rows_one) / 2, 1);
  EngineGlDispatch d = {
    .key = { ENGINE_GL_SHADER_GATE_UP, (uint8_t) weight->type, { 0, rows, tiles->split, (uint8_t) gated->params.gate } },
    .params = { 0, engine_gl_value (run, gated->out), 0, 0, (uint32_t) weight->n_in, (uint32_t) weight->n_out, 0, (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, (uint32_t) weight->n_groups, (uint32_t) weight->n_blocks },
    .buffers = { weight->parts->buffer, other->parts->buffer, run->shared->arena },
  };
  Product product = product_begin (run, &d, gate->in[1], weight, 2);

  return dispatch_rows (run, &d, &product, weight->n_groups);
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
