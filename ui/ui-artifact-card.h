/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiArtifactCard: what an answer made, below its words: a picture of it, its name, how it stands, and a way to open it.
 *
 * Activates "answer.open-artifact" of the widget around it. */
#pragma once

#include <gtk/gtk.h>

#include "app-artifacts.h"

G_BEGIN_DECLS

#define UI_TYPE_ARTIFACT_CARD (ui_artifact_card_get_type ())
G_DECLARE_FINAL_TYPE (UiArtifactCard, ui_artifact_card, UI, ARTIFACT_CARD, GtkWidget)

/* (nullable): then it is hidden. */
void ui_artifact_card_set_version (UiArtifactCard *self, AppVersion *version);

G_END_DECLS
