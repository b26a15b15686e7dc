/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the protocol: what servers of several kinds say, and what they are asked. */
#include "app-openai.h"

#include <json-glib/json-glib.h>
#include <string.h>

static GPtrArray *
models_of (const char *json, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

  return app_openai_parse_models (bytes, error);
}

/* "id owner context sight pictures", one after the other. */
static void
assert_models (GPtrArray *models, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < models->len; i++) {
    const AppServerModel *model = models->pdata[i];
    g_string_append_printf (text, "%s%s %s %u %d %d", i ? ", " : "", model->id, model->owner, model->context, model->sight, model->pictures);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_models (void)
{
  static const struct {
    const char *json, *expected;
  } cases[] = {
    /* llama-server: what a model can do stands in a second list */
    { "{\"models\":[{\"name\":\"/m/a.gguf\",\"capabilities\":[\"completion\",\"multimodal\"]}],"
      "\"data\":[{\"id\":\"/m/a.gguf\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx\":2048,\"n_ctx_train\":8192}}]}",
      "/m/a.gguf llamacpp 2048 2 1" },
    { "{\"models\":[{\"model\":\"a\",\"capabilities\":[\"completion\"]}],\"data\":[{\"id\":\"a\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx_train\":8192}}]}", "a llamacpp 8192 1 0" },
    /* vLLM, Ollama, a router */
    { "{\"object\":\"list\",\"data\":[{\"id\":\"openai/gpt-oss\",\"owned_by\":\"vllm\",\"max_model_len\":131072}]}", "openai/gpt-oss vllm 131072 0 0" },
    { "{\"data\":[{\"id\":\"llama3:8b\",\"owned_by\":\"library\"},{\"id\":\"b\"}]}", "llama3:8b library 0 0 0, b  0 0 0" },
    { "{\"data\":[{\"id\":\"x/y\",\"context_length\":4096,\"architecture\":{\"input_modalities\":[\"text\",\"image\"]}}]}", "x/y  4096 2 1" },
    /* what makes no sense is left out: twice the same, no name, other types, a context that is none */
    { "{\"data\":[{\"id\":\"a\"},{\"id\":\"a\"},{\"id\":\"\"},{\"id\":7},7,null,[],{},{\"id\":\"b\",\"owned_by\":7,\"max_model_len\":-5},{\"id\":\"c\",\"max_model_len\":99999999999}]}",
      "a  0 0 0, b  0 0 0, c  0 0 0" },
    { "{\"data\":[]}", "" },
  };
  static const char *const bad[] = { "", "null", "[]", "{}", "{\"data\":{}}", "{\"data\":[", "<html>", "{\"data\":[{\"id\":\"\xff\"}]}" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) models = models_of (cases[i].json, &error);
    g_autofree char *printed = NULL;
    g_autoptr (GPtrArray) again = NULL;
    g_assert_no_error (error);
    assert_models (models, cases[i].expected);
    printed = app_openai_print_models (models);
    again = app_openai_read_models (printed);
    assert_models (again, cases[i].expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) read = app_openai_read_models (bad[i]);
    g_assert_null (models_of (bad[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_cmpuint (read->len, ==, 0);
  }
}

static void
test_names (void)
{
  static const char *const cases[][2] = {
    { "/srv/models/gpt-oss.gguf", "gpt-oss" }, { "openai/gpt-oss-120b", "gpt-oss-120b" }, { "llama3:8b", "llama3:8b" }, { "folder/", "folder/" }, { ".gguf", ".gguf" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppServerModel) model = app_server_model_new (cases[i][0], NULL);
    g_autofree char *name = app_server_model_dup_name (model);
    g_assert_cmpstr (name, ==, cases[i][1]);
  }
}

/* A thousand brackets must not be a thousand calls; a comment, which is no JSON, must not hide them. */
static void
test_deep (void)
{
  g_autofree char *brackets = g_strnfill (300000, '[');
  g_autofree char *deep = g_strconcat ("{\"data\":", brackets, NULL);
  g_autofree char *hidden = g_strconcat ("{/*\"*/\"data\":", brackets, NULL);
  g_autofree char *words = g_strconcat ("{\"choices\":[{\"delta\":{\"content\":\"\\\"", brackets, "\"}}]}", NULL);
  AppOpenaiChunk chunk;

  g_assert_null (models_of (deep, NULL));
  g_assert_null (models_of (hidden, NULL));
  g_assert_true (app_openai_parse_chunk (words, strlen (words), &chunk, NULL));
  g_assert_cmpuint (strlen (chunk.text), ==, 300001);
  app_openai_chunk_clear (&chunk);
}

static void
test_chunks (void)
{
  static const struct {
    const char *json, *text, *finish, *error;
    const char *thought;
    gint64 tokens;
    gboolean overflow;
  } cases[] = {
    { "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null},\"finish_reason\":null}]}", NULL, NULL, NULL, NULL, -1, FALSE },
    { "{\"choices\":[{\"delta\":{\"content\":\"Hallo, \\u00fc\"}}]}", "Hallo, ü", NULL, NULL, NULL, -1, FALSE },
    { "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}", "", "stop", NULL, NULL, -1, FALSE },
    { "{\"choices\":[{\"message\":{\"content\":\"All at once\"},\"finish_reason\":\"length\"}],\"usage\":{\"completion_tokens\":3}}", "All at once", "length", NULL, NULL, 3, FALSE },
    { "{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\\u00fc\"}}]}", NULL, NULL, NULL, "hmü", -1, FALSE },
    { "{\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}", NULL, NULL, NULL, "hm", -1, FALSE },
    { "{\"choices\":[],\"usage\":{\"completion_tokens\":9,\"prompt_tokens\":4}}", NULL, NULL, NULL, NULL, 9, FALSE },
    { "{\"error\":{\"message\":\"boom\"}}", NULL, NULL, "boom", NULL, -1, FALSE },
    { "{\"error\":\"boom\"}", NULL, NULL, "boom", NULL, -1, FALSE },
    { "{\"error\":{\"type\":\"exceed_context_size_error\"}}", NULL, NULL, "", NULL, -1, TRUE },
    { "{\"error\":null,\"choices\":[{\"delta\":{\"content\":\"x\"}}]}", "x", NULL, NULL, NULL, -1, FALSE },
    /* other types than they should be */
    { "{\"choices\":{\"delta\":7},\"usage\":[],\"timings\":1}", NULL, NULL, NULL, NULL, -1, FALSE },
    { "{\"choices\":[{\"delta\":{\"content\":[1],\"reasoning_content\":{}},\"finish_reason\":0}],\"usage\":{\"completion_tokens\":\"9\"}}", NULL, NULL, NULL, NULL, -1, FALSE },
  };
  static const char half[] = "{\"choices\":[{\"delta\":{\"content\":\"\\ud800x\"}}]}";
  AppOpenaiChunk chunk;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].json);
    g_assert_true (app_openai_parse_chunk (cases[i].json, strlen (cases[i].json), &chunk, NULL));
    g_assert_cmpstr (chunk.text, ==, cases[i].text);
    g_assert_cmpstr (chunk.finish, ==, cases[i].finish);
    g_assert_cmpstr (chunk.error, ==, cases[i].error);
    g_assert_cmpstr (chunk.thought, ==, cases[i].thought);
    g_assert_cmpint (chunk.tokens, ==, cases[i].tokens);
    g_assert_cmpint (chunk.overflow, ==, cases[i].overflow);
    app_openai_chunk_clear (&chunk);
  }
  g_assert_false (app_openai_parse_chunk ("nonsense", 8, &chunk, NULL));
  /* Half of a surrogate pair is no character. */
  g_assert_true (app_openai_parse_chunk (half, strlen (half), &chunk, NULL));
  g_assert_true (g_utf8_validate (chunk.text, -1, NULL));
  app_openai_chunk_clear (&chunk);
}

static void
test_errors (void)
{
  static const struct {
    const char *json, *words;
    gboolean overflow;
  } cases[] = {
    { "{\"error\":{\"code\":400,\"message\":\"request (6031 tokens) exceeds the available context size (2048 tokens), try increasing it\",\"type\":\"exceed_context_size_error\"}}",
      "request (6031 tokens) exceeds the available context size (2048 tokens), try increasing it", TRUE },
    { "{\"object\":\"error\",\"message\":\"This model's maximum context length is 4096 tokens.\",\"code\":400}", "This model's maximum context length is 4096 tokens.", TRUE },
    { "{\"error\":{\"message\":\"x\",\"code\":\"context_length_exceeded\"}}", "x", TRUE },
    { "{\"detail\":\"Not Found\"}", "Not Found", FALSE },
    { "{\"error\":\"model 'a' not found\"}", "model 'a' not found", FALSE },
    { "{\"error\":{\"message\":\"Your context is fine\"}}", "Your context is fine", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (cases[i].json, strlen (cases[i].json));
    g_autoptr (AppOpenaiError) error = app_openai_parse_error (bytes);
    g_assert_nonnull (error);
    g_assert_cmpstr (error->words, ==, cases[i].words);
    g_assert_cmpint (error->overflow, ==, cases[i].overflow);
  }
  for (const char *const *text = (const char *const[]){ "", "<html>", "{}", "[]", NULL }; *text; text++) {
    g_autoptr (GBytes) bytes = g_bytes_new (*text, strlen (*text));
    g_assert_null (app_openai_parse_error (bytes));
  }
}

/* ---- requests ---- */

static AppPrompt *
make_prompt (int max_tokens)
{
  AppSampling sampling = { .temperature = 0.5, .top_p = 0.75, .min_p = 0.125, .repeat_penalty = 1.25, .top_k = 7, .max_tokens = max_tokens, .seed = G_MAXUINT64 };
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GPtrArray) documents = app_documents_new ();

  g_ptr_array_add (documents, app_document_new (1, 0, "list.txt", "A list."));
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "Be \"kind\".");
  app_prompt_add (prompt, APP_ROLE_USER, documents, "What is in it?");
  return prompt;
}

static char *
request_of (const AppServerModel *model, AppPrompt *prompt, GPtrArray **sources)
{
  g_autoptr (GBytes) body = app_openai_request (model, prompt, sources, NULL);

  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

#define HEAD "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be \\\"kind\\\".\"},{\"role\":\"user\",\"content\":\"A list.\\n\\nWhat is in it?\"}]," \
             "\"temperature\":0.5,\"top_p\":0.75,\"seed\":2147483647"
#define TAIL ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"

/* What a server does not know is not sent to it. */
#define THINKING(on, effort) ",\"chat_template_kwargs\":{\"enable_thinking\":" on ",\"thinking\":" on ",\"reasoning_effort\":\"" effort "\"}"

static void
test_request (void)
{
  static const struct {
    const char *owner;
    int max_tokens;
    AppDepth depth;
    const char *json;
  } cases[] = {
    /* A word that it does not know may make a server refuse. */
    { "library", 0, APP_DEPTH_INSTANT, HEAD TAIL },
    { "", 64, APP_DEPTH_THOROUGH, HEAD ",\"max_tokens\":64" TAIL },
    { "llamacpp", 0, APP_DEPTH_INSTANT, HEAD ",\"top_k\":7,\"min_p\":0.125,\"repeat_penalty\":1.25" THINKING ("false", "low") TAIL },
    { "llamacpp", 0, APP_DEPTH_COMPACT, HEAD ",\"top_k\":7,\"min_p\":0.125,\"repeat_penalty\":1.25" THINKING ("true", "medium") TAIL },
    { "vllm", 0, APP_DEPTH_THOROUGH, HEAD ",\"top_k\":7,\"min_p\":0.125,\"repetition_penalty\":1.25" THINKING ("true", "high") TAIL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppServerModel) model = app_server_model_new ("m", cases[i].owner);
    g_autoptr (AppPrompt) prompt = make_prompt (cases[i].max_tokens);
    g_autoptr (GPtrArray) sources = NULL;
    g_autofree char *json = NULL;
    app_prompt_set_thinking (prompt, &(AppThinking) { .depth = cases[i].depth });
    json = request_of (model, prompt, &sources);
    g_assert_cmpstr (json, ==, cases[i].json);
    g_assert_null (sources);
  }
}

static void
test_pictures (void)
{
  g_autoptr (AppServerModel) model = app_server_model_new ("m", "");
  g_autoptr (AppPrompt) prompt = make_prompt (0);
  g_autoptr (GBytes) picture = g_bytes_new_static ("abc", 3);
  g_autoptr (GPtrArray) sources = NULL;
  g_autofree char *json = NULL;

  app_prompt_add_picture (prompt, "image/png", picture);
  json = request_of (model, prompt, &sources);
  g_assert_nonnull (strstr (json, "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,YWJj\"}},"
                                  "{\"type\":\"text\",\"text\":\"A list.\\n\\nWhat is in it?\"}]}"));
}

/* Of what is longer than the context, passages are sent; where the context is not known, all of it. */
static void
test_too_long (void)
{
  g_autoptr (AppServerModel) model = app_server_model_new ("m", "");
  AppSampling sampling = { .temperature = 0 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&sampling);
  g_autoptr (GPtrArray) documents = app_documents_new (), sources = NULL, all = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *json = NULL;

  for (int i = 0; i < 2000; i++)
    g_string_append_printf (text, "日本 %s\n\n", i == 1500 ? "The word is mallard." : "");
  g_ptr_array_add (documents, app_document_new (1, 0, "birds.txt", text->str));
  app_prompt_add (prompt, APP_ROLE_USER, documents, "Which word is it?");
  model->context = 1600;
  json = request_of (model, prompt, &sources);
  g_assert_true (g_utf8_validate (json, -1, NULL));
  g_assert_nonnull (sources);
  g_assert_nonnull (strstr (json, "The word is mallard."));
  g_assert_nonnull (strstr (json, "Which word is it?"));
  g_assert_cmpuint (strlen (json), <, 3400);
  model->context = 0; /* it does not say */
  g_free (json);
  json = request_of (model, prompt, &all);
  g_assert_null (all);
  g_assert_cmpuint (strlen (json), >, text->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/openai/models", test_models);
  g_test_add_func ("/openai/names", test_names);
  g_test_add_func ("/openai/deep", test_deep);
  g_test_add_func ("/openai/chunks", test_chunks);
  g_test_add_func ("/openai/errors", test_errors);
  g_test_add_func ("/openai/request", test_request);
  g_test_add_func ("/openai/pictures", test_pictures);
  g_test_add_func ("/openai/too-long", test_too_long);
  return g_test_run ();
}
