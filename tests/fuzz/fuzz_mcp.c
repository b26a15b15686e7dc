/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server of MCP writes: however the bytes are cut, the same messages come; each is what it says it is, and all that is read of it is UTF-8. The first byte says where they are cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/mcp-lines.h"
#include "mcp/mcp-message.h"
#include "mcp/mcp-prompt.h"
#include "mcp/mcp-result.h"
#include "mcp/mcp-tool.h"

#define MAX_LINE 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text)
{
  if (text && !g_utf8_validate (text, -1, NULL))
    abort ();
}

static void
check_result (AppToolResult *result)
{
  check_text (result->text);
  check_text (result->data);
  app_tool_result_free (result);
}

static void
check_items (JsonObject *body, const char *name, char *(*print) (JsonArray *items))
{
  JsonArray *array = app_mcp_get_array (body, name);
  g_autoptr (JsonArray) items = json_array_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      json_array_add_object_element (items, json_object_ref (json_array_get_object_element (array, i)));
  text = print (items);
  check_text (text);
}

/* What is kept of prompts is the same when it is read and kept again. */
static char *
print_prompts (JsonArray *items)
{
  char *kept = app_mcp_prompts_print (items);
  g_autoptr (JsonNode) node = json_from_string (kept, NULL);
  g_autofree char *again = app_mcp_prompts_print (json_node_get_array (node));

  if (!g_str_equal (again, kept))
    abort ();
  return kept;
}

static char *
print_resources (JsonArray *items)
{
  return app_mcp_print_resources (items, items);
}

/* A tool stays the same when it is kept and read again, and what was agreed to is what it said. */
static void
check_tool (JsonObject *described)
{
  g_autoptr (AppMcpTool) tool = app_mcp_tool_new (described), again = NULL;
  g_autoptr (JsonObject) kept = NULL;
  g_autofree char *shown = NULL;

  if (!tool)
    return;
  app_mcp_tool_agree (tool, TRUE);
  if (app_mcp_tool_update (tool, described))
    abort ();
  kept = app_mcp_tool_save (tool);
  again = app_mcp_tool_load (kept);
  if (!again || !g_str_equal (app_mcp_tool_get_pin (again), app_mcp_tool_get_pin (tool)) || app_mcp_tool_get_state (again) != app_mcp_tool_get_state (tool))
    abort ();
  shown = app_mcp_tool_print (tool);
  check_text (shown);
  check_text (app_mcp_tool_get_title (tool));
  check_text (app_mcp_tool_get_description (tool));
}

static void
check_body (JsonObject *body)
{
  JsonArray *tools = app_mcp_get_array (body, "tools");
  AppToolResult *result = app_mcp_read_call (body, NULL);
  g_autofree char *words = NULL;

  if (result)
    check_result (result);
  check_result (app_mcp_read_resource (body));
  check_result (app_mcp_read_prompt (body));
  check_items (body, "resources", print_resources);
  check_items (body, "prompts", app_mcp_print_prompts);
  check_items (body, "prompts", print_prompts);
  words = app_mcp_prompt_read_words (body);
  check_text (words);
  for (guint i = 0; tools && i < json_array_get_length (tools); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (tools, i)))
      check_tool (json_array_get_object_element (tools, i));
}

static gboolean
on_line (const char *line, gsize n_bytes, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = app_mcp_message_parse (line, n_bytes, &error);

  if (n_bytes > MAX_LINE * 3 || line[n_bytes] != '\0' || (messages == NULL) != (error != NULL)) /* a byte that is none becomes three */
    abort ();
  g_string_append_printf (data, "%" G_GSIZE_FORMAT ":%u;", n_bytes, messages ? messages->len : 0);
  for (guint i = 0; messages && i < messages->len; i++) {
    AppMcpMessage *message = messages->pdata[i];

    if ((message->kind <= APP_MCP_NOTIFICATION) != (message->method != NULL) || (message->kind == APP_MCP_REQUEST) != (message->id != NULL) || (message->kind == APP_MCP_RESULT && !message->body))
      abort ();
    check_text (message->method);
    check_text (message->words);
    if (message->body)
      check_body (message->body);
  }
  return TRUE;
}

static GString *
messages_of (const uint8_t *data, size_t size, size_t piece)
{
  GString *told = g_string_new (NULL);
  g_autoptr (AppMcpLines) lines = app_mcp_lines_new (MAX_LINE, on_line, told);

  for (size_t at = 0; at < size; at += piece) {
    g_autofree char *copy = g_memdup2 (data + at, MIN (piece, size - at));
    if (!app_mcp_lines_feed (lines, copy, MIN (piece, size - at)))
      break;
  }
  return told;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GString *whole, *cut;

  if (size < 2)
    return 0;
  whole = messages_of (data + 1, size - 1, size);
  cut = messages_of (data + 1, size - 1, (size_t) data[0] + 1);
  if (!g_string_equal (whole, cut))
    abort ();
  g_string_free (whole, TRUE);
  g_string_free (cut, TRUE);
  return 0;
}
