/* SPDX-License-Identifier: MIT */
/* Inside the capture library: pictures out of GStreamer's frames. Any thread. */
#pragma once

#include <gst/gst.h>

#include "media.h"

G_BEGIN_DECLS

/* A raw frame of any layout, no side longer than `max_side` pixels (0: as it is), with square pixels. Returns: (transfer full) (nullable): NULL when it cannot be mapped. */
MediaPicture *media_frame_convert (GstSample *sample, guint max_side);
/* A frame that is RGBA already, without a copy; it stays mapped as long as the picture lives. Returns: (transfer full) (nullable) */
MediaPicture *media_frame_wrap (GstSample *sample);

G_END_DECLS
