/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists that come in pages. */
#include "mcp-client.h"
#include "mcp-message.h"

typedef struct {
  const char *method, *member;
  JsonArray *items;
  GHashTable *cursors; /* that were followed */
} List;

static void
list_free (List *list)
{
  json_array_unref (list->items);
  g_hash_table_unref (list->cursors);
  g_free (list);
}

static void ask_page (GTask *task, const char *cursor);

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  List *list = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonObject) page = app_mcp_client_request_finish (APP_MCP_CLIENT (source), result, &error);
  JsonArray *items = app_mcp_get_array (page, list->member);
  const char *next = app_mcp_get_string (page, "nextCursor");

  for (guint i = 0; items && i < json_array_get_length (items) && json_array_get_length (list->items) < APP_MCP_MAX_ITEMS; i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (items, i)))
      json_array_add_object_element (list->items, json_object_ref (json_array_get_object_element (items, i)));
  if (error) {
    g_task_return_error (task, error);
  } else if (next && json_array_get_length (list->items) < APP_MCP_MAX_ITEMS && g_hash_table_size (list->cursors) < APP_MCP_MAX_ITEMS && g_hash_table_add (list->cursors, g_strdup (next))) {
    /* One that is named a second time would lead round in circles. */
    ask_page (task, next);
    return;
  } else {
    g_task_return_pointer (task, json_array_ref (list->items), (GDestroyNotify) json_array_unref);
  }
  g_object_unref (task);
}

static void
ask_page (GTask *task, const char *cursor)
{
  List *list = g_task_get_task_data (task);
  g_autoptr (JsonObject) params = json_object_new ();

  if (cursor)
    json_object_set_string_member (params, "cursor", cursor);
  app_mcp_client_request_async (g_task_get_source_object (task), list->method, params, g_task_get_cancellable (task), on_page, task);
}

void
app_mcp_client_list_async (AppMcpClient *self, const char *method, const char *member, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  List *list = g_new0 (List, 1);

  *list = (List) { method, member, json_array_new (), g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, list, (GDestroyNotify) list_free);
  ask_page (task, NULL);
}

JsonArray *
app_mcp_client_list_finish (AppMcpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
