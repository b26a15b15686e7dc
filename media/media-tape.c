/* SPDX-License-Identifier: MIT */
#include "media-tape.h"

#include <math.h>

#include "media-frame.h"

struct _MediaTape {
  gatomicrefcount ref_count;
  guint max_side;
  double max_seconds, interval;

  GMutex lock; /* of all below */
  GPtrArray *frames;
  GstClockTime first; /* time stamp of the first frame */
  gint64 began;       /* when it came */
  double seconds;     /* of the newest frame that was shown */
  double due;         /* when the next picture is kept */
  gboolean full, ended;
};

MediaTape *
media_tape_new (guint max_seconds, double frames_a_second, guint max_side)
{
  MediaTape *self = g_new0 (MediaTape, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->max_seconds = max_seconds;
  self->interval = 1 / frames_a_second;
  self->max_side = max_side;
  self->frames = g_ptr_array_new_with_free_func (media_clip_frame_free);
  return self;
}

MediaTape *
media_tape_ref (MediaTape *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
media_tape_unref (MediaTape *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Whether a picture is due at this frame; `seconds` is its time. */
static gboolean
is_due (MediaTape *self, GstSample *sample, double *seconds, gboolean *became_full)
{
  gint64 now = g_get_monotonic_time ();
  GstClockTime time = GST_BUFFER_PTS (gst_sample_get_buffer (sample));

  if (self->ended || self->full)
    return FALSE;
  if (!GST_CLOCK_TIME_IS_VALID (time))
    time = (GstClockTime) now * 1000;
  if (self->began == 0) {
    self->began = now;
    self->first = time;
  }
  /* A source whose time jumps back does not make the clip endless: those frames count for nothing. */
  if (time < self->first + (GstClockTime) (self->seconds * GST_SECOND))
    return FALSE;
  self->seconds = (double) (time - self->first) / GST_SECOND;
  if (self->seconds >= self->max_seconds) {
    self->seconds = self->max_seconds;
    self->full = *became_full = TRUE;
    return FALSE;
  }
  *seconds = self->seconds;
  /* A thousandth of a second is what time stamps are rounded by. */
  if (self->seconds + 0.001 < self->due)
    return FALSE;
  /* Those that never came are not made up for. */
  self->due = (floor ((self->seconds + 0.001) / self->interval) + 1) * self->interval;
  return TRUE;
}

gboolean
media_tape_show (MediaTape *self, GstSample *sample)
{
  gboolean became_full = FALSE;
  double seconds = 0;

  g_mutex_lock (&self->lock);
  gboolean due = is_due (self, sample, &seconds, &became_full);
  g_mutex_unlock (&self->lock);
  if (!due)
    return became_full;
  /* Without the lock, so that the owner never waits for it. */
  MediaPicture *picture = media_frame_convert (sample, self->max_side);
  g_mutex_lock (&self->lock);
  if (picture != NULL && !self->ended)
    g_ptr_array_add (self->frames, media_clip_frame_new (g_steal_pointer (&picture), seconds));
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&picture, media_picture_unref);
  return FALSE;
}

gboolean
media_tape_is_full (MediaTape *self)
{
  g_mutex_lock (&self->lock);
  gboolean full = self->full;
  g_mutex_unlock (&self->lock);
  return full;
}

GPtrArray *
media_tape_end (MediaTape *self, double *seconds, gint64 *began)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  GPtrArray *frames = g_steal_pointer (&self->frames);
  self->frames = g_ptr_array_new_with_free_func (media_clip_frame_free);
  *seconds = self->seconds;
  *began = self->began;
  g_mutex_unlock (&self->lock);
  return frames;
}
