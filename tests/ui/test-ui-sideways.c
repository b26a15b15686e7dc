/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "ui-sideways.h"

static GtkWidget *
show (GtkWidget **sideways, int child_width, GtkTextDirection direction)
{
  GtkWidget *child = gtk_label_new ("wide");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_size_request (child, child_width, 40);
  *sideways = ui_sideways_new (child);
  gtk_widget_set_direction (*sideways, direction);
  gtk_box_append (GTK_BOX (box), *sideways);
  return ui_test_window (box, 400, 300);
}

static double
left_of (GtkWidget *sideways)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_first_child (sideways), sideways, &bounds));
  return bounds.origin.x;
}

static void
scroll (GtkWidget *sideways, double value)
{
  GtkScrollbar *bar = GTK_SCROLLBAR (gtk_widget_get_last_child (sideways));

  gtk_adjustment_set_value (gtk_scrollbar_get_adjustment (bar), value);
  ui_test_frames (sideways, 2);
}

static void
test_fits (void)
{
  GtkWidget *sideways;
  GtkWidget *window = show (&sideways, 200, GTK_TEXT_DIR_LTR);

  g_assert_false (ui_sideways_overflows (UI_SIDEWAYS (sideways)));
  g_assert_false (gtk_widget_get_focusable (sideways));
  g_assert_cmpint (gtk_widget_get_height (sideways), ==, 40);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_overflows (void)
{
  GtkWidget *sideways;
  GtkWidget *window = show (&sideways, 2000, GTK_TEXT_DIR_LTR);

  g_assert_true (ui_sideways_overflows (UI_SIDEWAYS (sideways)));
  g_assert_true (gtk_widget_get_focusable (sideways));
  g_assert_cmpint (gtk_widget_get_width (sideways), <=, 400);
  g_assert_cmpint (gtk_widget_get_height (sideways), >, 40);
  g_assert_cmpfloat (left_of (sideways), ==, 0);
  scroll (sideways, 300);
  g_assert_cmpfloat (left_of (sideways), ==, -300);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* From right to left it begins at the right end. */
static void
test_right_to_left (void)
{
  GtkWidget *sideways;
  GtkWidget *window = show (&sideways, 2000, GTK_TEXT_DIR_RTL);
  int width = gtk_widget_get_width (sideways);

  g_assert_cmpfloat (left_of (sideways), ==, width - 2000);
  scroll (sideways, 300);
  g_assert_cmpfloat (left_of (sideways), ==, width - 2000 + 300);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-sideways/fits", test_fits);
  g_test_add_func ("/ui-sideways/overflows", test_overflows);
  g_test_add_func ("/ui-sideways/right-to-left", test_right_to_left);
  return g_test_run ();
}
