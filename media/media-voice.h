/* SPDX-License-Identifier: MIT */
/* Inside the capture library: where speech begins and ends in a stream of sound.
 *
 * The stream is looked at in frames of 10 ms, each with voice or without. Speech begins when six of ten frames had voice, and what is given begins 0.3 s before the first of
 * those ten, so that no consonant is lost. It ends when there was no voice for 0.8 s, which is longer than people pause within a sentence.
 *
 * Whether a frame has voice, a detector may say (webrtcdsp of GStreamer). Without one it is a gate: a frame has voice when it is 9 dB louder than the
 * background and louder than -55 dB. The background is the loudness to which the sound falls again and again: it follows a quieter frame at once, and rises by 2 dB a second
 * otherwise, so that a fan that was switched on is background after some seconds. A gate takes a slamming door for speech; a detector mostly not. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MEDIA_VOICE_BEFORE_MS 300
#define MEDIA_VOICE_PAUSE_MS 800

typedef struct _MediaVoice MediaVoice;

typedef struct {
  void (*began) (gpointer data);
  /* Part of the speech, and of the 0.3 s before it. Always between the other two. */
  void (*heard) (const float *samples, gsize n, gpointer data);
  void (*ended) (gpointer data);
} MediaVoiceInfo;

typedef enum { MEDIA_VOICE_UNKNOWN = -1, MEDIA_VOICE_NO, MEDIA_VOICE_YES } MediaVoiceVerdict;

/* `rate`: Hz, at least 100. Returns: (transfer full) */
MediaVoice *media_voice_new (const MediaVoiceInfo *info, guint rate, gpointer data);
void media_voice_free (MediaVoice *self);
/* Hears `n` samples; `verdict` is the detector's, or MEDIA_VOICE_UNKNOWN. One thread. */
void media_voice_hear (MediaVoice *self, const float *samples, gsize n, MediaVoiceVerdict verdict);
/* Whether somebody speaks now. */
gboolean media_voice_is_speech (MediaVoice *self);
/* The stream ends: so does speech. */
void media_voice_end (MediaVoice *self);

G_END_DECLS
