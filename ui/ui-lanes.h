/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiLanes: several agents that work at once, as cards side by side, or below each other where there is no room; folded to one line when they have ended.
 *
 * The cards are open while somebody works, and whenever the person opens them. */
#pragma once

#include <gtk/gtk.h>

#include "app-lane.h"

G_BEGIN_DECLS

#define UI_TYPE_LANES (ui_lanes_get_type ())
G_DECLARE_FINAL_TYPE (UiLanes, ui_lanes, UI, LANES, GtkWidget)

/* Of AppLane; NULL for none, and then it is hidden. */
void ui_lanes_set_lanes (UiLanes *self, GListModel *lanes);

G_END_DECLS
