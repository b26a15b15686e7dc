/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-film.h"

#include <math.h>

#include "media-clip.h"
#include "media.h"
#include "ui-picture.h"

/* Seconds that are decoded at once, pictures of each of them, and their longest side: a reel is some forty megabytes. */
#define REEL 3.0
#define FRAMES_A_SECOND 10
#define MAX_SIDE 720

typedef struct {
  int number;        /* from 0: of seconds number × REEL on; −1: none */
  GPtrArray *frames; /* of MediaClipFrame; empty where nothing could be decoded */
} Reel;

struct _UiFilm {
  GObject parent_instance;

  GBytes *bytes;
  guint width, height;
  double seconds;

  Reel reels[2];             /* the one that is shown, and the next */
  int loading;               /* the number of the one that is decoded, or −1 */
  GCancellable *cancellable; /* of it */
  double wanted;
  const MediaClipFrame *shown; /* in one of the reels; NULL: none yet */
  GdkTexture *texture;
};

static void paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UiFilm, ui_film, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

static int
number_of (double second)
{
  return (int) floor (second / REEL);
}

static Reel *
find (UiFilm *self, int number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->reels); i++)
    if (self->reels[i].number == number)
      return &self->reels[i];
  return NULL;
}

static void
empty (Reel *reel)
{
  reel->number = -1;
  g_clear_pointer (&reel->frames, g_ptr_array_unref);
}

/* Shows the last one that is not after what is wanted. */
static void
show (UiFilm *self, const Reel *reel)
{
  const MediaClipFrame *frame = NULL;

  for (guint i = 0; i < reel->frames->len && (!frame || ((MediaClipFrame *) reel->frames->pdata[i])->seconds <= self->wanted); i++)
    frame = reel->frames->pdata[i];
  if (!frame || frame == self->shown)
    return;
  self->shown = frame;
  g_clear_object (&self->texture);
  self->texture = ui_picture_to_texture (frame->picture);
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static void go_on (UiFilm *self);

static void
on_decoded (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (UiFilm) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);
  int wanted = number_of (self->wanted);
  Reel *reel;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* The one that is farther from what is wanted makes room. */
  reel = self->reels[0].number == wanted || self->reels[0].number == self->loading - 1 ? &self->reels[1] : &self->reels[0];
  if (reel->frames && self->shown && g_ptr_array_find (reel->frames, self->shown, NULL))
    self->shown = NULL;
  empty (reel);
  reel->number = self->loading;
  /* What cannot be decoded is not tried again and again. */
  reel->frames = result ? g_ptr_array_ref (result->frames) : g_ptr_array_new ();
  self->loading = -1;
  g_clear_object (&self->cancellable);
  go_on (self);
}

static void
load (UiFilm *self, int number)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.from = number * REEL;
  request.until = fmin ((number + 1) * REEL, self->seconds);
  request.max_frames = (guint) CLAMP (ceil ((request.until - request.from) * FRAMES_A_SECOND), 1, REEL * FRAMES_A_SECOND);
  request.max_side = MAX_SIDE;
  self->loading = number;
  self->cancellable = g_cancellable_new ();
  media_decode_async (&request, self->bytes, self->cancellable, NULL, NULL, on_decoded, g_object_ref (self));
}

/* What is wanted now, then what will be. */
static void
go_on (UiFilm *self)
{
  int wanted = number_of (self->wanted);
  Reel *reel = find (self, wanted);

  if (reel)
    show (self, reel);
  if (self->loading >= 0 && self->loading != wanted && (!reel || self->loading != wanted + 1)) {
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->loading = -1;
  }
  if (self->loading >= 0)
    return;
  if (!reel)
    load (self, wanted);
  else if ((wanted + 1) * REEL < self->seconds && !find (self, wanted + 1))
    load (self, wanted + 1);
}

void
ui_film_seek (UiFilm *self, double second)
{
  /* The last moment is of the last reel. */
  self->wanted = CLAMP (second, 0, fmax (0, self->seconds - 0.001));
  go_on (self);
}

double
ui_film_get_shown (UiFilm *self)
{
  return self->shown ? self->shown->seconds : -1;
}

/* ---- paintable ---- */

static void
ui_film_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  UiFilm *self = UI_FILM (paintable);

  if (self->texture)
    gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
}

static int
ui_film_get_intrinsic_width (GdkPaintable *paintable)
{
  return (int) UI_FILM (paintable)->width;
}

static int
ui_film_get_intrinsic_height (GdkPaintable *paintable)
{
  return (int) UI_FILM (paintable)->height;
}

static GdkPaintableFlags
ui_film_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_SIZE;
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = ui_film_snapshot;
  iface->get_intrinsic_width = ui_film_get_intrinsic_width;
  iface->get_intrinsic_height = ui_film_get_intrinsic_height;
  iface->get_flags = ui_film_get_flags;
}

/* ---- object ---- */

static void
ui_film_dispose (GObject *object)
{
  UiFilm *self = UI_FILM (object);

  g_clear_object (&self->texture);
  self->shown = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (self->reels); i++)
    empty (&self->reels[i]);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (ui_film_parent_class)->dispose (object);
}

static void
ui_film_class_init (UiFilmClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_film_dispose;
}

static void
ui_film_init (UiFilm *self)
{
  self->loading = -1;
  for (gsize i = 0; i < G_N_ELEMENTS (self->reels); i++)
    self->reels[i].number = -1;
}

UiFilm *
ui_film_new (GBytes *bytes, guint width, guint height, double seconds)
{
  UiFilm *self = g_object_new (UI_TYPE_FILM, NULL);

  self->bytes = g_bytes_ref (bytes);
  self->width = width;
  self->height = height;
  self->seconds = seconds;
  return self;
}
