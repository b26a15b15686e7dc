/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of the Model Context Protocol: JSON-RPC 2.0, one or several in a line (modelcontextprotocol.io, "Base protocol"). Internal to app/.
 *
 * A line comes from a program that the person added but nobody here wrote: its size and its depth are bounded, and what is no message is refused. Any thread. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Of a line, in bytes, and of messages in one. */
#define APP_MCP_MAX_LINE (8 << 20)
#define APP_MCP_MAX_BATCH 256

/* The codes of errors that this program sends. */
#define APP_MCP_NO_METHOD -32601
#define APP_MCP_WRONG_PARAMS -32602

typedef enum {
  APP_MCP_REQUEST,      /* the server asks: id, method, body (nullable): its params */
  APP_MCP_NOTIFICATION, /* method, body (nullable) */
  APP_MCP_RESULT,       /* number: which of our requests; body: an object */
  APP_MCP_ERROR,        /* number; code and words */
} AppMcpKind;

typedef struct {
  AppMcpKind kind;
  gint64 number;    /* of RESULT and ERROR; -1 for one that is none of ours */
  JsonNode *id;     /* of REQUEST: a string or a whole number */
  char *method;
  JsonObject *body;
  gint64 code;
  char *words;
} AppMcpMessage;

void app_mcp_message_free (AppMcpMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppMcpMessage, app_mcp_message_free)

/* The messages of a line without its end, in their order; of AppMcpMessage. (transfer full) (nullable): NULL with APP_ERROR_DAMAGED. */
GPtrArray *app_mcp_message_parse (const char *line, gsize n_bytes, GError **error);

/* A line without its end. `params`: (nullable) (transfer none). (transfer full) */
char *app_mcp_message_print_request (gint64 number, const char *method, JsonObject *params);
char *app_mcp_message_print_notification (const char *method, JsonObject *params);
/* `id`: as it came. */
char *app_mcp_message_print_result (JsonNode *id, JsonObject *result);
char *app_mcp_message_print_error (JsonNode *id, gint64 code, const char *words);

/* Members of what came, where they are what they have to be; else NULL (nothing was said), `fallback` or FALSE. `object`: (nullable) */
const char *app_mcp_get_string (JsonObject *object, const char *name);
JsonObject *app_mcp_get_object (JsonObject *object, const char *name);
JsonArray *app_mcp_get_array (JsonObject *object, const char *name);
gboolean app_mcp_get_boolean (JsonObject *object, const char *name);
gint64 app_mcp_get_integer (JsonObject *object, const char *name, gint64 fallback);

G_END_DECLS
