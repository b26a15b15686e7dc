/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-towers.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-attachment.h"
#include "app-error.h"
#include "app-hub-plan.h"
#include "media-clip.h"
#include "media.h"

#define MAX_KEPT ((gsize) 256 << 20) /* bytes of columns: those of a large model are a hundred megabytes a picture */
#define MAX_SIDE 8192  /* pixels: more than any model looks at */
#define WAIT 5000 /* microseconds, until it is looked again whether another one is done */
#define MAX_SIDE_OF_VIDEO 1024 /* pixels: of many pictures each is small to a model */

/* What is asked for. */
typedef struct {
  EngineTowerKind kind;
  const char *digest; /* of the file */
  gboolean video;
  AppMoment moment;   /* of it; zeros of another file */
  guint max_columns;
} Wanted;

typedef struct {
  Wanted wanted;      /* with a digest of its own */
  EngineMedia *media;
  gsize bytes;        /* of its columns */
} Kept;

struct _AppLocalTowers {
  GMutex mutex;        /* held while something is encoded */
  char *path;
  EngineLoadOptions options;
  EngineTower *towers[ENGINE_N_TOWERS]; /* NULL until they are needed */
  GArray *kept;        /* of Kept, the one that was used last at the end */
  char *film;          /* the digest of the video whose pictures are asked for one after the other, and those; NULL */
  MediaResult *frames;
  GMutex heads_mutex;
  EngineTower *heads[ENGINE_N_TOWERS];  /* without their weights, to measure with; NULL until they are needed */
};

static EngineTowerKind
kind_of (AppSenses sense)
{
  return sense == APP_SENSE_HEARING ? ENGINE_TOWER_SOUND : ENGINE_TOWER_PICTURES;
}

static void
clear_kept (gpointer data)
{
  Kept *kept = data;

  g_free ((char *) kept->wanted.digest);
  engine_media_unref (kept->media);
}

static void
let_film_go (AppLocalTowers *self)
{
  g_clear_pointer (&self->film, g_free);
  g_clear_pointer (&self->frames, media_result_unref);
}

static char *
path_beside (const char *model_path)
{
  gsize n = strlen (model_path);

  return g_str_has_suffix (model_path, ".gguf") ? g_strdup_printf ("%.*s" APP_HUB_PROJECTOR, (int) (n - strlen (".gguf")), model_path) : g_strconcat (model_path, APP_HUB_PROJECTOR, NULL);
}

static EngineTower *
load_head (const char *path, EngineTowerKind kind, EngineError *error)
{
  EngineLoadOptions options = { .vocab_only = true };

  return engine_tower_load (path, kind, &options, error);
}

AppSenses
app_local_towers_find (const char *model_path)
{
  static const AppSenses all[] = { APP_SENSE_SIGHT, APP_SENSE_HEARING };
  g_autofree char *path = path_beside (model_path);
  AppSenses senses = APP_SENSE_NONE;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return APP_SENSE_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    EngineTower *tower = load_head (path, kind_of (all[i]), NULL);

    senses |= tower ? all[i] : APP_SENSE_NONE;
    engine_tower_unref (tower);
  }
  return senses;
}

AppLocalTowers *
app_local_towers_new (const char *model_path, const EngineLoadOptions *options)
{
  AppLocalTowers *self = g_new0 (AppLocalTowers, 1);

  g_mutex_init (&self->mutex);
  g_mutex_init (&self->heads_mutex);
  self->path = path_beside (model_path);
  self->options = (EngineLoadOptions) { .backend = options->backend, .n_threads = options->n_threads, .gpu_sentinel = options->gpu_sentinel };
  self->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (self->kept, clear_kept);
  return self;
}

void
app_local_towers_free (AppLocalTowers *self)
{
  for (gsize i = 0; i < ENGINE_N_TOWERS; i++) {
    engine_tower_unref (self->towers[i]);
    engine_tower_unref (self->heads[i]);
  }
  g_array_unref (self->kept);
  let_film_go (self);
  g_mutex_clear (&self->heads_mutex);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/* ---- what was taken before ---- */

static gboolean
is_same (const Wanted *a, const Wanted *b)
{
  return a->kind == b->kind && a->max_columns == b->max_columns && a->video == b->video && a->moment.index == b->moment.index && a->moment.of == b->moment.of && g_str_equal (a->digest, b->digest);
}

/* A reference to it, which becomes the one that was used last; NULL. */
static EngineMedia *
find (AppLocalTowers *self, const Wanted *wanted)
{
  for (guint i = self->kept->len; i-- > 0;) {
    Kept kept = g_array_index (self->kept, Kept, i);

    if (!is_same (&kept.wanted, wanted))
      continue;
    kept.wanted.digest = g_strdup (kept.wanted.digest);
    engine_media_ref (kept.media);
    g_array_remove_index (self->kept, i);
    g_array_append_val (self->kept, kept);
    return engine_media_ref (kept.media);
  }
  return NULL;
}

static void
keep (AppLocalTowers *self, const Wanted *wanted, EngineMedia *media)
{
  Kept kept = { *wanted, engine_media_ref (media) };
  gsize bytes = 0;
  gint32 n;

  kept.wanted.digest = g_strdup (wanted->digest);
  engine_media_columns (media, &n);
  kept.bytes = (gsize) n * (gsize) engine_tower_info (self->towers[wanted->kind])->n_embd * sizeof (float);
  g_array_append_val (self->kept, kept);
  for (guint i = 0; i < self->kept->len; i++)
    bytes += g_array_index (self->kept, Kept, i).bytes;
  /* The latest one stays in any case. */
  for (; bytes > MAX_KEPT && self->kept->len > 1; g_array_remove_index (self->kept, 0))
    bytes -= g_array_index (self->kept, Kept, 0).bytes;
}

/* ---- seeing and hearing ---- */

/* What came out of a file: one of them. */
typedef struct {
  const MediaPicture *picture;
  MediaSound *sound;
} Decoded;

/* What the two have of their own. */
typedef struct {
  const char *on_processor; /* for the log */
  void (*ask) (const EngineTower *head, guint max_columns, MediaRequest *request);
  EngineMedia *(*encode) (EngineTower *tower, const Decoded *decoded, guint max_columns, EngineError *error);
} Sense;

static void
ask_picture (const EngineTower *head, guint max_columns, MediaRequest *request)
{
  media_request_init (request, MEDIA_JOB_PICTURE);
  request->max_side = MAX_SIDE;
}

static EngineMedia *
see (EngineTower *tower, const Decoded *decoded, guint max_columns, EngineError *error)
{
  const MediaPicture *picture = decoded->picture;

  return engine_tower_see (tower, &(EnginePicture) { (int) picture->width, (int) picture->height, 4, g_bytes_get_data (picture->pixels, NULL) }, (int) max_columns, error);
}

static gboolean
has_room (const EngineTower *head, gsize n_samples, guint max_columns)
{
  EngineMedia *media = engine_tower_measure_sound (head, n_samples, NULL);
  gint32 n = 0;

  if (media)
    engine_media_columns (media, &n);
  engine_media_unref (media);
  return media && (guint) n <= max_columns;
}

/* Not longer than there is room for, in whole seconds, which the helper sees to before it decodes. Ears that hear half a minute at once may want more of it than as many
 * seconds would. */
static void
ask_sound (const EngineTower *head, guint max_columns, MediaRequest *request)
{
  const EngineTowerInfo *info = engine_tower_info (head);
  guint64 rate = (guint64) info->sample_rate, room = ((guint64) max_columns * (guint64) info->samples_per_token + rate - 1) / rate;

  media_request_init (request, MEDIA_JOB_SOUND);
  request->sample_rate = (guint) info->sample_rate;
  request->max_seconds = (guint) CLAMP (room, 1, APP_ATTACHMENT_MAX_SECONDS);
  while (request->max_seconds > 1 && !has_room (head, (request->max_seconds - 1) * (gsize) rate + 1, max_columns))
    request->max_seconds--;
}

static EngineMedia *
hear (EngineTower *tower, const Decoded *decoded, guint max_columns, EngineError *error)
{
  EngineListener *listener = engine_listener_new (tower, error);
  EngineMedia *media = NULL;

  if (listener && engine_listener_push (listener, media_sound_get_samples (decoded->sound), decoded->sound->n_samples, error) && engine_listener_end (listener, error))
    media = engine_listener_media (listener, error);
  engine_listener_free (listener);
  return media;
}

static const Sense senses[ENGINE_N_TOWERS] = {
  [ENGINE_TOWER_PICTURES] = { "Pictures are seen on the processor", ask_picture, see },
  [ENGINE_TOWER_SOUND] = { "Sounds are heard on the processor", ask_sound, hear },
};

static EngineTower *
get_tower (AppLocalTowers *self, EngineTowerKind kind, EngineError *error)
{
  if (!self->towers[kind])
    self->towers[kind] = engine_tower_load (self->path, kind, &self->options, error);
  return self->towers[kind];
}

static void
on_cancelled (GCancellable *cancellable, EngineTower *tower)
{
  engine_tower_cancel (tower);
}

static EngineMedia *
encode_once (AppLocalTowers *self, EngineTowerKind kind, const Decoded *decoded, guint max_columns, GCancellable *cancellable, EngineError *error)
{
  EngineTower *tower = get_tower (self, kind, error);
  EngineMedia *media = NULL;
  gulong handler;

  if (!tower)
    return NULL;
  handler = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), tower, NULL) : 0;
  do {
    *error = (EngineError) { 0 };
    media = senses[kind].encode (tower, decoded, max_columns, error);
    /* A cancel that came too late for another file is not for this one. */
  } while (!media && error->code == ENGINE_CANCELLED && !g_cancellable_is_cancelled (cancellable));
  g_cancellable_disconnect (cancellable, handler);
  return media;
}

/* Whether the processor may do what the graphics card could not: then it does, from now on. */
static gboolean
leave_card (AppLocalTowers *self, EngineTowerKind kind, const EngineError *error)
{
  if (self->options.backend == ENGINE_BACKEND_CPU || error->code == ENGINE_CANCELLED || error->code == ENGINE_BAD_FILE || error->code == ENGINE_BAD_INPUT)
    return FALSE;
  g_message ("%s: %s", senses[kind].on_processor, error->message);
  for (gsize i = 0; i < ENGINE_N_TOWERS; i++)
    g_clear_pointer (&self->towers[i], engine_tower_unref);
  self->options.backend = ENGINE_BACKEND_CPU;
  return TRUE;
}

static EngineMedia *
encode (AppLocalTowers *self, EngineTowerKind kind, const Decoded *decoded, guint max_columns, GCancellable *cancellable, EngineError *error)
{
  EngineError first = { 0 };
  EngineMedia *media = encode_once (self, kind, decoded, max_columns, cancellable, &first);

  if (!media && leave_card (self, kind, &first))
    return encode_once (self, kind, decoded, max_columns, cancellable, error);
  *error = first;
  return media;
}

/* The head says what to decode. */
static EngineTower *
get_head (AppLocalTowers *self, EngineTowerKind kind, EngineError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->heads_mutex);

  if (!self->heads[kind])
    self->heads[kind] = load_head (self->path, kind, error);
  return self->heads[kind];
}

static void
set_error (EngineTowerKind kind, const EngineError *wrong, GError **error)
{
  if (wrong->code == ENGINE_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, wrong->message);
  else if (kind == ENGINE_TOWER_SOUND)
    /* Translators: what is wrong, a sentence that says what to do. */
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, _("The sound could not be played to the model. %s"), wrong->message);
  else
    /* Translators: what is wrong, a sentence that says what to do. */
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, _("The picture could not be shown to the model. %s"), wrong->message);
}

/* All of them at once, for the next ones will be asked for. (transfer full) (nullable) */
static MediaResult *
decode_film (AppLocalTowers *self, const Wanted *wanted, GBytes *file, GCancellable *cancellable, GError **error)
{
  MediaRequest request;

  if (self->film && g_str_equal (self->film, wanted->digest) && self->frames->frames->len == wanted->moment.of)
    return media_result_ref (self->frames);
  let_film_go (self);
  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_frames = wanted->moment.of;
  request.max_side = MAX_SIDE_OF_VIDEO;
  self->frames = media_decode (&request, file, cancellable, NULL, NULL, error);
  if (!self->frames)
    return NULL;
  self->film = g_strdup (wanted->digest);
  return media_result_ref (self->frames);
}

static MediaResult *
decode (AppLocalTowers *self, const Wanted *wanted, const EngineTower *head, GBytes *file, GCancellable *cancellable, GError **error)
{
  MediaRequest request;

  if (wanted->video && wanted->moment.of)
    return decode_film (self, wanted, file, cancellable, error);
  senses[wanted->kind].ask (head, wanted->max_columns, &request);
  if (wanted->video) {
    request.job = MEDIA_JOB_VIDEO;
    request.max_frames = 0;
  }
  return media_decode (&request, file, cancellable, NULL, NULL, error);
}

/* Of a video that is damaged further on, what came last stands for the rest. */
static Decoded
choose (const Wanted *wanted, const MediaResult *result)
{
  const GPtrArray *frames = result->frames;

  if (wanted->kind == ENGINE_TOWER_SOUND || !frames->len)
    return (Decoded) { result->picture, result->sound };
  return (Decoded) { ((MediaClipFrame *) frames->pdata[MIN (wanted->moment.index, frames->len - 1)])->picture, NULL };
}

static Wanted
want (AppSenses sense, const char *digest, const AppMoment *moment, guint max_columns)
{
  return (Wanted) { kind_of (sense), digest, moment != NULL, moment ? *moment : (AppMoment) { 0 }, max_columns };
}

/* The mutex is held. */
static EngineMedia *
take (AppLocalTowers *self, const Wanted *wanted, GBytes *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (MediaResult) result = NULL;
  EngineMedia *media = NULL;
  EngineError wrong = { 0 };
  EngineTower *head;
  Decoded decoded;

  head = get_head (self, wanted->kind, &wrong);
  if (!head) {
    set_error (wanted->kind, &wrong, error);
    return NULL;
  }
  result = decode (self, wanted, head, file, cancellable, error);
  if (!result || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  decoded = choose (wanted, result);
  if (wanted->kind == ENGINE_TOWER_SOUND ? !decoded.sound : !decoded.picture) {
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _("The video has nothing there that can be read. Save it again from where it came, or choose another one."));
    return NULL;
  }
  media = encode (self, wanted->kind, &decoded, wanted->max_columns, cancellable, &wrong);
  if (media)
    keep (self, wanted, media);
  else
    set_error (wanted->kind, &wrong, error);
  if (wanted->moment.of && wanted->moment.index + 1 == wanted->moment.of)
    let_film_go (self);
  return media;
}

EngineMedia *
app_local_towers_take (AppLocalTowers *self, AppSenses sense, GBytes *file, const char *sha256, const AppMoment *moment, guint max_columns, GCancellable *cancellable, GError **error)
{
  g_autofree char *digest = sha256 ? NULL : g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file);
  Wanted wanted = want (sense, sha256 ? sha256 : digest, moment, max_columns);
  EngineMedia *media;

  /* Whoever is at it may take seconds, and may be at the same. */
  while (!g_mutex_trylock (&self->mutex)) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    g_usleep (WAIT);
  }
  media = find (self, &wanted);
  if (!media)
    media = take (self, &wanted, file, cancellable, error);
  g_mutex_unlock (&self->mutex);
  return media;
}

/* ---- measuring ---- */

/* As large as the helper makes it. */
static EngineMedia *
measure_picture (EngineTower *head, const AppExtent *extent, guint max_side, guint max_columns, EngineError *error)
{
  guint side = extent->width > 0 ? MAX (extent->width, extent->height) : max_side;
  double scale = side > max_side ? (double) max_side / side : 1;
  guint width = extent->width > 0 ? extent->width : max_side, height = extent->width > 0 ? extent->height : max_side;

  return engine_tower_measure_picture (head, (int) MAX (1, width * scale), (int) MAX (1, height * scale), (int) max_columns, error);
}

EngineMedia *
app_local_towers_measure (AppLocalTowers *self, AppSenses sense, const char *sha256, const AppExtent *extent, const AppMoment *moment, guint max_columns, GError **error)
{
  Wanted wanted = want (sense, sha256, moment, max_columns);
  EngineMedia *media = NULL;
  EngineError wrong = { 0 };
  EngineTower *head;

  if (sha256 && g_mutex_trylock (&self->mutex)) {
    media = find (self, &wanted);
    g_mutex_unlock (&self->mutex);
  }
  head = media ? NULL : get_head (self, wanted.kind, &wrong);
  if (head && wanted.kind == ENGINE_TOWER_PICTURES)
    media = measure_picture (head, extent, moment ? MAX_SIDE_OF_VIDEO : MAX_SIDE, max_columns, &wrong);
  else if (head)
    media = engine_tower_measure_sound (head, (gsize) MAX (1, extent->seconds * engine_tower_info (head)->sample_rate), &wrong);
  if (!media)
    set_error (wanted.kind, &wrong, error);
  return media;
}
