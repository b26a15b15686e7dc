/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-prompt.h"

#include <string.h>

#include "mcp-message.h"
#include "mcp-result.h"

/* Of a server, in all; of one, and of what is said, in characters. */
#define MAX_PROMPTS 100
#define MAX_ARGUMENTS 24
#define MAX_NAME 200
#define MAX_DESCRIPTION 400

struct _AppMcpPrompt {
  GObject parent;
  char *name, *title, *description;
  GPtrArray *arguments; /* AppMcpPromptArgument */
};

G_DEFINE_FINAL_TYPE (AppMcpPrompt, app_mcp_prompt, G_TYPE_OBJECT)

static void
argument_free (AppMcpPromptArgument *argument)
{
  g_free (argument->name);
  g_free (argument->description);
  g_free (argument);
}

const char *
app_mcp_prompt_get_name (AppMcpPrompt *self)
{
  return self->name;
}

const char *
app_mcp_prompt_get_title (AppMcpPrompt *self)
{
  return self->title;
}

const char *
app_mcp_prompt_get_description (AppMcpPrompt *self)
{
  return self->description;
}

guint
app_mcp_prompt_get_n_arguments (AppMcpPrompt *self)
{
  return self->arguments->len;
}

const AppMcpPromptArgument *
app_mcp_prompt_get_argument (AppMcpPrompt *self, guint index)
{
  return self->arguments->pdata[index];
}

/* One line for people, with what is not seen in it made so. */
static char *
dup_line (const char *text, glong max)
{
  g_autofree char *line = g_strdelimit (g_strdup (text ? text : ""), "\r\n\t", ' '), *shown = app_tool_reveal (line);

  return g_strstrip (g_utf8_substring (shown, 0, MIN (g_utf8_strlen (shown, -1), max)));
}

AppMcpPrompt *
app_mcp_prompt_new (JsonObject *described)
{
  const char *name = app_mcp_get_string (described, "name"), *title = app_mcp_get_string (described, "title");
  JsonArray *arguments = app_mcp_get_array (described, "arguments");
  AppMcpPrompt *self;

  if (!name || *name == '\0' || g_utf8_strlen (name, -1) > MAX_NAME)
    return NULL;
  self = g_object_new (APP_TYPE_MCP_PROMPT, NULL);
  self->name = g_strdup (name);
  self->title = dup_line (title, MAX_NAME);
  if (*self->title == '\0') {
    g_free (self->title);
    self->title = dup_line (name, MAX_NAME);
  }
  self->description = dup_line (app_mcp_get_string (described, "description"), MAX_DESCRIPTION);
  for (guint i = 0; arguments && i < MIN (json_array_get_length (arguments), MAX_ARGUMENTS); i++) {
    JsonNode *node = json_array_get_element (arguments, i);
    JsonObject *of = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *its_name = app_mcp_get_string (of, "name");
    AppMcpPromptArgument *argument;

    if (!its_name || *its_name == '\0' || g_utf8_strlen (its_name, -1) > MAX_NAME)
      continue;
    argument = g_new (AppMcpPromptArgument, 1);
    *argument = (AppMcpPromptArgument) { g_strdup (its_name), dup_line (app_mcp_get_string (of, "description"), MAX_DESCRIPTION), app_mcp_get_boolean (of, "required") };
    g_ptr_array_add (self->arguments, argument);
  }
  return self;
}

/* Only what is shown and sent is kept. */
static JsonObject *
save (AppMcpPrompt *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *arguments = json_array_new ();

  json_object_set_string_member (object, "name", self->name);
  json_object_set_string_member (object, "title", self->title);
  json_object_set_string_member (object, "description", self->description);
  for (guint i = 0; i < self->arguments->len; i++) {
    const AppMcpPromptArgument *argument = self->arguments->pdata[i];
    JsonObject *of = json_object_new ();

    json_object_set_string_member (of, "name", argument->name);
    json_object_set_string_member (of, "description", argument->description);
    json_object_set_boolean_member (of, "required", argument->required);
    json_array_add_object_element (arguments, of);
  }
  json_object_set_array_member (object, "arguments", arguments);
  return object;
}

char *
app_mcp_prompts_print (JsonArray *described)
{
  JsonArray *kept = json_array_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < json_array_get_length (described) && json_array_get_length (kept) < MAX_PROMPTS; i++) {
    JsonNode *of = json_array_get_element (described, i);
    g_autoptr (AppMcpPrompt) prompt = JSON_NODE_HOLDS_OBJECT (of) ? app_mcp_prompt_new (json_node_get_object (of)) : NULL;

    if (prompt)
      json_array_add_object_element (kept, save (prompt));
  }
  json_node_take_array (node, kept);
  return json_to_string (node, FALSE);
}

char *
app_mcp_prompt_read_words (JsonObject *result)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *messages = app_mcp_get_array (result, "messages");
  gboolean alone = TRUE;

  for (guint i = 0; messages && i < json_array_get_length (messages); i++) {
    JsonNode *node = json_array_get_element (messages, i);
    alone = alone && !(JSON_NODE_HOLDS_OBJECT (node) && g_strcmp0 (app_mcp_get_string (json_node_get_object (node), "role"), "assistant") == 0);
  }
  for (guint i = 0; messages && i < json_array_get_length (messages); i++) {
    JsonNode *node = json_array_get_element (messages, i);
    JsonObject *message = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, *content = app_mcp_get_object (message, "content");
    g_autofree char *words = content ? app_mcp_print_block (content) : NULL;

    if (!words || *words == '\0')
      continue;
    if (text->len > 0)
      g_string_append (text, "\n\n");
    if (!alone)
      g_string_append (text, g_strcmp0 (app_mcp_get_string (message, "role"), "assistant") == 0 ? "assistant: " : "user: ");
    g_string_append (text, words);
  }
  return app_tool_cut (g_strdup (text->str), APP_TOOL_MAX_RESULT);
}

static void
app_mcp_prompt_finalize (GObject *object)
{
  AppMcpPrompt *self = APP_MCP_PROMPT (object);

  g_free (self->name);
  g_free (self->title);
  g_free (self->description);
  g_ptr_array_unref (self->arguments);
  G_OBJECT_CLASS (app_mcp_prompt_parent_class)->finalize (object);
}

static void
app_mcp_prompt_class_init (AppMcpPromptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_mcp_prompt_finalize;
}

static void
app_mcp_prompt_init (AppMcpPrompt *self)
{
  self->arguments = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);
}
