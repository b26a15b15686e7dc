/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sideways.h"

/* The narrowest that the widget may become: a cell or two stay readable. */
#define MIN_WIDTH 96
#define KEY_STEP 48.0

struct _UiSideways {
  GtkWidget parent_instance;

  GtkWidget *child;
  GtkWidget *scrollbar;
  GtkAdjustment *adjustment;
};

G_DEFINE_FINAL_TYPE (UiSideways, ui_sideways, GTK_TYPE_WIDGET)

static int
min_child_width (UiSideways *self)
{
  int min;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  return min;
}

/* The child is as wide as it likes to be, within the place; wider only where it cannot be narrower. */
static int
child_width_for (UiSideways *self, int width)
{
  int min;
  int nat;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
  return MAX (min, MIN (nat, width));
}

static int
scrollbar_height (UiSideways *self)
{
  int min;

  gtk_widget_measure (self->scrollbar, GTK_ORIENTATION_VERTICAL, -1, &min, NULL, NULL, NULL);
  return min;
}

static void
ui_sideways_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  UiSideways *self = UI_SIDEWAYS (widget);
  int min;
  int nat;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (self->child, orientation, -1, &min, &nat, NULL, NULL);
    *minimum = MIN (min, MIN_WIDTH);
    *natural = nat;
    return;
  }
  if (for_size < 0) {
    gtk_widget_measure (self->child, orientation, -1, minimum, natural, NULL, NULL);
    return;
  }
  min = min_child_width (self);
  gtk_widget_measure (self->child, orientation, child_width_for (self, for_size), minimum, natural, NULL, NULL);
  if (min > for_size) {
    *minimum += scrollbar_height (self);
    *natural += scrollbar_height (self);
  }
}

static GtkSizeRequestMode
ui_sideways_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_sideways_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiSideways *self = UI_SIDEWAYS (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int child_width = child_width_for (self, width);
  gboolean overflows = child_width > width;
  int bar = overflows ? scrollbar_height (self) : 0;
  double value;
  int x;

  gtk_widget_set_child_visible (self->scrollbar, overflows);
  gtk_widget_set_focusable (widget, overflows);
  g_signal_handlers_block_by_func (self->adjustment, gtk_widget_queue_allocate, widget);
  gtk_adjustment_configure (self->adjustment, gtk_adjustment_get_value (self->adjustment), 0, MAX (child_width, width), KEY_STEP, width * 0.9, width);
  g_signal_handlers_unblock_by_func (self->adjustment, gtk_widget_queue_allocate, widget);
  value = gtk_adjustment_get_value (self->adjustment);
  x = rtl ? width - child_width + (int) value : -(int) value;
  gtk_widget_size_allocate (self->child, &(GtkAllocation){ x, 0, child_width, MAX (height - bar, 0) }, -1);
  if (overflows)
    gtk_widget_size_allocate (self->scrollbar, &(GtkAllocation){ 0, height - bar, width, bar }, -1);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, UiSideways *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double delta = state & GDK_SHIFT_MASK ? dy + dx : dx;

  if (delta == 0.0 || !ui_sideways_overflows (self))
    return GDK_EVENT_PROPAGATE;
  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_value (self->adjustment) + delta * KEY_STEP);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiSideways *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double step;

  if (!gtk_widget_is_focus (GTK_WIDGET (self)) || (keyval != GDK_KEY_Left && keyval != GDK_KEY_Right))
    return GDK_EVENT_PROPAGATE;
  step = (keyval == GDK_KEY_Right) != rtl ? KEY_STEP : -KEY_STEP;
  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_value (self->adjustment) + step);
  return GDK_EVENT_STOP;
}

static void
ui_sideways_dispose (GObject *object)
{
  UiSideways *self = UI_SIDEWAYS (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->scrollbar, gtk_widget_unparent);
  g_clear_object (&self->adjustment);
  G_OBJECT_CLASS (ui_sideways_parent_class)->dispose (object);
}

static void
ui_sideways_class_init (UiSidewaysClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_sideways_dispose;
  widget_class->measure = ui_sideways_measure;
  widget_class->size_allocate = ui_sideways_size_allocate;
  widget_class->get_request_mode = ui_sideways_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "sideways");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_sideways_init (UiSideways *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();

  self->adjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_allocate), self, G_CONNECT_SWAPPED);
  self->scrollbar = gtk_scrollbar_new (GTK_ORIENTATION_HORIZONTAL, self->adjustment);
  gtk_widget_set_parent (self->scrollbar, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
ui_sideways_new (GtkWidget *child)
{
  UiSideways *self = g_object_new (UI_TYPE_SIDEWAYS, NULL);

  self->child = child;
  gtk_widget_insert_before (child, GTK_WIDGET (self), self->scrollbar);
  return GTK_WIDGET (self);
}

gboolean
ui_sideways_overflows (UiSideways *self)
{
  return gtk_adjustment_get_upper (self->adjustment) > gtk_adjustment_get_page_size (self->adjustment);
}
