/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "media-sound.h"
#include "ui-level-meter.h"

#define WIDTH 100
#define HEIGHT 24

/* How many pixels of the meter in its window are painted, in the first or in the last half of its width. */
static guint
count_painted (UiLevelMeter *meter, gboolean last)
{
  GtkWidget *widget = GTK_WIDGET (meter);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autofree guint32 *pixels = g_new0 (guint32, width * height);
  guint n = 0;

  /* What is in the paintable is of the last frame. */
  ui_test_frames (widget, 3);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  for (int y = 0; y < height; y++)
    for (int x = last ? width / 2 : 0; x < (last ? width : width / 2); x++)
      n += (pixels[y * width + x] >> 24) > 200;
  return n;
}

/* What is loud is large, the newest is last in the direction of writing, and without animations there is one bar. */
static void
test_draws (gconstpointer data)
{
  gboolean animations = GPOINTER_TO_INT (data);
  UiLevelMeter *meter = g_object_new (UI_TYPE_LEVEL_METER, "width-request", WIDTH, "height-request", HEIGHT, "halign", GTK_ALIGN_START, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *window = ui_test_window (GTK_WIDGET (meter), 200, 100);
  guint silent, quiet, loud;

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", animations, NULL);
  ui_test_frames (window, 3);
  g_assert_cmpfloat (ui_level_meter_get_level (meter), ==, 0);
  for (guint i = 0; i < 10; i++)
    ui_level_meter_add (meter, MEDIA_SOUND_SILENCE);
  g_assert_cmpfloat (ui_level_meter_get_level (meter), ==, 0);
  silent = count_painted (meter, TRUE) + count_painted (meter, FALSE);
  for (guint i = 0; i < 10; i++)
    ui_level_meter_add (meter, -30);
  quiet = count_painted (meter, TRUE) + count_painted (meter, FALSE);
  for (guint i = 0; i < 10; i++)
    ui_level_meter_add (meter, -10);
  g_assert_cmpfloat (ui_level_meter_get_level (meter), >, 0.7);
  loud = count_painted (meter, TRUE) + count_painted (meter, FALSE);
  g_assert_cmpuint (quiet, >, silent);
  g_assert_cmpuint (loud, >, quiet);
  if (animations) {
    g_assert_cmpuint (count_painted (meter, TRUE), >, count_painted (meter, FALSE));
    gtk_widget_set_direction (GTK_WIDGET (meter), GTK_TEXT_DIR_RTL);
    gtk_widget_queue_draw (GTK_WIDGET (meter));
    g_assert_cmpuint (count_painted (meter, TRUE), <, count_painted (meter, FALSE));
  }
  ui_level_meter_clear (meter);
  g_assert_cmpfloat (ui_level_meter_get_level (meter), ==, 0);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_data_func ("/ui-level-meter/strokes", GINT_TO_POINTER (TRUE), test_draws);
  g_test_add_data_func ("/ui-level-meter/bar", GINT_TO_POINTER (FALSE), test_draws);
  return g_test_run ();
}
