/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of calls, as models write them, against the schema of the tool. The engine's matcher knows the whole of JSON Schema but wants members in the schema's order; so they are
 * brought into it first. */
#include "tool.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-conversation-settings.h"
#include "app-error.h"
#include "engine.h"

/* How deep a schema is followed. */
#define MAX_DEPTH 24

static JsonNode *order_node (JsonNode *node, JsonObject *schema, guint depth);

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonNode *
order_object (JsonObject *object, JsonObject *schema, guint depth)
{
  JsonObject *ordered = json_object_new (), *properties = get_object (schema, "properties");
  g_autoptr (GList) wanted = properties != NULL ? json_object_get_members (properties) : NULL;
  g_autoptr (GList) given = json_object_get_members (object);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (GList *l = wanted; l != NULL; l = l->next)
    if (json_object_has_member (object, l->data))
      json_object_set_member (ordered, l->data, order_node (json_object_get_member (object, l->data), get_object (properties, l->data), depth + 1));
  for (GList *l = given; l != NULL; l = l->next)
    if (!json_object_has_member (ordered, l->data))
      json_object_set_member (ordered, l->data, json_node_copy (json_object_get_member (object, l->data)));
  json_node_take_object (node, ordered);
  return node;
}

/* A copy with its members in the order in which the schema lists them. (transfer full) */
static JsonNode *
order_node (JsonNode *node, JsonObject *schema, guint depth)
{
  if (depth > MAX_DEPTH || schema == NULL)
    return json_node_copy (node);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return order_object (json_node_get_object (node), schema, depth);
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node), *ordered = json_array_new ();
    JsonNode *copy = json_node_new (JSON_NODE_ARRAY);

    for (guint i = 0; i < json_array_get_length (array); i++)
      json_array_add_element (ordered, order_node (json_array_get_element (array, i), get_object (schema, "items"), depth + 1));
    json_node_take_array (copy, ordered);
    return copy;
  }
  return json_node_copy (node);
}

/* The sentence says where it stops to fit, so that a model can mend it. */
static gboolean
match (const char *schema, const char *text, GError **error)
{
  EngineSchemaOptions options = { .closed = TRUE, .lax = TRUE };
  EngineError failure = { 0 };
  EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &failure);
  bool fits = false;
  gsize n_fitting = 0;

  if (grammar == NULL || !engine_grammar_match (grammar, text, strlen (text), &fits, &n_fitting, &failure)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The arguments could not be checked: %s"), failure.message);
    engine_grammar_unref (grammar);
    return FALSE;
  }
  engine_grammar_unref (grammar);
  if (!fits) {
    g_autofree char *rest = g_utf8_make_valid (text + MIN (n_fitting, strlen (text)), (gssize) MIN (40, strlen (text) - MIN (n_fitting, strlen (text))));
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The arguments do not fit this tool, from “%s” on. It takes: %s"), rest, schema);
  }
  return fits;
}

/* Whether nothing stands behind the object, which the parser would pass over. */
static gboolean
is_one_object (const char *text)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (const char *p = text; *p != '\0'; p++) {
    if (in_string && *p == '\\' && p[1] != '\0')
      p++;
    else if (*p == '"')
      in_string = !in_string;
    else if (!in_string && (*p == '{' || *p == '['))
      depth++;
    else if (!in_string && (*p == '}' || *p == ']') && --depth == 0)
      return p[1 + strspn (p + 1, " \t\r\n")] == '\0';
  }
  return FALSE;
}

JsonObject *
app_tool_check_arguments (const char *schema, const char *arguments, GError **error)
{
  g_autoptr (JsonNode) known = json_from_string (schema, NULL), given = NULL, ordered = NULL;
  g_autoptr (GError) wrong = NULL;
  g_autofree char *text = NULL;
  JsonObject *object = is_one_object (arguments) ? app_json_parse_object (arguments, strlen (arguments), &wrong) : NULL;

  if (object == NULL || known == NULL || !JSON_NODE_HOLDS_OBJECT (known)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The arguments are no JSON object. The tool takes: %s"), schema);
    g_clear_pointer (&object, json_object_unref);
    return NULL;
  }
  given = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (given, object);
  ordered = order_node (given, json_node_get_object (known), 0);
  text = json_to_string (ordered, FALSE);
  return match (schema, text, error) ? json_node_dup_object (ordered) : NULL;
}

/* Whether a character is not seen, or turns others round: what is shown must be what is run. */
static gboolean
is_hidden (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return c != '\n' && c != '\t' && (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_PRIVATE_USE);
}

char *
app_tool_reveal (const char *text)
{
  GString *seen = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!is_hidden (c))
      g_string_append_len (seen, p, g_utf8_next_char (p) - p);
    else if (c < 0x10000)
      g_string_append_printf (seen, "\\u%04x", c);
    else
      g_string_append_printf (seen, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
  }
  return g_string_free (seen, FALSE);
}

char *
app_tool_print_arguments (const char *arguments)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL, *valid = g_utf8_make_valid (arguments, -1);
  JsonObject *object = app_json_parse_object (valid, strlen (valid), NULL);

  if (object == NULL)
    return app_tool_reveal (valid);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  text = json_to_string (node, TRUE);
  return app_tool_reveal (text);
}
