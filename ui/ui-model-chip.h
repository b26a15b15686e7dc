/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiModelChip: the middle of the header bar: what is shown, and under it "● Qwen 1.5B · local", the model that answers: of a server with an icon and its host. A click chooses
 * another model. Two lines, because beside each other they do not fit into 360 px. */
#pragma once

#include <gtk/gtk.h>

#include "app-engine.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_MODEL_CHIP (ui_model_chip_get_type ())
G_DECLARE_FINAL_TYPE (UiModelChip, ui_model_chip, UI, MODEL_CHIP, GtkWidget)

void ui_model_chip_set_engine (UiModelChip *self, AppEngine *engine, AppModels *models);
/* The line above: the title of the conversation or of the page. */
void ui_model_chip_set_title (UiModelChip *self, const char *title);

/* "Qwen2.5 Coder 1.5B Instruct" without its last word, which every chat model bears. (transfer full) */
char *ui_model_chip_dup_short_name (const char *name);

G_END_DECLS
