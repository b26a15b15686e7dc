/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-speaker.h"

#include <locale.h>

#include "app-settings.h"
#include "app-speech.h"
#include "media-speech.h"
#include "ui-toast.h"

#define USUAL_RATE 175

struct _UiSpeaker {
  GObject parent_instance;

  MediaSpeech *speech;
  AppMessage *message; /* (nullable) */
  GWeakRef widget;     /* that asked */
  char **sentences;    /* (nullable) */
  char *voice;         /* (nullable) */
  int current;         /* sentence; -1: none yet */
};

G_DEFINE_FINAL_TYPE (UiSpeaker, ui_speaker, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
forget (UiSpeaker *self)
{
  gboolean was = self->message != NULL;

  g_clear_object (&self->message);
  g_clear_pointer (&self->sentences, g_strfreev);
  self->current = -1;
  if (was)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_sentence (MediaSpeech *speech, guint index, UiSpeaker *self)
{
  self->current = (int) index;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_finished (MediaSpeech *speech, GError *error, UiSpeaker *self)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&self->widget);

  forget (self);
  if (error != NULL && widget != NULL)
    ui_toast_error (widget, error);
}

void
ui_speaker_read (UiSpeaker *self, GtkWidget *widget, AppMessage *message)
{
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  const char *text = app_message_get_text (message);
  g_autofree char *chosen = settings != NULL ? app_settings_dup_speech_voice (settings) : g_strdup ("");
  int rate = settings != NULL ? app_settings_get_speech_rate (settings) : USUAL_RATE;

  ui_speaker_stop (self);
  g_weak_ref_set (&self->widget, widget);
  g_free (self->voice);
  self->voice = g_strdup (*chosen != '\0' ? chosen : app_speech_guess_language (text, setlocale (LC_MESSAGES, NULL)));
  self->message = g_object_ref (message);
  self->sentences = app_speech_dup_sentences (text);
  g_signal_emit (self, signals[CHANGED], 0);
  media_speech_say (self->speech, (const char *const *) self->sentences, self->voice, rate);
}

void
ui_speaker_stop (UiSpeaker *self)
{
  media_speech_stop (self->speech);
  forget (self);
}

void
ui_speaker_set_paused (UiSpeaker *self, gboolean paused)
{
  media_speech_set_paused (self->speech, paused);
  g_signal_emit (self, signals[CHANGED], 0);
}

AppMessage *
ui_speaker_get_message (UiSpeaker *self)
{
  return self->message;
}

gboolean
ui_speaker_get_paused (UiSpeaker *self)
{
  return media_speech_get_state (self->speech) == MEDIA_SPEECH_PAUSED;
}

const char *
ui_speaker_get_sentence (UiSpeaker *self)
{
  return self->sentences != NULL && self->current >= 0 && (guint) self->current < g_strv_length (self->sentences) ? self->sentences[self->current] : NULL;
}

const char *const *
ui_speaker_get_sentences (UiSpeaker *self, int *current)
{
  *current = self->current;
  return (const char *const *) self->sentences;
}

const char *
ui_speaker_get_voice (UiSpeaker *self)
{
  return self->voice;
}

static void
ui_speaker_finalize (GObject *object)
{
  UiSpeaker *self = UI_SPEAKER (object);

  g_clear_object (&self->speech);
  g_clear_object (&self->message);
  g_strfreev (self->sentences);
  g_free (self->voice);
  g_weak_ref_clear (&self->widget);
  G_OBJECT_CLASS (ui_speaker_parent_class)->finalize (object);
}

static void
ui_speaker_class_init (UiSpeakerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_speaker_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SPEAKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_speaker_init (UiSpeaker *self)
{
  g_weak_ref_init (&self->widget, NULL);
  self->current = -1;
  self->speech = media_speech_new ();
  g_signal_connect_object (self->speech, "sentence", G_CALLBACK (on_sentence), self, 0);
  g_signal_connect_object (self->speech, "finished", G_CALLBACK (on_finished), self, 0);
}

UiSpeaker *
ui_speaker_get (void)
{
  static UiSpeaker *speaker;

  if (speaker == NULL)
    speaker = g_object_new (UI_TYPE_SPEAKER, NULL);
  return speaker;
}
