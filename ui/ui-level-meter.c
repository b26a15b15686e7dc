/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-level-meter.h"

#include <math.h>

/* In pixels. */
#define STROKE 3.0f
#define STEP 5.0f
#define HEIGHT 24
#define WIDTH 24
/* What is quieter counts as silence, in dB; a room is about 50 dB below the loudest. */
#define QUIET -54.0
/* More strokes than a meter is ever wide. */
#define N_LEVELS 256
/* Where nothing is to glide, the bar has so many lengths. */
#define N_LENGTHS 10

struct _UiLevelMeter {
  GtkWidget parent_instance;

  float levels[N_LEVELS]; /* a ring */
  guint n;                /* that have come */
};

G_DEFINE_FINAL_TYPE (UiLevelMeter, ui_level_meter, GTK_TYPE_WIDGET)

void
ui_level_meter_add (UiLevelMeter *self, double decibels)
{
  self->levels[self->n++ % N_LEVELS] = (float) CLAMP (1 - decibels / QUIET, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_level_meter_clear (UiLevelMeter *self)
{
  self->n = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
ui_level_meter_get_level (UiLevelMeter *self)
{
  return self->n > 0 ? self->levels[(self->n - 1) % N_LEVELS] : 0;
}

static void
append_stroke (GtkSnapshot *snapshot, float x, float y, float width, float height, const GdkRGBA *colour)
{
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &GRAPHENE_RECT_INIT (x, y, width, height), MIN (width, height) / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, colour, &round.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
snapshot_bar (UiLevelMeter *self, GtkSnapshot *snapshot, float width, float height, const GdkRGBA *colour)
{
  GdkRGBA pale = { colour->red, colour->green, colour->blue, colour->alpha * 0.25f };
  float length = (float) (round (ui_level_meter_get_level (self) * N_LENGTHS) / N_LENGTHS) * width;

  append_stroke (snapshot, 0, (height - STROKE) / 2, width, STROKE, &pale);
  if (length > 0)
    append_stroke (snapshot, gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? width - length : 0, (height - STROKE) / 2, length, STROKE, colour);
}

static void
ui_level_meter_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiLevelMeter *self = UI_LEVEL_METER (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  guint n_places = MIN ((guint) ((width + STEP - STROKE) / STEP), N_LEVELS);
  gboolean animations;
  GdkRGBA colour, pale;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  pale = (GdkRGBA) { colour.red, colour.green, colour.blue, colour.alpha * 0.35f };
  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animations, NULL);
  if (!animations) {
    snapshot_bar (self, snapshot, width, height, &colour);
    return;
  }
  for (guint i = 0; i < n_places; i++) {
    /* From the end on, and so from the newest to the oldest. */
    float level = i < self->n ? self->levels[(self->n - 1 - i) % N_LEVELS] : 0;
    float length = MAX (STROKE, roundf (level * height));
    float x = width - STROKE - STEP * (float) i;

    append_stroke (snapshot, gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? width - STROKE - x : x, (height - length) / 2, STROKE, length, i < self->n ? &colour : &pale);
  }
}

static void
ui_level_meter_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  /* It takes what room there is, after the words beside it. */
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
ui_level_meter_class_init (UiLevelMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ui_level_meter_snapshot;
  widget_class->measure = ui_level_meter_measure;
  gtk_widget_class_set_css_name (widget_class, "levelmeter");
  /* The words beside it say that the microphone is on; how loud it is twenty times in a second nobody can listen to. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_level_meter_init (UiLevelMeter *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
