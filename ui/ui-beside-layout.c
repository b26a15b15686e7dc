/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-beside-layout.h"

#define SPACING_BESIDE 12
#define SPACING_BELOW 6

struct _UiBesideLayout {
  GtkLayoutManager parent_instance;

  double least; /* of the width, for the first where the second stands beside it */
};

enum { PROP_0,
       PROP_LEAST };

G_DEFINE_FINAL_TYPE (UiBesideLayout, ui_beside_layout, GTK_TYPE_LAYOUT_MANAGER)

/* What is laid out, first and second; NULL for one that is hidden or not there. */
static void
get_children (GtkWidget *widget, GtkWidget *children[2])
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;

  children[0] = first != NULL && gtk_widget_should_layout (first) ? first : NULL;
  children[1] = second != NULL && gtk_widget_should_layout (second) ? second : NULL;
}

static int
natural_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* How wide each child is in a place of that width. Returns: whether they stand beside each other */
static gboolean
split (UiBesideLayout *self, GtkWidget *children[2], int width, int widths[2])
{
  int second = children[1] != NULL ? MIN (natural_width (children[1]), width) : 0;
  int least = (int)(width * self->least);
  int min = 0;

  widths[0] = width;
  widths[1] = second;
  if (children[0] != NULL)
    gtk_widget_measure (children[0], GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  if (children[0] == NULL || children[1] == NULL || width - SPACING_BESIDE - second < MAX (least, min))
    return FALSE;
  widths[0] = width - SPACING_BESIDE - second;
  return TRUE;
}

static int
height_for (GtkWidget *child, int width)
{
  int height;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  return height;
}

static GtkSizeRequestMode
ui_beside_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_beside_layout_measure (GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *children[2];
  int widths[2];
  gboolean beside;

  get_children (widget, children);
  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    for (guint i = 0; i < 2; i++) {
      int min;
      int nat;

      if (children[i] == NULL)
        continue;
      gtk_widget_measure (children[i], orientation, -1, &min, &nat, NULL, NULL);
      *minimum = MAX (*minimum, min);
      *natural += nat + (*natural > 0 ? SPACING_BESIDE : 0);
    }
    return;
  }
  beside = split (UI_BESIDE_LAYOUT (layout), children, for_size < 0 ? G_MAXINT / 2 : for_size, widths);
  for (guint i = 0; i < 2; i++) {
    int height = children[i] != NULL ? height_for (children[i], for_size < 0 && i == 0 ? -1 : widths[i]) : 0;

    *minimum = beside ? MAX (*minimum, height) : *minimum + height + (*minimum > 0 && height > 0 ? SPACING_BELOW : 0);
  }
  *natural = *minimum;
}

static void
ui_beside_layout_allocate (GtkLayoutManager *layout, GtkWidget *widget, int width, int height, int baseline)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *children[2];
  int widths[2];
  gboolean beside;
  int y = 0;

  get_children (widget, children);
  beside = split (UI_BESIDE_LAYOUT (layout), children, width, widths);
  for (guint i = 0; i < 2; i++) {
    gboolean at_end = i == 1;
    int child_height;

    if (children[i] == NULL)
      continue;
    child_height = beside ? height : height_for (children[i], widths[i]);
    gtk_widget_size_allocate (children[i], &(GtkAllocation){ at_end == rtl ? 0 : width - widths[i], y, widths[i], child_height }, -1);
    if (!beside)
      y += child_height + SPACING_BELOW;
  }
}

static void
ui_beside_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UI_BESIDE_LAYOUT (object)->least = g_value_get_double (value);
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (object));
}

static void
ui_beside_layout_class_init (UiBesideLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = ui_beside_layout_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_LEAST,
                                   g_param_spec_double ("least", NULL, NULL, 0, 1, 0.5, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS));
  layout_class->get_request_mode = ui_beside_layout_get_request_mode;
  layout_class->measure = ui_beside_layout_measure;
  layout_class->allocate = ui_beside_layout_allocate;
}

static void
ui_beside_layout_init (UiBesideLayout *self)
{
}
