/* SPDX-License-Identifier: MIT */
/* A room with a loudspeaker and a microphone, as elements of GStreamer, exact to the sample whatever the machine does meanwhile: "roomsink" and "roomsrc" for
 * gst_parse_launch (), both with 16 bits, 48,000 Hz, one channel. What is played is heard 10 ms later and a third as loud, and with it what
 * somebody says; the microphone gives its samples 400 ms after they were heard, so that a busy machine has told it by then what was played. */
#pragma once

#include <gst/gst.h>

#define ROOM_RATE 48000

/* After gst_init (). */
void room_register (void);
/* Somebody begins to say `n` samples (copied) when the microphone has been open for `second`; NULL: nobody. */
void room_set_person (const gint16 *samples, gsize n, double second);
