/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ChatGPT's conversations.json: an array of conversations, each with a "mapping" of nodes. Only what the two sides said is taken; what the program told
 * itself (system messages, tools, thoughts) is passed through. */
#include <glib/gi18n.h>
#include <string.h>

#include "transfer.h"

static gboolean
matches (JsonObject *header, JsonObject *item)
{
  return app_import_object (item, "mapping") != NULL;
}

/* The name that a file was attached under. */
static const char *
find_name (JsonObject *metadata, const char *id)
{
  JsonArray *attachments = app_import_array (metadata, "attachments");

  for (guint i = 0; attachments && i < json_array_get_length (attachments); i++) {
    JsonNode *node = json_array_get_element (attachments, i);
    JsonObject *attachment = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    if (g_strcmp0 (app_import_string (attachment, "id"), id) == 0)
      return app_import_string (attachment, "name");
  }
  return NULL;
}

/* "file-service://file-abc", "sediment://file_abc": the id is how the names of the files in the archive begin. */
static void
take_asset (AppImportSource *source, JsonObject *metadata, JsonObject *part, AppTreeMessage *message, GHashTable *taken)
{
  const char *pointer = app_import_string (part, "asset_pointer"), *id, *name;

  if (!pointer)
    return;
  id = strstr (pointer, "://");
  id = id ? id + 3 : pointer;
  name = find_name (metadata, id);
  g_hash_table_add (taken, g_strdup (id));
  if (!app_import_add_member (source, message, id, name ? name : id))
    app_import_add_missing (source, message, name ? name : id);
}

static void
take_parts (AppImportSource *source, JsonObject *metadata, JsonArray *parts, AppTreeMessage *message, GString *text, GHashTable *taken)
{
  for (guint i = 0; parts && i < json_array_get_length (parts); i++) {
    JsonNode *part = json_array_get_element (parts, i);
    const char *words = NULL;

    if (JSON_NODE_HOLDS_VALUE (part) && json_node_get_value_type (part) == G_TYPE_STRING)
      words = json_node_get_string (part);
    else if (JSON_NODE_HOLDS_OBJECT (part) && !(words = app_import_string (json_node_get_object (part), "text")))
      take_asset (source, metadata, json_node_get_object (part), message, taken);
    if (words && *words)
      g_string_append_printf (text, "%s%s", text->len ? "\n\n" : "", words);
  }
}

/* Files that no part of the message shows, a PDF for instance. */
static void
take_attachments (AppImportSource *source, JsonObject *metadata, AppTreeMessage *message, GHashTable *taken)
{
  JsonArray *attachments = app_import_array (metadata, "attachments");

  for (guint i = 0; attachments && i < json_array_get_length (attachments); i++) {
    JsonNode *node = json_array_get_element (attachments, i);
    JsonObject *attachment = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *id = app_import_string (attachment, "id"), *name = app_import_string (attachment, "name");

    if (id && g_hash_table_contains (taken, id))
      continue;
    if (!id || !app_import_add_member (source, message, id, name ? name : id))
      app_import_add_missing (source, message, name);
  }
}

static gboolean
is_said (JsonObject *content)
{
  static const char *const kinds[] = { "text", "multimodal_text", "code", NULL };
  const char *kind = app_import_string (content, "content_type");

  return !kind || g_strv_contains (kinds, kind);
}

static AppTreeMessage *
make (AppImportSource *source, JsonObject *node, gint64 time)
{
  JsonObject *said = app_import_object (node, "message");
  JsonObject *metadata = app_import_object (said, "metadata"), *content = app_import_object (said, "content");
  const char *role = app_import_string (app_import_object (said, "author"), "role"), *recipient = app_import_string (said, "recipient");
  gboolean person = g_strcmp0 (role, "user") == 0;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  AppTreeMessage *message;

  if (!content || !is_said (content) || (!person && g_strcmp0 (role, "assistant") != 0) || app_import_bool (metadata, "is_visually_hidden_from_conversation") ||
      (recipient && !g_str_equal (recipient, "all")))
    return NULL;
  message = app_tree_message_new (person ? APP_ROLE_USER : APP_ROLE_ASSISTANT);
  message->row->notices = g_strdup ("");
  message->row->created = app_import_time (app_import_number (said, "create_time"), 1000, time);
  take_parts (source, metadata, app_import_array (content, "parts"), message, text, taken);
  if (text->len == 0 && app_import_string (content, "text"))
    g_string_append (text, app_import_string (content, "text"));
  take_attachments (source, metadata, message, taken);
  message->row->text = g_strdup (text->str);
  message->row->model = person ? NULL : g_strdup (app_import_string (metadata, "model_slug"));
  if (*message->row->text || message->attachments->len || *message->row->notices)
    return message;
  app_tree_message_free (message);
  return NULL;
}

static gboolean
take (AppImportSource *source, JsonObject *item, AppTree **result, GError **error)
{
  static const AppImportNodes nodes = { "parent", "children", make };
  g_autoptr (AppTree) tree = app_tree_new ();
  const char *title = app_import_string (item, "title");

  tree->named = title && *title;
  tree->title = g_strdup (title && *title ? title : _("Imported conversation"));
  tree->model = g_strdup ("");
  tree->created = app_import_time (app_import_number (item, "create_time"), 1000, 0);
  tree->updated = app_import_time (app_import_number (item, "update_time"), 1000, tree->created);
  tree->pinned = app_import_bool (item, "is_starred");
  if (!app_import_nodes (source, &nodes, app_import_object (item, "mapping"), app_import_string (item, "current_node"), tree, error))
    return FALSE;
  if (tree->messages->len)
    *result = g_steal_pointer (&tree);
  return TRUE;
}

const AppImportFormat app_import_chatgpt = { "chatgpt", matches, take };
