/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-towers.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-hub-plan.h"
#include "media.h"

#define MAX_KEPT ((gsize) 256 << 20) /* bytes of columns: those of a large model are a hundred megabytes a picture */
#define MAX_SIDE 8192  /* pixels: more than any model looks at */

typedef struct {
  char *digest;        /* of the file */
  guint max_columns;
  EngineMedia *media;
  gsize bytes;         /* of its columns */
} Kept;

struct _AppLocalTowers {
  GMutex mutex;
  char *path;
  EngineLoadOptions options;
  EngineTower *eyes;   /* NULL until they are needed */
  GArray *kept;        /* of Kept, the one that was used last at the end */
};

static void
clear_kept (gpointer data)
{
  Kept *kept = data;

  g_free (kept->digest);
  engine_media_unref (kept->media);
}

static char *
path_beside (const char *model_path)
{
  gsize n = strlen (model_path);

  return g_str_has_suffix (model_path, ".gguf") ? g_strdup_printf ("%.*s" APP_HUB_PROJECTOR, (int) (n - strlen (".gguf")), model_path) : g_strconcat (model_path, APP_HUB_PROJECTOR, NULL);
}

gboolean
app_local_towers_can_see (const char *model_path)
{
  g_autofree char *path = path_beside (model_path);
  EngineLoadOptions options = { .vocab_only = true };
  EngineError error = { 0 };
  EngineTower *eyes = g_file_test (path, G_FILE_TEST_EXISTS) ? engine_tower_load (path, ENGINE_TOWER_PICTURES, &options, &error) : NULL;

  if (!eyes)
    return FALSE;
  engine_tower_unref (eyes);
  return TRUE;
}

AppLocalTowers *
app_local_towers_new (const char *model_path, const EngineLoadOptions *options)
{
  AppLocalTowers *self = g_new0 (AppLocalTowers, 1);

  g_mutex_init (&self->mutex);
  self->path = path_beside (model_path);
  self->options = (EngineLoadOptions) { .backend = options->backend, .n_threads = options->n_threads, .gpu_sentinel = options->gpu_sentinel };
  self->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (self->kept, clear_kept);
  return self;
}

void
app_local_towers_free (AppLocalTowers *self)
{
  engine_tower_unref (self->eyes);
  g_array_unref (self->kept);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/* ---- what was seen before ---- */

/* A reference to it, which becomes the one that was used last; NULL. */
static EngineMedia *
find (AppLocalTowers *self, const char *digest, guint max_columns)
{
  for (guint i = self->kept->len; i-- > 0;) {
    Kept kept = g_array_index (self->kept, Kept, i);

    if (kept.max_columns != max_columns || !g_str_equal (kept.digest, digest))
      continue;
    kept.digest = g_strdup (kept.digest);
    engine_media_ref (kept.media);
    g_array_remove_index (self->kept, i);
    g_array_append_val (self->kept, kept);
    return engine_media_ref (kept.media);
  }
  return NULL;
}

static void
keep (AppLocalTowers *self, const char *digest, guint max_columns, EngineMedia *media)
{
  Kept kept = { g_strdup (digest), max_columns, engine_media_ref (media) };
  gsize bytes = 0;
  gint32 n;

  engine_media_columns (media, &n);
  kept.bytes = (gsize) n * (gsize) engine_tower_info (self->eyes)->n_embd * sizeof (float);
  g_array_append_val (self->kept, kept);
  for (guint i = 0; i < self->kept->len; i++)
    bytes += g_array_index (self->kept, Kept, i).bytes;
  /* The latest one stays in any case. */
  for (; bytes > MAX_KEPT && self->kept->len > 1; g_array_remove_index (self->kept, 0))
    bytes -= g_array_index (self->kept, Kept, 0).bytes;
}

/* ---- seeing ---- */

static MediaResult *
decode (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_PICTURE);
  request.max_side = MAX_SIDE;
  return media_decode (&request, bytes, cancellable, NULL, NULL, error);
}

static void
on_cancelled (GCancellable *cancellable, EngineTower *tower)
{
  engine_tower_cancel (tower);
}

static EngineMedia *
see_once (AppLocalTowers *self, const MediaPicture *picture, guint max_columns, GCancellable *cancellable, EngineError *error)
{
  const EnginePicture pixels = { (int) picture->width, (int) picture->height, 4, g_bytes_get_data (picture->pixels, NULL) };
  EngineMedia *media = NULL;
  gulong handler;

  if (!self->eyes)
    self->eyes = engine_tower_load (self->path, ENGINE_TOWER_PICTURES, &self->options, error);
  if (!self->eyes)
    return NULL;
  handler = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self->eyes, NULL) : 0;
  do {
    *error = (EngineError) { 0 };
    media = engine_tower_see (self->eyes, &pixels, (int) max_columns, error);
    /* A cancel that came too late for another picture is not for this one. */
  } while (!media && error->code == ENGINE_CANCELLED && !g_cancellable_is_cancelled (cancellable));
  g_cancellable_disconnect (cancellable, handler);
  return media;
}

/* What the graphics card could not the processor may do, from now on. */
static EngineMedia *
see (AppLocalTowers *self, const MediaPicture *picture, guint max_columns, GCancellable *cancellable, EngineError *error)
{
  EngineError first = { 0 };
  EngineMedia *media = see_once (self, picture, max_columns, cancellable, &first);

  if (media || self->options.backend == ENGINE_BACKEND_CPU || first.code == ENGINE_CANCELLED || first.code == ENGINE_BAD_FILE || first.code == ENGINE_BAD_INPUT) {
    *error = first;
    return media;
  }
  g_message ("Pictures are seen on the processor: %s", first.message);
  g_clear_pointer (&self->eyes, engine_tower_unref);
  self->options.backend = ENGINE_BACKEND_CPU;
  return see_once (self, picture, max_columns, cancellable, error);
}

EngineMedia *
app_local_towers_see (AppLocalTowers *self, GBytes *picture, guint max_columns, GCancellable *cancellable, GError **error)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, picture);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (MediaResult) decoded = NULL;
  EngineMedia *media = find (self, digest, max_columns);
  EngineError wrong = { 0 };

  if (media)
    return media;
  decoded = decode (picture, cancellable, error);
  if (!decoded)
    return NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  media = see (self, decoded->picture, max_columns, cancellable, &wrong);
  if (media)
    keep (self, digest, max_columns, media);
  else if (wrong.code == ENGINE_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, wrong.message);
  else
    /* Translators: what is wrong, a sentence that says what to do. */
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, _("The picture could not be shown to the model. %s"), wrong.message);
  return media;
}
