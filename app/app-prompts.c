/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-prompts.h"

#include <glib/gi18n.h>
#include <string.h>

/* In bytes; what is longer is no name. */
#define MAX_NAME 64

static const AppLibraryBuiltIn built_in[] = {
  { "summarise", N_("Summarise"), N_("Summarise this in {{sentences=five}} sentences:\n\n{{clipboard}}") },
  { "reply", N_("Reply to a message"), N_("Write a {{tone=friendly}} reply to this message. It should say: {{what to say}}\n\n{{clipboard}}") },
  { "translate", N_("Translate"), N_("Translate this into {{language=English}}. Keep tone and layout, and give only the translation:\n\n{{clipboard}}") },
  { "meeting", N_("Prepare a meeting"), N_("Make an agenda for a meeting about {{subject}} of {{minutes=45}} minutes, with times, and what should be decided at the end.") },
};

static char *
make_text (const char *text)
{
  return g_strdup (text);
}

const AppLibraryKind app_library_prompts = { "prompts", "prompts", "text", "hidden-prompts", built_in, G_N_ELEMENTS (built_in), make_text };

void
app_prompt_variable_free (AppPromptVariable *variable)
{
  g_free (variable->name);
  g_free (variable->usual);
  g_free (variable);
}

gboolean
app_prompts_is_automatic (const char *name)
{
  return g_str_equal (name, "date") || g_str_equal (name, "clipboard");
}

/* "name" or "name=default", between the braces. NULL when it is no variable. */
static AppPromptVariable *
parse_variable (const char *inner, gsize n_bytes)
{
  g_autofree char *copy = g_strndup (inner, n_bytes);
  char *equals = strchr (copy, '=');
  AppPromptVariable *variable;

  if (equals)
    *equals = '\0';
  g_strstrip (copy);
  if (!*copy || strlen (copy) > MAX_NAME)
    return NULL;
  for (const char *at = copy; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (!g_unichar_isalnum (c) && !g_unichar_ismark (c) && !strchr (" -_", c < 0x80 ? (int) c : '!'))
      return NULL;
  }
  variable = g_new0 (AppPromptVariable, 1);
  variable->name = g_strdup (copy);
  variable->usual = g_strstrip (g_strdup (equals ? equals + 1 : ""));
  return variable;
}

/* The next variable at or after `text`: `*begin` and `*end` around its braces. (transfer full) (nullable) */
static AppPromptVariable *
next_variable (const char *text, const char **begin, const char **end)
{
  const char *open = text;

  while ((open = strstr (open, "{{"))) {
    const char *close = strstr (open + 2, "}}"), *inner;
    AppPromptVariable *variable;

    if (!close)
      return NULL;
    /* The innermost braces are the variable's, and none goes over the end of a line. */
    for (inner = close; inner > open + 2 && inner[-1] != '{' && inner[-1] != '\n'; inner--)
      ;
    if (inner >= open + 2 && inner[-1] == '{' && inner[-2] == '{' && (variable = parse_variable (inner, close - inner))) {
      *begin = inner - 2;
      *end = close + 2;
      return variable;
    }
    open = close + 2;
  }
  return NULL;
}

GPtrArray *
app_prompts_find_variables (const char *text)
{
  GPtrArray *variables = g_ptr_array_new_with_free_func ((GDestroyNotify) app_prompt_variable_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *begin, *end;
  AppPromptVariable *variable;

  for (; (variable = next_variable (text, &begin, &end)); text = end) {
    if (g_hash_table_contains (seen, variable->name)) {
      app_prompt_variable_free (variable);
      continue;
    }
    g_hash_table_add (seen, variable->name);
    g_ptr_array_add (variables, variable);
  }
  return variables;
}

char *
app_prompts_fill (const char *text, GHashTable *values)
{
  g_autoptr (GPtrArray) variables = app_prompts_find_variables (text);
  g_autoptr (GHashTable) usual = g_hash_table_new (g_str_hash, g_str_equal);
  GString *filled = g_string_new (NULL);
  const char *begin, *end;
  AppPromptVariable *variable;

  for (guint i = 0; i < variables->len; i++) {
    AppPromptVariable *each = variables->pdata[i];
    g_hash_table_insert (usual, each->name, each->usual);
  }
  /* Once over the text of the prompt: what is filled in is not looked at again. */
  for (; (variable = next_variable (text, &begin, &end)); text = end) {
    const char *value = g_hash_table_lookup (values, variable->name);
    g_string_append_len (filled, text, begin - text);
    g_string_append (filled, value ? value : g_hash_table_lookup (usual, variable->name));
    app_prompt_variable_free (variable);
  }
  g_string_append (filled, text);
  return g_string_free (filled, FALSE);
}
