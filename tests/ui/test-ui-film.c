/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A video that is opened plays: the picture of each second, with its sound or without one. A sink that is no device takes as long as the sound does. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "sample-video.h"
#include "ui-attachment-viewer.h"
#include "ui-film.h"
#include "ui-sound-view.h"
#include "ui-test-input.h"

#define SECONDS 8

static void
wait_for_second (UiFilm *film, double second)
{
  ui_film_seek (film, second);
  WAIT_UNTIL (ui_film_get_shown (film) <= second + 0.05 && ui_film_get_shown (film) > second - 0.06);
}

/* The colour in the middle of the lower right quarter. */
static void
assert_colour (GtkWidget *window, UiFilm *film, guint second)
{
  int width = gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (film)), height = gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (film));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 4);
  const guint8 *wished = sample_video_colours[second % G_N_ELEMENTS (sample_video_colours)], *pixel = pixels + ((gsize) (height * 3 / 4) * (gsize) width + (gsize) (width * 3 / 4)) * 4;

  gdk_paintable_snapshot (GDK_PAINTABLE (film), snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (window)), node, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gdk_texture_download (texture, pixels, (gsize) width * 4);
  g_test_message ("second %u, shown %.3f: %u %u %u", second, ui_film_get_shown (film), pixel[2], pixel[1], pixel[0]);
  /* B, G, R, A */
  for (int c = 0; c < 3; c++)
    g_assert_cmpint (ABS (pixel[2 - c] - wished[c]), <=, 16);
}

/* Forward, far, and back; beyond the end is the end. */
static void
test_seek (void)
{
  g_autoptr (GBytes) bytes = sample_video ("webm", 64, 48, SECONDS, 0, 0);
  g_autoptr (UiFilm) film = ui_film_new (bytes, 64, 48, SECONDS);
  GtkWidget *window = ui_test_window (gtk_picture_new_for_paintable (GDK_PAINTABLE (film)), 200, 200);
  static const double seconds[] = { 0.05, 0.55, 2.95, 3.05, 7.55, 1.55, 6.05 };

  g_assert_cmpfloat (ui_film_get_shown (film), ==, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++) {
    wait_for_second (film, seconds[i]);
    assert_colour (window, film, (guint) seconds[i]);
  }
  ui_film_seek (film, 100);
  WAIT_UNTIL (ui_film_get_shown (film) > SECONDS - 0.2);
  gtk_window_destroy (GTK_WINDOW (window));
  /* Many at once, as when somebody drags: the last one counts. */
  for (int i = 0; i < 40; i++)
    ui_film_seek (film, (i * 37 % 80) / 10.0);
  wait_for_second (film, 4.55);
}

/* What cannot be decoded shows nothing, and is not tried for ever. */
static void
test_broken (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x1a\x45\xdf\xa3nothing of a film", 21);
  UiFilm *film = ui_film_new (bytes, 64, 48, SECONDS);

  ui_film_seek (film, 1);
  WAIT_UNTIL (G_OBJECT (film)->ref_count == 1);
  g_assert_cmpfloat (ui_film_get_shown (film), ==, -1);
  g_assert_finalize_object (film);
}

static AppAttachment *
attachment_new (double tone)
{
  g_autoptr (GBytes) bytes = sample_video ("mp4", 64, 48, SECONDS, tone, 0);

  return fixture_attach (bytes, "film.mp4");
}

/* In the view of sounds, whose clock it follows. */
static void
test_plays (gconstpointer tone)
{
  g_autoptr (AppAttachment) attachment = attachment_new (GPOINTER_TO_INT (tone));
  UiSoundView *view = g_object_new (UI_TYPE_SOUND_VIEW, NULL);
  GtkPicture *picture = ui_test_child (view, "picture");
  GtkButton *play = ui_test_child (view, "play");
  GtkWidget *window;
  UiFilm *film;

  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=true", TRUE);
  ui_sound_view_set_attachment (view, attachment);
  film = UI_FILM (gtk_picture_get_paintable (picture));
  window = ui_test_window (GTK_WIDGET (view), 500, 500);
  WAIT_UNTIL (gtk_widget_get_sensitive (GTK_WIDGET (play)));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (picture)));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (picture)), >, 200);
  WAIT_UNTIL (ui_film_get_shown (film) >= 0);
  assert_colour (window, film, 0);
  ui_test_click (GTK_WIDGET (play));
  WAIT_UNTIL (ui_film_get_shown (film) > 1.1);
  assert_colour (window, film, (guint) ui_film_get_shown (film));
  ui_test_click (GTK_WIDGET (play));
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
}

/* Opened, it has a page of its own name. */
static void
test_viewer (void)
{
  g_autoptr (AppAttachment) attachment = attachment_new (440);
  GtkWidget *window = ui_test_window (gtk_label_new (""), 300, 300);
  GListModel *windows = gtk_window_get_toplevels ();
  GtkToggleButton *show = NULL;
  GtkWindow *viewer = NULL;
  int least;

  ui_attachment_viewer_present (window, attachment);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) item = g_list_model_get_item (windows, i);
    if (UI_IS_ATTACHMENT_VIEWER (item))
      viewer = item;
  }
  g_assert_nonnull (viewer);
  show = ui_test_child (viewer, "show_sound");
  g_assert_true (gtk_toggle_button_get_active (show));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (show)))), ==, "Video");
  /* A telephone is as wide. */
  ui_test_frames (GTK_WIDGET (viewer), 3);
  gtk_widget_measure (GTK_WIDGET (viewer), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 360);
  gtk_window_destroy (viewer);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-film/seek", test_seek);
  g_test_add_func ("/ui-film/broken", test_broken);
  g_test_add_data_func ("/ui-film/sound", GINT_TO_POINTER (440), test_plays);
  g_test_add_data_func ("/ui-film/silent", GINT_TO_POINTER (0), test_plays);
  g_test_add_func ("/ui-film/viewer", test_viewer);
  return g_test_run ();
}
