/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Videos as attachments: what is known of them, what models with and without eyes and ears are told, and what a model of this machine is given of them. The models are small and random, with the
 * golden eyes and ears of tests/golden/towers. */
#include <glib/gstdio.h>
#include <string.h>

#include "app-local-completion.h"
#include "app-local-tell.h"
#include "app-model-private.h"
#include "fixture.h"
#include "sample-video.h"
#include "tiny-model.h"

#define BOTH (APP_SENSE_SIGHT | APP_SENSE_HEARING)

static void
test_facts (void)
{
  static const struct {
    const char *format, *name, *summary, *mime_type;
    double tone;
  } cases[] = {
    { "mp4", "talk.mp4", "0:03 · MP4", "video/mp4", 440 },
    { "webm", "noname", "0:03 · WebM · without sound", "video/webm", 0 },
    { "mov", "wrong.txt", "0:03 · QuickTime", "video/quicktime", 440 },
    { "mkv", "film.mkv", "0:03 · Matroska", "video/x-matroska", 440 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = sample_video (cases[i].format, 64, 48, 3, cases[i].tone, 0);
    g_autoptr (AppAttachment) attachment = fixture_attach (bytes, cases[i].name), stored = NULL, lost = NULL;
    g_autofree char *metadata = app_attachment_dup_metadata (attachment);
    g_autoptr (GAsyncResult) loaded = NULL, rendered = NULL;
    g_autoptr (MediaPicture) picture = NULL;
    g_autoptr (GError) error = NULL;
    AppExtent extent = app_attachment_get_extent (attachment);

    g_assert_cmpint (app_attachment_get_kind (attachment), ==, APP_ATTACHMENT_VIDEO);
    g_assert_cmpstr (app_attachment_get_summary (attachment), ==, cases[i].summary);
    g_assert_cmpstr (app_attachment_get_mime_type (attachment), ==, cases[i].mime_type);
    g_assert_nonnull (app_attachment_get_thumbnail (attachment));
    g_assert_cmpuint (extent.width, ==, 64);
    g_assert_cmpuint (extent.height, ==, 48);
    g_assert_cmpfloat_with_epsilon (extent.seconds, 3, 0.1);
    g_assert_cmpint (extent.silent, ==, cases[i].tone == 0);
    g_assert_cmpint (app_attachment_get_sense (attachment), ==, cases[i].tone > 0 ? BOTH : APP_SENSE_SIGHT);
    /* Out of the history it is the same, and is seen again. */
    stored = app_attachment_new_stored (metadata, bytes, &error);
    g_assert_no_error (error);
    g_assert_cmpint (app_attachment_get_kind (stored), ==, APP_ATTACHMENT_VIDEO);
    g_assert_cmpint (app_attachment_get_sense (stored), ==, app_attachment_get_sense (attachment));
    app_attachment_load_async (stored, FALSE, NULL, keep_result, &loaded);
    g_assert_true (app_attachment_load_finish (stored, wait_result (&loaded), &error));
    g_assert_nonnull (app_attachment_get_thumbnail (stored));
    app_attachment_render_async (stored, 0, 40, NULL, keep_result, &rendered);
    picture = app_attachment_render_finish (stored, wait_result (&rendered), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (picture->width, ==, 40);
  }
}

/* What is not one is refused with a sentence about videos. */
static void
test_refused (void)
{
  g_autoptr (GBytes) whole = sample_video ("mp4", 64, 48, 1, 0, 0);
  GBytes *parts[] = { g_bytes_new_from_bytes (whole, 0, 40), g_bytes_new_static ("\x1a\x45\xdf\xa3nothing of a film", 21) };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (AppAttachment) attachment = app_attachment_new_for_bytes (parts[i], "film.mp4");
    g_autoptr (GAsyncResult) loaded = NULL;
    g_autoptr (GError) error = NULL;

    app_attachment_load_async (attachment, FALSE, NULL, keep_result, &loaded);
    g_assert_false (app_attachment_load_finish (attachment, wait_result (&loaded), &error));
    g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DAMAGED);
    g_assert_nonnull (strstr (app_attachment_get_error (attachment), "video"));
    g_bytes_unref (parts[i]);
  }
}

/* ---- what models are told ---- */

typedef struct {
  const char *told;       /* the beginning of what stands among the texts */
  const char *also;       /* NULL: nothing else */
  AppSenses given;
} Telling;

static void
assert_told (AppPrompt *prompt, const Telling *telling, GBytes *bytes)
{
  static const AppSenses all[] = { APP_SENSE_SIGHT, APP_SENSE_HEARING };
  guint k = 0;

  g_assert_nonnull (strstr (app_prompt_get_attached (prompt, 0), telling->told));
  if (telling->also)
    g_assert_nonnull (strstr (app_prompt_get_attached (prompt, 0), telling->also));
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    const AppPromptPart *part = telling->given & all[i] ? app_prompt_get_part (prompt, 0, k++) : NULL;

    if (!part)
      continue;
    g_assert_cmpint (part->sense, ==, all[i]);
    g_assert_true (part->video);
    g_assert_true (g_bytes_equal (part->bytes, bytes));
    g_assert_nonnull (part->sha256);
    g_assert_cmpfloat_with_epsilon (part->extent.seconds, 3, 0.1);
  }
  g_assert_cmpuint (app_prompt_get_n_parts (prompt, 0), ==, k);
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  static const Telling with_sound[] = {
    [APP_SENSE_NONE] = { "[Video \"film.webm\": WebM, 64 × 48 pixels, 0:03 long. You cannot see it or hear it, and there is no transcript of it.]", "[End of video \"film.webm\"]", APP_SENSE_NONE },
    [APP_SENSE_SIGHT] = { "[Video \"film.webm\", 0:03 long: pictures of it, in front of each the time of it. You cannot hear it, and there is no transcript of it.]", "[End of video", APP_SENSE_SIGHT },
    [APP_SENSE_HEARING] = { "[Video \"film.webm\", 0:03 long: its sound. You cannot see its pictures.]", NULL, APP_SENSE_HEARING },
    [BOTH] = { "[Video \"film.webm\", 0:03 long: pictures of it, in front of each the time of it, and its sound.]", NULL, BOTH },
  };
  static const Telling without[] = {
    [APP_SENSE_NONE] = { "[Video \"film.webm\": WebM, 64 × 48 pixels, 0:03 long. You cannot see it. It has no sound.]", NULL, APP_SENSE_NONE },
    [APP_SENSE_SIGHT] = { "[Video \"film.webm\", 0:03 long: pictures of it, in front of each the time of it. It has no sound.]", NULL, APP_SENSE_SIGHT },
    [APP_SENSE_HEARING] = { "You cannot see it. It has no sound.]", NULL, APP_SENSE_NONE },
    [BOTH] = { "in front of each the time of it. It has no sound.]", NULL, APP_SENSE_SIGHT },
  };

  for (int silent = 0; silent < 2; silent++) {
    g_autoptr (GBytes) bytes = sample_video ("webm", 64, 48, 3, silent ? 0 : 440, 0);
    g_autoptr (AppAttachment) attachment = fixture_attach (bytes, "film.webm");
    g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
    g_autoptr (AppTurn) turn = NULL;

    g_list_store_append (list, attachment);
    turn = app_turn_new ("What happens?", G_LIST_MODEL (list));
    for (AppSenses senses = APP_SENSE_NONE; senses <= BOTH; senses++) {
      g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
      const Telling *telling = &(silent ? without : with_sound)[senses];

      app_model_set_senses (fixture->model, senses);
      g_assert_true (try_send (conversation, turn, NULL));
      wait_idle (conversation);
      assert_told (scripted_engine_get_prompt (fixture->engine), telling, bytes);
      /* And again from the history. */
      send_text (conversation, "And then?");
      wait_idle (conversation);
      assert_told (scripted_engine_get_prompt (fixture->engine), telling, bytes);
    }
  }
}

/* A model that only sees is told what was said, by the lines that the history has. */
static void
test_transcript (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = sample_video ("mp4", 64, 48, 3, 440, 0);
  g_autoptr (AppAttachment) bare = fixture_attach (bytes, "film.mp4"), attachment = NULL;
  g_autofree char *json = app_attachment_dup_metadata (bare);
  g_autoptr (GString) metadata = g_string_new (json);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  const char *told;

  g_assert_cmpuint (g_string_replace (metadata, ", and there is no transcript of it.]\\n", ".]\\n```\\n0:01 Good morning.\\n```\\n", 0), ==, 1);
  attachment = app_attachment_new_stored (metadata->str, bytes, NULL);
  g_list_store_append (list, attachment);
  turn = app_turn_new ("What happens?", G_LIST_MODEL (list));
  app_model_set_senses (fixture->model, APP_SENSE_SIGHT);
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  told = app_prompt_get_attached (scripted_engine_get_prompt (fixture->engine), 0);
  g_assert_nonnull (strstr (told, "You cannot hear it. What follows was written down by a program"));
  g_assert_nonnull (strstr (told, "0:01 Good morning."));
}

/* Text that stands in a picture of it is read, once while it stays, and with the second; a model that sees is not told of it, one that hears is. Lines of it that look like times are not
 * taken for speech. */
static void
test_read (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "video", "sign.webm", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) attachment = fixture_loaded (app_attachment_new_for_file (file));
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppTranscript) heard = NULL;
  g_autoptr (AppTurn) turn = NULL;
  const char *text, *first;

  text = app_attachment_get_model_text (attachment);
  g_test_message ("%s", text);
  first = strstr (text, "FERRY");
  g_assert_nonnull (first);
  g_assert_null (strstr (first + 1, "FERRY"));
  g_assert_nonnull (strstr (first, "At 0:0"));
  g_assert_nonnull (strstr (first, "CLOSED"));
  heard = app_attachment_dup_heard (attachment);
  g_assert_cmpuint (heard->parts->len, ==, 0);
  g_list_store_append (list, attachment);
  turn = app_turn_new ("When does it sail?", G_LIST_MODEL (list));
  for (AppSenses senses = APP_SENSE_NONE; senses <= BOTH; senses++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);

    app_model_set_senses (fixture->model, senses);
    g_assert_true (try_send (conversation, turn, NULL));
    wait_idle (conversation);
    g_assert_true ((strstr (app_prompt_get_attached (scripted_engine_get_prompt (fixture->engine), 0), "CLOSED") != NULL) == !(senses & APP_SENSE_SIGHT));
  }
}

/* ---- what a model of this machine is given ---- */

static const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_layers = 2, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };

static char *
write_model (const char *folder)
{
  g_autoptr (GBytes) both = tiny_unpack (GOLDEN_FOLDER "/muse-spark-parts.gguf.gz");
  g_autofree char *beside = g_build_filename (folder, "model.mmproj.gguf", NULL);
  char *path = g_build_filename (folder, "model.gguf", NULL);
  GByteArray *bytes = tiny_model_bytes (&tiny);

  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, (gssize) bytes->len, NULL));
  g_assert_true (g_file_set_contents (beside, g_bytes_get_data (both, NULL), (gssize) g_bytes_get_size (both), NULL));
  g_byte_array_unref (bytes);
  return path;
}

static gint32
columns_of (const EnginePart *part)
{
  gint32 n;

  engine_media_columns (part->media, &n);
  return n;
}

/* A picture of each second with its time in front, then the sound, then the words; measured as long as it is; and no more pictures than there is room for. */
static void
test_given (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_model (fixture->folder);
  EngineLoadOptions options = { .backend = ENGINE_BACKEND_CPU, .n_threads = 2 };
  g_autoptr (AppLocalTowers) towers = app_local_towers_new (path, &options);
  g_autoptr (GBytes) bytes = sample_video ("mkv", 64, 48, 3, 440, 0);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = 4 };

  for (guint context = 16384; context >= 128; context /= 128) {
    for (int measured = 1; measured >= 0; measured--) {
      g_autoptr (AppPrompt) prompt = app_prompt_new (&greedy);
      g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func (g_free);
      AppPromptPart seen = { APP_SENSE_SIGHT, NULL, measured ? NULL : bytes, digest, { 64, 48, 3, FALSE }, TRUE };
      g_autoptr (GError) error = NULL;
      AppLocalTold told = { 0 };
      const EnginePart *parts;

      app_prompt_add (prompt, APP_ROLE_USER, NULL, "What happens?");
      app_prompt_add_part (prompt, &seen);
      if (context > 10000) {
        seen.sense = APP_SENSE_HEARING;
        app_prompt_add_part (prompt, &seen);
      }
      g_ptr_array_add (contents, g_strdup ("What happens?"));
      g_assert_true (measured ? app_local_tell_measured (prompt, contents, towers, context, &told, &error) : app_local_tell (prompt, contents, towers, context, NULL, &told, &error));
      g_assert_no_error (error);
      parts = told.parts[0];
      g_test_message ("context %u: %zu parts, %lld columns, of the first picture %d", context, told.messages[0].n_parts, (long long) app_local_told_columns (&told, 0), columns_of (&parts[1]));
      g_assert_cmpstr (parts[0].text, ==, "[0:00]\n");
      g_assert_cmpint (columns_of (&parts[1]), >, 0);
      if (context > 10000) {
        g_assert_cmpuint (told.messages[0].n_parts, ==, 8);
        g_assert_cmpstr (parts[2].text, ==, "\n[0:01]\n");
        g_assert_cmpstr (parts[4].text, ==, "\n[0:02]\n");
        g_assert_cmpint (columns_of (&parts[3]), ==, columns_of (&parts[1]));
        /* Three seconds of a thousand columns each; a file in blocks is not sharper. */
        g_assert_cmpint (ABS (columns_of (&parts[6]) - 3000), <, 120);
        g_assert_cmpstr (parts[7].text, ==, "What happens?");
      } else {
        g_assert_cmpint (app_local_told_columns (&told, 0), <=, 3 * 64);
      }
      app_local_told_clear (&told);
    }
  }
}

/* Each moment is another picture, and the same one is not seen twice. */
static void
test_moments (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_model (fixture->folder);
  EngineLoadOptions options = { .backend = ENGINE_BACKEND_CPU, .n_threads = 2 };
  g_autoptr (AppLocalTowers) towers = app_local_towers_new (path, &options);
  g_autoptr (GBytes) bytes = sample_video ("mkv", 64, 48, 3, 0, 0);
  g_autoptr (GError) error = NULL;
  EngineMedia *seen[3], *again;

  for (guint i = 0; i < 3; i++) {
    seen[i] = app_local_towers_take (towers, APP_SENSE_SIGHT, bytes, NULL, &(AppMoment) { i, 3 }, 256, NULL, &error);
    g_assert_no_error (error);
    for (guint k = 0; k < i; k++) {
      gint32 n, m;
      const float *a = engine_media_columns (seen[k], &n), *b = engine_media_columns (seen[i], &m);

      g_assert_cmpint (n, ==, m);
      g_assert_cmpint (memcmp (a, b, (gsize) n * 64 * sizeof *a), !=, 0);
    }
  }
  again = app_local_towers_take (towers, APP_SENSE_SIGHT, bytes, NULL, &(AppMoment) { 1, 3 }, 256, NULL, &error);
  g_assert_true (again == seen[1]);
  engine_media_unref (again);
  for (guint i = 0; i < 3; i++)
    engine_media_unref (seen[i]);
  /* Silent, so there is nothing to hear. */
  g_assert_null (app_local_towers_take (towers, APP_SENSE_HEARING, bytes, NULL, &(AppMoment) { 0, 0 }, 4096, NULL, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/video/facts", test_facts);
  g_test_add_func ("/app/video/refused", test_refused);
#define ADD(path, function) g_test_add ("/app/video/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("told", test_told);
  ADD ("transcript", test_transcript);
  ADD ("read", test_read);
  ADD ("given", test_given);
  ADD ("moments", test_moments);
  return g_test_run ();
}
