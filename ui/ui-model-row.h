/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelRow: a model of the list: what it is, whether it fits this machine, and what can be done with it.
 *
 * Its buttons are actions of an ancestor, each with the model's id as target: "models.download", "models.pause", "models.resume",
 * "models.cancel", "models.use", "models.update"; its menu: "models.measure", "models.check", "models.remove". */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_ROW (ui_model_row_get_type ())
G_DECLARE_FINAL_TYPE (UiModelRow, ui_model_row, UI, MODEL_ROW, GtkListBoxRow)

/* `engine`: says which model is in use. `offer`: this model is the one to take, so its Download stands out. */
UiModelRow *ui_model_row_new (AppModel *model, AppEngine *engine, gboolean offer);
AppModel *ui_model_row_get_model (UiModelRow *self); /* (transfer none) */

G_END_DECLS
