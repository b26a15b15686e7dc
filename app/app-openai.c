/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-openai.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* The parser of JSON calls itself for each level: what is deeper than any reply is refused before. */
#define DEEPEST 64

/* ---- reading JSON of others ---- */

/* So is a comment, which JSON does not have but the parser takes: a quotation mark in it would mislead the count. */
static gboolean
is_too_deep (const char *json, gsize n_bytes)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < n_bytes; i++) {
    if (in_string) {
      if (json[i] == '\\')
        i++;
      else if (json[i] == '"')
        in_string = FALSE;
    } else if (json[i] == '"') {
      in_string = TRUE;
    } else if (json[i] == '/' || json[i] == '#' || json[i] == '\'') {
      return TRUE;
    } else if (json[i] == '[' || json[i] == '{') {
      if (++depth > DEEPEST)
        return TRUE;
    } else if ((json[i] == ']' || json[i] == '}') && depth > 0) {
      depth--;
    }
  }
  return FALSE;
}

/* (transfer full) (nullable): an object */
static JsonParser *
parse (const char *json, gsize n_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;

  if (n_bytes <= G_MAXINT32 && g_utf8_validate (json, n_bytes, NULL) && !is_too_deep (json, n_bytes) && json_parser_load_from_data (parser, json, n_bytes, NULL))
    root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root))
    return g_steal_pointer (&parser);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a JSON object");
  return NULL;
}

static JsonObject *
root_of (JsonParser *parser)
{
  return json_node_get_object (json_parser_get_root (parser));
}

static JsonNode *
member (JsonObject *object, const char *name)
{
  return object ? json_object_get_member (object, name) : NULL;
}

static JsonObject *
object_of (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
array_of (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* (nullable); may be no UTF-8: the parser makes half a surrogate pair into such bytes */
static const char *
string_of (JsonNode *node)
{
  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static char *
dup_string_of (JsonNode *node)
{
  const char *string = string_of (node);

  return string ? g_utf8_make_valid (string, -1) : NULL;
}

/* -1 for what is no count. */
static gint64
count_of (JsonNode *node)
{
  return node && json_node_get_value_type (node) == G_TYPE_INT64 ? MAX (json_node_get_int (node), -1) : -1;
}

static double
speed_of (JsonNode *node)
{
  double value = node && json_node_get_value_type (node) == G_TYPE_DOUBLE ? json_node_get_double (node) : 0;

  return value > 0 && value < 1e9 ? value : 0;
}

/* ---- errors ---- */

/* What servers call a prompt that does not fit: llama-server, then OpenAI and vLLM; else by their words. */
static gboolean
is_overflow (const char *kind, const char *words)
{
  static const char *const kinds[] = { "exceed_context_size_error", "context_length_exceeded" };
  static const char *const phrases[] = { "context length", "context size", "context window", "maximum context" };
  g_autofree char *lower = g_ascii_strdown (words ? words : "", -1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kind, kinds[i]) == 0)
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (strstr (lower, phrases[i]) && (strstr (lower, "exceed") || strstr (lower, "maximum") || strstr (lower, "too long") || strstr (lower, "longer")))
      return TRUE;
  return FALSE;
}

/* The words of {"error": {"message": …}}, {"error": "…"}, {"message": …, "object": "error"}, {"detail": "…"}. */
static char *
dup_error_words (JsonObject *root, gboolean *overflow)
{
  JsonObject *error = object_of (member (root, "error"));
  JsonObject *from = error ? error : root;
  JsonNode *words = error ? member (error, "message") : member (root, "error");
  const char *kind = string_of (member (from, "code"));

  if (!kind)
    kind = string_of (member (from, "type"));
  if (!error && !string_of (words))
    words = member (root, "message");
  if (!string_of (words))
    words = member (root, "detail");
  *overflow = is_overflow (kind, string_of (words));
  if (*overflow && !string_of (words))
    return g_strdup ("");
  return dup_string_of (words);
}

AppOpenaiError *
app_openai_parse_error (GBytes *bytes)
{
  gsize n;
  const char *json = g_bytes_get_data (bytes, &n);
  g_autoptr (JsonParser) parser = n ? parse (json, n, NULL) : NULL;
  gboolean overflow;
  char *words = parser ? dup_error_words (root_of (parser), &overflow) : NULL;
  AppOpenaiError *error;

  if (!words)
    return NULL;
  error = g_new0 (AppOpenaiError, 1);
  error->words = words;
  error->overflow = overflow;
  return error;
}

void
app_openai_error_free (AppOpenaiError *error)
{
  g_free (error->words);
  g_free (error);
}

/* ---- a piece of an answer ---- */

void
app_openai_chunk_clear (AppOpenaiChunk *chunk)
{
  g_clear_pointer (&chunk->text, g_free);
  g_clear_pointer (&chunk->thought, g_free);
  g_clear_pointer (&chunk->finish, g_free);
  g_clear_pointer (&chunk->error, g_free);
}

static void
read_usage (JsonObject *root, AppOpenaiChunk *chunk)
{
  JsonObject *usage = object_of (member (root, "usage"));
  JsonObject *timings = object_of (member (root, "timings")); /* llama-server's own */

  chunk->prompt_tokens = count_of (member (usage, "prompt_tokens"));
  chunk->tokens = count_of (member (usage, "completion_tokens"));
  chunk->cached_tokens = count_of (member (object_of (member (usage, "prompt_tokens_details")), "cached_tokens"));
  chunk->thought_tokens = count_of (member (object_of (member (usage, "completion_tokens_details")), "reasoning_tokens"));
  chunk->prompt_tokens_per_second = speed_of (member (timings, "prompt_per_second"));
}

gboolean
app_openai_parse_chunk (const char *json, gsize n_bytes, AppOpenaiChunk *chunk, GError **error)
{
  g_autoptr (JsonParser) parser = parse (json, n_bytes, error);
  JsonArray *choices;
  JsonObject *root, *choice, *delta;

  memset (chunk, 0, sizeof *chunk);
  if (!parser)
    return FALSE;
  root = root_of (parser);
  read_usage (root, chunk);
  if (member (root, "error") && !JSON_NODE_HOLDS_NULL (member (root, "error"))) {
    chunk->error = dup_error_words (root, &chunk->overflow);
    if (!chunk->error)
      chunk->error = g_strdup ("");
    return TRUE;
  }
  choices = array_of (member (root, "choices"));
  choice = choices && json_array_get_length (choices) ? object_of (json_array_get_element (choices, 0)) : NULL;
  delta = object_of (member (choice, "delta"));
  if (!delta)
    delta = object_of (member (choice, "message")); /* not streamed */
  chunk->text = dup_string_of (member (delta, "content"));
  chunk->finish = dup_string_of (member (choice, "finish_reason"));
  /* llama-server, vLLM, SGLang and DeepSeek; then routers, Ollama and newer vLLM. */
  chunk->thought = dup_string_of (member (delta, "reasoning_content"));
  if (!chunk->thought)
    chunk->thought = dup_string_of (member (delta, "reasoning"));
  return TRUE;
}

/* ---- models ---- */

static gboolean
array_has (JsonArray *array, const char *const *words)
{
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    const char *string = string_of (json_array_get_element (array, i));
    if (string && g_strv_contains (words, string))
      return TRUE;
  }
  return FALSE;
}

/* Whether an entry says what the model takes: llama-server and Ollama "capabilities", routers "input_modalities". */
static AppSight
sight_of (JsonObject *entry)
{
  static const char *const sees[] = { "image", "vision", "multimodal", NULL };
  JsonArray *lists[] = {
    array_of (member (entry, "capabilities")),
    array_of (member (entry, "input_modalities")),
    array_of (member (object_of (member (entry, "architecture")), "input_modalities")),
  };
  AppSight sight = APP_SIGHT_UNKNOWN;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (array_has (lists[i], sees))
      return APP_SIGHT_SEES;
    if (lists[i])
      sight = APP_SIGHT_BLIND;
  }
  return sight;
}

static guint
context_of (JsonObject *entry)
{
  JsonObject *meta = object_of (member (entry, "meta"));
  JsonNode *nodes[] = { member (meta, "n_ctx"), member (entry, "max_model_len"), member (entry, "context_length"), member (entry, "max_context_length"), member (meta, "n_ctx_train") };

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++) {
    gint64 context = count_of (nodes[i]);
    if (context > 0 && context <= G_MAXINT32)
      return context;
  }
  return 0;
}

/* llama-server says what a model can do in a second list, in the same order or by name. */
static JsonObject *
find_twin (JsonArray *twins, const char *id)
{
  for (guint i = 0; twins && i < json_array_get_length (twins); i++) {
    JsonObject *twin = object_of (json_array_get_element (twins, i));
    if (g_strcmp0 (string_of (member (twin, "model")), id) == 0 || g_strcmp0 (string_of (member (twin, "name")), id) == 0)
      return twin;
  }
  return NULL;
}

static gboolean
is_good_id (const char *id, GPtrArray *models)
{
  if (!id || !*id || strlen (id) > APP_OPENAI_MAX_ID || !g_utf8_validate (id, -1, NULL))
    return FALSE;
  for (guint i = 0; i < models->len; i++)
    if (g_str_equal (((AppServerModel *) models->pdata[i])->id, id))
      return FALSE;
  return TRUE;
}

GPtrArray *
app_openai_parse_models (GBytes *bytes, GError **error)
{
  gsize n;
  const char *json = g_bytes_get_data (bytes, &n);
  g_autoptr (JsonParser) parser = parse (json ? json : "", n, error);
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) app_server_model_unref);
  JsonArray *data, *twins;

  if (!parser)
    return NULL;
  data = array_of (member (root_of (parser), "data"));
  twins = array_of (member (root_of (parser), "models"));
  if (!data) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "No list of models");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (data) && models->len < APP_OPENAI_MAX_MODELS; i++) {
    JsonObject *entry = object_of (json_array_get_element (data, i));
    const char *id = string_of (member (entry, "id"));
    g_autofree char *owner = dup_string_of (member (entry, "owned_by"));
    AppServerModel *model;
    if (!is_good_id (id, models))
      continue;
    model = app_server_model_new (id, owner);
    model->context = context_of (entry);
    model->sight = sight_of (entry);
    if (model->sight == APP_SIGHT_UNKNOWN)
      model->sight = sight_of (find_twin (twins, id));
    model->pictures = model->sight == APP_SIGHT_SEES;
    g_ptr_array_add (models, model);
  }
  return g_steal_pointer (&models);
}

/* ---- as the history keeps them ---- */

char *
app_openai_print_models (GPtrArray *models)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < models->len; i++) {
    const AppServerModel *model = models->pdata[i];
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "id");
    json_builder_add_string_value (builder, model->id);
    json_builder_set_member_name (builder, "owner");
    json_builder_add_string_value (builder, model->owner);
    json_builder_set_member_name (builder, "context");
    json_builder_add_int_value (builder, model->context);
    json_builder_set_member_name (builder, "sight");
    json_builder_add_int_value (builder, model->sight);
    json_builder_set_member_name (builder, "pictures");
    json_builder_add_boolean_value (builder, model->pictures);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

GPtrArray *
app_openai_read_models (const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) app_server_model_unref);
  JsonArray *array = NULL;

  if (!is_too_deep (json, strlen (json)) && json_parser_load_from_data (parser, json, -1, NULL))
    array = array_of (json_parser_get_root (parser));
  for (guint i = 0; array && i < json_array_get_length (array) && models->len < APP_OPENAI_MAX_MODELS; i++) {
    JsonObject *entry = object_of (json_array_get_element (array, i));
    const char *id = string_of (member (entry, "id"));
    JsonNode *pictures = member (entry, "pictures");
    AppServerModel *model;
    if (!is_good_id (id, models))
      continue;
    model = app_server_model_new (id, string_of (member (entry, "owner")));
    model->context = CLAMP (count_of (member (entry, "context")), 0, G_MAXINT32);
    model->sight = CLAMP (count_of (member (entry, "sight")), APP_SIGHT_UNKNOWN, APP_SIGHT_SEES);
    model->pictures = pictures && json_node_get_value_type (pictures) == G_TYPE_BOOLEAN && json_node_get_boolean (pictures);
    g_ptr_array_add (models, model);
  }
  return models;
}
