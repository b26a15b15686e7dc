/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries and snippets of the search: the first line is the query, the rest the text. Every range lies in its snippet. */
#include <stdint.h>
#include <string.h>

#include "app-markdown.h"
#include "app-search-needle.h"
#include "app-search.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (const char *snippet, GArray *ranges)
{
  gsize end = 0;

  for (guint i = 0; i < ranges->len; i++) {
    AppRange *range = &g_array_index (ranges, AppRange, i);
    if (range->length == 0 || range->start < end || range->start + range->length > strlen (snippet))
      g_error ("a range outside of its snippet");
    end = range->start + range->length;
  }
  if (!g_utf8_validate (snippet, -1, NULL))
    g_error ("a snippet that is no UTF-8");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *input = g_strndup ((const char *) data, size);
  char *line = strchr (input, '\n');
  g_auto (GStrv) words = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expression = NULL;
  g_autofree char *marked = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *found = NULL;
  g_autoptr (AppSearchNeedle) needle = NULL;
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));

  if (line)
    *line++ = '\0';
  words = app_search_words (input);
  text = g_utf8_make_valid (line ? line : "", -1);
  expression = app_search_fts_expression (words);
  app_search_is_plain (words);
  marked = app_search_parse_marks (text, ranges);
  check (marked, ranges);
  marked = app_search_cut (marked, ranges);
  check (marked, ranges);
  g_array_set_size (ranges, 0);
  plain = app_markdown_dup_words (text);
  found = app_search_find_words (plain, words, ranges);
  check (found, ranges);
  found = app_search_cut (found, ranges);
  check (found, ranges);
  needle = app_search_needle_new (words);
  g_free (found);
  found = needle ? app_search_needle_mark (needle, text) : NULL;
  if (found) {
    g_autofree char *unmarked = NULL;

    g_array_set_size (ranges, 0);
    unmarked = app_search_parse_marks (found, ranges);
    check (unmarked, ranges);
  }
  return 0;
}
