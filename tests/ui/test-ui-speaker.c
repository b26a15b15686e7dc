/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "fixture.h"
#include "ui-answer.h"
#include "ui-markdown.h"
#include "ui-speaker.h"
#include "ui-transcript.h"

typedef struct {
  Fixture app;
  AppConversation *conversation;
  GtkWidget *toasts;
  GtkWidget *window;
  UiTranscript *transcript;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->conversation = app_history_new_conversation (v->app.history);
  v->transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  v->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (v->toasts), GTK_WIDGET (v->transcript));
  ui_transcript_set_conversation (v->transcript, v->conversation);
  v->window = ui_test_window (v->toasts, 700, 700);
}

static void
tear_down (View *v, gconstpointer data)
{
  ui_speaker_stop (ui_speaker_get ());
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->conversation);
  fixture_tear_down (&v->app, data);
}

static void
say (View *v, const char *note, const char *answer)
{
  Script script = { .text = answer, .piece = 1 << 20 };

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, note);
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
}

static gboolean
is_silent (gpointer data)
{
  return ui_speaker_get_message (ui_speaker_get ()) == NULL;
}

static gboolean
has_begun (gpointer data)
{
  return ui_speaker_get_sentence (ui_speaker_get ()) != NULL;
}

static void
press (GtkWidget *answer, const char *button)
{
  g_signal_emit_by_name (ui_test_child (answer, button), "clicked");
}

typedef struct {
  GString *words;
  UiMarkdown *markdown;
} Heard;

static void
on_changed (UiSpeaker *speaker, Heard *heard)
{
  const char *sentence = ui_speaker_get_sentence (speaker);

  if (sentence == NULL || g_str_has_suffix (heard->words->str, sentence))
    return;
  g_string_append_printf (heard->words, "%s%s", heard->words->len > 0 ? "|" : "", sentence);
  /* It is marked where it stands; that code was left out stands nowhere. */
  g_assert_cmpuint (ui_markdown_get_n_marks (heard->markdown), ==, !g_str_equal (sentence, "Code left out."));
}

/* The button reads the answer's sentences, and is a button for stopping meanwhile; at the end it is as before. */
static void
test_reads (View *v, gconstpointer data)
{
  Heard heard = { g_string_new (NULL) };
  GtkWidget *answer;
  gulong id;

  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=false", TRUE);
  say (v, "Say", "It is **cold**. So $x^2$ is.\n\n```c\nint a;\n```");
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  heard.markdown = ui_test_child (answer, "markdown");
  id = g_signal_connect (ui_speaker_get (), "changed", G_CALLBACK (on_changed), &heard);
  press (answer, "speak");
  g_assert_true (gtk_toggle_button_get_active (ui_test_child (answer, "speak")));
  g_assert_true (gtk_widget_get_visible (ui_test_child (answer, "pause")));
  g_assert_cmpstr (ui_speaker_get_voice (ui_speaker_get ()), ==, "en");
  ui_test_wait (is_silent, NULL);
  g_assert_cmpuint (ui_markdown_get_n_marks (heard.markdown), ==, 0);
  g_assert_cmpstr (heard.words->str, ==, "It is cold.|So x squared is.|Code left out.");
  g_assert_false (gtk_toggle_button_get_active (ui_test_child (answer, "speak")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (answer, "pause")));
  g_signal_handler_disconnect (ui_speaker_get (), id);
  g_string_free (heard.words, TRUE);
}

/* Pressed again it stops; and it can be paused. */
static void
test_stops (View *v, gconstpointer data)
{
  GtkWidget *answer;

  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=true", TRUE);
  say (v, "Say", "A sentence that takes its time to be read. And another one after it.");
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  press (answer, "speak");
  ui_test_wait (has_begun, NULL);
  press (answer, "pause");
  g_assert_true (ui_speaker_get_paused (ui_speaker_get ()));
  press (answer, "speak");
  g_assert_null (ui_speaker_get_message (ui_speaker_get ()));
  g_assert_false (ui_speaker_get_paused (ui_speaker_get ()));
  g_assert_false (gtk_toggle_button_get_active (ui_test_child (answer, "speak")));
}

static gboolean
shows_toast (gpointer toasts)
{
  return ui_test_toast_text (toasts) != NULL;
}

/* A machine without sound says so. */
static void
test_no_sound (View *v, gconstpointer data)
{
  g_setenv ("MELETE_AUDIO_SINK", "filesink location=/nowhere/at/all", TRUE);
  say (v, "Say", "Nobody hears this.");
  press (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER), "speak");
  ui_test_wait (shows_toast, v->toasts);
  g_assert_nonnull (g_strrstr (ui_test_toast_text (v->toasts), "no sound output"));
  g_assert_null (ui_speaker_get_message (ui_speaker_get ()));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-speaker/reads", test_reads }, { "/ui-speaker/stops", test_stops }, { "/ui-speaker/no-sound", test_no_sound },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
