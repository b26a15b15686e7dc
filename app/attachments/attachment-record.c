/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "attachment-private.h"

char *
app_attachment_record_print (const AppAttachmentRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, app_attachment_kind_to_string (record->kind));
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, record->name);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, (gint64) record->size);
  json_builder_set_member_name (builder, "sha256");
  json_builder_add_string_value (builder, record->sha256);
  json_builder_set_member_name (builder, "mime-type");
  json_builder_add_string_value (builder, record->mime_type);
  json_builder_set_member_name (builder, "model-text");
  json_builder_add_string_value (builder, record->model_text);
  json_builder_set_member_name (builder, "summary");
  json_builder_add_string_value (builder, record->summary);
  json_builder_set_member_name (builder, "pages");
  json_builder_add_int_value (builder, record->n_pages);
  if (record->extent.width > 0) {
    json_builder_set_member_name (builder, "width");
    json_builder_add_int_value (builder, record->extent.width);
    json_builder_set_member_name (builder, "height");
    json_builder_add_int_value (builder, record->extent.height);
  }
  if (record->extent.seconds > 0) {
    json_builder_set_member_name (builder, "seconds");
    json_builder_add_double_value (builder, record->extent.seconds);
  }
  if (record->extent.silent) {
    json_builder_set_member_name (builder, "silent");
    json_builder_add_boolean_value (builder, TRUE);
  }
  json_builder_set_member_name (builder, "notices");
  json_builder_begin_array (builder);
  for (guint i = 0; record->notices[i] != NULL; i++)
    json_builder_add_string_value (builder, record->notices[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

/* The reader of JSON makes half a surrogate pair into bytes that are no UTF-8: a window must not get them. */
static const char *
string_of (JsonNode *node)
{
  const char *text = node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  return text != NULL && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

static const char *
string_member (JsonObject *object, const char *name)
{
  return string_of (json_object_get_member (object, name));
}

static gint64
int_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
}

/* What an older version did not keep, or what makes no sense, is not known. */
static AppExtent
extent_of (JsonObject *object)
{
  gint64 width = int_member (object, "width"), height = int_member (object, "height");
  JsonNode *seconds = json_object_get_member (object, "seconds");
  AppExtent extent = { 0 };

  if (width > 0 && width <= G_MAXINT32 && height > 0 && height <= G_MAXINT32) {
    extent.width = (guint) width;
    extent.height = (guint) height;
  }
  if (seconds != NULL && json_node_get_value_type (seconds) == G_TYPE_DOUBLE && json_node_get_double (seconds) > 0 && json_node_get_double (seconds) <= G_MAXINT32)
    extent.seconds = json_node_get_double (seconds);
  JsonNode *silent = json_object_get_member (object, "silent");
  extent.silent = silent != NULL && json_node_get_value_type (silent) == G_TYPE_BOOLEAN && json_node_get_boolean (silent);
  return extent;
}

static GStrv
string_array_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    const char *text = string_of (json_array_get_element (array, i));
    if (text == NULL)
      return NULL;
    g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

static gboolean
is_sha256 (const char *text)
{
  return text != NULL && strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

gboolean
app_attachment_record_parse (const char *json, AppAttachmentRecord *record, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObject *object = NULL;
  guint kind = 0;

  if (json != NULL && json_parser_load_from_data (parser, json, -1, NULL)) {
    JsonNode *root = json_parser_get_root (parser);
    if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
      object = json_node_get_object (root);
  }
  const char *kind_name = object != NULL ? string_member (object, "kind") : NULL;
  while (kind < APP_ATTACHMENT_N_KINDS && g_strcmp0 (kind_name, app_attachment_kind_to_string (kind)) != 0)
    kind++;
  if (kind < APP_ATTACHMENT_N_KINDS) {
    const char *name = string_member (object, "name"), *sha256 = string_member (object, "sha256");
    const char *mime_type = string_member (object, "mime-type"), *model_text = string_member (object, "model-text");
    const char *summary = string_member (object, "summary");
    gint64 size = int_member (object, "size"), pages = int_member (object, "pages");
    g_auto (GStrv) notices = string_array_member (object, "notices");
    if (name != NULL && is_sha256 (sha256) && mime_type != NULL && model_text != NULL && summary != NULL && size >= 0 &&
        pages >= 0 && pages <= G_MAXINT && notices != NULL) {
      *record = (AppAttachmentRecord) { kind, g_strdup (name), (guint64) size, g_strdup (sha256), g_strdup (mime_type),
                                        g_strdup (model_text), g_strdup (summary), g_steal_pointer (&notices), (guint) pages, extent_of (object) };
      return TRUE;
    }
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("An attachment in the history is damaged and cannot be shown."));
  return FALSE;
}
