/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-waveform.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app-transcript.h"

/* In pixels. */
#define STROKE 2.0f
#define STEP 4.0f
#define HEIGHT 64
#define WIDTH 120
/* More strokes than it is ever wide. */
#define N_PEAKS 1024
/* Seconds that a key moves. */
#define SMALL 2.0
#define LARGE 15.0

struct _UiWaveform {
  GtkWidget parent_instance;

  float peaks[N_PEAKS]; /* of stretches of the same length, 0 to 1 */
  double seconds, position;
};

enum { SEEK, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiWaveform, ui_waveform, GTK_TYPE_WIDGET)

static void
update_accessible (UiWaveform *self)
{
  g_autofree char *now = app_transcript_format_time ((guint) self->position), *all = app_transcript_format_time ((guint) self->seconds);
  /* Translators: a place in a sound: "0:07 of 1:30". */
  g_autofree char *text = g_strdup_printf (_("%s of %s"), now, all);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, self->seconds, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, self->position,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

void
ui_waveform_set_sound (UiWaveform *self, const MediaSound *sound)
{
  const float *samples = media_sound_get_samples (sound);
  float most = 1e-6f;

  for (gsize i = 0; i < N_PEAKS; i++) {
    gsize begin = sound->n_samples * i / N_PEAKS, end = sound->n_samples * (i + 1) / N_PEAKS;
    float peak = 0;

    for (gsize k = begin; k < end; k++)
      peak = MAX (peak, fabsf (samples[k]));
    self->peaks[i] = peak;
    most = MAX (most, peak);
  }
  /* A quiet recording is as readable as a loud one. */
  for (gsize i = 0; i < N_PEAKS; i++)
    self->peaks[i] /= most;
  self->seconds = media_sound_get_seconds (sound);
  self->position = 0;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_waveform_set_position (UiWaveform *self, double second)
{
  /* A screen reader need not hear of every twentieth of a second. */
  gboolean told = (guint) second != (guint) self->position;

  self->position = second;
  if (told)
    update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- the person ---- */

static void
seek (UiWaveform *self, double second)
{
  if (self->seconds > 0)
    g_signal_emit (self, signals[SEEK], 0, CLAMP (second, 0, self->seconds));
}

static void
seek_at (UiWaveform *self, double x)
{
  seek (self, x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->seconds);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, UiWaveform *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  seek_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, UiWaveform *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  seek_at (self, x + dx);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, UiWaveform *self)
{
  switch (key) {
  case GDK_KEY_Left: case GDK_KEY_KP_Left: case GDK_KEY_Down: case GDK_KEY_KP_Down:
    seek (self, self->position - SMALL);
    break;
  case GDK_KEY_Right: case GDK_KEY_KP_Right: case GDK_KEY_Up: case GDK_KEY_KP_Up:
    seek (self, self->position + SMALL);
    break;
  case GDK_KEY_Page_Down: case GDK_KEY_KP_Page_Down:
    seek (self, self->position - LARGE);
    break;
  case GDK_KEY_Page_Up: case GDK_KEY_KP_Page_Up:
    seek (self, self->position + LARGE);
    break;
  case GDK_KEY_Home: case GDK_KEY_KP_Home:
    seek (self, 0);
    break;
  case GDK_KEY_End: case GDK_KEY_KP_End:
    seek (self, self->seconds);
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

/* ---- drawing ---- */

static void
append_stroke (GtkSnapshot *snapshot, float x, float length, float height, const GdkRGBA *colour)
{
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &GRAPHENE_RECT_INIT (x, (height - length) / 2, STROKE, length), STROKE / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, colour, &round.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
ui_waveform_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiWaveform *self = UI_WAVEFORM (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  guint n = MIN ((guint) MAX (width / STEP, 1), N_PEAKS);
  GdkRGBA colour, pale;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  pale = (GdkRGBA) { colour.red, colour.green, colour.blue, colour.alpha * 0.55f };
  for (guint i = 0; i < n && self->seconds > 0; i++) {
    float peak = 0;

    for (guint k = N_PEAKS * i / n; k < N_PEAKS * (i + 1) / n; k++)
      peak = MAX (peak, self->peaks[k]);
    append_stroke (snapshot, STEP * (float) i + (STEP - STROKE) / 2, MAX (STROKE, roundf (peak * height)), height, (i + 0.5) / n * self->seconds < self->position ? &colour : &pale);
  }
  if (self->seconds > 0)
    append_stroke (snapshot, (float) (self->position / self->seconds) * (width - STROKE), height, height, &colour);
}

static void
ui_waveform_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

/* ---- object ---- */

static void
ui_waveform_class_init (UiWaveformClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ui_waveform_snapshot;
  widget_class->measure = ui_waveform_measure;
  signals[SEEK] = g_signal_new ("seek", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "waveform");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
ui_waveform_init (UiWaveform *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "pointer");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Position"), -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  update_accessible (self);
}
