/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line above an answer: while the model thinks, and in every way in which that can end. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-answer.h"
#include "ui-markdown.h"
#include "ui-thought.h"
#include "ui-transcript.h"

#define THOUGHT "Six times seven is wanted. That is 42."

typedef struct {
  Fixture app;
  AppConversation *conversation;
  UiTranscript *transcript;
  GtkWidget *window;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->conversation = app_history_new_conversation (v->app.history);
  v->transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  ui_transcript_set_conversation (v->transcript, v->conversation);
  v->window = ui_test_window (GTK_WIDGET (v->transcript), 700, 700);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->conversation);
  fixture_tear_down (&v->app, data);
}

static void
ask (View *v, const Script *script)
{
  scripted_engine_set_script (v->app.engine, script);
  send_text (v->conversation, "What is 6 * 7?");
}

/* Of the last answer. */
static gpointer
part (View *v, const char *name)
{
  GtkWidget *answer;

  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  return ui_test_child (ui_test_child (answer, "thought"), name);
}

static gboolean
is_shown (View *v)
{
  ui_test_frames (v->window, 3);
  return gtk_widget_get_visible (ui_test_child (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER), "thought"));
}

static AppMessage *
answer_of (View *v)
{
  return message_at (v->conversation, 1);
}

static void
test_live (View *v, gconstpointer data)
{
  Script script = { .thought = THOUGHT, .hold_thought = TRUE, .text = "It is 42." };

  ask (v, &script);
  WAIT_UNTIL (g_str_equal (app_message_get_thought (answer_of (v)), THOUGHT));
  ui_test_frames (v->window, 4);
  g_assert_true (is_shown (v));
  /* The last sentence that is whole, and no spinner but one. */
  g_assert_nonnull (strstr (gtk_label_get_text (part (v, "label")), "Six times seven is wanted."));
  g_assert_true (gtk_spinner_get_spinning (part (v, "spinner")));
  g_assert_true (gtk_widget_get_visible (part (v, "answer_now")));
  g_assert_false (gtk_widget_get_visible (part (v, "think_more")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER), "markdown")));

  g_signal_emit_by_name (part (v, "answer_now"), "clicked");
  wait_idle (v->conversation);
  g_assert_cmpstr (app_message_get_text (answer_of (v)), ==, "It is 42.");
  g_assert_cmpstr (gtk_label_get_text (part (v, "label")), ==, "Thought for 2.0\302\240s · 10\302\240tokens · ended by you");
  g_assert_false (gtk_spinner_get_spinning (part (v, "spinner")));
  g_assert_false (gtk_widget_get_visible (part (v, "answer_now")));
  g_assert_true (gtk_widget_get_visible (part (v, "think_more")));
}

/* It unfolds to the words, also while they grow, and the row says so. */
static void
test_unfold (View *v, gconstpointer data)
{
  Script script = { .thought = "It is *simple*.\n\n- one\n- two", .text = "Yes." };

  ask (v, &script);
  wait_idle (v->conversation);
  g_assert_false (gtk_widget_get_visible (part (v, "room")));
  g_assert_false (gtk_test_accessible_has_property (part (v, "markdown"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  g_signal_emit_by_name (part (v, "button"), "clicked");
  g_assert_true (gtk_widget_get_visible (part (v, "room")));
  g_autofree char *words = ui_test_dump (part (v, "room"));
  g_assert_nonnull (strstr (words, "simple"));
  g_assert_nonnull (strstr (words, "two"));
  /* It is of this answer, whichever row shows that. */
  ui_transcript_set_conversation (v->transcript, NULL);
  ui_transcript_set_conversation (v->transcript, v->conversation);
  g_assert_true (gtk_widget_get_visible (part (v, "room")));
  g_signal_emit_by_name (part (v, "button"), "clicked");
  g_assert_false (gtk_widget_get_visible (part (v, "room")));
  /* Told by others, it is not told here. */
  UiThought *thought = ui_test_find (v->window, UI_TYPE_THOUGHT);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (thought)));
  ui_thought_set_message (thought, NULL);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (thought)));
}

static void
test_endings (View *v, gconstpointer data)
{
  static const struct {
    AppThoughtEnd end;
    const char *error;
    gboolean stop;
    const char *line;
  } cases[] = {
    { APP_THOUGHT_CLOSED, NULL, FALSE, "Thought for 2.0\302\240s · 10\302\240tokens" },
    { APP_THOUGHT_SETTLED, NULL, FALSE, "Thought for 2.0\302\240s · 10\302\240tokens · settled early" },
    { APP_THOUGHT_CAP, NULL, FALSE, "Thought for 2.0\302\240s · 10\302\240tokens · wrapped up at the longest allowed" },
    { APP_THOUGHT_LOOP, NULL, FALSE, "Thought for 2.0\302\240s · 10\302\240tokens · ended: it repeated itself" },
    { APP_THOUGHT_CLOSED, "Out of memory.", FALSE, "Failed while thinking · 2.0\302\240s · 10\302\240tokens" },
    { APP_THOUGHT_CLOSED, NULL, TRUE, "Stopped while thinking · 2.0\302\240s · 10\302\240tokens" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Script script = { .thought = THOUGHT, .thought_end = cases[i].end, .hold_thought = cases[i].stop, .text = cases[i].error || cases[i].stop ? NULL : "It is 42.", .error = cases[i].error };
    g_autoptr (AppConversation) conversation = app_history_new_conversation (v->app.history);
    g_autofree char *line = NULL;

    scripted_engine_set_script (v->app.engine, &script);
    send_text (conversation, "What is 6 * 7?");
    if (cases[i].stop) {
      WAIT_UNTIL (g_str_equal (app_message_get_thought (message_at (conversation, 1)), THOUGHT));
      app_conversation_stop (conversation);
    }
    wait_idle (conversation);
    line = ui_thought_dup_summary (message_at (conversation, 1));
    g_assert_cmpstr (line, ==, cases[i].line);
    /* Said once. */
    ui_transcript_set_conversation (v->transcript, conversation);
    ui_test_frames (v->window, 3);
    g_assert_false (cases[i].stop && gtk_widget_get_visible (ui_test_child (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER), "ending")));
    ui_transcript_set_conversation (v->transcript, NULL);
  }
}

/* "Think more" asks again, as deep as it goes; then there is no more. Without a thought there is no line. */
static void
test_more (View *v, gconstpointer data)
{
  Script script = { .text = "Well." };
  GtkWidget *answer;

  ask (v, &script);
  wait_idle (v->conversation);
  g_assert_false (is_shown (v));
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  script = (Script){ .thought = THOUGHT, .text = "It is 42." };
  scripted_engine_set_script (v->app.engine, &script);
  gtk_widget_activate_action (answer, "answer.think-more", NULL);
  WAIT_UNTIL (app_message_get_branch_count (answer_of (v)) == 2);
  wait_idle (v->conversation);
  g_assert_cmpint (app_prompt_get_thinking (scripted_engine_get_prompt (v->app.engine))->depth, ==, APP_DEPTH_THOROUGH);
  g_assert_true (is_shown (v));
  g_assert_false (gtk_widget_get_visible (part (v, "think_more")));
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-thought/live", View, NULL, set_up, test_live, tear_down);
  g_test_add ("/ui-thought/unfold", View, NULL, set_up, test_unfold, tear_down);
  g_test_add ("/ui-thought/endings", View, NULL, set_up, test_endings, tear_down);
  g_test_add ("/ui-thought/more", View, NULL, set_up, test_more, tear_down);
  return g_test_run ();
}
