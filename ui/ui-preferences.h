/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPreferences: the window of the preferences: pages of rows that are each bound to a key of the settings, and the list of connections. */
#pragma once

#include <adwaita.h>

#include "app-history.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_PREFERENCES (ui_preferences_get_type ())
G_DECLARE_FINAL_TYPE (UiPreferences, ui_preferences, UI, PREFERENCES, AdwPreferencesWindow)

/* Of a history that has settings. */
/* Signal "restore" (const AppBackupInfo *info): as of UiStorage. */
GtkWidget *ui_preferences_new (GtkWindow *parent, AppHistory *history, AppModels *models, AppGpu *gpu);
/* Goes to what says whether the graphics card is used. */
void ui_preferences_show_hardware (UiPreferences *self);

G_END_DECLS
