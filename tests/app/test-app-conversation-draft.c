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
  app_conversation_set_draft (app_history_get_unsent (fixture->history), "Of du", NULL);
  app_conversation_set_draft (herons, "And", NULL);
  app_conversation_set_draft (herons, "And where\n do they sleep? Ü", NULL);
  g_clear_object (&herons);
  open_again (fixture);
  g_assert_cmpstr (unsent_draft (fixture), ==, "Of du");
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), ==, "And where\n do they sleep? Ü");

  /* Nothing is forgotten too. */
  app_conversation_set_draft (app_history_get_unsent (fixture->history), "", NULL);
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
  app_conversation_set_draft (unsent, "Of geese", NULL);
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

  app_conversation_set_draft (conversation, "And then?", NULL);
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

/* ---- attachments ---- */

static GListStore *
list_of (AppAttachment *first, AppAttachment *second)
{
  GListStore *list = g_list_store_new (APP_TYPE_ATTACHMENT);

  g_list_store_append (list, first);
  if (second)
    g_list_store_append (list, second);
  return list;
}

static GListModel *
read_draft (AppConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *list;

  app_conversation_read_draft_async (conversation, keep_result, &result);
  list = app_conversation_read_draft_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
  return list;
}

#define COUNT(table) fixture_ask_number (fixture->path, "SELECT count (*) FROM " table)

/* With their bytes, in order, for the conversation without a turn too. */
static void
test_attachments (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) herons = fixture_talk (fixture, "Of herons", "They stand.");
  g_autoptr (AppAttachment) ducks = fixture_attachment ("ducks.txt", "A duck swims.\n"), geese = fixture_attachment ("geese.txt", "A goose flies.\n");
  g_autoptr (GListStore) both = list_of (ducks, geese), one = list_of (geese, NULL);
  g_autoptr (GListModel) list = NULL, unsent = NULL;
  g_autoptr (AppAttachment) stored = NULL;

  app_conversation_set_draft (herons, "", G_LIST_MODEL (both));
  app_conversation_set_draft (app_history_get_unsent (fixture->history), "Of du", G_LIST_MODEL (one));
  g_assert_cmpuint (app_conversation_get_n_draft_attachments (herons), ==, 2);
  g_clear_object (&herons);
  open_again (fixture);
  herons = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_draft (herons), ==, "");
  g_assert_cmpuint (app_conversation_get_n_draft_attachments (herons), ==, 2);
  list = read_draft (herons);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  stored = g_list_model_get_item (list, 0);
  g_assert_cmpint (app_attachment_get_state (stored), ==, APP_ATTACHMENT_READY);
  g_assert_cmpstr (app_attachment_get_name (stored), ==, "ducks.txt");
  g_assert_cmpstr (app_attachment_get_model_text (stored), ==, app_attachment_get_model_text (ducks));
  g_assert_true (g_bytes_equal (app_attachment_get_bytes (stored), app_attachment_get_bytes (ducks)));
  unsent = read_draft (app_history_get_unsent (fixture->history));
  g_assert_cmpuint (g_list_model_get_n_items (unsent), ==, 1);
  g_clear_object (&herons);
  fixture_close (fixture);
  g_assert_cmpint (COUNT ("attachments"), ==, 2); /* once by hash */
  g_assert_cmpint (COUNT ("draft_attachments"), ==, 3);
}

/* What is taken out leaves the file too, unless something else has it; and a draft without anything is none. */
static void
test_attachment_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) herons = fixture_talk (fixture, "Of herons", "They stand.");
  AppConversation *unsent = app_history_get_unsent (fixture->history);
  g_autoptr (AppAttachment) ducks = fixture_attachment ("ducks.txt", "A duck swims.\n"), geese = fixture_attachment ("geese.txt", "A goose flies.\n");
  g_autoptr (GListStore) both = list_of (ducks, geese), one = list_of (geese, NULL), none = g_list_store_new (APP_TYPE_ATTACHMENT);

  app_conversation_set_draft (herons, "And", G_LIST_MODEL (both));
  app_conversation_set_draft (unsent, "", G_LIST_MODEL (one));
  app_conversation_set_draft (herons, "And", G_LIST_MODEL (one));
  app_conversation_set_draft (unsent, "", G_LIST_MODEL (none));
  g_clear_object (&herons);
  fixture_close (fixture);
  g_assert_cmpint (COUNT ("drafts"), ==, 1);
  g_assert_cmpint (COUNT ("draft_attachments"), ==, 1);
  g_assert_cmpint (COUNT ("attachments"), ==, 1);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments JOIN draft_attachments USING (sha256) WHERE metadata LIKE '%geese%'"), ==, 1);
}

/* They become those of the message, and their bytes are written once. */
static void
test_attachments_sent (Fixture *fixture, gconstpointer data)
{
  AppConversation *unsent = app_history_get_unsent (fixture->history);
  g_autoptr (AppAttachment) ducks = fixture_attachment ("ducks.txt", "A duck swims.\n");
  g_autoptr (GListStore) list = list_of (ducks, NULL);
  g_autoptr (AppTurn) turn = fixture_turn ("Of ducks", ducks);
  g_autoptr (AppConversation) conversation = g_object_ref (unsent);

  app_conversation_set_draft (conversation, "Of ducks", G_LIST_MODEL (list));
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  g_assert_cmpuint (app_conversation_get_n_draft_attachments (conversation), ==, 0);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (COUNT ("drafts"), ==, 0);
  g_assert_cmpint (COUNT ("draft_attachments"), ==, 0);
  g_assert_cmpint (COUNT ("attachments"), ==, 1);
  g_assert_cmpint (COUNT ("message_attachments"), ==, 1);
}

/* Their texts are not written again with every word, those that are not read yet are left out, and those that nobody has read yet stay. */
static void
test_attachments_kept (Fixture *fixture, gconstpointer data)
{
  AppConversation *unsent = app_history_get_unsent (fixture->history);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
  g_autoptr (AppAttachment) ducks = fixture_attachment ("ducks.txt", "A duck swims.\n"), loading = app_attachment_new_for_bytes (bytes, "a.txt");
  g_autoptr (GListStore) list = list_of (ducks, loading), none = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (GListModel) read = NULL;
  guint before, with_files;

  fixture_settle (fixture);
  before = app_history_get_n_queries (fixture->history);
  app_conversation_set_draft (unsent, "Of", G_LIST_MODEL (list));
  fixture_settle (fixture);
  with_files = app_history_get_n_queries (fixture->history) - before;
  before = app_history_get_n_queries (fixture->history);
  app_conversation_set_draft (unsent, "Of du", G_LIST_MODEL (list));
  fixture_settle (fixture);
  g_assert_cmpuint (app_history_get_n_queries (fixture->history) - before, <, with_files - 3);

  open_again (fixture);
  unsent = app_history_get_unsent (fixture->history);
  app_conversation_set_draft (unsent, "Of ducks", G_LIST_MODEL (none));
  open_again (fixture);
  unsent = app_history_get_unsent (fixture->history);
  g_assert_cmpstr (app_conversation_get_draft (unsent), ==, "Of ducks");
  read = read_draft (unsent);
  g_assert_cmpuint (g_list_model_get_n_items (read), ==, 1);
  app_conversation_set_draft (unsent, "Of ducks", G_LIST_MODEL (none));
  fixture_close (fixture);
  g_assert_cmpint (COUNT ("drafts"), ==, 1);
  g_assert_cmpint (COUNT ("attachments"), ==, 0);
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
  g_autoptr (AppAttachment) file = fixture_attachment ("secret.txt", "Its word is trebizondine.\n");
  g_autoptr (GListStore) list = list_of (file, NULL);

  app_conversation_set_draft (conversation, "zanzibarine", G_LIST_MODEL (list));
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_undelete_async, conversation);
  g_clear_object (&conversation);
  open_again (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "zanzibarine");
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  app_conversation_set_draft (conversation, "too late", NULL);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 0);
  g_assert_false (has_word (fixture->path, "", "zanzibarine"));
  g_assert_false (has_word (fixture->path, "-wal", "zanzibarine"));
  g_assert_cmpint (COUNT ("attachments"), ==, 0);
  g_assert_false (has_word (fixture->path, "", "trebizondine"));
  g_assert_false (has_word (fixture->path, "-wal", "trebizondine"));
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
  app_conversation_set_draft (conversation, "a", NULL);
  WAIT_UNTIL (n > 0);
  app_conversation_set_draft (conversation, "ab", NULL);
  app_conversation_set_draft (conversation, "ab", NULL);
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
  ADD ("attachments", test_attachments);
  ADD ("attachment-removed", test_attachment_removed);
  ADD ("attachments-sent", test_attachments_sent);
  ADD ("attachments-kept", test_attachments_kept);
  ADD ("deleted", test_deleted);
  ADD ("failure", test_failure);
  return g_test_run ();
}
