/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "start-partial.h"

#include <string.h>

#define MAX_DEPTH 16

static void
begin_line (GString *out, guint depth)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < MIN (depth, MAX_DEPTH); i++)
    g_string_append (out, "  ");
}

char *
start_partial_dup_source (const Start *start, const char *text)
{
  const char *at = strchr (text, '{');
  GString *out = g_string_new (NULL);
  gboolean in_string = FALSE, escaped = FALSE, opened = FALSE, line = TRUE; /* the last was a bracket that opens; the next begins a line */
  guint depth = 1;

  if (at == NULL)
    return g_string_free (out, FALSE);
  g_string_append_printf (out, "{\n  \"start\" : \"%s\",", start->line->id);
  for (at++; *at != '\0' && depth > 0; at++) {
    if (in_string) {
      g_string_append_c (out, *at);
      in_string = escaped || *at != '"';
      escaped = !escaped && *at == '\\';
      continue;
    }
    if (strchr (" \t\r\n", *at) != NULL)
      continue;
    if (*at == '}' || *at == ']') {
      depth--;
      if (!opened)
        begin_line (out, depth);
      g_string_append_c (out, *at);
      opened = line = FALSE;
      continue;
    }
    if (line && *at != ',')
      begin_line (out, depth);
    line = opened = FALSE;
    if (*at == ':') {
      g_string_append (out, " : ");
      continue;
    }
    g_string_append_c (out, *at);
    if (*at == '"') {
      in_string = TRUE;
    } else if (*at == '{' || *at == '[') {
      depth++;
      opened = line = TRUE;
    } else if (*at == ',') {
      line = TRUE;
    }
  }
  return g_string_free (out, FALSE);
}

/* The text that the first member of this name has; NULL: it has none, or no end yet. (transfer full) */
static char *
dup_member (const char *source, const char *quoted_name)
{
  const char *at = strstr (source, quoted_name), *end;

  if (at == NULL)
    return NULL;
  at += strlen (quoted_name);
  at += strspn (at, " \t\r\n:");
  if (*at != '"')
    return NULL;
  for (end = at + 1; *end != '\0' && *end != '"'; end++)
    if (*end == '\\' && end[1] != '\0')
      end++;
  if (*end == '\0')
    return NULL;
  g_autofree char *literal = g_strndup (at, (gsize) (end + 1 - at));
  g_autoptr (JsonNode) node = json_from_string (literal, NULL);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : NULL;
}

const Start *
start_partial_find_start (const char *source)
{
  g_autofree char *id = dup_member (source, "\"start\"");

  return id != NULL ? start_find (id) : NULL;
}

char *
start_partial_dup_title (const char *source)
{
  return dup_member (source, "\"title\"");
}
