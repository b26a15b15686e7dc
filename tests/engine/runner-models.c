/* SPDX-License-Identifier: MIT */
/* Conversations with real models, as the application has them: each turn evaluates exactly
 * what is new, and asking again with the same seed gives the same answer. */
#include "answer.h"

static const char *const ids[] = { "smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct" };

static EngineModel *
load (const char *id)
{
  const char *folder = g_getenv ("MELETE_MODELS");
  g_autofree char *models = folder ? g_strdup (folder) : g_build_filename (g_get_user_data_dir (), "melete", "models", NULL);
  g_autofree char *name = g_strconcat (id, ".gguf", NULL), *path = g_build_filename (models, name, NULL);
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, NULL, &error);

  if (!model)
    g_error ("%s (\"./dev test\" fetches the model; or set MELETE_MODELS to the directory that has it.)", error.message);
  return model;
}

static void
ask (EngineRunner *runner, const EngineMessage *messages, size_t n_messages, const char *answer_prefix, uint64_t seed, Answer *answer)
{
  EngineRequestParams params = { .messages = messages, .n_messages = n_messages, .answer_prefix = answer_prefix, .max_tokens = 40 };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  params.sampling.temperature = 1.2f; /* hot, so that words come in unusual tokens */
  params.sampling.top_p = 0.95f;
  params.sampling.seed = seed;
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  answer_init (answer);
  answer_finish (answer, request);
  g_assert_cmpint (answer->last.kind, ==, ENGINE_EVENT_DONE);
}

static void
test_conversation (gconstpointer id)
{
  static const char *const questions[] = {
    "Hi! My name is Ada. Who are you?", "Write a word in Greek, one in Chinese, and an emoji.", "And now a line of C.", "What is my name?",
  };
  EngineModel *model = load (id);
  EngineError error = { 0 };
  EngineRunner *runner = engine_runner_new (model, NULL, &error);
  EngineMessage messages[2 * G_N_ELEMENTS (questions) + 1] = { { "system", "You are a helpful assistant." } };
  size_t n = 1;
  int32_t evaluated = 0;

  g_assert_cmpstr (error.message, ==, "");
  for (guint turn = 0; turn < G_N_ELEMENTS (questions); turn++) {
    Answer first, again, on;

    messages[n++] = (EngineMessage) { "user", questions[turn] };
    ask (runner, messages, n, NULL, turn, &first);
    g_test_message ("%s: %s", (const char *) id, first.text->str);
    g_assert_cmpint (first.last.stats.reused_tokens, ==, evaluated);
    evaluated = first.last.stats.prompt_tokens + first.ids->len - (first.last.finish == ENGINE_FINISH_LENGTH);

    /* Regenerate. */
    ask (runner, messages, n, NULL, turn, &again);
    g_assert_cmpint (again.last.stats.reused_tokens, ==, again.last.stats.prompt_tokens - 1);
    g_assert_cmpmem (first.ids->data, first.ids->len * sizeof (int32_t), again.ids->data, again.ids->len * sizeof (int32_t));
    g_assert_cmpstr (first.text->str, ==, again.text->str);

    /* Continue, from all that there is; that evaluates the last token too. */
    if (first.text->len) {
      evaluated = first.last.stats.prompt_tokens + first.ids->len;
      ask (runner, messages, n, first.text->str, turn, &on);
      g_assert_cmpint (on.last.stats.prompt_tokens, ==, first.last.stats.prompt_tokens + first.ids->len);
      g_assert_cmpint (on.last.stats.reused_tokens, ==, on.last.stats.prompt_tokens - 1);
      answer_clear (&on);
    }
    messages[n++] = (EngineMessage) { "assistant", g_strdup (first.text->str) };
    answer_clear (&first);
    answer_clear (&again);
  }
  for (size_t i = 2; i < n; i += 2)
    g_free ((char *) messages[i].content);
  engine_runner_unref (runner);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *path = g_strconcat ("/engine/runner-models/", ids[i], NULL);

    g_test_add_data_func (path, ids[i], test_conversation);
  }
  return g_test_run ();
}
