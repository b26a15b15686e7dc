/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures and sounds of a conversation, on the way to models with and without the senses for them. */
#include <string.h>

#include "app-model-private.h"
#include "fixture.h"
#include "sample-sound.h"
#include "samples.h"

/* A sound, a picture of any kind that is read here, and another sound. */
typedef struct {
  GBytes *bytes[3];
  AppAttachment *attachments[3];
  AppTurn *turn;
} Show;

static void
show_init (Show *show)
{
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  static const char *const names[] = { "song.wav", "menu.bmp", "bird.flac" };

  show->bytes[0] = sample_sound ("wav", 16000, 1, 0.2, 440, 1000);
  show->bytes[1] = sample_picture ("bmp", 20, 10);
  show->bytes[2] = sample_sound ("flac", 44100, 2, 3, 440, 1000);
  for (int i = 0; i < 3; i++) {
    show->attachments[i] = fixture_attach (show->bytes[i], names[i]);
    g_list_store_append (list, show->attachments[i]);
  }
  show->turn = app_turn_new ("What is it?", G_LIST_MODEL (list));
}

static void
show_clear (Show *show)
{
  for (int i = 0; i < 3; i++) {
    g_bytes_unref (show->bytes[i]);
    g_object_unref (show->attachments[i]);
  }
  app_turn_unref (show->turn);
}

/* Those that the senses are for are given with the first message, in their order, and named in their places; the others are read. `bytes` FALSE: how much they are instead. */
static void
assert_given (AppPrompt *prompt, const Show *show, AppSenses senses, gboolean bytes)
{
  static const AppSenses sense[] = { APP_SENSE_HEARING, APP_SENSE_SIGHT, APP_SENSE_HEARING };
  static const char *const given[] = { "[Sound \"song.wav\"]", "[Picture \"menu.bmp\"]", "[Sound \"bird.flac\"]" };
  static const char *const told[] = { "[Sound \"song.wav\": WAV, 0:01 long. You cannot hear it", "[Picture \"menu.bmp\": BMP, 20 × 10 pixels. You cannot see it", "[Sound \"bird.flac\": FLAC, 0:03 long. You cannot hear it" };
  guint k = 0;

  for (int i = 0; i < 3; i++) {
    const AppPromptPart *part = senses & sense[i] ? app_prompt_get_part (prompt, 0, k++) : NULL;

    g_assert_nonnull (strstr (app_prompt_get_attached (prompt, 0), (part ? given : told)[i]));
    if (!part)
      continue;
    g_assert_cmpint (part->sense, ==, sense[i]);
    if (bytes)
      g_assert_true (g_bytes_equal (part->bytes, show->bytes[i]));
    g_assert_cmpstr (part->sha256, ==, app_attachment_get_sha256 (show->attachments[i]));
    g_assert_cmpuint (part->extent.width, ==, i == 1 ? 20 : 0);
    g_assert_cmpuint (part->extent.height, ==, i == 1 ? 10 : 0);
    g_assert_cmpfloat_with_epsilon (part->extent.seconds, i == 0 ? 0.2 : i == 1 ? 0 : 3, 0.001);
  }
  g_assert_cmpuint (app_prompt_get_n_parts (prompt, 0), ==, k);
}

static gboolean
has_notice (AppMessage *message, const char *words)
{
  const char *const *notice = app_message_get_notices (message);

  while (*notice && !strstr (*notice, words))
    notice++;
  return *notice != NULL;
}

static AppPrompt *
asked (Fixture *fixture)
{
  return scripted_engine_get_prompt (fixture->engine);
}

/* Files go into the prompt themselves for a model with the sense for them, with their names in their places among the texts, and again with each later turn; for others they are read. */
static void
test_conversation (Fixture *fixture, gconstpointer data)
{
  Show show;

  show_init (&show);
  for (AppSenses senses = APP_SENSE_NONE; senses <= (APP_SENSE_SIGHT | APP_SENSE_HEARING); senses++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);

    app_model_set_senses (fixture->model, senses);
    g_assert_true (try_send (conversation, show.turn, NULL));
    wait_idle (conversation);
    assert_given (asked (fixture), &show, senses, TRUE);
    g_assert_cmpint (has_notice (message_at (conversation, 0), "cannot see pictures"), ==, !(senses & APP_SENSE_SIGHT));
    g_assert_cmpint (has_notice (message_at (conversation, 0), "cannot hear sounds"), ==, !(senses & APP_SENSE_HEARING));
    send_text (conversation, "And this?");
    wait_idle (conversation);
    assert_given (asked (fixture), &show, senses, TRUE);
  }
  show_clear (&show);
}

static AppConversation *
reopen (Fixture *fixture)
{
  AppConversation *conversation;

  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  return conversation;
}

/* An answer that goes on, is written again, or to a changed question is given the same files, also when the history has them alone. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  const AppSenses both = APP_SENSE_SIGHT | APP_SENSE_HEARING;
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script cut = { .text = "One, two, ", .too_long = TRUE };
  Show show;

  show_init (&show);
  app_model_set_senses (fixture->model, both);
  scripted_engine_set_script (fixture->engine, &cut);
  g_assert_true (try_send (conversation, show.turn, NULL));
  wait_idle (conversation);
  for (int stored = 0; stored < 2; stored++) {
    g_autoptr (GAsyncResult) continued = NULL, regenerated = NULL, edited = NULL;
    g_autoptr (GError) error = NULL;

    if (stored) {
      g_clear_object (&conversation);
      conversation = reopen (fixture);
    }
    app_conversation_continue_async (conversation, message_at (conversation, 1), keep_result, &continued);
    app_conversation_continue_finish (conversation, wait_result (&continued), &error);
    g_assert_no_error (error);
    wait_idle (conversation);
    g_assert_true (g_str_has_prefix (app_prompt_get_beginning (asked (fixture)), "One, two, "));
    assert_given (asked (fixture), &show, both, TRUE);

    app_conversation_regenerate_async (conversation, message_at (conversation, 1), keep_result, &regenerated);
    app_conversation_regenerate_finish (conversation, wait_result (&regenerated), &error);
    g_assert_no_error (error);
    wait_idle (conversation);
    g_assert_null (app_prompt_get_beginning (asked (fixture)));
    assert_given (asked (fixture), &show, both, TRUE);

    app_conversation_edit_async (conversation, message_at (conversation, 0), show.turn, keep_result, &edited);
    app_conversation_edit_finish (conversation, wait_result (&edited), &error);
    g_assert_no_error (error);
    wait_idle (conversation);
    assert_given (asked (fixture), &show, both, TRUE);
  }
  show_clear (&show);
}

/* What is about to be sent, and what was sent, is measured as what it will be; nothing is read from the history for that but how much it is. */
static void
test_meter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) words = app_turn_new ("And this?", NULL);
  Show show;

  show_init (&show);
  for (AppSenses senses = APP_SENSE_NONE; senses <= (APP_SENSE_SIGHT | APP_SENSE_HEARING); senses++) {
    g_autoptr (GAsyncResult) first = NULL, later = NULL;
    g_autoptr (AppPrompt) before = NULL, after = NULL;

    app_model_set_senses (fixture->model, senses);
    app_conversation_make_prompt_async (conversation, n_messages (conversation) ? message_at (conversation, 0) : NULL, show.turn, keep_result, &first);
    before = app_conversation_make_prompt_finish (conversation, wait_result (&first), NULL);
    assert_given (before, &show, senses, TRUE);
    if (!n_messages (conversation))
      g_assert_true (try_send (conversation, show.turn, NULL));
    wait_idle (conversation);
    app_conversation_make_prompt_async (conversation, NULL, words, keep_result, &later);
    after = app_conversation_make_prompt_finish (conversation, wait_result (&later), NULL);
    assert_given (after, &show, senses, FALSE);
    for (guint i = 0; i < app_prompt_get_n_parts (after, 0); i++)
      g_assert_null (app_prompt_get_part (after, 0, i)->bytes);
  }
  show_clear (&show);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/app/senses/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("conversation", test_conversation);
  ADD ("again", test_again);
  ADD ("meter", test_meter);
  return g_test_run ();
}
