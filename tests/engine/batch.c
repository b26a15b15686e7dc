/* SPDX-License-Identifier: MIT */
/* Real models, tiny ones: the same bits come out whatever the slices, the company, the
 * number of threads, and whether the cache was cold. */
#include "answer.h"
#include "checked.h"
#include "kv.h"
#include "tiny-model.h"

#include <string.h>

static const TinyModel models[] = {
  { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 1 },
  { .architecture = "qwen2", .type = ENGINE_TYPE_Q4_K, .seed = 2 },
  { .architecture = "gemma3", .type = ENGINE_TYPE_Q8_0, .seed = 3 },
  { .architecture = "gemma3", .type = ENGINE_TYPE_F16, .seed = 4 },
  { .architecture = "falcon-h1", .type = ENGINE_TYPE_Q4_K, .seed = 5 },
  { .architecture = "falcon-h1", .type = ENGINE_TYPE_F32, .seed = 6 },
  { .architecture = "qwen35", .type = ENGINE_TYPE_Q4_K, .seed = 7, .n_layers = 4 },
  { .architecture = "qwen35", .type = ENGINE_TYPE_F32, .seed = 8 },
};

static int32_t *
prompt_new (guint32 seed, int32_t n)
{
  GRand *rand = g_rand_new_with_seed (seed);
  int32_t *tokens = g_new (int32_t, n);

  for (int32_t i = 0; i < n; i++)
    tokens[i] = g_rand_int_range (rand, 0, 509);
  g_rand_free (rand);
  return tokens;
}

/* ---- slices --------------------------------------------------------------------- */

/* The logits after each token, evaluated `slice` tokens at a time. */
static float *
evaluate (EngineModel *model, EngineCacheType type, const int32_t *tokens, int32_t n, int32_t slice)
{
  EngineBackend *backend = model->backend;
  EngineCacheShape shape = { .type = type, .n_layers = model->n_cache_layers, .layers = model->cache_layers,
                             .n_pages = { 16, 16, 16 } };
  EngineError error = { 0 };
  EngineCacheStore *store = backend->klass->cache_new (backend, &shape, &error);
  EngineKvOptions options = { .backend = backend, .store = store, .n_pages = { 16, 16, 16 }, .window = model->hparams.window };
  EngineKv *kv = engine_kv_new (&options, &error);
  EngineKvSequence *sequence = engine_kv_sequence_new (kv, 0, &error);
  float *logits = g_new (float, (gsize) n * TINY_N_VOCAB);
  int32_t *columns = g_new0 (int32_t, n), *zeros = g_new0 (int32_t, n);

  for (int32_t i = 0; i < n; i++) {
    uint64_t cell = engine_kv_token (tokens[i]);

    columns[i] = i;
    g_assert_true (engine_kv_append (sequence, &cell, 1, &error));
  }
  for (int32_t from = 0, length; from < n; from += length) {
    EngineBatchSequence pages;
    EngineGraph graph;

    length = MIN (slice, n - from);
    g_assert_true (engine_kv_reserve (sequence, length));
    pages = engine_kv_pages (sequence);
    g_assert_true (engine_model_build (model, NULL, false, length, length, &graph, &error));
    g_assert_true (backend->klass->run (backend, &graph, &(EngineBatch) {
      .n_tokens = length, .tokens = tokens + from, .positions = columns + from, .sequence = zeros,
      .n_sequences = 1, .sequences = &pages, .n_outputs = length, .outputs = columns,
    }, store, logits + (gsize) from * TINY_N_VOCAB, NULL, NULL, &error));
    engine_graph_clear (&graph);
    engine_kv_commit (sequence, length);
  }
  engine_kv_sequence_free (sequence);
  engine_kv_free (kv);
  backend->klass->cache_free (backend, store);
  g_free (columns);
  g_free (zeros);
  return logits;
}

static void
test_slices (gconstpointer data)
{
  enum { N = 300 };
  static const int32_t slices[] = { 300, 64, 17, 128, 3, 1 };
  EngineModel *model = tiny_model_load (data, NULL), *threaded = tiny_model_load (data, &(EngineLoadOptions) { .n_threads = 3 });
  g_autofree int32_t *tokens = prompt_new (1, N);
  guint first, end;

  test_draw (ENGINE_N_CACHE_TYPES, 1, &first, &end);
  for (guint type = first; type < end; type++) {
    g_autofree float *whole = evaluate (model, type, tokens, N, N);

    for (guint i = 1; i < G_N_ELEMENTS (slices); i++) {
      g_autofree float *sliced = evaluate (i % 2 ? model : threaded, type, tokens, N, slices[i]);

      for (int32_t t = 0; t < N; t++)
        if (memcmp (whole + (gsize) t * TINY_N_VOCAB, sliced + (gsize) t * TINY_N_VOCAB, TINY_N_VOCAB * sizeof (float)))
          g_error ("Slices of %d differ at token %d, cache type %u", slices[i], t, type);
    }
  }
  engine_model_unref (model);
  engine_model_unref (threaded);
}

/* ---- company, threads, restored --------------------------------------------------- */

/* What of `n` known tokens need not be evaluated: states are kept at the ends of pages. */
static int32_t
expected_reuse (const EngineModel *model, int32_t n)
{
  return model->info.cache_bytes_fixed ? n / ENGINE_PAGE_TOKENS * ENGINE_PAGE_TOKENS : n;
}

static EngineRequest *
ask (EngineRunner *runner, const int32_t *tokens, int32_t n, int32_t max_tokens)
{
  EngineRequestParams params = { .tokens = tokens, .n_tokens = n, .max_tokens = max_tokens,
                                 .ignore_end = true, .top_logprobs = 5 };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

static void
expect_same (const Answer *a, const Answer *b)
{
  g_assert_cmpmem (a->ids->data, a->ids->len * sizeof (int32_t), b->ids->data, b->ids->len * sizeof (int32_t));
  g_assert_cmpmem (a->logprobs->data, a->logprobs->len * sizeof (float), b->logprobs->data, b->logprobs->len * sizeof (float));
  g_assert_cmpstr (a->text->str, ==, b->text->str);
}

static void
test_company (gconstpointer data)
{
  enum { N = 8, LENGTH = 40 };
  EngineModel *model = tiny_model_load (data, &(EngineLoadOptions) { .n_threads = 1 });
  EngineModel *threaded = tiny_model_load (data, &(EngineLoadOptions) { .n_threads = 4 });
  EngineRunner *runner = engine_runner_new (model, NULL, NULL), *other;
  int32_t *prompts[N], n_prompts[N];
  Answer alone[N], answer;
  EngineRequest *requests[N];

  g_assert_nonnull (runner);
  /* Each alone, cold. */
  for (int i = 0; i < N; i++) {
    n_prompts[i] = 5 + i * 67;
    prompts[i] = prompt_new (i, n_prompts[i]);
    answer_init (&alone[i]);
    answer_finish (&alone[i], ask (runner, prompts[i], n_prompts[i], LENGTH));
    g_assert_cmpint (alone[i].last.stats.reused_tokens, ==, 0);
    g_assert_cmpuint (alone[i].logprobs->len, ==, LENGTH * 5);
  }
  /* Again, from the cache; then as a follow-up of its own first half. */
  for (int i = 0; i < N; i++) {
    g_autofree int32_t *longer = g_new (int32_t, n_prompts[i] + LENGTH);

    answer_init (&answer);
    answer_finish (&answer, ask (runner, prompts[i], n_prompts[i], LENGTH));
    g_assert_cmpint (answer.last.stats.reused_tokens, ==, expected_reuse (model, n_prompts[i] - 1));
    expect_same (&alone[i], &answer);
    answer_clear (&answer);

    memcpy (longer, prompts[i], n_prompts[i] * sizeof *longer);
    memcpy (longer + n_prompts[i], alone[i].ids->data, LENGTH / 2 * sizeof *longer);
    answer_init (&answer);
    answer_finish (&answer, ask (runner, longer, n_prompts[i] + LENGTH / 2, LENGTH / 2));
    g_assert_cmpint (answer.last.stats.reused_tokens, ==, expected_reuse (model, n_prompts[i] + LENGTH / 2 - 1));
    g_assert_cmpmem (answer.ids->data, answer.ids->len * sizeof (int32_t),
                     &g_array_index (alone[i].ids, int32_t, LENGTH / 2), LENGTH / 2 * sizeof (int32_t));
    g_assert_cmpmem (answer.logprobs->data, answer.logprobs->len * sizeof (float),
                     &g_array_index (alone[i].logprobs, float, LENGTH / 2 * 5), LENGTH / 2 * 5 * sizeof (float));
    answer_clear (&answer);
  }
  engine_runner_unref (runner);

  /* All together, cold, on four threads. */
  other = engine_runner_new (threaded, NULL, NULL);
  for (int i = 0; i < N; i++)
    requests[i] = ask (other, prompts[i], n_prompts[i], LENGTH);
  for (int i = 0; i < N; i++) {
    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    expect_same (&alone[i], &answer);
    answer_clear (&answer);
    answer_clear (&alone[i]);
    g_free (prompts[i]);
  }
  engine_runner_unref (other);
  engine_model_unref (model);
  engine_model_unref (threaded);
}

/* The next turn goes on exactly where the answer has ended, and a branch of it does not disturb the other. */
static void
test_follow_up (gconstpointer data)
{
  enum { N = 150, LENGTH = 30, MORE = 20 };
  EngineModel *model = tiny_model_load (data, NULL);
  g_autofree int32_t *prompt = prompt_new (1, N);
  int32_t *turns[2] = { prompt_new (2, N + LENGTH + MORE), prompt_new (3, N + LENGTH + MORE) };
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  Answer answer, warm[2], cold;

  answer_init (&answer);
  answer_finish (&answer, ask (runner, prompt, N, LENGTH));
  for (int i = 0; i < 2; i++) {
    memcpy (turns[i], prompt, N * sizeof *prompt);
    memcpy (turns[i] + N, answer.ids->data, LENGTH * sizeof *prompt);
    answer_init (&warm[i]);
    answer_finish (&warm[i], ask (runner, turns[i], N + LENGTH + MORE, LENGTH));
    /* The answer's last token was never evaluated. */
    if (i == 0)
      g_assert_cmpint (warm[i].last.stats.reused_tokens, ==, N + LENGTH - 1);
  }
  engine_runner_unref (runner);
  for (int i = 0; i < 2; i++) {
    runner = engine_runner_new (model, NULL, NULL);
    answer_init (&cold);
    answer_finish (&cold, ask (runner, turns[i], N + LENGTH + MORE, LENGTH));
    g_assert_cmpint (cold.last.stats.reused_tokens, ==, 0);
    expect_same (&warm[i], &cold);
    answer_clear (&cold);
    answer_clear (&warm[i]);
    engine_runner_unref (runner);
    g_free (turns[i]);
  }
  answer_clear (&answer);
  engine_model_unref (model);
}

/* Where there is memory for the context and the states of one request, several take turns; with a byte less there is no runner. */
static void
test_least_states (void)
{
  enum { N = 3, LENGTH = 70, CONTEXT = 512 };
  EngineModel *model = tiny_model_load (&models[4], NULL);
  EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers };
  const EngineBackendClass *klass = model->backend->klass;
  gsize least = (CONTEXT / ENGINE_PAGE_TOKENS + 1) * klass->cache_page_bytes (model->backend, &shape, ENGINE_CACHE_FULL) +
                ENGINE_LEAST_STATES * klass->cache_page_bytes (model->backend, &shape, ENGINE_CACHE_STATE);
  EngineRunnerOptions options = { .n_context = CONTEXT, .cache_bytes = least - 1 };
  EngineError error = { 0 };
  EngineRunner *runner;
  EngineRequest *requests[N];
  int32_t *prompts[N];
  Answer alone[N], answer;

  g_assert_null (engine_runner_new (model, &options, &error));
  g_assert_cmpint (error.code, ==, ENGINE_NO_MEMORY);
  runner = engine_runner_new (model, NULL, NULL);
  for (int i = 0; i < N; i++) {
    prompts[i] = prompt_new (40 + i, 150 + i);
    answer_init (&alone[i]);
    answer_finish (&alone[i], ask (runner, prompts[i], 150 + i, LENGTH));
  }
  engine_runner_unref (runner);
  options.cache_bytes = least;
  runner = engine_runner_new (model, &options, NULL);
  g_assert_nonnull (runner);
  for (int i = 0; i < N; i++)
    requests[i] = ask (runner, prompts[i], 150 + i, LENGTH);
  for (int i = 0; i < N; i++) {
    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    expect_same (&alone[i], &answer);
    answer_clear (&answer);
    answer_clear (&alone[i]);
    g_free (prompts[i]);
  }
  engine_runner_unref (runner);
  engine_model_unref (model);
}

/* A prompt stops in the middle of a slice, and the next request is none the worse. */
static void
test_cancel (gconstpointer data)
{
  EngineModel *model = tiny_model_load (data, NULL);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  g_autofree int32_t *tokens = prompt_new (1, 1800);
  Answer whole, answer;

  answer_init (&whole);
  answer_finish (&whole, ask (runner, tokens, 1800, 20));
  engine_runner_unref (runner);
  runner = engine_runner_new (model, NULL, NULL);
  for (int i = 0; i < 30; i++) {
    EngineRequest *request = ask (runner, tokens, 1800, 20);

    answer_init (&answer);
    if (i % 3)
      engine_request_wait (request);
    engine_request_cancel (request);
    answer_finish (&answer, request);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    answer_clear (&answer);
  }
  answer_init (&answer);
  answer_finish (&answer, ask (runner, tokens, 1800, 20));
  expect_same (&whole, &answer);
  answer_clear (&answer);
  answer_clear (&whole);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *name = g_strdup_printf ("%s-%s", models[i].architecture, engine_types[models[i].type].name);
    g_autofree char *slices = g_strconcat ("/engine/batch/slices/", name, NULL);
    g_autofree char *company = g_strconcat ("/engine/batch/company/", name, NULL);
    g_autofree char *follow_up = g_strconcat ("/engine/batch/follow-up/", name, NULL);

    g_test_add_data_func (slices, &models[i], test_slices);
    g_test_add_data_func (company, &models[i], test_company);
    g_test_add_data_func (follow_up, &models[i], test_follow_up);
  }
  g_test_add_func ("/engine/batch/least-states", test_least_states);
  g_test_add_data_func ("/engine/batch/cancel/gemma3", &models[2], test_cancel);
  g_test_add_data_func ("/engine/batch/cancel/falcon-h1", &models[4], test_cancel);
  g_test_add_data_func ("/engine/batch/cancel/qwen35", &models[6], test_cancel);
  return g_test_run ();
}
