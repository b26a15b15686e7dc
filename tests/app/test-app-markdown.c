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

/* The formulas of a text, each as "i:tex" in a line or "d:tex" on lines of its own, one a line. */
static char *
formulas_of (const char *text)
{
  cmark_node *document = app_markdown_parse (text, strlen (text));
  cmark_iter *iter = cmark_iter_new (document);
  GString *out = g_string_new (NULL);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);

    if (event == CMARK_EVENT_ENTER && app_markdown_get_formula (node) != NULL)
      g_string_append_printf (out, "%s%c:%s", out->len > 0 ? "\n" : "", cmark_node_get_type (node) == CMARK_NODE_HTML_BLOCK ? 'd' : 'i', app_markdown_get_formula (node));
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
  return g_string_free (out, FALSE);
}

static void
test_formulas (void)
{
  static const struct { const char *markdown, *formulas; } cases[] = {
    { "So \\(a_1 * b_1 * c\\) and $x$.", "i:a_1 * b_1 * c\ni:x" },
    { "\\[ x = 1 \\]", "d:x = 1" },
    { "Text\n$$\nx\n= 1\n$$\nmore", "d:x\n= 1" },
    { "In a line $$x$$ here", "d:x" },
    { "> \\[\n> a \\\\\n> b\n> \\]", "d:a \\\\\nb" },
    { "- item\n  $$x$$\n- [x] task $y$ and\n  $$z$$", "d:x\ni:y\nd:z" },
    { "\\begin{align}\na &= b\n\\end{align}", "d:\\begin{align}\na &= b\n\\end{align}" },
    { "\\begin{equation}\\begin{split}a\\end{split}\\end{equation}", "d:\\begin{equation}\\begin{split}a\\end{split}\\end{equation}" },
    { "```math\nx^2\n```", "d:x^2" },
    { "| a |\n|---|\n| $|x|$ |", "i:|x|" },
    { "the $n$th and $k$-means", "i:n\ni:k" },
    { "**$x$** and *\\(y\\)*", "i:x\ni:y" },
    { "# Heading $$x$$", "i:x" },
    { "[$x$](https://example.org/$y$)", "i:x" },
    /* No formulas. */
    { "costs $5 and $6", "" },
    { "between $5-$6, US$5 or 5$", "" },
    { "$HOME/$USER and $PATH", "" },
    { "from $5 to the 6$ of", "" },
    { "\\$x\\$ and \\\\(x\\\\)", "" },
    { "`$x$` and ``\\(y\\)``", "" },
    { "```sh\necho $a $b$\n```\n~~~\n$$x$$\n~~~", "" },
    { "    $x$ in code", "" },
    { "see \\[1\\] there", "" },
    { "$ x $ and $x\n\ny$", "" },
    { "$$\n\nx$$", "" },
    { "$$$$ and \\(\\)", "" },
    { "<b title=\"$x$\">", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *formulas = formulas_of (cases[i].markdown);

    g_assert_cmpstr (formulas, ==, cases[i].formulas);
  }
}

/* What is no formula, or no formula yet, is shown as it was written. */
static void
test_formula_sources (void)
{
  static const struct { const char *markdown, *words; } cases[] = {
    { "Half \\(a_1 * b_1", "Half \\(a_1 * b_1" },
    { "Half\n\\[ *a* \\\\ *b*", "Half \\[ *a* \\\\ *b*" },
    { "A $x^2$ whole", "A $x^2$ whole" },
    { "`$x$ \\(y\\)`", "$x$ \\(y\\)" },
    { "costs $5 and *$6*", "costs $5 and $6" },
    /* The characters that stand for formulas are nothing special in a text. */
    { "a \363\260\200\200 b $x$ c \363\260\200\201", "a \363\260\200\200 b $x$ c \363\260\200\201" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = app_markdown_dup_words (cases[i].markdown);

    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

/* Blocks know where they are in the text although formulas before them have several lines. */
static void
test_offsets (void)
{
  const char *text = "One\n\n$$\na\nb\n$$\n\nTwo\n\n$x$ three\n";
  cmark_node *document = app_markdown_parse (text, strlen (text));
  GString *out = g_string_new (NULL);

  for (cmark_node *node = cmark_node_first_child (document); node != NULL; node = cmark_node_next (node))
    g_string_append_printf (out, "%.3s;", text + app_markdown_get_offset (node));
  g_assert_cmpstr (out->str, ==, "One;$$\n;Two;$x$;");
  g_string_free (out, TRUE);
  cmark_node_free (document);
}

/* Beginnings without an end are not searched again and again: each of these would take minutes. */
static void
test_formula_hostile (void)
{
  static const char *const units[] = { "\\(", "\\[ ", "$$ ", " $a", "\\begin{x}\n", "$5 ", "`", "\\(\n\n", "$a$$b", "\363\260\200\200" };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    GString *text = g_string_new (NULL);
    cmark_node *document;

    while (text->len < 200000)
      g_string_append (text, units[i]);
    document = app_markdown_parse (text->str, text->len);
    cmark_node_free (document);
    g_string_free (text, TRUE);
  }
}

static void
test_html (void)
{
  static const struct { const char *markdown, *html; } cases[] = {
    { "**a** <script>x</script>", "<p><strong>a</strong> <!-- raw HTML omitted -->x<!-- raw HTML omitted --></p>\n" },
    { "[a](javascript:x) [b](https://example.org/)", "<p><a href=\"\">a</a> <a href=\"https://example.org/\">b</a></p>\n" },
    { "```c\na < b; // $x$\n```", "<pre><code class=\"language-c\">a &lt; b; // $x$\n</code></pre>\n" },
    { "|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n" },
    { "so $x$.", "<p>so <math><semantics><mrow><mi>x</mi></mrow><annotation encoding=\"application/x-tex\">x</annotation></semantics></math>.</p>\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *html = app_markdown_dup_html (cases[i].markdown);

    g_assert_cmpstr (html, ==, cases[i].html);
  }
}

static void
test_plain (void)
{
  static const struct { const char *markdown, *plain; } cases[] = {
    { "# A *b*\n\nc `d`\ne", "A b\n\nc d e" },
    { "- a\n- b\n  1. c\n  2. d\n\ne", "\342\200\242 a\n\342\200\242 b\n  1. c\n  2. d\n\ne" },
    { "- [x] a\n- [ ] b", "\342\230\221 a\n\342\230\220 b" },
    { "|a|b|\n|-|-|\n|c|d|\n\ne", "a\tb\nc\td\n\ne" },
    { "[a](https://example.org/) $x^2$", "a $x^2$" },
    { "a\n\n```c\nx;\n```\n\nb", "a\n\nx;\n\nb" },
    { "a[^1]\n\n[^1]: b", "a[1]\n\nb" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *plain = app_markdown_dup_plain (cases[i].markdown);

    g_assert_cmpstr (plain, ==, cases[i].plain);
  }
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
  g_test_add_func ("/app/markdown/formulas", test_formulas);
  g_test_add_func ("/app/markdown/formula-sources", test_formula_sources);
  g_test_add_func ("/app/markdown/offsets", test_offsets);
  g_test_add_func ("/app/markdown/formula-hostile", test_formula_hostile);
  g_test_add_func ("/app/markdown/html", test_html);
  g_test_add_func ("/app/markdown/plain", test_plain);
  g_test_add_func ("/app/markdown/plain-text-is-cut", test_plain_text_is_cut);
  return g_test_run ();
}
