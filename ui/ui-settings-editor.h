/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSettingsEditor: the rows in which a person sets what differs from the preferences: instructions, model, adapter, how words are chosen. A conversation's
 * dialog and a persona's hold one. Every change is made at once; the instructions follow at a pause. */
#pragma once

#include <adwaita.h>

#include "app-conversation-settings.h"
#include "app-models.h"
#include "app-settings.h"

G_BEGIN_DECLS

#define UI_TYPE_SETTINGS_EDITOR (ui_settings_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiSettingsEditor, ui_settings_editor, UI, SETTINGS_EDITOR, AdwPreferencesPage)

/* Once. `preferences`: (nullable). */
void ui_settings_editor_set_settings (UiSettingsEditor *self, AppConversationSettings *settings, AppSettings *preferences, AppModels *models);
/* Puts a row over everything else. */
void ui_settings_editor_add_head (UiSettingsEditor *self, GtkWidget *row);
/* Takes over what was typed and not taken yet. */
void ui_settings_editor_flush (UiSettingsEditor *self);

/* "Own instructions · Qwen3 4B · Variety 0.2", or NULL when nothing differs. (transfer full) */
char *ui_settings_dup_summary (AppConversationSettings *settings, AppModels *models);

G_END_DECLS
