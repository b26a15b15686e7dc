/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiHubRepository: one model of the hub: its licence, the sizes that it comes in, and what belongs to it. Fetches one of them into AppModels when the
 * licence is accepted. Signal: "begun" (), a download has begun. */
#pragma once

#include <gtk/gtk.h>

#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_HUB_REPOSITORY (ui_hub_repository_get_type ())
G_DECLARE_FINAL_TYPE (UiHubRepository, ui_hub_repository, UI, HUB_REPOSITORY, GtkWidget)

/* `id`: "owner/name". It asks the hub at once. */
GtkWidget *ui_hub_repository_new (AppModels *models, const char *id);

G_END_DECLS
