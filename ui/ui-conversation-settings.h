/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConversationSettings: the dialog of what differs from the preferences in one conversation, with Reset. */
#pragma once

#include <adwaita.h>

#include "app-history.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_CONVERSATION_SETTINGS (ui_conversation_settings_get_type ())
G_DECLARE_FINAL_TYPE (UiConversationSettings, ui_conversation_settings, UI, CONVERSATION_SETTINGS, AdwWindow)

GtkWidget *ui_conversation_settings_new (GtkWindow *parent, AppConversation *conversation, AppHistory *history, AppModels *models);

G_END_DECLS
