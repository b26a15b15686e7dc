/* SPDX-License-Identifier: MIT */
/* Every operation × tensor type × odd shape on OpenGL, beside the processor in reference mode: plain code on floats.
 *
 * A case is a graph of one operation. Its operands are rows of tables that the graph looks up, so that they are the same on both sides.
 * The environment variable MELETE_GL says which OpenGL it is: meson.build runs this once for each kind. Long because all operations share the frame of a case. */
#include "gl/gl.h"
#include "prep/picture.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define MOST_TENSORS 12
#define TOLERANCE 1e-6 /* NMSE, whatever the operation */

typedef enum { REFERENCE, GL, N_SIDES } SideNumber;

typedef struct {
  EngineBackend    *backend;
  EngineTensor      tensors[MOST_TENSORS];
  EngineCacheStore *store;
  float            *out;
} Side;

typedef struct {
  Side    sides[N_SIDES];
  guint8 *data[MOST_TENSORS];
  int     n_tensors;
  GRand  *rand;
} Case;

static EngineBackend *backends[N_SIDES];

static bool
read_tensor (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  const Case *c = user;

  memcpy (out, c->data[tensor->offset] + offset, n);
  return true;
}

static Case *
case_new (guint32 seed)
{
  Case *c = g_new0 (Case, 1);

  c->rand = g_rand_new_with_seed (seed);
  for (int side = 0; side < N_SIDES; side++)
    c->sides[side].backend = backends[side];
  return c;
}

static void
case_free (Case *c)
{
  for (int side = 0; side < N_SIDES; side++) {
    const EngineBackendClass *klass = backends[side]->klass;

    for (int i = 0; i < c->n_tensors; i++)
      klass->weight_free (backends[side], &c->sides[side].tensors[i]);
    if (c->sides[side].store)
      klass->cache_free (backends[side], c->sides[side].store);
    g_free (c->sides[side].out);
  }
  for (int i = 0; i < c->n_tensors; i++)
    g_free (c->data[i]);
  g_rand_free (c->rand);
  g_free (c);
}

static float
random_float (Case *c)
{
  double sum = 0;

  for (int i = 0; i < 4; i++)
    sum += g_rand_double_range (c->rand, -0.5, 0.5);
  return (float) (1.7 * sum);
}

/* Types of a code book are not quantised to: any bytes are sound blocks, but for the step. */
static void
random_blocks (Case *c, EngineType type, guint8 *blocks, gsize n)
{
  gsize size = (gsize) engine_types[type].block_bytes;

  for (gsize i = 0; i < n; i++)
    blocks[i] = (guint8) g_rand_int (c->rand);
  for (gsize i = 0; i < n; i += size) {
    guint16 d = engine_f32_to_f16 (0.1f * random_float (c));

    if (type == ENGINE_TYPE_IQ1_M) /* the step's four nibbles are in the upper halves of the last words; this is its largest */
      blocks[i + size - 1] = (blocks[i + size - 1] & 15) | 0x20;
    else
      memcpy (blocks + i, &d, sizeof d);
  }
}

/* The number of a random tensor. */
static int
add_tensor (Case *c, EngineType type, int n_dims, gint64 n_in, gint64 n_out, gint64 n_more)
{
  int number = c->n_tensors++;
  EngineTensor tensor = { .type = type, .n_dims = n_dims, .ne = { n_in, n_out, n_more, 1 }, .offset = (guint64) number };
  gsize n = (gsize) (n_in * n_out * n_more);
  EngineError error = { 0 };

  g_assert_cmpint (number, <, MOST_TENSORS);
  g_snprintf (tensor.name, sizeof tensor.name, "tensor %d", number);
  g_assert_true (engine_type_bytes (type, n, &tensor.bytes));
  c->data[number] = g_malloc (tensor.bytes);
  if (engine_types[type].from_float) {
    g_autofree float *values = g_new (float, n);

    for (gsize i = 0; i < n; i++)
      values[i] = random_float (c) + 0.2f;
    engine_types[type].from_float (values, c->data[number], n);
  } else
    random_blocks (c, type, c->data[number], tensor.bytes);
  for (int side = 0; side < N_SIDES; side++) {
    c->sides[side].tensors[number] = tensor;
    g_assert_true (backends[side]->klass->weight_load (backends[side], &c->sides[side].tensors[number], read_tensor, c, &error));
  }
  return number;
}

static int
add_vector (Case *c, gint64 n)
{
  return add_tensor (c, ENGINE_TYPE_F32, 1, n, 1, 1);
}

/* Builds the nodes of one side; `tensors` in the order in which they were added. */
typedef EngineValueId (*BuildFunc) (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data);

static void
run_case (Case *c, const EngineBatch *batch, BuildFunc build, gconstpointer data, const char *what)
{
  double error_power = 0, power = 0;
  gsize n = 0;

  for (int side = 0; side < N_SIDES; side++) {
    Side *s = &c->sides[side];
    EngineError error = { 0 };
    EngineGraph graph;

    engine_graph_init (&graph, batch->n_tokens, batch->n_outputs);
    if (!engine_graph_finish (&graph, build (&graph, s->tensors, data), &error))
      g_error ("%s: %s", what, error.message);
    n = (gsize) (graph.values[graph.output].width * graph.n_outputs);
    g_free (s->out);
    s->out = g_new (float, n);
    for (gsize i = 0; i < n; i++)
      s->out[i] = NAN;
    if (!s->backend->klass->run (s->backend, &graph, batch, s->store, s->out, NULL, NULL, &error))
      g_error ("%s: %s", what, error.message);
    engine_graph_clear (&graph);
  }
  for (gsize i = 0; i < n; i++) {
    double wanted = c->sides[REFERENCE].out[i], got = c->sides[GL].out[i];

    error_power += (got - wanted) * (got - wanted);
    power += wanted * wanted;
  }
  if (!(error_power <= TOLERANCE * power))
    g_error ("%s: NMSE %g", what, error_power / power);
}

/* One sequence that begins at position `first`, all of whose columns are wanted; free with batch_clear (). */
static EngineBatch
batch_new (int n_tokens, int first)
{
  int32_t *numbers = g_new0 (int32_t, 3 * (gsize) n_tokens);
  EngineBatchSequence *sequence = g_new0 (EngineBatchSequence, 1);

  sequence->state = ENGINE_NO_PAGE;
  for (int i = 0; i < n_tokens; i++) {
    numbers[i] = i;
    numbers[n_tokens + i] = first + i;
  }
  return (EngineBatch) {
    .n_tokens = n_tokens, .tokens = numbers, .positions = numbers + n_tokens, .sequence = numbers + 2 * n_tokens,
    .n_sequences = 1, .sequences = sequence, .n_outputs = n_tokens, .outputs = numbers,
  };
}

static void
batch_clear (EngineBatch *batch)
{
  g_free ((gpointer) batch->sequences);
  g_free ((gpointer) batch->tokens);
}

/* ---- products ----------------------------------------------------------------- */

static EngineValueId
build_matmul (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const int *has = data; /* bias, residual */
  EngineValueId residual = has[1] ? engine_graph_embed (graph, &tensors[3], NULL) : ENGINE_NO_VALUE;

  return engine_graph_matmul (graph, &tensors[1], engine_graph_embed (graph, &tensors[0], NULL), has[0] ? &tensors[2] : NULL, residual);
}

static EngineValueId
build_embed (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  return engine_graph_embed (graph, &tensors[0], data ? &tensors[1] : NULL);
}

static void
test_matmul (gconstpointer data)
{
  EngineType type = (EngineType) GPOINTER_TO_INT (data);
  static const int shapes[][3] = { { 1, 1, 1 }, { 3, 33, 1 }, { 2, 45, 2 }, { 5, 130, 3 }, { 1, 256, 8 }, { 2, 31, 13 } };
  int unit = engine_types[type].block_elements;

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Case *c = case_new ((guint32) (100 * type + i));
    int n_in = unit == 1 ? 32 * shapes[i][0] - (i % 2 ? 0 : 5) : unit * shapes[i][0], n_out = shapes[i][1], n = shapes[i][2];
    const int has[] = { g_rand_boolean (c->rand), g_rand_boolean (c->rand) };
    EngineBatch batch = batch_new (n, 0);
    g_autofree char *what = g_strdup_printf ("matmul %s [%d, %d] x %d", engine_types[type].name, n_in, n_out, n);

    add_tensor (c, ENGINE_TYPE_F32, 2, n_in, n, 1);
    add_tensor (c, type, 2, n_in, n_out, 1);
    add_vector (c, n_out);
    add_tensor (c, ENGINE_TYPE_F32, 2, n_out, n, 1);
    run_case (c, &batch, build_matmul, has, what);
    batch_clear (&batch);
    case_free (c);
  }
}

static void
test_embed (gconstpointer data)
{
  EngineType type = (EngineType) GPOINTER_TO_INT (data);
  int unit = engine_types[type].block_elements;

  for (int i = 0; i < 2; i++) {
    Case *c = case_new ((guint32) (7 * type + i));
    int n_in = unit == 1 ? 77 : 3 * unit;
    EngineBatch batch = batch_new (37, 0);

    add_tensor (c, type, 2, n_in, 37, 1);
    add_vector (c, n_in);
    run_case (c, &batch, build_embed, i ? "with an offset" : NULL, engine_types[type].name);
    batch_clear (&batch);
    case_free (c);
  }
}

typedef struct {
  int           n_used;
  EngineRouting routing;
  bool          shared, bias, choice_bias;
} Experts;

static EngineValueId
build_experts (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const Experts *e = data;
  EngineValueId routes = engine_graph_route (graph, engine_graph_embed (graph, &tensors[0], NULL), e->choice_bias ? &tensors[5] : NULL, e->n_used, e->routing);
  EngineValueId parts = engine_graph_experts (graph, &tensors[2], engine_graph_embed (graph, &tensors[1], NULL), routes, e->bias ? &tensors[3] : NULL);

  return engine_graph_mix (graph, parts, routes, e->shared ? engine_graph_embed (graph, &tensors[4], NULL) : ENGINE_NO_VALUE);
}

static void
test_experts (gconstpointer data)
{
  EngineType type = (EngineType) GPOINTER_TO_INT (data);
  static const Experts kinds[] = {
    { 2, ENGINE_ROUTING_CHOSEN, true, true, false }, { 3, ENGINE_ROUTING_ALL, false, false, false }, { 4, ENGINE_ROUTING_SIGMOID, true, false, true },
    { 2, ENGINE_ROUTING_SIGMOID, false, false, false },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    Case *c = case_new ((guint32) (13 * type + i));
    int n_in = MAX (engine_types[type].block_elements, 32), n_out = 48, n = 5, n_experts = 9;
    EngineBatch batch = batch_new (n, 0);

    add_tensor (c, ENGINE_TYPE_F32, 2, n_experts, n, 1);
    add_tensor (c, ENGINE_TYPE_F32, 2, kinds[i].shared ? n_in : n_in * kinds[i].n_used, n, 1);
    add_tensor (c, type, 3, n_in, n_out, n_experts);
    add_vector (c, n_out * n_experts);
    add_tensor (c, ENGINE_TYPE_F32, 2, n_out, n, 1);
    add_vector (c, n_experts);
    run_case (c, &batch, build_experts, &kinds[i], engine_types[type].name);
    batch_clear (&batch);
    case_free (c);
  }
}

/* ---- columns -------------------------------------------------------------------- */

typedef struct {
  const char *name;
  EngineOp    op;
  int         kind, width;
  float       number;
} Columns;

static const Columns columns[] = {
  { "add", ENGINE_OP_ADD, 0, 77, 0 },
  { "scale", ENGINE_OP_SCALE, 0, 130, -1.7f },
  { "softcap", ENGINE_OP_SOFTCAP, 0, 65, 0.6f },
  { "gated silu", ENGINE_OP_GATED, ENGINE_GATE_SILU, 65, 1 },
  { "gated gelu tanh", ENGINE_OP_GATED, ENGINE_GATE_GELU_TANH, 64, 1 },
  { "gated gelu erf", ENGINE_OP_GATED, ENGINE_GATE_GELU_ERF, 63, 1 },
  { "gated linear", ENGINE_OP_GATED, ENGINE_GATE_LINEAR, 1, 1 },
  { "gated limited", ENGINE_OP_GATED, ENGINE_GATE_LIMITED, 100, 1 },
  { "gelu erf alone", ENGINE_OP_GATED, ENGINE_GATE_GELU_ERF, 200, 0 },
  { "rms norm", ENGINE_OP_RMS_NORM, 1, 257, 1e-5f },
  { "rms norm without weight", ENGINE_OP_RMS_NORM, 0, 64, 1e-6f },
  { "rms norm of groups", ENGINE_OP_RMS_NORM, 2, 96, 1e-5f },
  { "rms norm of groups, each its weight", ENGINE_OP_RMS_NORM, 3, 96, 1e-5f },
  { "layer norm", ENGINE_OP_LAYER_NORM, 0, 129, 1e-5f },
  { "layer norm with a bias", ENGINE_OP_LAYER_NORM, 1, 33, 1e-12f },
  { "transpose of five rows", ENGINE_OP_TRANSPOSE, 5, 65, 0 },
  { "transpose of one row", ENGINE_OP_TRANSPOSE, 1, 7, 0 },
  { "concat", ENGINE_OP_CONCAT, 0, 67, 0 },
  { "part", ENGINE_OP_PART, 13, 67, 50 },
  { "clamp", ENGINE_OP_CLAMP, 0, 65, 0.6f },
  { "clamp on one side", ENGINE_OP_CLAMP, 1, 64, 0 },
  { "unfold in a row", ENGINE_OP_UNFOLD, 0, 33, 0 },
  { "unfold over rows", ENGINE_OP_UNFOLD, 1, 9, 0 },
  { "unfold behind a column", ENGINE_OP_UNFOLD, 2, 16, 0 },
};

static EngineValueId
build_columns (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const Columns *k = data;
  EngineValueId a = engine_graph_embed (graph, &tensors[0], NULL), b = engine_graph_embed (graph, &tensors[1], NULL);

  switch (k->op) {
  case ENGINE_OP_ADD:
    return engine_graph_add (graph, a, b);
  case ENGINE_OP_SCALE:
    return engine_graph_scale (graph, a, k->number);
  case ENGINE_OP_SOFTCAP:
    return engine_graph_softcap (graph, engine_graph_scale (graph, a, 3), k->number);
  case ENGINE_OP_GATED:
    return engine_graph_gated (graph, engine_graph_scale (graph, a, 4), k->number != 0 ? engine_graph_scale (graph, b, 4) : ENGINE_NO_VALUE, (EngineGate) k->kind);
  case ENGINE_OP_TRANSPOSE:
    return engine_graph_transpose (graph, a, k->kind);
  case ENGINE_OP_UNFOLD: /* seven columns in a row; made two rows of seven, and one again; those behind the first, seven places of two */
    if (k->kind == 2)
      return engine_graph_unfold (graph, engine_graph_behind (graph, engine_graph_concat (graph, a, b), 1), &(EngineUnfoldParams) { .kernel = { 2, 1 }, .stride = { 1, 1 }, .pad = { 1, 0 } });
    if (k->kind)
      return engine_graph_unfold (graph, engine_graph_unfold (graph, a, &(EngineUnfoldParams) { .kernel = { 1, 2 }, .stride = { 1, 1 }, .pad = { 0, 1 } }),
                                  &(EngineUnfoldParams) { .n_across = 7, .kernel = { 3, 2 }, .stride = { 1, 1 }, .pad = { 1, 0 } });
    return engine_graph_unfold (graph, a, &(EngineUnfoldParams) { .kernel = { 10, 1 }, .stride = { 2, 1 }, .pad = { 8, 0 } });
  case ENGINE_OP_CONCAT: /* of unlike widths */
    return engine_graph_concat (graph, engine_graph_concat (graph, a, b), b);
  case ENGINE_OP_PART:
    return engine_graph_part (graph, a, k->kind, (gint64) k->number);
  case ENGINE_OP_CLAMP:
    return engine_graph_clamp (graph, engine_graph_scale (graph, a, 3), -k->number, k->kind ? INFINITY : k->number);
  case ENGINE_OP_RMS_NORM:
    return engine_graph_rms_norm (graph, a, k->kind == 0 ? NULL : &tensors[k->kind == 2 ? 3 : 2], k->kind >= 2 ? 32 : 0, k->number);
  default:
    return engine_graph_layer_norm (graph, a, &tensors[2], k->kind ? &tensors[4] : NULL, k->number);
  }
}

static void
test_columns (gconstpointer data)
{
  const Columns *k = data;
  Case *c = case_new (5);
  EngineBatch batch = batch_new (7, 0);

  add_tensor (c, ENGINE_TYPE_F32, 2, k->width, 7, 1);
  add_tensor (c, ENGINE_TYPE_F32, 2, k->width, 7, 1);
  add_vector (c, k->width);
  add_vector (c, 32);
  add_vector (c, k->width);
  run_case (c, &batch, build_columns, k, k->name);
  batch_clear (&batch);
  case_free (c);
}

/* Two products and their gate, which nothing waits for in between, whichever comes first. */
typedef struct {
  const char *name;
  EngineType  type;
  EngineGate  gate;
  int         n_in, n_out, n;
  bool        swapped;
} GateUp;

static const GateUp gate_ups[] = {
  { "F32", ENGINE_TYPE_F32, ENGINE_GATE_SILU, 64, 33, 1, false },      { "F16, two columns", ENGINE_TYPE_F16, ENGINE_GATE_GELU_TANH, 96, 130, 2, true },
  { "BF16", ENGINE_TYPE_BF16, ENGINE_GATE_LINEAR, 32, 64, 3, false },  { "Q8_0", ENGINE_TYPE_Q8_0, ENGINE_GATE_GELU_ERF, 128, 200, 9, true },
  { "Q4_0", ENGINE_TYPE_Q4_0, ENGINE_GATE_SILU, 64, 95, 17, false },   { "Q5_1", ENGINE_TYPE_Q5_1, ENGINE_GATE_LIMITED, 96, 31, 8, true },
  { "Q4_K", ENGINE_TYPE_Q4_K, ENGINE_GATE_SILU, 512, 129, 4, false },  { "Q6_K", ENGINE_TYPE_Q6_K, ENGINE_GATE_GELU_TANH, 256, 40, 7, true },
  { "Q3_K", ENGINE_TYPE_Q3_K, ENGINE_GATE_SILU, 256, 65, 1, true },    { "IQ4_NL", ENGINE_TYPE_IQ4_NL, ENGINE_GATE_SILU, 64, 70, 5, false },
};

static EngineValueId
build_gate_up (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const GateUp *g = data;
  EngineValueId x = engine_graph_embed (graph, &tensors[0], NULL);
  EngineValueId first = engine_graph_matmul (graph, &tensors[1], x, NULL, ENGINE_NO_VALUE), second = engine_graph_matmul (graph, &tensors[2], x, NULL, ENGINE_NO_VALUE);

  return engine_graph_gated (graph, g->swapped ? second : first, g->swapped ? first : second, g->gate);
}

static void
test_gate_up (gconstpointer data)
{
  const GateUp *g = data;
  Case *c = case_new (7);
  EngineBatch batch = batch_new (g->n, 0);
  EngineGlCounts before, after;

  add_tensor (c, ENGINE_TYPE_F32, 2, g->n_in, g->n, 1);
  add_tensor (c, g->type, 2, g->n_in, g->n_out, 1);
  add_tensor (c, g->type, 2, g->n_in, g->n_out, 1);
  engine_gl_counts (backends[GL], &before);
  run_case (c, &batch, build_gate_up, g, g->name);
  engine_gl_counts (backends[GL], &after);
  g_assert_cmpuint (after.barriers - before.barriers, ==, 2); /* embed | both, gated | read */
  batch_clear (&batch);
  case_free (c);
}

static EngineValueId
build_rope (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  EngineValueId x = engine_graph_embed (graph, &tensors[0], NULL);
  EngineRopeParams params = *(const EngineRopeParams *) data;

  /* Two kinds in one graph, the second one twice: they have turns of their own. */
  x = engine_graph_rope (graph, x, &tensors[1], &params);
  params.freq_base = 500;
  x = engine_graph_rope (graph, x, NULL, &params);
  return engine_graph_rope (graph, x, NULL, &params);
}

static void
test_rope (void)
{
  for (int i = 0; i < 10; i++) {
    EngineRopeParams params = { .head_dim = 20, .n_rot = 12, .style = (EngineRopeStyle) (i % 2), .freq_base = 10000, .freq_scale = 1, .attn_factor = 1.2f, .n_axes = i / 2 ? 3 : 0,
                                .axes = { 3, 2, 1 }, .axes_order = (EngineAxesOrder) MAX (i / 2 - 1, 0) };
    Case *c = case_new ((guint32) i);
    EngineBatch batch = batch_new (9, 4000);
    int32_t axes[9 * 3];

    for (int k = 0; k < 9 * 3; k++)
      axes[k] = k * 7 % 11;
    batch.axes = axes;
    add_tensor (c, ENGINE_TYPE_F32, 2, 60, 9, 1);
    add_vector (c, 6);
    run_case (c, &batch, build_rope, &params, "rope");
    batch_clear (&batch);
    case_free (c);
  }
}

/* ---- media ---------------------------------------------------------------------- */

static EngineValueId
build_splice (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  EngineValueId x;

  graph->media = true;
  x = engine_graph_splice (graph, engine_graph_embed (graph, &tensors[0], NULL), 0, 3);
  x = engine_graph_splice (graph, engine_graph_scale (graph, x, 2), 1, 3);
  return engine_graph_splice (graph, x, 2, 3);
}

/* Columns of three parts: the first in the place of what was there, the others added. */
static void
test_splice (void)
{
  static const int32_t tokens[] = { 3, -3, -1, 0, -2 };
  g_autofree float *media = g_new (float, 3 * 3 * 70);
  EngineBatch batch = batch_new (5, 0);
  Case *c = case_new (3);

  for (int i = 0; i < 3 * 3 * 70; i++)
    media[i] = (float) (i * 37 % 101) / 50 - 1;
  memcpy ((int32_t *) batch.tokens, tokens, sizeof tokens);
  batch.media = media;
  batch.n_media = 3;
  add_tensor (c, ENGINE_TYPE_F32, 2, 70, 5, 1);
  run_case (c, &batch, build_splice, NULL, "splice");
  batch_clear (&batch);
  case_free (c);
}

/* ---- pictures ---------------------------------------------------------------------- */

enum { SIDE = 5 };

static EngineValueId
build_patches (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  return engine_graph_patches (graph, SIDE);
}

/* Smaller, larger, as large as before, and one that no texture of the least device has room for; of every number of channels and with every filter. */
static void
test_patches (void)
{
  static const struct { int width, height, columns, rows; } pictures[] = { { 1, 1, 2, 1 }, { 61, 47, 4, 3 }, { 12, 9, 5, 7 }, { 15, 10, 3, 2 }, { 3000, 4, 6, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (pictures) * 4 * ENGINE_N_FILTERS; i++) {
    int p = (int) i % (int) G_N_ELEMENTS (pictures), n_channels = (int) i / (int) G_N_ELEMENTS (pictures) % 4 + 1, n = pictures[p].columns * pictures[p].rows;
    gsize n_bytes = (gsize) pictures[p].width * (gsize) pictures[p].height * (gsize) n_channels;
    g_autofree guint8 *pixels = g_malloc (n_bytes);
    g_autofree gint32 *places = g_new (gint32, n);
    EnginePatches patches = { .picture = { pictures[p].width, pictures[p].height, n_channels, pixels }, .filter = (EngineFilter) (i % ENGINE_N_FILTERS), .side = SIDE,
                              .width = SIDE * pictures[p].columns, .height = SIDE * pictures[p].rows, .normalisation = { { 0.5f, 0.25f, 0.75f }, { 0.25f, 0.5f, 1 } }, .places = places };
    EngineBatch batch = batch_new (n, 0);
    Case *c = case_new ((guint32) i);

    for (gsize k = 0; k < n_bytes; k++)
      pixels[k] = (guint8) (k * 2654435761u >> 24);
    for (int k = 0; k < n; k++)
      places[k] = (k + 1) % n;
    batch.patches = &patches;
    run_case (c, &batch, build_patches, NULL, "patches");
    batch_clear (&batch);
    case_free (c);
  }
}

/* ---- the cache -------------------------------------------------------------------- */

typedef struct {
  const char *name;
  int         n_head, n_head_kv, head_dim, window;
  float       softcap;
  bool        sinks;
  EngineSight sight;
  int         turned; /* how keys are turned, from 1; 0: not */
  bool        whole;  /* tokens see later ones too, by 50 */
  bool        never_behind; /* …but not here */
} Attention;

static const Attention attentions[] = {
  { "plain", 4, 4, 32, 0, 0, false, false },
  { "shared keys", 6, 2, 64, 0, 0, false, false },
  { "a window", 2, 1, 48, 70, 0, false, false },
  { "a softcap and sinks", 4, 2, 80, 0, 2, true, false },
  { "both ways", 3, 3, 16, 0, 0, false, ENGINE_SEES_SEQUENCE },
  { "spans", 2, 2, 24, 0, 0, false, ENGINE_SEES_SPAN },
  { "spans of shared keys", 4, 2, 64, 0, 0, true, ENGINE_SEES_SPAN },
  { "pictures", 4, 2, 32, 0, 0, false, ENGINE_SEES_BEFORE, 0, true },
  { "pictures in a window", 2, 1, 48, 30, 0, true, ENGINE_SEES_BEFORE, 0, true },
  { "large heads", 2, 1, 256, 0, 0, false, false },
  { "odd heads", 2, 1, 33, 20, 0, true, false },
  { "turned keys", 2, 2, 32, 0, 0, false, false, 1 + ENGINE_ROPE_ADJACENT },
  { "turned halves", 4, 2, 64, 70, 0, false, false, 1 + ENGINE_ROPE_HALVES },
  { "turned keys of odd heads", 2, 1, 33, 0, 0, false, false, 1 + ENGINE_ROPE_HALVES },
  { "turned quarters", 2, 2, 40, 0, 0, false, false, 1 + ENGINE_ROPE_QUARTERS },
  { "larger heads", 2, 1, 512, 0, 0, false, false },
  { "nothing behind", 4, 2, 32, 0, 0, false, ENGINE_SEES_BEFORE, 0, true, true },
};

static EngineValueId
build_attention (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const Attention *a = data;
  EngineAttentionParams params = {
    .layer = 1, .kind = a->window ? ENGINE_CACHE_WINDOW : ENGINE_CACHE_FULL, .n_head = a->n_head, .n_head_kv = a->n_head_kv, .head_dim = a->head_dim,
    .window = a->window, .scale = 1 / sqrtf ((float) a->head_dim), .softcap = a->softcap, .sight = a->sight, .never_behind = a->never_behind,
  };

  EngineRopeParams rope = { .head_dim = a->head_dim, .n_rot = a->head_dim / 4 * 2, .style = (EngineRopeStyle) (a->turned - 1), .freq_base = 10000, .freq_scale = 1, .attn_factor = 1 };
  EngineValueId q = engine_graph_embed (graph, &tensors[0], NULL), v = engine_graph_embed (graph, &tensors[2], NULL), k = engine_graph_embed (graph, &tensors[1], NULL);

  if (a->turned)
    k = engine_graph_rope (graph, k, NULL, &rope);
  return engine_graph_attention (graph, q, k, v, a->sinks ? &tensors[3] : NULL, &params);
}

static void
add_store (Case *c, const EngineCacheLayer *layers, int n_layers, guint32 n_pages)
{
  EngineCacheShape shape = { .type = ENGINE_CACHE_F16, .n_layers = n_layers, .layers = layers, .n_pages = { n_pages, n_pages, n_pages } };
  EngineError error = { 0 };

  for (int side = 0; side < N_SIDES; side++) {
    c->sides[side].store = backends[side]->klass->cache_new (backends[side], &shape, &error);
    g_assert_nonnull (c->sides[side].store);
  }
}

/* As a rasteriser in software does it and as a card does, which gives the same bits. */
static void
attend (Case *c, const EngineBatch *batch, const Attention *a)
{
  EngineGlTiles *tiles = &((EngineGlBackend *) backends[GL])->shared->tiles, kept;
  gsize bytes = (gsize) a->n_head * (gsize) a->head_dim * (gsize) batch->n_tokens * sizeof (float);
  g_autofree float *out = NULL;

  run_case (c, batch, build_attention, a, a->name);
  out = g_memdup2 (c->sides[GL].out, bytes);
  kept = *tiles;
  tiles->lanes = tiles->lanes == 64 ? 8 : 64;
  tiles->few_groups = tiles->few_groups ? 0 : G_MAXUINT16;
  run_case (c, batch, build_attention, a, a->name);
  *tiles = kept;
  g_assert_cmpmem (c->sides[GL].out, bytes, out, bytes);
}

/* Two sequences of different lengths, whose pages lie about; then one goes on alone. The reference keeps floats: keys and values are
 * rounded to what a half float holds by being rows of such a table. */
static void
test_attention (gconstpointer data)
{
  const Attention *a = data;
  const EngineCacheLayer layers[] = { { a->n_head_kv, a->head_dim, ENGINE_CACHE_FULL, 0 }, { a->n_head_kv, a->head_dim, a->window ? ENGINE_CACHE_WINDOW : ENGINE_CACHE_FULL, 0 } };
  const uint32_t pages[2][3] = { { 4, 0, 3 }, { 1, 5, ENGINE_NO_PAGE } };
  const int lengths[2] = { 150, 70 };
  int n = lengths[0] + lengths[1];
  Case *c = case_new (31);
  EngineBatchSequence sequences[2];
  EngineBatch batch = batch_new (n, 0);
  int32_t *positions = (int32_t *) batch.positions, *sequence = (int32_t *) batch.sequence;
  g_autofree int32_t *spans = g_new (int32_t, 2 * (gsize) n), *lasts = g_new (int32_t, n);

  add_tensor (c, ENGINE_TYPE_F32, 2, a->n_head * a->head_dim, n, 1);
  add_tensor (c, ENGINE_TYPE_F16, 2, a->n_head_kv * a->head_dim, n, 1);
  add_tensor (c, ENGINE_TYPE_F16, 2, a->n_head_kv * a->head_dim, n, 1);
  add_vector (c, a->n_head);
  add_store (c, layers, 2, 6);
  for (int s = 0; s < 2; s++)
    sequences[s] = (EngineBatchSequence) { .pages = { pages[s], pages[s], NULL }, .n_pages = 3, .state = ENGINE_NO_PAGE };
  for (int i = 0; i < n; i++) {
    sequence[i] = i >= lengths[0];
    positions[i] = sequence[i] ? i - lengths[0] : i;
    /* Windows of 50: behind a token, and before it; the last one is cut off. */
    spans[2 * i] = positions[i] / 50 * 50;
    spans[2 * i + 1] = MIN (spans[2 * i] + 50, lengths[sequence[i]]);
    lasts[i] = spans[2 * i + 1] - 1;
  }
  g_free ((gpointer) batch.sequences);
  batch.sequences = sequences;
  batch.n_sequences = 2;
  batch.spans = spans;
  batch.lasts = a->whole ? lasts : NULL;
  attend (c, &batch, a);

  batch.n_tokens = batch.n_outputs = 3;
  batch.sequence += lengths[0];
  for (int i = 0; i < 3; i++) {
    positions[i] = lengths[1] + i;
    spans[2 * i] = 10 * i;
    spans[2 * i + 1] = lengths[1] + 3 - i;
    lasts[i] = lengths[1] + 1 + i / 2;
  }
  attend (c, &batch, a);
  batch.sequences = NULL;
  batch_clear (&batch);
  case_free (c);
}

enum { TAPS = 4, HEADS = 4, DIM = 20, STATE = 9, GROUPS = 2, CHANNELS = HEADS * DIM + 2 * GROUPS * STATE };

static const EngineOp recurrences[] = { ENGINE_OP_SSM_SCAN, ENGINE_OP_DELTA_RULE };

static EngineValueId
build_recurrent (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const EngineSsmParams params = { .layer = 1, .n_head = HEADS, .head_dim = DIM, .n_state = STATE, .n_group = GROUPS };
  const EngineDeltaParams delta = { .layer = 1, .n_head = HEADS, .head_dim = DIM, .n_state = STATE, .n_group = GROUPS, .eps = 1e-6f };
  EngineValueId x = engine_graph_conv (graph, engine_graph_embed (graph, &tensors[0], NULL), &tensors[1], &tensors[2], 0), steps = engine_graph_embed (graph, &tensors[3], NULL);

  if (*(const EngineOp *) data == ENGINE_OP_DELTA_RULE)
    return engine_graph_delta_rule (graph, x, steps, engine_graph_embed (graph, &tensors[6], NULL), &tensors[4], &delta);
  return engine_graph_ssm_scan (graph, x, steps, &tensors[4], &tensors[5], &params);
}

/* A sequence of 150 tokens that keeps states at two page ends, one of 2, and then each goes on from what was kept. */
static void
test_recurrent (gconstpointer data)
{
  const EngineCacheLayer layers[] = { { .kind = ENGINE_CACHE_STATE, .n_state = (TAPS - 1) * CHANNELS }, { .kind = ENGINE_CACHE_STATE, .n_state = HEADS * DIM * STATE } };
  uint32_t pages[2][3] = { { ENGINE_NO_PAGE, 2, 0 }, { 4, ENGINE_NO_PAGE, ENGINE_NO_PAGE } };
  const int lengths[2] = { 150, 2 };
  int n = lengths[0] + lengths[1];
  Case *c = case_new (32);
  EngineBatchSequence sequences[2];
  EngineBatch batch = batch_new (n, 0);
  int32_t *positions = (int32_t *) batch.positions, *sequence = (int32_t *) batch.sequence;

  add_tensor (c, ENGINE_TYPE_F32, 2, CHANNELS, n, 1);
  add_tensor (c, ENGINE_TYPE_F32, 2, TAPS, CHANNELS, 1);
  add_vector (c, CHANNELS);
  add_tensor (c, ENGINE_TYPE_F32, 2, HEADS, n, 1);
  add_vector (c, HEADS);
  add_vector (c, HEADS);
  add_tensor (c, ENGINE_TYPE_F32, 2, HEADS, n, 1);
  for (int side = 0; side < N_SIDES; side++) /* the decay is never above 0 */
    backends[side]->klass->weight_free (backends[side], &c->sides[side].tensors[4]);
  for (int i = 0; i < HEADS; i++)
    ((float *) c->data[4])[i] = -0.1f * (float) (i + 1);
  for (int side = 0; side < N_SIDES; side++) {
    EngineError error = { 0 };

    g_assert_true (backends[side]->klass->weight_load (backends[side], &c->sides[side].tensors[4], read_tensor, c, &error));
  }
  add_store (c, layers, 2, 6);
  for (int s = 0; s < 2; s++)
    sequences[s] = (EngineBatchSequence) { .pages = { pages[s], pages[s], pages[s] }, .n_pages = 3, .state = ENGINE_NO_PAGE };
  for (int i = 0; i < n; i++) {
    sequence[i] = i >= lengths[0];
    positions[i] = sequence[i] ? i - lengths[0] : i;
  }
  g_free ((gpointer) batch.sequences);
  batch.sequences = sequences;
  batch.n_sequences = 2;
  run_case (c, &batch, build_recurrent, data, "states from the beginning");

  for (int s = 0; s < 2; s++) {
    sequences[s].state = s ? 4 : 2; /* the second from its end, the first from a page's */
    pages[s][s ? 0 : 2] = s ? 5 : 1;
    for (int i = 0; i < 3; i++) {
      sequence[3 * s + i] = s;
      positions[3 * s + i] = (s ? 2 : 128) + i;
    }
  }
  batch.n_tokens = batch.n_outputs = 6;
  run_case (c, &batch, build_recurrent, data, "states that were kept");
  batch.sequences = NULL;
  batch_clear (&batch);
  case_free (c);
}

/* ---- promises ---------------------------------------------------------------------- */

/* A column's result has the same bits alone and among others, read as uniforms or not; 700 rows are groups of eight, four and two times 32. */
static void
test_batch (void)
{
  enum { WIDTH = 512, ROWS = 700, N = 13 };
  static const int has[] = { 1, 0 };
  EngineGlTiles *tiles = &((EngineGlBackend *) backends[GL])->shared->tiles;
  Case *c = case_new (77);
  EngineBatch batch = batch_new (N, 0);
  g_autofree float *all = NULL;

  add_tensor (c, ENGINE_TYPE_F32, 2, WIDTH, N, 1);
  add_tensor (c, ENGINE_TYPE_Q4_K, 2, WIDTH, ROWS, 1);
  add_vector (c, ROWS);
  run_case (c, &batch, build_matmul, has, "all columns");
  all = g_memdup2 (c->sides[GL].out, N * ROWS * sizeof (float));
  for (int round = 0; round < 2; round++) {
    for (int first = 0, n = 1; first + n <= N; first += n, n++) {
      EngineBatch some = batch;

      some.tokens += first;
      some.n_tokens = some.n_outputs = n;
      run_case (c, &some, build_matmul, has, "some columns");
      g_assert_cmpmem (c->sides[GL].out, (gsize) n * ROWS * sizeof (float), all + first * ROWS, (gsize) n * ROWS * sizeof (float));
    }
    tiles->uniform = !tiles->uniform;
    tiles->uniform_one = !tiles->uniform_one;
  }
  batch_clear (&batch);
  case_free (c);
}

enum { STEP_WIDTH = 64, STEP_VOCAB = 96, STEP_PAGES = 3 };

/* A decoder in small: one layer without a feed-forward network, and logits. */
static EngineValueId
build_step (EngineGraph *graph, const EngineTensor *tensors, gconstpointer data)
{
  const EngineAttentionParams params = { .kind = ENGINE_CACHE_FULL, .n_head = 2, .n_head_kv = 1, .head_dim = STEP_WIDTH / 2, .scale = 0.2f };
  EngineValueId x = engine_graph_embed (graph, &tensors[0], NULL), normed = engine_graph_rms_norm (graph, x, &tensors[1], 0, 1e-5f);
  EngineValueId q = engine_graph_matmul (graph, &tensors[2], normed, NULL, ENGINE_NO_VALUE);
  EngineValueId k = engine_graph_matmul (graph, &tensors[3], normed, NULL, ENGINE_NO_VALUE);
  EngineValueId v = engine_graph_matmul (graph, &tensors[4], normed, NULL, ENGINE_NO_VALUE);
  EngineValueId seen = engine_graph_attention (graph, q, k, v, NULL, &params);

  x = engine_graph_matmul (graph, &tensors[2], seen, NULL, x);
  return engine_graph_matmul (graph, &tensors[0], engine_graph_output_rows (graph, x), NULL, ENGINE_NO_VALUE);
}

/* What a step asks of the device is what its graph says. Q4_0 of 64 elements: 2 blocks of 4 words, and a word with both steps; that is what the file
 * has, without its gaps. */
static void
test_counts (void)
{
  static const int steps[] = { 1, 9, 1 };
  const EngineCacheLayer layer = { 1, STEP_WIDTH / 2, ENGINE_CACHE_FULL, 0 };
  const guint64 row = 36, narrow = STEP_WIDTH / 2 * row, wide = STEP_WIDTH * row, head = STEP_VOCAB * row;
  const uint32_t pages[STEP_PAGES] = { 2, 0, 1 };
  const EngineBatchSequence sequence = { .pages = { pages, pages, NULL }, .n_pages = STEP_PAGES, .state = ENGINE_NO_PAGE };
  Case *c = case_new (33);
  EngineGlCounts before, after;

  add_tensor (c, ENGINE_TYPE_Q4_0, 2, STEP_WIDTH, STEP_VOCAB, 1);
  add_vector (c, STEP_WIDTH);
  add_tensor (c, ENGINE_TYPE_Q4_0, 2, STEP_WIDTH, STEP_WIDTH, 1);
  add_tensor (c, ENGINE_TYPE_Q4_0, 2, STEP_WIDTH, STEP_WIDTH / 2, 1);
  add_tensor (c, ENGINE_TYPE_Q4_0, 2, STEP_WIDTH, STEP_WIDTH / 2, 1);
  add_store (c, &layer, 1, STEP_PAGES);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    const EngineGlShared *shared = ((EngineGlBackend *) backends[GL])->shared;
    guint64 n = (guint64) steps[i], at_once = engine_gl_cut (&shared->device, &shared->tiles, STEP_WIDTH, steps[i]).at_once, tiles = (n + at_once - 1) / at_once;
    EngineBatch batch = batch_new (steps[i], 40);
    gconstpointer own = batch.sequences;

    batch.sequences = &sequence;
    batch.n_outputs = 1;
    batch.outputs += n - 1;
    g_assert_true (engine_gl_counts (backends[GL], &before));
    run_case (c, &batch, build_step, NULL, "a step");
    g_assert_true (engine_gl_counts (backends[GL], &after));

    /* embed | norm | q, k, v | write | attention | out | the last column | logits | read */
    g_assert_cmpuint (after.dispatches - before.dispatches, ==, 10);
    g_assert_cmpuint (after.barriers - before.barriers, ==, 8);
    g_assert_cmpuint (after.weight_bytes - before.weight_bytes, ==, n * row + tiles * (wide + 2 * narrow + wide) + head);
    g_assert_cmpuint (after.upload_bytes - before.upload_bytes, ==, 4 * (4 * n + 1 + ENGINE_N_CACHE_KINDS * STEP_PAGES));
    g_assert_cmpuint (after.readback_bytes - before.readback_bytes, ==, 4 * STEP_VOCAB);
    batch.sequences = own;
    batch_clear (&batch);
  }
  g_assert_false (engine_gl_counts (backends[REFERENCE], &after));
  g_assert_cmpuint (after.dispatches, ==, 0);
  case_free (c);
}

static void
test_bad_rows (void)
{
  Case *c = case_new (78);
  EngineBatch batch = batch_new (2, 0);
  EngineError error = { 0 };
  EngineGraph graph;
  float out[64];

  add_tensor (c, ENGINE_TYPE_F32, 2, 32, 2, 1);
  ((int32_t *) batch.tokens)[1] = 2;
  engine_graph_init (&graph, 2, 2);
  g_assert_true (engine_graph_finish (&graph, build_embed (&graph, c->sides[GL].tensors, NULL), &error));
  g_assert_false (backends[GL]->klass->run (backends[GL], &graph, &batch, NULL, out, NULL, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_graph_clear (&graph);
  batch_clear (&batch);
  case_free (c);
}

static void
test_cancel (void)
{
  Case *c = case_new (79);
  EngineBatch batch = batch_new (2, 0);
  EngineError error = { 0 };
  EngineGraph graph;
  atomic_bool cancel = true;
  float out[64];

  batch.cancel = &cancel;
  add_tensor (c, ENGINE_TYPE_F32, 2, 32, 2, 1);
  engine_graph_init (&graph, 2, 2);
  g_assert_true (engine_graph_finish (&graph, build_embed (&graph, c->sides[GL].tensors, NULL), &error));
  g_assert_false (backends[GL]->klass->run (backends[GL], &graph, &batch, NULL, out, NULL, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_CANCELLED);
  engine_graph_clear (&graph);
  batch_clear (&batch);
  case_free (c);
}

/* Each kind of OpenGL has other tiles, as another device would. */
static void
use_tiles (const char *kind)
{
  EngineGlShared *shared = ((EngineGlBackend *) backends[GL])->shared;

  if (g_strcmp0 (kind, "es") == 0)
    shared->tiles = (EngineGlTiles) { .split = 2, .rows_one = 1, .uniform_one = true, .rows = 2, .columns = 4, .lanes = 32, .few_groups = 256 };
  else if (g_strcmp0 (kind, "es,least") == 0)
    shared->tiles = (EngineGlTiles) { .split = 4, .rows_one = 2, .rows = 2, .columns = 16, .uniform = true, .lanes = 64 };
}

/* All types on core OpenGL; on the other kinds about half of them, others in each run: a rasteriser in software takes minutes for all. ENGINE_TEST_ALL=1 takes all. */
static bool
is_drawn (void)
{
  const char *kind = g_getenv ("MELETE_GL");

  return kind == NULL || strcmp (kind, "core") == 0 || g_getenv ("ENGINE_TEST_ALL") != NULL || g_test_rand_bit ();
}

int
main (int argc, char **argv)
{
  EngineError error = { 0 };
  int result;

  g_test_init (&argc, &argv, NULL);
  backends[REFERENCE] = engine_cpu_backend_new (1, true, &error);
  backends[GL] = engine_gl_backend_new (NULL, &error);
  if (!backends[REFERENCE] || !backends[GL])
    g_error ("%s", error.message);
  use_tiles (g_getenv ("MELETE_GL"));
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    g_autofree char *matmul = g_strdup_printf ("/gl/matmul/%s", engine_types[type].name), *embed = g_strdup_printf ("/gl/embed/%s", engine_types[type].name);
    g_autofree char *experts = g_strdup_printf ("/gl/experts/%s", engine_types[type].name);

    if (!is_drawn ())
      continue;
    g_test_add_data_func (matmul, GINT_TO_POINTER (type), test_matmul);
    g_test_add_data_func (embed, GINT_TO_POINTER (type), test_embed);
    g_test_add_data_func (experts, GINT_TO_POINTER (type), test_experts);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++) {
    g_autofree char *path = g_strdup_printf ("/gl/columns/%s", columns[i].name);

    g_test_add_data_func (path, &columns[i], test_columns);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (gate_ups); i++) {
    g_autofree char *path = g_strdup_printf ("/gl/gate up/%s", gate_ups[i].name);

    g_test_add_data_func (path, &gate_ups[i], test_gate_up);
  }
  g_test_add_func ("/gl/rope", test_rope);
  g_test_add_func ("/gl/splice", test_splice);
  g_test_add_func ("/gl/patches", test_patches);
  for (gsize i = 0; i < G_N_ELEMENTS (attentions); i++) {
    g_autofree char *path = g_strdup_printf ("/gl/attention/%s", attentions[i].name);

    g_test_add_data_func (path, &attentions[i], test_attention);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (recurrences); i++) {
    g_autofree char *path = g_strconcat ("/gl/recurrent/", engine_op_names[recurrences[i]], NULL);

    g_test_add_data_func (path, &recurrences[i], test_recurrent);
  }
  g_test_add_func ("/gl/batch", test_batch);
  g_test_add_func ("/gl/counts", test_counts);
  g_test_add_func ("/gl/bad rows", test_bad_rows);
  g_test_add_func ("/gl/cancel", test_cancel);
  result = g_test_run ();
  for (int side = 0; side < N_SIDES; side++)
    backends[side]->klass->free (backends[side]);
  return result;
}
