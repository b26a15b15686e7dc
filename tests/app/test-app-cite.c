/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-cite.h"

static const char *const passages[] = {
  "Everybody has 28 days of holiday a year. Five days can be taken over into the next year until the end of March.",
  "Holidays of more than three weeks must be agreed on with the head of the department.",
  "Days of sickness during a holiday do not count as holiday when a doctor confirms them.",
  "東京の事務所は四月に開きます。",
  NULL,
};

/* `expected`: the answer with its citations as {1}. */
static void
assert_cited (const char *expected)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GArray) citations = NULL;
  gsize at = 0;

  for (const char *p = expected; *p; p++)
    if (*p == '{')
      p = strchr (p, '}');
    else
      g_string_append_c (answer, *p);
  citations = app_cite (answer->str, passages);
  for (guint i = 0; i < citations->len; i++) {
    AppCitation *citation = &g_array_index (citations, AppCitation, i);

    g_assert_cmpuint (citation->position, >=, at);
    g_string_append_len (found, answer->str + at, (gssize) (citation->position - at));
    g_string_append_printf (found, "{%u}", citation->number);
    at = citation->position;
  }
  g_string_append (found, answer->str + at);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_sentences (void)
{
  assert_cited ("You get 28 days of holiday a year.{1} Days of sickness do not count when a doctor confirms them.{3}");
  assert_cited ("I hope this helps. Ask me again at any time.");
  assert_cited ("**28 days a year.**{1} Longer holidays must be agreed on with the department's head!{2}\n");
  assert_cited ("");
  assert_cited ("\n\n");
  assert_cited ("東京の事務所は四月に開きます。{4}");
}

/* Of several sentences in a row from one passage, the last one has the citation. */
static void
test_runs (void)
{
  assert_cited ("Everybody has 28 days of holiday. Five days can be taken over into the next year.{1} A doctor confirms days of sickness.{3}");
  assert_cited ("Everybody has 28 days of holiday.{1}\n\nFive days can be taken over until the end of March.{1}");
}

static void
test_lists (void)
{
  assert_cited ("Here is what I found:\n\n- 28 days of holiday a year{1}\n- Five days into the next year, until the end of March{1}\n* more than three weeks: agreed on with the head{2}\n");
}

/* What is no prose stays as it is. */
static void
test_no_prose (void)
{
  assert_cited ("# 28 days of holiday a year\n```\nEverybody has 28 days of holiday a year.\n```\n| 28 days of holiday a year |\n    Everybody has 28 days of holiday\n> Everybody has 28 days of holiday\n");
}

/* A number that stands nowhere speaks against a passage. */
static void
test_invented (void)
{
  assert_cited ("The company was founded by two sisters in 1911.");
  assert_cited ("Holidays{1}");
  assert_cited ("Sickness.{3}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/cite/sentences", test_sentences);
  g_test_add_func ("/app/cite/runs", test_runs);
  g_test_add_func ("/app/cite/lists", test_lists);
  g_test_add_func ("/app/cite/no-prose", test_no_prose);
  g_test_add_func ("/app/cite/invented", test_invented);
  return g_test_run ();
}
