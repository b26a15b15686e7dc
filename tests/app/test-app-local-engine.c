/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine of this process with a real model: loading, answering, reusing, stopping, unloading. */
#include <string.h>

#include "fixture.h"

#include "app-error.h"
#include "app-local-completion.h"
#include "app-model-private.h"

#define REAL_MODEL "smollm2-135m-instruct"

typedef struct {
  AppSettings *settings;
  AppEngine *engine;
  AppModel *model;
} Local;

static AppModel *
model_at (const char *path)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  AppModel *model;

  g_free (facts->name);
  facts->name = g_strdup ("Real");
  model = app_model_new (facts);
  app_model_set_path (model, path, FALSE);
  return model;
}

static void
set (Local *local, const char *key, int value)
{
  g_settings_set_int (app_settings_get_gsettings (local->settings), key, value);
}

static void
set_up (Local *local, gconstpointer data)
{
  const char *directory = g_getenv ("MELETE_MODELS");
  g_autofree char *path = directory ? g_build_filename (directory, REAL_MODEL ".gguf", NULL)
                                    : g_build_filename (g_get_user_data_dir (), "melete", "models", REAL_MODEL ".gguf", NULL);

  local->settings = app_settings_new (NULL);
  g_assert_nonnull (local->settings);
  set (local, "threads", 2);
  set (local, "context", 2048);
  local->engine = app_local_engine_new (local->settings, NULL);
  local->model = model_at (path);
}

static void
tear_down (Local *local, gconstpointer data)
{
  for (int i = 0; i < 5000 && G_OBJECT (local->engine)->ref_count > 1; i++) {
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (1000);
  }
  g_assert_finalize_object (local->engine);
  g_assert_finalize_object (local->model);
  g_assert_finalize_object (local->settings);
}

static void
load_model (Local *local)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (local->engine, local->model, NULL, keep_result, &result);
  app_engine_load_finish (local->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (app_engine_get_state (local->engine), ==, APP_ENGINE_READY);
}

typedef struct {
  GString *text, *thought;
  gboolean asks; /* for the answer, as soon as there is a thought */
  AppStats stats;
  gboolean finished, cancelled;
  char *error;
  AppCompletion *completion;
} Answer;

static void
on_text (AppCompletion *completion, const char *piece, Answer *answer)
{
  g_assert_true (g_utf8_validate (piece, -1, NULL));
  g_string_append (answer->text, piece);
}

static void
on_thought (AppCompletion *completion, const char *piece, Answer *answer)
{
  g_assert_cmpuint (answer->text->len, ==, 0);
  g_string_append (answer->thought, piece);
  if (answer->asks)
    app_completion_answer_now (completion);
}

static void
on_finished (AppCompletion *completion, Answer *answer)
{
  const GError *error = app_completion_get_error (completion);

  answer->stats = *app_completion_get_stats (completion);
  answer->cancelled = app_completion_get_cancelled (completion);
  answer->error = error ? g_strdup (error->message) : NULL;
  answer->finished = TRUE;
}

static Answer *
begin (Local *local, AppPrompt *prompt)
{
  Answer *answer = g_new0 (Answer, 1);
  g_autoptr (GError) error = NULL;

  answer->text = g_string_new (NULL);
  answer->thought = g_string_new (NULL);
  answer->completion = app_engine_complete (local->engine, prompt, &error);
  g_assert_no_error (error);
  g_signal_connect (answer->completion, "text", G_CALLBACK (on_text), answer);
  g_signal_connect (answer->completion, "thought", G_CALLBACK (on_thought), answer);
  g_signal_connect (answer->completion, "finished", G_CALLBACK (on_finished), answer);
  app_completion_start (answer->completion);
  return answer;
}

static void
wait_finished (Answer *answer)
{
  WAIT_UNTIL (answer->finished);
}

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->completion);
  g_string_free (answer->text, TRUE);
  g_string_free (answer->thought, TRUE);
  g_free (answer->error);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static AppPrompt *
prompt_new (int max_tokens)
{
  AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = max_tokens };

  return app_prompt_new (&greedy);
}

/* Each number of the table reaches the sampler, and what is off here is off there. */
static void
test_sampling (void)
{
  AppSampling from = app_sampling_usual (), off = { .top_p = 1, .repeat_penalty = 1 };
  EngineSampling to, plain, other;
  guint n;
  const AppSamplingField *fields = app_sampling_get_fields (&n);

  engine_sampling_init (&plain);
  app_local_sampling (&off, &to);
  to.repeat_last = plain.repeat_last; /* means nothing without a penalty */
  to.mirostat_eta = plain.mirostat_eta;
  g_assert_cmpmem (&to, sizeof to, &plain, sizeof plain);

  from.dry_multiplier = 0.5;
  app_local_sampling (&from, &to);
  g_assert_cmpfloat_with_epsilon (to.temperature, 0.7, 1e-6);
  g_assert_cmpint (to.top_k, ==, 40);
  g_assert_cmpfloat_with_epsilon (to.dry_base, 1.75, 1e-6);
  for (guint i = 0; i < n; i++) {
    AppSampling changed = from;

    if (g_str_has_prefix (fields[i].key, "max-")) /* these are the request's, not the sampler's */
      continue;
    g_test_message ("%s", fields[i].key);
    app_sampling_set (&changed, &fields[i], fields[i].min + (fields[i].max - fields[i].min) * 0.375);
    app_local_sampling (&changed, &other);
    g_assert_cmpint (memcmp (&to, &other, sizeof to), !=, 0);
  }
}

static void
on_progress (AppEngine *engine, GParamSpec *pspec, guint *count)
{
  ++*count;
}

static void
test_answer (Local *local, gconstpointer data)
{
  g_autoptr (AppPrompt) prompt = prompt_new (40);
  g_autoptr (AppPrompt) next = prompt_new (40);
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) second = NULL;
  guint n_progress = 0;

  g_signal_connect (local->engine, "notify::progress", G_CALLBACK (on_progress), &n_progress);
  load_model (local);
  g_signal_handlers_disconnect_by_data (local->engine, &n_progress);

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "What is the capital of France? Answer with its name.");
  first = begin (local, prompt);
  wait_finished (first);
  g_assert_cmpstr (first->error, ==, NULL);
  g_test_message ("%s", first->text->str);
  g_assert_nonnull (strstr (first->text->str, "Paris"));
  g_assert_cmpint (first->stats.finish, !=, APP_FINISH_NONE);
  g_assert_cmpint (first->stats.tokens, >, 0);
  g_assert_cmpfloat (first->stats.first_token_ms, >, 0);

  /* The next turn evaluates only what is new. */
  app_prompt_add (next, APP_ROLE_USER, NULL, "What is the capital of France? Answer with its name.");
  app_prompt_add (next, APP_ROLE_ASSISTANT, NULL, first->text->str);
  app_prompt_add (next, APP_ROLE_USER, NULL, "And of Italy?");
  second = begin (local, next);
  wait_finished (second);
  g_assert_cmpstr (second->error, ==, NULL);
  g_assert_cmpint (second->stats.reused_tokens, >=, first->stats.prompt_tokens);
  g_assert_cmpint (second->stats.prompt_tokens, >, second->stats.reused_tokens);
}

static void
assert_says (Answer *answer, const char *word)
{
  g_autofree char *lower = g_utf8_strdown (answer->text->str, -1);

  g_test_message ("%s", answer->text->str);
  g_assert_nonnull (strstr (lower, word));
}

/* What is attached and longer than the context is searched: the passage that fits the question is given and can be cited, also when a later turn asks. */
/* A model that never learned to think writes a plan where one is wanted, and no more than it may; a greeting it answers at once. */
static void
test_thinking (Local *local, gconstpointer data)
{
  static const struct {
    AppThinking thinking;
    const char *note;
    gboolean thinks, asks;
  } cases[] = {
    { { APP_DEPTH_COMPACT, 0 }, "Hello!", FALSE, FALSE },
    { { APP_DEPTH_INSTANT, 0 }, "What is 3 * 7?", FALSE, FALSE },
    { { APP_DEPTH_COMPACT, 24 }, "What is 3 * 7?", TRUE, FALSE },
    { { APP_DEPTH_THOROUGH, 0 }, "Hello!", TRUE, TRUE },
  };

  load_model (local);
  g_assert_cmpint (app_engine_get_thinks (local->engine), ==, APP_THINKS_NO);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppPrompt) prompt = prompt_new (12);
    g_autoptr (Answer) answer = NULL;

    app_prompt_add (prompt, APP_ROLE_USER, NULL, cases[i].note);
    app_prompt_set_thinking (prompt, &cases[i].thinking);
    answer = begin (local, prompt);
    answer->asks = cases[i].asks;
    wait_finished (answer);
    g_test_message ("%s: [%s] %s", cases[i].note, answer->thought->str, answer->text->str);
    g_assert_cmpstr (answer->error, ==, NULL);
    g_assert_cmpuint (answer->text->len, >, 0);
    g_assert_cmpint (answer->thought->len > 0, ==, cases[i].thinks);
    g_assert_cmpint (answer->stats.thought_tokens > 0, ==, cases[i].thinks);
    g_assert_cmpint (answer->stats.thought_end != APP_THOUGHT_NONE, ==, cases[i].thinks);
    g_assert_null (strstr (answer->text->str, "think>"));
  }
}

static void
test_long_attachment (Local *local, gconstpointer data)
{
  g_autoptr (AppPrompt) prompt = prompt_new (60);
  g_autoptr (AppPrompt) next = prompt_new (60);
  g_autoptr (GPtrArray) documents = app_documents_new ();
  g_autoptr (GString) attached = g_string_new (NULL);
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) second = NULL;
  GPtrArray *sources;
  AppSource *source;

  load_model (local);
  for (int i = 0; i < 2000; i++)
    g_string_append_printf (attached, "[Page %d]\nLine %d tells of größere Vögel and 鳥. %s\n", i + 1, i, i == 1500 ? "The secret word is MALLARD." : "");
  g_ptr_array_add (documents, app_document_new (7, 0, "birds.txt", attached->str));
  app_prompt_add (prompt, APP_ROLE_USER, documents, "Which word is secret?");
  first = begin (local, prompt);
  wait_finished (first);
  g_assert_cmpstr (first->error, ==, NULL);
  assert_says (first, "mallard");
  g_assert_cmpint (first->stats.prompt_tokens, <, 2048 * 3 / 4);
  g_assert_cmpint (first->stats.dropped_messages, ==, 0);
  sources = app_completion_get_sources (first->completion);
  g_assert_nonnull (sources);
  g_assert_cmpuint (sources->len, >, 0);
  source = sources->pdata[0];
  g_assert_cmpuint (source->page, ==, 1501);
  g_assert_cmpint (source->note, ==, 7);
  g_assert_cmpstr (source->name, ==, "birds.txt");
  g_assert_nonnull (g_strstr_len (attached->str + source->start, source->length, "MALLARD"));

  app_prompt_add (next, APP_ROLE_USER, documents, "Hello");
  app_prompt_add (next, APP_ROLE_ASSISTANT, NULL, "Hello");
  app_prompt_add (next, APP_ROLE_USER, NULL, "Which word is secret?");
  second = begin (local, next);
  wait_finished (second);
  assert_says (second, "mallard");
  g_assert_nonnull (app_completion_get_sources (second->completion));
}

static AppMeasure
measure (Local *local, AppPrompt *prompt)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppMeasure measured = { 0 };

  app_engine_measure_async (local->engine, prompt, keep_result, &result);
  app_engine_measure_finish (local->engine, wait_result (&result), &measured, &error);
  g_assert_no_error (error);
  if (measured.context > 0)
    g_assert_cmpint (measured.instructions + measured.earlier + measured.attached + measured.typed + measured.tools + measured.form, ==, measured.total);
  return measured;
}

/* What is counted before a turn is what the engine then counts, also when it leaves something out. */
static void
assert_measured (Local *local, AppPrompt *prompt)
{
  AppMeasure measured = measure (local, prompt);
  g_autoptr (Answer) answer = begin (local, prompt);

  wait_finished (answer);
  g_assert_cmpstr (answer->error, ==, NULL);
  g_assert_cmpint (measured.context, ==, 2048);
  g_assert_cmpint (measured.total, ==, answer->stats.prompt_tokens);
  g_assert_cmpint (measured.dropped_messages, ==, answer->stats.dropped_messages);
  g_assert_cmpint (measured.attached_share < 1, ==, app_completion_get_sources (answer->completion) != NULL);
}

static void
add_with_document (AppPrompt *prompt, const char *document, const char *text)
{
  g_autoptr (GPtrArray) documents = app_documents_new ();

  g_ptr_array_add (documents, app_document_new (1, 0, "paper.txt", document));
  app_prompt_add (prompt, APP_ROLE_USER, documents, text);
}

static void
test_measure (Local *local, gconstpointer data)
{
  g_autoptr (AppPrompt) plain = prompt_new (1);
  g_autoptr (AppPrompt) long_talk = prompt_new (1);
  g_autoptr (AppPrompt) long_paper = prompt_new (1);
  g_autoptr (AppPrompt) too_long = prompt_new (1);
  g_autoptr (GString) words = g_string_new (NULL);
  AppMeasure measured = measure (local, plain);

  g_assert_cmpint (measured.context, ==, 0); /* nothing is loaded */
  load_model (local);
  measured = measure (local, plain);
  g_assert_cmpint (measured.context, ==, 2048);
  g_assert_cmpint (measured.total, ==, 0);

  app_prompt_add (plain, APP_ROLE_SYSTEM, NULL, "Answer in rhymes.");
  app_prompt_add (plain, APP_ROLE_USER, NULL, "Of größere Vögel?");
  app_prompt_add (plain, APP_ROLE_ASSISTANT, NULL, "They fly.");
  add_with_document (plain, "A paper about herons.", "And these?");
  measured = measure (local, plain);
  g_assert_cmpint (measured.instructions, >, 2);
  g_assert_cmpint (measured.earlier, >, 5);
  g_assert_cmpint (measured.attached, >, 3);
  g_assert_cmpint (measured.typed, ==, 3);
  g_assert_cmpint (measured.form, >, 8);
  assert_measured (local, plain);

  /* Descriptions of tools take their room. */
  g_assert_cmpint (measured.tools, ==, 0);
  app_prompt_add_tool (plain, &(AppPromptTool) { "list_files", "Names the files of the conversation.", "{\"type\":\"object\",\"properties\":{}}" });
  g_assert_cmpint (measure (local, plain).tools, >, 20);
  g_assert_cmpint (measure (local, plain).typed, ==, 3);
  assert_measured (local, plain);
  g_assert_cmpint (app_engine_get_token_bytes (local->engine), ==, 2 * 2 * 30 * 3 * 64); /* F16 keys and values of 30 layers with 3 heads of 64 */

  for (int i = 0; i < 100; i++)
    g_string_append (words, "word by word ");
  for (int i = 0; i < 9; i++)
    app_prompt_add (long_talk, i % 2 ? APP_ROLE_ASSISTANT : APP_ROLE_USER, NULL, words->str);
  measured = measure (local, long_talk);
  g_assert_cmpint (measured.dropped_messages, >, 0);
  assert_measured (local, long_talk);

  for (int i = 0; i < 4000; i++)
    g_string_append (words, "word by word ");
  add_with_document (long_paper, words->str, "What does it say?");
  measured = measure (local, long_paper);
  g_assert_cmpfloat (measured.attached_share, <, 1);
  assert_measured (local, long_paper);

  /* What cannot be sent is counted all the same. */
  app_prompt_add (too_long, APP_ROLE_USER, NULL, words->str);
  measured = measure (local, too_long);
  g_assert_cmpint (measured.total, >, 10000);
}

static void
test_cancel (Local *local, gconstpointer data)
{
  g_autoptr (AppPrompt) prompt = prompt_new (0);
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) early = NULL;

  load_model (local);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Write a very long story about a duck.");
  answer = begin (local, prompt);
  while (answer->text->len == 0)
    g_main_context_iteration (NULL, TRUE);
  app_completion_cancel (answer->completion);
  wait_finished (answer);
  g_assert_true (answer->cancelled);
  g_assert_cmpint (answer->stats.finish, ==, APP_FINISH_NONE);
  app_completion_cancel (answer->completion); /* does nothing more */

  early = begin (local, prompt); /* before it was even submitted */
  app_completion_cancel (early->completion);
  wait_finished (early);
  g_assert_true (early->cancelled);
}

/* Unloading while an answer is written ends it. */
static void
test_unload (Local *local, gconstpointer data)
{
  g_autoptr (AppPrompt) prompt = prompt_new (0);
  g_autoptr (Answer) answer = NULL;

  load_model (local);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Write a very long story about a duck.");
  answer = begin (local, prompt);
  while (answer->text->len == 0)
    g_main_context_iteration (NULL, TRUE);
  app_engine_unload (local->engine);
  g_assert_cmpint (app_engine_get_state (local->engine), ==, APP_ENGINE_NONE);
  wait_finished (answer);
  g_assert_true (answer->cancelled);
  load_model (local); /* again, beside what is still being freed */
}

/* The preferences say "from the next loading on": the same model, loaded again, has what was changed. */
static void
test_settings (Local *local, gconstpointer data)
{
  load_model (local);
  g_assert_cmpint (app_local_engine_get_context (APP_LOCAL_ENGINE (local->engine)), ==, 2048);
  g_assert_false (app_engine_is_stale (local->engine));
  set (local, "context", 1024);
  g_assert_true (app_engine_is_stale (local->engine));
  load_model (local);
  g_assert_cmpint (app_local_engine_get_context (APP_LOCAL_ENGINE (local->engine)), ==, 1024);
  g_assert_false (app_engine_is_stale (local->engine));
  set (local, "threads", 1);
  g_assert_true (app_engine_is_stale (local->engine));
  set (local, "threads", 2);
  g_assert_false (app_engine_is_stale (local->engine));
  app_engine_unload (local->engine);
  set (local, "threads", 1);
  g_assert_false (app_engine_is_stale (local->engine)); /* nothing is loaded */
}

static void
test_bad_file (Local *local, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "bad.gguf", NULL);
  g_autoptr (AppModel) bad = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "GGUF nonsense", -1, NULL));
  bad = model_at (path);
  app_engine_load_async (local->engine, bad, NULL, keep_result, &result);
  g_assert_false (app_engine_load_finish (local->engine, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_ENGINE);
  g_assert_cmpint (app_engine_get_state (local->engine), ==, APP_ENGINE_FAILED);
  g_assert_cmpstr (app_engine_get_error (local->engine), ==, error->message);
  fixture_delete_folder (folder);
  app_engine_unload (local->engine);
}

static void
test_load_cancelled (Local *local, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (local->engine, local->model, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_false (app_engine_load_finish (local->engine, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (app_engine_get_state (local->engine), ==, APP_ENGINE_NONE);
}

/* A conversation with the real thing, all the way into the database and back. */
static void
test_conversation (Local *local, gconstpointer data)
{
  Fixture fixture = { 0 };
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;

  load_model (local);
  fixture_set_up_closed (&fixture, NULL);
  app_history_open_async (fixture.path, local->engine, NULL, NULL, keep_result, &result);
  fixture.history = app_history_open_finish (wait_result (&result), NULL);
  g_clear_object (&result);
  conversation = app_history_new_conversation (fixture.history);
  send_text (conversation, "Say the word duck and nothing else.");
  wait_state (conversation, APP_MESSAGE_WRITING);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  text = g_strdup (app_message_get_text (message_at (conversation, 1)));
  g_assert_cmpint (strlen (text), >, 0);
  g_clear_object (&conversation);
  fixture_close (&fixture);
  fixture_open (&fixture);
  load (conversation_at (&fixture, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (&fixture, 0), 1)), ==, text);
  fixture_tear_down (&fixture, NULL);
}

#define ADD(path, test) g_test_add ("/app/local-engine/" path, Local, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/local-engine/sampling", test_sampling);
  ADD ("answer", test_answer);
  ADD ("thinking", test_thinking);
  ADD ("long-attachment", test_long_attachment);
  ADD ("measure", test_measure);
  ADD ("cancel", test_cancel);
  ADD ("unload", test_unload);
  ADD ("settings", test_settings);
  ADD ("bad-file", test_bad_file);
  ADD ("load-cancelled", test_load_cancelled);
  ADD ("conversation", test_conversation);
  return g_test_run ();
}
