/* SPDX-License-Identifier: MIT */
#include "media-voice.h"

#include <math.h>
#include <string.h>

#include "media-sound.h"

#define FRAMES_A_SECOND 100
#define ONSET_WINDOW 10 /* frames, of which so many have voice when speech begins: */
#define ONSET_VOICE 6
#define PAUSE (MEDIA_VOICE_PAUSE_MS * FRAMES_A_SECOND / 1000)
#define BEFORE (MEDIA_VOICE_BEFORE_MS * FRAMES_A_SECOND / 1000)
/* Frames that are kept while nobody speaks: one ring. */
#define KEPT (BEFORE + ONSET_WINDOW)

#define GATE_ABOVE 9.0   /* dB over the background */
#define GATE_LEAST -55.0 /* dB */
#define BACKGROUND_RISE (2.0 / FRAMES_A_SECOND)
#define BACKGROUND_FIRST -50.0

struct _MediaVoice {
  const MediaVoiceInfo *info;
  gpointer data;
  gsize frame;    /* samples of a frame */
  float *kept;    /* KEPT frames, a ring */
  gsize n_kept;   /* that have been written, ever, since speech ended last */
  float *current; /* the frame that is being filled */
  gsize filled;
  guint verdicts; /* of the last frames, a bit each, the newest lowest */
  guint pause;    /* frames without voice, while somebody speaks */
  gboolean speaking;
  double background; /* dB */
};

MediaVoice *
media_voice_new (const MediaVoiceInfo *info, guint rate, gpointer data)
{
  MediaVoice *self = g_new0 (MediaVoice, 1);

  g_return_val_if_fail (rate >= FRAMES_A_SECOND, NULL);
  self->info = info;
  self->data = data;
  self->frame = rate / FRAMES_A_SECOND;
  self->kept = g_new (float, KEPT *self->frame);
  self->current = g_new (float, self->frame);
  self->background = BACKGROUND_FIRST;
  return self;
}

void
media_voice_free (MediaVoice *self)
{
  g_free (self->kept);
  g_free (self->current);
  g_free (self);
}

static gboolean
gate (MediaVoice *self)
{
  double loudness = media_sound_measure (self->current, self->frame).rms;

  self->background = MIN (loudness, self->background + BACKGROUND_RISE);
  return loudness > self->background + GATE_ABOVE && loudness > GATE_LEAST;
}

static void
begin (MediaVoice *self)
{
  gsize n = MIN (self->n_kept, KEPT);

  self->speaking = TRUE;
  self->pause = 0;
  self->info->began (self->data);
  for (gsize i = self->n_kept - n; i < self->n_kept; i++)
    self->info->heard (self->kept + i % KEPT * self->frame, self->frame, self->data);
}

static void
end (MediaVoice *self)
{
  self->speaking = FALSE;
  self->verdicts = 0;
  self->n_kept = 0;
  self->info->ended (self->data);
}

static void
take_frame (MediaVoice *self, gboolean voice)
{
  if (self->speaking) {
    self->info->heard (self->current, self->frame, self->data);
    self->pause = voice ? 0 : self->pause + 1;
    if (self->pause >= PAUSE)
      end (self);
    return;
  }
  memcpy (self->kept + self->n_kept++ % KEPT * self->frame, self->current, self->frame * sizeof (float));
  self->verdicts = (self->verdicts << 1 | voice) & ((1u << ONSET_WINDOW) - 1);
  guint n_voice = 0;
  for (guint i = 0; i < ONSET_WINDOW; i++)
    n_voice += self->verdicts >> i & 1;
  if (n_voice >= ONSET_VOICE)
    begin (self);
}

void
media_voice_hear (MediaVoice *self, const float *samples, gsize n, MediaVoiceVerdict verdict)
{
  while (n > 0) {
    gsize part = MIN (n, self->frame - self->filled);

    memcpy (self->current + self->filled, samples, part * sizeof (float));
    self->filled += part;
    samples += part;
    n -= part;
    if (self->filled == self->frame) {
      self->filled = 0;
      take_frame (self, verdict == MEDIA_VOICE_UNKNOWN ? gate (self) : verdict == MEDIA_VOICE_YES);
    }
  }
}

gboolean
media_voice_is_speech (MediaVoice *self)
{
  return self->speaking;
}

void
media_voice_end (MediaVoice *self)
{
  if (!self->speaking)
    return;
  self->info->heard (self->current, self->filled, self->data);
  self->filled = 0;
  end (self);
}
