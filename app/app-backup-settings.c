/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>

#include "app-backup-private.h"

char *
app_backup_write_settings (AppSettings *settings)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  if (settings) {
    GSettings *gsettings = app_settings_get_gsettings (settings);
    g_autoptr (GSettingsSchema) schema = NULL;
    g_auto (GStrv) keys = NULL;

    g_object_get (gsettings, "settings-schema", &schema, NULL);
    keys = g_settings_schema_list_keys (schema);
    for (guint i = 0; keys[i]; i++) {
      g_autoptr (GVariant) value = g_settings_get_user_value (gsettings, keys[i]);
      g_autofree char *text = value ? g_variant_print (value, TRUE) : NULL;

      if (!text)
        continue; /* the default */
      json_builder_set_member_name (builder, keys[i]);
      json_builder_add_string_value (builder, text);
    }
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

static void
apply (GSettings *settings, GSettingsSchema *schema, const char *key, const char *text)
{
  g_autoptr (GSettingsSchemaKey) schema_key = g_settings_schema_has_key (schema, key) ? g_settings_schema_get_key (schema, key) : NULL;
  g_autoptr (GVariant) value = NULL;

  if (!schema_key)
    return;
  value = g_variant_parse (g_settings_schema_key_get_value_type (schema_key), text, NULL, NULL, NULL);
  if (value && g_settings_schema_key_range_check (schema_key, value))
    g_settings_set_value (settings, key, value);
}

void
app_backup_apply_settings (const AppBackupInfo *info, AppSettings *settings)
{
  g_autoptr (JsonNode) root = json_from_string (info->settings, NULL);
  GSettings *gsettings = app_settings_get_gsettings (settings);
  g_autoptr (GSettingsSchema) schema = NULL;
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  g_object_get (gsettings, "settings-schema", &schema, NULL);
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &key, &value))
    if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
      apply (gsettings, schema, key, json_node_get_string (value));
}
