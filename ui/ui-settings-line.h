/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSettingsLine: one small line over the composer that says what differs from the preferences in this conversation, and opens its settings. It is not
 * there when nothing differs. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_SETTINGS_LINE (ui_settings_line_get_type ())
G_DECLARE_FINAL_TYPE (UiSettingsLine, ui_settings_line, UI, SETTINGS_LINE, GtkWidget)

/* `conversation`: (nullable) */
void ui_settings_line_set_conversation (UiSettingsLine *self, AppConversation *conversation, AppModels *models);

G_END_DECLS
