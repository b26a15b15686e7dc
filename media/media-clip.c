/* SPDX-License-Identifier: MIT */
#include "media-clip.h"

G_DEFINE_BOXED_TYPE (MediaClip, media_clip, media_clip_ref, media_clip_unref)

MediaClipFrame *
media_clip_frame_new (MediaPicture *picture, double seconds)
{
  MediaClipFrame *frame = g_new (MediaClipFrame, 1);

  *frame = (MediaClipFrame) { picture, seconds };
  return frame;
}

void
media_clip_frame_free (gpointer data)
{
  MediaClipFrame *frame = data;

  media_picture_unref (frame->picture);
  g_free (frame);
}

MediaClip *
media_clip_new (GPtrArray *frames, MediaSound *sound, double seconds)
{
  MediaClip *clip = g_atomic_rc_box_new0 (MediaClip);

  clip->frames = frames;
  clip->sound = sound;
  clip->seconds = seconds;
  return clip;
}

MediaClip *
media_clip_ref (MediaClip *clip)
{
  return g_atomic_rc_box_acquire (clip);
}

static void
clear_clip (gpointer data)
{
  MediaClip *clip = data;

  g_ptr_array_unref (clip->frames);
  g_clear_pointer (&clip->sound, media_sound_unref);
}

void
media_clip_unref (MediaClip *clip)
{
  g_atomic_rc_box_release_full (clip, clear_clip);
}
