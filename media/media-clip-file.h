/* SPDX-License-Identifier: MIT */
/* A clip as a video file like any other: WebM with VP8 and Opus, written by GStreamer. */
#pragma once

#include "media-clip.h"

G_BEGIN_DECLS

/* On a thread. The callback gets no source. */
void media_clip_write_async (MediaClip *clip, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The bytes of the file. Errors: MEDIA_ERROR_HELPER, with a sentence; G_IO_ERROR_CANCELLED. Returns: (transfer full) (nullable) */
GBytes *media_clip_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
