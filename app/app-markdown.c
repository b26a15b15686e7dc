/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <string.h>

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
      return FALSE;
  return TRUE;
}

gboolean
app_markdown_is_parseable (const char *text)
{
  gsize run = 0, whole = 0;

  while (*text) {
    gsize length = strcspn (text, "\n");
    guint columns = 0;

    for (gsize i = 0; i < length; i++)
      columns += text[i] == '|';
    run = is_blank (text, length) ? 0 : run + length + 1;
    whole += length + 1;
    if (run > APP_MARKDOWN_MAX_PARAGRAPH || columns > APP_MARKDOWN_MAX_BARS || whole > APP_MARKDOWN_MAX_BYTES)
      return FALSE;
    text += length + (text[length] == '\n');
  }
  return TRUE;
}

cmark_node *
app_markdown_parse (const char *text, gsize length)
{
  static const char *const extensions[] = { "table", "strikethrough", "autolink", "tasklist" };
  static gsize registered;
  cmark_parser *parser;
  cmark_node *document;

  /* The parser's own guard is not made for threads. */
  if (g_once_init_enter (&registered)) {
    cmark_gfm_core_extensions_ensure_registered ();
    g_once_init_leave (&registered, 1);
  }
  parser = cmark_parser_new (CMARK_OPT_VALIDATE_UTF8);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));
  cmark_parser_feed (parser, text, length);
  document = cmark_parser_finish (parser);
  cmark_parser_free (parser);
  return document;
}

char *
app_markdown_plain_text (cmark_node *block, gsize max_bytes)
{
  GString *out = g_string_new (NULL);
  cmark_iter *iter = cmark_iter_new (block);
  cmark_event_type event;

  while (out->len < max_bytes && (event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    const char *literal = cmark_node_get_literal (node);
    cmark_node_type type = cmark_node_get_type (node);

    if (event == CMARK_EVENT_ENTER && literal)
      g_string_append (out, literal);
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
      g_string_append_c (out, ' ');
    else if (event == CMARK_EVENT_EXIT && (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING))
      g_string_append_c (out, '\n');
    else if (event == CMARK_EVENT_EXIT && strcmp (cmark_node_get_type_string (node), "table_cell") == 0)
      g_string_append_c (out, cmark_node_next (node) ? ' ' : '\n');
  }
  cmark_iter_free (iter);
  if (out->len > max_bytes) {
    g_string_truncate (out, g_utf8_find_prev_char (out->str, out->str + max_bytes + 1) - out->str);
    g_string_append (out, "…");
  }
  g_strchomp (out->str);
  return g_string_free (out, FALSE);
}

char *
app_markdown_squeeze (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (!g_unichar_isspace (c) && !g_unichar_iscntrl (c))
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
    else if (out->len && out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  }
  return g_strchomp (g_string_free (out, FALSE));
}

char *
app_markdown_dup_words (const char *text)
{
  g_autofree char *plain = NULL;

  if (app_markdown_is_parseable (text)) {
    cmark_node *document = app_markdown_parse (text, strlen (text));

    plain = app_markdown_plain_text (document, APP_MARKDOWN_MAX_BYTES);
    cmark_node_free (document);
  }
  return app_markdown_squeeze (plain ? plain : text);
}
