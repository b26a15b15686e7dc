/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-code-view.h"

/* Air between the lines, as a share of the font's height: GTK's text view knows no line-height of CSS. */
#define LEADING 0.26

struct _UiCodeView {
  GtkSourceView parent_instance;

  int height; /* of the text in pixels, or -1 when it must be measured */
};

G_DEFINE_FINAL_TYPE (UiCodeView, ui_code_view, GTK_SOURCE_TYPE_VIEW)

static int
leading (UiCodeView *self)
{
  return gtk_text_view_get_pixels_above_lines (GTK_TEXT_VIEW (self)) + gtk_text_view_get_pixels_below_lines (GTK_TEXT_VIEW (self));
}

static int
text_height (UiCodeView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  g_autoptr (PangoLayout) layout = NULL;
  g_autofree char *text = NULL;
  GtkTextIter start;
  GtkTextIter end;

  if (self->height >= 0)
    return self->height;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  pango_layout_get_pixel_size (layout, NULL, &self->height);
  self->height += pango_layout_get_line_count (layout) * leading (self);
  return self->height;
}

static void
ui_code_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  GtkTextView *view = GTK_TEXT_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    GTK_WIDGET_CLASS (ui_code_view_parent_class)->measure (widget, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
    return;
  }
  *minimum = *natural = text_height (UI_CODE_VIEW (widget)) + gtk_text_view_get_top_margin (view) + gtk_text_view_get_bottom_margin (view);
  *minimum_baseline = *natural_baseline = -1;
}

static void
forget_height (UiCodeView *self)
{
  self->height = -1;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
update_leading (UiCodeView *self)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (GTK_WIDGET (self)), NULL, NULL);
  int pixels = PANGO_PIXELS ((int) (pango_font_metrics_get_height (metrics) * LEADING));

  pango_font_metrics_unref (metrics);
  if (pixels == leading (self))
    return;
  gtk_text_view_set_pixels_above_lines (GTK_TEXT_VIEW (self), pixels / 2);
  gtk_text_view_set_pixels_below_lines (GTK_TEXT_VIEW (self), pixels - pixels / 2);
}

static void
ui_code_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ui_code_view_parent_class)->css_changed (widget, change);
  update_leading (UI_CODE_VIEW (widget));
  forget_height (UI_CODE_VIEW (widget));
}

static void
ui_code_view_class_init (UiCodeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = ui_code_view_measure;
  widget_class->css_changed = ui_code_view_css_changed;
}

static void
ui_code_view_init (UiCodeView *self)
{
  self->height = -1;
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)), "changed", G_CALLBACK (forget_height), self, G_CONNECT_SWAPPED);
}
