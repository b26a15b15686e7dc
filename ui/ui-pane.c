/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-pane.h"

#define NATURAL_WIDTH 700

struct _UiPane {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiPane, ui_pane, UI_TYPE_BIN)

static void
ui_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                 int *minimum_baseline, int *natural_baseline)
{
  GTK_WIDGET_CLASS (ui_pane_parent_class)->measure (widget, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, NATURAL_WIDTH);
}

static void
ui_pane_class_init (UiPaneClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = ui_pane_measure;
}

static void
ui_pane_init (UiPane *self)
{
}
