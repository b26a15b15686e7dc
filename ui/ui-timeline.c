/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-timeline.h"

/* In pixels: how high it is, and how long a bar is at least. */
#define HEIGHT 4
#define SHORTEST 4

struct _UiTimeline {
  GtkWidget parent_instance;

  double begin, end;
};

G_DEFINE_FINAL_TYPE (UiTimeline, ui_timeline, GTK_TYPE_WIDGET)

void
ui_timeline_set_span (UiTimeline *self, double begin, double end)
{
  self->begin = CLAMP (begin, 0, 1);
  self->end = CLAMP (end, self->begin, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiTimeline *self = UI_TIMELINE (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  float length = MAX ((float) (self->end - self->begin) * width, MIN (SHORTEST, width)), from = MIN ((float) self->begin * width, width - length);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    from = width - from - length;
  GdkRGBA faint = { colour.red, colour.green, colour.blue, colour.alpha * 0.2f };
  gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (0, (height - 1) / 2, width, 1));
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (from, 0, length, height));
}

static void
ui_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 40;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 200;
}

static void
ui_timeline_class_init (UiTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ui_timeline_snapshot;
  widget_class->measure = ui_timeline_measure;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_timeline_init (UiTimeline *self)
{
}
