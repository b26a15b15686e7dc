/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-capped.h"

/* In pixels: three lines of files and the beginning of a fourth, which tells that there are more. */
#define LIMIT 188

struct _UiCapped {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiCapped, ui_capped, UI_TYPE_BIN)

/* What is scrolled, in the viewport that the scrolled window has made for it. */
static GtkWidget *
get_content (UiCapped *self)
{
  return gtk_viewport_get_child (GTK_VIEWPORT (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (ui_bin_get_child (UI_BIN (self))))));
}

static void
ui_capped_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (get_content (UI_CAPPED (widget)), orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = MIN (*natural, LIMIT);
  *minimum_baseline = *natural_baseline = -1;
}

static void
ui_capped_class_init (UiCappedClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = ui_capped_measure;
}

static void
ui_capped_init (UiCapped *self)
{
}
