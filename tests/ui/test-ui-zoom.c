/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "ui-zoom.h"

static gboolean
is_wider (gpointer child)
{
  return gtk_widget_get_width (child) > 300;
}

static gboolean
fits (gpointer child)
{
  return gtk_widget_get_width (child) <= 200;
}

/* It fits, grows around what is in the middle, follows the window, and fits again. */
static void
test_zoom (void)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *child = gtk_picture_new ();
  GtkWidget *window;
  GtkAdjustment *across;
  int width;

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  ui_zoom_add (scroller, GTK_SCROLLED_WINDOW (scroller), child);
  gtk_widget_set_size_request (scroller, 150, 150);
  window = ui_test_window (scroller, 200, 200);
  ui_test_frames (window, 3);
  g_assert_true (fits (child));
  for (guint i = 0; i < 4; i++)
    g_assert_true (gtk_widget_activate_action (scroller, "zoom.in", NULL));
  ui_test_wait (is_wider, child);
  ui_test_frames (window, 3);
  across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));
  width = gtk_widget_get_width (child);
  g_assert_cmpfloat (ABS (gtk_adjustment_get_value (across) + gtk_adjustment_get_page_size (across) / 2 - width / 2.0), <=, 2.0);
  gtk_widget_activate_action (scroller, "zoom.out", NULL);
  ui_test_frames (window, 3);
  g_assert_cmpint (gtk_widget_get_width (child), <, width);
  gtk_widget_activate_action (scroller, "zoom.fit", NULL);
  ui_test_wait (fits, child);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/zoom", test_zoom);
  return g_test_run ();
}
