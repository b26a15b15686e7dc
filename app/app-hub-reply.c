/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-hub-reply.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-error.h"

/* What is nested deeper is no answer of a hub, and the parser calls itself for each level. */
#define MAX_DEPTH 32
#define MAX_MODELS 100
#define MAX_FILES 5000
#define MAX_WORD 100 /* characters of a word that is shown */

/* ---- the parser, and single members ---- */

gboolean
app_hub_is_shallow (const char *json, gsize n)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < n; i++) {
    if (in_string && json[i] == '\\')
      i++;
    else if (json[i] == '"')
      in_string = !in_string;
    else if (!in_string && (json[i] == '[' || json[i] == '{') && ++depth > MAX_DEPTH)
      return FALSE;
    else if (!in_string && (json[i] == ']' || json[i] == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

/* The root, of the wanted kind. (nullable) */
static JsonNode *
parse (JsonParser *parser, GBytes *bytes, JsonNodeType type, GError **error)
{
  gsize n;
  const char *json = g_bytes_get_data (bytes, &n);
  JsonNode *root;

  if (json && g_utf8_validate (json, n, NULL) && app_hub_is_shallow (json, n) && json_parser_load_from_data (parser, json, n, NULL) &&
      (root = json_parser_get_root (parser)) && JSON_NODE_TYPE (root) == type)
    return root;
  g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("The hub’s answer could not be understood. Try again later."));
  return NULL;
}

static JsonNode *
get_value (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING);

  return node ? json_node_get_string (node) : "";
}

static guint64
get_count (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_INT64);

  return node ? (guint64) MAX (json_node_get_int (node), 0) : 0;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* One line of at most MAX_WORD characters, nothing of which moves or hides others. */
static char *
dup_word (const char *text)
{
  GString *word = g_string_new (NULL);
  guint n = 0;

  for (const char *p = text; *p && n < MAX_WORD; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT) {
      g_string_append_unichar (word, c);
      n++;
    }
  }
  return g_strstrip (g_string_free (word, FALSE));
}

gboolean
app_hub_is_repository (const char *id)
{
  return strlen (id) <= 200 && !strstr (id, "..") && g_regex_match_simple ("^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*\\z", id, 0, 0);
}

gboolean
app_hub_is_path (const char *path)
{
  return *path && strlen (path) <= 400 && !strstr (path, "..") && !strstr (path, "//") && path[0] != '/' && path[0] != '.' &&
         g_regex_match_simple ("^[A-Za-z0-9 ._+=@()/-]+\\z", path, 0, 0);
}

static gboolean
is_hexadecimal (const char *text, gsize n)
{
  return strlen (text) == n && strspn (text, "0123456789abcdefABCDEF") == n;
}

/* "gated" is false, or says how one gets in. */
static gboolean
is_gated (JsonObject *object)
{
  JsonNode *node = get_value (object, "gated", G_TYPE_BOOLEAN);

  return node ? json_node_get_boolean (node) : *get_string (object, "gated") != '\0';
}

/* From the card, else from the tags ("license:mit"). */
static char *
dup_licence (JsonObject *object)
{
  JsonObject *card = get_object (object, "cardData");
  const char *licence = get_string (card, "license");
  JsonNode *tags = json_object_get_member (object, "tags");
  guint n = tags && JSON_NODE_HOLDS_ARRAY (tags) ? json_array_get_length (json_node_get_array (tags)) : 0;

  if (g_str_equal (licence, "other") && *get_string (card, "license_name"))
    return dup_word (get_string (card, "license_name"));
  if (*licence)
    return dup_word (licence);
  for (guint i = 0; i < n; i++) {
    JsonNode *tag = json_array_get_element (json_node_get_array (tags), i);
    if (JSON_NODE_HOLDS_VALUE (tag) && json_node_get_value_type (tag) == G_TYPE_STRING && g_str_has_prefix (json_node_get_string (tag), "license:"))
      return dup_word (json_node_get_string (tag) + strlen ("license:"));
  }
  return g_strdup ("");
}

/* ---- the answers ---- */

static void
model_free (gpointer data)
{
  AppHubModel *model = data;

  g_free (model->id);
  g_free (model->licence);
  g_free (model);
}

GPtrArray *
app_hub_reply_search (GBytes *json, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = parse (parser, json, JSON_NODE_ARRAY, error);
  JsonArray *array = root ? json_node_get_array (root) : NULL;
  GPtrArray *models;

  if (!array)
    return NULL;
  models = g_ptr_array_new_with_free_func (model_free);
  for (guint i = 0; i < json_array_get_length (array) && models->len < MAX_MODELS; i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    g_autoptr (GDateTime) updated = NULL;
    AppHubModel *model;

    if (!object || !app_hub_is_repository (get_string (object, "id")))
      continue;
    model = g_new0 (AppHubModel, 1);
    model->id = g_strdup (get_string (object, "id"));
    model->licence = dup_licence (object);
    model->downloads = get_count (object, "downloads");
    model->likes = get_count (object, "likes");
    model->gated = is_gated (object);
    updated = g_date_time_new_from_iso8601 (get_string (object, "lastModified"), NULL);
    model->updated = updated ? MAX (g_date_time_to_unix (updated), 0) : 0;
    g_ptr_array_add (models, model);
  }
  return models;
}

AppHubRepository *
app_hub_reply_repository (GBytes *json, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = parse (parser, json, JSON_NODE_OBJECT, error);
  JsonObject *object = root ? json_node_get_object (root) : NULL;
  JsonObject *gguf;
  const char *link;
  AppHubRepository *repository;

  if (!object)
    return NULL;
  if (!app_hub_is_repository (get_string (object, "id")) || !is_hexadecimal (get_string (object, "sha"), 40)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("The hub’s answer could not be understood. Try again later."));
    return NULL;
  }
  repository = app_hub_repository_new ();
  gguf = get_object (object, "gguf");
  link = get_string (get_object (object, "cardData"), "license_link");
  repository->id = g_strdup (get_string (object, "id"));
  repository->revision = g_strdup (get_string (object, "sha"));
  repository->licence = dup_licence (object);
  repository->licence_link = g_str_has_prefix (link, "https://") && g_uri_is_valid (link, G_URI_FLAGS_NONE, NULL) ? g_strdup (link) : g_strdup ("");
  repository->gated = is_gated (object);
  repository->architecture = dup_word (get_string (gguf, "architecture"));
  repository->parameters = get_count (gguf, "total");
  repository->context = (guint) MIN (get_count (gguf, "context_length"), G_MAXINT32);
  return repository;
}

static void
file_free (gpointer data)
{
  AppHubFile *file = data;

  g_free (file->path);
  g_free (file->sha256);
  g_free (file);
}

GPtrArray *
app_hub_files_new (void)
{
  return g_ptr_array_new_with_free_func (file_free);
}

char *
app_hub_reply_next (const char *link)
{
  g_autoptr (GRegex) regex = g_regex_new ("<([^<>\\s]{1,2000})>\\s*;\\s*rel=\"?next\"?", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return link && g_utf8_validate (link, -1, NULL) && g_regex_match (regex, link, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

gboolean
app_hub_reply_tree (GBytes *json, GPtrArray *files, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = parse (parser, json, JSON_NODE_ARRAY, error);
  JsonArray *array = root ? json_node_get_array (root) : NULL;

  if (!array)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array) && files->len < MAX_FILES; i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonObject *lfs = get_object (object, "lfs");
    const char *path = object ? get_string (object, "path") : "";
    const char *oid = get_string (lfs, "oid");
    AppHubFile *file;

    if (!object || !g_str_equal (get_string (object, "type"), "file") || !app_hub_is_path (path))
      continue;
    file = g_new0 (AppHubFile, 1);
    file->path = g_strdup (path);
    file->bytes = lfs ? get_count (lfs, "size") : get_count (object, "size");
    file->sha256 = is_hexadecimal (oid, 64) ? g_ascii_strdown (oid, -1) : g_strdup ("");
    g_ptr_array_add (files, file);
  }
  return TRUE;
}
