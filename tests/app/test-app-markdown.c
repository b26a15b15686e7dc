/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-markdown.h"

static void
test_words (void)
{
  static const struct { const char *markdown, *words; } cases[] = {
    { "", "" },
    { "Plain words.", "Plain words." },
    { "## Three ways\n\nThere are **three** _ways_ and ~~one~~ `more`.", "Three ways There are three ways and one more." },
    { "# A\n## B #\n\nC\n===\n", "A B C" },
    { "> The lake\n> is *patient*.\n> > Very.", "The lake is patient. Very." },
    { "1. one\n2. two\n   - three\n   - [x] four\n", "one two three four" },
    { "See [the *timetable*](https://example.org/a_b_c \"title\") and <https://example.org/x>.", "See the timetable and https://example.org/x." },
    { "![a chart](https://example.org/chart.png)", "a chart" },
    { "| Way | Time |\n|:----|-----:|\n| Ferry | 25 min |\n", "Way Time Ferry 25 min" },
    { "Before\n\n```python\nx = a * b * c  # **not** bold\n```\n\nAfter", "Before x = a * b * c # **not** bold After" },
    { "2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name" },
    { "\\*not emphasis\\* &amp; &lt;tag&gt;", "*not emphasis* & <tag>" },
    { "one  \ntwo\\\nthree\n\n---\n\nfour", "one two three four" },
    { "Half of **an emph", "Half of **an emph" },
    { "a <b>tag</b>", "a <b>tag</b>" },
    { "Größe: **月の満ち欠け**。", "Größe: 月の満ち欠け。" },
    { "\ttabs\tand\001control\n", "tabs and control" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = app_markdown_dup_words (cases[i].markdown);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

/* Beyond the limits nothing is parsed, and nothing is lost. */
static void
test_limits (void)
{
  g_autofree char *long_run = g_strnfill (APP_MARKDOWN_MAX_PARAGRAPH + 10, '*');
  g_autofree char *bars = g_strnfill (APP_MARKDOWN_MAX_BARS + 1, '|');
  g_autofree char *whole = NULL;
  g_autofree char *words = NULL;
  GString *lines = g_string_new (NULL);

  g_assert_true (app_markdown_is_parseable ("**a**\n\n|b|\n|-|\n"));
  g_assert_false (app_markdown_is_parseable (long_run));
  g_assert_false (app_markdown_is_parseable (bars));
  words = app_markdown_dup_words (long_run);
  g_assert_cmpstr (words, ==, long_run);
  while (lines->len <= APP_MARKDOWN_MAX_BYTES)
    g_string_append (lines, "**a** line\n\n");
  whole = g_string_free (lines, FALSE);
  g_assert_false (app_markdown_is_parseable (whole));
}

/* Depth costs no stack. */
static void
test_deep (void)
{
  g_autofree char *quotes = g_strnfill (20000, '>');
  g_autofree char *text = g_strconcat (quotes, " deep", NULL);
  g_autofree char *words = app_markdown_dup_words (text);

  g_assert_true (g_str_has_suffix (words, "deep"));
}

static void
test_plain_text_is_cut (void)
{
  cmark_node *document = app_markdown_parse ("Größe *und* mehr", strlen ("Größe *und* mehr"));
  g_autofree char *cut = app_markdown_plain_text (document, 3); /* in the middle of a character */

  g_assert_cmpstr (cut, ==, "Gr…");
  cmark_node_free (document);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/markdown/words", test_words);
  g_test_add_func ("/app/markdown/limits", test_limits);
  g_test_add_func ("/app/markdown/deep", test_deep);
  g_test_add_func ("/app/markdown/plain-text-is-cut", test_plain_text_is_cut);
  return g_test_run ();
}
