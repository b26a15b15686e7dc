/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelChip: "● Qwen 1.5B · local" in the header bar: which model answers; its menu changes it. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_CHIP (ui_model_chip_get_type ())
G_DECLARE_FINAL_TYPE (UiModelChip, ui_model_chip, UI, MODEL_CHIP, GtkWidget)

void ui_model_chip_set_engine (UiModelChip *self, AppEngine *engine, AppModels *models);

G_END_DECLS
