/* SPDX-License-Identifier: MIT */
#include "adapter.h"

#include <string.h>

#define ARENA_ALIGN 64

const char *const engine_op_names[ENGINE_N_OPS] = {
#define OP(NAME, symbol, tolerance) [ENGINE_OP_##NAME] = #symbol,
#include "ops.def"
#undef OP
};

/* ---- building blocks ------------------------------------------------------ */

void
engine_graph_init (EngineGraph *graph, int32_t n_tokens, int32_t n_outputs)
{
  memset (graph, 0, sizeof *graph);
  graph->n_tokens = n_tokens;
  graph->n_outputs = n_outputs;
  graph->layer = -1;
  graph->output = ENGINE_NO_VALUE;
  if (n_tokens < 1 || n_outputs < 1 || n_outputs > n_tokens)
    engine_fail (&graph->error, ENGINE_INTERNAL, "A graph of %d tokens cannot have %d outputs.", n_tokens, n_outputs);
}

void
engine_graph_clear (EngineGraph *graph)
{
  free (graph->values);
  free (graph->nodes);
  memset (graph, 0, sizeof *graph);
}

/* A shape that does not fit is a bug of an architecture: loading has checked the
 * tensors. The message says which node, so that it is found at once. */
static EngineValueId
refuse (EngineGraph *graph, EngineOp op, const char *why)
{
  engine_fail (&graph->error, ENGINE_INTERNAL, "Node %d (%s, layer %d) cannot be built: %s.",
               graph->n_nodes, engine_op_names[op], graph->layer, why);
  return ENGINE_NO_VALUE;
}

static bool
grow (EngineGraph *graph, void **array, int32_t *capacity, int32_t n, size_t size)
{
  int32_t wanted = *capacity ? *capacity * 2 : 256;
  void *larger;

  if (n < *capacity)
    return true;
  larger = realloc (*array, (size_t) wanted * size);
  if (!larger)
    return engine_fail (&graph->error, ENGINE_NO_MEMORY, "There is no memory for a graph of %d nodes.", wanted);
  *array = larger;
  *capacity = wanted;
  return true;
}

static EngineValueId
add_value (EngineGraph *graph, EngineValueKind kind, EngineType type, int64_t width, int64_t n)
{
  EngineValue *value;

  if (graph->error.code != ENGINE_OK ||
      !grow (graph, (void **) &graph->values, &graph->values_capacity, graph->n_values, sizeof *graph->values))
    return ENGINE_NO_VALUE;
  value = &graph->values[graph->n_values];
  *value = (EngineValue) { .kind = kind, .type = type, .width = width, .n = n, .last_use = -1, .base = ENGINE_NO_VALUE };
  return graph->n_values++;
}

/* An optional weight: NULL gives ENGINE_NO_VALUE. */
static EngineValueId
add_weight (EngineGraph *graph, const EngineTensor *tensor)
{
  EngineValueId id;

  if (!tensor)
    return ENGINE_NO_VALUE;
  id = add_value (graph, ENGINE_VALUE_WEIGHT, tensor->type, tensor->ne[0], engine_tensor_rows (tensor));
  if (id != ENGINE_NO_VALUE)
    graph->values[id].weight = tensor;
  return id;
}

/* The batch's inputs exist once per graph, whoever asks first. */
static EngineValueId
input (EngineGraph *graph, EngineValueKind kind, int64_t n)
{
  for (int32_t i = 0; i < graph->n_values; i++)
    if (graph->values[i].kind == kind)
      return i;
  return add_value (graph, kind, ENGINE_TYPE_I32, 1, n);
}

/* Adds the node and the value that it writes; width 0: it writes none. */
static EngineValueId
add_node (EngineGraph *graph, EngineNode node, int64_t width, int64_t n)
{
  node.out = width ? add_value (graph, ENGINE_VALUE_NODE, ENGINE_TYPE_F32, width, n) : ENGINE_NO_VALUE;
  node.layer = graph->layer;
  if (graph->error.code != ENGINE_OK ||
      !grow (graph, (void **) &graph->nodes, &graph->nodes_capacity, graph->n_nodes, sizeof *graph->nodes))
    return ENGINE_NO_VALUE;
  graph->nodes[graph->n_nodes++] = node;
  return node.out;
}

/* A value that a node computed, as all activations are. */
static bool
is_activation (const EngineGraph *graph, EngineValueId id)
{
  return id >= 0 && id < graph->n_values && graph->values[id].kind == ENGINE_VALUE_NODE;
}

static bool
is_shape (const EngineGraph *graph, EngineValueId id, int64_t width, int64_t n)
{
  return is_activation (graph, id) && graph->values[id].width == width && graph->values[id].n == n;
}

static bool
is_vector (const EngineTensor *tensor, int64_t length)
{
  return tensor->ne[0] == length && engine_tensor_rows (tensor) == 1;
}

EngineValueId
engine_graph_name (EngineGraph *graph, EngineValueId value, const char *name)
{
  if (graph->error.code == ENGINE_OK && is_activation (graph, value))
    graph->values[value].name = name;
  return value;
}

/* ---- operations ----------------------------------------------------------- */

static EngineValueId
embed (EngineGraph *graph, EngineValueKind numbers, const EngineTensor *table, const EngineTensor *offset)
{
  EngineNode node = { .op = ENGINE_OP_EMBED };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (offset && !is_vector (offset, table->ne[0]))
    return refuse (graph, node.op, "the offset is not as long as a row of the table");
  node.in[0] = input (graph, numbers, graph->n_tokens);
  node.in[1] = add_weight (graph, table);
  node.in[2] = add_weight (graph, offset);
  node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, table->ne[0], graph->n_tokens);
}

EngineValueId
engine_graph_embed (EngineGraph *graph, const EngineTensor *table, const EngineTensor *offset)
{
  return engine_adapter_embed (graph, table, embed (graph, ENGINE_VALUE_TOKENS, table, offset));
}

EngineValueId
engine_graph_splice (EngineGraph *graph, EngineValueId x, int32_t part, int32_t n_parts)
{
  EngineNode node = { .op = ENGINE_OP_SPLICE, .params.splice = { part, n_parts } };

  if (!graph->media || graph->error.code != ENGINE_OK)
    return x;
  if (!is_activation (graph, x) || graph->values[x].n != graph->n_tokens)
    return refuse (graph, node.op, "its operand is no activation of all tokens");
  if (part < 0 || part >= n_parts)
    return refuse (graph, node.op, "the media have no such part");
  node.in[0] = x;
  node.in[1] = input (graph, ENGINE_VALUE_TOKENS, graph->n_tokens);
  node.in[2] = node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, graph->values[x].width, graph->n_tokens);
}

EngineValueId
engine_graph_patches (EngineGraph *graph, int32_t side)
{
  EngineNode node = { .op = ENGINE_OP_PATCHES, .in = { ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE } };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (side < 1 || side > ENGINE_MAX_PATCH)
    return refuse (graph, node.op, "its patches have no side");
  return add_node (graph, node, 3 * (int64_t) side * side, graph->n_tokens);
}

EngineValueId
engine_graph_embed_positions (EngineGraph *graph, const EngineTensor *table)
{
  return embed (graph, ENGINE_VALUE_POSITIONS, table, NULL);
}

EngineValueId
engine_graph_input (EngineGraph *graph, int64_t width, int64_t n)
{
  if (graph->error.code == ENGINE_OK && (graph->n_inputs == ENGINE_MAX_INPUTS || graph->n_nodes > 0))
    engine_fail (&graph->error, ENGINE_INTERNAL, "A graph has at most %d inputs, before its nodes.", ENGINE_MAX_INPUTS);
  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  return graph->inputs[graph->n_inputs++] = add_value (graph, ENGINE_VALUE_NODE, ENGINE_TYPE_F32, width, n);
}

/* The numbers of x from `first` on, or some of them, in another shape. */
static EngineValueId
add_shape (EngineGraph *graph, EngineValueId x, int64_t first, int64_t width, int64_t n)
{
  EngineValueId shaped = add_value (graph, ENGINE_VALUE_NODE, ENGINE_TYPE_F32, width, n);

  if (shaped != ENGINE_NO_VALUE) {
    graph->values[shaped].base = graph->values[x].base == ENGINE_NO_VALUE ? x : graph->values[x].base;
    graph->values[shaped].first = graph->values[x].first + first;
  }
  return shaped;
}

EngineValueId
engine_graph_reshape (EngineGraph *graph, EngineValueId x, int64_t width)
{
  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || width < 1 || graph->values[x].width * graph->values[x].n % width) {
    engine_fail (&graph->error, ENGINE_INTERNAL, "Layer %d has numbers that do not fill columns of %d.", graph->layer, (int) width);
    return ENGINE_NO_VALUE;
  }
  return add_shape (graph, x, 0, width, graph->values[x].width * graph->values[x].n / width);
}

EngineValueId
engine_graph_first (EngineGraph *graph, EngineValueId x, int64_t n)
{
  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || n < 1 || n > graph->values[x].n) {
    engine_fail (&graph->error, ENGINE_INTERNAL, "Layer %d has fewer than %d columns.", graph->layer, (int) n);
    return ENGINE_NO_VALUE;
  }
  return add_shape (graph, x, 0, graph->values[x].width, n);
}

EngineValueId
engine_graph_behind (EngineGraph *graph, EngineValueId x, int64_t first)
{
  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || first < 0 || first >= graph->values[x].n || first * graph->values[x].width * (int64_t) sizeof (float) % ARENA_ALIGN) {
    engine_fail (&graph->error, ENGINE_INTERNAL, "Layer %d has no columns that begin with the one numbered %d.", graph->layer, (int) first);
    return ENGINE_NO_VALUE;
  }
  return add_shape (graph, x, first * graph->values[x].width, graph->values[x].width, graph->values[x].n - first);
}

EngineValueId
engine_graph_transpose (EngineGraph *graph, EngineValueId x, int32_t n_rows)
{
  EngineNode node = { .op = ENGINE_OP_TRANSPOSE, .in = { x, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE }, .params.n_rows = n_rows };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || n_rows < 1 || graph->values[x].width % n_rows)
    return refuse (graph, node.op, "its columns are no matrices of so many rows");
  return add_node (graph, node, graph->values[x].width, graph->values[x].n);
}

EngineValueId
engine_graph_unfold (EngineGraph *graph, EngineValueId x, const EngineUnfoldParams *params)
{
  EngineNode node = { .op = ENGINE_OP_UNFOLD, .in = { x, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE }, .params.unfold = *params };
  EngineUnfoldParams *p = &node.params.unfold;
  int64_t sides[2], n_out[2];

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x))
    return refuse (graph, node.op, "its operand is no activation");
  p->n_across = p->n_across ? p->n_across : (int32_t) graph->values[x].n;
  if (p->n_across < 1 || graph->values[x].n % p->n_across)
    return refuse (graph, node.op, "the columns are no whole rows");
  sides[0] = p->n_across;
  sides[1] = graph->values[x].n / p->n_across;
  for (int i = 0; i < 2; i++) {
    if (p->kernel[i] < 1 || p->kernel[i] > ENGINE_MAX_TAPS || p->stride[i] < 1 || p->pad[i] < 0 || p->pad[i] >= p->kernel[i] || sides[i] + 2 * p->pad[i] < p->kernel[i])
      return refuse (graph, node.op, "the kernel does not fit");
    n_out[i] = (sides[i] + 2 * p->pad[i] - p->kernel[i]) / p->stride[i] + 1;
  }
  return add_node (graph, node, graph->values[x].width * p->kernel[0] * p->kernel[1], n_out[0] * n_out[1]);
}

EngineValueId
engine_graph_concat (EngineGraph *graph, EngineValueId a, EngineValueId b)
{
  EngineNode node = { .op = ENGINE_OP_CONCAT, .in = { a, b, ENGINE_NO_VALUE, ENGINE_NO_VALUE } };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, a) || !is_activation (graph, b) || graph->values[a].n != graph->values[b].n)
    return refuse (graph, node.op, "its operands are no activations of as many columns");
  return add_node (graph, node, graph->values[a].width + graph->values[b].width, graph->values[a].n);
}

EngineValueId
engine_graph_part (EngineGraph *graph, EngineValueId x, int64_t first, int64_t width)
{
  EngineNode node = { .op = ENGINE_OP_PART, .in = { x, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE } };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || first < 0 || first > INT32_MAX || width < 1 || width > graph->values[x].width - first)
    return refuse (graph, node.op, "its columns have no such elements");
  node.params.first = (int32_t) first;
  return add_node (graph, node, width, graph->values[x].n);
}

EngineValueId
engine_graph_rms_norm (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, int32_t group, float eps)
{
  EngineNode node = { .op = ENGINE_OP_RMS_NORM };
  int64_t width, n;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x))
    return refuse (graph, node.op, "its operand is no activation");
  width = graph->values[x].width;
  n = graph->values[x].n;
  if (group < 0 || (group && width % group))
    return refuse (graph, node.op, "the width is no multiple of the group");
  if (weight && !is_vector (weight, group ? group : width) && !is_vector (weight, width))
    return refuse (graph, node.op, "the weight is neither as long as the group nor as the column");
  node.in[0] = x;
  node.in[1] = add_weight (graph, weight);
  node.in[2] = node.in[3] = ENGINE_NO_VALUE;
  node.params.rms_norm.eps = eps;
  node.params.rms_norm.group = group ? group : width;
  return add_node (graph, node, width, n);
}

EngineValueId
engine_graph_matmul (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, const EngineTensor *bias, EngineValueId residual)
{
  EngineNode node = { .op = ENGINE_OP_MATMUL };
  int64_t rows, n;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  rows = engine_tensor_rows (weight);
  if (!is_activation (graph, x) || graph->values[x].width != weight->ne[0])
    return refuse (graph, node.op, "the operand is not as wide as the weight's rows");
  n = graph->values[x].n;
  if (bias && !is_vector (bias, rows))
    return refuse (graph, node.op, "the bias is not as long as the result");
  if (residual != ENGINE_NO_VALUE && !is_shape (graph, residual, rows, n))
    return refuse (graph, node.op, "the residual has another shape than the result");
  node.in[0] = add_weight (graph, weight);
  node.in[1] = x;
  node.in[2] = add_weight (graph, bias);
  node.in[3] = residual;
  return engine_adapter_matmul (graph, weight, x, add_node (graph, node, rows, n));
}

EngineValueId
engine_graph_layer_norm (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, float eps)
{
  EngineNode node = { .op = ENGINE_OP_LAYER_NORM, .params.rms_norm.eps = eps };
  int64_t width;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x))
    return refuse (graph, node.op, "its operand is no activation");
  width = graph->values[x].width;
  if (!is_vector (weight, width) || (bias && !is_vector (bias, width)))
    return refuse (graph, node.op, "the weight or the bias is not as long as the column");
  node.in[0] = x;
  node.in[1] = add_weight (graph, weight);
  node.in[2] = add_weight (graph, bias);
  node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, width, graph->values[x].n);
}

EngineValueId
engine_graph_route (EngineGraph *graph, EngineValueId logits, const EngineTensor *bias, int32_t n_used, EngineRouting routing)
{
  EngineNode node = { .op = ENGINE_OP_ROUTE, .params.route = { n_used, routing } };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, logits) || n_used < 1 || n_used > graph->values[logits].width)
    return refuse (graph, node.op, "there are not as many experts as it is to choose");
  if (bias && (routing != ENGINE_ROUTING_SIGMOID || !is_vector (bias, graph->values[logits].width)))
    return refuse (graph, node.op, "the bias is not as long as there are experts, or of another routing");
  node.in[0] = logits;
  node.in[1] = add_weight (graph, bias);
  node.in[2] = node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, 2 * (int64_t) n_used, graph->values[logits].n);
}

EngineValueId
engine_graph_experts (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId routes, const EngineTensor *bias)
{
  EngineNode node = { .op = ENGINE_OP_EXPERTS };
  int64_t n_used;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || !is_activation (graph, routes) || graph->values[routes].n != graph->values[x].n)
    return refuse (graph, node.op, "not every column has its routes");
  n_used = graph->values[routes].width / 2;
  if (graph->values[x].width != weight->ne[0] && graph->values[x].width != weight->ne[0] * n_used)
    return refuse (graph, node.op, "the operand is not as wide as the weight's rows");
  if (weight->ne[1] % 16 || (bias && !is_vector (bias, weight->ne[1] * weight->ne[2])))
    return refuse (graph, node.op, "an expert's rows are no multiple of 16, or the bias is not as long as all of them");
  node.in[0] = add_weight (graph, weight);
  node.in[1] = x;
  node.in[2] = routes;
  node.in[3] = add_weight (graph, bias);
  return engine_adapter_experts (graph, weight, x, routes, add_node (graph, node, weight->ne[1] * n_used, graph->values[x].n));
}

EngineValueId
engine_graph_mix (EngineGraph *graph, EngineValueId parts, EngineValueId routes, EngineValueId residual)
{
  EngineNode node = { .op = ENGINE_OP_MIX, .in = { parts, routes, residual, ENGINE_NO_VALUE } };
  int64_t n_used, width;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, parts) || !is_activation (graph, routes) || graph->values[routes].n != graph->values[parts].n)
    return refuse (graph, node.op, "not every column has its routes");
  n_used = graph->values[routes].width / 2;
  width = graph->values[parts].width / n_used;
  if (graph->values[parts].width % n_used || (residual != ENGINE_NO_VALUE && !is_shape (graph, residual, width, graph->values[parts].n)))
    return refuse (graph, node.op, "the parts are not as many as the experts, or the residual has another shape");
  return add_node (graph, node, width, graph->values[parts].n);
}

EngineValueId
engine_graph_rope (EngineGraph *graph, EngineValueId x, const EngineTensor *freq_factors, const EngineRopeParams *params)
{
  EngineNode node = { .op = ENGINE_OP_ROPE, .params.rope = *params };
  int64_t width, n_pairs = 0;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || graph->values[x].n != graph->n_tokens)
    return refuse (graph, node.op, "its operand is no activation of all tokens");
  width = graph->values[x].width;
  if (params->head_dim < 1 || width % params->head_dim)
    return refuse (graph, node.op, "the width is no multiple of the head");
  if (params->n_rot < 0 || params->n_rot % 2 || params->n_rot > params->head_dim)
    return refuse (graph, node.op, "the turned part is odd or longer than the head");
  if (params->style == ENGINE_ROPE_QUARTERS && params->n_rot % 4)
    return refuse (graph, node.op, "the turned part has no quarters");
  for (int32_t i = 0; i < params->n_axes && i < ENGINE_MAX_AXES; i++)
    n_pairs += params->axes[i];
  if (params->n_axes < 0 || params->n_axes > ENGINE_MAX_AXES || (params->n_axes && n_pairs != params->n_rot / 2))
    return refuse (graph, node.op, "the axes do not have all pairs");
  if (params->axes_order == ENGINE_AXES_INTERLEAVED)
    for (int32_t i = 1; i < params->n_axes; i++)
      if (params->axes[i] > (params->n_rot / 2 + params->n_axes - 1 - i) / params->n_axes)
        return refuse (graph, node.op, "an axis has more pairs than its turns");
  if (freq_factors && !is_vector (freq_factors, params->n_rot / 2))
    return refuse (graph, node.op, "there must be one frequency factor for each pair");
  node.in[0] = x;
  node.in[1] = input (graph, ENGINE_VALUE_POSITIONS, graph->n_tokens);
  node.in[2] = add_weight (graph, freq_factors);
  node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, width, graph->n_tokens);
}

static bool
heads_fit (EngineGraph *graph, EngineOp op, const EngineAttentionParams *params)
{
  if (params->head_dim < 1 || params->n_head_kv < 1 || params->n_head < 1 || params->n_head % params->n_head_kv)
    refuse (graph, op, "the query heads are no multiple of the key heads");
  else if (params->window < 0 || params->layer < 0)
    refuse (graph, op, "the window or the layer is negative");
  return graph->error.code == ENGINE_OK;
}

void
engine_graph_cache_write (EngineGraph *graph, EngineValueId k, EngineValueId v, const EngineAttentionParams *params)
{
  EngineNode write = { .op = ENGINE_OP_CACHE_WRITE, .writes_cache = true, .params.attention = *params };
  int64_t width = (int64_t) params->n_head_kv * params->head_dim;

  if (graph->error.code != ENGINE_OK || !heads_fit (graph, write.op, params))
    return;
  if (!is_shape (graph, k, width, graph->n_tokens) || !is_shape (graph, v, width, graph->n_tokens)) {
    refuse (graph, write.op, "k or v has another shape than its heads");
    return;
  }
  write.in[0] = k;
  write.in[1] = v;
  write.in[2] = input (graph, ENGINE_VALUE_POSITIONS, graph->n_tokens);
  write.in[3] = ENGINE_NO_VALUE;
  add_node (graph, write, 0, 0);
}

EngineValueId
engine_graph_attend (EngineGraph *graph, EngineValueId q, const EngineTensor *sinks, const EngineAttentionParams *params)
{
  EngineNode attend = { .op = ENGINE_OP_ATTENTION, .params.attention = *params };
  int64_t width = (int64_t) params->n_head * params->head_dim;

  if (graph->error.code != ENGINE_OK || !heads_fit (graph, attend.op, params))
    return ENGINE_NO_VALUE;
  if (!is_shape (graph, q, width, graph->n_tokens))
    return refuse (graph, attend.op, "q has another shape than its heads");
  if (sinks && !is_vector (sinks, params->n_head))
    return refuse (graph, attend.op, "there must be one sink for each head");
  if (params->sight != ENGINE_SEES_BEFORE && params->window)
    return refuse (graph, attend.op, "a window looks back only");
  attend.in[0] = q;
  attend.in[1] = input (graph, ENGINE_VALUE_POSITIONS, graph->n_tokens);
  attend.in[2] = add_weight (graph, sinks);
  attend.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, attend, width, graph->n_tokens);
}

EngineValueId
engine_graph_attention (EngineGraph *graph, EngineValueId q, EngineValueId k, EngineValueId v, const EngineTensor *sinks, const EngineAttentionParams *params)
{
  engine_graph_cache_write (graph, k, v, params);
  return engine_graph_attend (graph, q, sinks, params);
}

EngineValueId
engine_graph_conv (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, int32_t cache_layer)
{
  EngineNode node = { .op = ENGINE_OP_CONV, .writes_cache = true, .params.cache_layer = cache_layer };
  int64_t n_channels;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  n_channels = engine_tensor_rows (weight);
  if (!is_activation (graph, x) || graph->values[x].width != n_channels || graph->values[x].n % graph->n_tokens)
    return refuse (graph, node.op, "its operand is no activation of all tokens with a weight for each channel");
  if (weight->type != ENGINE_TYPE_F32 || weight->n_dims < 2 || weight->ne[0] < 2 || weight->ne[0] > ENGINE_MAX_TAPS)
    return refuse (graph, node.op, "the weight is not in F32 or has too many taps or too few");
  if (bias && !is_vector (bias, n_channels))
    return refuse (graph, node.op, "the bias is not as long as the result");
  if (cache_layer < 0)
    return refuse (graph, node.op, "the layer is negative");
  node.in[0] = x;
  node.in[1] = add_weight (graph, weight);
  node.in[2] = add_weight (graph, bias);
  node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, n_channels, graph->values[x].n);
}

EngineValueId
engine_graph_ssm_scan (EngineGraph *graph, EngineValueId x, EngineValueId steps, const EngineTensor *a, const EngineTensor *skip, const EngineSsmParams *params)
{
  EngineNode node = { .op = ENGINE_OP_SSM_SCAN, .writes_cache = true, .params.ssm = *params };
  int64_t width = (int64_t) params->n_head * params->head_dim;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (params->layer < 0 || params->n_head < 1 || params->head_dim < 1 || params->n_state < 1 || params->n_group < 1 || params->n_head % params->n_group)
    return refuse (graph, node.op, "the heads are no multiple of the groups, or a number is not positive");
  if (!is_shape (graph, x, width + 2 * (int64_t) params->n_group * params->n_state, graph->n_tokens) || !is_shape (graph, steps, params->n_head, graph->n_tokens))
    return refuse (graph, node.op, "x or the steps have another shape than the heads");
  if (!is_vector (a, params->n_head) || !is_vector (skip, params->n_head))
    return refuse (graph, node.op, "there must be one decay and one skip for each head");
  node.in[0] = x;
  node.in[1] = steps;
  node.in[2] = add_weight (graph, a);
  node.in[3] = add_weight (graph, skip);
  return add_node (graph, node, width, graph->n_tokens);
}

EngineValueId
engine_graph_delta_rule (EngineGraph *graph, EngineValueId x, EngineValueId steps, EngineValueId betas, const EngineTensor *a, const EngineDeltaParams *params)
{
  EngineNode node = { .op = ENGINE_OP_DELTA_RULE, .writes_cache = true, .in = { x, steps, betas }, .params.delta = *params };
  int64_t width = (int64_t) params->n_head * params->head_dim;

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (params->layer < 0 || params->n_head < 1 || params->head_dim < 1 || params->n_state < 1 || params->n_group < 1 || params->n_head % params->n_group)
    return refuse (graph, node.op, "the heads are no multiple of the groups, or a number is not positive");
  if (!is_shape (graph, x, width + 2 * (int64_t) params->n_group * params->n_state, graph->n_tokens) || !is_shape (graph, steps, params->n_head, graph->n_tokens) ||
      !is_shape (graph, betas, params->n_head, graph->n_tokens))
    return refuse (graph, node.op, "x, the steps or the betas have another shape than the heads");
  if (!is_vector (a, params->n_head))
    return refuse (graph, node.op, "there must be one decay for each head");
  node.in[3] = add_weight (graph, a);
  return add_node (graph, node, width, graph->n_tokens);
}

/* Element by element: two operands of one shape. */
static EngineValueId
add_pair (EngineGraph *graph, EngineNode node, EngineValueId a, EngineValueId b, const EngineTensor *scale)
{
  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, a) || !is_shape (graph, b, graph->values[a].width, graph->values[a].n))
    return refuse (graph, node.op, "its operands have different shapes");
  if (scale && !is_vector (scale, graph->values[a].width))
    return refuse (graph, node.op, "the scale is not as long as the column");
  node.in[0] = a;
  node.in[1] = b;
  node.in[2] = add_weight (graph, scale);
  node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, graph->values[a].width, graph->values[a].n);
}

EngineValueId
engine_graph_gated (EngineGraph *graph, EngineValueId gate, EngineValueId up, EngineGate act)
{
  if (up == ENGINE_NO_VALUE && is_activation (graph, gate)) {
    EngineNode node = { .op = ENGINE_OP_GATED, .in = { gate, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE }, .params.gate = act };

    return add_node (graph, node, graph->values[gate].width, graph->values[gate].n);
  }
  return add_pair (graph, (EngineNode) { .op = ENGINE_OP_GATED, .params.gate = act }, gate, up, NULL);
}

EngineValueId
engine_graph_add (EngineGraph *graph, EngineValueId a, EngineValueId b)
{
  return add_pair (graph, (EngineNode) { .op = ENGINE_OP_ADD }, a, b, NULL);
}

EngineValueId
engine_graph_add_scaled (EngineGraph *graph, EngineValueId a, EngineValueId b, const EngineTensor *scale)
{
  return add_pair (graph, (EngineNode) { .op = ENGINE_OP_ADD }, a, b, scale);
}

/* Element by element, with one number for all. */
static EngineValueId
with_number (EngineGraph *graph, EngineOp op, EngineValueId x, float number)
{
  EngineNode node = { .op = op, .in = { x, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE }, .params.scale = number };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x))
    return refuse (graph, op, "its operand is no activation");
  return add_node (graph, node, graph->values[x].width, graph->values[x].n);
}

EngineValueId
engine_graph_scale (EngineGraph *graph, EngineValueId x, float factor)
{
  return with_number (graph, ENGINE_OP_SCALE, x, factor);
}

EngineValueId
engine_graph_clamp (EngineGraph *graph, EngineValueId x, float least, float most)
{
  EngineNode node = { .op = ENGINE_OP_CLAMP, .in = { x, ENGINE_NO_VALUE, ENGINE_NO_VALUE, ENGINE_NO_VALUE }, .params.clamp = { least, most } };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || !(least <= most))
    return refuse (graph, node.op, "its operand is no activation, or there is nothing between the limits");
  return add_node (graph, node, graph->values[x].width, graph->values[x].n);
}

EngineValueId
engine_graph_softcap (EngineGraph *graph, EngineValueId x, float cap)
{
  return with_number (graph, ENGINE_OP_SOFTCAP, x, cap);
}

EngineValueId
engine_graph_output_rows (EngineGraph *graph, EngineValueId x)
{
  EngineNode node = { .op = ENGINE_OP_ROWS };

  if (graph->error.code != ENGINE_OK)
    return ENGINE_NO_VALUE;
  if (!is_activation (graph, x) || graph->values[x].n != graph->n_tokens)
    return refuse (graph, node.op, "its operand is no activation of all tokens");
  node.in[0] = x;
  node.in[1] = input (graph, ENGINE_VALUE_OUTPUT_ROWS, graph->n_outputs);
  node.in[2] = node.in[3] = ENGINE_NO_VALUE;
  return add_node (graph, node, graph->values[x].width, graph->n_outputs);
}

/* ---- lives and the arena -------------------------------------------------- */

/* The value's numbers are still needed by node i. */
static void
use (EngineGraph *graph, EngineValueId id, int32_t i)
{
  EngineValue *value = &graph->values[id];

  value->last_use = ENGINE_MAX (value->last_use, i);
  if (value->base != ENGINE_NO_VALUE)
    use (graph, value->base, i);
}

static void
find_last_uses (EngineGraph *graph)
{
  for (int32_t i = 0; i < graph->n_nodes; i++)
    for (size_t k = 0; k < ENGINE_LENGTH (graph->nodes[i].in); k++)
      if (graph->nodes[i].in[k] != ENGINE_NO_VALUE)
        use (graph, graph->nodes[i].in[k], i);
  /* A backend may compute a gate together with the products that it joins: what they multiply is kept until then. */
  for (int32_t i = 2; i < graph->n_nodes; i++) {
    const EngineNode *node = &graph->nodes[i];

    if (node->op == ENGINE_OP_GATED && node[-2].op == ENGINE_OP_MATMUL && node[-1].op == ENGINE_OP_MATMUL && node[-2].in[1] == node[-1].in[1])
      use (graph, node[-1].in[1], i);
  }
  /* The logits are copied out after the last node. */
  use (graph, graph->output, graph->n_nodes);
}

static bool
value_bytes (const EngineValue *value, size_t *bytes)
{
  return engine_mul (value->width, value->n, bytes) && engine_mul (*bytes, sizeof (float), bytes) && engine_align (*bytes, ARENA_ALIGN, bytes);
}

/* First fit. `live` holds the values that are still needed, ordered by offset; a new one
 * goes into the first gap between them that is large enough. A handful is live at any
 * time, so that a walk over all of them is cheaper than anything clever. */
static bool
place_values (EngineGraph *graph)
{
  typedef struct { size_t begin, end; int32_t last_use; } Span;
  Span *live = malloc (((size_t) graph->n_nodes + ENGINE_MAX_INPUTS) * sizeof *live);
  int32_t n_live = 0;
  bool ok = true;

  if (!live)
    return engine_fail (&graph->error, ENGINE_NO_MEMORY, "There is no memory for a graph of %d nodes.", graph->n_nodes);

  /* What comes from outside is there before the first node. */
  for (; ok && n_live < graph->n_inputs; n_live++) {
    EngineValue *value = &graph->values[graph->inputs[n_live]];
    size_t bytes;

    value->offset = graph->arena_bytes;
    ok = value_bytes (value, &bytes) && engine_sum (graph->arena_bytes, bytes, &graph->arena_bytes);
    live[n_live] = (Span) { value->offset, graph->arena_bytes, ENGINE_MAX (value->last_use, 0) };
  }
  for (int32_t i = 0; ok && i < graph->n_nodes; i++) {
    EngineValueId out = graph->nodes[i].out;
    EngineValue *value = &graph->values[out == ENGINE_NO_VALUE ? 0 : out];
    size_t bytes, begin = 0;
    int32_t kept = 0, at = 0;

    if (out == ENGINE_NO_VALUE)
      continue;
    ok = value_bytes (value, &bytes);

    /* What only earlier nodes read is free by now. */
    for (int32_t k = 0; k < n_live; k++)
      if (live[k].last_use >= i)
        live[kept++] = live[k];
    n_live = kept;

    while (at < n_live && live[at].begin - begin < bytes)
      begin = live[at++].end;
    memmove (live + at + 1, live + at, (size_t) (n_live - at) * sizeof *live);
    live[at] = (Span) { begin, begin + bytes, ENGINE_MAX (value->last_use, i) };
    n_live++;
    ok = ok && bytes <= SIZE_MAX / 2 - begin;
    value->offset = begin;
    graph->arena_bytes = ENGINE_MAX (graph->arena_bytes, begin + bytes);
  }
  free (live);
  for (int32_t i = 0; i < graph->n_values; i++)
    if (graph->values[i].base != ENGINE_NO_VALUE)
      graph->values[i].offset = graph->values[graph->values[i].base].offset + (size_t) graph->values[i].first * sizeof (float);
  return ok || engine_fail (&graph->error, ENGINE_NO_MEMORY, "A batch of %d tokens is too large for this model.", graph->n_tokens);
}

bool
engine_graph_finish (EngineGraph *graph, EngineValueId logits, EngineError *error)
{
  if (graph->error.code == ENGINE_OK && (!is_activation (graph, logits) || graph->values[logits].n != graph->n_outputs))
    engine_fail (&graph->error, ENGINE_INTERNAL, "The logits do not have one column for each output.");
  if (graph->error.code == ENGINE_OK) {
    graph->output = logits;
    find_last_uses (graph);
    place_values (graph);
  }
  if (graph->error.code != ENGINE_OK && error && error->code == ENGINE_OK)
    *error = graph->error;
  return graph->error.code == ENGINE_OK;
}
