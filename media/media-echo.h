/* SPDX-License-Identifier: MIT */
/* Inside the media room: what this program plays, told to the microphones that are open, so that none takes the loudspeakers for a person.
 *
 *   what plays   … ! tee ─┬─ the sink                     a microphone   device ! … ! webrtcdsp ! …
 *                         └─ a sink that listens ──────────────────────→ a pad ! webrtcechoprobe
 *
 * The two have clocks of their own, and a device gives its samples late. So what is heard is stamped by the microphone's clock in the moment in which it is played, and told when
 * the microphone's samples have come to that moment; how long the way through the air is, webrtcdsp finds out.
 *
 * Threads: any, once GStreamer has been started; one lock. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A pipeline of `front`, in the words of gst_parse_launch (), and the output that the environment or the system has. Returns: (transfer full) */
GstElement *media_echo_make_player (const char *front, GError **error);

/* For how many seconds something has been played without a pause; 0 when nothing is, or was in the last moments. */
double media_echo_get_seconds (void);

/* Hz at which webrtcdsp must run to hear the same. */
#define MEDIA_ECHO_RATE 48000

/* Puts webrtcechoprobe `name` into the microphone's pipeline, and tells it what is played. Before webrtcdsp is started. NULL where parts of GStreamer are missing. */
typedef struct _MediaEar MediaEar;
MediaEar *media_ear_new (const char *name, GstElement *pipeline);
/* After the pipeline has stopped. */
void media_ear_free (MediaEar *ear);
/* On the microphone's thread, before its samples go on: they have come to `until`, of its running time. */
void media_ear_hear (MediaEar *ear, GstClockTime until);

G_END_DECLS
