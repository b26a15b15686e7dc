/* SPDX-License-Identifier: MIT */
/* Speech: spectrograms and a tiny Whisper give the numbers that transformers gives; beams of one and of five find what they should; broken files are refused. With the argument "gl" on
 * OpenGL. */
#include "speech/decoding.h"
#include "speech/mel.h"
#include "speech/rules.h"
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum { N_BANDS = 20, N_AUDIO = 50, WIDTH = 64, N_VOCAB = 317, N_PROMPT = 7, N_SAMPLES = 22437 };

static EngineBackendKind backend = ENGINE_BACKEND_CPU;

static float *
golden (const char *name, gsize n)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL);
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize n_bytes;

  g_file_get_contents (path, &bytes, &n_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_bytes, ==, n * sizeof (float));
  return (float *) bytes;
}

static void
assert_near (const char *what, const float *ours, const float *theirs, gsize n, double most)
{
  double error = 0, power = 0;

  for (gsize i = 0; i < n; i++) {
    error += ((double) ours[i] - theirs[i]) * ((double) ours[i] - theirs[i]);
    power += (double) theirs[i] * theirs[i];
  }
  g_test_message ("%s: NMSE %.2e", what, error / power);
  g_assert_cmpfloat (error / power, <=, most);
}

/* ---- the spectrogram ---------------------------------------------------------------- */

static void
test_mel (void)
{
  enum { N_FRAMES = N_SAMPLES / ENGINE_MEL_HOP, BANDS = 80 };
  g_autofree float *samples = g_new (float, N_SAMPLES), *frames = g_new (float, BANDS * N_FRAMES), *some = g_new (float, BANDS * 7), *theirs = golden ("mel.f32", BANDS * N_FRAMES);
  EngineError error = { 0 };
  EngineMel *mel = engine_mel_new (BANDS, &error);
  float most = -INFINITY;
  guint32 state = 1;

  g_assert_nonnull (mel);
  for (int i = 0; i < N_SAMPLES; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    samples[i] = (float) (state >> 8 & 0xffff) / 32768.0f - 1.0f;
  }
  engine_mel_frames (mel, samples, N_SAMPLES, 0, N_FRAMES, frames);
  engine_mel_frames (mel, samples, N_SAMPLES, 60, 7, some); /* a part is the same as that part of the whole */
  g_assert_cmpmem (some, BANDS * 7 * sizeof *some, frames + 60 * BANDS, BANDS * 7 * sizeof *some);
  for (int i = 0; i < BANDS * N_FRAMES; i++)
    most = MAX (most, frames[i]);
  engine_mel_scale (frames, BANDS * N_FRAMES, most);
  assert_near ("spectrogram", frames, theirs, BANDS * N_FRAMES, 1e-9);
  /* The first frame that no sample reaches is silence, and the one before it is not. */
  engine_mel_frames (mel, samples, N_SAMPLES, (N_SAMPLES + ENGINE_MEL_REACH - 1) / ENGINE_MEL_HOP, 2, some);
  for (int b = 0; b < BANDS; b++) {
    g_assert_cmpfloat (some[b], >, ENGINE_MEL_SILENCE);
    g_assert_cmpfloat (some[BANDS + b], ==, ENGINE_MEL_SILENCE);
  }
  engine_mel_free (mel);
}

/* ---- the model ---------------------------------------------------------------------- */

static EngineModel *
load (gboolean reference, int n_threads)
{
  g_autofree char *packed = g_build_filename (GOLDEN_FOLDER, "whisper.gguf.gz", NULL), *path = NULL;
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : backend, .reference = reference, .n_threads = n_threads };
  g_autoptr (GBytes) bytes = tiny_unpack (packed);
  g_autoptr (GError) failure = NULL;
  EngineError error = { 0 };
  EngineTranscriber *transcriber;
  EngineModel *model;
  int fd = g_file_open_tmp ("melete-speech-XXXXXX.gguf", &path, &failure);

  g_assert_no_error (failure);
  g_close (fd, NULL);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &failure);
  g_assert_no_error (failure);
  transcriber = engine_transcriber_load (path, &options, &error);
  if (!transcriber)
    g_error ("%s", error.message);
  model = engine_model_ref (engine_transcriber_model (transcriber));
  engine_transcriber_unref (transcriber);
  g_assert_null (engine_model_load (path, &options, &error));
  g_assert_nonnull (strstr (error.message, "writes down"));
  g_unlink (path);
  return model;
}

static float *
make_frames (void)
{
  float *frames = g_new (float, 2 * N_AUDIO * N_BANDS);

  for (int i = 0; i < 2 * N_AUDIO; i++)
    for (int b = 0; b < N_BANDS; b++)
      frames[i * N_BANDS + b] = (float) sin (0.05 * i * (b + 1));
  return frames;
}

static void
test_model (void)
{
  static const int32_t prompt[N_PROMPT] = { 258, 260, 262, 266, 71, 40, 266 + 7 }, outputs[N_PROMPT] = { 0, 1, 2, 3, 4, 5, 6 };
  g_autofree float *frames = make_frames (), *theirs = golden ("whisper.f32", N_AUDIO * WIDTH + N_PROMPT * N_VOCAB), *states = g_new (float, N_AUDIO * WIDTH);
  g_autofree float *first = NULL;

  for (int i = 0; i < 3; i++) {
    EngineModel *model = load (i == 0, i == 2 ? 1 : 2);
    EngineSpeechDecoder decoder;
    EngineError error = { 0 };

    g_assert_true (engine_speech_decoder_init (&decoder, model, NULL, &error));
    g_assert_true (engine_speech_encode (&decoder, frames, states, &error));
    assert_near (i == 0 ? "reference, sound" : "fast, sound", states, theirs, N_AUDIO * WIDTH, i == 0 ? 1e-10 : 1e-5);
    g_assert_true (engine_speech_prompt (&decoder, prompt, N_PROMPT, outputs, N_PROMPT, &error));
    assert_near (i == 0 ? "reference, words" : "fast, words", decoder.logits, theirs + N_AUDIO * WIDTH, N_PROMPT * N_VOCAB, i == 0 ? 1e-10 : 1e-5);
    if (i == 1)
      first = g_memdup2 (decoder.logits, N_PROMPT * N_VOCAB * sizeof *first);
    if (i == 2)
      g_assert_cmpmem (first, N_PROMPT * N_VOCAB * sizeof *first, decoder.logits, N_PROMPT * N_VOCAB * sizeof *first);
    engine_speech_decoder_clear (&decoder);
    engine_model_unref (model);
  }
}

/* The log-probability of an answer, token by token, with its end. */
static double
score (EngineSpeechDecoder *decoder, const int32_t *prompt, int n_prompt, const EngineSpeechAnswer *answer)
{
  gint32 tokens[N_AUDIO + 16];
  double sum = 0;
  EngineError error = { 0 };

  memcpy (tokens, prompt, (gsize) n_prompt * sizeof *tokens);
  for (int i = 0; i <= answer->n; i++) {
    int32_t last = n_prompt + i - 1;

    g_assert_true (engine_speech_prompt (decoder, tokens, n_prompt + i, &last, 1, &error));
    engine_speech_rules_apply (&decoder->tokens, N_VOCAB, answer->tokens, i, decoder->logits);
    sum += (double) decoder->logits[i < answer->n ? answer->tokens[i] : decoder->tokens.end];
    tokens[n_prompt + i] = i < answer->n ? answer->tokens[i] : 0;
  }
  return sum / (answer->n + 1);
}

/* What beams say of their answer is what the answer gets alone; five are no worse than one; the same seed draws the same. Of several sounds, since the tiny model seldom comes to an end. */
static void
test_beams (void)
{
  static const int32_t prompt[] = { 258, 259, 262 };
  EngineModel *model = load (FALSE, 2);
  EngineSpeechDecoder decoder;
  EngineError error = { 0 };
  int n_ended = 0;

  g_assert_true (engine_speech_decoder_init (&decoder, model, NULL, &error));
  for (int k = 0; k < 12; k++) {
    g_autofree float *frames = make_frames ();
    EngineSpeechAnswer answers[4];

    for (int i = 0; i < 2 * N_AUDIO * N_BANDS; i++)
      frames[i] *= 1 - 0.15f * (float) k;
    g_assert_true (engine_speech_encode (&decoder, frames, NULL, &error));
    for (int i = 0; i < 4; i++) {
      decoder.random = 1;
      g_assert_true (engine_speech_decode (&decoder, prompt, 3, 0, i == 0 ? 1 : 5, i < 2 ? 0 : 1, &answers[i], &error));
      if (answers[i].n < decoder.capacity / 2) {
        g_assert_cmpfloat_with_epsilon (score (&decoder, prompt, 3, &answers[i]), answers[i].logprob, 1e-4);
        n_ended++;
      }
    }
    g_assert_cmpfloat (answers[1].logprob, >=, answers[0].logprob - 1e-9);
    g_assert_cmpmem (answers[2].tokens, (gsize) answers[2].n * sizeof (int32_t), answers[3].tokens, (gsize) answers[3].n * sizeof (int32_t));
    for (int i = 0; i < 4; i++)
      free (answers[i].tokens);
  }
  g_test_message ("%d answers came to an end", n_ended);
  g_assert_cmpint (n_ended, >, 4);
  engine_speech_decoder_clear (&decoder);
  engine_model_unref (model);
}

/* ---- rules -------------------------------------------------------------------------- */

enum { END = 10, FIRST_TIME = 14, N_IDS = 14 + 101 };

/* Which of all tokens may follow, as the first and the last of words, of the end, and of times; -1: none. */
typedef struct { int words, end, first_time, last_time; } Allowed;

static Allowed
allowed (const int32_t *said, int n, float time_logit)
{
  static const int32_t suppressed[] = { 3 }, first[] = { 4, END };
  const EngineSpeechTokens tokens = { .end = END, .first_time = FIRST_TIME, .n_times = 101, .suppressed = suppressed, .n_suppressed = 1, .suppressed_first = first, .n_suppressed_first = 2 };
  Allowed result = { 0, 0, -1, -1 };
  float logits[N_IDS];
  double sum = 0;

  for (int i = 0; i < N_IDS; i++)
    logits[i] = i < FIRST_TIME ? 1 : time_logit;
  engine_speech_rules_apply (&tokens, N_IDS, said, n, logits);
  for (int i = 0; i < N_IDS; i++) {
    gboolean may = logits[i] > -INFINITY;

    sum += exp ((double) logits[i]);
    g_assert_true (!may || (i != 3 && (i <= END || i >= FIRST_TIME)));
    result.words += may && i < END;
    result.end += may && i == END;
    if (may && i >= FIRST_TIME) {
      result.first_time = result.first_time < 0 ? i - FIRST_TIME : result.first_time;
      result.last_time = i - FIRST_TIME;
    }
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
  return result;
}

#define assert_allowed(said, n, logit, w, e, f, l) \
  do { \
    Allowed a = allowed (said, n, logit); \
    g_assert_cmpint (a.words, ==, w); \
    g_assert_cmpint (a.end, ==, e); \
    g_assert_cmpint (a.first_time, ==, f); \
    g_assert_cmpint (a.last_time, ==, l); \
  } while (0)

static void
test_rules (void)
{
  const int32_t said[] = { FIRST_TIME + 5, 1, 2, FIRST_TIME + 30, FIRST_TIME + 30, 1 };

  assert_allowed (said, 0, -9, 0, 0, 0, 50);    /* a time, within the first second */
  assert_allowed (said, 1, -9, 9, 1, -1, -1);   /* words, behind the first time */
  assert_allowed (said, 2, -9, 9, 1, 6, 100);   /* words or a later time */
  assert_allowed (said, 4, -9, 0, 1, 30, 100);  /* an end wants a beginning, at the same time or later, or nothing more */
  assert_allowed (said, 5, -9, 9, 1, -1, -1);
  assert_allowed (said, 6, -9, 9, 1, 31, 100);
  assert_allowed (said, 6, -3, 0, 0, 31, 100);  /* times together are likelier than any word */
}

static void
test_repetition (void)
{
  g_autoptr (GString) circle = g_string_new (NULL);
  static const char *const prose = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.";

  for (int i = 0; i < 40; i++)
    g_string_append (circle, "thank you ");
  g_assert_cmpfloat (engine_speech_repetition (circle->str, circle->len), >, 5);
  g_assert_cmpfloat (engine_speech_repetition (prose, strlen (prose)), <, 2.4);
  g_assert_cmpfloat (engine_speech_repetition ("", 0), ==, 1);
}

/* ---- bad input ---------------------------------------------------------------------- */

static bool
never (void *user, const EngineSpeechSegment *segment)
{
  g_assert_not_reached ();
}

static void
test_bad_files (void)
{
  g_autofree char *packed = g_build_filename (GOLDEN_FOLDER, "whisper.gguf.gz", NULL), *path = NULL;
  g_autoptr (GBytes) bytes = tiny_unpack (packed);
  gsize n;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, &n), g_bytes_get_size (bytes));
  int fd = g_file_open_tmp ("melete-speech-XXXXXX.gguf", &path, NULL);

  g_close (fd, NULL);
  for (int i = 0; i < 400; i++) {
    gsize at = (gsize) g_test_rand_int_range (0, 6000);
    guint8 kept = copy[at];
    EngineError error = { 0 };
    EngineTranscriber *transcriber;

    copy[at] = (guint8) g_test_rand_int_range (0, 256);
    g_file_set_contents (path, (const char *) copy, (gssize) (i == 0 ? n / 2 : n), NULL);
    transcriber = engine_transcriber_load (path, NULL, &error);
    g_assert_true (transcriber != NULL || error.message[0] != '\0');
    engine_transcriber_unref (transcriber);
    copy[at] = kept;
  }
  g_file_set_contents (path, (const char *) copy, (gssize) n, NULL);
  {
    static const float silence[200];
    EngineError error = { 0 };
    EngineTranscriber *transcriber = engine_transcriber_load (path, NULL, &error);

    g_assert_false (engine_transcriber_run (transcriber, silence, 10, NULL, never, NULL, NULL, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    error = (EngineError) { 0 };
    g_assert_false (engine_transcriber_run (transcriber, silence, 200, &(EngineSpeechParams) { .language = "xx" }, never, NULL, NULL, &error));
    g_assert_nonnull (strstr (error.message, "\"xx\""));
    error = (EngineError) { 0 };
    engine_transcriber_cancel (transcriber);
    g_assert_false (engine_transcriber_run (transcriber, silence, 200, NULL, never, NULL, NULL, &error));
    g_assert_cmpint (error.code, ==, ENGINE_CANCELLED);
    error = (EngineError) { 0 };
    /* Where there is nothing to hear nothing is made up. */
    g_assert_true (engine_transcriber_run (transcriber, silence, 200, NULL, never, NULL, NULL, &error));
    engine_transcriber_unref (transcriber);
    transcriber = engine_transcriber_load (path, &(EngineLoadOptions) { .vocab_only = true }, &error);
    g_assert_cmpstr (engine_transcriber_info (transcriber)->architecture, ==, "whisper");
    g_assert_false (engine_transcriber_run (transcriber, silence, 200, NULL, never, NULL, NULL, &error));
    g_assert_nonnull (strstr (error.message, "without its weights"));
    engine_transcriber_unref (transcriber);
  }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    backend = ENGINE_BACKEND_GL;
  g_test_add_func ("/engine/speech/model", test_model);
  g_test_add_func ("/engine/speech/beams", test_beams);
  if (backend == ENGINE_BACKEND_CPU) {
    g_test_add_func ("/engine/speech/mel", test_mel);
    g_test_add_func ("/engine/speech/rules", test_rules);
    g_test_add_func ("/engine/speech/repetition", test_repetition);
    g_test_add_func ("/engine/speech/bad-files", test_bad_files);
  }
  return g_test_run ();
}
