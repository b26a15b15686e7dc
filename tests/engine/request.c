/* SPDX-License-Identifier: MIT */
/* What the caller sees of a request: events, wake, cancel, unref, in every stage, on a
 * backend that the test holds at a gate. */
#include "answer.h"
#include "fake-backend.h"
#include "runner.h"
#include "tiny-model.h"

#include <string.h>

typedef struct {
  EngineModel  *model;
  FakeBackend  *fake;
  EngineRunner *runner;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1 };
  EngineError error = { 0 };

  fixture->model = tiny_model_load (&tiny, NULL);
  fixture->fake = fake_backend_install (fixture->model);
  fixture->runner = engine_runner_new (fixture->model, NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_nonnull (fixture->runner);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  engine_runner_unref (fixture->runner);
  fake_backend_remove (fixture->fake);
  engine_model_unref (fixture->model);
}

/* A prompt of `n` tokens that depends on `seed`. */
static EngineRequest *
ask (Fixture *fixture, int32_t seed, int32_t n, int32_t max_tokens, void (*wake) (void *), void *user)
{
  int32_t *tokens = g_new (int32_t, n);
  EngineRequestParams params = { .tokens = tokens, .n_tokens = n, .max_tokens = max_tokens, .ignore_end = true,
                                 .wake = wake, .wake_user = user };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  for (int32_t i = 0; i < n; i++)
    tokens[i] = (seed + i * 7) % 500;
  request = engine_runner_submit (fixture->runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_nonnull (request);
  g_free (tokens);
  return request;
}

static void
expect_answer (const Answer *answer, int32_t seed, int32_t n, guint length)
{
  int32_t *tokens = g_new (int32_t, n + length);

  g_assert_cmpuint (answer->ids->len, ==, length);
  for (int32_t i = 0; i < n; i++)
    tokens[i] = (seed + i * 7) % 500;
  for (guint i = 0; i < length; i++) {
    tokens[n + i] = fake_backend_next (tokens, n + i);
    g_assert_cmpint (g_array_index (answer->ids, int32_t, i), ==, tokens[n + i]);
  }
  g_free (tokens);
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *request = ask (fixture, 3, 200, 50, NULL, NULL);
  EngineEvent event;

  answer_init (&answer);
  while (!answer.ended) {
    engine_request_wait (request);
    answer_take (&answer, request);
  }
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_LENGTH);
  g_assert_cmpint (answer.last.stats.prompt_tokens, ==, 200);
  g_assert_cmpint (answer.last.stats.reused_tokens, ==, 0);
  g_assert_cmpint (answer.last.stats.decode_tokens, ==, 50);
  g_assert_cmpuint (answer.n_progress, >, 0);
  expect_answer (&answer, 3, 200, 50);
  /* After the end there is nothing, and waiting returns. */
  engine_request_wait (request);
  g_assert_false (engine_request_next (request, &event));
  engine_request_unref (request);
  answer_clear (&answer);
}

/* All that came while nobody looked is one progress, one text, one end. */
static void
test_joined (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *request = ask (fixture, 3, 200, 50, NULL, NULL), *later;

  answer_init (&answer);
  later = ask (fixture, 900, 10, 200, NULL, NULL);
  answer_finish (&answer, later);
  answer_clear (&answer);

  answer_init (&answer);
  answer_finish (&answer, request);
  g_assert_cmpuint (answer.n_progress, ==, 1);
  g_assert_cmpuint (answer.n_text, ==, 1);
  expect_answer (&answer, 3, 200, 50);
  answer_clear (&answer);
}

static void
count_wake (void *user)
{
  g_atomic_int_inc ((gint *) user);
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  gint wakes = 0;
  Answer answer;
  EngineRequest *request;

  answer_init (&answer);
  fake_backend_gate (fixture->fake, true);
  request = ask (fixture, 3, 20, 60, count_wake, &wakes);
  fake_backend_permit (fixture->fake, 20);
  fake_backend_await (fixture->fake);
  /* Many events, one wake: nobody has emptied the queue yet. */
  g_assert_cmpint (g_atomic_int_get (&wakes), ==, 1);
  answer_take (&answer, request);
  g_assert_cmpint (g_atomic_int_get (&wakes), ==, 1);
  fake_backend_permit (fixture->fake, 20);
  fake_backend_await (fixture->fake);
  g_assert_cmpint (g_atomic_int_get (&wakes), ==, 2);
  fake_backend_gate (fixture->fake, false);
  answer_finish (&answer, request);
  expect_answer (&answer, 3, 20, 60);
  answer_clear (&answer);
}

static void
test_cancel_prefill (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *request;

  answer_init (&answer);
  fake_backend_gate (fixture->fake, true);
  request = ask (fixture, 3, 1500, 10, NULL, NULL);
  fake_backend_permit (fixture->fake, 2);
  fake_backend_await (fixture->fake);
  /* A submission stands in the middle of the prompt; the gate stays shut. */
  engine_request_cancel (request);
  engine_request_cancel (request);
  answer_finish (&answer, request);
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
  g_assert_cmpuint (answer.ids->len, ==, 0);
  g_assert_cmpuint (fixture->fake->n_cancelled, ==, 1);
  answer_clear (&answer);

  /* What the finished slices left is used. */
  fake_backend_gate (fixture->fake, false);
  answer_init (&answer);
  answer_finish (&answer, ask (fixture, 3, 1500, 10, NULL, NULL));
  g_assert_cmpint (answer.last.stats.reused_tokens, >=, 2 * ENGINE_PAGE_TOKENS);
  g_assert_cmpint (answer.last.stats.reused_tokens % ENGINE_PAGE_TOKENS, ==, 0);
  expect_answer (&answer, 3, 1500, 10);
  answer_clear (&answer);
}

static void
test_cancel_decode (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *request;

  answer_init (&answer);
  fake_backend_gate (fixture->fake, true);
  request = ask (fixture, 3, 20, 0, NULL, NULL);
  fake_backend_permit (fixture->fake, 12);
  fake_backend_await (fixture->fake);
  engine_request_cancel (request);
  fake_backend_permit (fixture->fake, 1);
  answer_finish (&answer, request);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
  /* What was written is kept: one token from the prompt, eleven from decoding, one that was under way. */
  expect_answer (&answer, 3, 20, 13);
  answer_clear (&answer);
}

static void
test_cancel_queued (Fixture *fixture, gconstpointer data)
{
  enum { N = 10 };
  EngineRequest *requests[N];
  Answer answer;

  fake_backend_gate (fixture->fake, true);
  for (int i = 0; i < N; i++)
    requests[i] = ask (fixture, i, 100, 5, NULL, NULL);
  fake_backend_await (fixture->fake);
  /* Eight run, two wait in the queue; one of those two goes, and the gate stays shut. */
  engine_request_cancel (requests[8]);
  answer_init (&answer);
  answer_finish (&answer, requests[8]);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
  g_assert_cmpint (answer.last.stats.decode_tokens, ==, 0);
  answer_clear (&answer);
  fake_backend_gate (fixture->fake, false);
  for (int i = 0; i < N; i++) {
    if (i == 8)
      continue;
    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    expect_answer (&answer, i, 100, 5);
    answer_clear (&answer);
  }
}

/* It holds with the next token, though the gate is open, others go on, and nothing of it is lost or comes twice. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  Answer answer, other;
  EngineRequest *request;
  guint64 n_runs;

  answer_init (&answer);
  fake_backend_gate (fixture->fake, true);
  request = ask (fixture, 3, 200, 40, NULL, NULL);
  while (answer.ids->len < 5) {
    fake_backend_await (fixture->fake);
    fake_backend_permit (fixture->fake, 1);
    answer_take (&answer, request);
  }
  fake_backend_await (fixture->fake);
  engine_request_pause (request, true);
  engine_request_pause (request, true);
  fake_backend_gate (fixture->fake, false);
  for (int i = 0; i < 2; i++) { /* the first may have come together with the last token of the paused one */
    answer_init (&other);
    answer_finish (&other, ask (fixture, 4 + i, 30, 10, NULL, NULL));
    expect_answer (&other, 4 + i, 30, 10);
    answer_clear (&other);
  }
  answer_take (&answer, request);
  g_assert_cmpuint (answer.ids->len, <=, 7);
  n_runs = fixture->fake->n_runs;
  g_usleep (20 * 1000);
  answer_take (&answer, request);
  g_assert_cmpuint (answer.ids->len, <=, 7);
  g_assert_cmpuint (fixture->fake->n_runs, ==, n_runs);
  g_assert_false (answer.ended);
  engine_request_pause (request, false);
  answer_finish (&answer, request);
  expect_answer (&answer, 3, 200, 40);
  answer_clear (&answer);
}

/* In the middle of its prompt, and before it has a place; it can be cancelled there. */
static void
test_pause_early (Fixture *fixture, gconstpointer data)
{
  enum { N = 10 };
  EngineRequest *requests[N];
  Answer answer;

  fake_backend_gate (fixture->fake, true);
  for (int i = 0; i < N; i++)
    requests[i] = ask (fixture, i, 1000, 5, NULL, NULL);
  fake_backend_permit (fixture->fake, 2);
  fake_backend_await (fixture->fake);
  for (int i = 0; i < N; i += 3) /* 9 has no place yet */
    engine_request_pause (requests[i], true);
  fake_backend_gate (fixture->fake, false);
  for (int i = 0; i < N; i++) {
    if (i % 3 == 0)
      continue;
    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    expect_answer (&answer, i, 1000, 5);
    answer_clear (&answer);
  }
  engine_request_cancel (requests[0]);
  answer_init (&answer);
  answer_finish (&answer, requests[0]);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
  answer_clear (&answer);
  for (int i = 3; i < 9; i += 3) {
    engine_request_pause (requests[i], false);
    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    expect_answer (&answer, i, 1000, 5);
    answer_clear (&answer);
  }
  engine_request_unref (requests[9]); /* which ends it */
}

static void
test_cancel_done (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *request = ask (fixture, 3, 20, 5, NULL, NULL);

  answer_init (&answer);
  while (!answer.ended) {
    engine_request_wait (request);
    answer_take (&answer, request);
  }
  engine_request_cancel (request);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_LENGTH);
  answer_finish (&answer, request);
  answer_clear (&answer);
}

typedef struct {
  gint alive, wakes;
} Target;

static void
wake_alive (void *user)
{
  Target *target = user;

  g_assert_cmpint (g_atomic_int_get (&target->alive), ==, 1);
  g_atomic_int_inc (&target->wakes);
}

static void
test_unref_running (Fixture *fixture, gconstpointer data)
{
  Answer answer;

  /* Thrown away at once, while waiting, while evaluating, while writing: no wake comes after. */
  for (int i = 0; i < 300; i++) {
    Target target = { .alive = 1 };
    EngineRequest *request = ask (fixture, i, 1 + i * 3, 0, wake_alive, &target);
    EngineEvent event;

    if (i % 3 == 1)
      engine_request_wait (request);
    if (i % 3 == 2)
      for (int n = 0; n < 5; n++) {
        engine_request_wait (request);
        engine_request_next (request, &event);
      }
    engine_request_unref (request);
    g_atomic_int_set (&target.alive, 0);
  }
  answer_init (&answer);
  answer_finish (&answer, ask (fixture, 3, 20, 5, NULL, NULL));
  expect_answer (&answer, 3, 20, 5);
  answer_clear (&answer);
}

static void
test_runner_goes (Fixture *fixture, gconstpointer data)
{
  EngineError error = { 0 };
  EngineRequest *running, *waiting[10];
  Answer answer;

  fake_backend_gate (fixture->fake, true);
  running = ask (fixture, 3, 1000, 0, NULL, NULL);
  for (int i = 0; i < 10; i++)
    waiting[i] = ask (fixture, i, 100, 0, NULL, NULL);
  fake_backend_permit (fixture->fake, 1);
  fake_backend_await (fixture->fake);
  engine_runner_ref (fixture->runner);
  engine_runner_unref (fixture->runner);
  engine_runner_unref (fixture->runner);
  /* Requests outlive their runner and say that they were stopped. */
  answer_init (&answer);
  engine_request_cancel (running);
  answer_finish (&answer, running);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
  answer_clear (&answer);
  for (int i = 0; i < 10; i++) {
    answer_init (&answer);
    answer_finish (&answer, waiting[i]);
    g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_CANCELLED);
    answer_clear (&answer);
  }
  fixture->runner = engine_runner_new (fixture->model, NULL, &error);
  g_assert_nonnull (fixture->runner);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  Answer answer;
  EngineRequest *other;

  /* A failing run ends those that took part with its message, and nobody else. */
  fixture->fake->fail_code = ENGINE_BAD_FILE;
  fixture->fake->fail_after = 5;
  answer_init (&answer);
  answer_finish (&answer, ask (fixture, 3, 20, 50, NULL, NULL));
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_ERROR);
  g_assert_cmpint (answer.last.error.code, ==, ENGINE_BAD_FILE);
  g_assert_cmpstr (answer.last.error.message, ==, "The fake backend was told to fail.");
  expect_answer (&answer, 3, 20, 5);
  answer_clear (&answer);

  fixture->fake->fail_after = -1;
  other = ask (fixture, 3, 20, 50, NULL, NULL);
  answer_init (&answer);
  answer_finish (&answer, other);
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (answer.last.stats.reused_tokens, ==, 19);
  expect_answer (&answer, 3, 20, 50);
  answer_clear (&answer);
}

static void
test_no_numbers (Fixture *fixture, gconstpointer data)
{
  Answer answer;

  fixture->fake->no_numbers = true;
  answer_init (&answer);
  answer_finish (&answer, ask (fixture, 3, 20, 50, NULL, NULL));
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_ERROR);
  g_assert_cmpint (answer.last.error.code, ==, ENGINE_INTERNAL);
  g_assert_cmpstr (answer.last.error.message, ==, "The model's output at position 20 is not a number.");
  answer_clear (&answer);
}

static void
expect_refused (Fixture *fixture, EngineRequestParams *params, const char *pattern)
{
  EngineError error = { 0 };

  g_assert_null (engine_runner_submit (fixture->runner, params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  if (!g_pattern_match_simple (pattern, error.message))
    g_error ("\"%s\" does not match \"%s\"", error.message, pattern);
}

static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  int32_t tokens[3000] = { 0 };
  EngineRequestParams params = { 0 }, base;

  engine_sampling_init (&params.sampling);
  expect_refused (fixture, &params, "The prompt is empty.");
  params.tokens = tokens;
  params.n_tokens = 3;
  base = params;
  tokens[1] = TINY_N_VOCAB;
  expect_refused (fixture, &params, "Token 512 of the prompt is not in *512*");
  tokens[1] = -1;
  expect_refused (fixture, &params, "Token -1 *");
  tokens[1] = 0;
  params.n_tokens = 2048;
  expect_refused (fixture, &params, "*2048 tokens*2048*");
  params = base;
  params.max_tokens = -1;
  expect_refused (fixture, &params, "max_tokens *");
  params = base;
  params.sampling.temperature = -1;
  expect_refused (fixture, &params, "*");
  params = base;
  params.messages = &(EngineMessage) { .role = "user" };
  params.n_messages = 1;
  expect_refused (fixture, &params, "Message 1 *");
}

/* A prompt is measured by the rules by which it is built, even one that could not be sent. */
static void
test_measure (Fixture *fixture, gconstpointer data)
{
  int32_t n_context = engine_runner_context (fixture->runner), *tokens, n, dropped;
  g_autofree int32_t *raw = g_new0 (int32_t, n_context + 1);
  g_autofree char *text = g_strnfill (n_context, 'a');
  const EngineMessage messages[] = { { "system", "Be kind." }, { "user", text }, { "assistant", "Yes?" }, { "user", text }, { "assistant", "No." }, { "user", "a" } };
  EngineRequestParams params = { .tokens = raw, .n_tokens = 100 };
  EngineRequestParams chat = { .messages = messages, .n_messages = G_N_ELEMENTS (messages) };
  EngineMeasure measure = { 0 };
  EngineMediaList media = { 0 };
  EngineError error = { 0 };

  g_assert_true (engine_runner_measure (fixture->runner, &params, &measure, &error));
  g_assert_cmpint (measure.n_context, ==, n_context);
  g_assert_cmpint (measure.prompt_tokens, ==, 100);
  g_assert_cmpint (measure.dropped_messages, ==, 0);
  params.n_tokens = n_context + 1;
  g_assert_true (engine_runner_measure (fixture->runner, &params, &measure, &error));
  g_assert_cmpint (measure.prompt_tokens, ==, n_context + 1);

  g_assert_true (engine_prompt_build (fixture->model, &chat, n_context, &tokens, &n, &media, &dropped, &error));
  g_assert_true (engine_runner_measure (fixture->runner, &chat, &measure, &error));
  g_assert_cmpint (measure.prompt_tokens, ==, n);
  g_assert_cmpint (measure.dropped_messages, ==, dropped);
  g_assert_cmpint (dropped, >, 0);
  free (tokens);

  params.n_tokens = 0;
  g_assert_false (engine_runner_measure (fixture->runner, &params, &measure, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
}

/* A model that says the language first: what it says before its mark is no part of the answer; where no mark comes, or something else is said, all of it is. */
static void
test_heading (void)
{
  static const struct { const char *says, *answer; } cases[] = {
    { "language German<asr_text>Guten Tag.", "Guten Tag." },
    { "language None<asr_text>", "" },
    { "languages differ<asr_text>", "languages differ<asr_text>" },
    { "language is a very long word for what a person would rather call speech<asr_text>.", "language is a very long word for what a person would rather call speech<asr_text>." },
    { "Guten Tag.", "Guten Tag." },
    { "language German", "language German" },
    { "language German<asr_text>Einmal<asr_text>", "Einmal<asr_text>" },
  };
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1, .word = "<asr_text>" };
  EngineModel *model = tiny_model_load (&tiny, NULL);
  FakeBackend *fake = fake_backend_install (model);
  EngineError error = { 0 };
  EngineRunner *runner = engine_runner_new (model, NULL, &error);

  g_assert_nonnull (runner);
  g_assert_nonnull (engine_heading_of (model->vocab));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint32 prompt[] = { 'a', 'b', 'c', (gint32) ('d' + i) }, *script;
    gsize n;
    EngineRequestParams params = { .tokens = prompt, .n_tokens = G_N_ELEMENTS (prompt) };
    EngineRequest *request;
    Answer answer;

    g_assert_true (engine_vocab_encode (model->vocab, cases[i].says, strlen (cases[i].says), ENGINE_TOKENIZE_SPECIAL, &script, &n, &error));
    script = realloc (script, (n + 1) * sizeof *script);
    script[n++] = TINY_IM_END;
    fake->script = script;
    fake->script_at = params.n_tokens;
    fake->n_script = (gint32) n;
    engine_sampling_init (&params.sampling);
    params.sampling.temperature = 0;
    request = engine_runner_submit (runner, &params, &error);
    g_assert_nonnull (request);
    answer_init (&answer);
    answer_finish (&answer, request);
    g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_STOP);
    g_assert_cmpstr (answer.text->str, ==, cases[i].answer);
    g_assert_cmpint (answer.last.stats.decode_tokens, >=, (gint32) n - 1);
    answer_clear (&answer);
    fake->script = NULL;
    free (script);
  }
  engine_runner_unref (runner);
  fake_backend_remove (fake);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/engine/request/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("events", test_events);
  ADD ("joined", test_joined);
  ADD ("wake", test_wake);
  ADD ("cancel-prefill", test_cancel_prefill);
  ADD ("cancel-decode", test_cancel_decode);
  ADD ("cancel-queued", test_cancel_queued);
  ADD ("pause", test_pause);
  ADD ("pause-early", test_pause_early);
  ADD ("cancel-done", test_cancel_done);
  ADD ("unref-running", test_unref_running);
  ADD ("runner-goes", test_runner_goes);
  ADD ("failure", test_failure);
  ADD ("no-numbers", test_no_numbers);
  ADD ("bad-input", test_bad_input);
  ADD ("measure", test_measure);
  g_test_add_func ("/engine/request/heading", test_heading);
  return g_test_run ();
}
