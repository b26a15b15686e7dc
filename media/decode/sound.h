/* SPDX-License-Identifier: MIT */
/* A sound file as one channel of samples at the rate that somebody wants.
 *
 * libsndfile reads, soxr changes the rate; both work in this one thread and open nothing. A file is opened first, so that its length is known and refused
 * before anything is decoded; then it is read in blocks, so that only what comes out has to fit in memory. Nothing here touches the
 * protocol of the helper, so that it can be tested and fuzzed alone.
 *
 * A file that is broken further on gives what came before. Only a file without any sound is a fault. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media-wire.h"

/* What a file may claim: telephones have 8000 Hz, laboratories 384,000; more channels than these have no loudspeakers. */
#define SOUND_MIN_RATE 4000
#define SOUND_MAX_RATE 384000
#define SOUND_MAX_CHANNELS 32

typedef struct SoundReader SoundReader;

typedef struct {
  /* Set by the caller. */
  const uint8_t *input;
  size_t size;
  uint32_t rate;        /* of what comes out, Hz: SOUND_MIN_RATE to SOUND_MAX_RATE */
  uint32_t max_seconds; /* longer files are refused */
  bool (*is_late) (void *data); /* whether to stop; may be NULL */
  void (*progress) (uint64_t done, uint64_t total, void *data); /* seconds; total 0: unknown; may be NULL */
  void *data;           /* of both */

  /* What sound_open () finds. */
  const char *format; /* "MP3", static */
  uint32_t file_rate; /* Hz */
  uint32_t channels;
  uint64_t n_frames;  /* of the file, as its head says; 0: unknown */

  /* What sound_read () adds. */
  MediaCut cut;     /* why it is not all; 0 if it is */
  MediaFault fault; /* why there is nothing */
  uint64_t at, of;

  SoundReader *reader;
} Sound;

/* Looks at the head of the file. Returns whether it can be read and is short enough; otherwise `fault` says why not. */
bool sound_open (Sound *sound);
/* How many samples at most come out. */
size_t sound_get_room (const Sound *sound);
/* Decodes into `samples`, which has `room` places: values from -1 to 1, all of them numbers. Returns how many came; 0 with `fault`. After sound_open (), once. */
size_t sound_read (Sound *sound, float *samples, size_t room);
/* Frees what it holds, not itself. */
void sound_clear (Sound *sound);
