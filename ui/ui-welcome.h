/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiWelcome: what an empty conversation shows: a greeting, and suggestions made from what this model can do.
 *
 * Signals: "suggest" (const char *text): put this into the composer; "attach" (const char *text): the same, and choose files. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation-settings.h"
#include "app-library.h"
#include "app-model.h"

G_BEGIN_DECLS

#define UI_TYPE_WELCOME (ui_welcome_get_type ())
G_DECLARE_FINAL_TYPE (UiWelcome, ui_welcome, UI, WELCOME, GtkWidget)

/* `model`: the one that will answer, or NULL. */
void ui_welcome_set_model (UiWelcome *self, AppModel *model);

/* Who may answer, and the settings of the conversation that the chosen one is applied to. */
void ui_welcome_set_personas (UiWelcome *self, AppLibrary *personas, AppConversationSettings *settings);

/* Whether something stands in the composer already: then nothing is suggested. */
void ui_welcome_set_begun (UiWelcome *self, gboolean begun);

G_END_DECLS
