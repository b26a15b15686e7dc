/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPersonaButton: shows which persona is chosen, and offers the others in a menu. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation-settings.h"
#include "app-library.h"

G_BEGIN_DECLS

#define UI_TYPE_PERSONA_BUTTON (ui_persona_button_get_type ())
G_DECLARE_FINAL_TYPE (UiPersonaButton, ui_persona_button, UI, PERSONA_BUTTON, GtkWidget)

/* `settings`: (nullable) those that the chosen one is applied to. */
void ui_persona_button_set (UiPersonaButton *self, AppLibrary *personas, AppConversationSettings *settings);

G_END_DECLS
