/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-lane.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-lane/life", test_life);
  return g_test_run ();
}
