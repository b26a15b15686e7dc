/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Libraries as JSON: written for a person to keep or give away, read from anywhere. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-conversation-settings.h"
#include "app-error.h"
#include "app-library-private.h"

void
app_library_entry_free (AppLibraryEntry *entry)
{
  g_free (entry->name);
  g_free (entry->text);
  g_free (entry);
}

/* ---- writing ---- */

static void
add_item (JsonBuilder *builder, const AppLibraryKind *kind, AppLibraryItem *item)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, app_library_item_get_name (item));
  json_builder_set_member_name (builder, kind->column);
  if (g_str_equal (kind->column, "settings")) {
    g_autoptr (JsonNode) settings = json_from_string (app_library_item_get_text (item), NULL);
    json_builder_add_value (builder, settings ? g_steal_pointer (&settings) : json_node_new (JSON_NODE_NULL));
  } else {
    json_builder_add_string_value (builder, app_library_item_get_text (item));
  }
  json_builder_end_object (builder);
}

char *
app_library_dup_json (AppLibrary *self, AppLibraryItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  const AppLibraryKind *kind = app_library_get_kind (self);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "melete");
  json_builder_add_string_value (builder, kind->id);
  json_builder_set_member_name (builder, "items");
  json_builder_begin_array (builder);
  if (item)
    add_item (builder, kind, item);
  for (guint i = 0; !item && i < g_list_model_get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (AppLibraryItem) each = g_list_model_get_item (G_LIST_MODEL (self), i);
    if (!app_library_item_get_built_in (each))
      add_item (builder, kind, each);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* ---- reading ---- */

static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

/* One line, no longer than a name may be. "" for none. */
static char *
dup_name (JsonObject *object)
{
  g_autofree char *name = g_strstrip (g_strdelimit (g_strdup (get_text (object, "name")), "\n\r\t", ' '));

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), APP_LIBRARY_MAX_NAME));
}

static gboolean
is_too_long (const char *text)
{
  return g_utf8_strlen (text, -1) > APP_LIBRARY_MAX_TEXT;
}

/* NULL when it makes no sense. */
static AppLibraryEntry *
read_item (const AppLibraryKind *kind, JsonObject *object)
{
  g_autofree char *name = dup_name (object);
  g_autofree char *text = NULL;
  JsonNode *node = json_object_get_member (object, kind->column);
  AppLibraryEntry *entry;

  if (!*name || !node)
    return NULL;
  if (g_str_equal (kind->column, "settings"))
    text = JSON_NODE_HOLDS_OBJECT (node) ? json_to_string (node, FALSE) : NULL;
  else
    text = g_strdup (get_text (object, kind->column));
  if (text && g_str_equal (kind->column, "settings")) {
    char *clean = app_persona_dup_clean (text);
    g_free (text);
    text = clean;
  }
  if (!text || !*text || is_too_long (text))
    return NULL;
  entry = g_new0 (AppLibraryEntry, 1);
  entry->name = g_steal_pointer (&name);
  entry->text = g_steal_pointer (&text);
  return entry;
}

/* A character as other programs write it. NULL when it is none. */
static AppLibraryEntry *
read_card (JsonObject *object)
{
  static const char *const members[] = { "system_prompt", "description", "personality", "scenario" };
  JsonNode *data = json_object_get_member (object, "data");
  JsonObject *card = data && JSON_NODE_HOLDS_OBJECT (data) ? json_node_get_object (data) : object;
  g_autoptr (GString) instructions = g_string_new (NULL);
  g_autofree char *name = dup_name (card);
  const char *first = get_text (card, "first_mes");
  AppLibraryEntry *entry;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    g_autofree char *part = g_strstrip (g_strdup (get_text (card, members[i])));
    if (*part)
      g_string_append_printf (instructions, "%s%s", instructions->len ? "\n\n" : "", part);
  }
  /* For the model, so in English as the rest of what it is told: a conversation begins with the person's message. */
  if (*first && instructions->len)
    g_string_append_printf (instructions, "\n\nThe conversation has begun with these words of yours: %s", first);
  /* The marks that such cards have for the two who talk. */
  g_string_replace (instructions, "{{char}}", name, 0);
  g_string_replace (instructions, "{{user}}", "the person", 0);
  if (!*name || !instructions->len || is_too_long (instructions->str))
    return NULL;
  entry = g_new0 (AppLibraryEntry, 1);
  entry->name = g_steal_pointer (&name);
  entry->text = app_library_personas.make_text (instructions->str);
  return entry;
}

GPtrArray *
app_library_parse (const AppLibraryKind *kind, const char *json, gsize n_bytes, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) app_library_entry_free);
  g_autoptr (JsonObject) object = app_json_parse_object (json, n_bytes, error);
  JsonNode *items;

  if (!object)
    return NULL;
  items = json_object_get_member (object, "items");
  if (items && JSON_NODE_HOLDS_ARRAY (items)) {
    JsonArray *array = json_node_get_array (items);
    for (guint i = 0; i < json_array_get_length (array) && entries->len < APP_LIBRARY_MAX_ITEMS; i++) {
      JsonNode *node = json_array_get_element (array, i);
      AppLibraryEntry *entry = JSON_NODE_HOLDS_OBJECT (node) ? read_item (kind, json_node_get_object (node)) : NULL;
      if (entry)
        g_ptr_array_add (entries, entry);
    }
  } else if (kind == &app_library_personas) {
    AppLibraryEntry *entry = read_card (object);
    if (entry)
      g_ptr_array_add (entries, entry);
  }
  if (!entries->len) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("There is nothing in this file that can be used here. Choose one that Melete has exported."));
    return NULL;
  }
  return g_steal_pointer (&entries);
}

static gboolean
has (AppLibrary *self, const AppLibraryEntry *entry)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (self), i);
    if (g_str_equal (app_library_item_get_name (item), entry->name) && g_str_equal (app_library_item_get_text (item), entry->text))
      return TRUE;
  }
  return FALSE;
}

guint
app_library_import (AppLibrary *self, GPtrArray *entries)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++) {
    const AppLibraryEntry *entry = entries->pdata[i];
    if (has (self, entry))
      continue;
    app_library_add (self, entry->name, entry->text);
    n++;
  }
  return n;
}
