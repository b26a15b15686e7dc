/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSideways: a child that may be wider than the place it has, and is then scrolled sideways.
 *
 * Unlike GtkScrolledWindow its height follows its width (wrapped cells of a table) and it leaves the vertical wheel to the
 * transcript around it. It can be focused and moved with Left and Right only while something is hidden. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SIDEWAYS (ui_sideways_get_type ())
G_DECLARE_FINAL_TYPE (UiSideways, ui_sideways, UI, SIDEWAYS, GtkWidget)

GtkWidget *ui_sideways_new (GtkWidget *child);

/* Whether a part of the child is hidden now. */
gboolean ui_sideways_overflows (UiSideways *self);

G_END_DECLS
