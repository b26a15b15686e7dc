/* SPDX-License-Identifier: MIT */
/* MediaSpeech: reads sentences aloud, with espeak-ng's voices, through GStreamer.
 *
 * Sentences become sound one after the other on a thread of their own, at most a second ahead of what is heard; nothing is written to a file and
 * nothing leaves the machine. espeak-ng is one for the whole process: objects take turns.
 *
 * Threads: main thread only; the signals come there too.
 * The environment's MELETE_AUDIO_SINK takes the place of the machine's sound: the description of a sink for gst_parse_launch (). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MEDIA_SPEECH_SLOWEST 80 /* words a minute */
#define MEDIA_SPEECH_FASTEST 450

/* Longer sentences are cut, in bytes. */
#define MEDIA_SPEECH_MAX_SENTENCE (16 * 1024)

typedef enum {
  MEDIA_SPEECH_SILENT,
  MEDIA_SPEECH_SPEAKING,
  MEDIA_SPEECH_PAUSED,
} MediaSpeechState;

#define MEDIA_TYPE_SPEECH (media_speech_get_type ())
G_DECLARE_FINAL_TYPE (MediaSpeech, media_speech, MEDIA, SPEECH, GObject)

/* Signals:
 *   "sentence" (guint index): that sentence begins to be heard;
 *   "finished" (GError *error, nullable): all was said, or it could not be; not after media_speech_stop ().
 * Properties: "state" (int: MediaSpeechState), which changes before the signals come. */
MediaSpeech *media_speech_new (void);

/* Stops what is being said, then says `sentences`, UTF-8. `voice`: a voice or language of espeak-ng, such as "de"; an unknown one is English.
 * `rate`: words a minute. */
void media_speech_say (MediaSpeech *self, const char *const *sentences, const char *voice, int rate);
/* At once. */
void media_speech_stop (MediaSpeech *self);
void media_speech_set_paused (MediaSpeech *self, gboolean paused);
MediaSpeechState media_speech_get_state (MediaSpeech *self);

/* How many samples of the last media_speech_say () reached the sink: for tests. */
guint64 media_speech_get_n_samples (MediaSpeech *self);

/* The languages that there are voices for, as "code" and "name" alternately, by name, up to NULL. It may take some milliseconds. (transfer full) */
char **media_speech_dup_voices (void);

G_END_DECLS
