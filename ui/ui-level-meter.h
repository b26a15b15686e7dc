/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiLevelMeter: how loud it is, as strokes that come in at the end, the newest last; without animations one bar that is as long as the sound is loud.
 * CSS name: levelmeter; it draws in the colour of text. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_LEVEL_METER (ui_level_meter_get_type ())
G_DECLARE_FINAL_TYPE (UiLevelMeter, ui_level_meter, UI, LEVEL_METER, GtkWidget)

/* `decibels`: below the greatest that there is, as media_sound_measure () has it; about 20 in a second. */
void ui_level_meter_add (UiLevelMeter *self, double decibels);
void ui_level_meter_clear (UiLevelMeter *self);
/* How long the newest stroke is, from 0 (silence) to 1. */
double ui_level_meter_get_level (UiLevelMeter *self);

G_END_DECLS
