/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left behind in the window; what a screen reader gets is the matter of announce.py. */
#include "ui-test.h"

#include "fixture.h"
#include "ui-announcer.h"

typedef struct {
  GtkWidget *window;
  GtkWidget *entry;
  GtkWidget *button; /* with a description */
} View;

static void
set_up (View *v, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  v->entry = gtk_entry_new ();
  v->button = gtk_button_new_with_label ("Stop");
  gtk_widget_set_tooltip_text (v->button, "Ends the answer");
  gtk_box_append (GTK_BOX (box), v->entry);
  gtk_box_append (GTK_BOX (box), v->button);
  v->window = ui_test_window (box, 300, 200);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
}

static void
assert_description (gpointer widget, const char *expected)
{
  g_autofree char *other = gtk_test_accessible_check_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, expected);

  g_assert_cmpstr (other, ==, NULL);
}

/* A sentence is gone as soon as it was said; a description of the widget's own is back when the focus leaves. */
static void
test_descriptions (View *v, gconstpointer data)
{
  gtk_widget_grab_focus (v->entry);
  ui_announcer_say (v->button, "One.");
  assert_description (v->entry, "");
  assert_description (v->button, "Ends the answer");
#if !GTK_CHECK_VERSION(4, 14, 0)
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Two.");
  ui_announcer_say (v->entry, "Three.");
  assert_description (v->button, "");
  gtk_widget_grab_focus (v->entry);
  assert_description (v->button, "Ends the answer");
  /* What it got meanwhile stays. */
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Four.");
  gtk_widget_set_tooltip_text (v->button, "Nothing to end");
  gtk_widget_grab_focus (v->entry);
  assert_description (v->button, "Nothing to end");
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Five.");
#endif
}

typedef struct {
  Fixture app;
  GtkWidget *widget; /* in no window */
  UiAnnouncer *announcer;
  AppConversation *conversation;
} Talk;

static void
set_up_talk (Talk *t, gconstpointer data)
{
  fixture_set_up (&t->app, data);
  t->conversation = app_history_new_conversation (t->app.history);
  t->widget = g_object_ref_sink (gtk_label_new (NULL));
  t->announcer = ui_announcer_new (t->widget);
}

static void
tear_down_talk (Talk *t, gconstpointer data)
{
  g_assert_finalize_object (t->announcer);
  g_object_unref (t->widget);
  g_object_unref (t->conversation);
  fixture_tear_down (&t->app, data);
}

static void
say (Talk *t, const char *answer, gboolean too_long)
{
  Script script = { .text = answer, .too_long = too_long };

  scripted_engine_set_script (t->app.engine, &script);
  send_text (t->conversation, "Say. It.");
  wait_idle (t->conversation);
}

/* Every sentence of an answer, once, without a row that shows it; nothing of a note; of what is continued only what is added. */
static void
test_sentences (Talk *t, gconstpointer data)
{
  Script script = { .text = "Five. Six" };
  g_autoptr (GAsyncResult) result = NULL;

  ui_announcer_set_conversation (t->announcer, t->conversation);
  say (t, "One. Two. Three", FALSE);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 3);
  say (t, "Four.\n\n", TRUE);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 4);
  scripted_engine_set_script (t->app.engine, &script);
  app_conversation_continue_async (t->conversation, message_at (t->conversation, 3), keep_result, &result);
  g_assert_true (app_conversation_continue_finish (t->conversation, wait_result (&result), NULL));
  wait_idle (t->conversation);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 6);
}

/* Of a thought its beginning and its end, and none of its sentences. */
static void
test_thought (Talk *t, gconstpointer data)
{
  Script script = { .thought = "First. Second. Third. Fourth.", .text = "One. Two." };

  ui_announcer_set_conversation (t->announcer, t->conversation);
  scripted_engine_set_script (t->app.engine, &script);
  send_text (t->conversation, "Think. Then say.");
  wait_idle (t->conversation);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 4);
}

/* What was there before is not new; and of another conversation nothing is heard. */
static void
test_opened (Talk *t, gconstpointer data)
{
  say (t, "One. Two.", FALSE);
  ui_announcer_set_conversation (t->announcer, t->conversation);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 0);
  ui_announcer_set_conversation (t->announcer, NULL);
  say (t, "Three. Four.", FALSE);
  g_assert_cmpuint (ui_announcer_get_n_said (t->announcer), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-announcer/descriptions", View, NULL, set_up, test_descriptions, tear_down);
  g_test_add ("/ui-announcer/sentences", Talk, NULL, set_up_talk, test_sentences, tear_down_talk);
  g_test_add ("/ui-announcer/thought", Talk, NULL, set_up_talk, test_thought, tear_down_talk);
  g_test_add ("/ui-announcer/opened", Talk, NULL, set_up_talk, test_opened, tear_down_talk);
  return g_test_run ();
}
