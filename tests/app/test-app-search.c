/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

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

static void
test_marks (void)
{
  static const struct { const char *marked, *line, *ranges; } cases[] = {
    { "a \001duck\002 here", "a duck here", "[duck]" },
    { "\001a\002\001b\002", "ab", "[a] [b]" },
    { "two\n\001lines\002\there", "two lines here", "[lines]" },
    { "\002\002wild\001\001marks", "wildmarks", "" },
    { "\001\002", "", "" },
    { "\001Größe\002", "Größe", "[Größe]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
    g_autofree char *line = app_search_parse_marks (cases[i].marked, ranges);
    g_assert_cmpstr (line, ==, cases[i].line);
    assert_ranges (ranges, line, cases[i].ranges);
  }
}

static void
test_plain_snippet (void)
{
  g_autofree char *a = g_strnfill (200, 'a');
  g_autofree char *text = g_strdup_printf ("%s月の満ち欠け%s", a, a);
  const char *one[] = { "満ち", NULL }, *overlapping[] = { "満ち", "ち欠", NULL }, *absent[] = { "鳥", NULL };
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
  g_autofree char *first = app_search_plain_snippet (text, (char **) one, ranges);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  g_assert_true (g_utf8_validate (first, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (first, -1), <, 110);
  g_assert_true (g_str_has_prefix (first, "…a"));
  g_assert_true (g_str_has_suffix (first, "a…"));
  assert_ranges (ranges, first, "[満ち]");
  g_array_set_size (ranges, 0);
  second = app_search_plain_snippet (text, (char **) overlapping, ranges);
  assert_ranges (ranges, second, "[満ち欠]");
  g_array_set_size (ranges, 0);
  third = app_search_plain_snippet ("short", (char **) absent, ranges);
  g_assert_cmpstr (third, ==, "short");
  assert_ranges (ranges, third, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/search/words", test_words);
  g_test_add_func ("/app/search/like", test_like);
  g_test_add_func ("/app/search/marks", test_marks);
  g_test_add_func ("/app/search/plain-snippet", test_plain_snippet);
  return g_test_run ();
}
