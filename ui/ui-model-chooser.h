/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelChooser: a window that asks which model is to answer beside another one: those of this machine, then those of each server below its name, in the
 * order of the header bar's menu. Where there is no other model it says so, and leads to the models.
 *
 * Signal "chosen" (AppModel *): at most once; the window closes then. */
#pragma once

#include <adwaita.h>

#include "app-message.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_CHOOSER (ui_model_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UiModelChooser, ui_model_chooser, UI, MODEL_CHOOSER, AdwWindow)

/* `answer`: whose model is not offered. (transfer none) */
GtkWidget *ui_model_chooser_new (GtkWindow *parent, AppModels *models, AppMessage *answer);

G_END_DECLS
