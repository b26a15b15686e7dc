/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiHubVariantRow: one size of a model on the hub: whether it fits this machine, how quick it would be, and a button to fetch it.
 *
 * Its button is the action "hub.download" of an ancestor, with the variant's id as target. */
#pragma once

#include <gtk/gtk.h>

#include "app-hub.h"

G_BEGIN_DECLS

#define UI_TYPE_HUB_VARIANT_ROW (ui_hub_variant_row_get_type ())
G_DECLARE_FINAL_TYPE (UiHubVariantRow, ui_hub_variant_row, UI, HUB_VARIANT_ROW, GtkListBoxRow)

/* `suggested`: the one to take here. `speed`: tokens per second that are likely, 0 when nothing is known. `installed`: it is here, or on its way. */
GtkWidget *ui_hub_variant_row_new (AppHubRepository *repository, const AppHubVariant *variant, gboolean suggested, double speed, gboolean installed);

G_END_DECLS
