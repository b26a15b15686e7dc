/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-message.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-json-items.h"

/* Of the sentence of an error, in bytes. */
#define MAX_WORDS 2000

void
app_mcp_message_free (AppMcpMessage *message)
{
  g_clear_pointer (&message->id, json_node_unref);
  g_clear_pointer (&message->body, json_object_unref);
  g_free (message->method);
  g_free (message->words);
  g_free (message);
}

/* ---- members ---- */

const char *
app_mcp_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

JsonObject *
app_mcp_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
app_mcp_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

gboolean
app_mcp_get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

gint64
app_mcp_get_integer (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : fallback;
}

/* ---- reading ---- */

static gboolean
has_known_id (JsonObject *object)
{
  JsonNode *id = json_object_get_member (object, "id");

  return id && JSON_NODE_HOLDS_VALUE (id) && (json_node_get_value_type (id) == G_TYPE_INT64 || json_node_get_value_type (id) == G_TYPE_STRING);
}

/* NULL: it is none. */
static AppMcpMessage *
read_message (JsonObject *object)
{
  g_autoptr (AppMcpMessage) message = NULL;
  const char *version = app_mcp_get_string (object, "jsonrpc"), *method = app_mcp_get_string (object, "method");
  JsonObject *failure = app_mcp_get_object (object, "error"), *body = app_mcp_get_object (object, method ? "params" : "result");

  if (g_strcmp0 (version, "2.0") != 0 || (json_object_has_member (object, "method") && !method))
    return NULL;
  message = g_new0 (AppMcpMessage, 1);
  message->number = -1;
  if (method) {
    message->kind = json_object_has_member (object, "id") ? APP_MCP_REQUEST : APP_MCP_NOTIFICATION;
    message->method = g_strdup (method);
    if (message->kind == APP_MCP_REQUEST && !has_known_id (object))
      return NULL;
    if (message->kind == APP_MCP_REQUEST)
      message->id = json_object_dup_member (object, "id");
  } else if (failure) {
    const char *words = app_mcp_get_string (failure, "message");

    message->kind = APP_MCP_ERROR;
    message->number = app_mcp_get_integer (object, "id", -1);
    message->code = app_mcp_get_integer (failure, "code", 0);
    message->words = g_utf8_make_valid (words ? words : "", words ? (gssize) MIN (strlen (words), MAX_WORDS) : 0);
    return g_steal_pointer (&message);
  } else {
    if (!body || !has_known_id (object))
      return NULL;
    message->kind = APP_MCP_RESULT;
    message->number = app_mcp_get_integer (object, "id", -1);
  }
  message->body = body ? json_object_ref (body) : NULL;
  return g_steal_pointer (&message);
}

GPtrArray *
app_mcp_message_parse (const char *line, gsize n_bytes, GError **error)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) app_mcp_message_free);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (AppJsonItems) items = NULL;

  if (n_bytes <= APP_MCP_MAX_LINE) {
    bytes = g_bytes_new (line, n_bytes);
    stream = g_memory_input_stream_new_from_bytes (bytes);
    items = app_json_items_new (stream);
    for (;;) {
      g_autoptr (JsonNode) item = NULL;
      AppMcpMessage *message;

      if (!app_json_items_next (items, &item, NULL, NULL) || messages->len == APP_MCP_MAX_BATCH)
        break;
      if (!item && messages->len > 0)
        return g_steal_pointer (&messages);
      message = item && JSON_NODE_HOLDS_OBJECT (item) ? read_message (json_node_get_object (item)) : NULL;
      if (!message)
        break;
      g_ptr_array_add (messages, message);
    }
  }
  g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("The server wrote something that is no message of the protocol."));
  return NULL;
}

/* ---- writing ---- */

static char *
print (JsonObject *message)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (message, "jsonrpc", "2.0");
  json_node_take_object (node, message);
  return json_to_string (node, FALSE);
}

static void
set_object (JsonObject *message, const char *name, JsonObject *value)
{
  if (value)
    json_object_set_object_member (message, name, json_object_ref (value));
}

char *
app_mcp_message_print_request (gint64 number, const char *method, JsonObject *params)
{
  JsonObject *message = json_object_new ();

  json_object_set_int_member (message, "id", number);
  json_object_set_string_member (message, "method", method);
  set_object (message, "params", params);
  return print (message);
}

char *
app_mcp_message_print_notification (const char *method, JsonObject *params)
{
  JsonObject *message = json_object_new ();

  json_object_set_string_member (message, "method", method);
  set_object (message, "params", params);
  return print (message);
}

char *
app_mcp_message_print_result (JsonNode *id, JsonObject *result)
{
  JsonObject *message = json_object_new ();

  json_object_set_member (message, "id", json_node_copy (id));
  set_object (message, "result", result);
  return print (message);
}

char *
app_mcp_message_print_error (JsonNode *id, gint64 code, const char *words)
{
  JsonObject *message = json_object_new (), *failure = json_object_new ();

  json_object_set_int_member (failure, "code", code);
  json_object_set_string_member (failure, "message", words);
  json_object_set_member (message, "id", json_node_copy (id));
  json_object_set_object_member (message, "error", failure);
  return print (message);
}
