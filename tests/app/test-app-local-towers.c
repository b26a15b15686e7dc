/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of this machine that see and hear: found by the part beside their file, given the pictures and sounds of a prompt, which are encoded once, and measured before. A small random model, and
 * the golden eyes and ears of tests/golden/towers. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"
#include "app-local-completion.h"
#include "app-model-private.h"
#include "app-settings.h"
#include "fixture.h"
#include "media.h"
#include "sample-sound.h"
#include "tiny-model.h"

/* As wide as the columns of the eyes. */
static const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_layers = 2, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };
static const TinyModel wide = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_layers = 2, .n_embd = 128, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };

typedef struct {
  Fixture app;
  char *folder;
  AppSettings *settings;
  AppModels *models;
  AppEngine *engine;
} Place;

static void
write_file (const char *folder, const char *name, const void *bytes, gsize n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
}

static void
write_model (const char *folder, const char *name, const TinyModel *model)
{
  GByteArray *bytes = tiny_model_bytes (model);

  write_file (folder, name, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static void
refresh (Place *p)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_models_refresh_async (p->models, NULL, keep_result, &result);
  g_assert_true (app_models_refresh_finish (p->models, wait_result (&result), NULL));
}

/* "seer" with eyes, "hearer" with eyes and ears, "waiter" with ears that hear half a minute at once, "wide" with eyes of another model, "blind" without any, "odd" beside a file that is none. */
static void
set_up (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) eyes = tiny_unpack (GOLDEN_FOLDER "/muse-glimmer-parts.gguf.gz"), both = tiny_unpack (GOLDEN_FOLDER "/muse-spark-parts.gguf.gz");
  g_autoptr (GBytes) ears = tiny_unpack (GOLDEN_FOLDER "/voxtral-parts.gguf.gz");
  gsize n;
  const void *bytes = g_bytes_get_data (eyes, &n);

  fixture_set_up (&p->app, data);
  p->folder = g_build_filename (p->app.folder, "models", NULL);
  g_assert_cmpint (g_mkdir (p->folder, 0755), ==, 0);
  write_model (p->folder, "seer.gguf", &tiny);
  write_file (p->folder, "seer.mmproj.gguf", bytes, n);
  write_model (p->folder, "hearer.gguf", &tiny);
  write_file (p->folder, "hearer.mmproj.gguf", g_bytes_get_data (both, NULL), g_bytes_get_size (both));
  write_model (p->folder, "waiter.gguf", &tiny);
  write_file (p->folder, "waiter.mmproj.gguf", g_bytes_get_data (ears, NULL), g_bytes_get_size (ears));
  write_model (p->folder, "wide.gguf", &wide);
  write_file (p->folder, "wide.mmproj.gguf", bytes, n);
  write_model (p->folder, "blind.gguf", &tiny);
  write_model (p->folder, "odd.gguf", &tiny);
  write_file (p->folder, "odd.mmproj.gguf", "nothing", 7);
  p->models = app_models_new ("/nonexistent.json", p->folder);
  refresh (p);
  p->settings = app_settings_new (NULL);
  g_settings_set_int (app_settings_get_gsettings (p->settings), "threads", 2);
  g_settings_set_int (app_settings_get_gsettings (p->settings), "context", 1024);
  p->engine = app_local_engine_new (p->settings, NULL);
}

static void
tear_down (Place *p, gconstpointer data)
{
  app_engine_unload (p->engine);
  WAIT_UNTIL (G_OBJECT (p->engine)->ref_count == 1);
  g_assert_finalize_object (p->engine);
  g_object_unref (p->models);
  g_object_unref (p->settings);
  g_free (p->folder);
  fixture_tear_down (&p->app, data);
}

static AppModel *
find (Place *p, const char *id)
{
  AppModel *model = app_models_find (p->models, id);

  g_assert_nonnull (model);
  return model;
}

static void
load_model (Place *p, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (p->engine, find (p, id), NULL, keep_result, &result);
  app_engine_load_finish (p->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

/* ---- answers ---- */

typedef struct {
  AppStats stats;
  gboolean finished, cancelled;
  GError *error;
} Answer;

static void
on_finished (AppCompletion *completion, Answer *answer)
{
  const GError *error = app_completion_get_error (completion);

  answer->stats = *app_completion_get_stats (completion);
  answer->cancelled = app_completion_get_cancelled (completion);
  answer->error = error ? g_error_copy (error) : NULL;
  answer->finished = TRUE;
}

/* A PNG of noise. */
static GBytes *
picture_new (int width, int height, guint32 seed)
{
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (picture);
  GRand *rand = g_rand_new_with_seed (seed);
  char *png;
  gsize n;

  for (int i = 0; i < gdk_pixbuf_get_rowstride (picture) * (height - 1) + 3 * width; i++)
    pixels[i] = (guint8) g_rand_int (rand);
  g_rand_free (rand);
  g_assert_true (gdk_pixbuf_save_to_buffer (picture, &png, &n, "png", NULL, NULL));
  return g_bytes_new_take (png, n);
}

static AppPrompt *
question_new (void)
{
  AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = 4 };
  AppPrompt *prompt = app_prompt_new (&greedy);

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "What is it?");
  return prompt;
}

static AppCompletion *
begin (Place *p, AppPrompt *prompt, Answer *answer)
{
  g_autoptr (GError) error = NULL;
  AppCompletion *completion = app_engine_complete (p->engine, prompt, &error);

  g_assert_no_error (error);
  *answer = (Answer) { 0 };
  g_signal_connect (completion, "finished", G_CALLBACK (on_finished), answer);
  app_completion_start (completion);
  return completion;
}

static Answer
answer_to (Place *p, AppPrompt *prompt)
{
  Answer answer;
  g_autoptr (AppCompletion) completion = begin (p, prompt, &answer);

  WAIT_UNTIL (answer.finished);
  return answer;
}

static Answer
ask (Place *p, GBytes *picture)
{
  g_autoptr (AppPrompt) prompt = question_new ();

  if (picture)
    app_prompt_add_picture (prompt, "image/png", picture);
  return answer_to (p, prompt);
}

static Answer
ask_sound (Place *p, GBytes *sound)
{
  g_autoptr (AppPrompt) prompt = question_new ();

  app_prompt_add_sound (prompt, NULL, sound);
  return answer_to (p, prompt);
}

static void
test_found (Place *p, gconstpointer data)
{
  g_assert_true (app_model_takes_pictures (find (p, "seer")));
  g_assert_true (app_model_get_sees (find (p, "seer")));
  g_assert_false (app_model_takes_pictures (find (p, "blind")));
  g_assert_false (app_model_get_sees (find (p, "blind")));
  g_assert_false (app_model_takes_pictures (find (p, "odd")));
  g_assert_false (app_model_takes_sound (find (p, "seer")));
  g_assert_false (app_model_get_hears (find (p, "seer")));
  g_assert_true (app_model_takes_pictures (find (p, "hearer")));
  g_assert_true (app_model_takes_sound (find (p, "hearer")));
  g_assert_true (app_model_get_hears (find (p, "hearer")));
  /* What is taken away later is seen at the next look. */
  g_autofree char *path = g_build_filename (p->folder, "seer.mmproj.gguf", NULL);
  g_unlink (path);
  refresh (p);
  g_assert_false (app_model_takes_pictures (find (p, "seer")));
}

/* 40 by 32 pixels are 5 by 4 columns of these eyes. The same picture again is found, eyes and all; another one is not. */
static void
test_shown (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) picture = picture_new (40, 32, 1), other = picture_new (40, 32, 2);
  Answer plain, first, again, differs;

  load_model (p, "seer");
  plain = ask (p, NULL);
  first = ask (p, picture);
  again = ask (p, picture);
  differs = ask (p, other);
  g_assert_no_error (plain.error);
  g_assert_no_error (first.error);
  g_assert_no_error (again.error);
  g_assert_no_error (differs.error);
  g_assert_cmpint (first.stats.prompt_tokens, >=, plain.stats.prompt_tokens + 20);
  g_assert_cmpint (first.stats.prompt_tokens, ==, differs.stats.prompt_tokens);
  g_assert_cmpint (again.stats.reused_tokens, ==, again.stats.prompt_tokens - 1);
  g_assert_cmpint (differs.stats.reused_tokens, <, again.stats.reused_tokens - 20);
}

/* A thousandth of a second is a column of these ears. The same file again is found; a picture and a sound in one message are both there. */
static void
test_heard (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) sound = sample_sound ("wav", 16000, 1, 0.2, 440, 1000), other = sample_sound ("flac", 44100, 2, 0.2, 300, 700), picture = picture_new (40, 32, 1);
  g_autoptr (AppPrompt) all = question_new ();
  Answer plain, first, again, differs, both;

  load_model (p, "hearer");
  plain = ask (p, NULL);
  first = ask_sound (p, sound);
  again = ask_sound (p, sound);
  differs = ask_sound (p, other);
  app_prompt_add_picture (all, "image/png", picture);
  app_prompt_add_sound (all, NULL, sound);
  both = answer_to (p, all);
  g_assert_no_error (plain.error);
  g_assert_no_error (first.error);
  g_assert_no_error (again.error);
  g_assert_no_error (differs.error);
  g_assert_no_error (both.error);
  g_assert_cmpint (first.stats.prompt_tokens, >=, plain.stats.prompt_tokens + 200);
  g_assert_cmpint (first.stats.prompt_tokens, <, plain.stats.prompt_tokens + 300);
  g_assert_cmpint (again.stats.prompt_tokens, ==, first.stats.prompt_tokens);
  g_assert_cmpint (again.stats.reused_tokens, ==, again.stats.prompt_tokens - 1);
  g_assert_cmpint (differs.stats.reused_tokens, <, again.stats.reused_tokens - 190);
  g_assert_cmpint (both.stats.prompt_tokens, >=, first.stats.prompt_tokens + 20);
}

/* Half a minute is 375 columns of these ears, however short the sound is, and there is room for two. */
static void
test_heard_at_once (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) sound = sample_sound ("flac", 44100, 2, 0.2, 300, 700), longer = sample_sound ("wav", 16000, 1, 31, 440, 1000), longest = sample_sound ("wav", 16000, 1, 62, 440, 1000);
  Answer plain, first, again, two, three;

  load_model (p, "waiter");
  plain = ask (p, NULL);
  first = ask_sound (p, sound);
  again = ask_sound (p, sound);
  two = ask_sound (p, longer);
  three = ask_sound (p, longest);
  g_assert_no_error (plain.error);
  g_assert_no_error (first.error);
  g_assert_no_error (again.error);
  g_assert_no_error (two.error);
  g_assert_cmpint (first.stats.prompt_tokens, >=, plain.stats.prompt_tokens + 375);
  g_assert_cmpint (first.stats.prompt_tokens, <, plain.stats.prompt_tokens + 475);
  g_assert_cmpint (again.stats.prompt_tokens, ==, first.stats.prompt_tokens);
  g_assert_cmpint (again.stats.reused_tokens, ==, again.stats.prompt_tokens - 1);
  g_assert_cmpint (two.stats.prompt_tokens, ==, first.stats.prompt_tokens + 375);
  g_assert_error (three.error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (three.error->message, "at most 60 seconds"));
  g_clear_error (&three.error);
}

/* A sound that is none, one without a sample, and one that is longer than the context: the sentence says so, and the next question is answered. */
static void
test_not_heard (Place *p, gconstpointer data)
{
  static const struct {
    const char *sentence;
    double seconds; /* 0: not a sound at all */
    MediaErrorCode code;
  } cases[] = { { "recording", 0, MEDIA_ERROR_DAMAGED }, { "recording", 1e-9, MEDIA_ERROR_DAMAGED }, { "at most 1 second", 2, MEDIA_ERROR_TOO_LARGE } };

  load_model (p, "hearer");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) sound = cases[i].seconds > 0 ? sample_sound ("wav", 16000, 1, cases[i].seconds, 440, 1000) : g_bytes_new_static ("RIFF\x10\0\0\0WAVEnothing", 19);
    Answer answer = ask_sound (p, sound);

    g_assert_error (answer.error, MEDIA_ERROR, cases[i].code);
    g_assert_nonnull (strstr (answer.error->message, cases[i].sentence));
    g_clear_error (&answer.error);
    answer = ask (p, NULL);
    g_assert_no_error (answer.error);
  }
}

static AppMeasure
measure (Place *p, AppPrompt *prompt)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppMeasure measured = { 0 };

  app_engine_measure_async (p->engine, prompt, keep_result, &result);
  app_engine_measure_finish (p->engine, wait_result (&result), &measured, &error);
  g_assert_no_error (error);
  g_assert_cmpint (measured.instructions + measured.earlier + measured.attached + measured.typed + measured.form, ==, measured.total);
  return measured;
}

/* What is counted before anything is encoded, without the bytes, is what it then is; a picture whose size nobody kept counts as the largest. */
static void
test_measured (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) picture = picture_new (40, 32, 1), sound = sample_sound ("wav", 16000, 1, 0.2, 440, 1000);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  AppPromptPart parts[] = { { APP_SENSE_SIGHT, NULL, picture, NULL, { .width = 40, .height = 32 } }, { APP_SENSE_HEARING, NULL, sound, NULL, { .seconds = 0.2 } } };
  g_autoptr (AppPrompt) sent = question_new (), counted = question_new (), unknown = question_new ();
  AppMeasure before, after, most;
  Answer answer;

  load_model (p, "hearer");
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    app_prompt_add_part (sent, &parts[i]);
    parts[i].bytes = NULL;
    app_prompt_add_part (counted, &parts[i]);
  }
  before = measure (p, counted);
  g_assert_cmpint (before.attached, ==, 220);
  g_assert_cmpint (before.typed, >, 0);
  answer = answer_to (p, sent);
  g_assert_no_error (answer.error);
  g_assert_cmpint (before.total, ==, answer.stats.prompt_tokens);
  /* In an earlier message they are no part of what is written now. */
  app_prompt_add (counted, APP_ROLE_ASSISTANT, NULL, "A bird.");
  app_prompt_add (counted, APP_ROLE_USER, NULL, "Which?");
  after = measure (p, counted);
  g_assert_cmpint (after.attached, ==, 0);
  g_assert_cmpint (after.earlier, >, 220);

  parts[0].extent = (AppExtent) { 0 };
  app_prompt_add_part (unknown, &parts[0]);
  most = measure (p, unknown);
  g_assert_cmpint (most.attached, >, 20);
  parts[0].sha256 = digest; /* it was seen: the number is known */
  g_clear_pointer (&unknown, app_prompt_unref);
  unknown = question_new ();
  app_prompt_add_part (unknown, &parts[0]);
  answer = ask (p, picture);
  g_assert_no_error (answer.error);
  g_assert_cmpint (measure (p, unknown).total, ==, answer.stats.prompt_tokens);
}

/* Whether it was seen: then a picture of unknown size is known to be 20 columns. To measure that, which has nothing to look at, stops what is at work. */
static gboolean
was_seen (Place *p, GBytes *picture)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  g_autoptr (AppPrompt) unknown = question_new ();

  app_prompt_add_part (unknown, &(AppPromptPart) { .sense = APP_SENSE_SIGHT, .sha256 = digest });
  return measure (p, unknown).attached == 20;
}

static void
want (Place *p, GBytes *picture)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  g_autoptr (AppPrompt) draft = question_new ();

  app_prompt_add_part (draft, &(AppPromptPart) { .sense = APP_SENSE_SIGHT, .bytes = picture, .sha256 = digest, .extent = { .width = 40, .height = 32 } });
  measure (p, draft);
}

/* What is attached to a draft is looked at while it is written: of several drafts the last one's, and not while an answer is written. */
static void
test_ahead (Place *p, gconstpointer data)
{
  GBytes *pictures[] = { picture_new (40, 32, 1), picture_new (40, 32, 2), picture_new (40, 32, 3), picture_new (40, 32, 4) };
  g_autoptr (AppPrompt) question = question_new ();
  Answer answer, other;

  load_model (p, "seer");
  g_assert_false (was_seen (p, pictures[0]));
  /* Longer each time, for nothing is said when it is done. */
  for (gulong wait = 1000; wait < 30 * G_USEC_PER_SEC && !was_seen (p, pictures[0]); wait *= 2) {
    want (p, pictures[0]);
    g_usleep (wait);
  }
  g_assert_true (was_seen (p, pictures[0]));
  /* Another draft takes the place of the one before, and what is sent is there. */
  want (p, pictures[1]);
  want (p, pictures[2]);
  answer = ask (p, pictures[2]);
  g_assert_no_error (answer.error);
  g_assert_true (was_seen (p, pictures[2]));
  /* A question about something else does not wait for it. */
  want (p, pictures[1]);
  other = ask (p, pictures[0]);
  g_assert_no_error (other.error);
  g_assert_cmpint (other.stats.prompt_tokens, ==, answer.stats.prompt_tokens);
  /* While an answer is written nothing is. */
  {
    g_autoptr (AppCompletion) completion = begin (p, question, &answer);

    want (p, pictures[3]);
    WAIT_UNTIL (answer.finished);
  }
  g_usleep (50000);
  g_assert_false (was_seen (p, pictures[3]));
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    g_bytes_unref (pictures[i]);
}

/* In an earlier message a sound that is longer than the context is only said to be so, and counted as that. */
static void
test_heard_before (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) sound = sample_sound ("wav", 16000, 1, 2, 440, 1000);
  const AppPromptPart part = { APP_SENSE_HEARING, NULL, sound, NULL, { .seconds = 2 } };
  g_autoptr (AppPrompt) prompt = question_new ();
  AppMeasure measured;
  Answer answer;

  app_prompt_add_part (prompt, &part);
  load_model (p, "hearer");
  measured = measure (p, prompt);
  g_assert_cmpint (measured.total, >=, measured.context);
  app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, "A bird.");
  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Which?");
  measured = measure (p, prompt);
  answer = answer_to (p, prompt);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.stats.dropped_messages, ==, 0);
  g_assert_cmpint (measured.total, ==, answer.stats.prompt_tokens);
  g_assert_cmpint (measured.total, <, 500);
}

/* A picture that is none, and eyes of another model: the sentence says so, and the next question is answered. */
static void
test_refused (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) broken = g_bytes_new_static ("\x89PNG\r\n\x1a\nnothing", 15), picture = picture_new (10, 10, 1);
  Answer answer;

  load_model (p, "seer");
  answer = ask (p, broken);
  g_assert_nonnull (answer.error);
  g_assert_true (answer.error->domain == MEDIA_ERROR);
  g_clear_error (&answer.error);
  answer = ask (p, picture);
  g_assert_no_error (answer.error);

  load_model (p, "wide");
  answer = ask (p, picture);
  g_assert_error (answer.error, APP_ERROR, APP_ERROR_ENGINE);
  g_assert_nonnull (strstr (answer.error->message, "64 numbers"));
  g_clear_error (&answer.error);
  answer = ask (p, NULL);
  g_assert_no_error (answer.error);
}

/* While it looks at a large picture, or hears: it ends as stopped, without an error. */
static void
test_stopped (Place *p, gconstpointer data)
{
  g_autoptr (GBytes) picture = picture_new (1500, 1500, 1), sound = sample_sound ("wav", 16000, 1, 0.8, 440, 1000);

  load_model (p, "hearer");
  for (int i = 0; i < 2; i++) {
    g_autoptr (AppPrompt) prompt = question_new ();
    g_autoptr (AppCompletion) completion = NULL;
    Answer answer;

    if (i)
      app_prompt_add_sound (prompt, NULL, sound);
    else
      app_prompt_add_picture (prompt, "image/png", picture);
    completion = begin (p, prompt, &answer);
    app_completion_cancel (completion);
    WAIT_UNTIL (answer.finished);
    g_assert_no_error (answer.error);
    g_assert_true (answer.cancelled);
    answer = ask (p, NULL);
    g_assert_no_error (answer.error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/local-towers/found", Place, NULL, set_up, test_found, tear_down);
  g_test_add ("/app/local-towers/shown", Place, NULL, set_up, test_shown, tear_down);
  g_test_add ("/app/local-towers/refused", Place, NULL, set_up, test_refused, tear_down);
  g_test_add ("/app/local-towers/heard", Place, NULL, set_up, test_heard, tear_down);
  g_test_add ("/app/local-towers/heard-at-once", Place, NULL, set_up, test_heard_at_once, tear_down);
  g_test_add ("/app/local-towers/not-heard", Place, NULL, set_up, test_not_heard, tear_down);
  g_test_add ("/app/local-towers/heard-before", Place, NULL, set_up, test_heard_before, tear_down);
  g_test_add ("/app/local-towers/measured", Place, NULL, set_up, test_measured, tear_down);
  g_test_add ("/app/local-towers/ahead", Place, NULL, set_up, test_ahead, tear_down);
  g_test_add ("/app/local-towers/stopped", Place, NULL, set_up, test_stopped, tear_down);
  return g_test_run ();
}
