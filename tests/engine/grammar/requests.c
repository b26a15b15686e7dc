/* SPDX-License-Identifier: MIT */
/* Requests that follow a grammar, with a small random model: whatever it would say, the answer fits. */
#include "answer.h"
#include "tiny-model.h"

#include <string.h>

typedef struct {
  EngineModel  *model;
  EngineRunner *runner;
} Fixture;

static void
add_sections (GgufWriter *writer)
{
  gguf_write_ints (writer, "qwen2vl.rope.dimension_sections", (const gint32[]) { 12, 10, 10, 0 }, 4);
}

static void
fixture_init (Fixture *fixture, const char *architecture)
{
  const TinyModel tiny = { .architecture = architecture, .type = ENGINE_TYPE_F32, .seed = 3, .extra = g_str_equal (architecture, "qwen2vl") ? add_sections : NULL };
  EngineError error = { 0 };

  fixture->model = tiny_model_load (&tiny, NULL);
  fixture->runner = engine_runner_new (fixture->model, NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
}

static void
fixture_clear (Fixture *fixture)
{
  engine_runner_unref (fixture->runner);
  engine_model_unref (fixture->model);
}

static EngineGrammar *
schema (const char *json, bool tight)
{
  const EngineSchemaOptions options = { .closed = true, .tight = tight };
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_grammar_from_schema (json, strlen (json), &options, &error);

  g_assert_cmpstr (error.message, ==, "");
  return grammar;
}

static gboolean
fits (EngineGrammar *grammar, const char *text)
{
  bool result;

  g_assert_true (engine_grammar_match (grammar, text, strlen (text), &result, NULL, NULL));
  return result;
}

static const char person[] = "{\"type\":\"object\",\"properties\":{\"first_name\":{\"type\":\"string\",\"maxLength\":6},\"age\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":99},"
                             "\"likes\":{\"type\":\"array\",\"items\":{\"enum\":[\"red\",\"green\"]},\"maxItems\":2}},\"required\":[\"first_name\",\"age\",\"likes\"]}";

static EngineRequestParams
params_of (EngineGrammar *grammar, guint64 seed)
{
  static const EngineMessage message = { "user", "Say something" };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .grammar = grammar };

  engine_sampling_init (&params.sampling);
  params.sampling.seed = seed;
  return params;
}

static void
ask (Fixture *fixture, const EngineRequestParams *params, Answer *answer)
{
  EngineError error = { 0 };
  EngineRequest *request = engine_runner_submit (fixture->runner, params, &error);

  g_assert_cmpstr (error.message, ==, "");
  answer_init (answer);
  answer_finish (answer, request);
}

static void
test_sampling (void)
{
  Fixture fixture;

  fixture_init (&fixture, "llama");
  for (int kind = 0; kind < 12; kind++) {
    EngineGrammar *grammar = schema (person, kind % 2);
    EngineRequestParams params = params_of (grammar, (guint64) kind);
    Answer answer;

    params.sampling.temperature = kind < 2 ? 0 : 1.5f;
    params.sampling.top_k = kind == 3 ? 3 : 0;
    params.sampling.top_p = kind == 4 ? 0.5f : 1;
    params.sampling.min_p = kind == 5 ? 0.2f : 0;
    params.sampling.repeat_penalty = kind == 6 ? 1.5f : 1;
    params.sampling.frequency_penalty = kind == 7 ? 1 : 0;
    params.sampling.dry_multiplier = kind == 8 ? 1 : 0;
    params.sampling.mirostat_tau = kind == 9 ? 4 : 0;
    params.sampling.xtc_probability = kind == 10 ? 1 : 0;
    params.sampling.typical_p = kind == 11 ? 0.5f : 1;
    ask (&fixture, &params, &answer);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_STOP);
    if (!fits (grammar, answer.text->str))
      g_error ("%d: %s", kind, answer.text->str);
    g_assert_cmpint (answer.last.stats.decode_tokens, ==, answer.ids->len);
    g_assert_cmpint (answer.last.stats.masks, >, 0);
    g_assert_cmpint (answer.last.stats.masks + answer.last.stats.forced_tokens, ==, answer.last.stats.decode_tokens);
    if (kind % 2)
      g_assert_cmpint (answer.last.stats.forced_tokens, >, answer.last.stats.masks);
    answer_clear (&answer);
    engine_grammar_unref (grammar);
  }
  fixture_clear (&fixture);
}

/* Forced tokens are evaluated together: what comes after them is what a request says that has them in its prompt. */
static void
test_forced (gconstpointer architecture)
{
  EngineGrammar *whole = schema ("{\"type\":\"object\",\"properties\":{\"aaaabbbb\":{\"type\":\"integer\"},\"ccccdddd\":{\"type\":\"string\",\"maxLength\":20}},\"required\":[\"aaaabbbb\",\"ccccdddd\"]}", true);
  Fixture fixture;
  EngineRequestParams params = params_of (whole, 1);
  Answer first, second;
  g_autofree char *beginning = NULL;

  fixture_init (&fixture, architecture);
  ask (&fixture, &params, &first);
  g_assert_true (fits (whole, first.text->str));
  beginning = g_strndup (first.text->str, (gsize) (strstr (first.text->str, "dddd\": ") + 7 - first.text->str));
  params.answer_prefix = beginning;
  ask (&fixture, &params, &second);
  /* Greedy: the same continuation, as long as the prefix is cut into the same tokens, which is what canonical tokens are for. */
  g_assert_cmpstr (second.text->str, ==, first.text->str + strlen (beginning));
  params.answer_prefix = "[";
  g_assert_null (engine_runner_submit (fixture.runner, &params, NULL));
  answer_clear (&first);
  answer_clear (&second);
  engine_grammar_unref (whole);
  fixture_clear (&fixture);
}

static void
test_together (void)
{
  EngineGrammar *grammar = schema (person, true);
  EngineRequest *requests[6];
  Fixture fixture;

  fixture_init (&fixture, "llama");
  for (guint64 i = 0; i < G_N_ELEMENTS (requests); i++) {
    EngineRequestParams params = params_of (i == 5 ? NULL : grammar, i);

    params.sampling.temperature = 1;
    params.max_tokens = i == 5 ? 50 : 0;
    requests[i] = engine_runner_submit (fixture.runner, &params, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, requests[i]);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    g_assert_true (i == 5 || fits (grammar, answer.text->str));
    answer_clear (&answer);
  }
  engine_grammar_unref (grammar);
  fixture_clear (&fixture);
}

static void
test_limits (void)
{
  EngineGrammar *grammar = schema (person, true);
  Fixture fixture;
  EngineRequestParams params = params_of (grammar, 1);
  Answer answer;

  fixture_init (&fixture, "llama");
  /* Cut off in the middle of forced tokens. */
  params.max_tokens = 5;
  params.top_logprobs = 3;
  ask (&fixture, &params, &answer);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_LENGTH);
  g_assert_cmpuint (answer.ids->len, ==, 5);
  g_assert_cmpuint (answer.logprobs->len, ==, 15);
  answer_clear (&answer);
  params.grammar = NULL;
  params.grammar_trigger = "x";
  g_assert_null (engine_runner_submit (fixture.runner, &params, NULL));
  engine_grammar_unref (grammar);
  fixture_clear (&fixture);
}

static void
test_trigger (void)
{
  EngineGrammar *grammar = schema (person, false);
  Fixture fixture;
  EngineRequestParams params = params_of (grammar, 0);
  Answer answer;
  int n_triggered = 0;

  fixture_init (&fixture, "llama");
  /* Pairs of letters are tokens, so that the trigger ends within one again and again, and what follows in it does not fit. */
  params.grammar_trigger = "b";
  params.sampling.temperature = 1;
  for (guint64 seed = 0; seed < 20; seed++) {
    const char *found;

    params.sampling.seed = seed;
    params.max_tokens = 400;
    ask (&fixture, &params, &answer);
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
    found = memchr (answer.text->str, 'b', answer.text->len);
    if (found && answer.last.finish == ENGINE_FINISH_STOP) {
      g_assert_true (fits (grammar, found + 1));
      n_triggered++;
    }
    answer_clear (&answer);
  }
  g_assert_cmpint (n_triggered, >, 5);
  fixture_clear (&fixture);
  engine_grammar_unref (grammar);
}

/* A special token, which has no text in the answer. */
static void
test_trigger_token (void)
{
  static const EngineLogitBias biases[] = { { TINY_IM_START, 1000 } };
  EngineGrammar *grammar = schema (person, true);
  Fixture fixture;
  EngineRequestParams params = params_of (grammar, 0);
  Answer answer;

  fixture_init (&fixture, "llama");
  params.grammar_trigger = "<|im_start|>";
  params.sampling.biases = biases;
  params.sampling.n_biases = 1;
  ask (&fixture, &params, &answer);
  g_assert_cmpint (answer.last.finish, ==, ENGINE_FINISH_STOP);
  g_assert_cmpint (g_array_index (answer.ids, int32_t, 0), ==, TINY_IM_START);
  g_assert_true (fits (grammar, answer.text->str));
  answer_clear (&answer);
  fixture_clear (&fixture);
  engine_grammar_unref (grammar);
}

int
main (int argc, char **argv)
{
  /* With a window, several positions for a token, and states. */
  static const char *const architectures[] = { "llama", "gemma3", "qwen2vl", "qwen35", "falcon-h1" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grammar/requests/sampling", test_sampling);
  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++) {
    g_autofree char *path = g_strconcat ("/grammar/requests/forced/", architectures[i], NULL);

    g_test_add_data_func (path, architectures[i], test_forced);
  }
  g_test_add_func ("/grammar/requests/together", test_together);
  g_test_add_func ("/grammar/requests/limits", test_limits);
  g_test_add_func ("/grammar/requests/trigger", test_trigger);
  g_test_add_func ("/grammar/requests/trigger-token", test_trigger_token);
  return g_test_run ();
}
