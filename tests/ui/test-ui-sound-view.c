/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound that is opened can be listened to: by the button, by the waveform, and by the lines of what is said. A sink that is no device takes as long as the sound does. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-attachment-viewer.h"
#include "ui-sound-view.h"
#include "ui-test-input.h"
#include "ui-waveform.h"

typedef struct {
  GtkWidget *window;
  AppAttachment *attachment;
  UiSoundView *view;
  GtkButton *play;
  UiWaveform *waveform;
  GtkLabel *time;
  GtkListBox *lines;
} Show;

/* A recording of espeak-ng, and the lines that Whisper would write for it, as the history keeps them. */
static AppAttachment *
make_attachment (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "speech", "en.ogg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) bare = app_attachment_new_for_file (file);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) metadata = NULL;
  g_autofree char *json = NULL;
  AppAttachment *attachment;

  app_attachment_load_async (bare, FALSE, NULL, keep_result, &result);
  app_attachment_load_finish (bare, wait_result (&result), &error);
  g_assert_no_error (error);
  json = app_attachment_dup_metadata (bare);
  metadata = g_string_new (json);
  g_assert_cmpuint (g_string_replace (metadata, ", and there is no transcript of it.]\\n", ".]\\n```\\n0:00 We need three eggs.\\n0:05 Nobody knows why.\\n0:07 At 1:30 it is over.\\n```\\n", 0), ==, 1);
  attachment = app_attachment_new_stored (metadata->str, app_attachment_get_bytes (bare), &error);
  g_assert_no_error (error);
  return attachment;
}

static void
set_up (Show *show, gconstpointer sink)
{
  g_setenv ("MELETE_AUDIO_SINK", sink, TRUE);
  show->attachment = make_attachment ();
  show->view = g_object_new (UI_TYPE_SOUND_VIEW, NULL);
  ui_sound_view_set_attachment (show->view, show->attachment);
  show->play = ui_test_child (show->view, "play");
  show->waveform = ui_test_child (show->view, "waveform");
  show->time = ui_test_child (show->view, "time");
  show->lines = ui_test_child (show->view, "lines");
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (show->play)));
  show->window = ui_test_window (GTK_WIDGET (show->view), 600, 500);
  WAIT_UNTIL (gtk_widget_get_sensitive (GTK_WIDGET (show->play)));
}

static void
tear_down (Show *show, gconstpointer sink)
{
  gtk_window_destroy (GTK_WINDOW (show->window));
  ui_test_drain ();
  g_object_unref (show->attachment);
}

static gboolean
plays (Show *show)
{
  return strcmp (gtk_button_get_icon_name (show->play), "media-playback-pause-symbolic") == 0;
}

static gboolean
is_current (Show *show, int line)
{
  return gtk_widget_has_css_class (GTK_WIDGET (gtk_list_box_get_row_at_index (show->lines, line)), "current");
}

static gboolean
stands_at (Show *show, const char *time)
{
  return g_str_has_prefix (gtk_label_get_text (show->time), time);
}

static void
test_play (Show *show, gconstpointer sink)
{
  g_assert_true (stands_at (show, "0:00 of 0:09"));
  g_assert_false (is_current (show, 0));
  ui_test_click (GTK_WIDGET (show->play));
  WAIT_UNTIL (plays (show) && is_current (show, 0));
  WAIT_UNTIL (stands_at (show, "0:01 of"));
  ui_test_click (GTK_WIDGET (show->play));
  WAIT_UNTIL (!plays (show));
  g_assert_true (stands_at (show, "0:01 of"));
}

/* A line is played from its second; the words in it that look like a time begin none. */
static void
test_lines (Show *show, gconstpointer sink)
{
  g_assert_nonnull (gtk_list_box_get_row_at_index (show->lines, 2));
  g_assert_null (gtk_list_box_get_row_at_index (show->lines, 3));
  ui_test_click (GTK_WIDGET (gtk_list_box_get_row_at_index (show->lines, 1)));
  WAIT_UNTIL (plays (show));
  g_assert_true (stands_at (show, "0:05 of"));
  g_assert_true (is_current (show, 1));
  g_assert_false (is_current (show, 0));
  WAIT_UNTIL (is_current (show, 2));
  /* At the end it stands there, and plays from the beginning next. */
  WAIT_UNTIL (!plays (show));
  g_assert_true (stands_at (show, "0:09 of"));
  ui_test_click (GTK_WIDGET (show->play));
  WAIT_UNTIL (plays (show));
  g_assert_true (stands_at (show, "0:00 of"));
  /* Out of sight it does not go on. */
  gtk_widget_set_visible (GTK_WIDGET (show->view), FALSE);
  g_assert_false (plays (show));
}

static void
test_waveform (Show *show, gconstpointer sink)
{
  gtk_widget_grab_focus (GTK_WIDGET (show->waveform));
  ui_test_key (GTK_WIDGET (show->waveform), "Right");
  WAIT_UNTIL (stands_at (show, "0:02 of"));
  ui_test_key (GTK_WIDGET (show->waveform), "End");
  WAIT_UNTIL (stands_at (show, "0:09 of"));
  ui_test_key (GTK_WIDGET (show->waveform), "Next");
  WAIT_UNTIL (stands_at (show, "0:00 of"));
  /* In the middle. */
  ui_test_click (GTK_WIDGET (show->waveform));
  WAIT_UNTIL (stands_at (show, "0:04 of"));
  g_assert_false (plays (show));
}

static void
test_no_device (Show *show, gconstpointer sink)
{
  GtkWidget *error = ui_test_child (show->view, "error");

  g_assert_false (gtk_widget_get_visible (error));
  ui_test_click (GTK_WIDGET (show->play));
  WAIT_UNTIL (gtk_widget_get_visible (error));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (error)), "Connect loudspeakers"));
  g_assert_false (plays (show));
}

/* In the window that opens an attachment it is what is seen first; what the model reads is beside it. */
static void
test_viewer (Show *show, gconstpointer sink)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWindow *viewer = NULL;

  ui_attachment_viewer_present (GTK_WIDGET (show->view), show->attachment);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
    if (UI_IS_ATTACHMENT_VIEWER (window))
      viewer = window;
  }
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (viewer, "stack")), ==, "sound");
  g_assert_true (gtk_widget_get_visible (ui_test_child (viewer, "switcher")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (viewer, "show_picture")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (viewer, "show_formatted")));
  gtk_toggle_button_set_active (ui_test_child (viewer, "show_text"), TRUE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (viewer, "stack")), ==, "text");
  gtk_window_destroy (viewer);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
#define ADD(name, sink, function) g_test_add ("/ui-sound-view/" name, Show, sink, set_up, function, tear_down)
  ADD ("play", "fakesink sync=true", test_play);
  ADD ("lines", "fakesink sync=true", test_lines);
  ADD ("waveform", "fakesink sync=true", test_waveform);
  ADD ("no-device", "filesink location=/nonexistent/heard", test_no_device);
  ADD ("viewer", "fakesink sync=true", test_viewer);
#undef ADD
  return g_test_run ();
}
