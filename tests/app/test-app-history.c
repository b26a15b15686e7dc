/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fixture.h"

#include "app-error.h"

static void
assert_titles (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->history)); i++)
    g_string_append_printf (titles, "%s%s", i ? ", " : "", app_conversation_get_title (conversation_at (fixture, i)));
  g_assert_cmpstr (titles->str, ==, expected);
}

static void
pause_a_moment (void)
{
  g_usleep (2000); /* times are kept in milliseconds */
}

static void
pin (AppConversation *conversation, gboolean pinned)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_set_pinned_async (conversation, pinned, keep_result, &result);
  g_assert_true (app_conversation_set_pinned_finish (conversation, wait_result (&result), NULL));
}

/* ---- the list ---- */

/* Every change of the list is told so that a copy kept by the signals alone stays equal. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GPtrArray *copy)
{
  g_ptr_array_remove_range (copy, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (copy, position + i, g_list_model_get_item (model, position + i));
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) copy = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->history, "items-changed", G_CALLBACK (on_items_changed), copy);
  g_autoptr (AppConversation) a = fixture_talk (fixture, "aa", "x");
  pause_a_moment ();
  g_autoptr (AppConversation) b = fixture_talk (fixture, "bb", "x");
  pause_a_moment ();
  g_autoptr (AppConversation) c = fixture_talk (fixture, "cc", "x");

  assert_titles (fixture, "cc, bb, aa");
  pause_a_moment ();
  send_text (a, "again");
  wait_idle (a);
  assert_titles (fixture, "aa, cc, bb");
  pin (b, TRUE);
  assert_titles (fixture, "bb, aa, cc");
  pause_a_moment ();
  send_text (c, "again");
  wait_idle (c);
  assert_titles (fixture, "bb, cc, aa");

  g_assert_cmpuint (copy->len, ==, 3);
  for (guint i = 0; i < copy->len; i++)
    g_assert_true (copy->pdata[i] == conversation_at (fixture, i));
  g_assert_true (app_history_find (fixture->history, app_conversation_get_id (a)) == a);
  g_assert_null (app_history_find (fixture->history, 4711));

  g_signal_handlers_disconnect_by_data (fixture->history, copy);
  g_ptr_array_set_size (copy, 0);
  g_clear_object (&a);
  g_clear_object (&b);
  g_clear_object (&c);
  fixture_close (fixture);
  fixture_open (fixture);
  assert_titles (fixture, "bb, cc, aa");
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) a = fixture_talk (fixture, "aa", "x");
  pause_a_moment ();
  g_autoptr (AppConversation) b = fixture_talk (fixture, "bb", "x");
  pause_a_moment ();
  g_autoptr (AppConversation) c = fixture_talk (fixture, "cc", "x");
  g_autoptr (AppTurn) turn = app_turn_new ("x", NULL);
  g_autoptr (GError) error = NULL;

  fixture_change (fixture, app_history_delete_async, b);
  assert_titles (fixture, "cc, aa");
  g_autoptr (GListModel) none = search (fixture, "bb");
  g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
  fixture_change (fixture, app_history_undelete_async, b);
  assert_titles (fixture, "cc, bb, aa");
  g_assert_cmpuint (n_messages (b), ==, 2);

  fixture_change (fixture, app_history_delete_async, b);
  fixture_change (fixture, app_history_purge_async, b);
  g_assert_false (try_send (b, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);

  /* A purge that never came is done by the next opening. */
  fixture_change (fixture, app_history_delete_async, c);
  g_clear_object (&a);
  g_clear_object (&b);
  g_clear_object (&c);
  fixture_close (fixture);
  fixture_open (fixture);
  assert_titles (fixture, "aa");
  fixture_close (fixture);

  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM conversations"), ==, 1);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM messages"), ==, 2);
}

/* Deleting one that is answered stops it; undo brings the stopped answer back. */
static void
test_delete_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = "So far", .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Hello");
  wait_state (conversation, APP_MESSAGE_WRITING);
  fixture_change (fixture, app_history_delete_async, conversation);
  wait_idle (conversation);
  assert_titles (fixture, "");
  fixture_change (fixture, app_history_undelete_async, conversation);
  assert_titles (fixture, "Hello");
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
}

/* Closing stops what is under way and stores it. */
static void
test_close_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = "Until here", .piece = 100, .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Hello");
  wait_state (conversation, APP_MESSAGE_WRITING);
  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (fixture, 0), 1)), ==, "Until here");
  g_assert_cmpint (app_message_get_state (message_at (conversation_at (fixture, 0), 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_false (app_message_get_interrupted (message_at (conversation_at (fixture, 0), 1)));
}

/* ---- attachments ---- */

static AppAttachment *
text_attachment (const char *name, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  AppAttachment *attachment = app_attachment_new_for_bytes (bytes, name);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  app_attachment_load_finish (attachment, wait_result (&result), &error);
  g_assert_no_error (error);
  return attachment;
}

static void
send_with (AppConversation *conversation, const char *text, AppAttachment *attachment)
{
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (GError) error = NULL;

  g_list_store_append (list, attachment);
  turn = app_turn_new (text, G_LIST_MODEL (list));
  try_send (conversation, turn, &error);
  g_assert_no_error (error);
  wait_idle (conversation);
}

/* The passages that an answer was made from, and where it cites them: there while it is written, and when it is read again. */
static void
test_sources (Fixture *fixture, gconstpointer data)
{
  static const char passage[] = "The secret word is MALLARD.";
  static const char answer[] = "I looked for it. The secret word is MALLARD. Ask again.";
  Script script = { .text = answer, .passage = passage };
  g_autoptr (AppAttachment) ducks = text_attachment ("ducks.txt", "A duck swims. The secret word is MALLARD. The pond is deep.\n");
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);

  scripted_engine_set_script (fixture->engine, &script);
  send_with (conversation, "Which word?", ducks);
  for (guint round = 0; round < 2; round++) {
    AppMessage *message = message_at (conversation, 1);
    GPtrArray *sources = app_message_get_sources (message);
    GArray *citations = app_message_get_citations (message);
    const AppSource *source;
    const AppCitation *citation;

    g_assert_nonnull (sources);
    g_assert_cmpuint (sources->len, ==, 1);
    source = sources->pdata[0];
    g_assert_cmpint (source->note, ==, app_message_get_id (message_at (conversation, 0)));
    g_assert_cmpstr (source->name, ==, "ducks.txt");
    g_assert_cmpmem (app_attachment_get_model_text (ducks) + source->start, source->length, passage, strlen (passage));
    g_assert_nonnull (citations);
    g_assert_cmpuint (citations->len, ==, 1);
    citation = &g_array_index (citations, AppCitation, 0);
    g_assert_cmpuint (citation->number, ==, 1);
    g_assert_true (g_str_has_prefix (answer + citation->position, " Ask again."));
    g_assert_true (g_str_has_prefix (app_message_get_notices (message)[0], "answered from 1 passage"));
    g_clear_object (&conversation);
    fixture_close (fixture);
    fixture_open (fixture);
    conversation = g_object_ref (conversation_at (fixture, 0));
    load (conversation);
  }
  g_assert_null (app_message_get_sources (message_at (conversation, 0)));
  g_clear_object (&conversation);
  fixture_close (fixture);
  /* What a damaged file says is not believed. */
  fixture_run_sql (fixture->path, "UPDATE message_citations SET position = 1000000; INSERT INTO message_citations SELECT message, 3, 99 FROM message_citations");
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_null (app_message_get_citations (message_at (conversation_at (fixture, 0), 1)));
}

static void
test_attachments (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppAttachment) ducks = text_attachment ("ducks.txt", "The word is MALLARD.\n");
  g_autoptr (AppAttachment) same = text_attachment ("copy.txt", "The word is MALLARD.\n");
  g_autoptr (AppAttachment) geese = text_attachment ("geese.txt", "The word is GANDER.\n");
  g_autoptr (AppConversation) first = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) second = app_history_new_conversation (fixture->history);
  g_autofree char *prompt = NULL;

  send_with (first, "Which word?", ducks);
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_nonnull (strstr (prompt, "ducks.txt"));
  g_assert_nonnull (strstr (prompt, "MALLARD"));
  g_assert_true (g_str_has_suffix (prompt, "\n\nWhich word?")); /* the question stands last */
  g_assert_cmpuint (app_message_get_n_attachments (message_at (first, 0)), ==, 1);
  send_with (first, "And now?", geese);
  send_with (second, "", same);
  g_assert_cmpstr (app_conversation_get_title (second), ==, "copy.txt");
  g_clear_object (&first);
  g_clear_object (&second);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments"), ==, 2); /* once by hash */
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM message_attachments"), ==, 3);

  /* Read back: the model gets the same again, and the bytes come when they are asked for. */
  fixture_open (fixture);
  for (guint i = 0; i < 2; i++)
    if (g_str_equal (app_conversation_get_title (conversation_at (fixture, i)), "Which word?"))
      first = g_object_ref (conversation_at (fixture, i));
    else
      second = g_object_ref (conversation_at (fixture, i));
  load (first);
  AppMessage *note = message_at (first, 0);
  g_assert_cmpuint (app_message_get_n_attachments (note), ==, 1);
  GListModel *list = app_message_get_attachments (note);
  while (g_list_model_get_n_items (list) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (AppAttachment) stored = g_list_model_get_item (list, 0);
  g_assert_cmpstr (app_attachment_get_name (stored), ==, "ducks.txt");
  g_assert_cmpstr (app_attachment_get_sha256 (stored), ==, app_attachment_get_sha256 (ducks));
  g_assert_true (g_bytes_equal (app_attachment_get_bytes (stored), app_attachment_get_bytes (ducks)));

  send_text (first, "Once more");
  wait_idle (first);
  g_free (prompt);
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_nonnull (strstr (prompt, "MALLARD"));
  g_assert_nonnull (strstr (prompt, "GANDER"));

  /* What only a deleted conversation used goes with it; what another still uses stays. */
  fixture_change (fixture, app_history_delete_async, first);
  fixture_change (fixture, app_history_purge_async, first);
  g_clear_object (&first);
  g_clear_object (&second);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments"), ==, 1);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM message_attachments"), ==, 1);
}

/* An attachment that is not read cannot be sent. */
static void
test_attachment_not_ready (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_bytes (bytes, "a.txt");
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (GError) error = NULL;

  g_list_store_append (list, attachment);
  turn = app_turn_new ("Read it", G_LIST_MODEL (list));
  g_assert_false (try_send (conversation, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "a.txt"));
}

/* ---- size ---- */

/* Writes a conversation of `n` messages straight into the tables. */
static void
make_long (Fixture *fixture, int n)
{
  g_autofree char *sql = g_strdup_printf (
      "BEGIN;"
      "INSERT INTO conversations (id, title, created, updated, chosen) VALUES (1, 'Long', 1, 1, 1);"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      "INSERT INTO messages (id, conversation, parent, chosen, role, state, created, text)"
      " SELECT i, 1, nullif (i - 1, 0), CASE WHEN i < %d THEN i + 1 END, 2 - i %% 2, 2, i, 'Message number ' || i || ' of a long talk' FROM n;"
      "COMMIT;",
      n, n);

  fixture_open (fixture);
  fixture_close (fixture);
  fixture_run_sql (fixture->path, sql);
}

static void
on_any_change (GListModel *model, guint position, guint removed, guint added, guint *n_changes)
{
  ++*n_changes;
}

/* 5,000 messages are read by one statement, reach the list as one change, and go away again. */
static void
test_long (Fixture *fixture, gconstpointer data)
{
  guint n_changes = 0;

  make_long (fixture, 5000);
  fixture_open (fixture);
  AppConversation *conversation = conversation_at (fixture, 0);
  g_signal_connect (app_conversation_get_messages (conversation), "items-changed", G_CALLBACK (on_any_change), &n_changes);
  guint before = app_history_get_n_queries (fixture->history);
  load (conversation);
  g_assert_cmpuint (app_history_get_n_queries (fixture->history) - before, ==, 5); /* messages, calls, artifacts, jobs, lanes */
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (n_messages (conversation), ==, 5000);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 4999)), ==, "Message number 5000 of a long talk");

  before = app_history_get_n_queries (fixture->history);
  send_text (conversation, "One more");
  g_assert_cmpuint (app_history_get_n_queries (fixture->history) - before, <, 20);
  wait_idle (conversation);
  g_autoptr (GListModel) hits = search (fixture, "4711");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);

  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_close (fixture);
  fixture_open (fixture); /* purges a tree that is deeper than SQLite lets triggers recurse */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 0);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM messages"), ==, 0);
}

/* How often the word stands in the file, in any case. */
static guint
count_word (const char *path, const char *end, const char *word)
{
  g_autofree char *name = g_strconcat (path, end, NULL);
  g_autofree char *content = NULL;
  gsize length, n = strlen (word);
  guint count = 0;

  if (!g_file_get_contents (name, &content, &length, NULL))
    return 0;
  for (gsize i = 0; i + n <= length; i++)
    count += g_ascii_strncasecmp (content + i, word, n) == 0;
  return count;
}

/* What is purged leaves no word in the file: not in its tables, not in the index of the search, not in the journal; and it does so while the program
 * runs. Two are purged, the second while the index is still cleaned of the first, which takes many steps. */
static void
test_no_trace (Fixture *fixture, gconstpointer data)
{
  static const char *const words[] = { "xqzvkwjt", "ywkqjxzv" };
  g_autoptr (AppConversation) first = NULL;
  g_autoptr (AppConversation) second = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  make_long (fixture, 30);
  fixture_run_sql (fixture->path, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                                  "INSERT INTO messages (conversation, parent, role, state, created, text)"
                                  " SELECT 1, 1, 2, 2, 1, hex (randomblob (8)) || ' ' || hex (randomblob (400)) FROM n");
  fixture_open (fixture);
  first = fixture_talk (fixture, "The word is Xqzvkwjt.", "xqzvkwjt, or XQZVKWJT");
  second = fixture_talk (fixture, "The word is ywkqjxzv.", "Ywkqjxzv");
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (count_word (fixture->path, "", words[i]) + count_word (fixture->path, "-wal", words[i]), >, 0);

  fixture_change (fixture, app_history_delete_async, first);
  fixture_change (fixture, app_history_delete_async, second);
  app_history_purge_async (fixture->history, first, keep_result, &result);
  fixture_change (fixture, app_history_purge_async, second);
  wait_result (&result);
  for (guint i = 0; i < 2; i++)
    WAIT_UNTIL (count_word (fixture->path, "", words[i]) + count_word (fixture->path, "-wal", words[i]) == 0);

  g_clear_object (&result);
  g_clear_object (&first);
  g_clear_object (&second);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM messages"), ==, 2030);
  fixture_run_sql (fixture->path, "INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1);"
                                  "INSERT INTO conversations_fts (conversations_fts, rank) VALUES ('integrity-check', 1)");
}

/* A path that a damaged file bends into a circle ends all the same. */
static void
test_circle (Fixture *fixture, gconstpointer data)
{
  make_long (fixture, 10);
  fixture_run_sql (fixture->path, "UPDATE messages SET chosen = 3 WHERE id = 7; UPDATE messages SET chosen = id WHERE id = 5");
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpuint (n_messages (conversation_at (fixture, 0)), ==, 5);
}

#define ADD(path, test) g_test_add ("/app/history/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
#define ADD_CLOSED(path, test) g_test_add ("/app/history/" path, Fixture, NULL, fixture_set_up_closed, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order);
  ADD ("delete", test_delete);
  ADD ("delete-busy", test_delete_busy);
  ADD ("close-busy", test_close_busy);
  ADD ("sources", test_sources);
  ADD ("attachments", test_attachments);
  ADD ("attachment-not-ready", test_attachment_not_ready);
  ADD_CLOSED ("long", test_long);
  ADD_CLOSED ("no-trace", test_no_trace);
  ADD_CLOSED ("circle", test_circle);
  return g_test_run ();
}
