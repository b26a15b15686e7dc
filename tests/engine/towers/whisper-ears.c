/* SPDX-License-Identifier: MIT */
/* Ears like Whisper's: windows of the spectrogram are those of the models' own processors, tiny random towers give the columns that transformers gives, and the same bits for a sound as a whole, in
 * pieces of any length and with any number of threads. With the argument "gl" on OpenGL. */
#include "columns.h"
#include "towers.h"
#include "towers/sound_windows.h"

#include <string.h>

enum { BANDS = 128, N_FRAMES = 3000, STEP = 5, SECOND = 16000 };

/* About 0.2, 7 and 31 seconds, and one that ends within the last frame of a window. */
static const gsize sounds[] = { 3200, 111800, 479990, 495800 };
/* About as long, and before them one whose end is heard mirrored by ears that hear eight seconds at once. */
static const gsize heard[] = { 128010, 3200, 111800, 495800 };

typedef struct {
  const char *name, *parts, *golden;
  int         samples_per_token;
  gint32      n_columns[G_N_ELEMENTS (heard)]; /* 0: it is not for these */
  gint32      n_early;                         /* of the last, before its end is there */
  const char *before, *after;
} Ears;

static const Ears all_ears[] = {
  { "voxtral", "voxtral-parts.gguf.gz", "voxtral-audio.f32", 1280, { 0, 375, 375, 750 }, 375, "[BEGIN_AUDIO]", "" },
  { "qwen2a", "qwen2a-parts.gguf.gz", "qwen2a-audio.f32", 640, { 0, 5, 175, 775 }, 750, "<|audio_bos|>", "<|audio_eos|>" },
  { "qwen2.5o", "qwen2.5o-parts.gguf.gz", "qwen2.5o-audio.f32", 640, { 0, 5, 175, 775 }, 750, "<|audio_bos|>", "<|audio_eos|>" },
  { "qwen3a", "qwen3a-parts.gguf.gz", "qwen3a-audio.f32", 1230, { 104, 7, 91, 403 }, 312, "<|audio_start|>", "<|audio_end|>" },
  { "gemma4a", "gemma4-parts.gguf.gz", "gemma4-audio.f32", 640, { 0, 5, 175, 775 }, 750, "<|audio>", "<audio|>" },
  { "ultravox", "ultravox-parts.gguf.gz", "ultravox-audio.f32", 2560, { 0, 2, 44, 195 }, 188, "", "" },
};

/* ---- windows ------------------------------------------------------------------------ */

/* Every sound in pieces; a window that is asked for as soon as it is there has to be asked for once more at the end where something louder came. */
static void
test_windows (void)
{
  static const gsize pieces[] = { 500000, 479999, 4096, 160, 1 };
  const EngineWindowShape shape = { .n_mel = BANDS, .n_frames = N_FRAMES, .filled = TRUE };
  g_autofree float *frames = g_new (float, BANDS * N_FRAMES);
  g_autoptr (GArray) first = NULL;

  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
    g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (float));

    for (gsize s = 0; s < G_N_ELEMENTS (sounds); s++) {
      g_autofree float *samples = tower_make_sound (sounds[s]);
      EngineError error = { 0 };
      EngineSoundWindows *windows = engine_sound_windows_new (&shape, &error);
      int n_changed = 0, n_early;
      gint32 last;
      gsize n_full;

      g_assert_nonnull (windows);
      for (gsize i = 0; i < sounds[s]; i += pieces[p])
        g_assert_true (engine_sound_windows_push (windows, samples + i, MIN (pieces[p], sounds[s] - i), &error));
      n_early = engine_sound_windows_count (windows);
      for (int i = 0; i < n_early; i++)
        engine_sound_windows_frames (windows, i, frames);
      g_assert_true (engine_sound_windows_end (windows, &error));
      engine_sound_windows_measure (&shape, sounds[s], &n_full, &last);
      g_assert_cmpint (engine_sound_windows_count (windows), ==, (int) n_full + (last > 0));
      g_assert_cmpint (engine_sound_windows_heard (windows, (int) n_full), ==, last);
      for (int i = 0; i < engine_sound_windows_count (windows); i++) {
        n_changed += i < n_early && engine_sound_windows_changed (windows, i);
        engine_sound_windows_frames (windows, i, frames);
        g_assert_false (engine_sound_windows_changed (windows, i));
        for (int f = 0; f < N_FRAMES; f++)
          if (f < 3 || f > 2996 || (f % 97 == 0 && f < 2996))
            g_array_append_vals (chosen, frames + f * BANDS, BANDS);
      }
      g_assert_cmpint (n_changed, ==, sounds[s] > 480000);
      engine_sound_windows_free (windows);
    }
    if (p == 0) {
      tower_assert_golden ("windows", (float *) chosen->data, "windows.f32", 0, chosen->len, 1e-9);
      first = g_steal_pointer (&chosen);
    } else
      g_assert_cmpmem (chosen->data, chosen->len * sizeof (float), first->data, first->len * sizeof (float));
  }
}

/* ---- towers ------------------------------------------------------------------------- */

/* The columns of a sound as a whole; of the longest one they are kept for both tests: on OpenGL without a card they take long. */
static const float *
hear_whole (const Ears *ears, gsize s, gboolean reference, gint32 *n)
{
  static const Ears *whose;
  static float *kept;
  static gint32 n_kept;
  gboolean longest = s == G_N_ELEMENTS (heard) - 1;

  if (!kept || whose != ears || reference || !longest) {
    g_autofree float *samples = tower_make_sound (heard[s]);
    gint32 n_before;

    g_free (kept);
    kept = tower_listen (ears->parts, samples, heard[s], heard[s], reference, 2, &n_before, &n_kept);
    whose = longest && !reference ? ears : NULL;
    g_assert_cmpint (n_kept, ==, ears->n_columns[s]);
    g_assert_cmpint (n_before, ==, longest ? ears->n_early : 0);
  }
  *n = n_kept;
  return kept;
}

static void
test_golden (gconstpointer data)
{
  const Ears *ears = data;

  for (int reference = tower_backend == ENGINE_BACKEND_CPU; reference >= 0; reference--) {
    gsize done = 0;

    for (gsize s = ears->n_columns[0] == 0; s < G_N_ELEMENTS (heard); s++) {
      g_autofree char *what = g_strdup_printf ("%s, %.1f s", reference ? "reference" : "fast", (double) heard[s] / SECOND);
      g_autofree float *chosen = NULL;
      const float *columns;
      gint32 n, n_chosen;

      columns = hear_whole (ears, s, reference, &n);
      n_chosen = (n + STEP - 1) / STEP + 1;
      chosen = g_new (float, n_chosen * WIDTH);
      for (int i = 0; i < n_chosen; i++)
        memcpy (chosen + i * WIDTH, columns + (i < n_chosen - 1 ? i * STEP : n - 1) * WIDTH, WIDTH * sizeof *chosen);
      tower_assert_golden (what, chosen, ears->golden, done, (gsize) (n_chosen * WIDTH), reference ? 1e-10 : 1e-6);
      done += (gsize) (n_chosen * WIDTH);
    }
  }
}

/* The longest sound in pieces: it has two windows, the first of which is encoded again when the second is louder. */
static void
test_streamed (gconstpointer data)
{
  static const gsize pieces[] = { 24999, 1, 480041 };
  const Ears *ears = data;
  gsize longest = G_N_ELEMENTS (heard) - 1, n_pieces = tower_backend == ENGINE_BACKEND_CPU ? G_N_ELEMENTS (pieces) : 1;
  g_autofree float *samples = tower_make_sound (heard[longest]);

  for (gsize i = 0; i < n_pieces; i++) {
    gint32 n_before, n, n_whole;
    g_autofree float *streamed = tower_listen (ears->parts, samples, heard[longest], pieces[i], FALSE, (int) i % 3 + 1, &n_before, &n);
    const float *whole = hear_whole (ears, longest, FALSE, &n_whole);

    g_assert_cmpint (n_before, ==, ears->n_early);
    g_assert_cmpmem (streamed, (gsize) n * WIDTH * sizeof *streamed, whole, (gsize) n_whole * WIDTH * sizeof *whole);
  }
}

/* As many columns as are heard, told by the head of the file alone, and the words around them. */
static void
test_measured (gconstpointer data)
{
  static const gsize lengths[] = { 1, 160, 161, 320, 321, 3200, 479840, 480000, 480001, 480041, 960000 };
  const Ears *ears = data;
  g_autoptr (GBytes) bytes = tower_unpacked (ears->parts);
  const EngineLoadOptions head = { .vocab_only = true };
  EngineError error = { 0 };
  EngineTower *tower = tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_SOUND, &head, &error), *whole = tower_load (ears->parts, ENGINE_TOWER_SOUND, FALSE, 2);
  g_autofree float *samples = tower_make_sound (lengths[G_N_ELEMENTS (lengths) - 1]);

  g_assert_nonnull (tower);
  g_assert_cmpstr (engine_tower_info (tower)->projector, ==, ears->name);
  g_assert_cmpint (engine_tower_info (tower)->sample_rate, ==, SECOND);
  g_assert_cmpint (engine_tower_info (tower)->samples_per_token, ==, ears->samples_per_token);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
    EngineMedia *measured = engine_tower_measure_sound (tower, lengths[i], &error), *media;
    EngineListener *listener = engine_listener_new (whole, &error);
    gint32 n = 0, n_heard;

    if (measured)
      engine_media_columns (measured, &n);
    g_assert_true (engine_listener_push (listener, samples, lengths[i], &error) && engine_listener_end (listener, &error));
    engine_listener_columns (listener, &n_heard);
    g_assert_cmpint (n, ==, n_heard);
    media = engine_listener_media (listener, &error);
    g_assert_true ((media != NULL) == (n > 0));
    if (media) {
      g_assert_cmpstr (media->runs[0].before, ==, ears->before);
      g_assert_cmpstr (media->after, ==, ears->after);
    }
    engine_media_unref (media);
    engine_media_unref (measured);
    engine_listener_free (listener);
  }
  g_assert_null (engine_tower_measure_sound (tower, 0, &error));
  g_assert_null (engine_tower_measure_sound (tower, SIZE_MAX, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_tower_unref (tower);
  engine_tower_unref (whole);
}

static void
test_bad_files (gconstpointer data)
{
  const Ears *ears = data;

  tower_assert_bad_files (ears->parts, ENGINE_TOWER_SOUND);
}

static void
add (const char *what, const Ears *ears, GTestDataFunc func)
{
  g_autofree char *path = g_strconcat ("/engine/towers/", ears->name, "/", what, NULL);

  g_test_add_data_func (path, ears, func);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  if (tower_backend == ENGINE_BACKEND_CPU)
    g_test_add_func ("/engine/towers/windows", test_windows);
  for (gsize i = 0; i < G_N_ELEMENTS (all_ears); i++) {
    add ("golden", &all_ears[i], test_golden);
    add ("streamed", &all_ears[i], test_streamed);
    if (tower_backend == ENGINE_BACKEND_CPU) {
      add ("measured", &all_ears[i], test_measured);
      add ("bad-files", &all_ears[i], test_bad_files);
    }
  }
  return g_test_run ();
}
