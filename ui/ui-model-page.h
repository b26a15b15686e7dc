/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelPage: the models that are installed and those that can be downloaded, here or from the hub, whose pages come over the list; adds a file,
 * removes with undo.
 *
 * Installs the actions that UiModelRow's buttons name ("models.…"), and "models.add". Uses "app.model" to load one. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_PAGE (ui_model_page_get_type ())
G_DECLARE_FINAL_TYPE (UiModelPage, ui_model_page, UI, MODEL_PAGE, GtkWidget)

/* `first_run`: greets, and shows only the model that this machine is offered, with a way to all others; loads the
 * first model that gets installed and emits "ready". */
GtkWidget *ui_model_page_new (AppModels *models, AppEngine *engine, gboolean first_run);
/* From a page of the hub to the one before it; FALSE when the list is what shows. */
gboolean ui_model_page_go_back (UiModelPage *self);

G_END_DECLS
