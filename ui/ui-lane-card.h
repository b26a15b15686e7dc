/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiLaneCard: one agent among several: its name, what it is at, the line that it writes, its tokens and time; all that it wrote, when it is opened; and a button that stops it.
 *
 * What changes is drawn a few times a second, however fast the agent writes. */
#pragma once

#include <gtk/gtk.h>

#include "app-lane.h"

G_BEGIN_DECLS

#define UI_TYPE_LANE_CARD (ui_lane_card_get_type ())
G_DECLARE_FINAL_TYPE (UiLaneCard, ui_lane_card, UI, LANE_CARD, GtkWidget)

GtkWidget *ui_lane_card_new (AppLane *lane);

/* Where its work stands in the work of all, from 0 to 1: a card that has ended shows it as a bar. Both 0: not. */
void ui_lane_card_set_span (UiLaneCard *self, double from, double to);

/* "212 tokens · 8 s". (transfer full) */
char *ui_lane_dup_figures (gint64 tokens, double seconds);

G_END_DECLS
