/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiHardware: the group of the preferences that says what models run on, and lets the person choose it: the graphics card with its driver, or why it is not
 * used and how to try it again; and where the loaded model is. */
#pragma once

#include <adwaita.h>

#include "app-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_HARDWARE (ui_hardware_get_type ())
G_DECLARE_FINAL_TYPE (UiHardware, ui_hardware, UI, HARDWARE, AdwPreferencesGroup)

/* Of settings that are there. The card is tried, unless the processor was chosen or it is known already. */
UiHardware *ui_hardware_new (AppSettings *settings, AppGpu *gpu, AppEngine *engine);
/* Gives it the focus: to what can be done about a card that is not used, if anything. */
void ui_hardware_focus (UiHardware *self);

G_END_DECLS
