/* SPDX-License-Identifier: MIT */
/* How long the towers of a file take for a picture and for a sound, one by one and side by side. What they are given is noise: no weight of theirs depends on what is seen. */
#include "tool.h"

#include <pthread.h>
#include <stdio.h>

static const char *image;
static double audio;
static int64_t n_repeat = 3;
static bool together;

static const ToolOption options[] = {
  { "--image", TOOL_STRING, &image, .argument = "W×H", .help = "a picture of so many pixels, as 1024x768" },
  { "--audio", TOOL_FLOAT, &audio, 0, 3600, "SECONDS", "a sound of that length" },
  { "--repeat", TOOL_INT, &n_repeat, 1, 100, "N", "measure N times and take the median (3)" },
  { "--together", TOOL_FLAG, &together, .help = "both at once too" },
};

/* One tower and what it is given. */
typedef struct {
  EngineTower  *tower;
  EnginePicture picture;
  float        *samples;
  size_t        n_samples;
  int32_t       n_columns; /* that came of it */
  EngineError   error;     /* of the thread */
  bool          ok;
} Sense;

static uint32_t
next_random (uint32_t *state)
{
  return *state = *state * 1664525u + 1013904223u;
}

static EngineTower *
load (const char *path, EngineTowerKind kind, EngineError *error)
{
  EngineLoadOptions how = { .n_threads = (int) tool_common.threads, .reference = tool_common.reference };

  engine_backend_from_name (tool_common.backend, &how.backend);
  return engine_tower_load (path, kind, &how, error);
}

static bool
prepare_picture (Sense *sense, const char *path, EngineError *error)
{
  int width, height;
  uint32_t state = 1;
  uint8_t *pixels;

  if (sscanf (image, "%dx%d", &width, &height) != 2 || width < 1 || height < 1 || width > ENGINE_PICTURE_SIDE_MAX || height > ENGINE_PICTURE_SIDE_MAX)
    return engine_fail (error, ENGINE_BAD_INPUT, "\"%s\" is no size of a picture; write it as 1024x768.", image);
  sense->tower = load (path, ENGINE_TOWER_PICTURES, error);
  pixels = sense->tower ? engine_calloc ((size_t) width * (size_t) height, 3, error) : NULL;
  if (!pixels)
    return false;
  for (size_t i = 0; i < (size_t) width * (size_t) height * 3; i++)
    pixels[i] = (uint8_t) (next_random (&state) >> 24);
  sense->picture = (EnginePicture) { .width = width, .height = height, .n_channels = 3, .pixels = pixels };
  return true;
}

static bool
prepare_sound (Sense *sense, const char *path, EngineError *error)
{
  uint32_t state = 1;

  sense->tower = load (path, ENGINE_TOWER_SOUND, error);
  if (!sense->tower)
    return false;
  sense->n_samples = (size_t) (audio * engine_tower_info (sense->tower)->sample_rate);
  sense->samples = engine_calloc (ENGINE_MAX (sense->n_samples, 1), sizeof *sense->samples, error);
  for (size_t i = 0; sense->samples && i < sense->n_samples; i++)
    sense->samples[i] = (float) (next_random (&state) >> 8) / (float) (1 << 23) - 1;
  return sense->samples != NULL;
}

static void *
use (void *data)
{
  Sense *sense = data;
  EngineMedia *media = NULL;

  if (sense->samples) {
    EngineListener *listener = engine_listener_new (sense->tower, &sense->error);

    sense->ok = listener && engine_listener_push (listener, sense->samples, sense->n_samples, &sense->error) && engine_listener_end (listener, &sense->error);
    media = sense->ok ? engine_listener_media (listener, &sense->error) : NULL;
    engine_listener_free (listener);
  } else {
    media = engine_tower_see (sense->tower, &sense->picture, 0, &sense->error);
  }
  sense->ok = media != NULL;
  if (media)
    engine_media_columns (media, &sense->n_columns);
  engine_media_unref (media);
  return NULL;
}

/* All of them at once; the first time is not counted. Negative after filling `error`. */
static double
measure (Sense **senses, int n, EngineError *error)
{
  double times[100];

  for (int64_t i = -1; i < n_repeat; i++) {
    double begin = tool_now_ms ();
    pthread_t threads[ENGINE_N_TOWERS];
    int n_started = 1;

    while (n_started < n && pthread_create (&threads[n_started], NULL, use, senses[n_started]) == 0)
      n_started++;
    use (senses[0]);
    for (int k = 1; k < n_started; k++)
      pthread_join (threads[k], NULL);
    if (n_started < n) {
      engine_fail (error, ENGINE_INTERNAL, "A thread could not be started.");
      return -1;
    }
    for (int k = 0; k < n; k++)
      if (!senses[k]->ok) {
        *error = senses[k]->error;
        return -1;
      }
    if (i >= 0)
      times[i] = tool_now_ms () - begin;
  }
  return tool_median (times, n_repeat);
}

static void
write_number (EngineText *out, const char *what, double ms, const int32_t *n_columns)
{
  if (tool_common.json)
    engine_text_printf (out, "%s\"%s_ms\": %.1f", out->length > 2 ? ", " : "", what, ms);
  else
    engine_text_printf (out, "%s%s: %.1f ms", out->length > 0 ? "\n" : "", what, ms);
  if (n_columns && tool_common.json)
    engine_text_printf (out, ", \"%s_columns\": %d", what, *n_columns);
  else if (n_columns)
    engine_text_printf (out, ", %d columns", *n_columns);
}

static bool
measure_all (Sense *seeing, Sense *hearing, EngineText *out, EngineError *error)
{
  Sense *both[] = { seeing, hearing };
  double ms;

  if (seeing->tower && (ms = measure (both, 1, error)) < 0)
    return false;
  if (seeing->tower)
    write_number (out, "picture", ms, &seeing->n_columns);
  if (hearing->tower && (ms = measure (both + 1, 1, error)) < 0)
    return false;
  if (hearing->tower)
    write_number (out, "sound", ms, &hearing->n_columns);
  if (together && seeing->tower && hearing->tower) {
    if ((ms = measure (both, 2, error)) < 0)
      return false;
    write_number (out, "together", ms, NULL);
  }
  return true;
}

static bool
run_encode (char **arguments, int n_arguments, EngineError *error)
{
  Sense seeing = { 0 }, hearing = { 0 };
  EngineText out = { 0 };
  bool ok;

  (void) n_arguments;
  if (!image && audio <= 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "Say what is encoded: --image 1024x768, --audio 10, or both.");
  if (tool_common.json)
    engine_text_printf (&out, "{ ");
  ok = (!image || prepare_picture (&seeing, arguments[0], error)) && (audio <= 0 || prepare_sound (&hearing, arguments[0], error)) && measure_all (&seeing, &hearing, &out, error);
  if (tool_common.json)
    engine_text_printf (&out, " }");
  engine_tower_unref (seeing.tower);
  engine_tower_unref (hearing.tower);
  free ((void *) seeing.picture.pixels);
  free (hearing.samples);
  if (ok)
    return tool_print (&out, error);
  free (out.bytes);
  return false;
}

const ToolCommand tool_encode = {
  .name = "encode", .arguments = "PART", .summary = "Measures how long the part that sees or hears takes",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_encode,
};
