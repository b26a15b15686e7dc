/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The request of an answer: messages, pictures, and sampling as this kind of server calls it. */
#include <json-glib/json-glib.h>

#include "app-openai.h"
#include "app-prompt-write.h"

/* How long a token is, in bytes, at the least. */
#define TOKEN_BYTES 3

/* The kinds of server, by what they say of their models, and the names under which they know what the protocol does not have. A name is NULL when it is
 * not known there: some refuse a request with a word that they do not know. */
typedef struct {
  const char *owner;
  const char *top_k, *min_p, *repeat_penalty;
  gboolean thinks; /* it hands "chat_template_kwargs" to the model's own form of a conversation, where thinking is switched, by one of two names */
} Dialect;

static const Dialect dialects[] = {
  { "llamacpp", "top_k", "min_p", "repeat_penalty", TRUE },
  { "vllm", "top_k", "min_p", "repetition_penalty", TRUE },
  { "sglang", "top_k", "min_p", "repetition_penalty", TRUE },
  { "", NULL, NULL, NULL, FALSE }, /* all others: they think as they please */
};

static const Dialect *
find_dialect (const char *owner)
{
  const Dialect *dialect = dialects;

  while (*dialect->owner && !g_str_equal (dialect->owner, owner))
    dialect++;
  return dialect;
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  if (!name)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_count (JsonBuilder *builder, const char *name, gint64 value)
{
  if (!name)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_sampling (JsonBuilder *builder, const Dialect *dialect, const AppSampling *sampling)
{
  add_number (builder, "temperature", sampling->temperature);
  add_number (builder, "top_p", sampling->top_p);
  /* The least seed that all of them take has 31 bits. */
  add_count (builder, "seed", sampling->seed & G_MAXINT32);
  if (sampling->max_tokens > 0)
    add_count (builder, "max_tokens", sampling->max_tokens);
  if (sampling->top_k > 0)
    add_count (builder, dialect->top_k, sampling->top_k);
  add_number (builder, dialect->min_p, sampling->min_p);
  add_number (builder, dialect->repeat_penalty, sampling->repeat_penalty);
}

/* A form that knows none of these words takes no notice of them. A cap there is none. */
static void
add_thinking (JsonBuilder *builder, const Dialect *dialect, const AppThinking *thinking)
{
  static const char *const efforts[APP_N_DEPTHS] = { "low", "medium", "high", "high" };
  static const char *const switches[] = { "enable_thinking", "thinking" };

  if (!dialect->thinks)
    return;
  json_builder_set_member_name (builder, "chat_template_kwargs");
  json_builder_begin_object (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++) {
    json_builder_set_member_name (builder, switches[i]);
    json_builder_add_boolean_value (builder, thinking->depth != APP_DEPTH_INSTANT);
  }
  add_string (builder, "reasoning_effort", efforts[thinking->depth]);
  json_builder_end_object (builder);
}

static void
add_picture (JsonBuilder *builder, GBytes *bytes, const char *mime_type)
{
  g_autofree char *encoded = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *url = g_strconcat ("data:", mime_type, ";base64,", encoded, NULL);

  json_builder_begin_object (builder);
  add_string (builder, "type", "image_url");
  json_builder_set_member_name (builder, "image_url");
  json_builder_begin_object (builder);
  add_string (builder, "url", url);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_message (JsonBuilder *builder, AppPrompt *prompt, guint index, const char *content)
{
  guint n_parts = app_prompt_get_n_parts (prompt, index); /* pictures: of no server it is known that its models hear */

  json_builder_begin_object (builder);
  add_string (builder, "role", app_role_to_string (app_prompt_get_role (prompt, index)));
  if (n_parts == 0) {
    add_string (builder, "content", content);
  } else {
    json_builder_set_member_name (builder, "content");
    json_builder_begin_array (builder);
    for (guint i = 0; i < n_parts; i++) {
      const AppPromptPart *part = app_prompt_get_part (prompt, index, i);
      add_picture (builder, part->bytes, part->mime_type);
    }
    if (*content) {
      json_builder_begin_object (builder);
      add_string (builder, "type", "text");
      add_string (builder, "text", content);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

/* The server's tokenizer is not known here: what does not fit it refuses. */
static gsize
count_tokens (const char *text, gsize n_bytes, gpointer data)
{
  return n_bytes / TOKEN_BYTES + 1;
}

GBytes *
app_openai_request (const AppServerModel *model, AppPrompt *prompt, GPtrArray **sources, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  const AppReader reader = { .context = model->context, .count = count_tokens };
  g_autoptr (GPtrArray) contents = app_prompt_write (prompt, &reader, sources, error);
  char *json;
  gsize length;

  if (!contents)
    return NULL;
  json_builder_begin_object (builder);
  add_string (builder, "model", model->id);
  json_builder_set_member_name (builder, "messages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < contents->len; i++)
    add_message (builder, prompt, i, contents->pdata[i]);
  /* An answer that is to go on stands last, and open: most servers continue it. */
  if (app_prompt_get_beginning (prompt)) {
    json_builder_begin_object (builder);
    add_string (builder, "role", app_role_to_string (APP_ROLE_ASSISTANT));
    add_string (builder, "content", app_prompt_get_beginning (prompt));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  add_sampling (builder, find_dialect (model->owner), app_prompt_get_sampling (prompt));
  add_thinking (builder, find_dialect (model->owner), app_prompt_get_thinking (prompt));
  json_builder_set_member_name (builder, "stream");
  json_builder_add_boolean_value (builder, TRUE);
  json_builder_set_member_name (builder, "stream_options");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "include_usage");
  json_builder_add_boolean_value (builder, TRUE);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json = json_generator_to_data (generator, &length);
  return g_bytes_new_take (json, length);
}
