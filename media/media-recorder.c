/* SPDX-License-Identifier: MIT */
#include "media-recorder.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "media-microphone.h"

/* Seconds that a microphone may be ahead of the camera. */
#define AHEAD 30

struct _MediaRecorder {
  MediaClipOptions options;
  GTask *task;
  MediaTape *tape;
  void (*begin) (gpointer owner);
  void (*over) (gpointer owner);
  gpointer owner;
  guint begin_id; /* of a clip without sound */

  MediaMicrophone *microphone; /* NULL without sound */
  GByteArray *samples;
  gint64 heard; /* when the first sample was said, by g_get_monotonic_time (); 0: none yet */
  GError *error;
};

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, MediaRecorder *self)
{
  if (self->heard == 0) {
    self->heard = g_get_monotonic_time () - (gint64) (media_sound_get_seconds (block) * G_USEC_PER_SEC);
    self->begin (self->owner);
  }
  g_byte_array_append (self->samples, g_bytes_get_data (block->samples, NULL), (guint) g_bytes_get_size (block->samples));
}

static void
on_stopped (MediaMicrophone *microphone, int reason, GError *error, MediaRecorder *self)
{
  /* What there was before a microphone was pulled out is kept; a clip that was to have sound and has none is an error. */
  if (self->heard != 0)
    return;
  self->error = error != NULL ? g_error_copy (error) : g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("No sound came from the microphone. Choose another one, or record without sound."));
  self->over (self->owner);
}

static gboolean
begin_silently (gpointer data)
{
  MediaRecorder *self = data;

  self->begin_id = 0;
  self->begin (self->owner);
  return G_SOURCE_REMOVE;
}

static guint
add_idle (GSourceFunc function, gpointer data)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, function, data, NULL);
  guint id = g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
  return id;
}

MediaRecorder *
media_recorder_new (const MediaClipOptions *options, GTask *task, void (*begin) (gpointer owner), void (*over) (gpointer owner), gpointer owner)
{
  MediaRecorder *self = g_new0 (MediaRecorder, 1);

  self->options = *options;
  self->task = task;
  self->begin = begin;
  self->over = over;
  self->owner = owner;
  self->tape = media_tape_new (options->max_seconds, options->frames_a_second, options->max_side);
  if (!options->with_sound) {
    self->begin_id = add_idle (begin_silently, self);
    return self;
  }
  MediaMicrophoneOptions sound = { .rate = options->rate, .max_seconds = options->max_seconds + AHEAD, .clean = TRUE };
  self->samples = g_byte_array_new ();
  self->microphone = media_microphone_new ();
  g_signal_connect (self->microphone, "samples", G_CALLBACK (on_samples), self);
  g_signal_connect (self->microphone, "stopped", G_CALLBACK (on_stopped), self);
  media_microphone_start (self->microphone, options->microphone, &sound);
  return self;
}

MediaTape *
media_recorder_get_tape (MediaRecorder *self)
{
  return self->tape;
}

/* The sound from the first picture on, `seconds` long. */
static MediaSound *
take_sound (MediaRecorder *self, gint64 began, double seconds)
{
  double ahead = (double) (began - self->heard) / G_USEC_PER_SEC;
  gsize n = (gsize) lrint (seconds * self->options.rate);
  g_autoptr (GBytes) all = g_byte_array_free_to_bytes (g_steal_pointer (&self->samples));
  g_autoptr (MediaSound) sound = media_sound_new (all, self->options.rate);

  return media_sound_cut (sound, ahead > 0 ? (gsize) lrint (ahead * self->options.rate) : 0, n);
}

static void
free_recorder (MediaRecorder *self)
{
  if (self->begin_id != 0) {
    GSource *source = g_main_context_find_source_by_id (g_task_get_context (self->task), self->begin_id);
    if (source != NULL)
      g_source_destroy (source);
  }
  if (self->microphone != NULL)
    g_signal_handlers_disconnect_by_data (self->microphone, self);
  g_clear_object (&self->microphone);
  g_clear_pointer (&self->samples, g_byte_array_unref);
  g_clear_error (&self->error);
  media_tape_unref (self->tape);
  g_object_unref (self->task);
  g_free (self);
}

void
media_recorder_finish (MediaRecorder *self)
{
  double seconds;
  gint64 began;
  g_autoptr (GPtrArray) frames = media_tape_end (self->tape, &seconds, &began);

  /* Also gives what of the sound has not come yet. */
  if (self->microphone != NULL && self->heard != 0)
    media_microphone_stop (self->microphone);
  if (self->error != NULL)
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  else if (frames->len == 0)
    g_task_return_new_error (self->task, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("Nothing was recorded, because the camera was off before its first picture. Switch it on and try again."));
  else
    g_task_return_pointer (self->task, media_clip_new (g_steal_pointer (&frames), self->microphone != NULL ? take_sound (self, began, seconds) : NULL, seconds), (GDestroyNotify) media_clip_unref);
  free_recorder (self);
}
