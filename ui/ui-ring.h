/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiRing: a ring that is filled as far as a fraction says, in the colour of the text; what is left is a paler ring. As high as a letter of an icon. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_RING (ui_ring_get_type ())
G_DECLARE_FINAL_TYPE (UiRing, ui_ring, UI, RING, GtkWidget)

/* 0 … 1; what is more counts as 1. */
void ui_ring_set_fraction (UiRing *self, double fraction);

G_END_DECLS
