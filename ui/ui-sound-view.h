/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSoundView: a sound that can be listened to: its waveform, a button that plays it, and below it what is said in it; a line that is chosen is played from its second.
 *
 * The file is decoded in the sandbox when the view is shown for the first time. Hiding it stops the sound. */
#pragma once

#include <gtk/gtk.h>

#include "app-attachment.h"

G_BEGIN_DECLS

#define UI_TYPE_SOUND_VIEW (ui_sound_view_get_type ())
G_DECLARE_FINAL_TYPE (UiSoundView, ui_sound_view, UI, SOUND_VIEW, GtkWidget)

/* A sound, READY, with its bytes. */
void ui_sound_view_set_attachment (UiSoundView *self, AppAttachment *attachment);

G_END_DECLS
