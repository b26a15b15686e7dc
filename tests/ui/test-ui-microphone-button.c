/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recorded becomes an attachment, and the microphone is open no longer than that is seen. Sources for tests stand in the place of microphones. */
#include "ui-test.h"

#include <math.h>
#include <string.h>

#include "capturing.h"
#include "fixture.h"
#include "media-devices.h"
#include "media-speech.h"
#include "ui-camera-dialog.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-devices.h"
#include "ui-level-meter.h"
#include "ui-test-input.h"
#include "ui-window.h"

#define RATE 16000
#define TONE "test:wave=sine freq=440 volume=0.5"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
  UiMicrophoneButton *microphone;
  GtkWidget *button;
  guint n_recorded;
} View;

static void
on_recorded (UiMicrophoneButton *microphone, GBytes *wav, const char *name, View *v)
{
  v->n_recorded++;
}

static void
set_up (View *v, gconstpointer source)
{
  /* The list of the test before. */
  g_object_set_data (G_OBJECT (gdk_display_get_default ()), "ui-devices", NULL);
  g_setenv ("MELETE_CAMERA", "test", TRUE);
  g_setenv ("MELETE_MICROPHONE", source, TRUE);
  fixture_set_up (&v->app, NULL);
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  v->microphone = ui_test_child (v->composer, "microphone");
  v->button = ui_test_child (v->microphone, "button");
  g_signal_connect (v->microphone, "recorded", G_CALLBACK (on_recorded), v);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 900, 600);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
tear_down (View *v, gconstpointer source)
{
  g_object_add_weak_pointer (G_OBJECT (v->microphone), (gpointer *) &v->microphone);
  gtk_window_close (GTK_WINDOW (v->window));
  WAIT_UNTIL (v->microphone == NULL);
  g_clear_object (&v->models);
  fixture_tear_down (&v->app, NULL);
}

/* A sound in the place of the microphone. Returns its path. (transfer full) */
static char *
use_file (View *v, const float *samples, gsize n)
{
  char *path = g_build_filename (v->app.folder, "sound.wav", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, n * sizeof *samples);
  g_autoptr (MediaSound) sound = media_sound_new (bytes, RATE);
  g_autoptr (GBytes) wav = media_sound_to_wav (sound, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (wav, NULL), (gssize) g_bytes_get_size (wav), NULL));
  g_setenv ("MELETE_MICROPHONE", source, TRUE);
  return path;
}

/* A minute of a tone. */
static char *
use_minute (View *v)
{
  g_autofree float *samples = g_new (float, 60 * RATE);

  for (guint i = 0; i < 60 * RATE; i++)
    samples[i] = (float) (0.3 * sin (2 * G_PI * 440 * i / RATE));
  return use_file (v, samples, 60 * RATE);
}

static gboolean
is_recording (View *v)
{
  return ui_microphone_button_get_recording (v->microphone);
}

/* For a second at least. */
static gboolean
has_second (View *v)
{
  return is_recording (v) && strcmp (gtk_label_get_text (ui_test_child (v->microphone, "time")), "0:00") > 0;
}

static guint
count_attachments (View *v)
{
  return g_list_model_get_n_items (G_LIST_MODEL (ui_composer_get_draft_attachments (v->composer)));
}

static guint32
read_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* The attachment at `position` is such a file. Returns its seconds. */
static double
assert_wav (View *v, guint position)
{
  g_autoptr (AppAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (ui_composer_get_draft_attachments (v->composer)), position);
  GBytes *bytes = app_attachment_get_bytes (attachment);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  g_assert_true (g_regex_match_simple ("^Recording [0-2][0-9]:[0-5][0-9]\\.wav$", app_attachment_get_name (attachment), 0, 0));
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 44);
  g_assert_cmpmem (data, 4, "RIFF", 4);
  g_assert_cmpmem (data + 8, 4, "WAVE", 4);
  g_assert_cmpuint (read_u32 (data + 20), ==, 1 | 1 << 16); /* PCM, one channel */
  g_assert_cmpuint (read_u32 (data + 24), ==, RATE);
  g_assert_cmpuint (read_u32 (data + 32), ==, 2 | 16 << 16); /* bytes and bits of a sample */
  return (double) (g_bytes_get_size (bytes) - 44) / 2 / RATE;
}

static void
assert_icon (View *v, const char *name)
{
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (v->button)), ==, name);
}

/* As long as it is held. */
static void
test_hold (View *v, gconstpointer data)
{
  ui_test_button_down (v->button);
  WAIT_UNTIL (has_second (v));
  assert_icon (v, "audio-input-microphone-symbolic");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->microphone, "strip")));
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->microphone, "words")), ==, "Microphone");
  g_assert_true (gtk_widget_has_css_class (ui_test_child (v->microphone, "dot"), "on"));
  g_assert_cmpuint (count_attachments (v), ==, 0);
  ui_test_button_up ();
  WAIT_UNTIL (!is_recording (v));
  g_assert_cmpuint (count_attachments (v), ==, 1);
  g_assert_cmpfloat (assert_wav (v, 0), >=, 1);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (v->microphone, "strip")));
}

/* On with one click, off with another. */
static void
test_click (View *v, gconstpointer data)
{
  ui_test_click (v->button);
  WAIT_UNTIL (has_second (v));
  assert_icon (v, "media-playback-stop-symbolic");
  g_assert_cmpfloat (ui_level_meter_get_level (ui_test_child (v->microphone, "meter")), >=, 0);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_test_click (v->button);
  WAIT_UNTIL (!is_recording (v));
  g_assert_cmpuint (count_attachments (v), ==, 1);
  /* A tone is no voice, so its end may be left out as a pause is. */
  g_assert_cmpfloat (assert_wav (v, 0), >=, 0.5);
  assert_icon (v, "audio-input-microphone-symbolic");
}

static void
test_keys (View *v, gconstpointer data)
{
  gtk_widget_grab_focus (v->button);
  ui_test_key_down (v->button, "space");
  WAIT_UNTIL (has_second (v));
  assert_icon (v, "audio-input-microphone-symbolic");
  ui_test_key_up (v->button, "space");
  WAIT_UNTIL (!is_recording (v));
  g_assert_cmpuint (count_attachments (v), ==, 1);
  /* And as a click. */
  ui_test_key (v->button, "Return");
  WAIT_UNTIL (has_second (v));
  assert_icon (v, "media-playback-stop-symbolic");
  ui_test_key (v->button, "Return");
  WAIT_UNTIL (!is_recording (v));
  g_assert_cmpuint (count_attachments (v), ==, 2);
  assert_wav (v, 1);
}

static void
on_finished (MediaSpeech *speech, GError *error, gboolean *finished)
{
  g_assert_no_error (error);
  *finished = TRUE;
}

static void
on_time (GtkLabel *label, GParamSpec *pspec, char **longest)
{
  if (strcmp (gtk_label_get_text (label), *longest) > 0) {
    g_free (*longest);
    *longest = g_strdup (gtk_label_get_text (label));
  }
}

/* After a click it ends by itself when somebody has spoken and is silent; the silence is not kept. */
static void
test_speech (View *v, gconstpointer data)
{
  static const char *const sentence[] = { "Good morning, how is the water of the lake today?", NULL };
  g_autofree char *path = g_build_filename (v->app.folder, "speech.wav", NULL);
  g_autofree char *sink = g_strdup_printf ("wavenc ! filesink location=%s", path);
  g_autofree char *source = g_strdup_printf ("file:%s", path);
  g_autoptr (MediaSpeech) speech = media_speech_new ();
  g_autoptr (GArray) talk = g_array_new (FALSE, TRUE, sizeof (float));
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *talk_path = NULL;
  g_autofree char *longest = g_strdup ("");
  g_autoptr (GBytes) input = NULL;
  g_autoptr (MediaResult) result = NULL;
  MediaRequest request;
  gboolean finished = FALSE;
  gsize size;

  g_setenv ("MELETE_AUDIO_SINK", sink, TRUE);
  g_signal_connect (speech, "finished", G_CALLBACK (on_finished), &finished);
  media_speech_say (speech, sentence, "en", 160);
  WAIT_UNTIL (finished);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  media_request_init (&request, MEDIA_JOB_SOUND);
  request.sample_rate = RATE;
  input = g_bytes_new (bytes, size);
  result = media_decode (&request, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  /* A second before, and a long pause after. */
  g_array_set_size (talk, RATE);
  g_array_append_vals (talk, media_sound_get_samples (result->sound), (guint) result->sound->n_samples);
  g_array_set_size (talk, talk->len + 20 * RATE);
  talk_path = use_file (v, (const float *) (void *) talk->data, talk->len);
  g_signal_connect (ui_test_child (v->microphone, "time"), "notify::label", G_CALLBACK (on_time), &longest);
  ui_test_click (v->button);
  WAIT_UNTIL (is_recording (v));
  WAIT_UNTIL (!is_recording (v));
  g_signal_handlers_disconnect_by_data (ui_test_child (v->microphone, "time"), &longest);
  /* Long before the file does. */
  g_assert_cmpint (strcmp (longest, "0:15"), <, 0);
  g_assert_cmpuint (count_attachments (v), ==, 1);
  g_test_message ("%.2f s of speech, %.2f s are kept", media_sound_get_seconds (result->sound), assert_wav (v, 0));
  g_assert_cmpfloat (assert_wav (v, 0), >, media_sound_get_seconds (result->sound));
  g_assert_cmpfloat (assert_wav (v, 0), <, media_sound_get_seconds (result->sound) + 6);
  WAIT_UNTIL (!is_open (talk_path));
}

/* Nothing is kept, and the device is free; also in the middle of an answer, which goes on. */
static void
test_escape (View *v, gconstpointer data)
{
  g_autofree char *path = use_minute (v);
  const Script held = { .text = "For ever", .hold = TRUE };

  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.microphone", NULL);
  WAIT_UNTIL (has_second (v));
  g_assert_true (is_open (path));
  ui_test_key (v->window, "Escape");
  WAIT_UNTIL (!is_recording (v));
  WAIT_UNTIL (!is_open (path));
  g_assert_cmpuint (count_attachments (v), ==, 0);
  /* By its button. */
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.microphone", NULL);
  WAIT_UNTIL (has_second (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_test_click (ui_test_child (v->microphone, "discard"));
  WAIT_UNTIL (!is_recording (v));
  WAIT_UNTIL (!is_open (path));
  /* While the model writes. */
  scripted_engine_set_script (v->app.engine, &held);
  ui_composer_set_text (v->composer, "Hold");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  WAIT_UNTIL (ui_conversation_page_get_busy (v->page));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.microphone", NULL);
  WAIT_UNTIL (has_second (v));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.stop", NULL);
  g_assert_false (is_recording (v));
  g_assert_true (ui_conversation_page_get_busy (v->page));
  g_assert_cmpuint (v->n_recorded, ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.stop", NULL);
  wait_idle (ui_conversation_page_get_conversation (v->page));
  WAIT_UNTIL (!is_open (path));
}

/* As long as there is no microphone the button says so. */
static void
test_missing (View *v, gconstpointer data)
{
  GListStore *list;
  g_autoptr (MediaDevice) device = NULL;

  g_assert_null (ui_devices_peek ());
  ui_test_point (v->button);
  WAIT_UNTIL (ui_devices_peek () != NULL);
  list = G_LIST_STORE (media_devices_get_list (ui_devices_peek (), MEDIA_DEVICE_MICROPHONE));
  device = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (gtk_widget_get_sensitive (v->button));
  g_list_store_remove_all (list);
  g_assert_false (gtk_widget_get_sensitive (v->button));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (v->button), ==, "No microphone was found. Connect one.");
  ui_test_click (v->button);
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.microphone", NULL);
  ui_test_drain ();
  g_assert_false (is_recording (v));
  g_list_store_append (list, device);
  g_assert_true (gtk_widget_get_sensitive (v->button));
  /* The focus is not lost with it. */
  gtk_widget_grab_focus (v->button);
  g_list_store_remove_all (list);
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (v->window)));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (v->window)) != v->button);
}

/* What went wrong is said, and it can be tried again. */
static void
test_trouble (View *v, gconstpointer data)
{
  gpointer toasts = ui_test_child (v->window, "toasts");

  ui_test_click (v->button);
  WAIT_UNTIL (ui_test_toast_text (toasts) != NULL);
  g_assert_nonnull (strstr (ui_test_toast_text (toasts), "no microphone that can be opened"));
  g_assert_false (is_recording (v));
  g_assert_cmpuint (count_attachments (v), ==, 0);
  g_assert_true (gtk_widget_get_sensitive (v->button));
}

/* Ended before it began. */
static void
test_nothing (View *v, gconstpointer data)
{
  gpointer toasts = ui_test_child (v->window, "toasts");

  ui_microphone_button_toggle (v->microphone);
  g_assert_true (is_recording (v));
  g_assert_false (gtk_widget_has_css_class (ui_test_child (v->microphone, "dot"), "on"));
  ui_microphone_button_toggle (v->microphone);
  g_assert_false (is_recording (v));
  WAIT_UNTIL (ui_test_toast_text (toasts) != NULL);
  g_assert_nonnull (strstr (ui_test_toast_text (toasts), "Nothing was recorded"));
  g_assert_cmpuint (count_attachments (v), ==, 0);
}

/* Another page, and Send: what was recorded until then is kept. */
static void
test_ends (View *v, gconstpointer data)
{
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (has_second (v));
  ui_window_show_models (v->window, FALSE);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_false (is_recording (v));
  g_assert_cmpuint (v->n_recorded, ==, 1);
  g_assert_cmpuint (count_attachments (v), ==, 1);
  assert_wav (v, 0);
  ui_window_close_page (v->window);
  ui_composer_clear (v->composer);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (has_second (v));
  g_assert_true (gtk_widget_get_sensitive (ui_test_child (v->composer, "send")));
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  g_assert_false (is_recording (v));
  g_assert_cmpuint (v->n_recorded, ==, 2);
}

/* Nothing is recorded that could not be kept. */
static void
test_full (View *v, gconstpointer data)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  for (guint i = 0; i < 16; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.txt", v->app.folder, i);
    g_autoptr (GFile) file = g_file_new_for_path (path);

    g_assert_true (g_file_set_contents (path, "Words", -1, NULL));
    g_list_store_append (files, file);
  }
  ui_composer_add_files (v->composer, G_LIST_MODEL (files));
  g_assert_false (gtk_widget_get_sensitive (v->button));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (v->button), "16 attachments"));
  ui_microphone_button_toggle (v->microphone);
  g_assert_false (is_recording (v));
  ui_composer_clear (v->composer);
  g_assert_true (gtk_widget_get_sensitive (v->button));
}

static GtkWindow *
find_camera (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (UI_IS_CAMERA_DIALOG (window))
      return window;
  }
  return NULL;
}

/* What the window's width changes, and its keys. */
static void
test_window (View *v, gconstpointer data)
{
  GtkWidget *menu = ui_test_child (v->composer, "attach_menu");

  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->composer, "camera")));
  g_assert_false (gtk_widget_get_visible (menu));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.camera", NULL);
  g_assert_nonnull (find_camera ());
  gtk_window_close (find_camera ());
  WAIT_UNTIL (find_camera () == NULL);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 400, 600);
  WAIT_UNTIL (gtk_widget_get_mapped (menu));
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->composer, "attach")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->composer, "camera")));
  gtk_widget_activate_action (menu, "composer.take-picture", NULL);
  g_assert_nonnull (find_camera ());
  gtk_window_close (find_camera ());
  WAIT_UNTIL (find_camera () == NULL);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 900, 600);
  WAIT_UNTIL (gtk_widget_get_mapped (ui_test_child (v->composer, "camera")));
}

/* All of it fits into the narrowest window, and has names. */
static void
test_narrow (View *v, gconstpointer data)
{
  g_autofree char *nameless = NULL;
  int least;

  ui_composer_set_narrow (v->composer, TRUE);
  ui_composer_set_busy (v->composer, TRUE);
  for (guint recording = 0; recording < 2; recording++) {
    if (recording) {
      ui_microphone_button_toggle (v->microphone);
      WAIT_UNTIL (has_second (v));
    }
    ui_composer_set_text (v->composer, "And then?");
    gtk_widget_measure (GTK_WIDGET (v->composer), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    g_assert_cmpint (least, <=, 360);
    g_assert_false (gtk_widget_get_mapped (ui_test_child (v->composer, "camera")));
    g_assert_cmpint (gtk_widget_get_visible (ui_test_child (v->composer, "attach_menu")), ==, !recording);
    ui_test_frames (GTK_WIDGET (v->window), 3);
    g_clear_pointer (&nameless, g_free);
    nameless = ui_test_nameless (v->composer);
    g_assert_cmpstr (nameless, ==, "");
  }
  ui_microphone_button_discard (v->microphone);
}

/* ---- dictation, with Whisper base as `./dev models` fetches it ---- */

static void
set_writes (View *v, gboolean writes)
{
  const char *models = g_getenv ("MELETE_MODELS");
  g_autofree char *path = NULL;
  g_autoptr (AppTranscriber) transcriber = NULL;

  if (models == NULL)
    g_error ("MELETE_MODELS does not say where the models are; run ./dev test.");
  path = g_build_filename (models, "whisper-base.gguf", NULL);
  transcriber = app_transcriber_new (path);
  ui_composer_set_transcriber (v->composer, transcriber, !writes);
}

/* The recording of a voice in the place of the microphone. */
static void
use_voice (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "speech", "en.ogg", NULL), *source = g_strconcat ("file:", path, NULL);

  g_setenv ("MELETE_MICROPHONE", source, TRUE);
}

static char *
dup_text (View *v)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (v->composer);

  return g_strdup (app_turn_get_text (turn));
}

static void
on_words (GtkLabel *words, GParamSpec *pspec, GString *seen)
{
  g_string_append_printf (seen, "%s\n", gtk_label_get_text (words));
}

/* What is seen on the strip from now on. */
static GString *
watch_words (View *v)
{
  GString *seen = g_string_new (NULL);

  g_signal_connect (ui_test_child (v->microphone, "words"), "notify::label", G_CALLBACK (on_words), seen);
  return seen;
}

/* Words are seen while somebody speaks, come to where the person writes, and no sound is attached. */
static void
test_dictate (View *v, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) seen = watch_words (v);

  use_voice ();
  set_writes (v, TRUE);
  ui_composer_set_text (v->composer, "Please:");
  ui_microphone_button_toggle (v->microphone);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->microphone, "write")));
  g_assert_true (gtk_toggle_button_get_active (ui_test_child (v->microphone, "write")));
  /* A slow machine may not have written anything before the voice has ended. */
  WAIT_UNTIL (strstr (seen->str, "eed") != NULL || !is_recording (v));
  ui_microphone_button_finish (v->microphone);
  g_assert_false (is_recording (v));
  g_assert_true (ui_microphone_button_get_writing (v->microphone));
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->microphone, "strip")));
  g_assert_false (gtk_widget_get_mapped (v->button));
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->microphone, "spinner")));
  WAIT_UNTIL (!ui_microphone_button_get_writing (v->microphone));
  text = dup_text (v);
  g_test_message ("%s", text);
  g_assert_true (g_str_has_prefix (text, "Please: "));
  g_assert_nonnull (strstr (text, "need"));
  g_assert_nonnull (strstr (seen->str, "need"));
  g_signal_handlers_disconnect_by_data (ui_test_child (v->microphone, "words"), seen);
  g_assert_cmpuint (count_attachments (v), ==, 0);
  g_assert_cmpuint (v->n_recorded, ==, 0);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (v->microphone, "strip")));
  g_assert_true (gtk_widget_get_sensitive (v->button));
}

/* Where nothing is written they are seen where they will stand, and the strip says what is done. */
static void
test_dictate_empty (View *v, gconstpointer data)
{
  GtkLabel *placeholder = ui_test_child (v->composer, "placeholder");
  g_autoptr (GString) seen = g_string_new (NULL), strip = watch_words (v);
  g_autofree char *text = NULL;

  g_signal_connect (placeholder, "notify::label", G_CALLBACK (on_words), seen);
  use_voice ();
  set_writes (v, TRUE);
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (strstr (seen->str, "eed") != NULL || !is_recording (v));
  ui_microphone_button_finish (v->microphone);
  WAIT_UNTIL (!ui_microphone_button_get_writing (v->microphone));
  text = dup_text (v);
  g_assert_nonnull (strstr (text, "need"));
  g_assert_nonnull (strstr (seen->str, "need"));
  g_assert_null (strstr (strip->str, "need"));
  g_assert_nonnull (strstr (strip->str, "Listening…"));
  g_assert_nonnull (strstr (strip->str, "Writing it down…"));
  g_assert_cmpstr (gtk_label_get_text (placeholder), ==, "Write…");
  g_signal_handlers_disconnect_by_data (placeholder, seen);
  g_signal_handlers_disconnect_by_data (ui_test_child (v->microphone, "words"), strip);
}

/* The switch: on in the middle, off in the middle. A model that hears has it off. */
static void
test_dictate_switch (View *v, gconstpointer data)
{
  GtkToggleButton *write = ui_test_child (v->microphone, "write");
  g_autofree char *text = NULL;

  use_voice ();
  set_writes (v, FALSE);
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (has_second (v));
  g_assert_false (gtk_toggle_button_get_active (write));
  gtk_toggle_button_set_active (write, TRUE);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_true (is_recording (v));
  gtk_toggle_button_set_active (write, FALSE);
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->microphone, "words")), ==, "Microphone");
  ui_microphone_button_finish (v->microphone);
  g_assert_false (ui_microphone_button_get_writing (v->microphone));
  g_assert_cmpuint (count_attachments (v), ==, 1);
  text = dup_text (v);
  g_assert_cmpstr (text, ==, "");
}

/* What cannot be waited for is kept as a sound; what is discarded is gone; without a model the sound is kept too. */
static void
test_dictate_ends (View *v, gconstpointer data)
{
  g_autoptr (AppTranscriber) missing = app_transcriber_new ("/nonexistent/whisper.gguf");
  g_autofree char *text = NULL;

  use_voice ();
  set_writes (v, TRUE);
  for (guint n = 0; n < 2; n++) {
    ui_microphone_button_toggle (v->microphone);
    WAIT_UNTIL (has_second (v));
    if (n == 1) {
      ui_microphone_button_finish (v->microphone);
      g_assert_true (ui_microphone_button_get_writing (v->microphone));
    }
    ui_microphone_button_keep (v->microphone);
    g_assert_false (is_recording (v) || ui_microphone_button_get_writing (v->microphone));
    g_assert_cmpuint (count_attachments (v), ==, n + 1);
    g_assert_cmpfloat (assert_wav (v, n), >=, 1);
  }
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (has_second (v));
  ui_microphone_button_finish (v->microphone);
  g_assert_true (ui_microphone_button_discard (v->microphone));
  g_assert_false (ui_microphone_button_get_writing (v->microphone));
  g_assert_cmpuint (count_attachments (v), ==, 2);

  ui_composer_set_transcriber (v->composer, missing, FALSE);
  ui_microphone_button_toggle (v->microphone);
  WAIT_UNTIL (!is_recording (v) || has_second (v));
  ui_microphone_button_finish (v->microphone);
  WAIT_UNTIL (!ui_microphone_button_get_writing (v->microphone) && count_attachments (v) == 3);
  text = dup_text (v);
  g_assert_cmpstr (text, ==, "");
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
#define ADD(name, source, function) g_test_add ("/ui-microphone-button/" name, View, source, set_up, function, tear_down)
  ADD ("hold", TONE, test_hold);
  ADD ("click", TONE, test_click);
  ADD ("keys", TONE, test_keys);
  ADD ("speech", TONE, test_speech);
  ADD ("escape", TONE, test_escape);
  ADD ("missing", TONE, test_missing);
  ADD ("trouble", "file:/nowhere/at/all.wav", test_trouble);
  ADD ("nothing", TONE, test_nothing);
  ADD ("ends", TONE, test_ends);
  ADD ("full", TONE, test_full);
  ADD ("window", TONE, test_window);
  ADD ("narrow", TONE, test_narrow);
  ADD ("dictate", TONE, test_dictate);
  ADD ("dictate/empty", TONE, test_dictate_empty);
  ADD ("dictate/switch", TONE, test_dictate_switch);
  ADD ("dictate/ends", TONE, test_dictate_ends);
#undef ADD
  return g_test_run ();
}
