/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

static void
assert_hits (Fixture *fixture, const char *query, const char *expected)
{
  g_autoptr (GListModel) hits = search (fixture, query);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (hits); i++) {
    g_autoptr (AppSearchHit) hit = g_list_model_get_item (hits, i);
    g_autofree char *markup = app_search_hit_dup_markup (hit);
    g_string_append_printf (text, "%s%s%s", i ? "; " : "", app_search_hit_get_message_id (hit) ? "" : "title: ", markup);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  AppConversation *conversation;

  conversation = fixture_talk (fixture, "Where do mallards swim?", "In ponds & lakes, <mostly>.");
  g_object_unref (conversation);
  g_usleep (2000); /* times are kept in milliseconds */
  conversation = fixture_talk (fixture, "Größe der Übung", "Das Café ist zu.");
  g_object_unref (conversation);
  g_usleep (2000);
  conversation = fixture_talk (fixture, "月の満ち欠け", "月は約二十九日半で満ち欠けします。");
  g_object_unref (conversation);
  g_usleep (2000);
  conversation = fixture_talk (fixture, "Привет, мир", "С++ и Rust");
  g_object_unref (conversation);

  assert_hits (fixture, "", "");
  assert_hits (fixture, "   ", "");
  assert_hits (fixture, "nothing", "");
  assert_hits (fixture, "MALLARDS", "title: Where do <b>mallards</b> swim?; Where do <b>mallards</b> swim?");
  assert_hits (fixture, "swim mal", "title: Where do <b>mallards</b> <b>swim</b>?; Where do <b>mallards</b> <b>swim</b>?"); /* the last may be a beginning */
  assert_hits (fixture, "mal swim", "");
  assert_hits (fixture, "mostly", "In ponds &amp; lakes, &lt;<b>mostly</b>&gt;.");
  assert_hits (fixture, "cafe", "Das <b>Café</b> ist zu.");
  assert_hits (fixture, "ubung", "title: Größe der <b>Übung</b>; Größe der <b>Übung</b>");
  assert_hits (fixture, "満ち欠け", "title: 月の<b>満ち欠け</b>; 月は約二十九日半で<b>満ち欠け</b>します。; 月の<b>満ち欠け</b>");
  assert_hits (fixture, "ПРИВЕТ", "title: <b>Привет</b>, мир; <b>Привет</b>, мир");
  /* What would be an operator elsewhere is only text here. */
  assert_hits (fixture, "\"", "");
  assert_hits (fixture, "ponds OR cafe", "");
  assert_hits (fixture, "ponds*", "In <b>ponds</b> &amp; lakes, &lt;mostly&gt;.");
  assert_hits (fixture, "title:ponds", "");
  assert_hits (fixture, "(", "");
  assert_hits (fixture, "ponds NEAR(", "");
  assert_hits (fixture, "++", "С<b>++</b> и Rust");
  assert_hits (fixture, "100%", "");
  assert_hits (fixture, "\xff\xfe broken", "");
}

/* A place says whether it is a question or an answer, and when; answers are shown without the marks of Markdown, notes as they were written. */
static void
test_places (Fixture *fixture, gconstpointer data)
{
  static const AppRole roles[] = { APP_ROLE_SYSTEM, APP_ROLE_ASSISTANT, APP_ROLE_USER };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Which **herons** fly?", "## On herons\n\n- *all* **herons** [fly](https://example.org/herons)");
  g_autoptr (GListModel) hits = search (fixture, "herons");

  assert_hits (fixture, "herons",
               "title: Which **<b>herons</b>** fly?; On <b>herons</b> all <b>herons</b> fly; Which **<b>herons</b>** fly?");
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autoptr (AppSearchHit) hit = g_list_model_get_item (hits, i);
    AppMessage *message;
    if (i > 0) {
      g_assert_cmpint (app_search_hit_get_role (hit), ==, roles[i]);
      message = message_at (conversation, app_conversation_find_message (conversation, app_search_hit_get_message_id (hit)));
      g_assert_cmpint (app_message_get_role (message), ==, roles[i]);
      g_assert_cmpint (g_date_time_to_unix (app_message_get_time (message)), ==, g_date_time_to_unix (app_search_hit_get_time (hit)));
    }
    g_assert_cmpint (ABS (g_date_time_difference (now, app_search_hit_get_time (hit))), <, G_TIME_SPAN_HOUR);
  }
}

/* What is searched follows what is written: edits add, deletion takes away, an answer is found when it is done. */
static void
test_follows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GAsyncResult) result = NULL;
  Script script = { .text = "Pelican is the word", .piece = 100, .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Say it");
  wait_state (conversation, APP_MESSAGE_WRITING);
  assert_hits (fixture, "pelican", "");
  app_conversation_stop (conversation);
  wait_idle (conversation);
  assert_hits (fixture, "pelican", "<b>Pelican</b> is the word");
  app_conversation_rename_async (conversation, "Heron", keep_result, &result);
  wait_result (&result);
  assert_hits (fixture, "heron", "title: <b>Heron</b>");
  assert_hits (fixture, "say", "<b>Say</b> it");
  fixture_change (fixture, app_history_delete_async, conversation);
  assert_hits (fixture, "heron", "");
  fixture_change (fixture, app_history_undelete_async, conversation);
  assert_hits (fixture, "heron", "title: <b>Heron</b>");
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM messages_fts WHERE messages_fts MATCH 'pelican OR say'"), ==, 2);
  /* FTS5 compares its index with the rows, and fails the statement when they differ. */
  fixture_run_sql (fixture->path, "INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)");
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GListModel) hits = NULL;
  g_autoptr (GError) error = NULL;

  app_history_search_async (fixture->history, "a", 10, NULL, keep_result, &first);
  app_history_search_async (fixture->history, "ab", 10, NULL, keep_result, &second);
  g_assert_null (app_history_search_finish (fixture->history, wait_result (&first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  hits = app_history_search_finish (fixture->history, wait_result (&second), NULL);
  g_assert_nonnull (hits);
}

#define ADD(path, test) g_test_add ("/app/store-search/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("words", test_search);
  ADD ("places", test_places);
  ADD ("follows", test_follows);
  ADD ("replaced", test_replaced);
  return g_test_run ();
}
