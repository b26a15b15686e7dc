/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-lane.h"

#include <string.h>

static void
on_count (AppLane *lane, guint *n)
{
  (*n)++;
}

static void
test_life (void)
{
  g_autoptr (AppLane) lane = app_lane_new ("Plan first");
  g_autofree char *empty = app_lane_dup_line (lane), *line = NULL, *long_line = NULL;
  g_autofree char *words = g_strnfill (400, 'x');
  guint n_changes = 0, n_stops = 0;

  g_signal_connect (lane, "changed", G_CALLBACK (on_count), &n_changes);
  g_assert_cmpint (app_lane_get_state (lane), ==, APP_LANE_WAITING);
  g_assert_cmpstr (empty, ==, "");
  g_assert_false (app_lane_can_stop (lane));
  app_lane_begin (lane, "works");
  app_lane_append (lane, "First line.\n   The sec");
  app_lane_append (lane, "ond\n\n");
  g_assert_cmpuint (n_changes, ==, 3);
  line = app_lane_dup_line (lane);
  g_assert_cmpstr (line, ==, "The second");
  app_lane_append (lane, words);
  long_line = app_lane_dup_line (lane);
  g_assert_cmpint (g_utf8_strlen (long_line, -1), ==, 161);
  g_assert_true (g_str_has_prefix (long_line, "…x"));
  g_signal_connect (lane, "stop", G_CALLBACK (on_count), &n_stops);
  g_assert_true (app_lane_can_stop (lane));
  app_lane_stop (lane);
  app_lane_end (lane, APP_LANE_STOPPED);
  app_lane_stop (lane);
  g_assert_cmpuint (n_stops, ==, 1);
  g_assert_false (app_lane_can_stop (lane));
}

/* Formulas are plain text in the line, also one that has not ended, and one of several lines. */
static void
test_formulas (void)
{
  static const struct {
    const char *text, *line;
  } cases[] = {
    { "So \\(2348 \\times 0.175\\) is it.", "So 2348 × 0.175 is it." },
    { "First\n\\[\n\\frac{a + b}{2} = 7", "(a + b)/2 = 7" },
    { "\\[\n x^2 \\le \\sqrt{y}\n\\]\n", "x^2 ≤ √y" },
    { "Then \\(2348 \\tim", NULL },
    { "It costs $5 and C:\\temp is full.", "It costs $5 and C:\\temp is full." },
    { "$$17.5\\%$$", "17.5%" },
    { "\\(", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppLane) lane = app_lane_new ("x");
    g_autofree char *line = NULL;

    app_lane_append (lane, cases[i].text);
    line = app_lane_dup_line (lane);
    if (cases[i].line != NULL)
      g_assert_cmpstr (line, ==, cases[i].line);
    else
      g_assert_null (strstr (line, "\\("));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-lane/life", test_life);
  g_test_add_func ("/app-lane/formulas", test_formulas);
  return g_test_run ();
}
