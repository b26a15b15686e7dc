/* SPDX-License-Identifier: MIT */
/* Small video files for tests, written by FFmpeg's own encoders. */
#pragma once

#include <glib.h>

/* What is seen in second `second`: the whole picture has one colour, and its upper left quarter is white. R, G, B. */
extern const guint8 sample_video_colours[6][3];

/* `format`: "mp4" (H.264, AAC), "mp4-mpeg4", "mov" (MJPEG, PCM), "webm" (VP8, Opus), "webm-vp9", "mkv" (H.264, FLAC). Ten pictures a second; with `tone` (Hz; 0: no sound) on two channels.
 * `turn`: degrees clockwise that a player turns it by. Returns: (transfer full) */
GBytes *sample_video (const char *format, guint width, guint height, double seconds, double tone, int turn);
