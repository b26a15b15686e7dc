/* SPDX-License-Identifier: MIT */
/* Inside the capture library: the pictures of a clip while it is recorded. GStreamer's thread shows it frames; it keeps those that are due. */
#pragma once

#include <gst/gst.h>

#include "media-clip.h"

G_BEGIN_DECLS

typedef struct _MediaTape MediaTape;

/* Returns: (transfer full) */
MediaTape *media_tape_new (guint max_seconds, double frames_a_second, guint max_side);
MediaTape *media_tape_ref (MediaTape *self);
void media_tape_unref (MediaTape *self);
/* Any thread, one at a time. Returns whether the tape has just become full. */
gboolean media_tape_show (MediaTape *self, GstSample *sample);
gboolean media_tape_is_full (MediaTape *self);
/* Ends it. Returns the frames (transfer full), how long it is, and when its first frame came, by g_get_monotonic_time (). */
GPtrArray *media_tape_end (MediaTape *self, double *seconds, gint64 *began);

G_END_DECLS
