/* SPDX-License-Identifier: MIT */
/* Adapters: the numbers are those of the model with its weights changed, whoever else is answered beside; broken and foreign
 * files are refused with a sentence. The goldens of models/golden.c have adapters too, as PEFT and llama.cpp write them. */
#include "adapter.h"
#include "answer.h"
#include "fake-backend.h"
#include "tiny-adapter.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define N_TOKENS 24

static const TinyModel small = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_embd = 64, .n_ff = 96, .n_head = 4, .n_head_kv = 2, .head_dim = 16 };

/* ---- the same as merged weights -------------------------------------------------- */

/* The logits after the last of some tokens. */
static float *
logits_of (EngineModel *model, EngineAdaptation *adaptation)
{
  EngineCacheShape shape = { .n_layers = model->hparams.n_layers, .layers = model->cache_layers, .n_pages = { 1, 1 } };
  EngineError error = { 0 };
  EngineCacheStore *store = model->backend->klass->cache_new (model->backend, &shape, &error);
  int32_t tokens[N_TOKENS], positions[N_TOKENS], zeros[N_TOKENS] = { 0 }, last = N_TOKENS - 1;
  const uint32_t page = 0;
  EngineBatchSequence sequence = { .pages = { &page, &page }, .n_pages = 1 };
  float *logits = g_new (float, TINY_N_VOCAB);
  EngineGraph graph;

  for (int32_t i = 0; i < N_TOKENS; i++) {
    tokens[i] = (i * 37 + 11) % TINY_N_VOCAB;
    positions[i] = i;
  }
  if (!engine_model_build (model, adaptation, false, N_TOKENS, 1, &graph, &error) ||
      !model->backend->klass->run (model->backend, &graph, &(EngineBatch) {
        .n_tokens = N_TOKENS, .tokens = tokens, .positions = positions, .sequence = zeros, .n_sequences = 1, .sequences = &sequence, .n_outputs = 1, .outputs = &last,
      }, store, logits, NULL, NULL, &error))
    g_error ("%s", error.message);
  engine_graph_clear (&graph);
  model->backend->klass->cache_free (model->backend, store);
  return logits;
}

static double
nmse (const float *a, const float *b)
{
  double error = 0, power = 0;

  for (int i = 0; i < TINY_N_VOCAB; i++) {
    error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    power += (double) b[i] * b[i];
  }
  return error / power;
}

static EngineGguf *
open_bytes (const GByteArray *bytes)
{
  g_autofree char *path = NULL;
  EngineError error = { 0 };
  EngineGguf *gguf;
  int fd = g_file_open_tmp ("melete-merge-XXXXXX.gguf", &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  gguf = engine_gguf_open (path, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_unlink (path);
  return gguf;
}

static float *
read_floats (EngineGguf *gguf, const EngineTensor *tensor)
{
  gsize n = (gsize) (tensor->ne[0] * tensor->ne[1]);
  g_autofree guint8 *file = g_malloc (tensor->bytes);
  float *values = g_new (float, n);

  g_assert_true (engine_gguf_read (gguf, tensor, 0, file, tensor->bytes, NULL));
  engine_type_to_float (tensor->type, file, values, n);
  return values;
}

/* W += strength · alpha / rank · B A in the bytes of a model in F32. */
static void
merge (GByteArray *model_bytes, const GByteArray *adapter_bytes, double alpha, double strength)
{
  EngineGguf *model = open_bytes (model_bytes), *adapter = open_bytes (adapter_bytes);

  for (gsize i = 0; i < engine_gguf_n_tensors (adapter); i++) {
    const EngineTensor *a = engine_gguf_tensor (adapter, i), *b, *w;
    g_autofree char *base = g_str_has_suffix (a->name, ".lora_a") ? g_strndup (a->name, strlen (a->name) - 7) : NULL;
    g_autofree char *b_name = base ? g_strconcat (base, ".lora_b", NULL) : NULL;
    g_autofree float *as = NULL, *bs = NULL;
    gboolean embedding = g_strcmp0 (base, "token_embd.weight") == 0;
    gint64 rank;
    float *values;

    if (!base)
      continue;
    b = engine_gguf_find_tensor (adapter, b_name);
    w = engine_gguf_find_tensor (model, base);
    as = read_floats (adapter, a);
    bs = read_floats (adapter, b);
    rank = b->ne[0];
    values = (float *) (void *) (model_bytes->data + w->offset);
    for (gint64 row = 0; row < w->ne[1]; row++)
      for (gint64 column = 0; column < w->ne[0]; column++) {
        double sum = 0;

        for (gint64 r = 0; r < rank; r++)
          sum += embedding ? (double) bs[column * rank + r] * as[row * rank + r] : (double) bs[row * rank + r] * as[r * w->ne[0] + column];
        values[row * w->ne[0] + column] += (float) (strength * (alpha != 0 ? alpha / rank : 1) * sum);
      }
  }
  engine_gguf_free (model);
  engine_gguf_free (adapter);
}

static EngineModel *
load_model_bytes (const GByteArray *bytes, bool reference)
{
  g_autofree char *path = NULL;
  EngineError error = { 0 };
  EngineModel *model;
  int fd = g_file_open_tmp ("melete-model-XXXXXX.gguf", &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  model = engine_model_load (path, &(EngineLoadOptions) { .n_threads = 2, .reference = reference }, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_unlink (path);
  return model;
}

/* The output matrix of its own that a tied model is to be compared with: the embedding as it was. */
static void
keep_output (GByteArray *separate, const GByteArray *tied)
{
  EngineGguf *from = open_bytes (tied), *to = open_bytes (separate);
  const EngineTensor *embedding = engine_gguf_find_tensor (from, "token_embd.weight"), *output = engine_gguf_find_tensor (to, "output.weight");

  g_assert_cmpuint (embedding->bytes, ==, output->bytes);
  memcpy (separate->data + output->offset, tied->data + embedding->offset, output->bytes);
  engine_gguf_free (from);
  engine_gguf_free (to);
}

typedef struct { const char *architecture; EngineType type; gint32 rank; float alpha, strength; gboolean embedding; } Case;

static void
test_merged (void)
{
  static const Case cases[] = {
    { "llama", ENGINE_TYPE_F32, 8, 16, 1, TRUE },     { "llama", ENGINE_TYPE_F16, 1, 1, 0.5f, FALSE }, { "llama", ENGINE_TYPE_BF16, 17, 8, -1, TRUE },
    { "llama", ENGINE_TYPE_Q8_0, 32, 0, 0.5f, TRUE }, { "qwen2", ENGINE_TYPE_F16, 16, 32, 1, TRUE },   { "gemma3", ENGINE_TYPE_F32, 4, 4, 2, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int reference = 0; reference <= 1; reference++) {
      const Case *c = &cases[i];
      TinyModel base = small, separate;
      TinyAdapter options = { .model = &base, .type = c->type, .seed = i, .rank = c->rank, .alpha = c->alpha, .embedding = c->embedding };
      GByteArray *tied, *changed, *adapter_bytes;
      EngineModel *model, *merged;
      EngineAdaptation adaptation = { .strength = c->strength };
      g_autofree float *with = NULL, *expected = NULL, *without = NULL;

      base.architecture = c->architecture;
      separate = base;
      separate.separate_output = TRUE;
      tied = tiny_model_bytes (&base);
      changed = tiny_model_bytes (&separate);
      adapter_bytes = tiny_adapter_bytes (&options);
      keep_output (changed, tied);
      merge (changed, adapter_bytes, c->alpha, c->strength);
      model = load_model_bytes (tied, reference);
      merged = load_model_bytes (changed, reference);
      adaptation.adapter = tiny_adapter_load (&options, model);
      with = logits_of (model, &adaptation);
      without = logits_of (model, NULL);
      expected = logits_of (merged, NULL);
      g_test_message ("%s, %s, rank %d, %s: NMSE %.2e, of the model as it is %.2e", c->architecture, engine_types[c->type].name, c->rank, reference ? "reference" : "fast",
                      nmse (with, expected), nmse (without, expected));
      /* Quantised activations in front of A and B are the fast mode's own error. */
      g_assert_cmpfloat (nmse (with, expected), <=, c->type == ENGINE_TYPE_Q8_0 && !reference ? 1e-3 : 1e-6);
      g_assert_cmpfloat (nmse (without, expected), >, 0.02);
      engine_adapter_unref (adaptation.adapter);
      engine_model_unref (model);
      engine_model_unref (merged);
      g_byte_array_unref (tied);
      g_byte_array_unref (changed);
      g_byte_array_unref (adapter_bytes);
    }
}

static void
test_info (void)
{
  const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F16, .rank = 8, .alpha = 8 };
  EngineModel *model = tiny_model_load (&small, NULL);
  EngineAdapter *adapter = engine_adapter_ref (tiny_adapter_load (&options, model));
  const EngineAdapterInfo *info = engine_adapter_info (adapter);

  engine_adapter_unref (adapter);
  engine_model_unref (model); /* the adapter keeps it */
  g_assert_cmpstr (info->name, ==, "Tiny adapter");
  g_assert_cmpint (info->rank, ==, 8);
  g_assert_cmpint (info->n_weights, ==, 14);
  g_assert_cmpuint (info->weight_bytes, >, 0);
  engine_adapter_unref (adapter);
  engine_adapter_unref (NULL);
}

static void
add_base (GgufWriter *writer)
{
  gguf_write_uint (writer, "general.base_model.count", 1);
  gguf_write_string (writer, "general.base_model.0.name", "Tiny 1B");
}

static EngineAdapter *
inspect (const GByteArray *bytes, EngineError *error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("melete-adapter-XXXXXX.gguf", &path, NULL);
  EngineAdapter *adapter;

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  adapter = engine_adapter_inspect (path, error);
  g_unlink (path);
  return adapter;
}

/* What a file says of itself is known without a model; a model is none, and a file for nobody knows which model is refused. */
static void
test_inspect (void)
{
  const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F16, .rank = 8, .extra = add_base };
  GByteArray *bytes = tiny_adapter_bytes (&options), *model_bytes = tiny_model_bytes (&small), *nameless;
  EngineError error = { 0 };
  EngineAdapter *adapter = inspect (bytes, &error);
  EngineModel *model = tiny_model_load (&small, NULL);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  const int32_t token = 1;
  EngineRequestParams params = { .tokens = &token, .n_tokens = 1, .adapter = adapter, .adapter_strength = 1 };
  GgufWriter writer;

  g_assert_nonnull (adapter);
  g_assert_cmpstr (engine_adapter_info (adapter)->name, ==, "Tiny adapter");
  g_assert_cmpstr (engine_adapter_info (adapter)->architecture, ==, "llama");
  g_assert_cmpstr (engine_adapter_info (adapter)->base, ==, "Tiny 1B");
  g_assert_cmpint (engine_adapter_info (adapter)->n_weights, ==, 0);
  engine_sampling_init (&params.sampling);
  g_assert_null (engine_runner_submit (runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_adapter_unref (adapter);

  error = (EngineError) { 0 };
  g_assert_null (inspect (model_bytes, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);

  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.type", "adapter");
  gguf_write_string (&writer, "adapter.type", "lora");
  nameless = gguf_writer_finish (&writer);
  error = (EngineError) { 0 };
  g_assert_null (inspect (nameless, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  g_assert_nonnull (strstr (error.message, "general.architecture"));
  g_byte_array_unref (nameless);
  g_byte_array_unref (model_bytes);
  g_byte_array_unref (bytes);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

/* ---- several at once ---------------------------------------------------------------- */

#define N_PROMPT 150
#define N_ANSWER 12

static EngineRequest *
ask (EngineRunner *runner, guint32 seed, EngineAdaptation adaptation, int32_t max_tokens)
{
  EngineRequestParams params = { .n_tokens = N_PROMPT, .max_tokens = max_tokens, .ignore_end = true, .top_logprobs = 5, .adapter = adaptation.adapter, .adapter_strength = adaptation.strength,
                                 .speculate = ENGINE_SPECULATE_OFF };
  GRand *rand = g_rand_new_with_seed (seed);
  int32_t tokens[N_PROMPT];
  EngineError error = { 0 };
  EngineRequest *request;

  for (int32_t i = 0; i < N_PROMPT; i++)
    tokens[i] = g_rand_int_range (rand, 0, 509);
  g_rand_free (rand);
  params.tokens = tokens;
  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

static void
assert_same (const Answer *a, const Answer *b)
{
  g_assert_cmpint (a->last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpmem (a->ids->data, a->ids->len * sizeof (int32_t), b->ids->data, b->ids->len * sizeof (int32_t));
  g_assert_cmpmem (a->logprobs->data, a->logprobs->len * sizeof (float), b->logprobs->data, b->logprobs->len * sizeof (float));
}

/* One prompt with two adapters, two strengths and none, alone and all together, and again from the cache. */
static void
test_company (void)
{
  const TinyModel options = { .architecture = "gemma3", .type = ENGINE_TYPE_Q4_0, .seed = 1 };
  const TinyAdapter first = { .model = &options, .type = ENGINE_TYPE_F16, .seed = 1, .rank = 8, .alpha = 16 }, second = { .model = &options, .type = ENGINE_TYPE_F32, .seed = 2, .rank = 4, .alpha = 8 };
  EngineModel *model = tiny_model_load (&options, &(EngineLoadOptions) { .n_threads = 2 });
  EngineAdapter *a = tiny_adapter_load (&first, model), *b = tiny_adapter_load (&second, model);
  const EngineAdaptation kinds[] = { { NULL, 1 }, { a, 1 }, { a, 0.5f }, { b, 1 } };
  Answer alone[G_N_ELEMENTS (kinds)], answer;
  EngineRequest *requests[2 * G_N_ELEMENTS (kinds)];
  EngineRunner *runner;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    runner = engine_runner_new (model, NULL, NULL);
    answer_init (&alone[k]);
    answer_finish (&alone[k], ask (runner, 5, kinds[k], N_ANSWER));
    g_assert_cmpint (alone[k].last.stats.reused_tokens, ==, 0);
    engine_runner_unref (runner);
    for (gsize j = 0; j < k; j++)
      g_assert_cmpint (memcmp (alone[k].logprobs->data, alone[j].logprobs->data, 5 * sizeof (float)), !=, 0);
  }
  runner = engine_runner_new (model, NULL, NULL);
  for (gsize k = 0; k < G_N_ELEMENTS (requests); k++)
    requests[k] = ask (runner, 5, kinds[k / 2], N_ANSWER);
  for (gsize k = 0; k < G_N_ELEMENTS (requests); k++) {
    answer_init (&answer);
    answer_finish (&answer, requests[k]);
    assert_same (&answer, &alone[k / 2]);
    answer_clear (&answer);
  }
  /* Whoever comes back finds what was evaluated with the same adapter, and nothing else. */
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    answer_init (&answer);
    answer_finish (&answer, ask (runner, 5, kinds[k], N_ANSWER));
    g_assert_cmpint (answer.last.stats.reused_tokens, ==, N_PROMPT - 1);
    assert_same (&answer, &alone[k]);
    answer_clear (&answer);
  }
  answer_init (&answer);
  answer_finish (&answer, ask (runner, 5, (EngineAdaptation) { b, 0.25f }, 1));
  g_assert_cmpint (answer.last.stats.reused_tokens, ==, 0);
  answer_clear (&answer);
  /* Not at all is the model as it is. */
  answer_init (&answer);
  answer_finish (&answer, ask (runner, 5, (EngineAdaptation) { a, 0 }, N_ANSWER));
  g_assert_cmpint (answer.last.stats.reused_tokens, ==, N_PROMPT - 1);
  assert_same (&answer, &alone[0]);
  answer_clear (&answer);
  engine_runner_unref (runner);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    answer_clear (&alone[k]);
  engine_adapter_unref (a);
  engine_adapter_unref (b);
  engine_model_unref (model);
}

/* Let go of while it is used, and another one in its place: graphs and pages of the first are never taken for the second's. */
static void
test_replaced (void)
{
  EngineModel *model = tiny_model_load (&small, NULL);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);

  for (guint64 seed = 0; seed < 6; seed++) {
    const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F32, .seed = seed % 3, .rank = 8, .alpha = 16 };
    static Answer answers[3];
    EngineAdapter *adapter = tiny_adapter_load (&options, model);
    EngineRequest *request = ask (runner, 9, (EngineAdaptation) { adapter, 1 }, N_ANSWER);
    Answer answer;

    engine_adapter_unref (adapter);
    answer_init (&answer);
    answer_finish (&answer, request);
    g_assert_cmpint (answer.last.stats.reused_tokens, ==, 0);
    if (seed < 3) {
      answers[seed] = answer;
      continue;
    }
    assert_same (&answer, &answers[seed % 3]);
    answer_clear (&answer);
    answer_clear (&answers[seed % 3]);
  }
  engine_runner_unref (runner);
  engine_model_unref (model);
}

static gpointer
load_many (gpointer model)
{
  for (guint64 seed = 0; seed < 20; seed++) {
    const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F16, .seed = seed, .rank = 8, .alpha = 8 };

    engine_adapter_unref (tiny_adapter_load (&options, model));
  }
  return NULL;
}

/* Loading one disturbs nobody who is answered meanwhile. */
static void
test_loaded_meanwhile (void)
{
  EngineModel *model = tiny_model_load (&small, &(EngineLoadOptions) { .n_threads = 3 });
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  Answer first, answer;
  GThread *thread;

  answer_init (&first);
  answer_finish (&first, ask (runner, 1, (EngineAdaptation) { 0 }, 100));
  engine_runner_unref (runner);
  runner = engine_runner_new (model, NULL, NULL);
  thread = g_thread_new ("loader", load_many, model);
  answer_init (&answer);
  answer_finish (&answer, ask (runner, 1, (EngineAdaptation) { 0 }, 100));
  assert_same (&answer, &first);
  g_thread_join (thread);
  answer_clear (&answer);
  answer_clear (&first);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

/* Two who write with one adapter and one who writes with another: each adapter has every second run. */
static void
test_turns (void)
{
  const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F32, .rank = 8 };
  EngineModel *model = tiny_model_load (&small, NULL);
  EngineAdapter *adapter = tiny_adapter_load (&options, model);
  const EngineAdaptation kinds[] = { { NULL, 1 }, { adapter, 1 }, { NULL, 1 } };
  FakeBackend *fake = fake_backend_install (model);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  EngineRequest *requests[3];
  guint64 n_adapted, n_runs;

  fake_backend_gate (fake, true);
  for (int i = 0; i < 3; i++)
    requests[i] = ask (runner, (guint32) i, kinds[i], 400);
  fake_backend_permit (fake, 20); /* all have been read by then */
  fake_backend_await (fake);
  n_runs = fake->n_runs;
  n_adapted = fake->n_adapted;
  fake->most_sequences = 0;
  fake_backend_permit (fake, 20);
  fake_backend_await (fake);
  g_assert_cmpuint (fake->n_runs - n_runs, ==, 20);
  g_assert_cmpuint (fake->n_adapted - n_adapted, ==, 10);
  g_assert_cmpint (fake->most_sequences, ==, 2);
  for (int i = 0; i < 3; i++)
    engine_request_cancel (requests[i]);
  fake_backend_gate (fake, false);
  for (int i = 0; i < 3; i++) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
    answer_clear (&answer);
  }
  engine_runner_unref (runner);
  fake_backend_remove (fake);
  engine_adapter_unref (adapter);
  engine_model_unref (model);
}

static void
test_wrong_request (void)
{
  const TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F32, .rank = 8 };
  EngineModel *model = tiny_model_load (&small, NULL), *other = tiny_model_load (&small, NULL);
  EngineAdapter *adapter = tiny_adapter_load (&options, other);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL), *others = engine_runner_new (other, NULL, NULL);
  const int32_t token = 1;
  EngineRequestParams params = { .tokens = &token, .n_tokens = 1, .adapter = adapter, .adapter_strength = 1 };
  EngineError error = { 0 };

  engine_sampling_init (&params.sampling);
  g_assert_null (engine_runner_submit (runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "another model"));
  params.adapter_strength = NAN;
  error = (EngineError) { 0 };
  g_assert_null (engine_runner_submit (others, &params, &error));
  g_assert_nonnull (strstr (error.message, "must be a number"));
  engine_runner_unref (runner);
  engine_runner_unref (others);
  engine_adapter_unref (adapter);
  engine_model_unref (model);
  engine_model_unref (other);
}

/* ---- files that do not fit ------------------------------------------------------------ */

static const float few[64 * 64];

static void
add_norm (GgufWriter *writer)
{
  gguf_write_tensor (writer, "blk.0.attn_norm.weight", ENGINE_TYPE_F32, 64, 0, few);
}

static void
add_norm_pair (GgufWriter *writer)
{
  gguf_write_tensor (writer, "blk.0.attn_norm.weight.lora_a", ENGINE_TYPE_F32, 64, 4, few);
  gguf_write_tensor (writer, "blk.0.attn_norm.weight.lora_b", ENGINE_TYPE_F32, 4, 1, few);
}

static void
add_half (GgufWriter *writer)
{
  gguf_write_tensor (writer, "output.weight.lora_b", ENGINE_TYPE_F32, 4, 64, few);
}

static void
add_foreign (GgufWriter *writer)
{
  gguf_write_tensor (writer, "blk.9.attn_q.weight.lora_a", ENGINE_TYPE_F32, 64, 4, few);
  gguf_write_tensor (writer, "blk.9.attn_q.weight.lora_b", ENGINE_TYPE_F32, 4, 64, few);
}

static void
add_alora (GgufWriter *writer)
{
  gguf_write_ints (writer, "adapter.alora.invocation_tokens", (const gint32[]) { 1, 2 }, 2);
}

static void
add_nan (GgufWriter *writer)
{
  gguf_write_float (writer, "adapter.lora.alpha", NAN);
}

static void
add_word (GgufWriter *writer)
{
  gguf_write_string (writer, "adapter.lora.alpha", "eight");
}

/* The place of `text` in the file. */
static guint8 *
find (GByteArray *bytes, const char *text)
{
  guint8 *at = memmem (bytes->data, bytes->len, text, strlen (text));

  g_assert_nonnull (at);
  return at;
}

static void
assert_refused (const GByteArray *bytes, EngineModel *model, EngineCode code, const char *inside)
{
  EngineError error = { 0 };

  g_assert_null (tiny_adapter_load_bytes (bytes, model, &error));
  g_test_message ("%s", error.message);
  if (error.code != code || !strstr (error.message, inside))
    g_error ("The sentence should speak of \"%s\" (%d), not: %s (%d)", inside, code, error.message, error.code);
  g_assert_true (g_str_has_suffix (error.message, "."));
}

static void
test_refused (void)
{
  /* Either something is added to a sound file, or `replace` is written `skip` bytes behind the beginning of `find`. A key's string comes after
   * the key, its type and its length. */
  enum { VALUE = sizeof (guint32) + sizeof (guint64), KEY = 12 };
  static const struct { void (*extra) (GgufWriter *writer); const char *find; gsize skip; const char *replace; EngineCode code; const char *inside; } cases[] = {
    { add_norm, NULL, 0, NULL, ENGINE_UNSUPPORTED, "has the tensor blk.0.attn_norm.weight" },
    { add_norm_pair, NULL, 0, NULL, ENGINE_UNSUPPORTED, "no matrix" },
    { add_half, NULL, 0, NULL, ENGINE_BAD_FILE, "lacks the tensor output.weight.lora_a" },
    { add_foreign, NULL, 0, NULL, ENGINE_BAD_INPUT, "blk.9.attn_q.weight, which the model does not have" },
    { add_alora, NULL, 0, NULL, ENGINE_UNSUPPORTED, "aLoRA" },
    { add_nan, NULL, 0, NULL, ENGINE_BAD_FILE, "alpha is nan" },
    { add_word, NULL, 0, NULL, ENGINE_BAD_FILE, "no number" },
    { NULL, "general.type", KEY + VALUE, "adaptor", ENGINE_BAD_INPUT, "no adapter (general.type is \"adaptor\")" },
    { NULL, "general.type", 0, "general.tipe", ENGINE_BAD_INPUT, "no adapter" },
    { NULL, "adapter.type", KEY + VALUE, "lara", ENGINE_UNSUPPORTED, "\"lara\" are not supported" },
    { NULL, "llama", 0, "qwen2", ENGINE_BAD_INPUT, "architecture \"qwen2\", and this model is of \"llama\"" },
    { NULL, "blk.0.attn_k.weight.lora_a", 0, "blk.0.attn_K.weight.lora_a", ENGINE_BAD_FILE, "lacks the tensor blk.0.attn_" },
    { NULL, "GGUF", 0, "GGOF", ENGINE_BAD_FILE, "no GGUF" },
  };
  EngineModel *model = tiny_model_load (&small, NULL), *words = tiny_model_load (&small, &(EngineLoadOptions) { .vocab_only = true });
  TinyAdapter options = { .model = &small, .type = ENGINE_TYPE_F32, .rank = 8 };
  TinyModel wide = small;
  GByteArray *bytes;
  EngineError error = { 0 };
  GgufWriter writer;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    options.extra = cases[i].extra;
    bytes = tiny_adapter_bytes (&options);
    if (cases[i].find)
      memcpy (find (bytes, cases[i].find) + cases[i].skip, cases[i].replace, strlen (cases[i].replace));
    assert_refused (bytes, model, cases[i].code, cases[i].inside);
    g_byte_array_unref (bytes);
  }
  options.extra = NULL;
  wide.n_embd = 128;
  options.model = &wide;
  bytes = tiny_adapter_bytes (&options);
  assert_refused (bytes, model, ENGINE_BAD_INPUT, "[128, 8, 1] and [8, 64, 1], but the model's is [64, 64, 1]");
  g_byte_array_unref (bytes);

  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.type", "adapter");
  gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_string (&writer, "adapter.type", "lora");
  bytes = gguf_writer_finish (&writer);
  assert_refused (bytes, model, ENGINE_BAD_FILE, "no tensors");
  g_byte_array_unref (bytes);

  bytes = tiny_model_bytes (&small);
  assert_refused (bytes, model, ENGINE_BAD_INPUT, "no adapter");
  g_byte_array_unref (bytes);
  options.model = &small;
  bytes = tiny_adapter_bytes (&options);
  assert_refused (bytes, words, ENGINE_BAD_INPUT, "loaded with their weights");
  g_assert_null (engine_adapter_load (model, "/no/such/adapter.gguf", &error));
  g_assert_cmpint (error.code, ==, ENGINE_IO);

  /* And the other way round. */
  {
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp ("melete-adapter-XXXXXX.gguf", &path, NULL);

    g_close (fd, NULL);
    g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
    error = (EngineError) { 0 };
    g_assert_null (engine_model_load (path, NULL, &error));
    g_assert_nonnull (strstr (error.message, "is an adapter"));
    g_unlink (path);
  }
  g_byte_array_unref (bytes);
  engine_model_unref (model);
  engine_model_unref (words);
}

/* Files with random damage, most of it in the header: each is refused with a sentence, or loads and computes something.
 * MELETE_MUTATIONS and MELETE_SEED are as in gguf.c. */
static void
test_mutated (void)
{
  const TinyModel tiniest = { .architecture = "llama", .type = ENGINE_TYPE_F32, .n_layers = 1, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16 };
  const TinyAdapter options = { .model = &tiniest, .type = ENGINE_TYPE_F16, .rank = 3, .alpha = 8, .embedding = TRUE };
  const char *count = g_getenv ("MELETE_MUTATIONS"), *seed_text = g_getenv ("MELETE_SEED");
  guint32 seed = seed_text ? (guint32) g_ascii_strtoull (seed_text, NULL, 10) : (guint32) g_test_rand_int ();
  guint64 n = count ? g_ascii_strtoull (count, NULL, 10) / 50 : 2000, n_good = 0;
  EngineModel *model = tiny_model_load (&tiniest, &(EngineLoadOptions) { .n_threads = 1 });
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("MELETE_SEED=%u", seed);
  for (guint64 i = 0; i < n; i++) {
    GByteArray *bytes = tiny_adapter_bytes (&options);
    gsize header = (gsize) (find (bytes, "token_embd.weight.lora_b") - bytes->data) + 60;
    int n_damages = g_rand_int_range (rand, 1, 4);
    EngineAdaptation adaptation = { .strength = 1 };
    EngineError error = { 0 };

    for (int k = 0; k < n_damages; k++) {
      gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) (g_rand_int_range (rand, 0, 8) ? header : bytes->len - 8));

      if (g_rand_boolean (rand))
        bytes->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      else
        memset (bytes->data + at, g_rand_boolean (rand) ? 0xff : 0, (gsize) g_rand_int_range (rand, 1, 8));
    }
    adaptation.adapter = tiny_adapter_load_bytes (bytes, model, &error);
    if (adaptation.adapter) {
      g_free (logits_of (model, &adaptation));
      n_good++;
    } else {
      g_assert_cmpint (error.code, !=, ENGINE_INTERNAL);
      g_assert_true (g_str_has_suffix (error.message, "."));
    }
    engine_adapter_unref (adaptation.adapter);
    g_byte_array_unref (bytes);
  }
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " damaged adapters could still be used", n_good, n);
  g_rand_free (rand);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/adapter/merged", test_merged);
  g_test_add_func ("/engine/adapter/info", test_info);
  g_test_add_func ("/engine/adapter/inspect", test_inspect);
  g_test_add_func ("/engine/adapter/company", test_company);
  g_test_add_func ("/engine/adapter/replaced", test_replaced);
  g_test_add_func ("/engine/adapter/loaded-meanwhile", test_loaded_meanwhile);
  g_test_add_func ("/engine/adapter/turns", test_turns);
  g_test_add_func ("/engine/adapter/wrong-request", test_wrong_request);
  g_test_add_func ("/engine/adapter/refused", test_refused);
  g_test_add_func ("/engine/adapter/mutated", test_mutated);
  return g_test_run ();
}
