/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spoken-call.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app-conversation-settings.h"

/* What an answer so far must begin with, piece after piece; a space stands for any white space. The others are marks of models' formats that small ones take for that of a call. */
static const char *const openings[] = { "", "```json ", "``` ", "<tool_call> ", "<tool_calls> ", "<function_call> ", "<tools> ", "<tool_response> " };

/* Whether `text` begins with `pattern`, or ends within it (*ended). Returns what follows. */
static const char *
pass (const char *text, const char *pattern, gboolean *ended)
{
  for (; *pattern != '\0'; pattern++) {
    if (*pattern == ' ') {
      while (g_ascii_isspace (*text))
        text++;
      continue;
    }
    if (*text == '\0')
      *ended = TRUE;
    if (*text != *pattern)
      return NULL;
    text++;
  }
  return text;
}

/* Whether what stands between the brackets, so far, could be a call of one of the tools. */
static gboolean
may_be (const char *text, const char *const *names)
{
  gboolean ended = FALSE;
  const char *name = pass (text, " { \"name\" : \"", &ended);

  if (name == NULL)
    return ended;
  for (guint i = 0; names[i] != NULL; i++) {
    ended = FALSE;
    if (pass (name, names[i], &ended) != NULL || ended)
      return TRUE;
  }
  return FALSE;
}

/* Where the object ends that begins at `text`; NULL: not yet. */
static const char *
find_end (const char *text)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (const char *p = text; *p != '\0'; p++) {
    if (in_string && *p == '\\' && p[1] != '\0')
      p++;
    else if (*p == '"')
      in_string = !in_string;
    else if (!in_string && *p == '{')
      depth++;
    else if (!in_string && *p == '}' && --depth == 0)
      return p + 1;
  }
  return NULL;
}

/* What may follow a call: nothing, or the end of its fence. */
static gboolean
is_end (const char *text)
{
  static const char *const ends[] = { "```", "</tool_call>", "</tool_calls>", "</function_call>", "</tools>", "</tool_response>" };
  g_autofree char *rest = g_strstrip (g_strdup (text));

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_prefix (ends[i], rest))
      return TRUE;
  return FALSE;
}

static SpokenCall
read_object (const char *begin, const char *end, const char *const *names, const char **name, char **arguments)
{
  JsonObject *object = app_json_parse_object (begin, (gsize) (end - begin), NULL);
  SpokenCall found = SPOKEN_CALL_NO;
  const char *called;

  if (object == NULL)
    return SPOKEN_CALL_NO;
  called = json_object_get_string_member_with_default (object, "name", "");
  for (guint i = 0; names[i] != NULL && found == SPOKEN_CALL_NO; i++) {
    JsonNode *node = json_object_get_member (object, "arguments");
    if (!g_str_equal (names[i], called) || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
      continue;
    found = SPOKEN_CALL_YES;
    if (name != NULL)
      *name = names[i];
    if (arguments != NULL)
      *arguments = json_to_string (node, FALSE);
  }
  json_object_unref (object);
  return found;
}

SpokenCall
spoken_call_look (const char *text, const char *const *names, const char **name, char **arguments)
{
  while (g_ascii_isspace (*text))
    text++;
  for (guint i = G_N_ELEMENTS (openings); i-- > 0;) {
    gboolean ended = FALSE;
    const char *object = pass (text, openings[i], &ended), *end;

    if (object == NULL && ended)
      return SPOKEN_CALL_MAYBE;
    if (object == NULL || !may_be (object, names))
      continue;
    end = *object == '{' ? find_end (object) : NULL;
    if (end == NULL)
      return SPOKEN_CALL_MAYBE;
    return is_end (end) ? read_object (object, end, names, name, arguments) : SPOKEN_CALL_NO;
  }
  return SPOKEN_CALL_NO;
}

SpokenCall
spoken_call_begins (const char *text, const char *const *names, const char **end)
{
  const char *object = text, *behind;
  gboolean ended = FALSE, fenced = *text == '`';

  if (fenced) {
    object = pass (text, "```json ", &ended);
    if (object == NULL && !ended)
      object = pass (text, "``` ", &ended);
  }
  if (object == NULL)
    return ended ? SPOKEN_CALL_MAYBE : SPOKEN_CALL_NO;
  if (!may_be (object, names))
    return SPOKEN_CALL_NO;
  behind = *object == '{' ? find_end (object) : NULL;
  if (behind == NULL)
    return SPOKEN_CALL_MAYBE;
  if (read_object (object, behind, names, NULL, NULL) != SPOKEN_CALL_YES)
    return SPOKEN_CALL_NO;
  if (fenced) {
    ended = FALSE;
    object = pass (behind, " ```", &ended);
    if (object == NULL && ended)
      return SPOKEN_CALL_MAYBE;
    behind = object != NULL ? object : behind;
  }
  if (end != NULL)
    *end = behind;
  return SPOKEN_CALL_YES;
}
