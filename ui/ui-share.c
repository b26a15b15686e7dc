/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-share.h"

#define PERCENT 80

struct _UiShare {
  GtkWidget parent_instance;

  GtkWidget *child;
};

enum { PROP_0, PROP_CHILD };

G_DEFINE_FINAL_TYPE (UiShare, ui_share, GTK_TYPE_WIDGET)

static int
child_width_for (UiShare *self, int width)
{
  int min;
  int nat;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
  return MIN (MAX (min, MIN (nat, width * PERCENT / 100)), MAX (min, width));
}

static GtkSizeRequestMode
ui_share_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_share_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                  int *minimum_baseline, int *natural_baseline)
{
  UiShare *self = UI_SHARE (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (self->child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = child_width_for (self, for_size);
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = *natural * 100 / PERCENT + 1;
}

static void
ui_share_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiShare *self = UI_SHARE (widget);
  int child_width;
  int x;

  if (self->child == NULL)
    return;
  child_width = child_width_for (self, width);
  x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? 0 : width - child_width;
  gtk_widget_size_allocate (self->child, &(GtkAllocation){ x, 0, child_width, height }, -1);
}

static void
ui_share_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiShare *self = UI_SHARE (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = g_value_get_object (value);
  if (self->child != NULL)
    gtk_widget_set_parent (self->child, GTK_WIDGET (self));
}

static void
ui_share_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, UI_SHARE (object)->child);
}

static void
ui_share_dispose (GObject *object)
{
  g_clear_pointer (&UI_SHARE (object)->child, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_share_parent_class)->dispose (object);
}

static void
ui_share_class_init (UiShareClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ui_share_set_property;
  object_class->get_property = ui_share_get_property;
  object_class->dispose = ui_share_dispose;
  widget_class->measure = ui_share_measure;
  widget_class->size_allocate = ui_share_size_allocate;
  widget_class->get_request_mode = ui_share_get_request_mode;
  g_object_class_install_property (object_class, PROP_CHILD,
                                   g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
ui_share_init (UiShare *self)
{
}
