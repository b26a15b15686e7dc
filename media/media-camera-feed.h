/* SPDX-License-Identifier: MIT */
/* Inside MediaCamera: the part that is on GStreamer's threads. */
#pragma once

#include "media-capture.h"
#include "media-tape.h"

G_BEGIN_DECLS

typedef struct _MediaCameraFeed MediaCameraFeed;

MediaCameraFeed *media_camera_feed_new (void);
void media_camera_feed_free (gpointer feed);
/* MediaCaptureInfo.build */
GstElement *media_camera_feed_build (MediaCapture *capture, gpointer feed, GstElement *source, GError **error);

/* The live picture that came since the last call, or NULL. Returns: (transfer full) (nullable) */
MediaPicture *media_camera_feed_take (MediaCameraFeed *feed);
/* Gives `task`, whose data is the longest side, the next picture. Takes `task` over. */
void media_camera_feed_shoot (MediaCameraFeed *feed, GTask *task);
/* Nothing more comes: tasks that still wait fail. */
void media_camera_feed_close (MediaCameraFeed *feed);
/* From now on `tape` is shown every frame; NULL: none. */
void media_camera_feed_set_tape (MediaCameraFeed *feed, MediaTape *tape);

G_END_DECLS
