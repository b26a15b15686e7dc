/* SPDX-License-Identifier: MIT */
/* Pictures of six shapes, from one pixel to 12 million and a file with transparent colours, and sounds of four lengths, the last a file of two channels at 44.1 kHz: tiny random towers give the
 * columns that transformers gives, and the models that are told of them the logits of the last word. Files are read by melete-media, as by melete-engine. With the argument "gl" on OpenGL. */
#include "given.h"

#include <glib/gstdio.h>
#include <string.h>

enum { N_VOCAB = 512, N_SOME = 6, KEPT = 40, STEREO_RATE = 44100, STEREO_FRAMES = 101430, MOST = 250, LARGE_MOST = 4096 };

/* No channels: the file palette.png. */
static const TowerPicture shapes[] = { { 1, 1, 3 }, { 3000, 20, 3 }, { 224, 224, 3 }, { 1080, 1920, 3 }, { 4000, 3000, 3 }, { 97, 61 } };
static const double seconds[] = { 0.2, 6.9875, 30.9875, 0 };

typedef struct {
  const char *name, *parts, *model; /* NULL: there are words for it in no test */
  int         width;
  gint32      between;              /* the word between the runs of a picture; below 0: none */
  int         most;                 /* columns */
  guint       too_slow;             /* shapes that are left out on OpenGL, where a software rasteriser needs half a minute for them */
  int         n_columns[G_N_ELEMENTS (shapes)]; /* 0: the processor refuses the shape, since a side comes out as 0 */
} Eyes;

typedef struct {
  const char *name, *parts, *model;
  int         rate;
  gboolean    too_slow;             /* the longest, in the same way: test-engine-towers-whisper-ears hears it there */
  int         n_columns[G_N_ELEMENTS (seconds)];
} Ears;

static const Eyes all_eyes[] = {
  { "spark", "muse-spark-parts.gguf.gz", "muse-spark-model.gguf.gz", WIDTH, -1, MOST, 0, { 1, 193, 225, 231, 234, 104 } },
  { "glimmer", "muse-glimmer-parts.gguf.gz", NULL, WIDTH, -1, MOST, 0, { 1, 193, 225, 231, 234, 104 } },
  { "gemma3", "gemma3-parts.gguf.gz", "gemma3-model.gguf.gz", WIDTH, -1, MOST, 0, { 100, 100, 100, 100, 100, 100 } },
  { "gemma4", "gemma4-parts.gguf.gz", "gemma4-model.gguf.gz", WIDTH, -1, MOST, 1 << 3, { 225, 193, 225, 231, 234, 228 } },
  { "gemma4-large", "gemma4-parts.gguf.gz", "gemma4-large-model.gguf.gz", WIDTH, -1, MOST, 1 << 1 | 1 << 3 | 1 << 4, { 225, 193, 225, 231, 234, 228 } },
  { "idefics3", "idefics3-parts.gguf.gz", NULL, WIDTH, -1, MOST, 0, { 90, 36, 90, 63, 90, 63 } },
  { "internvl", "internvl-parts.gguf.gz", "internvl-model.gguf.gz", WIDTH, -1, MOST, 0, { 9, 117, 90, 81, 117, 63 } },
  { "internvl-large", "internvl-large-parts.gguf.gz", NULL, WIDTH, -1, MOST, 0, { 9, 117, 90, 81, 117, 63 } },
  { "lfm2", "lfm2-parts.gguf.gz", "lfm2-model.gguf.gz", WIDTH, -1, LARGE_MOST, 1 << 3, { 64, 94, 64, 2300, 1770, 77 } },
  { "lfm2-plain", "lfm2-plain-parts.gguf.gz", NULL, WIDTH, -1, LARGE_MOST, 1 << 3 | 1 << 4, { 64, 94, 64, 2300, 1770, 77 } },
  { "pixtral", "pixtral-parts.gguf.gz", "pixtral-model.gguf.gz", WIDTH, TOWER_BREAK, MOST, 0, { 1, 0, 144, 84, 108, 96 } },
  { "mistral3", "mistral3-parts.gguf.gz", "mistral3-model.gguf.gz", WIDTH, TOWER_BREAK, MOST, 0, { 1, 0, 144, 84, 108, 96 } },
  { "qwen2.5vl", "qwen2.5vl-parts.gguf.gz", "qwen2.5vl-model.gguf.gz", WIDTH, -1, MOST, 0, { 4, 193, 225, 231, 234, 96 } },
  { "qwen2.5o", "qwen2.5o-parts.gguf.gz", NULL, WIDTH, -1, MOST, 0, { 4, 193, 225, 231, 234, 96 } },
  { "qwen3vl", "qwen3vl-parts.gguf.gz", "qwen3vl-model.gguf.gz", 3 * WIDTH, -1, MOST, 0, { 64, 193, 225, 231, 234, 96 } },
  { "qwen3.5", "qwen3.5-parts.gguf.gz", "qwen3.5-model.gguf.gz", WIDTH, -1, MOST, 0, { 64, 193, 225, 231, 234, 96 } },
};

static const Ears all_ears[] = {
  { "spark", "muse-spark-long-parts.gguf.gz", "muse-spark-model.gguf.gz", 24000, FALSE, { 3, 88, 388, 29 } },
  { "voxtral", "voxtral-parts.gguf.gz", "voxtral-model.gguf.gz", 16000, TRUE, { 375, 375, 750, 375 } },
  { "qwen2a", "qwen2a-parts.gguf.gz", "qwen2a-model.gguf.gz", 16000, TRUE, { 5, 175, 775, 57 } },
  { "qwen2.5o", "qwen2.5o-parts.gguf.gz", "qwen2.5o-model.gguf.gz", 16000, TRUE, { 5, 175, 775, 57 } },
  { "qwen3a", "qwen3a-parts.gguf.gz", "qwen3a-model.gguf.gz", 16000, FALSE, { 7, 91, 403, 30 } },
  { "gemma4", "gemma4-parts.gguf.gz", "gemma4-model.gguf.gz", 16000, FALSE, { 5, 175, 775, 58 } },
  { "ultravox", "ultravox-parts.gguf.gz", "ultravox-model.gguf.gz", 16000, TRUE, { 2, 44, 195, 15 } },
};

/* ---- what both are compared by --------------------------------------------------- */

static EngineModel *
load_model (const char *name)
{
  EngineLoadOptions options = { .backend = tower_backend, .n_threads = 2 };
  g_autoptr (GBytes) bytes = name ? tower_unpacked (name) : NULL;
  g_autofree char *path = name ? tower_write_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  EngineError error = { 0 };
  EngineModel *model;

  if (!name)
    return NULL;
  model = engine_model_load (path, &options, &error);
  if (!model)
    g_error ("%s", error.message);
  g_unlink (path);
  return model;
}

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  memcpy (user, logits, N_VOCAB * sizeof *logits);
  return true;
}

/* Every second of the last word's logits, [N_VOCAB / 2], of a turn with what was noticed, which it takes over. */
static void
ask (EngineModel *model, EngineMedia *media, gint32 between, float *some)
{
  g_autofree TowerGiven *given = g_new (TowerGiven, 1);
  float logits[N_VOCAB];
  EngineError error = { 0 };
  ToolSession session;

  tower_given_begin (given);
  tower_give (given, media, between);
  tower_given_end (given);
  if (!tool_session_init (&session, model, given->n_tokens, 1, &error))
    g_error ("%s", error.message);
  session.media = given->columns;
  session.n_media = given->list.n_columns;
  session.axes = model->hparams.rope.n_axes ? given->axes : NULL;
  session.lasts = model->hparams.whole_columns ? given->lasts : NULL;
  if (!tool_session_walk (&session, given->tokens, given->n_tokens, given->n_tokens - 1, 512, keep_logits, logits, &error))
    g_error ("%s", error.message);
  for (int i = 0; i < N_VOCAB / 2; i++)
    some[i] = logits[2 * i];
  tool_session_clear (&session);
  tower_given_clear (given);
}

/* Numbers of the golden file for one picture or sound. */
static gsize
golden_size (gsize width, const char *model)
{
  return N_SOME * width + (model ? N_VOCAB / 2 : 0);
}

/* Compares N_SOME of the columns, and the logits where there is a model, with the numbers from `first` on of the golden file. Takes the media over. */
static void
assert_noticed (const char *what, EngineMedia *media, EngineModel *model, gint32 between, const char *golden, gsize first)
{
  gsize width = (gsize) media->n_embd;
  g_autofree float *some = g_new (float, N_SOME * width);
  float logits[N_VOCAB / 2];

  for (int i = 0; i < N_SOME; i++)
    memcpy (some + (gsize) i * width, media->columns + (gsize) (i * (media->n - 1) / (N_SOME - 1)) * width, width * sizeof *some);
  tower_assert_golden (what, some, golden, first, N_SOME * width, 1e-5);
  first += N_SOME * width;
  if (!model) {
    engine_media_unref (media);
    return;
  }
  ask (model, media, between, logits);
  tower_assert_golden ("logits", logits, golden, first, N_VOCAB / 2, 1e-4);
}

/* ---- pictures -------------------------------------------------------------------- */

static EngineMedia *
see (EngineTower *tower, const TowerPicture *shape, int most)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, "palette.png", NULL);
  EnginePicture picture = { shape->width, shape->height, shape->n_channels, NULL };
  EngineError error = { 0 };
  EngineMedia *media;

  if (shape->n_channels)
    picture.pixels = tower_make_pixels (shape);
  else if (!tool_read_picture (path, &picture, &error))
    g_error ("%s", error.message);
  g_assert_cmpint (picture.width, ==, shape->width);
  g_assert_cmpint (picture.height, ==, shape->height);
  media = engine_tower_see (tower, &picture, most, &error);
  if (!media)
    g_error ("%s", error.message);
  if (shape->n_channels)
    g_free ((guint8 *) picture.pixels);
  else
    free ((guint8 *) picture.pixels);
  return media;
}

/* On OpenGL each run takes half of the towers, and two of these for each, drawn by the seed that it prints: all would take a rasteriser in software four minutes. ENGINE_TEST_ALL=1 takes all. */
static guint
draw_some (const char *name, gsize n)
{
  /* Each test begins with the same numbers. */
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int () ^ g_str_hash (name));
  guint some = 0;

  if (tower_backend == ENGINE_BACKEND_CPU || g_getenv ("ENGINE_TEST_ALL"))
    return ~0u;
  if (g_rand_boolean (random)) {
    g_test_message ("not drawn in this run");
    return 0;
  }
  while (__builtin_popcount (some) < 2)
    some |= 1u << g_rand_int_range (random, 0, (gint32) n);
  return some;
}

static void
test_shapes (gconstpointer data)
{
  const Eyes *eyes = data;
  guint some = draw_some (eyes->name, G_N_ELEMENTS (shapes));
  g_autofree char *golden = g_strconcat (eyes->name, "-shapes.f32", NULL);
  EngineTower *tower = some ? tower_load (eyes->parts, ENGINE_TOWER_PICTURES, FALSE, 2) : NULL;
  EngineModel *model = some ? load_model (eyes->model) : NULL;
  gsize first = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *what = g_strdup_printf ("%d × %d", shapes[i].width, shapes[i].height);
    gsize size = eyes->n_columns[i] ? golden_size ((gsize) eyes->width, eyes->model) : 0;
    EngineMedia *media;

    if (some & 1u << i && (tower_backend == ENGINE_BACKEND_CPU || !(eyes->too_slow & 1u << i))) {
      media = see (tower, &shapes[i], eyes->most);
      if (size) {
        g_assert_cmpint (media->n, ==, eyes->n_columns[i]);
        g_assert_cmpint (media->n_embd, ==, eyes->width);
        assert_noticed (what, media, model, eyes->between, golden, first);
      } else
        engine_media_unref (media);
    }
    first += size;
  }
  engine_model_unref (model);
  engine_tower_unref (tower);
}

/* ---- sounds ---------------------------------------------------------------------- */

/* The same as in tests/golden/towers/shapes.py: a WAV file of two channels, to be unlinked and freed. */
static char *
write_stereo (void)
{
  enum { N_BYTES = STEREO_FRAMES * 4, HEAD = 44 };
  g_autofree guint8 *bytes = g_malloc (HEAD + N_BYTES);
  guint32 numbers[] = { GUINT32_TO_LE (HEAD - 8 + N_BYTES), GUINT32_TO_LE (16), GUINT32_TO_LE (1 | 2 << 16), GUINT32_TO_LE (STEREO_RATE), GUINT32_TO_LE (STEREO_RATE * 4),
                        GUINT32_TO_LE (4 | 16 << 16), GUINT32_TO_LE (N_BYTES) };
  guint32 state = 1;

  memcpy (bytes, "RIFF....WAVEfmt ", 16);
  memcpy (bytes + 4, &numbers[0], 4);
  memcpy (bytes + 16, &numbers[1], 20);
  memcpy (bytes + 36, "data", 4);
  memcpy (bytes + 40, &numbers[6], 4);
  for (int i = 0; i < 2 * STEREO_FRAMES; i++) {
    gint32 value, divisor = i / 20000 % 3 ? 4 : 32;
    gint16 sample;

    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    value = (gint32) (state >> 8 & 0xffff);
    sample = GINT16_TO_LE ((gint16) (value / divisor - 32768 / divisor)); /* rounded down */
    memcpy (bytes + HEAD + 2 * i, &sample, sizeof sample);
  }
  return tower_write_bytes (bytes, HEAD + N_BYTES);
}

/* The file, as it comes to a tower: one channel, at its rate; compared with what the processors' own reader gives. To be freed with free (). */
static float *
read_stereo (int rate, gsize *n)
{
  g_autofree char *path = write_stereo (), *golden = g_strdup_printf ("stereo-%d.f32", rate);
  g_autofree float *some = NULL;
  float *samples = NULL;
  EngineError error = { 0 };

  if (!tool_read_sound (path, rate, &samples, n, &error))
    g_error ("%s", error.message);
  g_unlink (path);
  some = g_new (float, *n / KEPT + 1);
  for (gsize i = 0; i < *n; i += KEPT)
    some[i / KEPT] = samples[i];
  tower_assert_golden ("samples", some, golden, 0, (*n + KEPT - 1) / KEPT, 1e-5);
  return samples;
}

static EngineMedia *
hear (EngineTower *tower, const float *samples, gsize n)
{
  EngineError error = { 0 };
  EngineListener *listener = engine_listener_new (tower, &error);
  EngineMedia *media = NULL;

  if (listener && engine_listener_push (listener, samples, n, &error) && engine_listener_end (listener, &error))
    media = engine_listener_media (listener, &error);
  if (!media)
    g_error ("%s", error.message);
  engine_listener_free (listener);
  return media;
}

static void
test_lengths (gconstpointer data)
{
  const Ears *ears = data;
  guint some = draw_some (ears->name, G_N_ELEMENTS (seconds));
  g_autofree char *golden = g_strconcat (ears->name, "-lengths.f32", NULL);
  EngineTower *tower = some ? tower_load (ears->parts, ENGINE_TOWER_SOUND, FALSE, 2) : NULL;
  EngineModel *model = some ? load_model (ears->model) : NULL;
  gsize first = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++, first += golden_size (WIDTH, ears->model)) {
    g_autofree char *what = NULL;
    gsize n = (gsize) (seconds[i] * ears->rate + 0.5);
    float *samples;
    g_autofree float *noise = NULL;
    EngineMedia *media;

    if (!(some & 1u << i) || (ears->too_slow && seconds[i] > 30 && tower_backend != ENGINE_BACKEND_CPU))
      continue;
    samples = seconds[i] > 0 ? NULL : read_stereo (ears->rate, &n);
    noise = samples ? NULL : tower_make_sound (n);
    media = hear (tower, samples ? samples : noise, n);
    what = g_strdup_printf ("%.1f s", (double) n / ears->rate);
    g_assert_cmpint (media->n, ==, ears->n_columns[i]);
    assert_noticed (what, media, model, -1, golden, first);
    free (samples);
  }
  engine_model_unref (model);
  engine_tower_unref (tower);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (all_eyes); i++) {
    g_autofree char *path = g_strconcat ("/engine/towers/shapes/", all_eyes[i].name, NULL);

    g_test_add_data_func (path, &all_eyes[i], test_shapes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (all_ears); i++) {
    g_autofree char *path = g_strconcat ("/engine/towers/lengths/", all_ears[i].name, NULL);

    g_test_add_data_func (path, &all_ears[i], test_lengths);
  }
  return g_test_run ();
}
