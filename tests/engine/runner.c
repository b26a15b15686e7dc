/* SPDX-License-Identifier: MIT */
/* How the runner schedules and what it reuses, on a backend whose answers are known. */
#include "answer.h"
#include "fake-backend.h"
#include "tiny-model.h"

#include <string.h>
#include <unistd.h>

#define PAGE ENGINE_PAGE_TOKENS

typedef struct {
  EngineModel  *model;
  FakeBackend  *fake;
  EngineRunner *runner;
  EngineSpeculation speculate; /* off where evaluations are counted */
} Fixture;

static void
fixture_init (Fixture *fixture, const char *architecture, const EngineRunnerOptions *options)
{
  const TinyModel tiny = { .architecture = architecture, .type = ENGINE_TYPE_F32, .seed = 1 };
  EngineError error = { 0 };

  fixture->speculate = ENGINE_SPECULATE_OFF;
  fixture->model = tiny_model_load (&tiny, NULL);
  fixture->fake = fake_backend_install (fixture->model);
  fixture->runner = engine_runner_new (fixture->model, options, &error);
  g_assert_cmpstr (error.message, ==, "");
}

static void
fixture_clear (Fixture *fixture)
{
  engine_runner_unref (fixture->runner);
  fake_backend_remove (fixture->fake);
  engine_model_unref (fixture->model);
}

/* ---- prompts ------------------------------------------------------------------ */

typedef GArray Tokens; /* int32_t */

static Tokens *
tokens_new (guint32 seed, guint n)
{
  Tokens *tokens = g_array_new (FALSE, FALSE, sizeof (int32_t));
  GRand *rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < n; i++) {
    int32_t id = g_rand_int_range (rand, 0, 509);

    g_array_append_val (tokens, id);
  }
  g_rand_free (rand);
  return tokens;
}

static void
tokens_add (Tokens *tokens, const Tokens *more)
{
  g_array_append_vals (tokens, more->data, more->len);
}

static EngineRequest *
ask (Fixture *fixture, const Tokens *prompt, int32_t max_tokens, bool ignore_end)
{
  EngineRequestParams params = { .tokens = (const int32_t *) prompt->data, .n_tokens = prompt->len,
                                 .max_tokens = max_tokens, .ignore_end = ignore_end, .speculate = fixture->speculate };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (fixture->runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

/* The answer's tokens are what the fake model says, in every place. */
static void
expect_ids (const Answer *answer, const Tokens *prompt)
{
  Tokens *all = g_array_copy ((GArray *) prompt);

  for (guint i = 0; i < answer->ids->len; i++) {
    int32_t next = fake_backend_next ((const int32_t *) all->data, all->len);

    g_assert_cmpint (g_array_index (answer->ids, int32_t, i), ==, next);
    g_array_append_val (all, next);
  }
  g_array_unref (all);
}

/* Asks, checks, and returns how many tokens were reused; the answer is added to the prompt. */
static int32_t
converse (Fixture *fixture, Tokens *prompt, int32_t max_tokens)
{
  Answer answer;
  int32_t reused;

  answer_init (&answer);
  answer_finish (&answer, ask (fixture, prompt, max_tokens, true));
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_LENGTH);
  g_assert_cmpuint (answer.ids->len, ==, max_tokens);
  g_assert_cmpint (answer.last.stats.prompt_tokens, ==, prompt->len);
  expect_ids (&answer, prompt);
  tokens_add (prompt, answer.ids);
  reused = answer.last.stats.reused_tokens;
  answer_clear (&answer);
  return reused;
}

/* ---- tests ---------------------------------------------------------------------- */

static void
test_reuse (gconstpointer architecture)
{
  Fixture fixture;
  Tokens *first = tokens_new (1, 1100), *second = tokens_new (2, 40), *other = tokens_new (3, 90);
  Tokens *conversation = g_array_copy (first), *again = g_array_copy (first), *branch = g_array_copy (first);
  guint64 before;

  fixture_init (&fixture, architecture, NULL);
  g_assert_cmpint (converse (&fixture, conversation, 70), ==, 0);
  g_assert_cmpuint (fixture.fake->n_tokens, ==, 1100 + 69);
  /* A follow-up evaluates its own tokens, and the answer's last, which nobody had asked for. */
  tokens_add (conversation, second);
  before = fixture.fake->n_tokens;
  g_assert_cmpint (converse (&fixture, conversation, 50), ==, 1100 + 69);
  g_assert_cmpuint (fixture.fake->n_tokens - before, ==, 1 + 40 + 49);
  /* Regenerating evaluates the last token of the prompt. */
  g_assert_cmpint (converse (&fixture, again, 70), ==, 1099);
  /* A branch evaluates what differs. */
  tokens_add (branch, other);
  g_assert_cmpint (converse (&fixture, branch, 10), ==, 1100);
  fixture_clear (&fixture);
  g_array_unref (first);
  g_array_unref (second);
  g_array_unref (other);
  g_array_unref (conversation);
  g_array_unref (again);
  g_array_unref (branch);
}

/* An answer in tokens that the tokenizer would not have chosen comes back as a message. */
static void
test_own_words (gconstpointer architecture)
{
  Fixture fixture;
  EngineMessage messages[41] = { { "user", "Hello?" } };
  int32_t evaluated = 0;

  fixture_init (&fixture, architecture, NULL);
  for (int n = 1; n < 40; n += 2) {
    EngineRequestParams params = { .messages = messages, .n_messages = n, .max_tokens = 60 };
    Answer answer;

    engine_sampling_init (&params.sampling);
    answer_init (&answer);
    answer_finish (&answer, engine_runner_submit (fixture.runner, &params, NULL));
    g_assert_cmpint (answer.last.stats.dropped_messages, ==, 0);
    g_assert_cmpint (answer.last.stats.reused_tokens, ==, evaluated);
    evaluated = answer.last.stats.prompt_tokens + answer.ids->len - (answer.last.finish == ENGINE_FINISH_LENGTH);
    messages[n] = (EngineMessage) { "assistant", g_strdup (answer.text->str) };
    messages[n + 1] = (EngineMessage) { "user", "And then?" };
    answer_clear (&answer);
  }
  for (int n = 1; n < 40; n += 2)
    g_free ((char *) messages[n].content);
  fixture_clear (&fixture);
}

static void
test_stop (void)
{
  Fixture fixture;
  Answer answer;

  fixture_init (&fixture, "llama", NULL);
  for (guint32 seed = 0; seed < 20; seed++) {
    Tokens *prompt = tokens_new (seed, 30);

    answer_init (&answer);
    answer_finish (&answer, ask (&fixture, prompt, 0, false));
    g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_STOP);
    g_assert_cmpint (answer.last.stats.decode_tokens, ==, answer.ids->len);
    expect_ids (&answer, prompt);
    tokens_add (prompt, answer.ids);
    g_assert_cmpint (fake_backend_next ((const int32_t *) prompt->data, prompt->len), ==, TINY_IM_END);
    answer_clear (&answer);
    g_array_unref (prompt);
  }
  fixture_clear (&fixture);
}

static void
test_context (void)
{
  const EngineRunnerOptions options = { .n_context = 300 };
  Fixture fixture;
  Answer answer;
  Tokens *prompt = tokens_new (1, 299), *shorter = tokens_new (2, 120);

  fixture_init (&fixture, "gemma3", &options);
  g_assert_cmpint (engine_runner_context (fixture.runner), ==, 300);
  answer_init (&answer);
  answer_finish (&answer, ask (&fixture, prompt, 0, true));
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CONTEXT);
  g_assert_cmpuint (answer.ids->len, ==, 1);
  answer_clear (&answer);
  answer_init (&answer);
  answer_finish (&answer, ask (&fixture, shorter, 0, true));
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CONTEXT);
  g_assert_cmpuint (answer.ids->len, ==, 180);
  expect_ids (&answer, shorter);
  answer_clear (&answer);
  fixture_clear (&fixture);
  g_array_unref (prompt);
  g_array_unref (shorter);
}

/* More requests than run at once: all answer, eight of them together. */
static void
test_together (gconstpointer architecture)
{
  enum { N = 20 };
  Fixture fixture;
  Tokens *prompts[N];
  EngineRequest *requests[N];

  fixture_init (&fixture, architecture, NULL);
  fixture.speculate = ENGINE_SPECULATE_LOOKUP;
  fake_backend_gate (fixture.fake, true);
  for (int i = 0; i < N; i++) {
    prompts[i] = tokens_new (i, 20 + i * 40);
    requests[i] = ask (&fixture, prompts[i], 100, true);
  }
  fake_backend_gate (fixture.fake, false);
  for (int i = N - 1; i >= 0; i--) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    g_assert_cmpuint (answer.ids->len, ==, 100);
    expect_ids (&answer, prompts[i]);
    answer_clear (&answer);
    g_array_unref (prompts[i]);
  }
  g_assert_cmpint (fixture.fake->most_sequences, ==, 8);
  fixture_clear (&fixture);
}

/* Agents that begin alike and start at once evaluate their common beginning once. */
static void
test_common_beginning (void)
{
  enum { N = 8 };
  Fixture fixture;
  Tokens *prompts[N], *tails[N];
  EngineRequest *requests[N];
  int32_t evaluated = 0;

  fixture_init (&fixture, "gemma3", NULL);
  fake_backend_gate (fixture.fake, true);
  for (int i = 0; i < N; i++) {
    prompts[i] = tokens_new (77, 1000);
    tails[i] = tokens_new (i, 30);
    tokens_add (prompts[i], tails[i]);
    requests[i] = ask (&fixture, prompts[i], 10, true);
  }
  fake_backend_gate (fixture.fake, false);
  for (int i = 0; i < N; i++) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    expect_ids (&answer, prompts[i]);
    evaluated += answer.last.stats.prompt_tokens - answer.last.stats.reused_tokens;
    answer_clear (&answer);
    g_array_unref (prompts[i]);
    g_array_unref (tails[i]);
  }
  /* Once the 960 in whole pages, and each its own rest. */
  g_assert_cmpint (evaluated, ==, 960 + N * 70);
  fixture_clear (&fixture);
}

/* While one writes, another's long prompt takes no token of it away; and a short prompt does
 * not wait for a long one. */
static void
test_fair (void)
{
  Fixture fixture;
  Tokens *writer_prompt = tokens_new (1, 20), *long_prompt = tokens_new (2, 1900), *short_prompt = tokens_new (3, 40);
  EngineRequest *writer, *slow, *quick;
  Answer writes, slows, quicks;
  guint before;

  answer_init (&writes);
  answer_init (&slows);
  answer_init (&quicks);
  fixture_init (&fixture, "llama", NULL);
  fixture.fake->microseconds = 1000; /* slow enough for the smallest slices */
  fake_backend_gate (fixture.fake, true);
  writer = ask (&fixture, writer_prompt, 400, true);
  fake_backend_permit (fixture.fake, 5);
  fake_backend_await (fixture.fake);
  slow = ask (&fixture, long_prompt, 5, true);
  fake_backend_permit (fixture.fake, 2);
  fake_backend_await (fixture.fake);
  answer_take (&writes, writer);
  before = writes.ids->len;
  quick = ask (&fixture, short_prompt, 2, true);
  fake_backend_permit (fixture.fake, 1);
  fake_backend_await (fixture.fake);
  for (int i = 0; i < 10; i++) {
    fake_backend_permit (fixture.fake, 1);
    fake_backend_await (fixture.fake);
  }
  answer_take (&writes, writer);
  g_assert_cmpuint (writes.ids->len, ==, before + 11);
  answer_take (&quicks, quick);
  g_assert_true (quicks.ended);
  answer_take (&slows, slow);
  g_assert_cmpuint (slows.ids->len, ==, 0);
  fake_backend_gate (fixture.fake, false);
  answer_finish (&writes, writer);
  answer_finish (&slows, slow);
  answer_finish (&quicks, quick);
  expect_ids (&writes, writer_prompt);
  expect_ids (&slows, long_prompt);
  expect_ids (&quicks, short_prompt);
  fixture_clear (&fixture);
  answer_clear (&writes);
  answer_clear (&slows);
  answer_clear (&quicks);
  g_array_unref (writer_prompt);
  g_array_unref (long_prompt);
  g_array_unref (short_prompt);
}

static void
test_small_cache (gconstpointer architecture)
{
  enum { N = 6 };
  /* Room for little more than one context: the youngest have to give way and start again. */
  const EngineRunnerOptions options = { .n_context = 512, .cache_bytes = 16 * PAGE * sizeof (uint64_t) };
  const EngineRunnerOptions tiny = { .n_context = 512, .cache_bytes = 5 * PAGE * sizeof (uint64_t) };
  Fixture fixture;
  EngineError error = { 0 };
  Tokens *prompts[N];
  EngineRequest *requests[N];

  fixture_init (&fixture, architecture, &options);
  fixture.speculate = ENGINE_SPECULATE_LOOKUP;
  g_assert_null (engine_runner_new (fixture.model, &tiny, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_true (g_pattern_match_simple ("*already*", error.message));
  engine_runner_unref (fixture.runner);
  error = (EngineError) { 0 };
  g_assert_null (engine_runner_new (fixture.model, &tiny, &error));
  g_assert_cmpint (error.code, ==, ENGINE_NO_MEMORY);
  g_assert_true (g_pattern_match_simple ("*512 tokens*", error.message));
  fixture.runner = engine_runner_new (fixture.model, &options, NULL);
  fake_backend_gate (fixture.fake, true);
  for (int i = 0; i < N; i++) {
    prompts[i] = tokens_new (i, 100 + i * 20);
    requests[i] = ask (&fixture, prompts[i], 250, true);
  }
  fake_backend_gate (fixture.fake, false);
  for (int i = 0; i < N; i++) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    g_assert_cmpstr (answer.last.error.message, ==, "");
    g_assert_cmpuint (answer.ids->len, ==, 250);
    expect_ids (&answer, prompts[i]);
    answer_clear (&answer);
    g_array_unref (prompts[i]);
  }
  fixture_clear (&fixture);
}

/* Times that the engine's thread went to sleep. */
static guint64
sleeps (void)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint64 n = 0;
  guint found = 0;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/status", name);
    g_autofree char *status = NULL;

    g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
    if (!strstr (status, "melete-engine"))
      continue;
    n = g_ascii_strtoull (strstr (status, "\nvoluntary_ctxt_switches:") + 25, NULL, 10);
    found++;
  }
  g_dir_close (dir);
  g_assert_cmpuint (found, ==, 1);
  return n;
}

static void
test_idle (void)
{
  Fixture fixture;
  Tokens *prompt = tokens_new (1, 100);
  guint64 before;

  fixture_init (&fixture, "llama", NULL);
  converse (&fixture, prompt, 20);
  usleep (50 * 1000);
  before = sleeps ();
  usleep (300 * 1000);
  g_assert_cmpuint (sleeps (), ==, before);
  fixture_clear (&fixture);
  g_array_unref (prompt);
}

/* Everything at once, in caches of several sizes: conversations that go on and branch,
 * requests that are paused, stopped or thrown away. Whatever comes is the beginning of the answer. */
static void
storm (guint32 seed, const char *architecture, const EngineRunnerOptions *options)
{
  enum { N = 12, ROUNDS = 150 };
  GRand *rand = g_rand_new_with_seed (seed);
  Fixture fixture;
  struct { EngineRequest *request; Tokens *prompt; Answer answer; } slots[N] = { 0 };
  GPtrArray *past = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  fixture_init (&fixture, architecture, options);
  fixture.speculate = ENGINE_SPECULATE_LOOKUP;
  for (int round = 0; round < ROUNDS * N; round++) {
    int i = g_rand_int_range (rand, 0, N), dice = g_rand_int_range (rand, 0, 10);

    if (!slots[i].request) {
      int32_t room = options->n_context - 1;

      slots[i].prompt = tokens_new (g_rand_int_range (rand, 0, 4), g_rand_int_range (rand, 1, room));
      if (past->len && dice < 7) {
        Tokens *before = g_ptr_array_index (past, g_rand_int_range (rand, 0, past->len));

        g_array_set_size (slots[i].prompt, MIN (slots[i].prompt->len, 20));
        g_array_prepend_vals (slots[i].prompt, before->data, g_rand_int_range (rand, 0, before->len + 1));
        g_array_set_size (slots[i].prompt, MIN (slots[i].prompt->len, room));
      }
      answer_init (&slots[i].answer);
      slots[i].request = ask (&fixture, slots[i].prompt, g_rand_int_range (rand, 0, 80), dice % 2);
    } else if (dice < 6) {
      if (dice < 2)
        engine_request_pause (slots[i].request, dice == 0);
      answer_take (&slots[i].answer, slots[i].request);
      continue;
    } else {
      if (dice == 6)
        engine_request_cancel (slots[i].request);
      else if (dice > 7)
        engine_request_pause (slots[i].request, false);
      if (dice == 7)
        engine_request_unref (slots[i].request);
      else
        answer_finish (&slots[i].answer, slots[i].request);
      g_assert_cmpstr (slots[i].answer.last.error.message, ==, "");
      expect_ids (&slots[i].answer, slots[i].prompt);
      tokens_add (slots[i].prompt, slots[i].answer.ids);
      g_ptr_array_add (past, slots[i].prompt);
      answer_clear (&slots[i].answer);
      slots[i].request = NULL;
    }
  }
  for (int i = 0; i < N; i++)
    if (slots[i].request) {
      engine_request_unref (slots[i].request);
      answer_clear (&slots[i].answer);
      g_array_unref (slots[i].prompt);
    }
  g_ptr_array_unref (past);
  fixture_clear (&fixture);
  g_rand_free (rand);
}

static void
test_storm (void)
{
  const size_t page = PAGE * sizeof (uint64_t);
  guint32 seed = g_test_rand_int ();

  g_test_message ("seed %u", seed);
  /* Without limit; then with the least that is allowed: one context, a page to spare, and for
   * the window what it sees of a picture and before it. */
  storm (seed, "llama", &(EngineRunnerOptions) { .n_context = 700 });
  storm (seed, "llama", &(EngineRunnerOptions) { .n_context = 700, .cache_bytes = 12 * page });
  storm (seed, "gemma3", &(EngineRunnerOptions) { .n_context = 700, .cache_bytes = 18 * page });
  storm (seed, "gemma3", &(EngineRunnerOptions) { .n_context = 700, .cache_bytes = 60 * page, .max_requests = 3 });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/runner/reuse/full", "qwen2", test_reuse);
  g_test_add_data_func ("/engine/runner/reuse/window", "gemma3", test_reuse);
  g_test_add_data_func ("/engine/runner/own-words/full", "llama", test_own_words);
  g_test_add_data_func ("/engine/runner/own-words/window", "gemma3", test_own_words);
  g_test_add_func ("/engine/runner/stop", test_stop);
  g_test_add_func ("/engine/runner/context", test_context);
  g_test_add_data_func ("/engine/runner/together/full", "llama", test_together);
  g_test_add_data_func ("/engine/runner/together/window", "gemma3", test_together);
  g_test_add_func ("/engine/runner/common-beginning", test_common_beginning);
  g_test_add_func ("/engine/runner/fair", test_fair);
  g_test_add_data_func ("/engine/runner/small-cache/full", "llama", test_small_cache);
  g_test_add_data_func ("/engine/runner/small-cache/window", "gemma3", test_small_cache);
  g_test_add_func ("/engine/runner/idle", test_idle);
  g_test_add_func ("/engine/runner/storm", test_storm);
  return g_test_run ();
}
