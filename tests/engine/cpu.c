/* SPDX-License-Identifier: MIT */
/* The CPU backend's promise: a token's logits have the same bits whatever else is in the batch,
 * with any number of threads, any instruction set, and after a page of the cache was copied. */
#include "checked.h"
#include "cpu/cpu.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define VOCAB 80
#define EMBD 256
#define FF 512
#define HEADS 6
#define HEADS_KV 2
#define DIM 32
#define TOKENS 200
#define LONG 640 /* more than one segment of attention */
#define PAGES ((LONG + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS)
/* The second layer has a recurrent part too. */
#define SSM_HEADS 5
#define SSM_DIM 24
#define SSM_STATE 20
#define SSM_WIDTH (SSM_HEADS * SSM_DIM)
#define SSM_CHANNELS (SSM_WIDTH + 2 * SSM_STATE)
#define SSM_TAPS 4

enum { EMBED, NORM, SINKS, Q, Q_BIAS, K, V, O, GATE, UP, DOWN, SSM_IN, SSM_STEPS, SSM_CONV, SSM_BIAS, SSM_A, SSM_SKIP, SSM_OUT, N_TENSORS };

/* Pages of states: two take turns, one is for other sequences, one for a copy. */
enum { STATE_FIRST, STATE_SECOND, STATE_OTHERS, STATE_COPY, N_STATES };

typedef struct {
  EngineType      type;
  EngineCacheType cache_type;
  int32_t         window;
} Setup;

typedef struct {
  const Setup      *setup;
  EngineBackend    *backend;
  EngineTensor      tensors[N_TENSORS];
  uint8_t          *file[N_TENSORS];
  EngineCacheStore *store;
  uint32_t          state; /* the page with the latest one */
  int32_t           tokens[LONG];
  float             logits[LONG][VOCAB]; /* of the latest runs, by position */
} Model;

static bool
read_tensor (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  const Model *model = user;

  memcpy (out, model->file[tensor - model->tensors] + offset, n);
  return true;
}

static void
add_tensor (Model *model, int which, EngineType type, int64_t n_in, int64_t n_out, int n_dims, GRand *rand)
{
  EngineTensor *tensor = &model->tensors[which];
  size_t n = (size_t) (n_in * n_out);
  float *values = g_new (float, n);

  *tensor = (EngineTensor) { .type = type, .n_dims = n_dims, .ne = { n_in, n_out, 1, 1 } };
  g_assert_true (engine_type_bytes (type, n, &tensor->bytes));
  for (size_t i = 0; i < n; i++)
    values[i] = (float) (g_rand_double_range (rand, -1.7, 1.7) / sqrt ((double) n_in));
  model->file[which] = g_malloc (tensor->bytes);
  engine_types[type].from_float (values, model->file[which], n);
  g_free (values);
}

static Model *
model_new (const Setup *setup, int n_threads, const char *kernels)
{
  static const EngineCacheLayer layer[] = { { HEADS_KV, DIM, ENGINE_CACHE_FULL }, { HEADS_KV, DIM, ENGINE_CACHE_WINDOW },
                                            { .kind = ENGINE_CACHE_STATE, .n_state = (SSM_TAPS - 1) * SSM_CHANNELS }, { .kind = ENGINE_CACHE_STATE, .n_state = SSM_WIDTH * SSM_STATE } };
  EngineCacheShape shape = { setup->cache_type, G_N_ELEMENTS (layer), layer, { 2 * PAGES, 2 * PAGES, N_STATES } };
  Model *model = g_new0 (Model, 1);
  GRand *rand = g_rand_new_with_seed (7);
  EngineError error = { 0 };

  g_setenv ("MELETE_CPU", kernels, TRUE);
  model->setup = setup;
  model->backend = engine_cpu_backend_new (n_threads, false, &error);
  g_assert_cmpstr (error.message, ==, "");
  add_tensor (model, EMBED, setup->type, EMBD, VOCAB, 2, rand);
  add_tensor (model, NORM, ENGINE_TYPE_F32, EMBD, 1, 1, rand);
  add_tensor (model, SINKS, ENGINE_TYPE_F32, HEADS, 1, 1, rand);
  add_tensor (model, Q, setup->type, EMBD, HEADS * DIM, 2, rand);
  add_tensor (model, Q_BIAS, ENGINE_TYPE_F32, HEADS * DIM, 1, 1, rand);
  add_tensor (model, K, setup->type, EMBD, HEADS_KV * DIM, 2, rand);
  add_tensor (model, V, setup->type, EMBD, HEADS_KV * DIM, 2, rand);
  add_tensor (model, O, ENGINE_TYPE_Q8_0, HEADS * DIM, EMBD, 2, rand);
  add_tensor (model, GATE, setup->type, EMBD, FF, 2, rand);
  add_tensor (model, UP, setup->type, EMBD, FF, 2, rand);
  add_tensor (model, DOWN, setup->type, FF, EMBD, 2, rand);
  add_tensor (model, SSM_IN, setup->type, EMBD, SSM_CHANNELS, 2, rand);
  add_tensor (model, SSM_STEPS, setup->type, EMBD, SSM_HEADS, 2, rand);
  add_tensor (model, SSM_CONV, ENGINE_TYPE_F32, SSM_TAPS, SSM_CHANNELS, 2, rand);
  add_tensor (model, SSM_BIAS, ENGINE_TYPE_F32, SSM_CHANNELS, 1, 1, rand);
  add_tensor (model, SSM_A, ENGINE_TYPE_F32, SSM_HEADS, 1, 1, rand);
  for (int i = 0; i < SSM_HEADS; i++) /* or the state would grow for ever */
    ((float *) model->file[SSM_A])[i] = -fabsf (((float *) model->file[SSM_A])[i]);
  add_tensor (model, SSM_SKIP, ENGINE_TYPE_F32, SSM_HEADS, 1, 1, rand);
  add_tensor (model, SSM_OUT, ENGINE_TYPE_F32, SSM_WIDTH, EMBD, 2, rand);
  for (int i = 0; i < N_TENSORS; i++) {
    g_assert_true (model->backend->klass->weight_load (model->backend, &model->tensors[i], read_tensor, model, &error));
    g_assert_nonnull (model->tensors[i].backend_data);
  }
  model->store = model->backend->klass->cache_new (model->backend, &shape, &error);
  g_assert_nonnull (model->store);
  for (int i = 0; i < LONG; i++)
    model->tokens[i] = g_rand_int_range (rand, 0, VOCAB);
  g_rand_free (rand);
  return model;
}

static void
model_free (Model *model)
{
  for (int i = 0; i < N_TENSORS; i++) {
    model->backend->klass->weight_free (model->backend, &model->tensors[i]);
    g_assert_null (model->tensors[i].backend_data);
    g_free (model->file[i]);
  }
  model->backend->klass->cache_free (model->backend, model->store);
  model->backend->klass->free (model->backend);
  g_free (model);
}

static EngineValueId
recurrent (const Model *model, EngineGraph *graph, EngineValueId x, EngineValueId normed)
{
  const EngineTensor *t = model->tensors;
  EngineSsmParams ssm = { .layer = 3, .n_head = SSM_HEADS, .head_dim = SSM_DIM, .n_state = SSM_STATE, .n_group = 1 };
  EngineValueId steps = engine_graph_matmul (graph, &t[SSM_STEPS], normed, NULL, ENGINE_NO_VALUE), in;

  in = engine_graph_conv (graph, engine_graph_matmul (graph, &t[SSM_IN], normed, NULL, ENGINE_NO_VALUE), &t[SSM_CONV], &t[SSM_BIAS], 2);
  return engine_graph_matmul (graph, &t[SSM_OUT], engine_graph_ssm_scan (graph, in, steps, &t[SSM_A], &t[SSM_SKIP], &ssm), NULL, x);
}

static EngineValueId
layer (const Model *model, EngineGraph *graph, EngineValueId x, int index)
{
  const EngineTensor *t = model->tensors;
  EngineRopeParams rope = { .head_dim = DIM, .n_rot = DIM, .style = index ? ENGINE_ROPE_HALVES : ENGINE_ROPE_ADJACENT,
                            .freq_base = 10000, .freq_scale = 1, .attn_factor = 1 };
  EngineAttentionParams attention = { .layer = index, .kind = index ? ENGINE_CACHE_WINDOW : ENGINE_CACHE_FULL, .n_head = HEADS,
                                      .n_head_kv = HEADS_KV, .head_dim = DIM, .window = index ? model->setup->window : 0,
                                      .scale = 1 / sqrtf (DIM) };
  EngineValueId normed = engine_graph_rms_norm (graph, x, &t[NORM], 0, 1e-5f);
  EngineValueId q = engine_graph_matmul (graph, &t[Q], normed, &t[Q_BIAS], ENGINE_NO_VALUE);
  EngineValueId k = engine_graph_matmul (graph, &t[K], normed, NULL, ENGINE_NO_VALUE);
  EngineValueId v = engine_graph_matmul (graph, &t[V], normed, NULL, ENGINE_NO_VALUE);
  EngineValueId gate, up;

  q = engine_graph_rope (graph, engine_graph_rms_norm (graph, q, NULL, DIM, 1e-5f), NULL, &rope);
  k = engine_graph_rope (graph, k, NULL, &rope);
  x = engine_graph_matmul (graph, &t[O], engine_graph_attention (graph, q, k, v, index ? &t[SINKS] : NULL, &attention), NULL, x);
  if (index)
    x = recurrent (model, graph, x, normed);
  normed = engine_graph_rms_norm (graph, x, NULL, 0, 1e-5f);
  gate = engine_graph_matmul (graph, &t[GATE], normed, NULL, ENGINE_NO_VALUE);
  up = engine_graph_matmul (graph, &t[UP], normed, NULL, ENGINE_NO_VALUE);
  gate = engine_graph_gated (graph, gate, up, index ? ENGINE_GATE_GELU_TANH : ENGINE_GATE_SILU);
  up = engine_graph_matmul (graph, &t[DOWN], gate, NULL, ENGINE_NO_VALUE);
  return engine_graph_add (graph, x, engine_graph_scale (graph, up, 0.5f));
}

/* One batch: tokens first … first + n - 1 of the sequence, and `others` tokens of another one
 * before them, which has pages of its own. The state goes on from the latest one, or from the beginning, and is left in another
 * page; also after the first page of what is computed, where that is left behind: it must be of no concern. */
static void
step (Model *model, const uint32_t *pages, int first, int n, int others)
{
  static const uint32_t other_pages[PAGES] = { 2 * PAGES - 1 };
  uint32_t states[PAGES], other_states[PAGES] = { STATE_OTHERS };
  EngineBatchSequence sequences[2] = { { { pages, pages, states }, PAGES, first ? model->state : ENGINE_NO_PAGE }, { { other_pages, other_pages, other_states }, PAGES, ENGINE_NO_PAGE } };
  int32_t tokens[2 * LONG], positions[2 * LONG], sequence[2 * LONG], outputs[LONG];
  EngineBatch batch = { n + others, tokens, positions, sequence, 2, sequences, n, outputs };
  EngineError error = { 0 };
  EngineGraph graph;
  EngineValueId x;

  for (int i = 0; i < PAGES; i++)
    states[i] = ENGINE_NO_PAGE;
  states[first / ENGINE_PAGE_TOKENS] = STATE_COPY;
  states[(first + n - 1) / ENGINE_PAGE_TOKENS] = model->state == STATE_FIRST ? STATE_SECOND : STATE_FIRST;
  model->state = states[(first + n - 1) / ENGINE_PAGE_TOKENS];
  for (int i = 0; i < n + others; i++) {
    tokens[i] = i < others ? (i * 7) % VOCAB : model->tokens[first + i - others];
    positions[i] = i < others ? i : first + i - others;
    sequence[i] = i < others;
  }
  for (int i = 0; i < n; i++)
    outputs[i] = others + i;
  engine_graph_init (&graph, batch.n_tokens, n);
  x = engine_graph_embed (&graph, &model->tensors[EMBED], NULL);
  for (int i = 0; i < 2; i++)
    x = layer (model, &graph, x, i);
  x = engine_graph_matmul (&graph, &model->tensors[EMBED], engine_graph_output_rows (&graph, x), NULL, ENGINE_NO_VALUE);
  g_assert_true (engine_graph_finish (&graph, x, &error));
  g_assert_true (model->backend->klass->run (model->backend, &graph, &batch, model->store, model->logits[first], NULL, NULL, &error));
  engine_graph_clear (&graph);
}

static void
assert_same (Model *model, const Model *wanted, int first)
{
  for (int i = first; i < TOKENS; i++)
    if (memcmp (model->logits[i], wanted->logits[i], sizeof model->logits[i]) != 0)
      g_error ("the logits of position %d differ: %.9g is not %.9g", i, (double) model->logits[i][0], (double) wanted->logits[i][0]);
  memset (model->logits, 0, sizeof model->logits);
}

static void
test_promise (const void *data)
{
  const Setup *setup = data;
  const uint32_t plain[PAGES] = { 0, 1, 2, 3 }, mixed[PAGES] = { 6, 4, 7, 5 };
  const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS];
  int n_variants = engine_cpu_variants (variants), sizes[] = { 1, 33, 2, 64, 31, 3, 66 };
  Model *wanted = model_new (setup, 1, "scalar");

  step (wanted, plain, 0, TOKENS, 0);
  for (int i = 0; i < VOCAB; i++)
    g_assert_true (isfinite (wanted->logits[TOKENS - 1][i]));
  for (int variant = 0; variant < n_variants; variant++)
    for (int n_threads = variant + 1 == n_variants ? 3 : 1; n_threads <= 3; n_threads++) { /* the scalar set is slow */
      Model *model = model_new (setup, n_threads, variants[variant]->name);
      uint32_t resumed[PAGES] = { 6, 4, 8, 9 };
      int first = 0;

      step (model, plain, 0, TOKENS, 0);
      assert_same (model, wanted, 0);
      for (size_t i = 0; i < G_N_ELEMENTS (sizes); first += sizes[i++])
        step (model, mixed, first, sizes[i], i % 2 ? 17 : 0);
      g_assert_cmpint (first, ==, TOKENS);
      assert_same (model, wanted, 0);

      /* Goes on at position 150, on a copy of the third page and of the state there. */
      step (model, plain, 0, 150, 5);
      for (int kind = 0; kind < ENGINE_CACHE_STATE; kind++)
        model->backend->klass->cache_copy (model->backend, model->store, kind, mixed[2], resumed[2], 150 % ENGINE_PAGE_TOKENS);
      model->backend->klass->cache_copy (model->backend, model->store, ENGINE_CACHE_STATE, model->state, STATE_COPY, 150 % ENGINE_PAGE_TOKENS);
      model->state = STATE_COPY;
      for (first = 150; first < TOKENS; first++)
        step (model, resumed, first, 1, first % 5 == 0);
      assert_same (model, wanted, 150);
      model_free (model);
    }
  model_free (wanted);
}

/* A long past is cut into segments: shared out among the threads for a few tokens, done by one
 * thread for each tile of many. */
static void
test_long (const void *data)
{
  Model *wanted = model_new (data, 1, ""), *model = model_new (data, 2, "");
  uint32_t pages[PAGES];

  for (int i = 0; i < PAGES; i++)
    pages[i] = (uint32_t) (PAGES - 1 - i);
  step (wanted, pages, 0, LONG, 0);
  step (model, pages, 0, LONG - 60, 0);
  for (int first = LONG - 60, n; first < LONG; first += n) {
    n = MIN (first % 3 + 1, LONG - first);
    step (model, pages, first, n, first % 4 == 0 ? 40 : 0);
  }
  for (int i = LONG - 60; i < LONG; i++)
    g_assert_cmpmem (model->logits[i], sizeof model->logits[i], wanted->logits[i], sizeof wanted->logits[i]);
  model_free (model);
  model_free (wanted);
}

/* Every failure of a read leaves nothing behind. */
static bool
fail_read (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  return engine_fail (error, ENGINE_BAD_FILE, "torn");
}

static void
test_failed_load (void)
{
  EngineError error = { 0 };
  EngineBackend *backend;
  EngineTensor tensor = { .name = "w", .type = ENGINE_TYPE_Q4_K, .n_dims = 2, .ne = { 256, 20, 1, 1 }, .bytes = 144 * 20 };

  g_setenv ("MELETE_CPU", "nonsense", TRUE);
  g_assert_null (engine_cpu_backend_new (1, false, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_unsetenv ("MELETE_CPU");
  memset (&error, 0, sizeof error);
  backend = engine_cpu_backend_new (1, false, &error);
  g_assert_nonnull (backend);
  g_assert_false (backend->klass->weight_load (backend, &tensor, fail_read, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  g_assert_null (tensor.backend_data);
  tensor.bytes--;
  memset (&error, 0, sizeof error);
  g_assert_false (backend->klass->weight_load (backend, &tensor, fail_read, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  g_assert_null (tensor.backend_data);
  backend->klass->free (backend);
}

/* ---- a cancel in the middle of a job ---- */

typedef struct {
  atomic_bool cancel;
  atomic_int  n_called;
} Cancelled;

static void
cancel_at_tenth (void *data, int64_t item, int thread)
{
  Cancelled *job = data;

  if (atomic_fetch_add (&job->n_called, 1) + 1 == 10)
    atomic_store (&job->cancel, true);
}

/* Only what the other threads have in hand is still done: not the rest of a node that may be long. */
static void
test_cancel (void)
{
  for (int n_threads = 1; n_threads <= 3; n_threads++)
    for (int i = 0; i < 200; i++) {
      EngineError error = { 0 };
      EngineCpuPool *pool = engine_cpu_pool_new (n_threads, &error);
      Cancelled job = { 0 };

      g_assert_nonnull (pool);
      engine_cpu_pool_watch (pool, &job.cancel);
      engine_cpu_pool_run (pool, 100000, cancel_at_tenth, &job);
      g_assert_cmpint (job.n_called, >=, 10);
      g_assert_cmpint (job.n_called, <, 10 + n_threads);
      engine_cpu_pool_run (pool, 100, cancel_at_tenth, &job);
      g_assert_cmpint (job.n_called, <, 10 + n_threads);
      engine_cpu_pool_watch (pool, NULL);
      engine_cpu_pool_run (pool, 100, cancel_at_tenth, &job);
      g_assert_cmpint (job.n_called, >=, 110);
      engine_cpu_pool_free (pool);
    }
}

int
main (int argc, char **argv)
{
  static const Setup setups[] = {
    { ENGINE_TYPE_Q4_K, ENGINE_CACHE_F16, 40 }, { ENGINE_TYPE_Q6_K, ENGINE_CACHE_Q8_0, 1 }, { ENGINE_TYPE_Q8_0, ENGINE_CACHE_F16, 100 },
    { ENGINE_TYPE_Q4_1, ENGINE_CACHE_Q8_0, 64 }, { ENGINE_TYPE_Q5_0, ENGINE_CACHE_F16, 65 }, { ENGINE_TYPE_F16, ENGINE_CACHE_F16, 63 },
    { ENGINE_TYPE_F32, ENGINE_CACHE_Q8_0, 33 }, { ENGINE_TYPE_BF16, ENGINE_CACHE_F16, 2 }, { ENGINE_TYPE_Q4_0, ENGINE_CACHE_Q4, 40 },
  };

  guint first, end;

  g_test_init (&argc, &argv, NULL);
  test_draw (G_N_ELEMENTS (setups), 3, &first, &end);
  for (guint i = first; i < end; i++) {
    char *path = g_strdup_printf ("/cpu/promise/%s", engine_types[setups[i].type].name);

    g_test_add_data_func (path, &setups[i], test_promise);
    g_free (path);
    path = g_strdup_printf ("/cpu/long/%s", engine_types[setups[i].type].name);
    g_test_add_data_func (path, &setups[i], test_long);
    g_free (path);
  }
  g_test_add_func ("/cpu/cancel", test_cancel);
  g_test_add_func ("/cpu/failed-load", test_failed_load);
  return g_test_run ();
}
