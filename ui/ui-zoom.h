/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes what a GtkScrolledWindow holds larger than its place: with the actions "zoom.in", "zoom.out" and "zoom.fit" of `owner`, and with Ctrl and the
 * wheel. At first it fits. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `child` lies in `scroller` and takes any size that is asked of it. All three belong to one window. */
void ui_zoom_add (GtkWidget *owner, GtkScrolledWindow *scroller, GtkWidget *child);

G_END_DECLS
