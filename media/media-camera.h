/* SPDX-License-Identifier: MIT */
/* MediaCamera: a live picture to look at, and pictures and clips to keep.
 *
 * The live picture is small and newest: at most 30 in a second, and one that was not looked at in time is replaced, never queued. What is kept is taken from what the camera
 * gives at full size. Nothing is mirrored; who shows a person their own face does that.
 *
 * Threads: one, whose thread-default main context signals and callbacks come in. Opening, releasing and converting happen elsewhere. */
#pragma once

#include "media-clip.h"
#include "media-device.h"

G_BEGIN_DECLS

/* The live picture is no larger, in pixels. */
#define MEDIA_CAMERA_PREVIEW_WIDTH 960
#define MEDIA_CAMERA_PREVIEW_HEIGHT 720

#define MEDIA_TYPE_CAMERA (media_camera_get_type ())
G_DECLARE_FINAL_TYPE (MediaCamera, media_camera, MEDIA, CAMERA, GObject)

/* Signals:
 *   "frame" (MediaPicture *picture): a new live picture;
 *   "stopped" (GError *error, nullable): the device is free; `error` when that was not asked for: MEDIA_ERROR_DEVICE or MEDIA_ERROR_DENIED, with a sentence. Once for each start.
 * Properties: "state" (int: MediaCaptureState), "recording" (boolean). */
MediaCamera *media_camera_new (void);

/* Opens `device`, or with NULL the default one. Nothing happens while it is on; while it is being released, it starts again after that. */
void media_camera_start (MediaCamera *self, MediaDevice *device);
/* No picture comes after this. A clip that is being recorded ends with what there is. The device is free when "stopped" comes. */
void media_camera_stop (MediaCamera *self);
MediaCaptureState media_camera_get_state (MediaCamera *self);
/* After MEDIA_CAPTURE_FAILED. (transfer none) (nullable) */
const GError *media_camera_get_error (MediaCamera *self);
/* The newest live picture while it is on. (transfer none) (nullable) */
MediaPicture *media_camera_get_frame (MediaCamera *self);

/* Takes the next picture that the camera gives, no side longer than `max_side` pixels, 0: at full size. Fails with MEDIA_ERROR_DEVICE when the camera is off or goes off before. */
void media_camera_snapshot_async (MediaCamera *self, guint max_side, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
MediaPicture *media_camera_snapshot_finish (MediaCamera *self, GAsyncResult *result, GError **error);

typedef struct {
  guint max_seconds;       /* 1 to MEDIA_CLIP_LONGEST */
  double frames_a_second;  /* that are kept: 0.1 to 10; 1 is what models are used to */
  guint max_side;          /* of the pictures, pixels; 30 of 1024 × 576 are 71 MB */
  gboolean with_sound;
  MediaDevice *microphone; /* NULL: the default one */
  guint rate;              /* of the sound, Hz, 8000 to 48,000 */
} MediaClipOptions;
void media_clip_options_init (MediaClipOptions *options);

/* Records until media_camera_record_stop (), the end of the camera, or `max_seconds`; one clip at a time. With sound it begins when both work: a microphone that does not
 * is an error. `options` is copied. */
void media_camera_record_async (MediaCamera *self, const MediaClipOptions *options, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
MediaClip *media_camera_record_finish (MediaCamera *self, GAsyncResult *result, GError **error);
void media_camera_record_stop (MediaCamera *self);
gboolean media_camera_get_recording (MediaCamera *self);

G_END_DECLS
