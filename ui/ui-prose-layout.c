/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-prose-layout.h"

#include "ui-column.h"

struct _UiProseLayout {
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (UiProseLayout, ui_prose_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
ui_prose_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* `width` -1: there is room for everything. */
static int
child_width_for (GtkWidget *child, int width, int prose)
{
  return GTK_IS_LABEL (child) && (width < 0 || width > prose) ? prose : width;
}

static void
ui_prose_layout_measure (GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  int prose = ui_column_get_prose_width (widget);

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    int min;
    int nat;

    if (!gtk_widget_should_layout (child))
      continue;
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
      gtk_widget_measure (child, orientation, -1, &min, &nat, NULL, NULL);
      *minimum = MAX (*minimum, min);
      *natural = MAX (*natural, MAX (min, child_width_for (child, nat, prose)));
    } else {
      gtk_widget_measure (child, orientation, child_width_for (child, for_size, prose), &min, &nat, NULL, NULL);
      *minimum += min;
      *natural += nat;
    }
  }
}

/* Each child as high as it needs for its width. */
static void
ui_prose_layout_allocate (GtkLayoutManager *layout, GtkWidget *widget, int width, int height, int baseline)
{
  int prose = ui_column_get_prose_width (widget);
  int y = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    int child_width = child_width_for (child, width, prose);
    int x = gtk_widget_get_direction (child) == GTK_TEXT_DIR_RTL ? width - child_width : 0;
    int child_height;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, child_width, &child_height, NULL, NULL, NULL);
    gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, child_width, child_height }, -1);
    y += child_height;
  }
}

static void
ui_prose_layout_class_init (UiProseLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = ui_prose_layout_get_request_mode;
  layout_class->measure = ui_prose_layout_measure;
  layout_class->allocate = ui_prose_layout_allocate;
}

static void
ui_prose_layout_init (UiProseLayout *self)
{
}

GtkLayoutManager *
ui_prose_layout_new (void)
{
  return g_object_new (UI_TYPE_PROSE_LAYOUT, NULL);
}
