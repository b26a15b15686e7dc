/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSpeaker: what reads answers aloud. There is one, because only one thing is read at a time. */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_SPEAKER (ui_speaker_get_type ())
G_DECLARE_FINAL_TYPE (UiSpeaker, ui_speaker, UI, SPEAKER, GObject)

/* Signal "changed": what is read, or whether it is paused. (transfer none) */
UiSpeaker *ui_speaker_get (void);

/* Reads `message` instead of what is being read, in the voice and at the rate of the preferences. What goes wrong is a toast at `widget`. */
void ui_speaker_read (UiSpeaker *self, GtkWidget *widget, AppMessage *message);
void ui_speaker_stop (UiSpeaker *self);
void ui_speaker_set_paused (UiSpeaker *self, gboolean paused);

/* NULL: nothing is read. (transfer none) */
AppMessage *ui_speaker_get_message (UiSpeaker *self);
gboolean ui_speaker_get_paused (UiSpeaker *self);
/* The sentence that is heard now, or NULL. (transfer none) */
const char *ui_speaker_get_sentence (UiSpeaker *self);
/* All that is read, and which of it is heard now, -1 before the first. NULL when nothing is read. (transfer none) */
const char *const *ui_speaker_get_sentences (UiSpeaker *self, int *current);
/* The voice that is used: for tests. */
const char *ui_speaker_get_voice (UiSpeaker *self);

G_END_DECLS
