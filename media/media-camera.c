/* SPDX-License-Identifier: MIT */
#include "media-camera.h"

#include <glib/gi18n-lib.h>

#include "media-camera-feed.h"
#include "media-recorder.h"

struct _MediaCamera {
  GObject parent_instance;

  MediaCaptureState state;
  MediaCapture *capture;   /* this use, or the last one; (nullable) */
  MediaPicture *frame;     /* (nullable) */
  MediaRecorder *recorder; /* (nullable) */
  GError *error;
};

G_DEFINE_FINAL_TYPE (MediaCamera, media_camera, G_TYPE_OBJECT)

enum { FRAME, STOPPED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_STATE = 1, PROP_RECORDING, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
set_state (MediaCamera *self, MediaCaptureState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
is_in_use (MediaCamera *self)
{
  return self->state == MEDIA_CAPTURE_STARTING || self->state == MEDIA_CAPTURE_ON;
}

static MediaCameraFeed *
get_feed (MediaCamera *self)
{
  return media_capture_get_feed (self->capture);
}

static void
on_ready (gpointer owner)
{
  MediaCamera *self = owner;

  if (!is_in_use (self))
    return;
  g_object_ref (self);
  MediaPicture *frame = media_camera_feed_take (get_feed (self));
  if (frame != NULL) {
    g_clear_pointer (&self->frame, media_picture_unref);
    self->frame = media_picture_ref (frame);
    set_state (self, MEDIA_CAPTURE_ON);
    if (is_in_use (self))
      g_signal_emit (self, signals[FRAME], 0, frame);
    media_picture_unref (frame);
  }
  if (self->recorder != NULL && media_tape_is_full (media_recorder_get_tape (self->recorder)))
    media_camera_record_stop (self);
  g_object_unref (self);
}

/* What waits for pictures waits in vain. */
static void
close_feed (MediaCamera *self)
{
  g_clear_pointer (&self->frame, media_picture_unref);
  media_camera_record_stop (self);
  media_camera_feed_close (get_feed (self));
}

static void
on_released (gpointer owner, const GError *error)
{
  MediaCamera *self = owner;

  g_object_ref (self);
  if (is_in_use (self))
    close_feed (self);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  set_state (self, error != NULL ? MEDIA_CAPTURE_FAILED : MEDIA_CAPTURE_OFF);
  g_signal_emit (self, signals[STOPPED], 0, error);
  g_object_unref (self);
}

static const MediaCaptureInfo capture_info = { media_camera_feed_build, on_ready, on_released, media_camera_feed_free };

void
media_camera_start (MediaCamera *self, MediaDevice *device)
{
  g_autoptr (MediaDevice) chosen = device != NULL ? g_object_ref (device) : media_device_get_default (MEDIA_DEVICE_CAMERA);
  g_autoptr (MediaCapture) before = NULL;

  g_return_if_fail (media_device_get_kind (chosen) == MEDIA_DEVICE_CAMERA);
  if (is_in_use (self))
    return;
  before = g_steal_pointer (&self->capture);
  if (before != NULL)
    media_capture_forget (before);
  g_clear_error (&self->error);
  self->capture = media_capture_start (&capture_info, chosen, self, media_camera_feed_new (), before);
  set_state (self, MEDIA_CAPTURE_STARTING);
}

void
media_camera_stop (MediaCamera *self)
{
  if (!is_in_use (self))
    return;
  g_object_ref (self);
  media_capture_stop (self->capture);
  close_feed (self);
  set_state (self, MEDIA_CAPTURE_STOPPING);
  g_object_unref (self);
}

MediaCaptureState
media_camera_get_state (MediaCamera *self)
{
  return self->state;
}

const GError *
media_camera_get_error (MediaCamera *self)
{
  return self->error;
}

MediaPicture *
media_camera_get_frame (MediaCamera *self)
{
  return self->frame;
}

/* ---- pictures ---- */

void
media_camera_snapshot_async (MediaCamera *self, guint max_side, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, media_camera_snapshot_async);
  g_task_set_task_data (task, GUINT_TO_POINTER (max_side), NULL);
  if (is_in_use (self)) {
    media_camera_feed_shoot (get_feed (self), task);
    return;
  }
  g_task_return_new_error (task, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("No picture was taken, because the camera is off. Switch it on and try again."));
  g_object_unref (task);
}

MediaPicture *
media_camera_snapshot_finish (MediaCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self) && g_async_result_is_tagged (result, media_camera_snapshot_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- clips ---- */

void
media_clip_options_init (MediaClipOptions *options)
{
  *options = (MediaClipOptions) { .max_seconds = MEDIA_CLIP_LONGEST, .frames_a_second = 1, .max_side = 1024, .with_sound = TRUE, .rate = 16000 };
}

static void
on_begin (gpointer owner)
{
  MediaCamera *self = owner;

  media_camera_feed_set_tape (get_feed (self), media_recorder_get_tape (self->recorder));
}

static void
on_over (gpointer owner)
{
  media_camera_record_stop (owner);
}

void
media_camera_record_async (MediaCamera *self, const MediaClipOptions *options, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  MediaClipOptions bounded = *options;

  g_task_set_source_tag (task, media_camera_record_async);
  if (!is_in_use (self) || self->recorder != NULL) {
    g_task_return_new_error (task, MEDIA_ERROR, MEDIA_ERROR_DEVICE, self->recorder != NULL ? _ ("A clip is being recorded already. End it first.") : _ ("Nothing was recorded, because the camera is off. Switch it on and try again."));
    g_object_unref (task);
    return;
  }
  bounded.max_seconds = CLAMP (bounded.max_seconds, 1, MEDIA_CLIP_LONGEST);
  bounded.frames_a_second = CLAMP (bounded.frames_a_second, 0.1, 10);
  bounded.rate = CLAMP (bounded.rate, 8000, 48000);
  self->recorder = media_recorder_new (&bounded, task, on_begin, on_over, self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECORDING]);
}

void
media_camera_record_stop (MediaCamera *self)
{
  MediaRecorder *recorder = g_steal_pointer (&self->recorder);

  if (recorder == NULL)
    return;
  media_camera_feed_set_tape (get_feed (self), NULL);
  media_recorder_finish (recorder);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECORDING]);
}

MediaClip *
media_camera_record_finish (MediaCamera *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self) && g_async_result_is_tagged (result, media_camera_record_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
media_camera_get_recording (MediaCamera *self)
{
  return self->recorder != NULL;
}

/* ---- the object ---- */

static void
media_camera_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MediaCamera *self = MEDIA_CAMERA (object);

  if (id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else
    g_value_set_boolean (value, media_camera_get_recording (self));
}

/* Whoever waits for a picture or a clip holds a reference, so there is none of them now. */
static void
media_camera_dispose (GObject *object)
{
  MediaCamera *self = MEDIA_CAMERA (object);

  if (self->capture != NULL)
    media_capture_forget (self->capture);
  g_clear_pointer (&self->capture, media_capture_unref);
  g_clear_pointer (&self->frame, media_picture_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (media_camera_parent_class)->dispose (object);
}

static void
media_camera_class_init (MediaCameraClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_camera_dispose;
  object_class->get_property = media_camera_get_property;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MEDIA_CAPTURE_OFF, MEDIA_CAPTURE_FAILED, MEDIA_CAPTURE_OFF, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_RECORDING] = g_param_spec_boolean ("recording", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[FRAME] = g_signal_new ("frame", MEDIA_TYPE_CAMERA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, MEDIA_TYPE_PICTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[STOPPED] = g_signal_new ("stopped", MEDIA_TYPE_CAMERA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_camera_init (MediaCamera *self)
{
}

MediaCamera *
media_camera_new (void)
{
  return g_object_new (MEDIA_TYPE_CAMERA, NULL);
}
