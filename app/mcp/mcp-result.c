/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-result.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "mcp-message.h"

static const char *
or_nothing (const char *text)
{
  return text ? text : "";
}

/* One below the other. */
static void
add_line (GString *text, const char *line)
{
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

/* The contents of a resource: its text, or that it is none. */
static void
add_contents (GString *text, JsonObject *contents)
{
  const char *uri = or_nothing (app_mcp_get_string (contents, "uri")), *words = app_mcp_get_string (contents, "text"), *blob = app_mcp_get_string (contents, "blob");
  g_autofree char *line = NULL;

  if (words)
    line = g_strdup_printf ("%s:\n%s", uri, words);
  else
    line = g_strdup_printf ("%s: not a text (%s, about %" G_GSIZE_FORMAT " bytes), so it cannot be shown.", uri, or_nothing (app_mcp_get_string (contents, "mimeType")), blob ? strlen (blob) / 4 * 3 : 0);
  add_line (text, line);
}

static void
add_block (GString *text, JsonObject *block)
{
  const char *type = or_nothing (app_mcp_get_string (block, "type"));
  g_autofree char *line = NULL;

  if (g_str_equal (type, "text")) {
    add_line (text, or_nothing (app_mcp_get_string (block, "text")));
  } else if (g_str_equal (type, "resource") && app_mcp_get_object (block, "resource")) {
    add_contents (text, app_mcp_get_object (block, "resource"));
  } else if (g_str_equal (type, "resource_link")) {
    line = g_strdup_printf ("Resource “%s”: %s %s", or_nothing (app_mcp_get_string (block, "name")), or_nothing (app_mcp_get_string (block, "uri")), or_nothing (app_mcp_get_string (block, "description")));
    add_line (text, line);
  } else if (*type != '\0') {
    const char *data = app_mcp_get_string (block, "data");
    g_autofree char *raw = g_strdup_printf ("(%.40s %.80s, about %" G_GSIZE_FORMAT " bytes: it cannot be shown here)", type, or_nothing (app_mcp_get_string (block, "mimeType")), data ? strlen (data) / 4 * 3 : 0);
    line = g_utf8_make_valid (raw, -1); /* cut between two bytes */
    add_line (text, line);
  }
}

char *
app_mcp_print_block (JsonObject *block)
{
  GString *text = g_string_new (NULL);

  add_block (text, block);
  return g_string_free (text, FALSE);
}

static void
add_blocks (GString *text, JsonArray *blocks)
{
  for (guint i = 0; blocks && i < json_array_get_length (blocks); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (blocks, i)))
      add_block (text, json_array_get_object_element (blocks, i));
}

AppToolResult *
app_mcp_read_call (JsonObject *result, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonObject *structured = app_mcp_get_object (result, "structuredContent");
  g_autofree char *data = NULL;

  add_blocks (text, app_mcp_get_array (result, "content"));
  if (structured) {
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    json_node_set_object (node, structured);
    data = json_to_string (node, FALSE);
  }
  if (text->len == 0)
    g_string_append (text, data ? data : "It ran, and gave nothing back.");
  if (app_mcp_get_boolean (result, "isError")) {
    g_autofree char *words = app_tool_cut (g_strdup (text->str), APP_TOOL_MAX_RESULT);
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("It did not work: %s"), words);
    return NULL;
  }
  return app_tool_result_new (g_strdup (text->str), g_steal_pointer (&data));
}

AppToolResult *
app_mcp_read_resource (JsonObject *result)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *contents = app_mcp_get_array (result, "contents");

  for (guint i = 0; contents && i < json_array_get_length (contents); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (contents, i)))
      add_contents (text, json_array_get_object_element (contents, i));
  if (text->len == 0)
    g_string_append (text, "It is empty.");
  return app_tool_result_new (g_strdup (text->str), NULL);
}

AppToolResult *
app_mcp_read_prompt (JsonObject *result)
{
  g_autoptr (GString) text = g_string_new (app_mcp_get_string (result, "description"));
  JsonArray *messages = app_mcp_get_array (result, "messages");

  for (guint i = 0; messages && i < json_array_get_length (messages); i++) {
    JsonNode *node = json_array_get_element (messages, i);
    JsonObject *message = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, *content = app_mcp_get_object (message, "content");

    if (!content)
      continue;
    add_line (text, g_strcmp0 (app_mcp_get_string (message, "role"), "assistant") == 0 ? "assistant:" : "user:");
    add_block (text, content);
  }
  if (text->len == 0)
    g_string_append (text, "It is empty.");
  return app_tool_result_new (g_strdup (text->str), NULL);
}

char *
app_mcp_print_resources (JsonArray *resources, JsonArray *templates)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; resources && i < json_array_get_length (resources); i++) {
    JsonObject *resource = json_array_get_object_element (resources, i);
    g_autofree char *line = g_strdup_printf ("%s: %s. %s", or_nothing (app_mcp_get_string (resource, "uri")), or_nothing (app_mcp_get_string (resource, "name")), or_nothing (app_mcp_get_string (resource, "description")));
    add_line (text, line);
  }
  for (guint i = 0; templates && i < json_array_get_length (templates); i++) {
    JsonObject *template = json_array_get_object_element (templates, i);
    g_autofree char *line = g_strdup_printf ("%s (fill in what is in braces): %s. %s", or_nothing (app_mcp_get_string (template, "uriTemplate")), or_nothing (app_mcp_get_string (template, "name")),
                                             or_nothing (app_mcp_get_string (template, "description")));
    add_line (text, line);
  }
  if (text->len == 0)
    g_string_append (text, "There is nothing to read.");
  return g_string_free (text, FALSE);
}

char *
app_mcp_print_prompts (JsonArray *prompts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; prompts && i < json_array_get_length (prompts); i++) {
    JsonObject *prompt = json_array_get_object_element (prompts, i);
    JsonArray *arguments = app_mcp_get_array (prompt, "arguments");
    g_autofree char *line = g_strdup_printf ("%s: %s", or_nothing (app_mcp_get_string (prompt, "name")), or_nothing (app_mcp_get_string (prompt, "description")));

    add_line (text, line);
    for (guint k = 0; arguments && k < json_array_get_length (arguments); k++) {
      JsonNode *node = json_array_get_element (arguments, k);
      JsonObject *argument = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (argument)
        g_string_append_printf (text, "%s%s%s", k == 0 ? " Arguments: " : ", ", or_nothing (app_mcp_get_string (argument, "name")), app_mcp_get_boolean (argument, "required") ? " (needed)" : "");
    }
  }
  if (text->len == 0)
    g_string_append (text, "There are none.");
  return g_string_free (text, FALSE);
}
