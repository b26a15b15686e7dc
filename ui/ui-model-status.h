/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelStatus: a line under the header bar while a model is loaded (its name, size and how far), or when that failed
 * (why, Retry, other models), or when none is installed. Hidden while a model is ready or waits to be loaded. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_STATUS (ui_model_status_get_type ())
G_DECLARE_FINAL_TYPE (UiModelStatus, ui_model_status, UI, MODEL_STATUS, GtkWidget)

void ui_model_status_set_engine (UiModelStatus *self, AppEngine *engine, AppModels *models);

G_END_DECLS
