/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message that is written while the model works: it waits in sight, can be changed, removed or sent at once, and goes by itself. */
#include "ui-test.h"

#include "fixture.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-queue.h"
#include "ui-queue-row.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
  UiQueue *queue;
} View;

static const Script held = { .text = "As far as this.", .hold = TRUE };
static const Script slow = { .text = "It takes a while until all of this is written.", .piece = 1, .ms = 3 };
static const Script quick = { .text = "Yes.", .piece = 100 };

static void
open_window (View *v)
{
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  v->queue = ui_test_child (v->page, "queue");
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_drain ();
}

static void
close_window (View *v)
{
  gtk_window_close (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_clear_object (&v->models);
}

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  open_window (v);
}

static void
tear_down (View *v, gconstpointer data)
{
  close_window (v);
  fixture_tear_down (&v->app, data);
}

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

static gboolean
press (View *v, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (ui_test_child (v->composer, "view"));
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (g_strcmp0 (gtk_event_controller_get_name (controller), "ui-composer-keys") == 0)
      g_signal_emit_by_name (controller, "key-pressed", keyval, 36u, 0, &handled);
  }
  ui_test_drain ();
  return handled;
}

/* Types words over what is there, and Enter. */
static void
type (View *v, const char *words)
{
  ui_composer_set_text (v->composer, words);
  g_assert_true (press (v, GDK_KEY_Return));
}

/* A conversation with an answer that is being written. */
static void
begin (View *v, const Script *script)
{
  scripted_engine_set_script (v->app.engine, script);
  type (v, "One");
  WAIT_UNTIL (n_messages (current (v)) == 2);
  wait_state (current (v), APP_MESSAGE_WRITING);
  ui_test_drain ();
}

static GtkWidget *
row_at (View *v, guint position)
{
  GtkWidget *row = gtk_widget_get_first_child (ui_test_child (v->queue, "rows"));

  while (row != NULL && position-- > 0)
    row = gtk_widget_get_next_sibling (row);
  return row;
}

static guint
n_rows (View *v)
{
  guint n = 0;

  while (row_at (v, n) != NULL)
    n++;
  return n;
}

static const char *
words_at (View *v, guint position)
{
  return gtk_label_get_text (ui_test_child (row_at (v, position), "text"));
}

static void
click (gpointer widget, const char *child)
{
  GtkWidget *button = ui_test_child (widget, child);

  g_assert_true (gtk_widget_is_sensitive (button) && gtk_widget_get_mapped (button));
  g_signal_emit_by_name (button, "clicked");
  ui_test_drain ();
}

static const char *
reason (View *v)
{
  return gtk_label_get_text (ui_test_child (v->queue, "reason"));
}

static void
wait_sent (View *v, guint n)
{
  WAIT_UNTIL (n_messages (current (v)) == 2 * n);
  wait_idle (current (v));
  ui_test_drain ();
}

static char *
typed (View *v)
{
  return ui_composer_dup_draft (v->composer);
}

#define ASSERT_SENT(v, position, words) g_assert_cmpstr (app_message_get_text (message_at (current (v), 2 * (position))), ==, (words))

/* Enter puts it in the row, the composer is free, and it goes when the answer has ended. */
static void
test_by_itself (View *v, gconstpointer data)
{
  g_autofree char *left = NULL;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (v->queue)));
  begin (v, &slow);
  type (v, "Two,\nin two lines");
  type (v, "Three");
  left = typed (v);
  g_assert_cmpstr (left, ==, "");
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (v->queue)));
  g_assert_cmpstr (reason (v), ==, "Will be sent after this answer");
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->queue, "resume")));
  g_assert_cmpuint (n_rows (v), ==, 2);
  g_assert_cmpstr (words_at (v, 0), ==, "Two, in two lines");
  ui_composer_set_text (v->composer, "And");
  wait_sent (v, 3);
  ASSERT_SENT (v, 1, "Two,\nin two lines");
  ASSERT_SENT (v, 2, "Three");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (v->queue)));
  g_free (left);
  left = typed (v);
  g_assert_cmpstr (left, ==, "And");
}

/* It is the conversation's, and goes on while another is shown. */
static void
test_elsewhere (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) first = NULL;

  begin (v, &slow);
  type (v, "Two");
  first = g_object_ref (current (v));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new", NULL);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (v->queue)));
  g_assert_cmpuint (n_rows (v), ==, 0);
  WAIT_UNTIL (n_messages (first) == 4);
  wait_idle (first);
  g_assert_cmpstr (app_message_get_text (message_at (first, 2)), ==, "Two");
}

/* Stopped: a row says why nothing goes, and one button sends all. */
static void
test_stopped (View *v, gconstpointer data)
{
  begin (v, &held);
  type (v, "Two");
  type (v, "Three");
  click (v->composer, "stop");
  wait_idle (current (v));
  ui_test_drain ();
  g_assert_cmpstr (reason (v), ==, "Not sent, because you stopped the answer");
  g_assert_cmpuint (n_messages (current (v)), ==, 2);
  g_assert_true (gtk_widget_has_css_class (ui_test_child (v->queue, "frame"), "held"));
  g_assert_cmpstr (gtk_button_get_label (ui_test_child (v->queue, "resume")), ==, "Send all");
  scripted_engine_set_script (v->app.engine, &quick);
  click (v->queue, "resume");
  wait_sent (v, 3);
  ASSERT_SENT (v, 2, "Three");
}

/* Into the composer and back in its place; what was being typed comes back. */
static void
test_change (View *v, gconstpointer data)
{
  g_autofree char *words = NULL, *draft = NULL;
  g_autoptr (AppTurn) turn = NULL;

  begin (v, &held);
  type (v, "Two");
  type (v, "Three");
  ui_composer_set_text (v->composer, "And then");
  click (row_at (v, 0), "edit");
  turn = ui_composer_dup_turn (v->composer);
  g_assert_cmpstr (app_turn_get_text (turn), ==, "Two");
  draft = typed (v);
  g_assert_cmpstr (draft, ==, "And then");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->composer, "editing")));
  g_assert_false (gtk_widget_is_sensitive (ui_test_child (row_at (v, 0), "remove")));
  /* While it is in hand, Escape gives it back and stops nothing. */
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.stop", NULL);
  g_assert_true (app_conversation_get_busy (current (v)));
  g_assert_cmpstr (words_at (v, 0), ==, "Two");
  g_assert_true (gtk_widget_is_sensitive (ui_test_child (row_at (v, 0), "remove")));
  click (row_at (v, 0), "edit");
  type (v, "Two and a half");
  g_assert_cmpstr (words_at (v, 0), ==, "Two and a half");
  g_assert_cmpstr (words_at (v, 1), ==, "Three");
  words = typed (v);
  g_assert_cmpstr (words, ==, "And then");
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->composer, "editing")));
}

/* Up in an empty composer takes the last one; another conversation in between leaves it in hand. */
static void
test_recall (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) first = NULL;
  AppQueued *changed;

  begin (v, &held);
  g_assert_false (press (v, GDK_KEY_Up));
  type (v, "Two");
  type (v, "Three");
  g_assert_true (press (v, GDK_KEY_Up));
  changed = ui_composer_get_changed (v->composer);
  g_assert_nonnull (changed);
  g_assert_cmpstr (app_turn_get_text (app_queued_get_turn (changed)), ==, "Three");
  g_assert_null (ui_composer_get_edited (v->composer));
  first = g_object_ref (current (v));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new", NULL);
  g_assert_null (ui_composer_get_changed (v->composer));
  g_assert_true (app_queued_get_edited (changed));
  ui_window_open_conversation (v->window, first, 0);
  g_assert_true (ui_composer_get_changed (v->composer) == changed);
  g_assert_true (press (v, GDK_KEY_Escape));
  g_assert_false (app_queued_get_edited (changed));
  g_assert_true (app_conversation_get_busy (first));
}

static void
test_remove (View *v, gconstpointer data)
{
  begin (v, &held);
  type (v, "Two");
  type (v, "Three");
  click (row_at (v, 0), "remove");
  g_assert_cmpuint (n_rows (v), ==, 1);
  g_assert_cmpstr (words_at (v, 0), ==, "Three");
  g_assert_cmpstr (ui_test_toast_text (ui_test_child (v->window, "toasts")), ==, "Waiting message removed");
  g_signal_emit_by_name (ui_test_toast_button (ui_test_child (v->window, "toasts")), "clicked");
  ui_test_drain ();
  g_assert_cmpuint (n_rows (v), ==, 2);
  g_assert_cmpstr (words_at (v, 0), ==, "Two");
}

static void
test_send_now (View *v, gconstpointer data)
{
  begin (v, &held);
  type (v, "Two");
  type (v, "Three");
  scripted_engine_set_script (v->app.engine, &quick);
  click (row_at (v, 1), "send_now");
  wait_sent (v, 3);
  ASSERT_SENT (v, 1, "Three");
  ASSERT_SENT (v, 2, "Two");
  g_assert_cmpint (app_message_get_state (message_at (current (v), 1)), ==, APP_MESSAGE_STOPPED);
}

/* After a restart it is shown, and waits for the person. */
static void
test_restart (View *v, gconstpointer data)
{
  begin (v, &held);
  type (v, "Two");
  close_window (v);
  fixture_close (&v->app);
  scripted_engine_set_script (v->app.engine, &quick);
  fixture_open (&v->app);
  open_window (v);
  ui_window_open_conversation (v->window, conversation_at (&v->app, 0), 0);
  WAIT_UNTIL (n_rows (v) == 1 && app_conversation_get_loaded (current (v)));
  ui_test_drain ();
  g_assert_cmpstr (reason (v), ==, "Not sent before Melete ended");
  g_assert_cmpstr (words_at (v, 0), ==, "Two");
  g_assert_cmpuint (n_messages (current (v)), ==, 2);
  g_assert_false (gtk_widget_get_visible (ui_test_child (row_at (v, 0), "send_now"))); /* the button above says it */
  click (v->queue, "resume");
  wait_sent (v, 2);
  ASSERT_SENT (v, 1, "Two");
}

/* Keeping a temporary conversation keeps what waits in it, with its file, and what is typed; all of it still waits. */
static void
test_kept (View *v, gconstpointer data)
{
  g_autoptr (AppAttachment) file = fixture_attachment ("ducks.txt", "A duck swims.\n");
  g_autoptr (AppTurn) turn = fixture_turn ("Two", file);
  g_autofree char *words = NULL;

  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new-temporary", NULL);
  begin (v, &held);
  g_assert_true (app_queue_add (app_conversation_get_queue (current (v)), turn, NULL));
  click (v->composer, "stop");
  wait_idle (current (v));
  ui_test_drain ();
  ui_composer_set_text (v->composer, "And");
  click (v->page, "keep");
  WAIT_UNTIL (!app_conversation_get_temporary (current (v)));
  ui_test_drain ();
  g_assert_cmpuint (n_rows (v), ==, 1);
  g_assert_cmpstr (words_at (v, 0), ==, "Two");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (row_at (v, 0), "files_label")), ==, "ducks.txt");
  g_assert_cmpstr (reason (v), ==, "Not sent, because you stopped the answer");
  words = typed (v);
  g_assert_cmpstr (words, ==, "And");
}

/* What runs from right to left has its files on that side too, whatever the window does. */
static void
test_directions (View *v, gconstpointer data)
{
  g_autoptr (AppAttachment) file = fixture_attachment ("ducks.txt", "A duck swims.\n");
  g_autoptr (AppTurn) turn = fixture_turn ("مرحبا", file);

  begin (v, &held);
  g_assert_true (app_queue_add (app_conversation_get_queue (current (v)), turn, NULL));
  ui_test_drain ();
  g_assert_cmpint (gtk_widget_get_direction (ui_test_child (row_at (v, 0), "text")), ==, GTK_TEXT_DIR_RTL);
  g_assert_cmpint (gtk_widget_get_direction (ui_test_child (row_at (v, 0), "files")), ==, GTK_TEXT_DIR_RTL);
  g_assert_cmpint (gtk_widget_get_direction (ui_test_child (row_at (v, 0), "files_label")), ==, GTK_TEXT_DIR_RTL);
  click (v->composer, "stop");
  wait_idle (current (v));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-queue/by-itself", test_by_itself },
    { "/ui-queue/elsewhere", test_elsewhere },
    { "/ui-queue/stopped", test_stopped },
    { "/ui-queue/change", test_change },
    { "/ui-queue/recall", test_recall },
    { "/ui-queue/remove", test_remove },
    { "/ui-queue/send-now", test_send_now },
    { "/ui-queue/restart", test_restart },
    { "/ui-queue/kept", test_kept },
    { "/ui-queue/directions", test_directions },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
