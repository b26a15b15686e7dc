/* SPDX-License-Identifier: MIT */
/* Tokens that are guessed: found where the text repeats itself, given up where that costs more than it brings, and never to be seen in
 * the answer. */
#include "answer.h"
#include "fake-backend.h"
#include "runner.h"
#include "tiny-model.h"

#include <string.h>

/* ---- the guesses ---------------------------------------------------------------------- */

/* Reads `text` letter by letter behind `prompt`; how many of its letters were foretold. */
static int
foretold (const char *prompt, const char *text)
{
  EngineLookup *lookup = engine_lookup_new (64, NULL);
  int32_t n_prompt = (int32_t) strlen (prompt), n = n_prompt + (int32_t) strlen (text), draft[ENGINE_DRAFT_MOST];
  g_autofree int32_t *tokens = g_new (int32_t, n);
  double chances[ENGINE_DRAFT_MOST];
  int right = 0;

  for (int32_t i = 0; i < n; i++)
    tokens[i] = i < n_prompt ? prompt[i] : text[i - n_prompt];
  for (int32_t i = n_prompt; i < n; i++) {
    int32_t n_draft;

    engine_lookup_follow (lookup, tokens, n_prompt, i);
    n_draft = engine_lookup_draft (lookup, tokens, i, ENGINE_DRAFT_MOST, draft, chances);
    for (int32_t j = 0; j < n_draft; j++) {
      g_assert_cmpfloat (chances[j], >=, 0);
      g_assert_cmpfloat (chances[j], <=, 1);
    }
    right += n_draft > 0 && draft[0] == tokens[i];
  }
  engine_lookup_free (lookup);
  return right;
}

static void
test_places (void)
{
  /* Two letters give the place away. */
  g_assert_cmpint (foretold ("the quick brown fox jumps|", "the quick brown fox"), >=, 17);
  g_assert_cmpint (foretold ("abcdefghijklmnop|", "0123456789zyx"), ==, 0);
  /* One letter is another one, several are, some are left out, some are new: most of the rest is foretold all the same. */
  g_assert_cmpint (foretold ("the quick brown fox jumps|", "the quick Brown fox jumps"), >=, 22);
  g_assert_cmpint (foretold ("the quick brown fox jumps|", "the quick BROWN fox jumps"), >=, 16);
  g_assert_cmpint (foretold ("the quick brown fox jumps|", "the quick fox jumps"), >=, 14);
  g_assert_cmpint (foretold ("the quick brown fox jumps|", "the quick 12brown fox jumps"), >=, 20);
  /* A text may repeat itself beyond its end. */
  g_assert_cmpint (foretold ("|", "abcabcabcabcabcabc"), >=, 12);
}

static void
test_period (void)
{
  static const int32_t tokens[] = { 5, 6, 7, 5, 6, 7, 5, 6 };
  EngineLookup *lookup = engine_lookup_new (0, NULL);
  int32_t draft[ENGINE_DRAFT_MOST];
  double chances[ENGINE_DRAFT_MOST];

  engine_lookup_follow (lookup, tokens, 1, G_N_ELEMENTS (tokens));
  g_assert_cmpint (engine_lookup_draft (lookup, tokens, G_N_ELEMENTS (tokens), ENGINE_DRAFT_MOST, draft, chances), ==, ENGINE_DRAFT_MOST);
  for (int i = 0; i < ENGINE_DRAFT_MOST; i++)
    g_assert_cmpint (draft[i], ==, 5 + (i + 2) % 3);
  g_assert_cmpint (engine_lookup_draft (lookup, tokens, G_N_ELEMENTS (tokens) - 1, ENGINE_DRAFT_MOST, draft, chances), ==, 0);
  engine_lookup_free (lookup);
}

/* A picture is no word that an answer could say. */
static void
test_media (void)
{
  static const int32_t tokens[] = { 1, 2, 3, -1, -2, -3, 1, 2, 3 };
  EngineLookup *lookup = engine_lookup_new (0, NULL);
  int32_t draft[ENGINE_DRAFT_MOST];
  double chances[ENGINE_DRAFT_MOST];

  engine_lookup_follow (lookup, tokens, G_N_ELEMENTS (tokens), G_N_ELEMENTS (tokens));
  g_assert_cmpint (engine_lookup_draft (lookup, tokens, G_N_ELEMENTS (tokens), ENGINE_DRAFT_MOST, draft, chances), ==, 0);
  engine_lookup_free (lookup);
}

/* What two tokens foretell is wrong again and again, and trusted less and less; then it is right, and trusted again. */
static void
test_trust (void)
{
  EngineLookup *lookup = engine_lookup_new (10000, NULL);
  int32_t tokens[400] = { 1, 2, 3 }, draft[ENGINE_DRAFT_MOST], n = 3;
  double chances[ENGINE_DRAFT_MOST], first = 0, wrong = 0, right = 0;

  for (int round = 0; round < 120; round++) {
    tokens[n++] = 1;
    tokens[n++] = 2;
    engine_lookup_follow (lookup, tokens, 3, n);
    g_assert_cmpint (engine_lookup_draft (lookup, tokens, n, 1, draft, chances), ==, 1);
    first = round == 0 ? chances[0] : first;
    wrong = round == 59 ? chances[0] : wrong;
    right = chances[0];
    tokens[n++] = round < 60 ? 100 + round : 7;
  }
  engine_lookup_free (lookup);
  g_assert_cmpfloat (first, >, 0.4);
  g_assert_cmpfloat (wrong, <, 0.1);
  g_assert_cmpfloat (right, >, 0.8);
}

/* Any tokens at all, and the guesses are tokens of the text. */
static void
test_noise (void)
{
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (int round = 0; round < 300; round++) {
    int32_t n = g_rand_int_range (rand, 1, 600), n_words = g_rand_int_range (rand, 1, 12), n_prompt = g_rand_int_range (rand, 1, n + 1), draft[ENGINE_DRAFT_MOST];
    g_autofree int32_t *tokens = g_new (int32_t, n);
    EngineLookup *lookup = engine_lookup_new (g_rand_int_range (rand, 0, 700), NULL);
    double chances[ENGINE_DRAFT_MOST];

    for (int32_t i = 0; i < n; i++)
      tokens[i] = g_rand_int_range (rand, i < n_prompt ? -2 : 0, n_words);
    for (int32_t known = n_prompt; known <= n; known += g_rand_int_range (rand, 1, 9)) {
      int32_t most = g_rand_int_range (rand, -1, ENGINE_DRAFT_MOST + 1), n_draft;

      engine_lookup_follow (lookup, tokens, n_prompt, known);
      n_draft = engine_lookup_draft (lookup, tokens, known, most, draft, chances);
      g_assert_cmpint (n_draft, <=, MAX (most, 0));
      for (int32_t i = 0; i < n_draft; i++)
        g_assert_true (draft[i] >= 0 && draft[i] < n_words);
    }
    engine_lookup_free (lookup);
  }
  g_rand_free (rand);
}

/* ---- what they cost ------------------------------------------------------------------- */

static void
test_costs (void)
{
  const double sure[] = { 0.95, 0.95, 0.95, 0.95, 0.95, 0.95 }, unsure[] = { 0.1, 0.1, 0.1, 0.1 };
  EngineCosts costs = { 0 };
  double gained;

  /* Nothing is known yet. */
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 6, &gained), ==, 0);
  engine_costs_learn (&costs, 1, 10);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 6, &gained), ==, 6);
  g_assert_cmpfloat (gained, >, 4);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 0, &gained), ==, 0);
  g_assert_cmpfloat (gained, ==, 0);
  /* Seven columns are slow here, and four are as fast as one. */
  engine_costs_learn (&costs, 7, 100);
  engine_costs_learn (&costs, 4, 11);
  for (int32_t n = 5; n < 7; n++)
    engine_costs_learn (&costs, n, 50);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 6, &gained), ==, 3);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, unsure, 4, &gained), <=, 1);
  /* Where each column costs as much as the first nothing pays. */
  for (int32_t n = 1; n <= 8; n++)
    for (int i = 0; i < 200; i++)
      engine_costs_learn (&costs, n, 10 * n);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 6, &gained), ==, 0);
  /* What was measured long ago is tried again. */
  for (int i = 0; i < 1000; i++)
    engine_costs_learn (&costs, 1, 10);
  g_assert_cmpint (engine_costs_choose (&costs, 1, 1, sure, 6, &gained), ==, 6);
  /* More columns than are counted. */
  engine_costs_learn (&costs, ENGINE_COSTS_COLUMNS + 1, 1);
  g_assert_cmpint (engine_costs_choose (&costs, ENGINE_COSTS_COLUMNS, 30, sure, 6, &gained), ==, 0);
}

/* ---- known answers ---------------------------------------------------------------------- */

static EngineRequest *
ask (EngineRunner *runner, const int32_t *tokens, int32_t n, int32_t max_tokens, EngineSpeculation how)
{
  EngineRequestParams params = { .tokens = tokens, .n_tokens = (size_t) n, .max_tokens = max_tokens, .ignore_end = true, .speculate = how };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

/* The answer says again what the prompt said, with every tenth token another one; `likely` false: with every second one. */
static void
count_evaluations (bool likely, EngineSpeculation how, EngineStats *stats, guint64 *n_runs, guint64 *n_columns)
{
  enum { N = 200 };
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1 };
  EngineModel *model = tiny_model_load (&tiny, NULL);
  FakeBackend *fake = fake_backend_install (model);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  int32_t prompt[N], script[N];
  Answer answer;

  runner->costs.fixed = true;
  for (int32_t i = 0; i < N; i++) {
    prompt[i] = i * 7 % 251;
    script[i] = i % (likely ? 10 : 2) == 1 ? 300 + i : prompt[i];
  }
  fake->script = script;
  fake->n_script = fake->script_at = N;
  answer_init (&answer);
  answer_finish (&answer, ask (runner, prompt, N, N, how));
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpmem (answer.ids->data, answer.ids->len * sizeof (int32_t), script, sizeof script);
  *stats = answer.last.stats;
  *n_runs = fake->n_runs;
  *n_columns = fake->n_tokens;
  answer_clear (&answer);
  engine_runner_unref (runner);
  fake_backend_remove (fake);
  engine_model_unref (model);
}

static void
test_evaluations (void)
{
  EngineStats stats;
  guint64 plain, runs, columns, plain_columns;

  count_evaluations (true, ENGINE_SPECULATE_OFF, &stats, &plain, &plain_columns);
  g_assert_cmpint (stats.drafted_tokens + stats.accepted_tokens + stats.saved_evaluations, ==, 0);
  g_assert_cmpuint (plain_columns, ==, 200 + 199);
  count_evaluations (true, ENGINE_SPECULATE_LOOKUP, &stats, &runs, &columns);
  g_test_message ("%d drafted, %d accepted; %" G_GUINT64_FORMAT " runs in the place of %" G_GUINT64_FORMAT, stats.drafted_tokens, stats.accepted_tokens, runs, plain);
  g_assert_cmpuint (runs + (guint64) stats.saved_evaluations, ==, plain);
  g_assert_cmpint (stats.accepted_tokens, ==, stats.saved_evaluations);
  g_assert_cmpuint (columns, ==, plain_columns - (guint64) stats.accepted_tokens + (guint64) stats.drafted_tokens);
  g_assert_cmpuint (3 * runs, <, plain);
  /* What is wrong every second time is not tried for long. */
  count_evaluations (false, ENGINE_SPECULATE_LOOKUP, &stats, &runs, &columns);
  g_assert_cmpuint (runs + (guint64) stats.saved_evaluations, ==, plain);
  g_assert_cmpint (stats.drafted_tokens, <, 250);
}

/* ---- real models, tiny ones --------------------------------------------------------------- */

static void
add_sections (GgufWriter *writer)
{
  gguf_write_ints (writer, "qwen2vl.rope.dimension_sections", (const gint32[]) { 12, 10, 10, 0 }, 4);
}

static const TinyModel models[] = {
  { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 1 },
  { .architecture = "qwen2", .type = ENGINE_TYPE_Q4_K, .seed = 2 },
  { .architecture = "gemma3", .type = ENGINE_TYPE_Q8_0, .seed = 3 },
  { .architecture = "qwen2vl", .type = ENGINE_TYPE_F16, .seed = 4, .extra = add_sections },
  { .architecture = "falcon-h1", .type = ENGINE_TYPE_Q4_K, .seed = 5 },
  { .architecture = "qwen35", .type = ENGINE_TYPE_F32, .seed = 8 },
};

static EngineBackendKind backend = ENGINE_BACKEND_CPU;

static EngineModel *
load (const TinyModel *tiny)
{
  return tiny_model_load (tiny, &(EngineLoadOptions) { .backend = backend });
}

static EngineRunner *
start (EngineModel *model, const EngineRunnerOptions *options)
{
  EngineError error = { 0 };
  EngineRunner *runner = engine_runner_new (model, options, &error);

  g_assert_cmpstr (error.message, ==, "");
  runner->costs.fixed = true; /* before its first request */
  return runner;
}

/* Words that come again, in stretches of several lengths. */
static void
fill_prompt (guint32 seed, int32_t *tokens, int32_t n)
{
  GRand *rand = g_rand_new_with_seed (seed);

  for (int32_t i = 0; i < n;) {
    int32_t from = g_rand_int_range (rand, 0, 60), length = g_rand_int_range (rand, 4, 30);

    for (; length > 0 && i < n; length--, i++)
      tokens[i] = (from + length) * 5 % 509;
  }
  g_rand_free (rand);
}

static EngineRequest *
ask_sampled (EngineRunner *runner, const int32_t *tokens, int32_t n, int kind, EngineGrammar *grammar, EngineSpeculation how)
{
  EngineRequestParams params = { .tokens = tokens, .n_tokens = (size_t) n, .max_tokens = 70, .ignore_end = kind % 2, .top_logprobs = 3, .speculate = how, .grammar = grammar };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  params.sampling.seed = (uint64_t) kind;
  params.sampling.temperature = kind ? 0.2f * (float) (kind % 4) : 0;
  params.sampling.top_k = kind % 3 ? 3 : 0;
  params.sampling.top_p = kind == 5 ? 0.6f : 1;
  params.sampling.repeat_penalty = kind == 6 ? 1.1f : 1;
  params.sampling.dry_multiplier = kind == 7 ? 0.5f : 0;
  params.sampling.mirostat_tau = kind == 9 ? 2 : 0;
  params.sampling.xtc_probability = kind == 10 ? 0.5f : 0;
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

static void
expect_same (const Answer *a, const Answer *b)
{
  g_assert_cmpint (a->last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (a->last.finish, ==, b->last.finish);
  g_assert_cmpmem (a->ids->data, a->ids->len * sizeof (int32_t), b->ids->data, b->ids->len * sizeof (int32_t));
  g_assert_cmpmem (a->logprobs->data, a->logprobs->len * sizeof (float), b->logprobs->data, b->logprobs->len * sizeof (float));
  g_assert_cmpstr (a->text->str, ==, b->text->str);
  g_assert_cmpint (a->last.stats.forced_tokens, ==, b->last.stats.forced_tokens);
}

#define N_KINDS 11

/* Greedy and drawn, with penalties and without: token by token and bit by bit the same, also what the next turn finds in the cache. */
static void
test_same (gconstpointer data)
{
  enum { N = 130 };
  EngineModel *model = load (data);
  bool recurrent = model->info.cache_bytes_fixed > 0;
  int32_t prompt[N + 200], drafted = 0, accepted = 0;
  int n_kinds = backend == ENGINE_BACKEND_CPU ? N_KINDS : 2; /* a rasteriser is slow */

  for (int type = ENGINE_CACHE_F16; type <= (backend == ENGINE_BACKEND_CPU ? ENGINE_CACHE_Q4 : ENGINE_CACHE_F16); type++) {
    Answer plain[N_KINDS], follow_up[N_KINDS];

    for (int how = ENGINE_SPECULATE_OFF; how >= ENGINE_SPECULATE_LOOKUP; how--) {
      EngineRunner *runner = start (model, &(EngineRunnerOptions) { .cache_type = (EngineCacheType) type });

      for (int kind = 0; kind < n_kinds; kind++) {
        Answer answer, next;

        fill_prompt ((guint32) kind, prompt, N);
        answer_init (&answer);
        answer_finish (&answer, ask_sampled (runner, prompt, N, kind, NULL, (EngineSpeculation) how));
        memcpy (prompt + N, answer.ids->data, answer.ids->len * sizeof (int32_t));
        answer_init (&next);
        answer_finish (&next, ask_sampled (runner, prompt, N + (int32_t) answer.ids->len, kind, NULL, (EngineSpeculation) how));
        if (how == ENGINE_SPECULATE_OFF) {
          plain[kind] = answer;
          follow_up[kind] = next;
          continue;
        }
        expect_same (&answer, &plain[kind]);
        expect_same (&next, &follow_up[kind]);
        g_assert_cmpint (next.last.stats.reused_tokens, ==, follow_up[kind].last.stats.reused_tokens);
        drafted += answer.last.stats.drafted_tokens;
        accepted += answer.last.stats.accepted_tokens;
        answer_clear (&answer);
        answer_clear (&next);
        answer_clear (&plain[kind]);
        answer_clear (&follow_up[kind]);
      }
      engine_runner_unref (runner);
    }
  }
  g_test_message ("%d drafted, %d accepted", drafted, accepted);
  g_assert_cmpint (drafted > 0, ==, !recurrent);
  g_assert_cmpint (accepted > 0, ==, !recurrent);
  g_assert_true (recurrent || accepted < drafted);
  engine_model_unref (model);
}

static void
test_grammar (void)
{
  static const char text[] = "root ::= pair+\npair ::= \"<aaaabbbb>\" [a-c]{1,6} \"</aaaabbbb>\\n\"";
  enum { N = 90 };
  EngineModel *model = load (&models[0]);
  EngineGrammar *grammar = engine_grammar_from_text (text, sizeof text - 1, NULL);
  EngineRunner *runner = start (model, NULL);
  int32_t prompt[N], drafted = 0, accepted = 0, saved = 0;

  g_assert_nonnull (grammar);
  for (int kind = 0; kind < N_KINDS; kind++) {
    Answer plain, answer;

    fill_prompt ((guint32) kind, prompt, N);
    answer_init (&plain);
    answer_init (&answer);
    answer_finish (&plain, ask_sampled (runner, prompt, N, kind, grammar, ENGINE_SPECULATE_OFF));
    answer_finish (&answer, ask_sampled (runner, prompt, N, kind, grammar, ENGINE_SPECULATE_LOOKUP));
    expect_same (&answer, &plain);
    g_assert_cmpint (answer.last.stats.masks, ==, plain.last.stats.masks);
    drafted += answer.last.stats.drafted_tokens;
    accepted += answer.last.stats.accepted_tokens;
    saved += answer.last.stats.saved_evaluations;
    answer_clear (&plain);
    answer_clear (&answer);
  }
  g_test_message ("%d drafted, %d accepted, %d saved", drafted, accepted, saved);
  g_assert_cmpint (saved, >, 0);
  g_assert_cmpint (saved, <=, accepted);
  engine_runner_unref (runner);
  engine_grammar_unref (grammar);
  engine_model_unref (model);
}

static int32_t
letter (const EngineModel *model, const char *text)
{
  g_autofree int32_t *ids = NULL;
  size_t n;

  g_assert_true (engine_tokenize (model, text, 1, ENGINE_TOKENIZE_PLAIN, &ids, &n, NULL));
  g_assert_cmpuint (n, ==, 1);
  return ids[0];
}

/* A draft that the grammar forbids is not evaluated. */
static void
test_forbidden (void)
{
  static const char text[] = "root ::= [a-b]+";
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1 };
  EngineModel *model = tiny_model_load (&tiny, NULL);
  EngineGrammar *grammar = engine_grammar_from_text (text, sizeof text - 1, NULL);
  FakeBackend *fake = fake_backend_install (model);
  EngineRunner *runner = start (model, NULL);
  const int32_t a = letter (model, "a"), b = letter (model, "b"), z = letter (model, "z");
  int32_t prompt[80], script[40];
  EngineRequestParams params = { .tokens = prompt, .n_tokens = G_N_ELEMENTS (prompt), .max_tokens = G_N_ELEMENTS (script), .grammar = grammar };
  Answer answer;

  /* In the prompt three a's are always followed by a z, which the answer must not have. */
  for (guint i = 0; i < G_N_ELEMENTS (prompt); i++)
    prompt[i] = i % 4 == 3 ? z : a;
  for (guint i = 0; i < G_N_ELEMENTS (script); i++)
    script[i] = i % 4 == 3 ? b : a;
  fake->script = script;
  fake->n_script = G_N_ELEMENTS (script);
  fake->script_at = G_N_ELEMENTS (prompt);
  engine_sampling_init (&params.sampling);
  answer_init (&answer);
  answer_finish (&answer, engine_runner_submit (runner, &params, NULL));
  g_assert_cmpmem (answer.ids->data, answer.ids->len * sizeof (int32_t), script, sizeof script);
  g_assert_cmpint (answer.last.stats.accepted_tokens, >, 15);
  g_assert_cmpint (answer.last.stats.accepted_tokens, ==, answer.last.stats.drafted_tokens);
  answer_clear (&answer);
  engine_runner_unref (runner);
  fake_backend_remove (fake);
  engine_grammar_unref (grammar);
  engine_model_unref (model);
}

/* Several at once, some of whom are cancelled in the middle, in a small cache and a large one. */
static void
test_together (gconstpointer data)
{
  enum { N = 6, LENGTH = 150 };
  EngineModel *model = load (data);
  int32_t prompts[N][LENGTH];
  Answer alone[N];

  for (int pass = 0; pass < 3; pass++) {
    EngineRunnerOptions options = { .n_context = 256, .cache_bytes = pass == 2 ? 1 << 20 : 0 };
    EngineRunner *runner = start (model, &options);
    EngineRequest *requests[N];
    int32_t drafted = 0;

    for (int i = 0; i < N; i++) {
      int32_t n = 40 + 22 * i;

      if (!pass) {
        fill_prompt ((guint32) i, prompts[i], n);
        answer_init (&alone[i]);
        answer_finish (&alone[i], ask (runner, prompts[i], n, 80, ENGINE_SPECULATE_OFF));
      } else {
        requests[i] = ask (runner, prompts[i], n, 80, ENGINE_SPECULATE_LOOKUP);
      }
    }
    for (int i = 0; pass && i < N; i++) {
      Answer answer;

      answer_init (&answer);
      if (i % 3 == 1) {
        engine_request_wait (requests[i]);
        engine_request_cancel (requests[i]);
      }
      answer_finish (&answer, requests[i]);
      g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
      g_assert_cmpuint (answer.ids->len, <=, alone[i].ids->len);
      if (i % 3 != 1)
        g_assert_cmpuint (answer.ids->len, ==, alone[i].ids->len);
      if (answer.ids->len)
        g_assert_cmpmem (answer.ids->data, answer.ids->len * sizeof (int32_t), alone[i].ids->data, answer.ids->len * sizeof (int32_t));
      drafted += answer.last.stats.drafted_tokens;
      answer_clear (&answer);
    }
    /* What was cancelled in the middle has left nothing wrong behind. */
    for (int i = 1; pass && i < N; i += 3) {
      Answer answer;

      answer_init (&answer);
      answer_finish (&answer, ask (runner, prompts[i], 40 + 22 * i, 80, ENGINE_SPECULATE_LOOKUP));
      expect_same (&answer, &alone[i]);
      drafted += answer.last.stats.drafted_tokens;
      answer_clear (&answer);
    }
    g_assert_cmpint (drafted > 0, ==, pass > 0);
    engine_runner_unref (runner);
  }
  for (int i = 0; i < N; i++)
    answer_clear (&alone[i]);
  engine_model_unref (model);
}

/* Up to the last place of the context, and not beyond. */
static void
test_context (void)
{
  EngineModel *model = load (&models[2]);
  EngineRunner *runner = start (model, &(EngineRunnerOptions) { .n_context = 200 });
  int32_t prompt[120];
  Answer plain, answer;

  fill_prompt (3, prompt, 120);
  answer_init (&plain);
  answer_init (&answer);
  answer_finish (&plain, ask (runner, prompt, 120, 0, ENGINE_SPECULATE_OFF));
  answer_finish (&answer, ask (runner, prompt, 120, 0, ENGINE_SPECULATE_LOOKUP));
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CONTEXT);
  g_assert_cmpuint (answer.ids->len, ==, 80);
  g_assert_cmpint (answer.last.stats.accepted_tokens, >, 0);
  expect_same (&answer, &plain);
  answer_clear (&plain);
  answer_clear (&answer);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  bool gl;

  g_test_init (&argc, &argv, NULL);
  gl = argc > 1 && g_str_equal (argv[1], "gl");
  backend = gl ? ENGINE_BACKEND_GL : ENGINE_BACKEND_CPU;
  for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *same = g_strconcat ("/engine/lookup/same/", models[i].architecture, NULL);

    if (!gl || i == 2)
      g_test_add_data_func (same, &models[i], test_same);
  }
  if (gl)
    return g_test_run ();
  g_test_add_func ("/engine/lookup/places", test_places);
  g_test_add_func ("/engine/lookup/period", test_period);
  g_test_add_func ("/engine/lookup/media", test_media);
  g_test_add_func ("/engine/lookup/trust", test_trust);
  g_test_add_func ("/engine/lookup/noise", test_noise);
  g_test_add_func ("/engine/lookup/costs", test_costs);
  g_test_add_func ("/engine/lookup/evaluations", test_evaluations);
  g_test_add_func ("/engine/lookup/grammar", test_grammar);
  g_test_add_func ("/engine/lookup/forbidden", test_forbidden);
  g_test_add_data_func ("/engine/lookup/together/full", &models[1], test_together);
  g_test_add_data_func ("/engine/lookup/together/window", &models[2], test_together);
  g_test_add_func ("/engine/lookup/context", test_context);
  return g_test_run ();
}
