/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of the camera: what it shows becomes an attachment, and the camera is open no longer than it shows. A source for tests stands in the camera's place. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "media-device-private.h"
#include "media-devices.h"
#include "media.h"
#include "ui-camera-dialog.h"
#include "ui-composer.h"
#include "ui-devices.h"
#include "ui-mirror.h"
#include "ui-test-input.h"

/* Bars: white on the left, blue on the right. */
#define BARS "test:pattern=smpte width=640 height=480"

typedef struct {
  UiComposer *composer;
  GtkWidget *window;
  UiCameraDialog *dialog; /* NULL when it is closed */
} Desk;

static UiCameraDialog *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (UI_IS_CAMERA_DIALOG (window))
      return UI_CAMERA_DIALOG (window);
  }
  return NULL;
}

/* As its button does. */
static void
open_dialog (Desk *desk)
{
  g_signal_emit_by_name (ui_test_child (desk->composer, "camera"), "clicked");
  desk->dialog = find_dialog ();
  g_assert_nonnull (desk->dialog);
  g_object_add_weak_pointer (G_OBJECT (desk->dialog), (gpointer *) &desk->dialog);
}

static void
set_up (Desk *desk, gconstpointer source)
{
  /* The list of the test before. */
  g_object_set_data (G_OBJECT (gdk_display_get_default ()), "ui-devices", NULL);
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  g_setenv ("MELETE_CAMERA", source, TRUE);
  desk->composer = g_object_new (UI_TYPE_COMPOSER, NULL);
  desk->window = ui_test_window (GTK_WIDGET (desk->composer), 600, 400);
}

static void
tear_down (Desk *desk, gconstpointer source)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  WAIT_UNTIL (desk->dialog == NULL);
}

static gboolean
shows (Desk *desk, const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (ui_test_child (desk->dialog, "stack")), page) == 0;
}

static void
press (Desk *desk, const char *name)
{
  g_signal_emit_by_name (ui_test_child (desk->dialog, name), "clicked");
}

static const char *
get_subtitle (Desk *desk)
{
  return adw_window_title_get_subtitle (ui_test_child (desk->dialog, "title"));
}

static GListStore *
get_list (void)
{
  return G_LIST_STORE (media_devices_get_list (ui_devices_get (), MEDIA_DEVICE_CAMERA));
}

static AppAttachment *
get_attachment (Desk *desk, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (ui_composer_get_draft_attachments (desk->composer)), position);
}

static guint
count_attachments (Desk *desk)
{
  return g_list_model_get_n_items (G_LIST_MODEL (ui_composer_get_draft_attachments (desk->composer)));
}

/* The bars as they are, or as in a mirror. */
static void
assert_bars (GdkTexture *texture, gboolean mirrored)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);
  guint32 left, right;

  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  left = pixels[height / 4 * width + width / 14];
  right = pixels[height / 4 * width + width - 1 - width / 14];
  if (mirrored) {
    guint32 other = left;

    left = right;
    right = other;
  }
  /* In white there is everything, in blue nothing else. */
  g_assert_cmpuint (left >> 16 & 0xff, >, 150);
  g_assert_cmpuint (left >> 8 & 0xff, >, 150);
  g_assert_cmpuint (right >> 16 & 0xff, <, 60);
  g_assert_cmpuint (right >> 8 & 0xff, <, 60);
  g_assert_cmpuint (right & 0xff, >, 150);
}

static GdkTexture *
render (GtkWidget *window, GdkPaintable *paintable)
{
  int width = gdk_paintable_get_intrinsic_width (paintable), height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  return gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (window)), node, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

/* One looks into a mirror, and gives away what others see; by the keyboard alone. */
static void
test_picture (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  g_autoptr (GdkTexture) seen = NULL;
  g_autoptr (GdkTexture) added = NULL;
  g_autoptr (GError) error = NULL;

  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  ui_test_frames (GTK_WIDGET (desk->dialog), 3);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (desk->dialog, "on_air")));
  seen = render (GTK_WIDGET (desk->dialog), gtk_picture_get_paintable (ui_test_child (desk->dialog, "live")));
  assert_bars (seen, TRUE);
  g_assert_true (gtk_widget_has_focus (ui_test_child (desk->dialog, "shutter")));
  ui_test_key (desk->dialog, "space");
  WAIT_UNTIL (shows (desk, "taken"));
  assert_bars (GDK_TEXTURE (gtk_picture_get_paintable (ui_test_child (desk->dialog, "shot"))), FALSE);
  ui_test_frames (GTK_WIDGET (desk->dialog), 3);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (desk->dialog, "on_air")));
  g_assert_cmpuint (count_attachments (desk), ==, 0);
  g_assert_true (gtk_widget_has_focus (ui_test_child (desk->dialog, "add")));
  ui_test_key (desk->dialog, "Return");
  WAIT_UNTIL (desk->dialog == NULL);
  g_assert_cmpuint (count_attachments (desk), ==, 1);
  attachment = get_attachment (desk, 0);
  g_assert_true (g_regex_match_simple ("^Photo [0-2][0-9]:[0-5][0-9]\\.png$", app_attachment_get_name (attachment), 0, 0));
  added = gdk_texture_new_from_bytes (app_attachment_get_bytes (attachment), &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (added), ==, 640);
  assert_bars (added, FALSE);
  /* It is read as any other picture. */
  WAIT_UNTIL (app_attachment_get_state (attachment) != APP_ATTACHMENT_LOADING);
  g_assert_cmpint (app_attachment_get_state (attachment), ==, APP_ATTACHMENT_READY);
  g_assert_cmpint (app_attachment_get_kind (attachment), ==, APP_ATTACHMENT_PICTURE);
}

/* A clip is recorded until it is ended, shown, and added as a video with what the microphone heard. */
static void
test_clip (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  AppExtent extent;

  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  WAIT_UNTIL (g_list_model_get_n_items (media_devices_get_list (ui_devices_get (), MEDIA_DEVICE_MICROPHONE)) > 0);
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (desk->dialog, "on_air")), ==, "Camera is on");
  press (desk, "record");
  g_assert_false (gtk_widget_get_visible (ui_test_child (desk->dialog, "shutter")));
  g_assert_true (gtk_widget_has_focus (ui_test_child (desk->dialog, "stop")));
  WAIT_UNTIL (g_str_equal (gtk_label_get_text (ui_test_child (desk->dialog, "on_air")), "Recording with sound, 0:02 of 0:30"));
  ui_test_key (desk->dialog, "space");
  WAIT_UNTIL (shows (desk, "taken"));
  g_assert_true (g_str_has_suffix (gtk_label_get_text (ui_test_child (desk->dialog, "length")), " with sound"));
  g_assert_cmpstr (gtk_button_get_label (ui_test_child (desk->dialog, "again")), ==, "Record again");
  ui_test_frames (GTK_WIDGET (desk->dialog), 3);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (desk->dialog, "on_air")));
  assert_bars (GDK_TEXTURE (gtk_picture_get_paintable (ui_test_child (desk->dialog, "shot"))), FALSE);
  /* Taken again, it is another one. */
  press (desk, "again");
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_true (gtk_widget_get_visible (ui_test_child (desk->dialog, "shutter")));
  press (desk, "record");
  WAIT_UNTIL (g_str_equal (gtk_label_get_text (ui_test_child (desk->dialog, "on_air")), "Recording with sound, 0:01 of 0:30"));
  press (desk, "stop");
  WAIT_UNTIL (shows (desk, "taken"));
  press (desk, "add");
  WAIT_UNTIL (desk->dialog == NULL);
  g_assert_cmpuint (count_attachments (desk), ==, 1);
  attachment = get_attachment (desk, 0);
  g_assert_true (g_regex_match_simple ("^Clip [0-2][0-9]:[0-5][0-9]\\.webm$", app_attachment_get_name (attachment), 0, 0));
  WAIT_UNTIL (app_attachment_get_state (attachment) != APP_ATTACHMENT_LOADING);
  g_assert_cmpint (app_attachment_get_state (attachment), ==, APP_ATTACHMENT_READY);
  g_assert_cmpint (app_attachment_get_kind (attachment), ==, APP_ATTACHMENT_VIDEO);
  extent = app_attachment_get_extent (attachment);
  g_assert_cmpuint (extent.width, ==, 640);
  g_assert_cmpfloat (extent.seconds, >, 0.5);
  g_assert_cmpfloat (extent.seconds, <, 30);
  g_assert_false (extent.silent);
}

/* A window that is closed while it records lets the camera go, and nothing is added. */
static void
test_clip_closed (Desk *desk, gconstpointer data)
{
  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  press (desk, "record");
  WAIT_UNTIL (g_str_equal (gtk_label_get_text (ui_test_child (desk->dialog, "on_air")), "Recording with sound, 0:01 of 0:30"));
  gtk_window_close (GTK_WINDOW (desk->dialog));
  WAIT_UNTIL (desk->dialog == NULL);
  ui_test_drain ();
  g_assert_cmpuint (count_attachments (desk), ==, 0);
}

static int n_open;     /* atomic: devices that are open */
static int n_refusals; /* atomic: so often it cannot be opened */

static void
on_gone (gpointer data, GObject *source)
{
  g_atomic_int_add (&n_open, -1);
}

static GstElement *
make_bars (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  GstElement *source;

  if (g_atomic_int_add (&n_refusals, -1) > 0) {
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, "The lens is covered. Open it and try again.");
    return NULL;
  }
  source = gst_parse_bin_from_description ("videotestsrc is-live=true pattern=smpte ! video/x-raw,width=320,height=240,framerate=30/1 ! identity", TRUE, error);
  g_atomic_int_inc (&n_open);
  g_object_weak_ref (G_OBJECT (source), on_gone, NULL);
  return source;
}

/* (transfer full) */
static MediaDevice *
new_device (void)
{
  return media_device_new (MEDIA_DEVICE_CAMERA, "second", "Second camera", make_bars, NULL, NULL);
}

/* Puts a camera of the test's own in the place of the other: whether it is open is seen. */
static void
use_device (void)
{
  g_autoptr (MediaDevice) device = new_device ();

  g_list_store_remove_all (get_list ());
  g_list_store_append (get_list (), device);
}

static gboolean
is_in_use (void)
{
  return g_atomic_int_get (&n_open) > 0;
}

/* When the window closes, and as long as a picture is looked at, the camera is free. */
static void
test_releases (Desk *desk, gconstpointer data)
{
  use_device ();
  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_true (is_in_use ());
  press (desk, "shutter");
  WAIT_UNTIL (shows (desk, "taken"));
  WAIT_UNTIL (!is_in_use ());
  press (desk, "again");
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_true (is_in_use ());
  ui_test_frames (GTK_WIDGET (desk->dialog), 3);
  ui_test_key (desk->dialog, "Escape");
  WAIT_UNTIL (desk->dialog == NULL);
  WAIT_UNTIL (!is_in_use ());
  g_assert_cmpuint (count_attachments (desk), ==, 0);
  /* Also while it is opened, and while a picture is taken. */
  open_dialog (desk);
  gtk_window_close (GTK_WINDOW (desk->dialog));
  WAIT_UNTIL (desk->dialog == NULL);
  WAIT_UNTIL (!is_in_use ());
  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  press (desk, "shutter");
  gtk_window_close (GTK_WINDOW (desk->dialog));
  WAIT_UNTIL (desk->dialog == NULL);
  WAIT_UNTIL (!is_in_use ());
  /* And when the window below it goes. */
  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  gtk_window_destroy (GTK_WINDOW (desk->window));
  WAIT_UNTIL (desk->dialog == NULL);
  WAIT_UNTIL (!is_in_use ());
  desk->composer = g_object_new (UI_TYPE_COMPOSER, NULL);
  desk->window = ui_test_window (GTK_WIDGET (desk->composer), 600, 400);
}

/* No camera, then one: it shows by itself. */
static void
test_none (Desk *desk, gconstpointer data)
{
  g_autoptr (MediaDevice) device = g_list_model_get_item (G_LIST_MODEL (get_list ()), 0);
  g_autofree char *dump = NULL;

  g_list_store_remove_all (get_list ());
  open_dialog (desk);
  g_assert_true (shows (desk, "none"));
  ui_test_frames (GTK_WIDGET (desk->dialog), 3);
  dump = ui_test_dump (GTK_WIDGET (desk->dialog));
  g_assert_nonnull (strstr (dump, "No camera was found"));
  g_assert_nonnull (strstr (dump, "Connect a camera"));
  g_list_store_append (get_list (), device);
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_cmpstr (get_subtitle (desk), ==, media_device_get_name (device));
  g_list_store_remove_all (get_list ());
  g_assert_true (shows (desk, "none"));
}

/* A second one is in the menu, and takes the place of one that is pulled out. */
static void
test_two (Desk *desk, gconstpointer data)
{
  g_autoptr (MediaDevice) second = new_device ();
  g_autofree char *camera = NULL;

  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_false (gtk_widget_get_visible (ui_test_child (desk->dialog, "cameras")));
  g_list_store_append (get_list (), second);
  g_assert_true (gtk_widget_get_visible (ui_test_child (desk->dialog, "cameras")));
  g_assert_cmpint (g_menu_model_get_n_items (ui_test_child (desk->dialog, "menu")), ==, 2);
  g_assert_true (shows (desk, "live"));
  gtk_widget_activate_action (GTK_WIDGET (desk->dialog), "camera.choose", "s", "second");
  g_assert_true (shows (desk, "waiting"));
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_cmpstr (get_subtitle (desk), ==, "Second camera");
  g_object_get (desk->dialog, "camera", &camera, NULL);
  g_assert_cmpstr (camera, ==, "second");
  g_assert_cmpint (gdk_texture_get_width (ui_mirror_get_texture (UI_MIRROR (gtk_picture_get_paintable (ui_test_child (desk->dialog, "live"))))), ==, 320);
  g_list_store_remove (get_list (), 1);
  WAIT_UNTIL (shows (desk, "live"));
  g_assert_cmpstr (get_subtitle (desk), !=, "Second camera");
  g_assert_false (gtk_widget_get_visible (ui_test_child (desk->dialog, "cameras")));
}

/* What went wrong is said, and it can be tried again. */
static void
test_trouble (Desk *desk, gconstpointer data)
{
  use_device ();
  g_atomic_int_set (&n_refusals, 1);
  open_dialog (desk);
  WAIT_UNTIL (shows (desk, "failed"));
  g_assert_cmpstr (adw_status_page_get_description (ui_test_child (desk->dialog, "failed")), ==, "The lens is covered. Open it and try again.");
  g_assert_false (is_in_use ());
  press (desk, "retry");
  WAIT_UNTIL (shows (desk, "live"));
}

/* In every state everything has a name, and fits into the narrowest window. */
static void
test_names (Desk *desk, gconstpointer data)
{
  static const char *const pages[] = { "live", "taken" };

  open_dialog (desk);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *nameless = NULL;
    int least;

    WAIT_UNTIL (shows (desk, pages[i]));
    ui_test_frames (GTK_WIDGET (desk->dialog), 3);
    nameless = ui_test_nameless (desk->dialog);
    g_assert_cmpstr (nameless, ==, "");
    gtk_widget_measure (GTK_WIDGET (desk->dialog), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    g_assert_cmpint (least, <=, 360);
    press (desk, "shutter");
  }
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
#define ADD(name, function) g_test_add ("/ui-camera-dialog/" name, Desk, BARS, set_up, function, tear_down)
  ADD ("picture", test_picture);
  ADD ("clip", test_clip);
  ADD ("clip-closed", test_clip_closed);
  ADD ("releases", test_releases);
  ADD ("none", test_none);
  ADD ("two", test_two);
  ADD ("trouble", test_trouble);
  ADD ("names", test_names);
#undef ADD
  return g_test_run ();
}
