/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-hold.h"

typedef struct {
  GtkWidget *button;
  UiHoldFunc press, let_go;
  UiHoldLostFunc lost;
  gpointer owner;
  guint key; /* that is down, or 0 */
} Hold;

static void
on_pointer_pressed (GtkGestureDrag *gesture, double x, double y, Hold *hold)
{
  if (!gtk_widget_get_sensitive (hold->button))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  hold->press (hold->owner, gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (gesture)));
}

static void
on_pointer_released (GtkGestureDrag *gesture, double x, double y, Hold *hold)
{
  hold->let_go (hold->owner, gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
is_pressing (guint key)
{
  return key == GDK_KEY_space || key == GDK_KEY_KP_Space || key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, Hold *hold)
{
  if (!is_pressing (key) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  /* A key that is held repeats itself. */
  if (hold->key == 0) {
    hold->key = key;
    hold->press (hold->owner, gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (controller)));
  }
  return GDK_EVENT_STOP;
}

static void
on_key_released (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, Hold *hold)
{
  if (key != hold->key)
    return;
  hold->key = 0;
  hold->let_go (hold->owner, gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (controller)));
}

static void
on_focus_left (GtkEventControllerFocus *controller, Hold *hold)
{
  gboolean down = hold->key != 0;

  hold->key = 0;
  if (down)
    hold->lost (hold->owner);
}

void
ui_hold_watch (GtkWidget *holder, GtkWidget *button, UiHoldFunc press, UiHoldFunc let_go, UiHoldLostFunc lost, gpointer owner)
{
  Hold *hold = g_new0 (Hold, 1);
  /* A gesture that minds neither how long it takes nor where the pointer goes meanwhile. */
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *key = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  *hold = (Hold) { button, press, let_go, lost, owner, 0 };
  g_object_set_data_full (G_OBJECT (holder), "ui-hold", hold, g_free);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_pointer_pressed), hold);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_pointer_released), hold);
  gtk_widget_add_controller (holder, GTK_EVENT_CONTROLLER (drag));
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), hold);
  g_signal_connect (key, "key-released", G_CALLBACK (on_key_released), hold);
  gtk_widget_add_controller (holder, key);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), hold);
  gtk_widget_add_controller (holder, focus);
}
