/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-bin.h"

/* A width that no place has, and that leaves room for arithmetic. */
#define VERY_WIDE (1 << 20)

typedef struct {
  GtkWidget *child;
} UiBinPrivate;

enum { PROP_0, PROP_CHILD };

G_DEFINE_TYPE_WITH_PRIVATE (UiBin, ui_bin, GTK_TYPE_WIDGET)

GtkWidget *
ui_bin_get_child (UiBin *self)
{
  return ((UiBinPrivate *) ui_bin_get_instance_private (self))->child;
}

static int
child_width_for (UiBin *self, int width)
{
  UiBinClass *klass = UI_BIN_GET_CLASS (self);

  return klass->child_width != NULL ? klass->child_width (self, width) : width;
}

static GtkSizeRequestMode
ui_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *child = ui_bin_get_child (UI_BIN (widget));

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = child_width_for (UI_BIN (widget), for_size);
  else if (orientation == GTK_ORIENTATION_VERTICAL && UI_BIN_GET_CLASS (widget)->child_width != NULL)
    for_size = child_width_for (UI_BIN (widget), VERY_WIDE);
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

/* In the middle, where the child is narrower than the place. */
static void
ui_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = ui_bin_get_child (UI_BIN (widget));
  int child_width;

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  child_width = child_width_for (UI_BIN (widget), width);
  gtk_widget_size_allocate (child, &(GtkAllocation){ (width - child_width) / 2, 0, child_width, height }, -1);
}

static void
ui_bin_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiBinPrivate *private = ui_bin_get_instance_private (UI_BIN (object));

  g_clear_pointer (&private->child, gtk_widget_unparent);
  private->child = g_value_get_object (value);
  if (private->child != NULL)
    gtk_widget_set_parent (private->child, GTK_WIDGET (object));
}

static void
ui_bin_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, ui_bin_get_child (UI_BIN (object)));
}

static void
ui_bin_dispose (GObject *object)
{
  UiBinPrivate *private = ui_bin_get_instance_private (UI_BIN (object));

  g_clear_pointer (&private->child, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_bin_parent_class)->dispose (object);
}

static void
ui_bin_class_init (UiBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ui_bin_set_property;
  object_class->get_property = ui_bin_get_property;
  object_class->dispose = ui_bin_dispose;
  widget_class->measure = ui_bin_measure;
  widget_class->size_allocate = ui_bin_size_allocate;
  widget_class->get_request_mode = ui_bin_get_request_mode;
  g_object_class_install_property (object_class, PROP_CHILD,
                                   g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
ui_bin_init (UiBin *self)
{
}
