/* SPDX-License-Identifier: MIT */
/* MediaMicrophone: what is said, as samples for a model and a level for a meter.
 *
 * Push-to-talk is the caller's start and stop. With `hands_free`, only speech comes out, with the 0.3 s before it; with `marks_speech`, a caller who keeps all can tell when
 * somebody has finished. Nothing is written to a file.
 *
 * Threads: one, whose thread-default main context the signals come in; opening and releasing the device happen elsewhere and never hold it up.
 * What is not taken in time waits, up to 30 s of it; after that it is lost. */
#pragma once

#include "media-device.h"
#include "media-sound.h"

G_BEGIN_DECLS

#define MEDIA_MICROPHONE_LONGEST 3600 /* seconds */

typedef struct {
  guint rate;          /* of the samples, Hz, from 8000 to 48,000: what the model wants */
  guint max_seconds;   /* of sound, then it stops by itself; at most MEDIA_MICROPHONE_LONGEST */
  gboolean hands_free; /* only speech */
  gboolean clean;      /* without noise and hum, and evenly loud, where GStreamer's webrtcdsp is installed; otherwise as it comes */
  gboolean marks_speech; /* without `hands_free`: all comes, and it is told where speech begins and ends in it */
} MediaMicrophoneOptions;

/* Why it stopped. */
typedef enum {
  MEDIA_MICROPHONE_BY_CALLER, /* media_microphone_stop () */
  MEDIA_MICROPHONE_BY_LIMIT,  /* max_seconds have come */
  MEDIA_MICROPHONE_BY_END,    /* the file that stood in for a device is over */
  MEDIA_MICROPHONE_BY_ERROR,  /* MEDIA_ERROR_DEVICE or MEDIA_ERROR_DENIED, with a sentence for the person */
} MediaMicrophoneReason;

#define MEDIA_TYPE_MICROPHONE (media_microphone_get_type ())
G_DECLARE_FINAL_TYPE (MediaMicrophone, media_microphone, MEDIA, MICROPHONE, GObject)

/* Signals, in this order:
 *   "speech-began" ():                with hands_free; with marks_speech up to some ten milliseconds after its first sample;
 *   "samples" (MediaSound *block):    what came since the last block, about 50 ms of it;
 *   "speech-ended" ():                with either, also when it stops within speech;
 *   "level" (double peak, double rms): of the last 50 ms, in dB below the greatest, MEDIA_SOUND_SILENCE to 0; also while nobody speaks. About 20 in a second;
 *   "stopped" (int reason: MediaMicrophoneReason, GError *error, nullable): last, once for each start; the device is free.
 * Properties: "state" (int: MediaCaptureState), which changes before "stopped" comes. */
MediaMicrophone *media_microphone_new (void);

/* Opens `device`, or with NULL the default one. Nothing happens while it is on; while it is being released, it starts again after that, and of the stop before nothing more is heard. */
void media_microphone_start (MediaMicrophone *self, MediaDevice *device, const MediaMicrophoneOptions *options);
/* What has come so far is given out before this returns, and nothing after it. The device is free when "stopped" comes. */
void media_microphone_stop (MediaMicrophone *self);
MediaCaptureState media_microphone_get_state (MediaMicrophone *self);
/* After MEDIA_CAPTURE_FAILED. (transfer none) (nullable) */
const GError *media_microphone_get_error (MediaMicrophone *self);

/* Whether `clean` does anything here. Starts GStreamer, which may take a while before anything was captured. */
gboolean media_microphone_can_clean (void);

G_END_DECLS
