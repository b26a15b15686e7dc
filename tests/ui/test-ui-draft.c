/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed and not sent yet survives everything: other conversations, new ones, files, editing, a restart. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
} View;

static void
open_window (View *v)
{
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_drain ();
}

/* As a person closes it. */
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

static void
restart (View *v)
{
  close_window (v);
  fixture_close (&v->app);
  fixture_open (&v->app);
  open_window (v);
}

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

#define ASSERT_TYPED(v, words)                                           \
  G_STMT_START                                                           \
  {                                                                      \
    g_autoptr (AppTurn) turn_ = ui_composer_dup_turn ((v)->composer);    \
    g_assert_cmpstr (app_turn_get_text (turn_), ==, (words));            \
  }                                                                      \
  G_STMT_END

static void
activate (View *v, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->window), action, NULL));
  ui_test_drain ();
}

/* Opens a conversation that has a turn. */
static AppConversation *
talk (View *v, const char *note)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&v->app, note, "Yes.");

  ui_window_open_conversation (v->window, conversation, 0);
  ui_test_drain ();
  return current (v);
}

static void
send_typed (View *v)
{
  AppConversation *conversation = current (v);
  guint before = n_messages (conversation);

  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (!app_conversation_get_busy (conversation) && n_messages (conversation) == before)
    g_main_context_iteration (NULL, TRUE);
  wait_idle (conversation);
  ui_test_drain ();
}

static GListStore *
make_file (View *v, const char *name)
{
  g_autofree char *path = g_build_filename (v->app.folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GListStore *files = g_list_store_new (G_TYPE_FILE);

  g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
  g_list_store_append (files, file);
  return files;
}

/* In a new conversation. */
static void
open_file (View *v, const char *name)
{
  g_autoptr (GListStore) files = make_file (v, name);

  ui_window_open_files (v->window, G_LIST_MODEL (files));
}

static void
open_file_here (View *v, const char *name)
{
  g_autoptr (GListStore) files = make_file (v, name);

  ui_conversation_page_add_files (v->page, G_LIST_MODEL (files));
}

static gboolean
all_ready (View *v)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (v->composer);

  for (guint i = 0; i < app_turn_get_n_attachments (turn); i++)
    if (app_attachment_get_state (app_turn_get_attachment (turn, i)) != APP_ATTACHMENT_READY)
      return FALSE;
  return TRUE;
}

static guint
n_attachments (View *v)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (v->composer);

  return app_turn_get_n_attachments (turn);
}

static void
test_other_conversation (View *v, gconstpointer data)
{
  AppConversation *herons;

  ui_composer_set_text (v->composer, "Of du");
  herons = talk (v, "Of herons");
  ASSERT_TYPED (v, "");
  ui_composer_set_text (v->composer, "And where");
  activate (v, "win.new");
  ASSERT_TYPED (v, "Of du");
  ui_window_open_conversation (v->window, herons, 0);
  ASSERT_TYPED (v, "And where");
  send_typed (v);
  ASSERT_TYPED (v, "");
  activate (v, "win.new");
  ASSERT_TYPED (v, "Of du");
  send_typed (v);
  activate (v, "win.new");
  ASSERT_TYPED (v, "");
}

static void
test_new_and_files (View *v, gconstpointer data)
{
  ui_composer_set_text (v->composer, "What is the word?");
  activate (v, "win.new");
  ASSERT_TYPED (v, "What is the word?");
  open_file (v, "one.txt");
  ASSERT_TYPED (v, "What is the word?");
  open_file (v, "two.txt");
  ASSERT_TYPED (v, "What is the word?");
  g_assert_cmpuint (n_attachments (v), ==, 2);
  talk (v, "Of herons");
  g_assert_cmpuint (n_attachments (v), ==, 0);
  activate (v, "win.new");
  ASSERT_TYPED (v, "What is the word?");
  g_assert_cmpuint (n_attachments (v), ==, 2);
}

/* What is edited takes the place of the draft for a while only. */
static void
test_edit (View *v, gconstpointer data)
{
  AppConversation *herons = talk (v, "Of herons");

  ui_composer_set_text (v->composer, "And where");
  activate (v, "win.edit");
  activate (v, "win.edit");
  ASSERT_TYPED (v, "Of herons");
  g_signal_emit_by_name (ui_test_find (ui_test_child (v->composer, "editing"), GTK_TYPE_BUTTON), "clicked");
  ASSERT_TYPED (v, "And where");
  g_assert_null (ui_composer_get_edited (v->composer));

  activate (v, "win.edit");
  ui_composer_set_text (v->composer, "Of storks");
  activate (v, "win.new");
  ASSERT_TYPED (v, "");
  ui_window_open_conversation (v->window, herons, 0);
  ASSERT_TYPED (v, "Of storks");
  g_assert_nonnull (ui_composer_get_edited (v->composer));
  g_assert_cmpstr (app_conversation_get_draft (herons), ==, "And where");
  send_typed (v);
  ASSERT_TYPED (v, "And where");
  g_assert_null (ui_composer_get_edited (v->composer));
  g_assert_cmpstr (app_message_get_text (message_at (herons, 0)), ==, "Of storks");
}

static void
test_restart (View *v, gconstpointer data)
{
  talk (v, "Of herons");
  ui_composer_set_text (v->composer, "And where");
  activate (v, "win.new");
  ui_composer_set_text (v->composer, "Of du");
  restart (v);
  ASSERT_TYPED (v, "Of du");
  load (conversation_at (&v->app, 0));
  ui_window_open_conversation (v->window, conversation_at (&v->app, 0), 0);
  ASSERT_TYPED (v, "And where");
  send_typed (v);
  restart (v);
  ASSERT_TYPED (v, "Of du");
  ui_window_open_conversation (v->window, conversation_at (&v->app, 0), 0);
  ASSERT_TYPED (v, "");
}

/* Attachments come back with the words, as what they were, and can be sent. */
static void
test_restart_with_files (View *v, gconstpointer data)
{
  g_autoptr (AppTurn) turn = NULL;

  talk (v, "Of herons");
  activate (v, "win.new");
  open_file (v, "one.txt");
  open_file (v, "two.txt");
  WAIT_UNTIL (all_ready (v));
  ui_composer_set_text (v->composer, "What is the word?");
  ui_window_open_conversation (v->window, conversation_at (&v->app, 0), 0);
  open_file_here (v, "three.txt");
  /* It is still read when the person goes on. */
  activate (v, "win.new");
  WAIT_UNTIL (app_conversation_get_n_draft_attachments (conversation_at (&v->app, 0)) == 1);
  restart (v);
  WAIT_UNTIL (n_attachments (v) == 2);
  ASSERT_TYPED (v, "What is the word?");
  turn = ui_composer_dup_turn (v->composer);
  g_assert_cmpstr (app_attachment_get_name (app_turn_get_attachment (turn, 1)), ==, "two.txt");
  g_assert_true (gtk_widget_get_sensitive (ui_test_child (v->composer, "send")));
  g_assert_true (gtk_widget_get_visible (ui_test_child (v->composer, "chips")));
  ui_window_open_conversation (v->window, conversation_at (&v->app, 0), 0);
  WAIT_UNTIL (n_attachments (v) == 1);
  activate (v, "win.new");
  send_typed (v);
  g_assert_cmpuint (app_message_get_n_attachments (message_at (current (v), 0)), ==, 2);
  restart (v);
  g_assert_cmpuint (n_attachments (v), ==, 0);
}

/* Who sends before they are read again sends them too. */
static void
test_restart_and_send (View *v, gconstpointer data)
{
  open_file (v, "one.txt");
  WAIT_UNTIL (all_ready (v));
  ui_composer_set_text (v->composer, "What is the word?");
  restart (v);
  /* Not before the window has had the time to ask for them. */
  g_assert_cmpuint (n_attachments (v) <= 1, ==, TRUE);
  send_typed (v);
  g_assert_cmpuint (app_message_get_n_attachments (message_at (current (v), 0)), ==, 1);
}

/* At a pause, not at each key; but nobody types so long without one that much could be lost. */
static void
test_pause (View *v, gconstpointer data)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (ui_test_child (v->composer, "view"));
  guint before, n = 0;

  ui_test_frames (GTK_WIDGET (v->window), 3);
  before = app_history_get_n_queries (v->app.history);
  for (guint i = 0; i < 200; i++) {
    gtk_text_buffer_insert_at_cursor (buffer, "a", 1);
    ui_test_drain ();
  }
  g_assert_cmpuint (app_history_get_n_queries (v->app.history), ==, before);
  g_assert_cmpstr (app_conversation_get_draft (current (v)), ==, "");
  WAIT_UNTIL (*app_conversation_get_draft (current (v)) != '\0');
  g_assert_cmpuint (strlen (app_conversation_get_draft (current (v))), ==, 200);

  for (; strlen (app_conversation_get_draft (current (v))) == 200; n++) {
    gtk_text_buffer_insert_at_cursor (buffer, "b", 1);
    g_usleep (50000);
    ui_test_drain ();
    g_assert_cmpuint (n, <, 2000);
  }
  g_assert_cmpuint (n, >, 20);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-draft/other-conversation", test_other_conversation },
    { "/ui-draft/new-and-files", test_new_and_files },
    { "/ui-draft/edit", test_edit },
    { "/ui-draft/restart", test_restart },
    { "/ui-draft/restart-with-files", test_restart_with_files },
    { "/ui-draft/restart-and-send", test_restart_and_send },
    { "/ui-draft/pause", test_pause },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
