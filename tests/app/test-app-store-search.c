/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

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

/* ---- what is attached ---- */

static AppAttachment *
make_attachment (const char *name, const char *model_text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (model_text, strlen (model_text));
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *metadata = NULL;
  g_autoptr (GError) error = NULL;
  AppAttachment *attachment;

  json_builder_begin_object (builder);
#define ADD_STRING(key, value) json_builder_add_string_value (json_builder_set_member_name (builder, key), value)
  ADD_STRING ("kind", "text");
  ADD_STRING ("name", name);
  ADD_STRING ("sha256", sha256);
  ADD_STRING ("mime-type", "text/plain");
  ADD_STRING ("model-text", model_text);
  ADD_STRING ("summary", "");
  json_builder_add_int_value (json_builder_set_member_name (builder, "size"), (gint64) strlen (model_text));
  json_builder_add_int_value (json_builder_set_member_name (builder, "pages"), 0);
  json_builder_end_array (json_builder_begin_array (json_builder_set_member_name (builder, "notices")));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  metadata = json_to_string (root, FALSE);
  attachment = app_attachment_new_stored (metadata, bytes, &error);
  g_assert_no_error (error);
  return attachment;
}

/* (transfer full) */
static AppConversation *
send_attached (Fixture *fixture, const char *note, const char *name, const char *model_text)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GListStore) attachments = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppAttachment) attachment = make_attachment (name, model_text);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (GError) error = NULL;

  g_list_store_append (attachments, attachment);
  turn = app_turn_new (note, G_LIST_MODEL (attachments));
  g_assert_true (try_send (conversation, turn, &error));
  g_assert_no_error (error);
  wait_idle (conversation);
  return conversation;
}

/* Until nothing more is looked into: attachments come after what the index knows. */
static void
assert_attached (Fixture *fixture, const char *query, const char *expected)
{
  g_autoptr (GListModel) hits = search (fixture, query);
  g_autoptr (GAsyncResult) settled = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 3; i++) { /* the database answers in order */
    g_clear_object (&settled);
    app_history_get_speeds_async (fixture->history, NULL, keep_result, &settled);
    g_hash_table_unref (app_history_get_speeds_finish (fixture->history, wait_result (&settled), NULL));
  }
  for (guint i = 0; i < g_list_model_get_n_items (hits); i++) {
    g_autoptr (AppSearchHit) hit = g_list_model_get_item (hits, i);
    g_autofree char *markup = app_search_hit_dup_markup (hit);
    const char *name = app_search_hit_get_attachment (hit);

    g_string_append_printf (text, "%s%s%s%s", i ? "; " : "", name ? name : "", name ? ": " : "", markup);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

/* By the rules of the index: case and accents do not matter, the last word may be a beginning, every word must occur, signs join a phrase. */
static void
test_attached (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = NULL, other = NULL;
  g_autoptr (GListModel) hits = NULL;
  g_autoptr (AppSearchHit) hit = NULL;

  conversation = send_attached (fixture, "What is this?", "Vögel.pdf", "[Page 1]\nDer Eisvogel und die große Möwe.\n\n[Page 2]\nThe king-fisher dives; <mallards> swim.\n");
  other = send_attached (fixture, "And this?", "moon.txt", "[File \"moon.txt\"]\n月は約二十九日半で満ち欠けします。\n[End of file \"moon.txt\"]\n");
  assert_attached (fixture, "EISVOGEL", "Vögel.pdf: Der <b>Eisvogel</b> und die große Möwe. The king-fisher dives; &lt;mallards&gt; swim.");
  assert_attached (fixture, "grosse", ""); /* as in the index, ß is no ss */
  assert_attached (fixture, "mowe GROßE", "Vögel.pdf: Der Eisvogel und die <b>große</b> <b>Möwe</b>. The king-fisher dives; &lt;mallards&gt; swim.");
  assert_attached (fixture, "mal", "Vögel.pdf: …The king-fisher dives; &lt;<b>mallards</b>&gt; swim.");
  assert_attached (fixture, "mal swim", "");
  assert_attached (fixture, "allards", "");
  assert_attached (fixture, "king-fish", "Vögel.pdf: …und die große Möwe. The <b>king-fisher</b> dives; &lt;mallards&gt; swim.");
  assert_attached (fixture, "fisher-king", "");
  assert_attached (fixture, "swim heron", "");
  assert_attached (fixture, "満ち欠け", "moon.txt: 月は約二十九日半で<b>満ち欠け</b>します。");
  assert_attached (fixture, "moon", "moon.txt: <b>moon</b>.txt 月は約二十九日半で満ち欠けします。"); /* its name */
  assert_attached (fixture, "page", ""); /* what marks a page for the model is no word of it */
  assert_attached (fixture, "end", "");
  assert_attached (fixture, "\"", "");

  /* The hit leads to the note. */
  hits = search (fixture, "mallards");
  hit = g_list_model_get_item (hits, 0);
  g_assert_true (app_search_hit_get_conversation (hit) == conversation);
  g_assert_cmpint (app_search_hit_get_message_id (hit), ==, app_message_get_id (message_at (conversation, 0)));
  g_assert_cmpint (app_search_hit_get_role (hit), ==, APP_ROLE_USER);
  fixture_change (fixture, app_history_delete_async, conversation);
  assert_attached (fixture, "mallards", "");
  fixture_change (fixture, app_history_undelete_async, conversation);
  g_clear_object (&hit);
  g_clear_object (&hits);
}

/* Messages come first and at once; what is attached follows in the same list, the newest first, up to the limit. More is attached than is looked into
 * at a time. */
static void
test_attached_slices (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (3 << 20, 'x');
  g_autofree char *long_text = g_strconcat ("heron ", much, " stork\n", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) hits = NULL;

  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("%u.txt", i);
    g_autoptr (AppConversation) conversation = send_attached (fixture, i == 0 ? "About a heron" : "And?", name, long_text);
  }
  hits = search (fixture, "heron");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 2); /* the title and the note */
  WAIT_UNTIL (g_list_model_get_n_items (hits) == 6);
  for (guint i = 2; i < 6; i++) {
    g_autoptr (AppSearchHit) hit = g_list_model_get_item (hits, i);
    g_autofree char *name = g_strdup_printf ("%u.txt", 5 - i);
    g_assert_cmpstr (app_search_hit_get_attachment (hit), ==, name);
  }
  g_clear_object (&hits);
  /* Where nothing else is found, the first comes with the answer. */
  hits = search (fixture, "stork");
  g_assert_cmpuint (g_list_model_get_n_items (hits), >, 0);
  WAIT_UNTIL (g_list_model_get_n_items (hits) == 4);
  g_clear_object (&hits);
  app_history_search_async (fixture->history, "heron", 3, NULL, keep_result, &result);
  hits = app_history_search_finish (fixture->history, wait_result (&result), NULL);
  WAIT_UNTIL (g_list_model_get_n_items (hits) == 3);
  g_clear_object (&hits);
  /* A newer search ends an older one, also behind its answer; closing ends what is under way. */
  hits = search (fixture, "heron");
  g_object_unref (search (fixture, "nothing of the kind"));
  g_assert_cmpuint (g_list_model_get_n_items (hits), <, 6);
  g_clear_object (&hits);
  hits = search (fixture, "heron");
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
  ADD ("attached", test_attached);
  ADD ("attached-slices", test_attached_slices);
  ADD ("replaced", test_replaced);
  return g_test_run ();
}
