/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-markdown.h"
#include "app-search.h"

static void
assert_ranges (GArray *ranges, const char *text, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < ranges->len; i++) {
    AppRange *range = &g_array_index (ranges, AppRange, i);
    g_assert_cmpuint (range->start + range->length, <=, strlen (text));
    g_string_append_printf (found, "%s[%.*s]", i ? " " : "", (int) range->length, text + range->start);
  }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_words (void)
{
  static const struct { const char *query, *expression; gboolean plain; } cases[] = {
    { "duck", "\"duck\"*", FALSE },
    { "  duck \t\n pond ", "\"duck\" \"pond\"*", FALSE },
    { "say \"quack\"", "\"say\" \"\"\"quack\"\"\"*", FALSE },
    { "a AND b", "\"a\" \"AND\" \"b\"*", FALSE },
    { "\001duck\002", "\"duck\"*", FALSE },
    { "duck --", "\"duck\" \"--\"*", TRUE },
    { "月", "\"月\"*", TRUE },
    { "ไทย", "\"ไทย\"*", TRUE },
    { "Übung", "\"Übung\"*", FALSE },
    { "", "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) words = app_search_words (cases[i].query);
    g_autofree char *expression = app_search_fts_expression (words);
    g_assert_cmpstr (expression, ==, cases[i].expression);
    g_assert_cmpint (app_search_is_plain (words), ==, cases[i].plain);
  }
}

static void
test_like (void)
{
  g_autofree char *pattern = app_search_like_pattern ("50%_\\x");

  g_assert_cmpstr (pattern, ==, "%50\\%\\_\\\\x%");
}

#define S APP_SEARCH_MARK_START
#define E APP_SEARCH_MARK_END

static void
test_marks (void)
{
  static const struct { const char *marked, *line, *ranges; } cases[] = {
    { "a " S "duck" E " here", "a duck here", "[duck]" },
    { S "a" E S "b" E, "ab", "[a] [b]" },
    { "two\n\n" S "lines" E "\there", "two lines here", "[lines]" },
    { E E "wild" S S "marks", "wildmarks", "" },
    { S E, "", "" },
    { S "Größe" E, "Größe", "[Größe]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
    g_autofree char *line = app_search_parse_marks (cases[i].marked, ranges);
    g_assert_cmpstr (line, ==, cases[i].line);
    assert_ranges (ranges, line, cases[i].ranges);
  }
}

/* The marks of the index do not change what the parser of Markdown sees. */
static void
test_marked_markdown (void)
{
  static const struct { const char *marked, *line, *ranges; } cases[] = {
    { "## " S "Three" E " ways", "Three ways", "[Three]" },
    { "are **" S "three" E "** *ways*", "are three ways", "[three]" },
    { "*The " S "lake" E " is patient.*", "The lake is patient.", "[lake]" },
    { "See [the " S "lake" E "](https://example.org/" S "lake" E ").", "See the lake.", "[lake]" },
    { "- " S "one" E "\n- two", "one two", "[one]" },
    { "```" S "c" E "\nint " S "c" E ";\n```", "int c;", "[c]" },
    { "|a|" S "b" E "|\n|-|-|\n|1|" S "b" E "|", "a b 1 b", "[b] [b]" },
    { "snake_" S "case" E "_name", "snake_case_name", "[case]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
    g_autofree char *words = app_markdown_dup_words (cases[i].marked);
    g_autofree char *line = app_search_parse_marks (words, ranges);
    g_assert_cmpstr (line, ==, cases[i].line);
    assert_ranges (ranges, line, cases[i].ranges);
  }
}

static void
test_find_words (void)
{
  static const struct { const char *text, *words, *line, *ranges; } cases[] = {
    { "月の満ち欠け", "満ち", "月の満ち欠け", "[満ち]" },
    { "月の満ち欠け", "満ち ち欠", "月の満ち欠け", "[満ち欠]" },
    { "a  b\nA", "a", "a b A", "[a] [A]" },
    { "aaa", "a aa", "aaa", "[aa] [a]" },
    { "short", "鳥", "short", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
    g_auto (GStrv) words = app_search_words (cases[i].words);
    g_autofree char *line = app_search_find_words (cases[i].text, words, ranges);
    g_assert_cmpstr (line, ==, cases[i].line);
    assert_ranges (ranges, line, cases[i].ranges);
  }
}

static char *
cut (const char *text, const char *query, GArray *ranges)
{
  g_auto (GStrv) words = app_search_words (query);

  return app_search_cut (app_search_find_words (text, words, ranges), ranges);
}

static void
test_cut (void)
{
  g_autofree char *filler = g_strnfill (200, 'x');
  g_autofree char *text = g_strdup_printf ("%s満ち%s満ち 欠け%s", filler, filler, filler);
  g_autofree char *at_end = g_strdup_printf ("%s lake", filler);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
  g_autofree char *line = cut (text, "満ち 欠け", ranges);
  g_autofree char *last = NULL;
  g_autofree char *none = NULL;
  g_autofree char *whole = NULL;

  /* Where the words stand together, not where the first one stands alone. */
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (line, -1), <, 110);
  g_assert_true (g_str_has_prefix (line, "…x"));
  g_assert_true (g_str_has_suffix (line, "x…"));
  assert_ranges (ranges, line, "[満ち] [欠け]");

  g_array_set_size (ranges, 0);
  last = cut (at_end, "lake", ranges);
  g_assert_true (g_str_has_suffix (last, "x lake"));
  assert_ranges (ranges, last, "[lake]");

  g_array_set_size (ranges, 0);
  none = cut (text, "absent", ranges);
  g_assert_true (g_str_has_prefix (none, "xxx"));
  assert_ranges (ranges, none, "");

  g_array_set_size (ranges, 0);
  whole = cut ("a lake", "lake", ranges);
  g_assert_cmpstr (whole, ==, "a lake");
  assert_ranges (ranges, whole, "[lake]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/search/words", test_words);
  g_test_add_func ("/app/search/like", test_like);
  g_test_add_func ("/app/search/marks", test_marks);
  g_test_add_func ("/app/search/marked-markdown", test_marked_markdown);
  g_test_add_func ("/app/search/find-words", test_find_words);
  g_test_add_func ("/app/search/cut", test_cut);
  return g_test_run ();
}
