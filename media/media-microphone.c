/* SPDX-License-Identifier: MIT */
#include "media-microphone.h"

#include "media-capture.h"
#include "media-microphone-feed.h"

struct _MediaMicrophone {
  GObject parent_instance;

  MediaCaptureState state;
  MediaCapture *capture; /* this use, or the last one; (nullable) */
  MediaMicrophoneReason reason;
  guint rate; /* of this use */
  GError *error;
};

G_DEFINE_FINAL_TYPE (MediaMicrophone, media_microphone, G_TYPE_OBJECT)

enum { SAMPLES, SPEECH_BEGAN, SPEECH_ENDED, LEVEL, STOPPED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
set_state (MediaMicrophone *self, MediaCaptureState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
is_in_use (MediaMicrophone *self)
{
  return self->state == MEDIA_CAPTURE_STARTING || self->state == MEDIA_CAPTURE_ON;
}

static void
give_piece (MediaMicrophone *self, MediaPiece *piece)
{
  if (piece->kind == MEDIA_PIECE_SAMPLES) {
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&piece->samples));
    g_autoptr (MediaSound) sound = media_sound_new (bytes, self->rate);
    g_signal_emit (self, signals[SAMPLES], 0, sound);
  } else
    g_signal_emit (self, signals[piece->kind == MEDIA_PIECE_BEGAN ? SPEECH_BEGAN : SPEECH_ENDED], 0);
}

/* Gives out what is in the feed; a handler may stop or start the microphone meanwhile, and what was caught is given all the same. */
static void
give_out (MediaMicrophone *self, gboolean last)
{
  MediaMicrophoneCatch caught = media_microphone_feed_take (media_capture_get_feed (self->capture), last);
  MediaPiece *piece;

  while ((piece = g_queue_pop_head (&caught.pieces)) != NULL) {
    give_piece (self, piece);
    media_piece_free (piece);
  }
  if (caught.has_level)
    g_signal_emit (self, signals[LEVEL], 0, caught.level.peak, caught.level.rms);
  if (caught.full && !last && is_in_use (self)) {
    media_microphone_stop (self);
    self->reason = MEDIA_MICROPHONE_BY_LIMIT;
  }
}

static void
on_ready (gpointer owner)
{
  MediaMicrophone *self = owner;

  if (!is_in_use (self))
    return;
  g_object_ref (self);
  set_state (self, MEDIA_CAPTURE_ON);
  if (is_in_use (self))
    give_out (self, FALSE);
  g_object_unref (self);
}

static void
on_released (gpointer owner, const GError *error)
{
  MediaMicrophone *self = owner;

  g_object_ref (self);
  if (is_in_use (self)) {
    self->reason = error != NULL ? MEDIA_MICROPHONE_BY_ERROR : MEDIA_MICROPHONE_BY_END;
    give_out (self, TRUE);
  } else
    error = NULL;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  set_state (self, error != NULL ? MEDIA_CAPTURE_FAILED : MEDIA_CAPTURE_OFF);
  g_signal_emit (self, signals[STOPPED], 0, (int) self->reason, error);
  g_object_unref (self);
}

static const MediaCaptureInfo capture_info = { media_microphone_feed_build, on_ready, on_released, media_microphone_feed_free };

void
media_microphone_start (MediaMicrophone *self, MediaDevice *device, const MediaMicrophoneOptions *options)
{
  g_autoptr (MediaDevice) chosen = device != NULL ? g_object_ref (device) : media_device_get_default (MEDIA_DEVICE_MICROPHONE);
  MediaMicrophoneOptions bounded = *options;
  g_autoptr (MediaCapture) before = NULL;

  g_return_if_fail (media_device_get_kind (chosen) == MEDIA_DEVICE_MICROPHONE);
  if (is_in_use (self))
    return;
  bounded.rate = CLAMP (bounded.rate, 8000, 48000);
  bounded.max_seconds = CLAMP (bounded.max_seconds, 1, MEDIA_MICROPHONE_LONGEST);
  before = g_steal_pointer (&self->capture);
  if (before != NULL)
    media_capture_forget (before);
  g_clear_error (&self->error);
  self->rate = bounded.rate;
  self->capture = media_capture_start (&capture_info, chosen, self, media_microphone_feed_new (&bounded), before);
  set_state (self, MEDIA_CAPTURE_STARTING);
}

void
media_microphone_stop (MediaMicrophone *self)
{
  if (!is_in_use (self))
    return;
  g_object_ref (self);
  self->reason = MEDIA_MICROPHONE_BY_CALLER;
  media_capture_stop (self->capture);
  /* First, so that a handler that stops it too does not come here again. */
  set_state (self, MEDIA_CAPTURE_STOPPING);
  if (self->state == MEDIA_CAPTURE_STOPPING)
    give_out (self, TRUE);
  g_object_unref (self);
}

MediaCaptureState
media_microphone_get_state (MediaMicrophone *self)
{
  return self->state;
}

const GError *
media_microphone_get_error (MediaMicrophone *self)
{
  return self->error;
}

static void
media_microphone_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int (value, (int) MEDIA_MICROPHONE (object)->state);
}

static void
media_microphone_dispose (GObject *object)
{
  MediaMicrophone *self = MEDIA_MICROPHONE (object);

  if (self->capture != NULL)
    media_capture_forget (self->capture);
  g_clear_pointer (&self->capture, media_capture_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (media_microphone_parent_class)->dispose (object);
}

static void
media_microphone_class_init (MediaMicrophoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_microphone_dispose;
  object_class->get_property = media_microphone_get_property;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MEDIA_CAPTURE_OFF, MEDIA_CAPTURE_FAILED, MEDIA_CAPTURE_OFF, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SAMPLES] = g_signal_new ("samples", MEDIA_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, MEDIA_TYPE_SOUND | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SPEECH_BEGAN] = g_signal_new ("speech-began", MEDIA_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SPEECH_ENDED] = g_signal_new ("speech-ended", MEDIA_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEVEL] = g_signal_new ("level", MEDIA_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[STOPPED] = g_signal_new ("stopped", MEDIA_TYPE_MICROPHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_ERROR);
}

static void
media_microphone_init (MediaMicrophone *self)
{
}

MediaMicrophone *
media_microphone_new (void)
{
  return g_object_new (MEDIA_TYPE_MICROPHONE, NULL);
}
