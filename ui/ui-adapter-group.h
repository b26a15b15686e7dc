/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAdapterGroup: the rows in which a person chooses the adapter that a conversation's model answers with, and how strongly it counts. Only those that are
 * for models of its kind are offered; where there is nothing to choose, the row says why. Every change is made at once. */
#pragma once

#include <adwaita.h>

#include "app-conversation-settings.h"
#include "app-models.h"
#include "app-settings.h"

G_BEGIN_DECLS

#define UI_TYPE_ADAPTER_GROUP (ui_adapter_group_get_type ())
G_DECLARE_FINAL_TYPE (UiAdapterGroup, ui_adapter_group, UI, ADAPTER_GROUP, AdwPreferencesGroup)

/* Once. `preferences`: (nullable). */
void ui_adapter_group_set_settings (UiAdapterGroup *self, AppConversationSettings *settings, AppSettings *preferences, AppModels *models);

G_END_DECLS
