/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-share.h"

#define PERCENT 80

struct _UiShare {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiShare, ui_share, UI_TYPE_BIN)

static int
ui_share_child_width (UiBin *bin, int width)
{
  int min;
  int nat;

  gtk_widget_measure (ui_bin_get_child (bin), GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
  return MIN (MAX (min, MIN (nat, width * PERCENT / 100)), MAX (min, width));
}

static void
ui_share_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                  int *minimum_baseline, int *natural_baseline)
{
  GTK_WIDGET_CLASS (ui_share_parent_class)->measure (widget, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = *natural * 100 / PERCENT + 1;
}

static void
ui_share_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = ui_bin_get_child (UI_BIN (widget));
  int child_width;
  int x;

  if (child == NULL)
    return;
  child_width = ui_share_child_width (UI_BIN (widget), width);
  x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? 0 : width - child_width;
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, 0, child_width, height }, -1);
}

static void
ui_share_class_init (UiShareClass *klass)
{
  UI_BIN_CLASS (klass)->child_width = ui_share_child_width;
  GTK_WIDGET_CLASS (klass)->measure = ui_share_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = ui_share_size_allocate;
}

static void
ui_share_init (UiShare *self)
{
}
