/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the end of an answer: its order, what holds it, and that nothing loses it or sends it twice. */
#include <string.h>

#include "app-error.h"
#include "artifacts/artifact-kind.h"
#include "fixture.h"

/* Waits to be stopped, or takes so long that something can be added meanwhile. */
static const Script held = { .text = "As far as this.", .hold = TRUE };
static const Script slow = { .text = "It takes a while until all of this is written.", .piece = 1, .ms = 2 };
static const Script quick = { .text = "Yes.", .piece = 100 };

/* A conversation in which an answer to `One` is written. (transfer full) */
static AppConversation *
begin (Fixture *fixture, const Script *script)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);

  scripted_engine_set_script (fixture->engine, script);
  send_text (conversation, "One");
  WAIT_UNTIL (app_message_get_state (message_at (conversation, 1)) == APP_MESSAGE_WRITING);
  return conversation;
}

static void
add (AppConversation *conversation, const char *text)
{
  g_autoptr (AppTurn) turn = app_turn_new (text, NULL);
  g_autoptr (GError) error = NULL;

  app_queue_add (app_conversation_get_queue (conversation), turn, &error);
  g_assert_no_error (error);
}

static guint
n_waiting (AppConversation *conversation)
{
  return g_list_model_get_n_items (G_LIST_MODEL (app_conversation_get_queue (conversation)));
}

/* (transfer none): held by the list */
static AppQueued *
waiting_at (AppConversation *conversation, guint position)
{
  g_autoptr (AppQueued) item = g_list_model_get_item (G_LIST_MODEL (app_conversation_get_queue (conversation)), position);

  g_assert_nonnull (item);
  return item;
}

static const char *
text_at (AppConversation *conversation, guint position)
{
  return app_turn_get_text (app_queued_get_turn (waiting_at (conversation, position)));
}

static AppQueueState
get_state (AppConversation *conversation)
{
  return app_queue_get_state (app_conversation_get_queue (conversation));
}

/* What the person has sent, in order, as one line. */
#define ASSERT_SENT(conversation, words)                                                       \
  G_STMT_START                                                                                 \
  {                                                                                            \
    g_autoptr (GString) sent_ = g_string_new (NULL);                                           \
    for (guint i_ = 0; i_ < n_messages (conversation); i_ += 2)                                \
      g_string_append_printf (sent_, "%s%s", i_ ? ", " : "", app_message_get_text (message_at (conversation, i_))); \
    g_assert_cmpstr (sent_->str, ==, (words));                                                 \
  }                                                                                            \
  G_STMT_END

static void
wait_sent (AppConversation *conversation)
{
  WAIT_UNTIL (n_waiting (conversation) == 0);
  wait_idle (conversation);
}

/* One after the other, each after a whole answer; nobody looks, and what is typed meanwhile stays. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &slow);

  app_conversation_set_draft (conversation, "Two", NULL);
  add (conversation, "Two");
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "");
  add (conversation, "  Three ");
  g_assert_cmpuint (n_waiting (conversation), ==, 2);
  g_assert_cmpstr (text_at (conversation, 1), ==, "Three");
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_GOES);
  ASSERT_SENT (conversation, "One");
  app_conversation_set_draft (conversation, "Fo", NULL);
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two, Three");
  for (guint i = 1; i < 6; i += 2)
    g_assert_cmpint (app_message_get_state (message_at (conversation, i)), ==, APP_MESSAGE_DONE);
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "Fo");
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 1);
  fixture_open (fixture);
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), ==, "Fo");
}

/* What waits is still to become what it was to become, and about what it was about, when the program is started again; so is what is typed. */
static void
test_wish (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = "<!DOCTYPE html>\n<html>\n<head><title>Two</title></head>\n<body>\n<p>two</p>\n</body>\n</html>\n" };
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (AppPick) pick = app_pick_new ("main > h1", "/title", "It's \"so\"\n\\", "<h1>");
  g_autoptr (AppTurn) two = app_turn_new ("Two, in HTML", NULL), three = app_turn_new ("Three", NULL), game = app_turn_new_wish (two, "game", NULL), change = app_turn_new_wish (three, "change", pick);
  AppQueue *queue = app_conversation_get_queue (conversation);
  g_autoptr (AppQueued) first = NULL, second = NULL;

  g_assert_true (app_queue_add (queue, game, NULL));
  g_assert_true (app_queue_add (queue, change, NULL));
  app_conversation_set_draft_wish (conversation, "And a ", "tool", "instant", NULL);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "And a ");
  g_assert_cmpstr (app_conversation_get_draft_wish (conversation), ==, "tool");
  g_assert_cmpstr (app_conversation_get_draft_depth (conversation), ==, "instant");
  app_conversation_set_draft (conversation, "And a ", NULL);
  g_assert_cmpstr (app_conversation_get_draft_wish (conversation), ==, "");
  queue = app_conversation_get_queue (conversation);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (queue)) == 2);
  first = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  second = g_list_model_get_item (G_LIST_MODEL (queue), 1);
  g_assert_cmpstr (app_turn_get_wish (app_queued_get_turn (first)), ==, "game");
  g_assert_null (app_turn_get_pick (app_queued_get_turn (first)));
  g_assert_cmpstr (app_turn_get_wish (app_queued_get_turn (second)), ==, "change");
  g_assert_cmpstr (app_turn_get_pick (app_queued_get_turn (second))->path, ==, pick->path);
  g_assert_cmpstr (app_turn_get_pick (app_queued_get_turn (second))->part, ==, pick->part);
  g_assert_cmpstr (app_turn_get_pick (app_queued_get_turn (second))->text, ==, pick->text);

  /* Sent, it becomes that, also when it is asked for once more: nobody sorts it. */
  load (conversation);
  app_queue_remove (queue, second);
  scripted_engine_set_script (fixture->engine, &page);
  app_queue_resume (queue);
  wait_sent (conversation);
  g_assert_cmpstr (app_message_get_wish (message_at (conversation, 2)), ==, "game");
  g_assert_cmpstr (app_artifact_get_kind (app_version_get_artifact (app_message_get_version (message_at (conversation, 3))))->id, ==, "game");
  g_autoptr (GAsyncResult) result = NULL;
  app_conversation_regenerate_async (conversation, message_at (conversation, 3), keep_result, &result);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_assert_nonnull (app_message_get_version (message_at (conversation, 3)));
}

/* The prompt of what waited has all that came before. */
static void
test_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &slow);
  g_autofree char *prompt = NULL;

  add (conversation, "Two");
  wait_sent (conversation);
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: One\nassistant: It takes a while until all of this is written.\nuser: Two");
}

/* Two conversations do not know of each other. */
static void
test_side_by_side (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) a = begin (fixture, &slow), b = begin (fixture, &held);

  add (a, "Two of a");
  add (b, "Two of b");
  scripted_engine_set_script (fixture->engine, &quick);
  wait_sent (a);
  ASSERT_SENT (a, "One, Two of a");
  ASSERT_SENT (b, "One");
  app_conversation_stop (b);
  wait_idle (b);
  g_assert_cmpuint (n_waiting (b), ==, 1);
}

/* What follows an answer that the person did not want is not sent before the person says so. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);

  add (conversation, "Two");
  add (conversation, "Three");
  app_conversation_stop (conversation);
  wait_idle (conversation);
  fixture_settle (fixture);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_STOPPED);
  ASSERT_SENT (conversation, "One");

  /* Not even after another answer. */
  scripted_engine_set_script (fixture->engine, &quick);
  send_text (conversation, "Aside");
  wait_idle (conversation);
  fixture_settle (fixture);
  ASSERT_SENT (conversation, "One, Aside");
  g_assert_cmpuint (n_waiting (conversation), ==, 2);

  app_queue_resume (app_conversation_get_queue (conversation));
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Aside, Two, Three");
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_GOES);
}

/* Allowed while an answer is written, it goes on when that has ended; so does one to which something is added. */
static void
test_resumed_while_busy (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (AppConversation) conversation = begin (fixture, &held);

    add (conversation, "Two");
    app_conversation_stop (conversation);
    wait_idle (conversation);
    scripted_engine_set_script (fixture->engine, &slow);
    send_text (conversation, "Aside");
    if (i == 0)
      app_queue_resume (app_conversation_get_queue (conversation));
    else
      add (conversation, "Three");
    g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_GOES);
    ASSERT_SENT (conversation, "One, Aside");
    wait_sent (conversation);
    ASSERT_SENT (conversation, i == 0 ? "One, Aside, Two" : "One, Aside, Two, Three");
  }
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  const Script broken = { .text = "It takes a while", .piece = 1, .ms = 2, .error = "The model file changed while it was read. Download it again." };
  g_autoptr (AppConversation) conversation = begin (fixture, &broken);
  g_autoptr (GAsyncResult) result = NULL;

  add (conversation, "Two");
  wait_idle (conversation);
  fixture_settle (fixture);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_FAILED);
  g_assert_cmpuint (n_waiting (conversation), ==, 1);

  /* To try again is not yet to go on. */
  scripted_engine_set_script (fixture->engine, &quick);
  app_conversation_regenerate_async (conversation, message_at (conversation, 1), keep_result, &result);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  fixture_settle (fixture);
  ASSERT_SENT (conversation, "One");
  app_queue_resume (app_conversation_get_queue (conversation));
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two");
}

/* An answer that was stopped is continued: the same. */
static void
test_continued (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (GAsyncResult) result = NULL;

  WAIT_UNTIL (*app_message_get_text (message_at (conversation, 1)));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  scripted_engine_set_script (fixture->engine, &slow);
  app_conversation_continue_async (conversation, message_at (conversation, 1), keep_result, &result);
  add (conversation, "Two");
  g_assert_true (app_conversation_continue_finish (conversation, wait_result (&result), NULL));
  ASSERT_SENT (conversation, "One");
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two");
}

/* What cannot be sent stays, and says why. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (GAsyncResult) result = NULL;
  AppQueue *queue = app_conversation_get_queue (conversation);

  add (conversation, "Two");
  app_conversation_stop (conversation);
  wait_idle (conversation);
  app_engine_unload (APP_ENGINE (fixture->engine));
  app_queue_resume (queue);
  WAIT_UNTIL (app_queue_get_state (queue) == APP_QUEUE_REFUSED);
  g_assert_cmpstr (app_queue_get_error (queue), ==, "No model is loaded. Choose one on the model page, then try again.");
  g_assert_cmpuint (n_waiting (conversation), ==, 1);
  g_assert_false (app_queued_get_sending (waiting_at (conversation, 0)));

  scripted_engine_set_script (fixture->engine, &quick);
  app_engine_load_async (APP_ENGINE (fixture->engine), fixture->model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (fixture->engine), wait_result (&result), NULL));
  app_queue_resume (queue);
  g_assert_null (app_queue_get_error (queue));
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two");
}

/* What could not be sent is not taken; nor is anything before there is a first message to wait for. */
static void
test_not_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) fresh = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
  g_autoptr (AppAttachment) unread = app_attachment_new_for_bytes (bytes, "a.txt");
  g_autoptr (AppTurn) empty = app_turn_new (" \n", NULL), turn = app_turn_new ("a", NULL), loading = fixture_turn ("a", unread);
  g_autoptr (GError) error = NULL;

  g_assert_false (app_queue_add (app_conversation_get_queue (conversation), empty, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (app_queue_add (app_conversation_get_queue (conversation), loading, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (app_queue_add (app_conversation_get_queue (fresh), turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_cmpuint (n_waiting (conversation) + n_waiting (fresh), ==, 0);
}

/* ---- editing, removing, sending now ---- */

static void
replace (AppConversation *conversation, guint position, const char *text)
{
  g_autoptr (AppTurn) turn = app_turn_new (text, NULL);

  g_assert_true (app_queue_replace (app_conversation_get_queue (conversation), waiting_at (conversation, position), turn, NULL));
}

/* It keeps its place. */
static void
test_edited (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &slow);

  add (conversation, "Two");
  add (conversation, "Three");
  app_queued_set_edited (waiting_at (conversation, 0), TRUE);
  replace (conversation, 0, "Two and a half");
  g_assert_false (app_queued_get_edited (waiting_at (conversation, 0)));
  g_assert_cmpstr (text_at (conversation, 0), ==, "Two and a half");
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two and a half, Three");
}

/* While somebody is at it, it is not sent in its old words, nor is what follows; giving up the change is not to send it. */
static void
test_edited_when_its_turn_comes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &slow);

  add (conversation, "Two");
  add (conversation, "Three");
  app_queued_set_edited (waiting_at (conversation, 0), TRUE);
  wait_idle (conversation);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_MISSED);
  app_queued_set_edited (waiting_at (conversation, 0), FALSE);
  fixture_settle (fixture);
  g_assert_cmpuint (n_waiting (conversation), ==, 2);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_MISSED);
  ASSERT_SENT (conversation, "One");

  scripted_engine_set_script (fixture->engine, &quick);
  app_queued_set_edited (waiting_at (conversation, 0), TRUE);
  replace (conversation, 0, "Two and a half");
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two and a half, Three");
}

/* Out of a queue that is held, what was edited goes alone. */
static void
test_edited_when_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);

  add (conversation, "Two");
  add (conversation, "Three");
  app_conversation_stop (conversation);
  wait_idle (conversation);
  scripted_engine_set_script (fixture->engine, &quick);
  replace (conversation, 1, "Three and a half");
  WAIT_UNTIL (n_waiting (conversation) == 1);
  wait_idle (conversation);
  fixture_settle (fixture);
  ASSERT_SENT (conversation, "One, Three and a half");
  g_assert_cmpstr (text_at (conversation, 0), ==, "Two");
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_STOPPED);
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  AppQueue *queue = app_conversation_get_queue (conversation);
  g_autoptr (AppAttachment) file = fixture_attachment ("ducks.txt", "A duck swims.\n");
  g_autoptr (AppTurn) turn = fixture_turn ("Three", file);
  g_autoptr (AppQueued) two = NULL, three = NULL;

  add (conversation, "Two");
  g_assert_true (app_queue_add (queue, turn, NULL));
  add (conversation, "Four");
  two = g_object_ref (waiting_at (conversation, 0));
  three = g_object_ref (waiting_at (conversation, 1));
  app_queue_remove (queue, two);
  app_queue_remove (queue, three);
  g_assert_cmpstr (text_at (conversation, 0), ==, "Four");
  g_assert_cmpuint (n_waiting (conversation), ==, 1);
  app_queue_bring_back (queue, three);
  app_queue_bring_back (queue, three);
  g_assert_cmpstr (text_at (conversation, 0), ==, "Three");
  g_assert_cmpuint (n_waiting (conversation), ==, 2);
  app_queue_remove (queue, three);
  g_clear_object (&conversation);
  fixture_close (fixture);
  /* Nothing of it is left, nor of its file. */
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 1);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments"), ==, 0);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM draft_attachments"), ==, 0);
}

/* The last one that is removed lets go of a queue that is held; brought back when its turn is over, it is not sent behind the person's back. */
static void
test_brought_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &slow);
  AppQueue *queue = app_conversation_get_queue (conversation);
  g_autoptr (AppQueued) two = NULL;

  add (conversation, "Two");
  two = g_object_ref (waiting_at (conversation, 0));
  app_queue_remove (queue, two);
  wait_idle (conversation);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_GOES);
  app_queue_bring_back (queue, two);
  fixture_settle (fixture);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_MISSED);
  ASSERT_SENT (conversation, "One");
  app_queue_send_now (queue, two);
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two");
}

/* The answer is stopped for it; the others wait for its own. */
static void
test_send_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);

  add (conversation, "Two");
  add (conversation, "Three");
  scripted_engine_set_script (fixture->engine, &quick);
  app_queue_send_now (app_conversation_get_queue (conversation), waiting_at (conversation, 1));
  wait_sent (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  ASSERT_SENT (conversation, "One, Three, Two");
}

static void
test_deleted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (AppAttachment) file = fixture_attachment ("ducks.txt", "A duck swims.\n");
  g_autoptr (AppTurn) turn = fixture_turn ("Two", file);

  g_assert_true (app_queue_add (app_conversation_get_queue (conversation), turn, NULL));
  fixture_change (fixture, app_history_delete_async, conversation);
  wait_idle (conversation);
  fixture_settle (fixture);
  ASSERT_SENT (conversation, "One");
  fixture_change (fixture, app_history_undelete_async, conversation);
  g_assert_cmpuint (n_waiting (conversation), ==, 1);
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 0);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments"), ==, 0);
}

/* ---- the next run ---- */

/* Both after an orderly end and after none it is there with its files, and nobody sends it but the person. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  gboolean killed = GPOINTER_TO_INT (data);
  g_autoptr (AppConversation) conversation = begin (fixture, &held);
  g_autoptr (AppAttachment) file = fixture_attachment ("ducks.txt", "A duck swims.\n"), kept = NULL;
  g_autoptr (AppTurn) turn = fixture_turn ("Two", file);
  g_autofree char *copy = NULL;
  AppTurn *restored;

  g_assert_true (app_queue_add (app_conversation_get_queue (conversation), turn, NULL));
  add (conversation, "Thre");
  replace (conversation, 1, "Three");
  if (killed)
    copy = fixture_copy_killed (fixture);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);
  if (killed) {
    g_free (fixture->path);
    fixture->path = g_steal_pointer (&copy);
  }

  scripted_engine_set_script (fixture->engine, &quick);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_LEFT);
  load (conversation);
  fixture_settle (fixture);
  g_assert_cmpuint (n_waiting (conversation), ==, 2);
  g_assert_cmpint (get_state (conversation), ==, APP_QUEUE_LEFT);
  ASSERT_SENT (conversation, "One");
  g_assert_cmpstr (text_at (conversation, 1), ==, "Three");
  restored = app_queued_get_turn (waiting_at (conversation, 0));
  g_assert_cmpstr (app_turn_get_text (restored), ==, "Two");
  g_assert_cmpuint (app_turn_get_n_attachments (restored), ==, 1);
  g_assert_true (g_bytes_equal (app_attachment_get_bytes (app_turn_get_attachment (restored, 0)), app_attachment_get_bytes (file)));

  app_queue_resume (app_conversation_get_queue (conversation));
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two, Three");
  g_assert_cmpuint (app_message_get_n_attachments (message_at (conversation, 2)), ==, 1);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts"), ==, 0);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM attachments"), ==, 1);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM message_attachments"), ==, 1);
}

/* What is added before the rest is read stands behind it. */
static void
test_restart_and_add (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);

  add (conversation, "Two");
  g_clear_object (&conversation);
  fixture_close (fixture);
  scripted_engine_set_script (fixture->engine, &quick);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  add (conversation, "Three");
  g_assert_cmpuint (n_waiting (conversation), ==, 1);
  WAIT_UNTIL (n_messages (conversation) == 6);
  wait_sent (conversation);
  ASSERT_SENT (conversation, "One, Two, Three");
}

/* The end of the program stops the answer, and sends nothing. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = begin (fixture, &held);

  add (conversation, "Two");
  add (conversation, "Three");
  app_queue_send_now (app_conversation_get_queue (conversation), waiting_at (conversation, 1));
  fixture_close (fixture);
  WAIT_UNTIL (G_OBJECT (conversation)->ref_count == 1); /* what came too late for the history is told so */
  g_clear_object (&conversation);
  /* Each is there once, as a message or waiting. */
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT (SELECT count (*) FROM drafts) + (SELECT count (*) FROM messages WHERE role = 1)"), ==, 3);
}

static void
on_save_failed (AppConversation *conversation, const char *sentence, guint *n)
{
  g_assert_cmpuint (strlen (sentence), >, 0);
  ++*n;
}

/* What cannot be stored is told once, and stays to be sent. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "One", "Yes.");
  AppQueue *queue = app_conversation_get_queue (conversation);
  guint n = 0;

  fixture_close (fixture);
  g_signal_connect (conversation, "save-failed", G_CALLBACK (on_save_failed), &n);
  add (conversation, "Two");
  add (conversation, "Three");
  WAIT_UNTIL (app_queue_get_state (queue) == APP_QUEUE_REFUSED);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (n_waiting (conversation), ==, 2);
  g_signal_handlers_disconnect_by_data (conversation, &n);
  WAIT_UNTIL (G_OBJECT (conversation)->ref_count == 1);
}

/* Who still shows the queue of a conversation that is gone can do no harm. */
static void
test_outlives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_temporary (fixture->history);
  g_autoptr (AppQueue) queue = NULL;
  g_autoptr (AppQueued) item = NULL;

  scripted_engine_set_script (fixture->engine, &held);
  send_text (conversation, "One");
  add (conversation, "Two");
  queue = g_object_ref (app_conversation_get_queue (conversation));
  item = g_object_ref (waiting_at (conversation, 0));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  fixture_settle (fixture);
  g_assert_finalize_object (g_steal_pointer (&conversation));
  app_queue_send_now (queue, item);
  app_queue_resume (queue);
  app_queue_remove (queue, item);
  app_queue_bring_back (queue, item);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD_WITH(name, test, data) g_test_add ("/app/queue/" name, Fixture, data, fixture_set_up, test, fixture_tear_down)
#define ADD(name, test) ADD_WITH (name, test, NULL)
  ADD ("order", test_order);
  ADD ("wish", test_wish);
  ADD ("prompt", test_prompt);
  ADD ("side-by-side", test_side_by_side);
  ADD ("stopped", test_stopped);
  ADD ("resumed-while-busy", test_resumed_while_busy);
  ADD ("failed", test_failed);
  ADD ("continued", test_continued);
  ADD ("refused", test_refused);
  ADD ("not-taken", test_not_taken);
  ADD ("edited", test_edited);
  ADD ("edited-when-its-turn-comes", test_edited_when_its_turn_comes);
  ADD ("edited-when-held", test_edited_when_held);
  ADD ("removed", test_removed);
  ADD ("brought-back", test_brought_back);
  ADD ("send-now", test_send_now);
  ADD ("deleted", test_deleted);
  ADD_WITH ("restart", test_restart, GINT_TO_POINTER (FALSE));
  ADD_WITH ("restart-killed", test_restart, GINT_TO_POINTER (TRUE));
  ADD ("restart-and-add", test_restart_and_add);
  ADD ("close", test_close);
  ADD ("failure", test_failure);
  ADD ("outlives", test_outlives);
  return g_test_run ();
}
