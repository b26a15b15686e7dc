/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMicrophoneButton: records what is said, and shows all the while that it does: a red dot with the word, the level, the time.
 *
 * Held (the pointer, or Space or Enter on the button), it records as long as it is held. A click, or win.microphone, begins a recording that a second one ends, or
 * the end of what somebody says. Escape, wherever the focus is in the window, and a button discard it. The microphone is on only while it records, and while that is seen:
 * it ends when the button does not show any more.
 * Whether there is a microphone is looked up when the pointer comes near, or at the first use: until then the button can be pressed.
 *
 * With a model that writes down speech, a switch in the strip makes words of what is said instead of a sound: they are seen as they come, and given out a moment after
 * the recording has ended. When they cannot be made, the sound is given out after all.
 *
 * Signals: "recorded" (GBytes *wav, char *name): a recording has ended, and is to be kept; "dictated" (char *words): likewise. Properties: "recording", "writing" (boolean,
 * readable): the last words are still being written down, after the recording; "heard" (string, readable): the words so far, which may still change. */
#pragma once

#include <gtk/gtk.h>

#include "app-dictation.h"

G_BEGIN_DECLS

#define UI_TYPE_MICROPHONE_BUTTON (ui_microphone_button_get_type ())
G_DECLARE_FINAL_TYPE (UiMicrophoneButton, ui_microphone_button, UI, MICROPHONE_BUTTON, GtkWidget)

gboolean ui_microphone_button_get_recording (UiMicrophoneButton *self);
/* As a click does; nothing while the button is insensitive. */
void ui_microphone_button_toggle (UiMicrophoneButton *self);
gboolean ui_microphone_button_get_writing (UiMicrophoneButton *self);
const char *ui_microphone_button_get_heard (UiMicrophoneButton *self); /* never NULL */
/* Whether they are seen elsewhere, where there is more room than on the strip. */
void ui_microphone_button_set_elsewhere (UiMicrophoneButton *self, gboolean elsewhere);
/* Ends a recording; its sound is given out before this returns, its words later. Nothing when there is none. */
void ui_microphone_button_finish (UiMicrophoneButton *self);
/* The same for who cannot wait: the sound is given out, whatever was chosen, also when its words are being written down. */
void ui_microphone_button_keep (UiMicrophoneButton *self);
/* Returns whether there was one. */
gboolean ui_microphone_button_discard (UiMicrophoneButton *self);

/* What writes down speech (nullable), and whether it does from now on: until the person says otherwise. */
void ui_microphone_button_set_transcriber (UiMicrophoneButton *self, AppTranscriber *transcriber, gboolean writes);

/* Why nothing can be recorded now ("A message can carry 16 attachments."), or NULL. */
void ui_microphone_button_set_reason (UiMicrophoneButton *self, const char *reason);

G_END_DECLS
