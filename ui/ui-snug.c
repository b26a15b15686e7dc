/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-snug.h"

struct _UiSnug {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiSnug, ui_snug, UI_TYPE_BIN)

static int
ui_snug_child_width (UiBin *bin, int width)
{
  int natural;

  gtk_widget_measure (ui_bin_get_child (bin), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return MIN (width, natural);
}

static void
ui_snug_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gboolean width = orientation == GTK_ORIENTATION_HORIZONTAL;

  GTK_WIDGET_CLASS (ui_snug_parent_class)->measure (widget, orientation, width ? -1 : for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (width)
    *minimum = *natural;
}

static void
ui_snug_class_init (UiSnugClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = ui_snug_measure;
  UI_BIN_CLASS (klass)->child_width = ui_snug_child_width;
}

static void
ui_snug_init (UiSnug *self)
{
}
