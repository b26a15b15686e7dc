/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiWaveform: how loud a sound is all along, and where in it one is: a slider for the pointer and the arrow keys. It runs from left to right in every language, as time does on
 * the devices that play sound.
 *
 * Signal: "seek" (double second): the person wants to be there. */
#pragma once

#include <gtk/gtk.h>

#include "media-sound.h"

G_BEGIN_DECLS

#define UI_TYPE_WAVEFORM (ui_waveform_get_type ())
G_DECLARE_FINAL_TYPE (UiWaveform, ui_waveform, UI, WAVEFORM, GtkWidget)

void ui_waveform_set_sound (UiWaveform *self, const MediaSound *sound);
/* In seconds. */
void ui_waveform_set_position (UiWaveform *self, double second);

G_END_DECLS
