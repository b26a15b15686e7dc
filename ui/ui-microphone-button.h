/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMicrophoneButton: records what is said, and shows all the while that it does: a red dot with the word, the level, the time.
 *
 * Held (the pointer, or Space or Enter on the button), it records as long as it is held. A click, or win.microphone, begins a recording that a second one ends, or
 * the end of what somebody says. Escape, wherever the focus is in the window, and a button discard it. The microphone is on only while it records, and while that is seen:
 * it ends when the button does not show any more.
 * Whether there is a microphone is looked up when the pointer comes near, or at the first use: until then the button can be pressed.
 *
 * Signal: "recorded" (GBytes *wav, char *name): a recording has ended, and is to be kept. Property: "recording" (boolean, readable). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_MICROPHONE_BUTTON (ui_microphone_button_get_type ())
G_DECLARE_FINAL_TYPE (UiMicrophoneButton, ui_microphone_button, UI, MICROPHONE_BUTTON, GtkWidget)

gboolean ui_microphone_button_get_recording (UiMicrophoneButton *self);
/* As a click does; nothing while the button is insensitive. */
void ui_microphone_button_toggle (UiMicrophoneButton *self);
/* Ends a recording and gives it out before this returns; nothing when there is none. */
void ui_microphone_button_finish (UiMicrophoneButton *self);
/* Returns whether there was one. */
gboolean ui_microphone_button_discard (UiMicrophoneButton *self);

/* Why nothing can be recorded now ("A message can carry 16 attachments."), or NULL. */
void ui_microphone_button_set_reason (UiMicrophoneButton *self, const char *reason);

G_END_DECLS
