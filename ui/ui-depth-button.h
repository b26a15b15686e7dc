/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDepthButton: how deeply the model thinks about what is written now: in the composer, "Compact ▾".
 *
 * What is chosen counts for the whole conversation, and is one of its settings, unless the person says that it is only for this message: then it goes along with the turn.
 *
 * Signal "changed" (): another depth counts, or for another reason. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"
#include "app-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_DEPTH_BUTTON (ui_depth_button_get_type ())
G_DECLARE_FINAL_TYPE (UiDepthButton, ui_depth_button, UI, DEPTH_BUTTON, GtkWidget)

/* (nullable) Without a conversation there is nothing to choose, and it is not shown. `settings`: (nullable) */
void ui_depth_button_set_settings (UiDepthButton *self, AppSettings *settings);
void ui_depth_button_set_engine (UiDepthButton *self, AppEngine *engine);
void ui_depth_button_set_conversation (UiDepthButton *self, AppConversation *conversation);

/* The depth of this message alone, by its id; never NULL, "" for that of the conversation. */
const char *ui_depth_button_get_message_depth (UiDepthButton *self);
void ui_depth_button_set_message_depth (UiDepthButton *self, const char *depth);

/* The depth that counts. */
AppDepth ui_depth_button_get_depth (UiDepthButton *self);
/* As if a person chose it. */
void ui_depth_button_choose (UiDepthButton *self, AppDepth depth);

G_END_DECLS
