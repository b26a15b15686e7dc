/* SPDX-License-Identifier: MIT */
/* A video file as some of its pictures and one channel of sound.
 *
 * FFmpeg's libraries read, in this one thread, and open nothing: of the many formats that they know, a file gets to see one that its first bytes are of, and its streams one of a
 * few codecs. A file is opened first, so that its size and length are known and refused before anything is decoded. Nothing here touches the protocol of the helper, so that it can
 * be tested and fuzzed alone.
 *
 * Second 0 is where the file begins. A file that is broken further on gives what came before. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "media-wire.h"

/* Of one picture, stored: four times what the largest screens show. */
#define VIDEO_MAX_PIXELS (8192u * 8192u)
#define VIDEO_MAX_CHANNELS 32

typedef struct VideoReader VideoReader;

typedef struct {
  /* Set by the caller. */
  const uint8_t *input;
  size_t size;
  uint32_t max_side;    /* of the pictures that come out */
  uint32_t max_seconds; /* longer files are refused */
  bool (*is_late) (void *data); /* whether to stop; may be NULL */
  void *data;           /* of it */

  /* What video_open () finds. */
  const char *format;     /* "MP4", static */
  uint32_t width, height; /* as shown: upright, with square pixels */
  double seconds;
  bool has_sound;

  MediaCut cut;     /* why there is not more; 0 if there is */
  MediaFault fault; /* why there is nothing */
  uint64_t at, of;

  VideoReader *reader;
} Video;

/* Looks at the head of the file. Returns whether it has pictures that can be read and is short enough; otherwise `fault` says why not. */
bool video_open (Video *video);
/* The picture that is shown at `second`, upright; its `rgba` is the caller's. Ascending seconds are fast. Returns whether there is one: the last one stands for what comes after it. */
bool video_take (Video *video, double second, Image *image);
/* The sound from second `from` on, at `rate` Hz, into `samples`, which has `room` places: values from -1 to 1, all of them numbers; silence where the file has none. Returns how many came:
 * fewer than `room` where the sound ends. Pictures may be taken before, not after it. */
size_t video_hear (Video *video, double from, uint32_t rate, float *samples, size_t room);
/* Frees what it holds, not itself. */
void video_clear (Video *video);
