/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server asks AppMcpClient: pings and roots are answered, a question to the person is handed on, and the rest is refused. */
#include "mcp-client-private.h"

/* Questions to the person and other work for the server at once. */
#define MAX_ASKED 4

/* One question for the person on its way. */
typedef struct {
  AppMcpClient *client;
  JsonNode *id;
  char *key;
} Asked;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  AppMcpClient *self = asked->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->process && g_hash_table_remove (self->asked, asked->key))
    app_mcp_process_send (self->process, answer ? app_mcp_message_print_result (asked->id, answer) : app_mcp_message_print_error (asked->id, APP_MCP_WRONG_PARAMS, error->message));
  g_object_unref (self);
  json_node_unref (asked->id);
  g_free (asked->key);
  g_free (asked);
}

static void
ask_person (AppMcpClient *self, AppMcpMessage *message)
{
  Asked *asked = g_new0 (Asked, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  asked->client = g_object_ref (self);
  asked->id = json_node_copy (message->id);
  asked->key = json_to_string (message->id, FALSE);
  g_hash_table_replace (self->asked, g_strdup (asked->key), g_object_ref (cancellable));
  self->ask (message->body, g_task_new (self, cancellable, on_answered, asked), self->ask_data);
}

static char *
answer_roots (AppMcpClient *self, JsonNode *id)
{
  g_autoptr (JsonObject) result = json_object_new ();
  JsonArray *roots = json_array_new ();

  if (self->work) {
    JsonObject *root = json_object_new ();
    g_autofree char *uri = g_filename_to_uri (self->work, NULL, NULL);

    json_object_set_string_member (root, "uri", uri);
    json_object_set_string_member (root, "name", "Files of the conversation");
    json_array_add_object_element (roots, root);
  }
  json_object_set_array_member (result, "roots", roots);
  return app_mcp_message_print_result (id, result);
}

void
app_mcp_client_take_question (AppMcpClient *self, AppMcpMessage *message)
{
  g_autoptr (JsonObject) nothing = json_object_new ();

  if (g_str_equal (message->method, "ping"))
    app_mcp_process_send (self->process, app_mcp_message_print_result (message->id, nothing));
  else if (g_str_equal (message->method, "roots/list"))
    app_mcp_process_send (self->process, answer_roots (self, message->id));
  else if (g_str_equal (message->method, "elicitation/create") && self->ask && message->body && g_hash_table_size (self->asked) < MAX_ASKED)
    ask_person (self, message);
  else if (g_str_equal (message->method, "sampling/createMessage"))
    app_mcp_process_send (self->process, app_mcp_message_print_error (message->id, APP_MCP_NO_METHOD, "Servers may not use the model here."));
  else
    app_mcp_process_send (self->process, app_mcp_message_print_error (message->id, APP_MCP_NO_METHOD, "This client does not do that."));
}

void
app_mcp_client_withdraw_question (AppMcpClient *self, JsonNode *id)
{
  g_autofree char *key = id ? json_to_string (id, FALSE) : NULL;
  GCancellable *cancellable = key ? g_hash_table_lookup (self->asked, key) : NULL;

  if (cancellable) {
    g_autoptr (GCancellable) keep = g_object_ref (cancellable);
    g_hash_table_remove (self->asked, key);
    g_cancellable_cancel (keep);
  }
}

void
app_mcp_client_withdraw_questions (AppMcpClient *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (value);
  g_hash_table_remove_all (self->asked);
}
