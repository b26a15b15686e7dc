/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What else can be done with an installed model: measuring its speed, asking the hub whether there is a newer one, fetching that. Each is told in the toast
 * overlay around `widget`, which is kept until it is done. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

/* Its row shows what came out. */
void ui_model_upkeep_measure (GtkWidget *widget, AppEngine *engine, AppModel *model, GCancellable *cancellable);
void ui_model_upkeep_check (GtkWidget *widget, AppModels *models, AppModel *model, GCancellable *cancellable);
void ui_model_upkeep_update (GtkWidget *widget, AppModels *models, AppModel *model, GCancellable *cancellable);

G_END_DECLS
