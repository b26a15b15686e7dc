/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-tokens.h"

#include <string.h>

static void
free_token (gpointer data)
{
  g_free (((SqlToken *) data)->text);
  g_free (data);
}

static gboolean
is_name_byte (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || (guchar) c >= 0x80;
}

/* Behind a comment or spaces that begin here. */
static const char *
skip_nothing (const char *at)
{
  for (;;) {
    while (g_ascii_isspace (*at))
      at++;
    if (at[0] == '-' && at[1] == '-')
      at += strcspn (at, "\n");
    else if (at[0] == '/' && at[1] == '*') {
      const char *end = strstr (at + 2, "*/");
      at = end != NULL ? end + 2 : at + strlen (at);
    } else
      return at;
  }
}

/* Behind the quote that closes; doubled ones are within. *text: what is between. */
static const char *
read_quoted (const char *at, char close, char **text)
{
  GString *inside = g_string_new (NULL);

  for (at++; *at != '\0'; at++) {
    if (*at == close && (close == ']' || at[1] != close))
      break;
    at += *at == close;
    g_string_append_c (inside, *at);
  }
  *text = g_string_free (inside, FALSE);
  return *at != '\0' ? at + 1 : at;
}

GPtrArray *
sql_tokens_new (const char *sql)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func (free_token);
  guint depth = 0;

  for (const char *at = skip_nothing (sql); *at != '\0'; at = skip_nothing (at)) {
    SqlToken *token = g_new0 (SqlToken, 1);
    const char *start = at;
    token->start = (gsize) (at - sql);
    if (*at == '"' || *at == '`' || *at == '[') {
      token->kind = SQL_TOKEN_NAME;
      token->quoted = TRUE;
      at = read_quoted (at, *at == '[' ? ']' : *at, &token->text);
    } else if (*at == '\'') {
      token->kind = SQL_TOKEN_STRING;
      at = read_quoted (at, '\'', &token->text);
    } else if (g_ascii_isdigit (*at) || (*at == '.' && g_ascii_isdigit (at[1]))) {
      token->kind = SQL_TOKEN_NUMBER;
      while (is_name_byte (*at) || *at == '.' || ((*at == '+' || *at == '-') && (at[-1] == 'e' || at[-1] == 'E')))
        at++;
    } else if (is_name_byte (*at)) {
      token->kind = SQL_TOKEN_NAME;
      while (is_name_byte (*at))
        at++;
    } else {
      token->kind = SQL_TOKEN_SYMBOL;
      at++;
    }
    token->end = (gsize) (at - sql);
    if (token->text == NULL)
      token->text = g_strndup (start, (gsize) (at - start));
    depth -= *start == ')' && depth > 0;
    token->depth = depth;
    depth += *start == '(';
    g_ptr_array_add (tokens, token);
  }
  return tokens;
}

gboolean
sql_token_is (const GPtrArray *tokens, guint i, const char *word)
{
  const SqlToken *token = i < tokens->len ? g_ptr_array_index (tokens, i) : NULL;

  return token != NULL && !token->quoted && token->kind != SQL_TOKEN_STRING && g_ascii_strcasecmp (token->text, word) == 0;
}

guint
sql_tokens_find (const GPtrArray *tokens, guint from, const char *const *words)
{
  for (guint i = from; i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i);
    for (guint k = 0; token->depth == 0 && words[k] != NULL; k++)
      if (sql_token_is (tokens, i, words[k]))
        return i;
  }
  return tokens->len;
}
