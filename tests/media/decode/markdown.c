/* SPDX-License-Identifier: MIT */
/* The writer of Markdown against the reader of Markdown: words of a document, whatever they look like, come out as the same words and as nothing else. */
#include "markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <glib.h>
#include <string.h>

/* Made of what has a meaning in Markdown. */
static char *
make_words (GRand *rand)
{
  static const char *const pieces[] = {
    "a", "b", "1", "23", " ", " ", "*", "**", "_", "__", "`", "```", "[", "]", "(", ")", "!", "<", ">", "<b>", "</b>", "<!--", "&", "&lt;", "&#65;", "\\", "|", "#", "##", "-", "--", "---",
    "+", "=", "===", "~", "~~", ".", "1.", "1)", ":", "ä", "\xe2\x80\xae", "日", "\"", "'", "[^1]", "[x]", "](", "end",
  };
  GString *words = g_string_new ("w");
  for (int n = g_rand_int_range (rand, 1, 14); n > 0; n--)
    g_string_append (words, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  if (g_rand_boolean (rand))
    g_string_erase (words, 0, 1); /* a mark may stand first */
  return g_string_free (words, FALSE);
}

/* White space as the writer has it. */
static char *
collapse (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  GString *joined = g_string_new (NULL);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_string_append_printf (joined, "%s%s", joined->len > 0 ? " " : "", parts[i]);
  return g_string_free (joined, FALSE);
}

/* The words of a document, and how many blocks of `kind` it has. */
static char *
read_back (const char *markdown, const char *kind, guint *n_blocks)
{
  cmark_parser *parser = cmark_parser_new (CMARK_OPT_DEFAULT);
  static const char *const extensions[] = { "table", "strikethrough", "tasklist" };
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));
  cmark_parser_feed (parser, markdown, strlen (markdown));
  cmark_node *root = cmark_parser_finish (parser);
  cmark_iter *iter = cmark_iter_new (root);
  *n_blocks = 0;
  for (cmark_event_type event; (event = cmark_iter_next (iter)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node (iter);
    if (event != CMARK_EVENT_ENTER)
      continue;
    const char *type = cmark_node_get_type_string (node);
    *n_blocks += strcmp (type, kind) == 0;
    if (strcmp (type, "text") == 0)
      g_string_append (words, cmark_node_get_literal (node));
    else if (strcmp (type, "softbreak") == 0 || strcmp (type, "linebreak") == 0)
      g_string_append_c (words, ' ');
    else if (strcmp (type, "document") != 0 && strcmp (type, "paragraph") != 0 && strcmp (type, "heading") != 0 && strcmp (type, "list") != 0 && strcmp (type, "item") != 0 &&
             strcmp (type, "table") != 0 && strcmp (type, "table_header") != 0 && strcmp (type, "table_row") != 0 && strcmp (type, "table_cell") != 0 &&
             strcmp (type, "block_quote") != 0 && strcmp (type, "strong") != 0)
      g_string_append_printf (words, "{%s}", type);
  }
  cmark_iter_free (iter);
  cmark_node_free (root);
  cmark_parser_free (parser);
  return g_string_free (words, FALSE);
}

typedef enum { IN_PARAGRAPH, IN_HEADING, IN_ITEM, IN_QUOTE, IN_CELL, IN_BOLD, N_PLACES } Place;

static char *
write_words (Place place, const char *words)
{
  Markdown *m = markdown_new (4096);
  if (place == IN_HEADING)
    markdown_begin_heading (m, 2);
  else if (place == IN_ITEM)
    markdown_flat_item (m, 1, 0);
  else if (place == IN_QUOTE)
    markdown_open_quote (m);
  else if (place == IN_CELL) {
    markdown_open_table (m, false);
    markdown_open_row (m);
    markdown_open_cell (m, 2);
    markdown_open_row (m);
    markdown_open_cell (m, 1);
  }
  markdown_text (m, words, strlen (words), place == IN_BOLD ? MARKDOWN_BOLD : 0);
  char *text = markdown_finish (m, NULL);
  markdown_free (m);
  return text;
}

static void
test_words (void)
{
  static const char *const kinds[N_PLACES] = { "paragraph", "heading", "item", "block_quote", "table_header", "paragraph" };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  for (int i = 0; i < 20000; i++) {
    Place place = (Place) g_rand_int_range (rand, 0, N_PLACES);
    g_autofree char *words = make_words (rand);
    g_autofree char *plain = collapse (words);
    g_autofree char *text = write_words (place, words);
    guint n;
    g_autofree char *raw = read_back (text, kinds[place], &n);
    g_autofree char *back = collapse (raw);
    if (plain[0] != '\0' && (strcmp (plain, back) != 0 || n != 1))
      g_error ("“%s” in place %d is written “%s” and read “%s” (%u blocks)", words, place, text, back, n);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cmark_gfm_core_extensions_ensure_registered ();
  g_test_add_func ("/media/markdown/words", test_words);
  return g_test_run ();
}
