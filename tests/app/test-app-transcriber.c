/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said becomes words: of a sound that is attached, and of somebody who still speaks. With Whisper base, as `./dev models` fetches it. */
#include <string.h>
#include <unistd.h>

#include "app-dictation.h"
#include "app-error.h"
#include "app-models.h"
#include "app-transcriber.h"
#include "fixture.h"

#define RATE APP_TRANSCRIBER_RATE

/* (transfer full) */
static char *
model_path (void)
{
  return g_build_filename (g_getenv ("MELETE_MODELS"), "whisper-base.gguf", NULL);
}

static AppTranscriber *
transcriber_new (void)
{
  g_autofree char *path = model_path ();

  return app_transcriber_new (path);
}

static GBytes *
read_sound (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "speech", name, NULL);
  GError *error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

/* Its samples, by the helper. */
static MediaSound *
decode (const char *name)
{
  g_autoptr (GBytes) bytes = read_sound (name);
  g_autoptr (GAsyncResult) async = NULL;
  g_autoptr (MediaResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_SOUND);
  request.sample_rate = RATE;
  request.max_seconds = 60;
  media_decode_async (&request, bytes, NULL, NULL, NULL, keep_result, &async);
  result = media_decode_finish (wait_result (&async), &error);
  g_assert_no_error (error);
  return media_sound_ref (result->sound);
}

static MediaSound *
make_silence (guint seconds)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_new0 (float, seconds * RATE), seconds * RATE * sizeof (float));

  return media_sound_new (bytes, RATE);
}

/* ---- attachments ---- */

static void
on_summary (AppAttachment *attachment, GParamSpec *pspec, GString *seen)
{
  g_string_append_printf (seen, "%s\n", app_attachment_get_summary (attachment));
}

static AppAttachment *
load_sound (GBytes *bytes, AppTranscriber *transcriber, GString *seen)
{
  AppAttachment *attachment = app_attachment_new_for_bytes (bytes, "talk.ogg");
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_set_transcriber (attachment, transcriber);
  if (seen)
    g_signal_connect (attachment, "notify::summary", G_CALLBACK (on_summary), seen);
  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &loaded);
  app_attachment_load_finish (attachment, wait_result (&loaded), &error);
  g_assert_no_error (error);
  return attachment;
}

/* A model without ears gets the words, with their times and where they are from; the row says so. */
static void
test_attachment (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (GBytes) bytes = read_sound ("en.ogg");
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (AppAttachment) attachment = load_sound (bytes, transcriber, seen);
  const char *text = app_attachment_get_model_text (attachment);

  g_test_message ("%s", text);
  g_assert_true (g_str_has_prefix (text, "[Sound \"talk.ogg\": Ogg Vorbis, 0:") || g_str_has_prefix (text, "[Sound \"talk.ogg\": Opus, 0:"));
  g_assert_nonnull (strstr (text, "You cannot hear it. What follows was written down by a program"));
  g_assert_nonnull (strstr (text, "Language: en."));
  g_assert_nonnull (strstr (text, "\n0:00 "));
  g_assert_nonnull (strstr (text, "three eggs"));
  g_assert_nonnull (strstr (text, "lighthouse"));
  g_assert_true (g_str_has_suffix (text, "[End of sound \"talk.ogg\"]\n"));
  g_assert_cmpstr (app_attachment_get_notices (attachment)[0], ==, "written down by a model for speech: this model cannot hear sounds");
  g_assert_true (g_str_has_suffix (app_attachment_get_summary (attachment), " · speech written down"));
  g_assert_nonnull (strstr (seen->str, "writing it down…"));
  g_assert_nonnull (strstr (seen->str, " %\n"));
}

static void
test_silence (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (MediaSound) silence = make_silence (3);
  g_autoptr (GBytes) wav = media_sound_to_wav (silence, NULL);
  g_autoptr (AppAttachment) attachment = load_sound (wav, transcriber, NULL);

  g_assert_nonnull (strstr (app_attachment_get_model_text (attachment), "found no words in it.]"));
  g_assert_cmpstr (app_attachment_get_notices (attachment)[0], ==, "not heard: this model cannot hear sounds");
  g_assert_cmpstr (app_attachment_get_summary (attachment), ==, "0:03 · WAV · no speech found");
}

/* A sound whose words cannot be written down can still be heard: it is taken, with the engine's own sentence. */
/* It is let go of when nobody asks, and is there again when somebody does. */
static void
test_idle (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (MediaSound) silence = make_silence (1);

  app_transcriber_set_idle (transcriber, 1);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (AppTranscript) transcript = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_false (app_transcriber_is_loaded (transcriber));
    app_transcriber_write_async (transcriber, silence, FALSE, NULL, NULL, keep_result, &result);
    transcript = app_transcriber_write_finish (wait_result (&result), &error);
    g_assert_no_error (error);
    g_assert_true (app_transcriber_is_loaded (transcriber));
    WAIT_UNTIL (!app_transcriber_is_loaded (transcriber));
  }
}

static void
test_missing (void)
{
  g_autoptr (AppTranscriber) transcriber = app_transcriber_new ("/nonexistent/whisper.gguf");
  g_autoptr (GBytes) bytes = read_sound ("de.ogg");
  g_autoptr (AppAttachment) attachment = load_sound (bytes, transcriber, NULL);

  g_assert_nonnull (strstr (app_attachment_get_model_text (attachment), "there is no transcript of it.]"));
  g_assert_nonnull (strstr (app_attachment_get_notices (attachment)[1], "/nonexistent/whisper.gguf"));
}

static GCancellable *to_cancel;

static void
on_part (AppTranscript *so_far, double second, gpointer result)
{
  g_cancellable_cancel (to_cancel);
}

/* Cancelled at once, in the middle and behind the end; the next one is whole each time. */
static void
test_cancel (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (MediaSound) sound = decode ("de.ogg");

  for (int i = 0; i < 3; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GAsyncResult) async = NULL, next = NULL;
    g_autoptr (AppTranscript) cancelled = NULL, whole = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *words = NULL;

    to_cancel = cancellable;
    app_transcriber_write_async (transcriber, sound, TRUE, i == 2 ? on_part : NULL, cancellable, keep_result, &async);
    app_transcriber_write_async (transcriber, sound, TRUE, NULL, NULL, keep_result, &next);
    if (i == 1)
      g_usleep (200000);
    if (i < 2)
      g_cancellable_cancel (cancellable);
    cancelled = app_transcriber_write_finish (wait_result (&async), &error);
    if (i < 2)
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&error);
    whole = app_transcriber_write_finish (wait_result (&next), &error);
    g_assert_no_error (error);
    words = app_transcript_dup_words (whole);
    g_assert_nonnull (strstr (words, "Guten Morgen"));
    g_assert_cmpstr (whole->language, ==, "de");
  }
}

/* ---- dictation ---- */

typedef struct {
  AppDictation *dictation;
  GString *seen;
  guint n_texts;
  gboolean ended, failed;
} Talk;

static void
on_text (AppDictation *dictation, GParamSpec *pspec, Talk *talk)
{
  talk->n_texts++;
  g_string_append_printf (talk->seen, "%s\n", app_dictation_get_text (dictation));
}

static void
on_ended (AppDictation *dictation, GError *error, Talk *talk)
{
  talk->ended = TRUE;
  talk->failed = error != NULL;
}

static void
talk_init (Talk *talk, AppTranscriber *transcriber)
{
  *talk = (Talk) { .dictation = app_dictation_new (transcriber), .seen = g_string_new (NULL) };
  g_signal_connect (talk->dictation, "notify::text", G_CALLBACK (on_text), talk);
  g_signal_connect (talk->dictation, "ended", G_CALLBACK (on_ended), talk);
}

static void
talk_clear (Talk *talk)
{
  app_dictation_cancel (talk->dictation);
  g_object_unref (talk->dictation);
  g_string_free (talk->seen, TRUE);
}

/* Words are there before the end, those before a pause stay, and at the end all are there. */
static void
test_dictation (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (MediaSound) first = decode ("en.ogg"), second = decode ("de.ogg");
  g_autofree char *before = NULL;
  Talk talk;

  talk_init (&talk, transcriber);
  g_assert_cmpstr (app_dictation_get_text (talk.dictation), ==, "");
  app_dictation_hear (talk.dictation, media_sound_get_samples (first), 3 * RATE);
  WAIT_UNTIL (talk.n_texts > 0);
  g_assert_nonnull (strstr (app_dictation_get_text (talk.dictation), "eggs"));
  app_dictation_hear (talk.dictation, media_sound_get_samples (first) + 3 * RATE, first->n_samples - 3 * RATE);
  app_dictation_pause (talk.dictation);
  WAIT_UNTIL (strstr (app_dictation_get_text (talk.dictation), "lighthouse was painted green") != NULL);
  before = g_strdup (app_dictation_get_text (talk.dictation));
  app_dictation_hear (talk.dictation, media_sound_get_samples (second), second->n_samples);
  app_dictation_end (talk.dictation);
  g_assert_false (talk.ended); /* never before the call returns */
  WAIT_UNTIL (talk.ended);
  g_test_message ("%s", talk.seen->str);
  g_assert_false (talk.failed);
  g_assert_true (g_str_has_prefix (app_dictation_get_text (talk.dictation), before));
  g_assert_nonnull (strstr (app_dictation_get_text (talk.dictation), "Guten Morgen"));
  talk_clear (&talk);
}

/* Without a pause: what was heard first stays, and nothing is written twice. */
static void
test_long (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new ();
  g_autoptr (MediaSound) sound = decode ("en.ogg");
  g_autofree char *words = NULL;
  g_auto (GStrv) litres = NULL, greens = NULL;
  Talk talk;

  talk_init (&talk, transcriber);
  for (int i = 0; i < 3; i++)
    for (gsize at = 0; at < sound->n_samples; at += 4 * RATE) {
      guint n = talk.n_texts;
      app_dictation_hear (talk.dictation, media_sound_get_samples (sound) + at, MIN (4 * RATE, sound->n_samples - at));
      for (int k = 0; k < 2000 && talk.n_texts == n; k++) {
        g_main_context_iteration (NULL, FALSE);
        g_usleep (1000);
      }
    }
  app_dictation_end (talk.dictation);
  WAIT_UNTIL (talk.ended);
  words = g_strdup (app_dictation_get_text (talk.dictation));
  g_test_message ("%s", words);
  litres = g_strsplit (words, "half a liter", -1);
  greens = g_strsplit (words, "painted green", -1);
  g_assert_cmpuint (g_strv_length (litres), ==, 4);
  g_assert_cmpuint (g_strv_length (greens), ==, 4);
  talk_clear (&talk);
}

/* Too little to be anything, nothing at all, and a model that is not there. */
static void
test_ends (void)
{
  g_autoptr (AppTranscriber) transcriber = transcriber_new (), missing = app_transcriber_new ("/nonexistent/whisper.gguf");
  g_autoptr (MediaSound) silence = make_silence (2);
  Talk talk;

  talk_init (&talk, transcriber);
  app_dictation_hear (talk.dictation, media_sound_get_samples (silence), 100);
  app_dictation_pause (talk.dictation);
  app_dictation_end (talk.dictation);
  g_assert_true (talk.ended);
  g_assert_cmpuint (talk.n_texts, ==, 0);
  talk_clear (&talk);

  talk_init (&talk, missing);
  app_dictation_hear (talk.dictation, media_sound_get_samples (silence), 2 * RATE);
  WAIT_UNTIL (talk.ended);
  g_assert_true (talk.failed);
  app_dictation_hear (talk.dictation, media_sound_get_samples (silence), 2 * RATE);
  app_dictation_end (talk.dictation);
  talk_clear (&talk);

  talk_init (&talk, transcriber);
  app_dictation_hear (talk.dictation, media_sound_get_samples (silence), 2 * RATE);
  app_dictation_cancel (talk.dictation);
  talk_clear (&talk);
}

/* ---- where it comes from ---- */

/* A file for speech in the folder is found, and is nothing that answers. */
static void
test_found (void)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL), *link = g_build_filename (folder, "ears.gguf", NULL), *path = model_path ();
  g_autoptr (AppModels) models = app_models_new (NULL, folder);
  g_autoptr (GAsyncResult) async = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppModel) model = NULL;

  g_assert_null (app_models_get_transcriber (models));
  g_assert_cmpint (symlink (path, link), ==, 0);
  app_models_refresh_async (models, NULL, keep_result, &async);
  app_models_refresh_finish (models, wait_result (&async), &error);
  g_assert_no_error (error);
  model = g_list_model_get_item (G_LIST_MODEL (models), 0);
  g_assert_cmpstr (app_model_get_id (model), ==, "ears");
  g_assert_cmpstr (app_model_get_architecture (model), ==, "whisper");
  g_assert_true (app_model_get_transcribes (model));
  g_assert_false (app_model_get_answers (model));
  g_assert_nonnull (app_models_get_transcriber (models));
  g_assert_null (app_models_choose (models, "ears"));
  g_clear_object (&model);
  g_clear_object (&models);
  fixture_delete_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_getenv ("MELETE_MODELS"))
    g_error ("MELETE_MODELS does not say where the models are; run ./dev test.");
  g_test_add_func ("/app/transcriber/attachment", test_attachment);
  g_test_add_func ("/app/transcriber/silence", test_silence);
  g_test_add_func ("/app/transcriber/idle", test_idle);
  g_test_add_func ("/app/transcriber/missing", test_missing);
  g_test_add_func ("/app/transcriber/cancel", test_cancel);
  g_test_add_func ("/app/transcriber/dictation", test_dictation);
  g_test_add_func ("/app/transcriber/long", test_long);
  g_test_add_func ("/app/transcriber/ends", test_ends);
  g_test_add_func ("/app/transcriber/found", test_found);
  return g_test_run ();
}
