/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fixture.h"

static void
open_again (Fixture *fixture)
{
  fixture_close (fixture);
  fixture_open (fixture);
}

static const char *
unsent_draft (Fixture *fixture)
{
  return app_conversation_get_draft (app_history_get_unsent (fixture->history));
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) herons = fixture_talk (fixture, "Of herons", "They stand.");

  g_assert_cmpstr (unsent_draft (fixture), ==, "");
  app_conversation_set_draft (app_history_get_unsent (fixture->history), "Of du");
  app_conversation_set_draft (herons, "And");
  app_conversation_set_draft (herons, "And where\n do they sleep? Ü");
  g_clear_object (&herons);
  open_again (fixture);
  g_assert_cmpstr (unsent_draft (fixture), ==, "Of du");
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), ==, "And where\n do they sleep? Ü");

  /* Nothing is forgotten too. */
  app_conversation_set_draft (app_history_get_unsent (fixture->history), "");
  open_again (fixture);
  g_assert_cmpstr (unsent_draft (fixture), ==, "");
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), !=, "");
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 1);
}

/* Until its first turn is on its way there is one conversation that waits for it. */
static void
test_unsent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) unsent = g_object_ref (app_history_get_unsent (fixture->history));

  g_assert_true (app_history_get_unsent (fixture->history) == unsent);
  app_conversation_set_draft (unsent, "Of geese");
  send_text (unsent, "Of geese");
  g_assert_true (app_history_get_unsent (fixture->history) != unsent);
  g_assert_cmpstr (unsent_draft (fixture), ==, "");
  g_assert_cmpstr (app_conversation_get_draft (unsent), ==, "");
  wait_idle (unsent);
  g_clear_object (&unsent);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 0);
}

static void
test_sent_and_edited (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Of herons", "They stand.");
  g_autoptr (AppTurn) turn = app_turn_new ("Of storks", NULL);
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_set_draft (conversation, "And then?");
  app_conversation_edit_async (conversation, message_at (conversation, 0), turn, keep_result, &result);
  g_assert_true (app_conversation_edit_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "And then?");
  send_text (conversation, "And then?");
  wait_idle (conversation);
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "");
  g_clear_object (&conversation);
  open_again (fixture);
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), ==, "");
}

static gboolean
has_word (const char *path, const char *end, const char *word)
{
  g_autofree char *name = g_strconcat (path, end, NULL);
  g_autofree char *content = NULL;
  gsize length;

  return g_file_get_contents (name, &content, &length, NULL) && memmem (content, length, word, strlen (word)) != NULL;
}

/* A draft comes back with its conversation, and goes with it without a trace. */
static void
test_deleted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Of herons", "They stand.");

  app_conversation_set_draft (conversation, "zanzibarine");
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_undelete_async, conversation);
  g_clear_object (&conversation);
  open_again (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "zanzibarine");
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  app_conversation_set_draft (conversation, "too late");
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 0);
  g_assert_false (has_word (fixture->path, "", "zanzibarine"));
  g_assert_false (has_word (fixture->path, "-wal", "zanzibarine"));
}

static void
on_save_failed (AppConversation *conversation, const char *sentence, guint *n)
{
  g_assert_cmpuint (strlen (sentence), >, 0);
  ++*n;
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = g_object_ref (app_history_get_unsent (fixture->history));
  guint n = 0;

  fixture_close (fixture);
  g_signal_connect (conversation, "save-failed", G_CALLBACK (on_save_failed), &n);
  app_conversation_set_draft (conversation, "a");
  WAIT_UNTIL (n > 0);
  app_conversation_set_draft (conversation, "ab");
  app_conversation_set_draft (conversation, "ab");
  g_signal_handlers_disconnect_by_data (conversation, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "ab");
  WAIT_UNTIL (G_OBJECT (conversation)->ref_count == 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/app/conversation-draft/" name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("kept", test_kept);
  ADD ("unsent", test_unsent);
  ADD ("sent-and-edited", test_sent_and_edited);
  ADD ("deleted", test_deleted);
  ADD ("failure", test_failure);
  return g_test_run ();
}
