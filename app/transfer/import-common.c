/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <math.h>

#include "transfer.h"

#define APP_IMPORT(name) extern const AppImportFormat app_import_##name;
#include "imports.def"
#undef APP_IMPORT

static const AppImportFormat *const formats[] = {
#define APP_IMPORT(name) &app_import_##name,
#include "imports.def"
#undef APP_IMPORT
};

/* The last time that a window can show: the end of the year 9999. */
#define LAST_TIME G_GINT64_CONSTANT (253402300799000)

AppImportSource *
app_import_source_new (void)
{
  AppImportSource *source = g_new0 (AppImportSource, 1);

  source->bytes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  source->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return source;
}

void
app_import_source_free (AppImportSource *source)
{
  g_hash_table_unref (source->bytes);
  g_hash_table_unref (source->folders);
  g_clear_pointer (&source->members, g_hash_table_unref);
  g_clear_pointer (&source->part, g_byte_array_unref);
  g_free (source->part_sha256);
  g_free (source);
}

gboolean
app_import_take (AppImportSource *source, JsonObject *header, JsonNode *item, AppTree **tree, GError **error)
{
  *tree = NULL;
  for (guint i = 0; JSON_NODE_HOLDS_OBJECT (item) && i < G_N_ELEMENTS (formats); i++)
    if (formats[i]->matches (header, json_node_get_object (item)))
      return formats[i]->take (source, json_node_get_object (item), tree, error);
  g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID,
                       _("These are no conversations that Melete knows. It reads its own JSON, and the exports of ChatGPT and Open WebUI."));
  return FALSE;
}

/* ---- members ---- */

static JsonNode *
member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_TYPE (node) == type ? node : NULL;
}

const char *
app_import_string (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

JsonObject *
app_import_object (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_OBJECT);

  return node ? json_node_get_object (node) : NULL;
}

JsonArray *
app_import_array (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_ARRAY);

  return node ? json_node_get_array (node) : NULL;
}

gboolean
app_import_bool (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

double
app_import_number (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);
  double value = 0;

  if (node && json_node_get_value_type (node) == G_TYPE_INT64)
    value = json_node_get_int (node);
  else if (node && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    value = json_node_get_double (node);
  return isfinite (value) ? value : 0;
}

gint64
app_import_int (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

gint64
app_import_time (double value, double unit, gint64 fallback)
{
  double time = value * unit;

  return time >= 1 && time <= LAST_TIME ? (gint64) time : CLAMP (fallback, 0, LAST_TIME);
}
