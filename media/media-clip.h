/* SPDX-License-Identifier: MIT */
/* A short film as a model takes it: some pictures with their times, and the sound. Any thread. */
#pragma once

#include "media.h"

G_BEGIN_DECLS

#define MEDIA_CLIP_LONGEST 30 /* seconds */

typedef struct {
  MediaPicture *picture; /* not mirrored */
  double seconds;        /* since the first, which is at 0; ascending */
} MediaClipFrame;

/* Immutable. */
typedef struct {
  GPtrArray *frames; /* of MediaClipFrame, at least one */
  MediaSound *sound; /* from the first picture on; NULL without a microphone */
  double seconds;    /* from the first picture to the end */
} MediaClip;

#define MEDIA_TYPE_CLIP (media_clip_get_type ())
GType media_clip_get_type (void);
/* Takes `frames` and `sound` over. Returns: (transfer full) */
MediaClip *media_clip_new (GPtrArray *frames, MediaSound *sound, double seconds);
MediaClip *media_clip_ref (MediaClip *clip);
void media_clip_unref (MediaClip *clip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaClip, media_clip_unref)

/* Takes `picture` over. For the `frames` of a clip: (transfer full) */
MediaClipFrame *media_clip_frame_new (MediaPicture *picture, double seconds);
void media_clip_frame_free (gpointer frame);

G_END_DECLS
