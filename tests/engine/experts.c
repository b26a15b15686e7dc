/* SPDX-License-Identifier: MIT */
/* A mixture of experts that is larger than memory answers as if it were not: whatever of it has room, with any number of threads, in any
 * pieces, after cancelled work; and says so when its file is not what it was. */
#include "answer.h"
#include "cpu/expert-cache.h"
#include "tiny-model.h"
#include "tool/session.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_TOKENS 40
#define LONG_PROMPT 300
#define TWO_EXPERTS ((gsize) 6 * (256 * 256 * 148 / 256 + 4 * 4096)) /* of the tiny model in Q4_K: the least that it takes */

static const TinyModel tiny = { .architecture = "qwen3moe", .type = ENGINE_TYPE_Q4_K, .seed = 5, .n_layers = 3, .n_ff = 256 };

/* ---- the same bits ------------------------------------------------------------------ */

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  memcpy ((float *) user + (gsize) position * TINY_N_VOCAB, logits, TINY_N_VOCAB * sizeof *logits);
  return true;
}

/* The logits of all positions, [TINY_N_VOCAB, N_TOKENS], and what became of the experts. */
static float *
compute (const char *path, gsize expert_memory, int n_threads, gint32 batch, EngineExpertStats *stats)
{
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &(EngineLoadOptions) { .n_threads = n_threads, .expert_memory = expert_memory }, &error);
  float *all = g_new0 (float, N_TOKENS * TINY_N_VOCAB);
  gint32 tokens[N_TOKENS];
  ToolSession session;

  for (gint32 i = 0; i < N_TOKENS; i++)
    tokens[i] = (i * 37 + 11) % TINY_N_VOCAB;
  if (!tool_session_init (&session, model, N_TOKENS, 1, &error) || !tool_session_walk (&session, tokens, N_TOKENS, 0, batch, keep_logits, all, &error))
    g_error ("%s", error.message);
  *stats = engine_model_expert_stats (model);
  tool_session_clear (&session);
  engine_model_unref (model);
  return all;
}

static void
test_bits (void)
{
  static const gsize budgets[] = { TWO_EXPERTS, 2 * TWO_EXPERTS, 10 * TWO_EXPERTS };
  static const gint32 batches[] = { 1, 7, N_TOKENS };
  EngineExpertStats stats;
  g_autofree char *path = tiny_model_write (&tiny);
  g_autofree float *whole = compute (path, 0, 1, N_TOKENS, &stats);

  g_assert_cmpuint (stats.total_bytes, ==, 0);
  for (gsize b = 0; b < G_N_ELEMENTS (budgets); b++)
    for (gsize k = 0; k < G_N_ELEMENTS (batches); k++)
      for (int n_threads = 1; n_threads <= 2; n_threads++) {
        g_autofree float *streamed = compute (path, budgets[b], n_threads, batches[k], &stats);

        g_test_message ("%zu bytes, %d at once: %u hits, %u ahead, %u misses, %u waits", budgets[b], batches[k], (guint) stats.hits, (guint) stats.ahead, (guint) stats.misses, (guint) stats.waits);
        g_assert_cmpmem (streamed, N_TOKENS * TINY_N_VOCAB * sizeof *whole, whole, N_TOKENS * TINY_N_VOCAB * sizeof *whole);
        g_assert_cmpuint (stats.memory_bytes, <=, budgets[b]);
        g_assert_cmpuint (stats.memory_bytes, >, budgets[b] / 2);
        g_assert_cmpuint (stats.total_bytes, ==, 3 * 3 * TINY_N_EXPERTS * 256 * 256 * 148 / 256);
        g_assert_cmpuint (stats.misses, >, 0);
        g_assert_cmpuint (stats.read_bytes, >=, stats.misses * 256 * 256 * 144 / 256);
        /* One by one, each token chooses as many in each of three matrices of three layers. */
        if (batches[k] == 1)
          g_assert_cmpuint (stats.hits + stats.ahead + stats.misses, ==, N_TOKENS * 9 * TINY_N_USED);
        if (b == 2 && batches[k] < N_TOKENS)
          g_assert_cmpuint (stats.hits, >, stats.misses);
      }
  g_unlink (path);
}

/* ---- the load decides --------------------------------------------------------------- */

static void
test_load (void)
{
  EngineModel *model = tiny_model_load (&tiny, NULL);
  gsize all = 0, dense = 0;
  EngineError error = { 0 };
  g_autofree char *path = tiny_model_write (&tiny);

  g_assert_false (engine_model_streams (model));
  for (gint32 i = 0; i < model->n_tensors; i++) {
    gsize bytes = model->backend->klass->weight_bytes (model->backend, &model->tensors[i]);

    all += bytes;
    dense += model->tensors[i].n_experts ? 0 : bytes;
  }
  engine_model_unref (model);

  model = engine_model_load (path, &(EngineLoadOptions) { .memory_limit = all }, &error);
  g_assert_false (engine_model_streams (model));
  engine_model_unref (model);
  model = engine_model_load (path, &(EngineLoadOptions) { .memory_limit = all - 1 }, &error);
  g_assert_true (engine_model_streams (model));
  g_assert_cmpuint (engine_model_expert_stats (model).memory_bytes, <=, all - 1 - dense);
  engine_model_unref (model);
  model = engine_model_load (path, &(EngineLoadOptions) { .memory_limit = dense + TWO_EXPERTS }, &error);
  g_assert_cmpuint (engine_model_expert_stats (model).memory_bytes, <=, TWO_EXPERTS);
  engine_model_unref (model);
  g_assert_cmpint (error.code, ==, ENGINE_OK);

  g_assert_null (engine_model_load (path, &(EngineLoadOptions) { .memory_limit = dense + TWO_EXPERTS - 1 }, &error));
  g_assert_cmpint (error.code, ==, ENGINE_NO_MEMORY);
  g_assert_nonnull (strstr (error.message, "at least"));
  error = (EngineError) { 0 };
  g_assert_null (engine_model_load (path, &(EngineLoadOptions) { .expert_memory = TWO_EXPERTS - 1 }, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_unlink (path);
}

/* ---- cancelled ---------------------------------------------------------------------- */

static EngineRequest *
ask (EngineRunner *runner, gint32 n_prompt, gint32 n_answer)
{
  gint32 tokens[LONG_PROMPT];
  EngineRequestParams params = { .tokens = tokens, .n_tokens = (gsize) n_prompt, .max_tokens = n_answer, .ignore_end = true };
  EngineError error = { 0 };
  EngineRequest *request;

  for (gint32 i = 0; i < n_prompt; i++)
    tokens[i] = (i * 37 + n_prompt) % TINY_N_VOCAB;
  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  g_assert_nonnull (request);
  return request;
}

static GArray *
answer_of (EngineRunner *runner, gint32 n_prompt, gint32 n_answer, EngineEvent *last)
{
  Answer answer;
  GArray *ids;

  answer_init (&answer);
  answer_finish (&answer, ask (runner, n_prompt, n_answer));
  *last = answer.last;
  ids = g_array_ref (answer.ids);
  answer_clear (&answer);
  return ids;
}

static void
test_cancel (void)
{
  EngineModel *whole = tiny_model_load (&tiny, &(EngineLoadOptions) { .n_threads = 2 }), *model = tiny_model_load (&tiny, &(EngineLoadOptions) { .n_threads = 2, .expert_memory = 3 * TWO_EXPERTS });
  EngineRunner *runners[] = { engine_runner_new (whole, NULL, NULL), engine_runner_new (model, NULL, NULL) };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GArray) wanted = NULL, found = NULL;
  EngineEvent last;

  for (gint32 i = 0; i < 60; i++) {
    EngineRequest *requests[] = { ask (runners[1], 5 + i % 30, 8), ask (runners[1], 6 + i % 30, 8) };

    g_usleep ((gulong) g_rand_int_range (rand, 0, 4000));
    for (gsize k = 0; k < G_N_ELEMENTS (requests); k++) {
      engine_request_cancel (requests[k]);
      engine_request_unref (requests[k]);
    }
  }
  wanted = answer_of (runners[0], N_TOKENS, 24, &last);
  g_assert_cmpuint (last.stats.experts.total_bytes, ==, 0);
  found = answer_of (runners[1], N_TOKENS, 24, &last);
  g_assert_cmpint (last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpuint (last.stats.experts.misses, >, 0);
  g_assert_cmpmem (found->data, found->len * sizeof (gint32), wanted->data, wanted->len * sizeof (gint32));
  for (gsize i = 0; i < G_N_ELEMENTS (runners); i++)
    engine_runner_unref (runners[i]);
  engine_model_unref (whole);
  engine_model_unref (model);
}

/* Of a long prompt each expert is read once: it is not cut into slices that would read all of them again. */
static void
test_prompt (void)
{
  EngineModel *model = tiny_model_load (&tiny, &(EngineLoadOptions) { .n_threads = 2, .expert_memory = TWO_EXPERTS });
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  EngineEvent last;

  g_array_unref (answer_of (runner, LONG_PROMPT, 1, &last));
  g_assert_cmpint (last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpuint (last.stats.experts.hits + last.stats.experts.ahead + last.stats.experts.misses, <=, 9 * TINY_N_EXPERTS);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

/* ---- a file that is not what it was --------------------------------------------------- */

static void
test_shrinks (void)
{
  g_autofree char *path = tiny_model_write (&tiny);
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &(EngineLoadOptions) { .expert_memory = TWO_EXPERTS }, &error);
  EngineRunner *runner = engine_runner_new (model, NULL, &error);
  g_autoptr (GArray) before = NULL;
  EngineEvent last;

  before = answer_of (runner, 8, 4, &last);
  g_assert_cmpint (last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (truncate (path, 100000), ==, 0);
  for (int i = 0; i < 2; i++) {
    g_array_unref (answer_of (runner, 9, 4, &last));
    g_assert_cmpint (last.kind, ==, ENGINE_EVENT_ERROR);
    g_assert_cmpint (last.error.code, ==, ENGINE_BAD_FILE);
    g_assert_true (g_str_has_suffix (last.error.message, "load it again."));
  }
  engine_runner_unref (runner);
  engine_model_unref (model);
  g_unlink (path);
}

/* ---- the cache alone ------------------------------------------------------------------ */

#define ROW_BYTES (32 * 4)
#define EXPERTS 12

typedef struct {
  gint fails;    /* atomic: so many reads from now on */
  gint n_reads;  /* atomic */
  gint is_slow;
} FakeFile;

/* Expert e of tensor t is full of the number 100 · t + e. */
static bool
fake_read (void *user, const EngineTensor *tensor, size_t offset, size_t n, uint8_t *room, const uint8_t **at, EngineError *error)
{
  FakeFile *file = user;
  float number = 100.0f * (float) (tensor->name[0] - 'a') + (float) (offset / n);

  g_atomic_int_inc (&file->n_reads);
  if (g_atomic_int_get (&file->is_slow))
    g_usleep (2000);
  if (g_atomic_int_get (&file->fails) > 0 && g_atomic_int_add (&file->fails, -1) > 0)
    return engine_fail (error, ENGINE_IO, "The disk is on fire.");
  for (gsize i = 0; i < n / sizeof number; i++)
    memcpy (room + 4 + i * sizeof number, &number, sizeof number);
  *at = room + 4;
  return true;
}

/* Takes all, as a node would, and looks at what they are. Returns how many came. */
static int
use (EngineCpuStream *stream, gint32 first, gint32 n, gboolean packs, EngineError *error)
{
  gint32 experts[EXPERTS], left = n;
  EngineCpuExpert taken[EXPERTS];

  for (gint32 i = 0; i < n; i++)
    experts[i] = (first + i) % EXPERTS;
  while (left > 0) {
    gint32 got = engine_cpu_expert_cache_take (stream, experts, left, taken, NULL, error);

    if (got == 0)
      break;
    for (gint32 i = 0; i < got; i++) {
      float number;

      memcpy (&number, taken[i].rows ? taken[i].rows : taken[i].groups, sizeof number);
      g_assert_cmpint ((int) number % 100, ==, taken[i].expert);
      if (taken[i].rows && taken[i].groups && packs)
        memcpy (taken[i].groups, taken[i].rows, 16 * ROW_BYTES);
      else if (taken[i].rows && taken[i].groups)
        memset (taken[i].groups, 0xff, 16 * ROW_BYTES);
    }
    engine_cpu_expert_cache_give_back (stream, taken, got, packs);
    left -= got;
  }
  return n - left;
}

typedef struct {
  FakeFile              file;
  EngineTensor          tensors[3];
  EngineCpuSlabs        slabs;
  EngineCpuExpertCache *cache;
  EngineCpuStream      *streams[3];
} Fixture;

static void
set_up (Fixture *f, gsize bytes)
{
  EngineError error = { 0 };

  *f = (Fixture) { 0 };
  for (int i = 0; i < 3; i++)
    f->tensors[i] = (EngineTensor) { .name = { (char) ('a' + i) }, .type = ENGINE_TYPE_F32, .n_dims = 3, .ne = { 32, 16, EXPERTS, 1 }, .n_experts = EXPERTS, .bytes = EXPERTS * 16 * ROW_BYTES };
  f->cache = engine_cpu_expert_cache_new (f->tensors, 3, ENGINE_CPU_KEEP_TYPES, bytes, &f->slabs, fake_read, &f->file, &error);
  if (!f->cache)
    g_error ("%s", error.message);
  for (int i = 0; i < 3; i++)
    f->streams[i] = engine_cpu_expert_cache_find (f->cache, &f->tensors[i]);
}

static EngineExpertStats
stats_of (const Fixture *f)
{
  EngineExpertStats stats;

  engine_cpu_expert_cache_stats (f->cache, &stats);
  return stats;
}

/* Room for two stages and eight slots of the 36. */
#define SMALL (2 * (2048 + 3 * 4096) + 36 * 80 + 8 * 2048)

static void
test_replacement (void)
{
  EngineError error = { 0 };
  Fixture f;

  set_up (&f, SMALL);
  /* What is chosen again and again stays, though all others are chosen once in between. */
  for (int round = 0; round < 20; round++) {
    engine_cpu_expert_cache_begin (f.cache);
    g_assert_cmpint (use (f.streams[0], 3, 1, TRUE, &error), ==, 1);
    engine_cpu_expert_cache_begin (f.cache);
    for (int s = 0; s < 3; s++)
      g_assert_cmpint (use (f.streams[s], 0, round % 2 ? EXPERTS : 1, TRUE, &error), ==, round % 2 ? EXPERTS : 1);
  }
  engine_cpu_expert_cache_begin (f.cache);
  f.file.n_reads = 0;
  use (f.streams[0], 3, 1, TRUE, &error);
  g_assert_cmpint (f.file.n_reads, ==, 0);
  /* All of them, over and over: some stay, so that they need not be read. */
  for (int round = 0; round < 4; round++) {
    f.file.n_reads = 0;
    engine_cpu_expert_cache_begin (f.cache);
    for (int s = 0; s < 3; s++)
      use (f.streams[s], 0, EXPERTS, TRUE, &error);
    g_assert_cmpint (f.file.n_reads, <=, 3 * EXPERTS - 7);
  }
  engine_cpu_expert_cache_free (f.cache);
  g_assert_null (f.slabs.first);
}

static void
test_unpacked (void)
{
  EngineError error = { 0 };
  Fixture f;

  set_up (&f, SMALL);
  engine_cpu_expert_cache_begin (f.cache);
  g_assert_cmpint (use (f.streams[0], 0, 4, FALSE, &error), ==, 4);
  engine_cpu_expert_cache_begin (f.cache);
  g_assert_cmpint (use (f.streams[0], 0, 4, TRUE, &error), ==, 4);
  g_assert_cmpuint (stats_of (&f).hits, ==, 0);
  engine_cpu_expert_cache_begin (f.cache);
  g_assert_cmpint (use (f.streams[0], 0, 4, TRUE, &error), ==, 4);
  g_assert_cmpuint (stats_of (&f).hits, ==, 4);
  engine_cpu_expert_cache_free (f.cache);
}

static void
test_failure (void)
{
  Fixture f;

  set_up (&f, SMALL);
  for (int fails = 1; fails < 4; fails++) {
    EngineError error = { 0 };

    engine_cpu_expert_cache_begin (f.cache);
    f.file.fails = fails;
    for (int s = 0; s < 3 && error.code == ENGINE_OK; s++)
      use (f.streams[s], 0, EXPERTS, TRUE, &error);
    g_assert_cmpint (error.code, ==, ENGINE_IO);
    g_assert_cmpstr (error.message, ==, "The disk is on fire.");
    error = (EngineError) { 0 };
    g_atomic_int_set (&f.file.fails, 0);
    engine_cpu_expert_cache_begin (f.cache);
    for (int s = 0; s < 3; s++)
      g_assert_cmpint (use (f.streams[s], 0, EXPERTS, TRUE, &error), ==, EXPERTS);
  }
  engine_cpu_expert_cache_free (f.cache);
}

/* Guesses that come true for later matrices have all stages when the first one wants some. */
static void
test_guesses (void)
{
  EngineError error = { 0 };
  Fixture f;

  set_up (&f, SMALL);
  for (int round = 0; round < 30; round++) {
    gint32 first = round * 5 % EXPERTS, other = (first + 1) % EXPERTS;

    g_atomic_int_set (&f.file.is_slow, round % 3 == 0);
    engine_cpu_expert_cache_begin (f.cache);
    for (int s = 2; s >= 0; s--)
      engine_cpu_expert_cache_guess (f.streams[s], s == 0 ? other : first);
    if (round % 2)
      g_usleep (1000);
    for (int s = 0; s < 3; s++) {
      engine_cpu_expert_cache_ask (f.streams[s], first);
      engine_cpu_expert_cache_settle (f.streams[s]);
    }
    if (round % 5 == 4) /* nobody came */
      continue;
    for (int s = 0; s < 3; s++)
      g_assert_cmpint (use (f.streams[s], first, 1, TRUE, &error), ==, 1);
  }
  g_assert_cmpuint (stats_of (&f).ahead, >, 0);
  engine_cpu_expert_cache_free (f.cache);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/experts/replacement", test_replacement);
  g_test_add_func ("/engine/experts/unpacked", test_unpacked);
  g_test_add_func ("/engine/experts/failure", test_failure);
  g_test_add_func ("/engine/experts/guesses", test_guesses);
  g_test_add_func ("/engine/experts/bits", test_bits);
  g_test_add_func ("/engine/experts/load", test_load);
  g_test_add_func ("/engine/experts/cancel", test_cancel);
  g_test_add_func ("/engine/experts/prompt", test_prompt);
  g_test_add_func ("/engine/experts/shrinks", test_shrinks);
  return g_test_run ();
}
