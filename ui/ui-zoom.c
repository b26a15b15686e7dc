/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-zoom.h"

#define STEP 1.25
#define LARGEST 8.0

/* Lives as long as the scroller. */
typedef struct {
  GtkScrolledWindow *scroller;
  GtkWidget *child;
  GSimpleActionGroup *actions;
  double factor; /* 1: it fits */
  guint tick_id; /* 0: the child has the size that the factor asks for */
} Zoom;

static GtkAdjustment *
get_adjustment (Zoom *zoom, guint axis)
{
  return axis == 0 ? gtk_scrolled_window_get_hadjustment (zoom->scroller) : gtk_scrolled_window_get_vadjustment (zoom->scroller);
}

/* Asks for the size that belongs to the factor and the place. */
static void
apply (Zoom *zoom)
{
  int width = (int) gtk_adjustment_get_page_size (get_adjustment (zoom, 0));
  int height = (int) gtk_adjustment_get_page_size (get_adjustment (zoom, 1));
  gboolean fits = zoom->factor <= 1.0;

  gtk_widget_set_size_request (zoom->child, fits ? -1 : (int) (width * zoom->factor), fits ? -1 : (int) (height * zoom->factor));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (zoom->actions), "out")), !fits);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (zoom->actions), "in")), zoom->factor < LARGEST);
}

/* What is in the middle stays there. The child has its size only with the next frame: what it will be is said to the adjustments now, so that nothing
 * is drawn at a wrong place before. */
static void
set_factor (Zoom *zoom, double factor)
{
  factor = factor < 1.01 ? 1.0 : MIN (factor, LARGEST);
  if (factor == zoom->factor)
    return;
  zoom->factor = factor;
  apply (zoom);
  for (guint axis = 0; axis < 2; axis++) {
    GtkAdjustment *adjustment = get_adjustment (zoom, axis);
    double page = gtk_adjustment_get_page_size (adjustment);
    double old = gtk_adjustment_get_upper (adjustment);
    double upper = MAX (page, page * factor);
    double centre = old > 0 ? (gtk_adjustment_get_value (adjustment) + page / 2) / old : 0.5;

    gtk_adjustment_configure (adjustment, centre * upper - page / 2, 0, upper, gtk_adjustment_get_step_increment (adjustment),
                              gtk_adjustment_get_page_increment (adjustment), page);
  }
}

static void
action_zoom (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Zoom *zoom = data;
  const char *name = g_action_get_name (G_ACTION (action));

  set_factor (zoom, g_str_equal (name, "in") ? zoom->factor * STEP : g_str_equal (name, "out") ? zoom->factor / STEP : 1.0);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  Zoom *zoom = data;

  if (!(gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)) & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  set_factor (zoom, dy < 0 ? zoom->factor * STEP : zoom->factor / STEP);
  return GDK_EVENT_STOP;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Zoom *zoom = data;

  zoom->tick_id = 0;
  apply (zoom);
  return G_SOURCE_REMOVE;
}

/* The window has another size. It is being laid out: what is asked for now would be lost. */
static void
on_page_size (Zoom *zoom)
{
  if (zoom->factor > 1.0 && zoom->tick_id == 0)
    zoom->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (zoom->scroller), on_tick, zoom, NULL);
}

static void
zoom_free (gpointer data)
{
  Zoom *zoom = data;

  g_object_unref (zoom->actions);
  g_free (zoom);
}

void
ui_zoom_add (GtkWidget *owner, GtkScrolledWindow *scroller, GtkWidget *child)
{
  static const GActionEntry entries[] = {
    { "in", action_zoom, NULL, NULL, NULL, { 0 } },
    { "out", action_zoom, NULL, NULL, NULL, { 0 } },
    { "fit", action_zoom, NULL, NULL, NULL, { 0 } },
  };
  GtkEventController *wheel = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  Zoom *zoom = g_new0 (Zoom, 1);

  zoom->scroller = scroller;
  zoom->child = child;
  zoom->factor = 1.0;
  zoom->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (zoom->actions), entries, G_N_ELEMENTS (entries), zoom);
  gtk_widget_insert_action_group (owner, "zoom", G_ACTION_GROUP (zoom->actions));
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect (wheel, "scroll", G_CALLBACK (on_scroll), zoom);
  gtk_widget_add_controller (GTK_WIDGET (scroller), wheel);
  for (guint axis = 0; axis < 2; axis++)
    g_signal_connect_swapped (get_adjustment (zoom, axis), "notify::page-size", G_CALLBACK (on_page_size), zoom);
  g_object_set_data_full (G_OBJECT (scroller), "ui-zoom", zoom, zoom_free);
  apply (zoom);
}
