/* SPDX-License-Identifier: MIT */
/* Pictures and sounds of the command line: melete-media decodes them, for the engine decodes nothing; towers make columns of them. */
#include "tool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAGIC 0x4d454c31u /* what melete-media begins with: see media/convert/main.c */

/* Where it may be, seen from melete-engine: installed beside it, or in a build directory. */
static const char *const beside[] = { "melete-media", "../../media/melete-media" };

static bool
find_converter (char *path, size_t size, EngineError *error)
{
  const char *named = getenv ("MELETE_MEDIA");
  char self[PATH_MAX], *slash;
  ssize_t n = readlink ("/proc/self/exe", self, sizeof self - 1);

  if (named && *named)
    return snprintf (path, size, "%s", named) < (int) size || engine_fail (error, ENGINE_BAD_INPUT, "The path in MELETE_MEDIA is too long.");
  self[ENGINE_MAX (n, 0)] = '\0';
  slash = strrchr (self, '/');
  for (size_t i = 0; slash && i < ENGINE_LENGTH (beside); i++)
    if (snprintf (path, size, "%.*s/%s", (int) (slash - self), self, beside[i]) < (int) size && access (path, X_OK) == 0)
      return true;
  return engine_fail (error, ENGINE_UNSUPPORTED, "The program melete-media, which reads pictures and sounds, is not installed; install Melete's application, or say in MELETE_MEDIA where it is.");
}

/* Starts it with what it is to read (`rate`: of a sound, NULL for a picture); gives its output, and its number in *child. */
static FILE *
start_converter (const char *what, const char *path, const char *rate, pid_t *child, EngineError *error)
{
  char program[PATH_MAX];
  int ends[2];

  if (!find_converter (program, sizeof program, error))
    return NULL;
  if (pipe (ends) != 0 || (*child = fork ()) < 0) {
    engine_fail (error, ENGINE_IO, "%s cannot be started: %s.", program, strerror (errno));
    return NULL;
  }
  if (*child == 0) {
    dup2 (ends[1], STDOUT_FILENO);
    close (ends[0]);
    close (ends[1]);
    execl (program, program, what, path, rate, NULL);
    _exit (127);
  }
  close (ends[1]);
  return fdopen (ends[0], "r");
}

/* What is wrong it has said on stderr. */
static bool
end_converter (FILE *output, pid_t child, bool ok, const char *path, EngineError *error)
{
  int status = 0;

  fclose (output);
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  return (ok && WIFEXITED (status) && WEXITSTATUS (status) == 0) || engine_fail (error, ENGINE_BAD_FILE, "\"%s\" cannot be read.", path);
}

bool
tool_read_picture (const char *path, EnginePicture *picture, EngineError *error)
{
  uint32_t head[4];
  uint8_t *pixels = NULL;
  size_t n = 0;
  pid_t child;
  FILE *output = start_converter ("picture", path, NULL, &child, error);
  bool ok;

  if (!output)
    return false;
  ok = fread (head, sizeof *head, ENGINE_LENGTH (head), output) == ENGINE_LENGTH (head) && head[0] == MAGIC && head[1] > 0 && head[1] <= ENGINE_PICTURE_SIDE_MAX && head[2] > 0 &&
       head[2] <= ENGINE_PICTURE_SIDE_MAX && head[3] > 0 && head[3] <= 4;
  if (ok) {
    n = (size_t) head[1] * head[2] * head[3];
    pixels = engine_calloc (n, 1, error);
    ok = pixels && fread (pixels, 1, n, output) == n;
  }
  if (!end_converter (output, child, ok, path, error)) {
    free (pixels);
    return false;
  }
  *picture = (EnginePicture) { (int32_t) head[1], (int32_t) head[2], (int32_t) head[3], pixels };
  return true;
}

bool
tool_read_sound (const char *path, int32_t rate, float **samples, size_t *n, EngineError *error)
{
  char rate_text[16];
  uint32_t head[4];
  pid_t child;
  FILE *output;
  bool ok;

  snprintf (rate_text, sizeof rate_text, "%d", rate);
  output = start_converter ("sound", path, rate_text, &child, error);
  if (!output)
    return false;
  *samples = NULL;
  ok = fread (head, sizeof *head, ENGINE_LENGTH (head), output) == ENGINE_LENGTH (head) && head[0] == MAGIC && head[1] == (uint32_t) rate && head[3] == 1;
  *n = ok ? head[2] : 0;
  if (ok) {
    *samples = engine_calloc (ENGINE_MAX (*n, 1), sizeof **samples, error);
    ok = *samples && fread (*samples, sizeof **samples, *n, output) == *n;
  }
  if (end_converter (output, child, ok, path, error))
    return true;
  free (*samples);
  return false;
}

static EngineMedia *
hear (EngineTower *tower, const char *path, EngineError *error)
{
  EngineListener *listener = NULL;
  EngineMedia *media = NULL;
  float *samples;
  size_t n;

  if (!tool_read_sound (path, engine_tower_info (tower)->sample_rate, &samples, &n, error))
    return NULL;
  listener = engine_listener_new (tower, error);
  if (listener && engine_listener_push (listener, samples, n, error) && engine_listener_end (listener, error))
    media = engine_listener_media (listener, error);
  engine_listener_free (listener);
  free (samples);
  return media;
}

static EngineMedia *
see (EngineTower *tower, const char *path, EngineError *error)
{
  EnginePicture picture;
  EngineMedia *media;

  if (!tool_read_picture (path, &picture, error))
    return NULL;
  media = engine_tower_see (tower, &picture, 0, error);
  free ((uint8_t *) picture.pixels);
  return media;
}

static EngineMedia *(*const notice[ENGINE_N_TOWERS]) (EngineTower *tower, const char *path, EngineError *error) = {
  [ENGINE_TOWER_PICTURES] = see,
  [ENGINE_TOWER_SOUND] = hear,
};

bool
tool_notice_all (EngineTowerKind kind, const char *part, const ToolList *paths, EngineMedia **media, EngineError *error)
{
  EngineLoadOptions options = { .n_threads = (int) tool_common.threads, .reference = tool_common.reference };
  EngineTower *tower;
  bool ok = true;

  if (paths->n == 0)
    return true;
  if (!part)
    return engine_fail (error, ENGINE_BAD_INPUT, "For pictures and sounds the model needs its other part: say with --mmproj which file that is.");
  engine_backend_from_name (tool_common.backend, &options.backend);
  tower = engine_tower_load (part, kind, &options, error);
  for (int i = 0; tower && ok && i < paths->n; i++)
    ok = (media[i] = notice[kind] (tower, paths->items[i], error)) != NULL;
  engine_tower_unref (tower);
  return tower && ok;
}
