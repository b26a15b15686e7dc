/* SPDX-License-Identifier: MIT */
/* A smaller model guesses: it has to have the same vocabulary, its guesses are never to be seen in the answer, and where they are wrong it is left alone. */
#include "answer.h"
#include "runner.h"
#include "tiny-model.h"

#include <string.h>

enum { N = 130, LENGTH = 70 };

static const TinyModel large = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 1, .separate_output = TRUE };
/* One that always agrees, since it is the same, and others that hardly ever do: with a window, and with other weights. */
static const TinyModel windowed = { .architecture = "gemma3", .type = ENGINE_TYPE_Q8_0, .seed = 3 };
static const TinyModel other = { .architecture = "llama", .type = ENGINE_TYPE_F16, .seed = 9, .separate_output = TRUE };

static EngineRunner *
start (EngineModel *model, EngineModel *draft, EngineCacheType type)
{
  EngineError error = { 0 };
  EngineRunner *runner = engine_runner_new (model, &(EngineRunnerOptions) { .draft = draft, .cache_type = type, .n_context = 512 }, &error);

  g_assert_cmpstr (error.message, ==, "");
  runner->costs.fixed = true; /* before its first request */
  return runner;
}

/* Words that hardly ever come again, so that there is little to look up. */
static void
fill_prompt (guint32 seed, int32_t *tokens, int32_t n)
{
  GRand *rand = g_rand_new_with_seed (seed);

  for (int32_t i = 0; i < n; i++)
    tokens[i] = g_rand_int_range (rand, 0, 509);
  g_rand_free (rand);
}

static EngineRequest *
ask (EngineRunner *runner, const int32_t *tokens, int32_t n, int kind, EngineGrammar *grammar, EngineSpeculation how)
{
  EngineRequestParams params = { .tokens = tokens, .n_tokens = (size_t) n, .max_tokens = LENGTH, .ignore_end = kind % 2, .top_logprobs = 3, .speculate = how, .grammar = grammar };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  params.sampling.seed = (uint64_t) kind;
  params.sampling.temperature = 0.3f * (float) (kind % 4);
  params.sampling.top_k = kind % 3 ? 5 : 0;
  params.sampling.repeat_penalty = kind == 5 ? 1.1f : 1;
  params.sampling.mirostat_tau = kind == 6 ? 2 : 0;
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
}

#define N_KINDS 7

/* Greedy and drawn, the answer and what goes on from it: bit by bit as without a draft model. */
static void
test_same (gconstpointer data)
{
  const TinyModel *small = data;
  EngineModel *model = tiny_model_load (&large, NULL), *draft = tiny_model_load (small, NULL);
  int32_t prompt[N + LENGTH], drafted = 0, accepted = 0, all = 0;

  for (int type = ENGINE_CACHE_F16; type < ENGINE_N_CACHE_TYPES; type++) {
    EngineRunner *runner = start (model, draft, (EngineCacheType) type);

    for (int kind = 0; kind < N_KINDS; kind++) {
      int32_t n = N;

      fill_prompt ((guint32) kind, prompt, N);
      for (int turn = 0; turn < 2; turn++) {
        Answer plain, guessed;

        answer_init (&plain);
        answer_init (&guessed);
        answer_finish (&plain, ask (runner, prompt, n, kind, NULL, ENGINE_SPECULATE_OFF));
        answer_finish (&guessed, ask (runner, prompt, n, kind, NULL, ENGINE_SPECULATE_DRAFT));
        expect_same (&guessed, &plain);
        drafted += guessed.last.stats.model_drafted_tokens;
        accepted += guessed.last.stats.model_accepted_tokens;
        all += guessed.last.stats.decode_tokens;
        g_assert_cmpint (guessed.last.stats.model_drafted_tokens, <=, guessed.last.stats.drafted_tokens);
        g_assert_cmpint (guessed.last.stats.model_accepted_tokens, <=, guessed.last.stats.accepted_tokens);
        g_assert_cmpint (plain.last.stats.model_drafted_tokens, ==, 0);
        memcpy (prompt + N, plain.ids->data, plain.ids->len * sizeof (int32_t));
        n = N + (int32_t) plain.ids->len;
        answer_clear (&plain);
        answer_clear (&guessed);
      }
    }
    engine_runner_unref (runner);
  }
  g_test_message ("%d drafted, %d accepted of %d", drafted, accepted, all);
  g_assert_cmpint (drafted, >, 0);
  if (small == &large) {
    g_assert_cmpint (5 * accepted, >, 4 * drafted);
    g_assert_cmpint (2 * accepted, >, all);
  } else {
    g_assert_cmpint (2 * drafted, <, all); /* it is left alone soon */
  }
  engine_model_unref (draft);
  engine_model_unref (model);
}

/* A greedy answer of the same model is guessed whole, and most evaluations are saved. */
static void
test_saved (void)
{
  EngineModel *model = tiny_model_load (&large, NULL), *draft = tiny_model_load (&large, NULL);
  EngineRunner *runner = start (model, draft, ENGINE_CACHE_F16);
  int32_t prompt[N];
  Answer answer;

  fill_prompt (4, prompt, N);
  answer_init (&answer);
  answer_finish (&answer, ask (runner, prompt, N, 1, NULL, ENGINE_SPECULATE_DRAFT));
  g_test_message ("%d saved of %d", answer.last.stats.saved_evaluations, answer.last.stats.decode_tokens);
  g_assert_cmpint (2 * answer.last.stats.saved_evaluations, >, answer.last.stats.decode_tokens);
  answer_clear (&answer);
  engine_runner_unref (runner);
  engine_model_unref (draft);
  engine_model_unref (model);
}

static void
test_grammar (void)
{
  static const char text[] = "root ::= ([a-f]{1,5} \" \")+";
  EngineModel *model = tiny_model_load (&large, NULL), *draft = tiny_model_load (&large, NULL);
  EngineGrammar *grammar = engine_grammar_from_text (text, sizeof text - 1, NULL);
  EngineRunner *runner = start (model, draft, ENGINE_CACHE_F16);
  int32_t prompt[N];

  g_assert_nonnull (grammar);
  for (int kind = 0; kind < N_KINDS; kind++) {
    Answer plain, answer;

    fill_prompt ((guint32) kind, prompt, N);
    answer_init (&plain);
    answer_init (&answer);
    answer_finish (&plain, ask (runner, prompt, N, kind, grammar, ENGINE_SPECULATE_OFF));
    answer_finish (&answer, ask (runner, prompt, N, kind, grammar, ENGINE_SPECULATE_DRAFT));
    expect_same (&answer, &plain);
    answer_clear (&plain);
    answer_clear (&answer);
  }
  engine_runner_unref (runner);
  engine_grammar_unref (grammar);
  engine_model_unref (draft);
  engine_model_unref (model);
}

/* Several at once, some cancelled: nobody waits for guesses, and nothing wrong is left behind, also up to the end of the context. */
static void
test_together (void)
{
  enum { REQUESTS = 5 };
  EngineModel *model = tiny_model_load (&large, NULL), *draft = tiny_model_load (&large, NULL);
  EngineRunner *runner = start (model, draft, ENGINE_CACHE_Q8_0);
  int32_t prompts[REQUESTS][480];
  EngineRequest *requests[REQUESTS];
  Answer alone[REQUESTS];

  for (int i = 0; i < REQUESTS; i++) {
    fill_prompt ((guint32) i, prompts[i], 480);
    answer_init (&alone[i]);
    answer_finish (&alone[i], ask (runner, prompts[i], 80 + 100 * i, 1, NULL, ENGINE_SPECULATE_OFF));
  }
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < REQUESTS; i++)
      requests[i] = ask (runner, prompts[i], 80 + 100 * i, 1, NULL, ENGINE_SPECULATE_DRAFT);
    for (int i = 0; i < REQUESTS; i++) {
      Answer answer;

      if (i == 1 && !pass) {
        engine_request_wait (requests[i]);
        engine_request_cancel (requests[i]);
      }
      answer_init (&answer);
      answer_finish (&answer, requests[i]);
      g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
      if (i != 1 || pass)
        expect_same (&answer, &alone[i]);
      answer_clear (&answer);
    }
  }
  for (int i = 0; i < REQUESTS; i++)
    answer_clear (&alone[i]);
  engine_runner_unref (runner);
  engine_model_unref (draft);
  engine_model_unref (model);
}

static void
refuse (EngineModel *model, EngineModel *draft, const char *why)
{
  EngineError error = { 0 };

  g_assert_null (engine_runner_new (model, &(EngineRunnerOptions) { .draft = draft }, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  if (!strstr (error.message, why))
    g_error ("\"%s\" does not say \"%s\"", error.message, why);
}

static void
test_refused (void)
{
  TinyModel words = large, states = { .architecture = "qwen35", .type = ENGINE_TYPE_F32, .seed = 8 };
  EngineModel *model = tiny_model_load (&large, NULL), *strange, *recurrent = tiny_model_load (&states, NULL), *good = tiny_model_load (&large, NULL);
  EngineRunner *runner;

  words.word = "<strange>";
  strange = tiny_model_load (&words, NULL);
  refuse (model, strange, "<strange>");
  refuse (model, recurrent, "cannot go back");
  refuse (model, model, "the model itself");
  runner = engine_runner_new (good, NULL, NULL);
  refuse (model, good, "runner already");
  engine_runner_unref (runner);
  /* None of that has left anything taken. */
  runner = start (model, good, ENGINE_CACHE_Q4);
  engine_runner_unref (runner);
  engine_model_unref (model);
  engine_model_unref (strange);
  engine_model_unref (recurrent);
  engine_model_unref (good);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/drafter/same/itself", &large, test_same);
  g_test_add_data_func ("/engine/drafter/same/windowed", &windowed, test_same);
  g_test_add_data_func ("/engine/drafter/same/other", &other, test_same);
  g_test_add_func ("/engine/drafter/saved", test_saved);
  g_test_add_func ("/engine/drafter/grammar", test_grammar);
  g_test_add_func ("/engine/drafter/together", test_together);
  g_test_add_func ("/engine/drafter/refused", test_refused);
  return g_test_run ();
}
