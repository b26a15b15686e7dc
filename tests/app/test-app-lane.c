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
  app_lane_append (lane, "First line.\nThe sec");
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

/* All that is told comes back; one that was at work has been stopped. */
static void
test_json (void)
{
  g_autoptr (GListStore) lanes = g_list_store_new (APP_TYPE_LANE);
  g_autoptr (AppLane) one = app_lane_new ("Ünd \"so\""), two = app_lane_new ("B"), back = NULL, back_two = NULL;
  g_autoptr (GListModel) read = NULL;
  g_autofree char *json = NULL;

  app_lane_begin (one, "t");
  app_lane_append (one, "a\nb");
  app_lane_count (one, 12);
  app_lane_set_answer (one, "42");
  app_lane_end (one, APP_LANE_SPARED);
  app_lane_begin (two, "t");
  g_list_store_append (lanes, one);
  g_list_store_append (lanes, two);
  json = app_lanes_to_json (G_LIST_MODEL (lanes));
  read = app_lanes_from_json (json);
  g_assert_nonnull (read);
  g_assert_cmpuint (g_list_model_get_n_items (read), ==, 2);
  back = g_list_model_get_item (read, 0);
  back_two = g_list_model_get_item (read, 1);
  g_assert_cmpstr (app_lane_get_name (back), ==, "Ünd \"so\"");
  g_assert_cmpstr (app_lane_get_text (back), ==, "a\nb");
  g_assert_cmpstr (app_lane_get_answer (back), ==, "42");
  g_assert_cmpint (app_lane_get_tokens (back), ==, 12);
  g_assert_cmpint (app_lane_get_state (back), ==, APP_LANE_SPARED);
  g_assert_cmpfloat (app_lane_get_seconds (back), ==, app_lane_get_seconds (one));
  g_assert_cmpint (app_lane_get_state (back_two), ==, APP_LANE_STOPPED);
}

static void
test_foreign (void)
{
  static const char *const bad[] = { "", "{}", "[", "3", NULL };
  g_autoptr (GListModel) odd = app_lanes_from_json ("[1, {\"name\": [], \"tokens\": \"x\", \"seconds\": -1, \"state\": {}, \"text\": null}, null]");
  g_autoptr (AppLane) lane = NULL;

  for (guint i = 0; bad[i] != NULL; i++)
    g_assert_null (app_lanes_from_json (bad[i]));
  g_assert_null (app_lanes_from_json (NULL));
  g_assert_cmpuint (g_list_model_get_n_items (odd), ==, 1);
  lane = g_list_model_get_item (odd, 0);
  g_assert_cmpstr (app_lane_get_name (lane), ==, "");
  g_assert_cmpint (app_lane_get_tokens (lane), ==, 0);
  g_assert_cmpfloat (app_lane_get_seconds (lane), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-lane/life", test_life);
  g_test_add_func ("/app-lane/json", test_json);
  g_test_add_func ("/app-lane/foreign", test_foreign);
  return g_test_run ();
}
