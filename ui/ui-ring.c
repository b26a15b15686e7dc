/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-ring.h"

#include <math.h>

/* In pixels. */
#define SIZE 16
#define LINE 3.0

struct _UiRing {
  GtkWidget parent_instance;

  double fraction;
};

G_DEFINE_FINAL_TYPE (UiRing, ui_ring, GTK_TYPE_WIDGET)

void
ui_ring_set_fraction (UiRing *self, double fraction)
{
  fraction = CLAMP (fraction, 0, 1);
  if (self->fraction == fraction)
    return;
  self->fraction = fraction;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiRing *self = UI_RING (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  double radius = (MIN (width, height) - LINE) / 2;
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cairo_set_line_width (cr, LINE);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha * 0.25);
  cairo_arc (cr, width / 2.0, height / 2.0, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  if (self->fraction > 0) {
    gdk_cairo_set_source_rgba (cr, &colour);
    /* From the top, with the clock. */
    cairo_arc (cr, width / 2.0, height / 2.0, radius, -G_PI / 2, -G_PI / 2 + 2 * G_PI * self->fraction);
    cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

static void
ui_ring_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
ui_ring_class_init (UiRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ui_ring_snapshot;
  widget_class->measure = ui_ring_measure;
  gtk_widget_class_set_css_name (widget_class, "ring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_ring_init (UiRing *self)
{
}
