/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiBin: a widget with one child, property "child". What derives from it says how wide the child becomes, or places it in a way of
 * its own. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_BIN (ui_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (UiBin, ui_bin, UI, BIN, GtkWidget)

/* `child_width`: how wide the child becomes in a place of that width; the height then follows. NULL: as wide as the place. */
struct _UiBinClass {
  GtkWidgetClass parent_class;
  int (*child_width) (UiBin *self, int width);
};

/* (transfer none) (nullable) */
GtkWidget *ui_bin_get_child (UiBin *self);

G_END_DECLS
