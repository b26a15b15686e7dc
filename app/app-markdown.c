/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <stdlib.h>
#include <string.h>

#include "app-formula.h"
#include "app-markdown-formulas.h"

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

static cmark_parser *
new_parser (void)
{
  static const char *const extensions[] = { "table", "strikethrough", "autolink", "tasklist" };
  static gsize registered;
  cmark_parser *parser;

  /* The parser's own guard is not made for threads. */
  if (g_once_init_enter (&registered)) {
    cmark_gfm_core_extensions_ensure_registered ();
    g_once_init_leave (&registered, 1);
  }
  parser = cmark_parser_new (CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_FOOTNOTES);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));
  return parser;
}

static cmark_node *
parse (AppMarkdownFormulas *formulas, cmark_parser *parser)
{
  gsize length;
  const char *text = app_markdown_formulas_get_text (formulas, &length);

  cmark_parser_feed (parser, text, length);
  return cmark_parser_finish (parser);
}

cmark_node *
app_markdown_parse (const char *text, gsize length)
{
  /* Formulas are taken out before cmark looks at the bytes. */
  g_autofree char *valid = g_utf8_validate (text, (gssize) length, NULL) ? NULL : g_utf8_make_valid (text, (gssize) length);
  AppMarkdownFormulas *formulas = app_markdown_formulas_new (valid ? valid : text, valid ? strlen (valid) : length);
  cmark_parser *parser = new_parser ();
  cmark_node *document = parse (formulas, parser);

  cmark_parser_free (parser);
  app_markdown_formulas_put_back (formulas, document);
  app_markdown_formulas_free (formulas);
  return document;
}

static char *
formula_to_html (const char *tex, gboolean display)
{
  g_autoptr (AppFormula) formula = app_formula_new (tex);
  g_autofree char *escaped = formula == NULL ? g_markup_escape_text (tex, -1) : NULL;

  return formula != NULL ? app_formula_dup_mathml (formula, tex, display) : g_strdup_printf ("<code>%s</code>", escaped);
}

char *
app_markdown_dup_html (const char *text)
{
  AppMarkdownFormulas *formulas;
  cmark_parser *parser;
  cmark_node *document;
  char *html;
  char *whole;

  if (!app_markdown_is_parseable (text)) {
    g_autofree char *escaped = g_markup_escape_text (text, -1);

    return g_strdup_printf ("<pre>%s</pre>", escaped);
  }
  formulas = app_markdown_formulas_new (text, strlen (text));
  parser = new_parser ();
  document = parse (formulas, parser);
  app_markdown_formulas_put_back_sources (formulas, document);
  html = cmark_render_html (document, CMARK_OPT_FOOTNOTES, cmark_parser_get_syntax_extensions (parser));
  whole = app_markdown_formulas_restore (formulas, html, formula_to_html);
  free (html);
  cmark_node_free (document);
  cmark_parser_free (parser);
  app_markdown_formulas_free (formulas);
  return whole;
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

    if (event == CMARK_EVENT_ENTER && literal && type != CMARK_NODE_FOOTNOTE_REFERENCE)
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

/* Before a line: what it is an item of. `numbers`: of the lists around it, the next number. */
static void
append_marker (GString *out, cmark_node *item, GArray *numbers)
{
  int *number = &g_array_index (numbers, int, numbers->len - 1);

  for (guint i = 1; i < MIN (numbers->len, 10); i++)
    g_string_append (out, "  ");
  if (strcmp (cmark_node_get_type_string (item), "tasklist") == 0)
    g_string_append (out, cmark_gfm_extensions_get_tasklist_item_checked (item) ? "\342\230\221 " : "\342\230\220 ");
  else if (cmark_node_get_list_type (cmark_node_parent (item)) == CMARK_ORDERED_LIST)
    g_string_append_printf (out, "%d. ", (*number)++);
  else
    g_string_append (out, "\342\200\242 ");
}

static void
step_list (GArray *numbers, cmark_node *list, gboolean enter)
{
  int start = cmark_node_get_list_start (list);

  if (enter)
    g_array_append_val (numbers, start);
  else
    g_array_set_size (numbers, numbers->len - 1);
}

/* Between two blocks an empty line, but not between the items of a list that has none either. */
static gboolean
is_apart (cmark_node *block)
{
  cmark_node *list = cmark_node_parent (cmark_node_parent (block));

  return cmark_node_get_type (cmark_node_parent (block)) != CMARK_NODE_ITEM || list == NULL || !cmark_node_get_list_tight (list);
}

char *
app_markdown_dup_plain (const char *text)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (int));
  GString *out;
  cmark_node *document;
  cmark_iter *iter;
  cmark_event_type event;

  if (!app_markdown_is_parseable (text))
    return g_strdup (text);
  document = app_markdown_parse (text, strlen (text));
  out = g_string_new (NULL);
  iter = cmark_iter_new (document);
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    cmark_node_type type = cmark_node_get_type (node);
    const char *kind = cmark_node_get_type_string (node);
    const char *literal = cmark_node_get_literal (node);
    gboolean enter = event == CMARK_EVENT_ENTER;

    if (type == CMARK_NODE_LIST)
      step_list (numbers, node, enter);
    if (enter && type == CMARK_NODE_FOOTNOTE_REFERENCE)
      g_string_append_printf (out, "[%s]", literal);
    else if (enter && literal != NULL)
      g_string_append (out, literal);
    else if (enter && type == CMARK_NODE_SOFTBREAK)
      g_string_append_c (out, ' ');
    else if (enter && type == CMARK_NODE_LINEBREAK)
      g_string_append_c (out, '\n');
    else if (enter && (type == CMARK_NODE_ITEM || strcmp (kind, "tasklist") == 0))
      append_marker (out, node, numbers);
    else if (!enter && (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING))
      g_string_append (out, is_apart (node) ? "\n\n" : "\n");
    else if (!enter && strcmp (kind, "table_cell") == 0)
      g_string_append (out, cmark_node_next (node) != NULL ? "\t" : "\n");
    else if (!enter && (strcmp (kind, "table") == 0 || (type == CMARK_NODE_LIST && cmark_node_parent (node) == document)))
      g_string_append_c (out, '\n');
    if (enter && (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_CODE_BLOCK))
      g_string_append (out, out->len > 0 && out->str[out->len - 1] == '\n' ? "\n" : "\n\n");
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
  return g_strchomp (g_string_free (out, FALSE));
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
