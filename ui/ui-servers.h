/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiServers: the part of the model page with the servers that the person added: each with its models, which can be used, and a button to add one.
 * It stands inside of a UiModelPage, whose action "models.use" its rows activate. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_SERVERS (ui_servers_get_type ())
G_DECLARE_FINAL_TYPE (UiServers, ui_servers, UI, SERVERS, GtkWidget)

/* Once. Hidden while the models do not know their servers (app_models_get_servers ()). */
void ui_servers_set_models (UiServers *self, AppModels *models, AppEngine *engine);

G_END_DECLS
