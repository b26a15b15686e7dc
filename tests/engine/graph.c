/* SPDX-License-Identifier: MIT */
/* Shapes are refused where they do not fit, and no two values that live at once overlap. */
#include "graph.h"

#include <glib.h>
#include <string.h>

static EngineTensor
matrix (gint64 ne0, gint64 ne1)
{
  return (EngineTensor) { .type = ENGINE_TYPE_F32, .n_dims = 2, .ne = { ne0, ne1, 1, 1 } };
}

static void
assert_fails (EngineGraph *graph, EngineValueId value)
{
  EngineError error = { 0 };

  g_assert_cmpint (value, ==, ENGINE_NO_VALUE);
  g_assert_false (engine_graph_finish (graph, value, &error));
  g_assert_cmpint (error.code, ==, ENGINE_INTERNAL);
  g_assert_cmpstr (error.message, !=, "");
  engine_graph_clear (graph);
}

/* A graph of 5 tokens and 2 outputs that has looked up its tokens. */
static EngineValueId
begin (EngineGraph *graph, const EngineTensor *table)
{
  engine_graph_init (graph, 5, 2);
  return engine_graph_embed (graph, table, NULL);
}

static void
assert_states_fail (const EngineTensor *table)
{
  EngineTensor conv = matrix (4, 8), half = matrix (4, 8), long_conv = matrix (17, 8), narrow = matrix (4, 7), bias = matrix (7, 1), heads = matrix (2, 1), more = matrix (3, 1), to_heads = matrix (8, 2);
  EngineDeltaParams delta = { .n_head = 2, .head_dim = 2, .n_state = 2, .n_group = 1 }, no_state = { .n_head = 2, .head_dim = 2, .n_group = 1 };
  EngineSsmParams ssm = { .n_head = 2, .head_dim = 2, .n_state = 2, .n_group = 1 }, uneven = { .n_head = 2, .head_dim = 1, .n_state = 1, .n_group = 3 };
  EngineGraph graph;
  EngineValueId x, steps;

  half.type = ENGINE_TYPE_F16;
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_conv (&graph, x, &half, NULL, 0));
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_conv (&graph, x, &long_conv, NULL, 0));
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_conv (&graph, x, &narrow, NULL, 0));
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_conv (&graph, x, &conv, &bias, 0));
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_conv (&graph, engine_graph_output_rows (&graph, x), &conv, NULL, 0));
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_ssm_scan (&graph, x, x, &heads, &heads, &ssm));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  assert_fails (&graph, engine_graph_ssm_scan (&graph, x, steps, &more, &heads, &ssm));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  assert_fails (&graph, engine_graph_ssm_scan (&graph, x, steps, &heads, &heads, &uneven));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  x = engine_graph_ssm_scan (&graph, x, steps, &heads, &heads, &ssm);
  g_assert_cmpint (graph.values[x].width, ==, 4);
  g_assert_true (graph.nodes[graph.n_nodes - 1].writes_cache);
  engine_graph_clear (&graph);
  x = begin (&graph, table);
  assert_fails (&graph, engine_graph_delta_rule (&graph, x, x, x, &heads, &delta));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  assert_fails (&graph, engine_graph_delta_rule (&graph, x, steps, steps, &more, &delta));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  assert_fails (&graph, engine_graph_delta_rule (&graph, x, steps, steps, &heads, &no_state));
  x = begin (&graph, table);
  steps = engine_graph_matmul (&graph, &to_heads, x, NULL, ENGINE_NO_VALUE);
  x = engine_graph_delta_rule (&graph, x, steps, steps, &heads, &delta);
  g_assert_cmpint (graph.values[x].width, ==, 4);
  g_assert_true (graph.nodes[graph.n_nodes - 1].writes_cache);
  engine_graph_clear (&graph);
}

static void
test_shapes (void)
{
  EngineTensor table = matrix (8, 100), wide = matrix (16, 8), weight = matrix (8, 12), norm = matrix (5, 1), bias = matrix (11, 1);
  EngineAttentionParams heads = { .n_head = 3, .n_head_kv = 2, .head_dim = 4 };
  EngineAttentionParams both = { .n_head = 2, .n_head_kv = 2, .head_dim = 4, .window = 3, .sight = ENGINE_SEES_SPAN };
  EngineRopeParams rope = { .head_dim = 3, .n_rot = 2 }, axes = { .head_dim = 8, .n_rot = 8, .n_axes = 2, .axes = { 2, 1 } };
  EngineRopeParams turns = { .head_dim = 8, .n_rot = 8, .n_axes = 3, .axes = { 1, 1, 2 }, .axes_order = ENGINE_AXES_INTERLEAVED };
  EngineGraph graph;
  EngineValueId x;

  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_matmul (&graph, &wide, x, NULL, ENGINE_NO_VALUE));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_matmul (&graph, &weight, x, &bias, ENGINE_NO_VALUE));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_matmul (&graph, &weight, x, NULL, x));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_rms_norm (&graph, x, &norm, 0, 1e-6f));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_rms_norm (&graph, x, NULL, 3, 1e-6f));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_rope (&graph, x, NULL, &rope));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_rope (&graph, x, NULL, &axes));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_rope (&graph, x, NULL, &turns));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_transpose (&graph, x, 3));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_first (&graph, x, graph.n_tokens + 1));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_behind (&graph, x, graph.n_tokens));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_behind (&graph, x, 1)); /* of 8 numbers */
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_concat (&graph, x, engine_graph_output_rows (&graph, x)));
  for (int i = 0; i < 3; i++) {
    x = begin (&graph, &table);
    assert_fails (&graph, engine_graph_part (&graph, x, i == 0 ? -1 : 0, i == 1 ? 0 : table.ne[0] + i - 1));
  }
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_clamp (&graph, x, 1, -1));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_unfold (&graph, x, &(EngineUnfoldParams) { .kernel = { 3, 1 }, .stride = { 1, 0 } }));
  x = begin (&graph, &table);
  g_assert_cmpint (engine_graph_splice (&graph, x, 2, 2), ==, x); /* without media */
  graph.media = true;
  assert_fails (&graph, engine_graph_splice (&graph, x, 2, 2));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_input (&graph, 4, 1));
  engine_graph_init (&graph, 1, 1);
  for (int i = 0; i < ENGINE_MAX_INPUTS; i++)
    engine_graph_input (&graph, 4 + i, 1);
  assert_fails (&graph, engine_graph_input (&graph, 4, 1));
  engine_graph_init (&graph, 1, 1);
  assert_fails (&graph, engine_graph_embed (&graph, &table, &weight));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_attention (&graph, x, x, x, NULL, &heads));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_attention (&graph, x, x, x, NULL, &both));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_add (&graph, x, engine_graph_matmul (&graph, &weight, x, NULL, ENGINE_NO_VALUE)));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_gated (&graph, x, engine_graph_output_rows (&graph, x), ENGINE_GATE_SILU));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_output_rows (&graph, engine_graph_output_rows (&graph, x)));
  x = begin (&graph, &table);
  assert_fails (&graph, engine_graph_scale (&graph, 77, 2));

  assert_states_fail (&table);

  engine_graph_init (&graph, 2, 3);
  assert_fails (&graph, engine_graph_embed (&graph, &table, NULL));
}

static void
test_first_error_stays (void)
{
  EngineTensor table = matrix (8, 100), wide = matrix (16, 8);
  EngineError error = { 0 };
  EngineGraph graph;
  EngineValueId x;

  engine_graph_init (&graph, 1, 1);
  graph.layer = 7;
  x = engine_graph_matmul (&graph, &wide, engine_graph_embed (&graph, &table, NULL), NULL, ENGINE_NO_VALUE);
  graph.layer = 8;
  x = engine_graph_rms_norm (&graph, x, NULL, 0, 1e-6f);
  g_assert_false (engine_graph_finish (&graph, x, &error));
  g_assert_nonnull (strstr (error.message, "layer 7"));
  g_assert_cmpint (graph.n_nodes, ==, 1);
  engine_graph_clear (&graph);
}

/* For every pair of values: when their lives cross, their bytes must not. */
static void
assert_no_overlap (const EngineGraph *graph)
{
  g_autofree gint32 *born = g_new0 (gint32, graph->n_values); /* inputs are there from the beginning */

  for (gint32 i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].out != ENGINE_NO_VALUE)
      born[graph->nodes[i].out] = i;
  for (gint32 a = 0; a < graph->n_values; a++) {
    const EngineValue *va = &graph->values[a];
    gsize a_end = va->offset + (gsize) (va->width * va->n) * 4;

    if (va->kind != ENGINE_VALUE_NODE)
      continue;
    g_assert_cmpuint (va->offset % 64, ==, 0);
    g_assert_cmpuint (a_end, <=, graph->arena_bytes);
    for (gint32 b = 0; b < a; b++) {
      const EngineValue *vb = &graph->values[b];
      gsize b_end = vb->offset + (gsize) (vb->width * vb->n) * 4;

      if (vb->kind != ENGINE_VALUE_NODE || MAX (vb->last_use, born[b]) < born[a] || MAX (va->last_use, born[a]) < born[b])
        continue;
      g_assert_true (a_end <= vb->offset || b_end <= va->offset);
    }
  }
}

/* 2,000 random graphs: chains with branches of random width and distance. */
static void
test_arena (void)
{
  GRand *rand = g_rand_new_with_seed (g_test_rand_int ());

  for (int round = 0; round < 2000; round++) {
    EngineTensor tables[60];
    EngineValueId values[61];
    EngineError error = { 0 };
    EngineGraph graph;
    EngineValueId out;
    int n = 1, n_tokens = g_rand_int_range (rand, 1, 40);

    engine_graph_init (&graph, n_tokens, n_tokens);
    tables[0] = matrix (g_rand_int_range (rand, 1, 70), 50);
    if (g_rand_boolean (rand)) {
      values[0] = engine_graph_input (&graph, g_rand_int_range (rand, 1, 70), n_tokens);
      values[n++] = engine_graph_input (&graph, g_rand_int_range (rand, 1, 70), n_tokens);
    } else
      values[0] = engine_graph_embed (&graph, &tables[0], NULL);
    while (n < 60) {
      EngineValueId x = values[g_rand_int_range (rand, MAX (0, n - 12), n)];

      if (g_rand_boolean (rand))
        values[n] = engine_graph_scale (&graph, x, 2);
      else {
        tables[n] = matrix (graph.values[x].width, g_rand_int_range (rand, 1, 70));
        values[n] = engine_graph_matmul (&graph, &tables[n], x, NULL, ENGINE_NO_VALUE);
      }
      n++;
    }
    out = engine_graph_output_rows (&graph, values[n - 1]);
    g_assert_true (engine_graph_finish (&graph, out, &error));
    assert_no_overlap (&graph);
    engine_graph_clear (&graph);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/graph/shapes", test_shapes);
  g_test_add_func ("/engine/graph/first-error-stays", test_first_error_stays);
  g_test_add_func ("/engine/graph/arena", test_arena);
  return g_test_run ();
}
