/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agents side by side, while they work and after. */
#include "ui-test.h"

#include <string.h>

#include "ui-lane-card.h"
#include "ui-lanes.h"

typedef struct {
  GListStore *lanes;
  UiLanes *view;
  GtkWidget *window;
} View;

static AppLane *
lane_at (View *v, guint index)
{
  AppLane *lane = g_list_model_get_item (G_LIST_MODEL (v->lanes), index);

  g_object_unref (lane);
  return lane;
}

static void
open_view (View *v, int width)
{
  static const char *const names[] = { "Step by step", "What is given", "Plan first", "Check twice" };

  v->lanes = g_list_store_new (APP_TYPE_LANE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (AppLane) lane = app_lane_new (names[i]);

    g_list_store_append (v->lanes, lane);
  }
  v->view = g_object_new (UI_TYPE_LANES, NULL);
  v->window = ui_test_window (GTK_WIDGET (v->view), width, 500);
}

static void
close_view (View *v)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  g_clear_object (&v->lanes);
  ui_test_drain ();
}

static const char *
summary (View *v)
{
  return gtk_label_get_text (GTK_LABEL (ui_test_child (v->view, "summary")));
}

static UiLaneCard *
card_at (View *v, int index)
{
  return UI_LANE_CARD (gtk_flow_box_child_get_child (gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (ui_test_child (v->view, "cards")), index)));
}

static gboolean
has_ended (gpointer data)
{
  return strstr (summary (data), "at work") == NULL;
}

static gboolean
shows_line (gpointer data)
{
  return g_str_equal (gtk_label_get_text (GTK_LABEL (ui_test_child (card_at (data, 0), "line"))), "The second line");
}

/* Open while somebody works, closed after; what each came to stays to be seen. */
static void
test_life (void)
{
  View v = { 0 };
  UiLaneCard *card;

  open_view (&v, 700);
  ui_lanes_set_lanes (v.view, NULL);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (v.view)));
  app_lane_begin (lane_at (&v, 0), "works it out");
  ui_lanes_set_lanes (v.view, G_LIST_MODEL (v.lanes));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (v.view)));
  g_assert_true (gtk_revealer_get_reveal_child (ui_test_child (v.view, "revealer")));
  g_assert_nonnull (strstr (summary (&v), "4 agents at work"));
  card = card_at (&v, 0);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ui_test_child (card, "line"))), ==, "works it out");
  app_lane_append (lane_at (&v, 0), "One.\nThe second");
  app_lane_append (lane_at (&v, 0), " line");
  ui_test_wait (shows_line, &v);
  /* Opened, it has all. */
  gtk_toggle_button_set_active (ui_test_child (card, "more"), TRUE);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ui_test_child (card, "text"))), ==, "One.\nThe second line");
  for (guint i = 0; i < 4; i++) {
    app_lane_set_answer (lane_at (&v, i), "42");
    app_lane_count (lane_at (&v, i), 10);
    app_lane_end (lane_at (&v, i), i < 3 ? APP_LANE_DONE : APP_LANE_SPARED);
  }
  ui_test_wait (has_ended, &v);
  g_assert_nonnull (strstr (summary (&v), "4 agents"));
  g_assert_nonnull (strstr (summary (&v), "40\302\240tokens"));
  g_assert_false (gtk_revealer_get_reveal_child (ui_test_child (v.view, "revealer")));
  close_view (&v);
}

/* What the person opens stays open, also when the work ends. */
static void
test_chosen (void)
{
  View v = { 0 };

  open_view (&v, 700);
  app_lane_begin (lane_at (&v, 0), "works");
  ui_lanes_set_lanes (v.view, G_LIST_MODEL (v.lanes));
  gtk_toggle_button_set_active (ui_test_child (v.view, "head"), FALSE);
  gtk_toggle_button_set_active (ui_test_child (v.view, "head"), TRUE);
  for (guint i = 0; i < 4; i++)
    app_lane_end (lane_at (&v, i), APP_LANE_DONE);
  ui_test_wait (has_ended, &v);
  g_assert_true (gtk_revealer_get_reveal_child (ui_test_child (v.view, "revealer")));
  close_view (&v);
}

static void
on_stop (AppLane *lane, guint *n)
{
  (*n)++;
  app_lane_end (lane, APP_LANE_STOPPED);
}

static gboolean
has_no_stop (gpointer data)
{
  return !gtk_widget_get_visible (ui_test_child (data, "stop"));
}

static void
test_stop (void)
{
  View v = { 0 };
  guint n = 0;

  open_view (&v, 700);
  g_signal_connect (lane_at (&v, 1), "stop", G_CALLBACK (on_stop), &n);
  app_lane_begin (lane_at (&v, 1), "works");
  ui_lanes_set_lanes (v.view, G_LIST_MODEL (v.lanes));
  g_assert_false (gtk_widget_get_visible (ui_test_child (card_at (&v, 0), "stop")));
  g_assert_true (gtk_widget_get_visible (ui_test_child (card_at (&v, 1), "stop")));
  g_signal_emit_by_name (ui_test_child (card_at (&v, 1), "stop"), "clicked");
  g_assert_cmpuint (n, ==, 1);
  ui_test_wait (has_no_stop, card_at (&v, 1));
  close_view (&v);
}

/* Two side by side where there is room, one below the other in a narrow window, and nothing wider than it. */
static void
test_widths (void)
{
  View wide = { 0 }, narrow = { 0 };
  graphene_rect_t first, second;

  open_view (&wide, 700);
  app_lane_begin (lane_at (&wide, 0), "works");
  app_lane_append (lane_at (&wide, 0), "A long line that goes on and on, and is longer than any card is wide, so that it has to be shortened at its end");
  ui_lanes_set_lanes (wide.view, G_LIST_MODEL (wide.lanes));
  ui_test_frames (wide.window, 30);
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (card_at (&wide, 0)), GTK_WIDGET (wide.view), &first));
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (card_at (&wide, 1)), GTK_WIDGET (wide.view), &second));
  g_assert_cmpfloat (first.origin.y, ==, second.origin.y);
  close_view (&wide);

  open_view (&narrow, 340);
  app_lane_begin (lane_at (&narrow, 0), "works");
  ui_lanes_set_lanes (narrow.view, G_LIST_MODEL (narrow.lanes));
  ui_test_frames (narrow.window, 30);
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (card_at (&narrow, 0)), GTK_WIDGET (narrow.view), &first));
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (card_at (&narrow, 1)), GTK_WIDGET (narrow.view), &second));
  g_assert_cmpfloat (first.origin.x, ==, second.origin.x);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (narrow.view)), <=, 360);
  close_view (&narrow);
}

typedef struct {
  guint n_paused, n_raised;
  char *words;
} Asked;

static void
on_pause (AppLane *lane, gboolean pause, Asked *asked)
{
  asked->n_paused += pause;
  app_lane_set_pause (lane, pause ? APP_LANE_PAUSED : APP_LANE_GOES);
}

static void
on_steer (AppLane *lane, const char *words, Asked *asked)
{
  g_free (asked->words);
  asked->words = g_strdup (words);
}

static void
on_raise (AppLane *lane, Asked *asked)
{
  asked->n_raised++;
}

static gboolean
says_paused (gpointer data)
{
  return g_str_equal (gtk_label_get_text (GTK_LABEL (ui_test_child (data, "line"))), "Paused");
}

static gboolean
has_timeline (gpointer data)
{
  return gtk_widget_get_visible (ui_test_child (data, "timeline"));
}

static gboolean
has_no_pause (gpointer data)
{
  return !gtk_widget_get_visible (ui_test_child (data, "pause"));
}

/* A step of a job: it comes later than the others, has a budget, is paused, told something and given more, and shows what it made and when. */
static void
test_step (void)
{
  static const char *const files[] = { "totals.csv", NULL }, *const findings[] = { "The table has no rows.", NULL };
  View v = { 0 };
  Asked asked = { 0 };
  g_autoptr (AppLane) step = app_lane_new ("Totals");
  UiLaneCard *card;

  open_view (&v, 700);
  ui_lanes_set_lanes (v.view, G_LIST_MODEL (v.lanes));
  g_signal_connect (step, "pause", G_CALLBACK (on_pause), &asked);
  g_signal_connect (step, "steer", G_CALLBACK (on_steer), &asked);
  g_signal_connect (step, "raise", G_CALLBACK (on_raise), &asked);
  app_lane_set_budget (step, 2000, 600);
  app_lane_begin (step, "adds up");
  g_list_store_append (v.lanes, step);
  card = card_at (&v, 4);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (ui_test_child (card, "figures"))), "of 2"));
  g_assert_false (gtk_widget_get_visible (ui_test_child (card_at (&v, 0), "pause")));
  g_assert_true (gtk_widget_get_visible (ui_test_child (card, "pause")));
  gtk_toggle_button_set_active (ui_test_child (card, "pause"), TRUE);
  ui_test_wait (says_paused, card);
  gtk_toggle_button_set_active (ui_test_child (card, "pause"), FALSE);
  g_assert_cmpuint (asked.n_paused, ==, 1);
  g_assert_cmpint (app_lane_get_pause (step), ==, APP_LANE_GOES);
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child (card, "words")), "only this year");
  g_signal_emit_by_name (ui_test_child (card, "words"), "activate");
  g_assert_cmpstr (asked.words, ==, "only this year");
  g_signal_emit_by_name (ui_test_child (card, "raise"), "clicked");
  g_assert_cmpuint (asked.n_raised, ==, 1);
  app_lane_set_files (step, files);
  app_lane_set_findings (step, findings);
  for (guint i = 0; i < 5; i++)
    app_lane_restore (lane_at (&v, i), APP_LANE_DONE, "", "", 10, 1, 1000 + i * 1000, 2000 + i * 1000);
  ui_test_wait (has_timeline, card);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ui_test_child (card, "files"))), ==, "totals.csv");
  g_assert_true (gtk_widget_get_visible (ui_test_child (card, "findings")));
  ui_test_wait (has_no_pause, card);
  g_free (asked.words);
  close_view (&v);
}

/* A job is told by its steps, which are no agents, and held, let go and stopped as a whole. */
static void
test_job (void)
{
  View v = { 0 };
  Asked asked = { 0 };
  guint n_stopped = 0;
  GtkWidget *pause, *stop;

  open_view (&v, 700);
  g_list_store_remove_all (v.lanes);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (AppLane) lane = app_lane_new_with_role (i == 0 ? "Planner" : "A step", i == 0 ? APP_LANE_PLANNER : APP_LANE_STEP);

    g_signal_connect (lane, "pause", G_CALLBACK (on_pause), &asked);
    g_signal_connect (lane, "stop", G_CALLBACK (on_stop), &n_stopped);
    if (i == 0)
      app_lane_begin (lane, "plans");
    g_list_store_append (v.lanes, lane);
    if (i == 0) {
      ui_lanes_set_lanes (v.view, G_LIST_MODEL (v.lanes));
      g_assert_true (g_str_has_prefix (summary (&v), "Plans the steps"));
      app_lane_end (lane, APP_LANE_DONE);
    }
  }
  pause = ui_test_child (v.view, "pause");
  stop = ui_test_child (v.view, "stop");
  app_lane_begin (lane_at (&v, 1), "works");
  app_lane_end (lane_at (&v, 1), APP_LANE_DONE);
  app_lane_begin (lane_at (&v, 2), "works");
  ui_test_frames (v.window, 30);
  g_assert_true (g_str_has_prefix (summary (&v), "1 of 3 steps done"));
  g_assert_true (gtk_widget_get_visible (pause));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), TRUE);
  g_assert_cmpuint (asked.n_paused, ==, 2); /* who works and who waits */
  g_assert_true (g_str_has_prefix (summary (&v), "Paused"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), FALSE);
  g_assert_cmpint (app_lane_get_pause (lane_at (&v, 3)), ==, APP_LANE_GOES);
  g_assert_true (gtk_widget_get_visible (stop));
  g_signal_emit_by_name (stop, "clicked");
  g_assert_cmpuint (n_stopped, ==, 2);
  ui_test_wait (has_no_stop, v.view);
  g_assert_true (g_str_has_prefix (summary (&v), "1 of 3 steps done"));
  g_assert_false (gtk_widget_get_visible (pause));
  close_view (&v);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-lanes/life", test_life);
  g_test_add_func ("/ui-lanes/chosen", test_chosen);
  g_test_add_func ("/ui-lanes/stop", test_stop);
  g_test_add_func ("/ui-lanes/step", test_step);
  g_test_add_func ("/ui-lanes/job", test_job);
  g_test_add_func ("/ui-lanes/widths", test_widths);
  return g_test_run ();
}
