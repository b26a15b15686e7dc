/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing a model from this machine, with a toast that brings it back. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

/* Removes an installed model; the one that is loaded is unloaded first, and loaded again with Undo. It is told in the toast overlay around `widget`, which may
 * be gone by then. */
void ui_model_removal_begin (GtkWidget *widget, AppModels *models, AppEngine *engine, AppModel *model);

G_END_DECLS
