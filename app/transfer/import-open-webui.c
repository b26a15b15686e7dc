/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open WebUI's export: an array of chats, each with a "chat" whose "history" has the messages by id. It names a folder only by a number; chats of
 * one number come into one folder here. */
#include <glib/gi18n.h>
#include <string.h>

#include "transfer.h"

static gboolean
matches (JsonObject *header, JsonObject *item)
{
  JsonObject *chat = app_import_object (item, "chat");

  return app_import_object (app_import_object (chat ? chat : item, "history"), "messages") != NULL;
}

static void
take_files (AppImportSource *source, JsonArray *files, AppTreeMessage *message)
{
  for (guint i = 0; files && i < json_array_get_length (files); i++) {
    JsonNode *node = json_array_get_element (files, i);
    JsonObject *file = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *name = app_import_string (file, "name"), *url = app_import_string (file, "url");

    if (!file)
      continue;
    if (!url || !app_import_add_data_address (source, message, url, name ? name : _("Picture")))
      app_import_add_missing (source, message, name);
  }
}

static AppTreeMessage *
make (AppImportSource *source, JsonObject *node, gint64 time)
{
  const char *role = app_import_string (node, "role"), *content = app_import_string (node, "content");
  gboolean person = g_strcmp0 (role, "user") == 0;
  const char *model = app_import_string (node, "modelName"), *error;
  AppTreeMessage *message;

  if (!person && g_strcmp0 (role, "assistant") != 0)
    return NULL;
  message = app_tree_message_new (person ? APP_ROLE_USER : APP_ROLE_ASSISTANT);
  message->row->notices = g_strdup ("");
  message->row->text = g_strdup (content ? content : "");
  message->row->created = app_import_time (app_import_number (node, "timestamp"), 1000, time);
  message->row->model = person ? NULL : g_strdup (model ? model : app_import_string (node, "model"));
  if ((error = app_import_string (app_import_object (node, "error"), "content"))) {
    message->row->state = APP_MESSAGE_FAILED;
    message->row->error = g_strdup (error);
  }
  take_files (source, app_import_array (node, "files"), message);
  return message;
}

static const char *
find_folder (AppImportSource *source, JsonObject *item)
{
  const char *id = app_import_string (item, "folder_id"), *name = app_import_string (app_import_object (item, "folder"), "name");

  if (name && *name)
    return name;
  if (!id || !*id)
    return NULL;
  if (!g_hash_table_contains (source->folders, id))
    /* Translators: the name of a folder whose own name is not known */
    g_hash_table_insert (source->folders, g_strdup (id), g_strdup_printf (_("Open WebUI folder %u"), g_hash_table_size (source->folders) + 1));
  return g_hash_table_lookup (source->folders, id);
}

static gboolean
take (AppImportSource *source, JsonObject *item, AppTree **result, GError **error)
{
  static const AppImportNodes nodes = { "parentId", "childrenIds", make };
  JsonObject *chat = app_import_object (item, "chat"), *history;
  g_autoptr (AppTree) tree = app_tree_new ();
  const char *title = app_import_string (item, "title");

  if (!chat)
    chat = item;
  if (!title || !*title)
    title = app_import_string (chat, "title");
  history = app_import_object (chat, "history");
  tree->named = title && *title;
  tree->title = g_strdup (title && *title ? title : _("Imported conversation"));
  tree->model = g_strdup ("");
  tree->created = app_import_time (app_import_number (item, "created_at"), 1000, app_import_time (app_import_number (chat, "timestamp"), 1, 0));
  tree->updated = app_import_time (app_import_number (item, "updated_at"), 1000, tree->created);
  tree->pinned = app_import_bool (item, "pinned");
  tree->folder = g_strdup (find_folder (source, item));
  if (!app_import_nodes (source, &nodes, app_import_object (history, "messages"), app_import_string (history, "currentId"), tree, error))
    return FALSE;
  if (tree->messages->len)
    *result = g_steal_pointer (&tree);
  return TRUE;
}

const AppImportFormat app_import_open_webui = { "open_webui", matches, take };
