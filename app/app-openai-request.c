/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The request of an answer: messages, pictures, and sampling as this kind of server calls it. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-openai.h"

/* The share of the context that what is attached to one note may take, as with a model of this machine; and how long a token is, in bytes, at the
 * least: the server's tokenizer is not known here, and what does not fit it refuses. */
#define ATTACHED_SHARE 5 / 8
#define TOKEN_BYTES 3

/* The kinds of server, by what they say of their models, and the names under which they know what the protocol does not have. A name is NULL when it is
 * not known there: some refuse a request with a word that they do not know. */
typedef struct {
  const char *owner;
  const char *top_k, *min_p, *repeat_penalty;
} Dialect;

static const Dialect dialects[] = {
  { "llamacpp", "top_k", "min_p", "repeat_penalty" },
  { "vllm", "top_k", "min_p", "repetition_penalty" },
  { "sglang", "top_k", "min_p", "repetition_penalty" },
  { "", NULL, NULL, NULL }, /* all others */
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
  guint n_pictures = app_prompt_get_n_pictures (prompt, index);

  json_builder_begin_object (builder);
  add_string (builder, "role", app_role_to_string (app_prompt_get_role (prompt, index)));
  if (n_pictures == 0) {
    add_string (builder, "content", content);
  } else {
    json_builder_set_member_name (builder, "content");
    json_builder_begin_array (builder);
    for (guint i = 0; i < n_pictures; i++) {
      const char *mime_type;
      GBytes *bytes = app_prompt_get_picture (prompt, index, i, &mime_type);
      add_picture (builder, bytes, mime_type);
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

/* A message's words after what is attached, of which as much as fits: `*share`. (transfer full) */
static char *
make_content (AppPrompt *prompt, guint index, guint context, double *share)
{
  const char *attached = app_prompt_get_attached (prompt, index), *text = app_prompt_get_text (prompt, index);
  gsize n_attached = strlen (attached), room = (gsize) context * ATTACHED_SHARE * TOKEN_BYTES;
  gsize n_kept = n_attached;
  g_autofree char *cut = NULL;

  *share = 1;
  if (context == 0 || n_attached + strlen (text) <= room)
    return app_prompt_dup_content (prompt, index);
  n_kept = room - MIN (room, strlen (text));
  if (n_kept >= n_attached)
    return app_prompt_dup_content (prompt, index);
  while (n_kept > 0 && ((guchar) attached[n_kept] & 0xc0) == 0x80)
    n_kept--;
  *share = (double) n_kept / n_attached;
  cut = g_strdup_printf ("%.*s\n[The rest is left out because it is too long.]", (int) n_kept, attached);
  return app_prompt_join (cut, strlen (cut), text);
}

GBytes *
app_openai_request (const AppServerModel *model, AppPrompt *prompt, double *attached_share)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  char *json;
  gsize length;

  *attached_share = 1;
  json_builder_begin_object (builder);
  add_string (builder, "model", model->id);
  json_builder_set_member_name (builder, "messages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < app_prompt_get_n_messages (prompt); i++) {
    g_autofree char *content = make_content (prompt, i, model->context, attached_share); /* the last one stays */
    add_message (builder, prompt, i, content);
  }
  json_builder_end_array (builder);
  add_sampling (builder, find_dialect (model->owner), app_prompt_get_sampling (prompt));
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
