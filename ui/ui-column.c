/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-column.h"

/* In characters of average width. */
#define PROSE 74
#define COLUMN 106

struct _UiColumn {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiColumn, ui_column, UI_TYPE_BIN)

/* The average width of a character, in Pango's units. It is asked for at every layout of every text, nearly always in the same font, and to
 * measure a font takes Pango longer than to lay out a line: the last answer is kept. */
static int
character_width (GtkWidget *widget)
{
  static PangoFontDescription *last_font;
  static double last_resolution;
  static int width;
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double resolution = pango_cairo_context_get_resolution (context);
  PangoFontMetrics *metrics;

  if (last_font != NULL && resolution == last_resolution && pango_font_description_equal (font, last_font))
    return width;
  metrics = pango_context_get_metrics (context, NULL, NULL);
  width = pango_font_metrics_get_approximate_char_width (metrics);
  pango_font_metrics_unref (metrics);
  g_clear_pointer (&last_font, pango_font_description_free);
  last_font = pango_font_description_copy (font);
  last_resolution = resolution;
  return width;
}

int
ui_column_get_prose_width (GtkWidget *widget)
{
  return PANGO_PIXELS_CEIL (PROSE * character_width (widget));
}

int
ui_column_get_width (GtkWidget *widget)
{
  return PANGO_PIXELS_CEIL (COLUMN * character_width (widget));
}

static int
ui_column_child_width (UiBin *bin, int width)
{
  return MIN (width, ui_column_get_width (GTK_WIDGET (bin)));
}

static void
ui_column_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  GTK_WIDGET_CLASS (ui_column_parent_class)->measure (widget, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, MIN (*natural, ui_column_get_width (widget)));
}

static void
ui_column_class_init (UiColumnClass *klass)
{
  UI_BIN_CLASS (klass)->child_width = ui_column_child_width;
  GTK_WIDGET_CLASS (klass)->measure = ui_column_measure;
}

static void
ui_column_init (UiColumn *self)
{
}
