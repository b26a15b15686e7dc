/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is at work in several conversations, held and stopped at once. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "job-fixture.h"
#include "ui-answer.h"
#include "ui-transcript.h"
#include "ui-work.h"

#define PLAN "{\"steps\":[{\"kind\":\"text\",\"title\":\"A summary\",\"task\":\"Summarise\",\"uses\":[\"minutes.txt\"],\"file\":\"summary.md\"}]}"

static AppConversation *
begin (Fixture *fixture)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);

  job_send (conversation, "Make summary.md");
  return conversation;
}

static AppLane *
step_of (AppConversation *conversation)
{
  GListModel *lanes = n_messages (conversation) == 2 ? app_message_get_lanes (message_at (conversation, 1)) : NULL;
  AppLane *lane = lanes != NULL ? g_list_model_get_item (lanes, 1) : NULL;

  if (lane != NULL)
    g_object_unref (lane); /* the list has it */
  return lane;
}

/* Two jobs at once: all of their agents wait, go on, and stop; an answer without agents can be stopped only. */
static void
test_work (Fixture *fixture, gconstpointer data)
{
  JobPlay play = { .plans = { PLAN }, .words = { "Write the file summary.md" }, .texts = { "It is short." }, .hold = { TRUE } };
  AppConversation *first, *second;
  UiWork work = ui_work_look (fixture->history);

  g_assert_cmpuint (work.n_busy, ==, 0);
  g_assert_false (work.goes || work.is_paused);
  scripted_engine_set_play (fixture->engine, job_play, &play);
  first = begin (fixture);
  second = begin (fixture);
  WAIT_UNTIL (play.n_asked[0] == 2 && step_of (first) != NULL && step_of (second) != NULL);
  work = ui_work_look (fixture->history);
  g_assert_cmpuint (work.n_busy, ==, 2);
  g_assert_true (work.goes);
  ui_work_pause (fixture->history, TRUE);
  work = ui_work_look (fixture->history);
  g_assert_true (!work.goes && work.is_paused);
  g_assert_cmpint (app_lane_get_pause (step_of (second)), ==, APP_LANE_PAUSED);
  ui_work_pause (fixture->history, FALSE);
  g_assert_cmpint (app_lane_get_pause (step_of (first)), ==, APP_LANE_GOES);
  ui_work_pause (fixture->history, TRUE);
  ui_work_stop (fixture->history);
  wait_idle (first);
  wait_idle (second);
  work = ui_work_look (fixture->history);
  g_assert_cmpuint (work.n_busy, ==, 0);
  g_assert_cmpint (app_message_get_state (message_at (second, 1)), ==, APP_MESSAGE_STOPPED);
  g_object_unref (first);
  g_object_unref (second);
  job_play_clear (&play);
}

/* A job that a run of the program left behind says so, and how it goes on. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  JobPlay play = { .plans = { PLAN }, .words = { "Write the file summary.md" }, .texts = { "It is short." }, .hold = { TRUE } };
  AppConversation *conversation;
  UiTranscript *transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  GtkWidget *window = ui_test_window (GTK_WIDGET (transcript), 700, 600), *answer;

  scripted_engine_set_play (fixture->engine, job_play, &play);
  conversation = begin (fixture);
  WAIT_UNTIL (play.n_asked[0] == 1);
  fixture_close (fixture);
  g_object_unref (conversation);
  fixture_open (fixture);
  conversation = conversation_at (fixture, 0);
  load (conversation);
  WAIT_UNTIL (app_message_get_lanes (message_at (conversation, 1)) != NULL);
  ui_transcript_set_conversation (transcript, conversation);
  ui_test_frames (window, 10);
  answer = ui_test_find (GTK_WIDGET (transcript), UI_TYPE_ANSWER);
  g_assert_nonnull (answer);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (answer, "ending")), "What is done stays"));
  g_assert_true (gtk_widget_get_visible (ui_test_child (answer, "go_on")));
  g_assert_true (gtk_widget_has_css_class (ui_test_child (answer, "go_on"), "suggested-action"));
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
  job_play_clear (&play);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-work/several", Fixture, NULL, fixture_set_up, test_work, fixture_tear_down);
  g_test_add ("/ui-work/restart", Fixture, NULL, fixture_set_up, test_restart, fixture_tear_down);
  return g_test_run ();
}
