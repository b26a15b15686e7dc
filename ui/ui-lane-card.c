/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-lane-card.h"

#include <glib/gi18n.h>

#include "ui-direction.h"

/* Between two drawings, in milliseconds: four agents write faster than anybody reads. */
#define PACE 150

struct _UiLaneCard {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *line;
  GtkLabel *figures;
  GtkToggleButton *more;
  GtkWidget *stop;
  GtkRevealer *revealer;
  GtkLabel *text;

  AppLane *lane;
  guint timer;
};

G_DEFINE_FINAL_TYPE (UiLaneCard, ui_lane_card, GTK_TYPE_WIDGET)

/* By AppLaneState; a lane that works has a spinner in the place of the icon. */
static const struct {
  const char *icon, *words;
} looks[] = {
  [APP_LANE_WAITING] = { "content-loading-symbolic", N_ ("Waits") },
  [APP_LANE_WORKING] = { NULL, NULL },
  [APP_LANE_DONE] = { "object-select-symbolic", N_ ("Has ended") },
  [APP_LANE_SPARED] = { "media-skip-forward-symbolic", N_ ("Was not needed any more") },
  [APP_LANE_STOPPED] = { "media-playback-stop-symbolic", N_ ("Stopped") },
  [APP_LANE_FAILED] = { "dialog-warning-symbolic", N_ ("Failed") },
};

char *
ui_lane_dup_figures (gint64 tokens, double seconds)
{
  g_autofree char *time = seconds < 90 ? g_strdup_printf (_("%.0f\302\240s"), seconds) : g_strdup_printf (_("%.0f\302\240min"), seconds / 60);
  g_autofree char *count = g_strdup_printf (ngettext ("%'d\302\240token", "%'d\302\240tokens", (gulong) tokens), (int) tokens);

  return tokens > 0 ? g_strdup_printf ("%s · %s", count, time) : g_steal_pointer (&time);
}

/* What stands on the live line: what it came to, when it has come to something; else what it writes. */
static char *
dup_line (AppLane *lane)
{
  const char *answer = app_lane_get_answer (lane);
  AppLaneState state = app_lane_get_state (lane);
  g_autofree char *written = NULL;

  if (*answer != '\0' && state != APP_LANE_WORKING)
    return g_strdup (answer);
  written = app_lane_dup_line (lane);
  if (*written != '\0')
    return g_steal_pointer (&written);
  return g_strdup (state == APP_LANE_WORKING ? app_lane_get_task (lane) : _(looks[state].words));
}

static void
update (UiLaneCard *self)
{
  AppLaneState state = app_lane_get_state (self->lane);
  gboolean works = state == APP_LANE_WORKING;
  g_autofree char *line = dup_line (self->lane), *figures = ui_lane_dup_figures (app_lane_get_tokens (self->lane), app_lane_get_seconds (self->lane)), *label = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->spinner), works);
  gtk_spinner_set_spinning (self->spinner, works);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !works);
  if (!works)
    gtk_image_set_from_icon_name (self->icon, looks[state].icon);
  gtk_label_set_text (self->name, app_lane_get_name (self->lane));
  gtk_label_set_text (self->line, line);
  gtk_label_set_text (self->figures, figures);
  gtk_widget_set_visible (self->stop, app_lane_can_stop (self->lane));
  gtk_widget_set_visible (GTK_WIDGET (self->more), *app_lane_get_text (self->lane) != '\0');
  if (gtk_toggle_button_get_active (self->more))
    gtk_label_set_text (self->text, app_lane_get_text (self->lane));
  ui_direction_set (GTK_WIDGET (self->line), ui_direction_of_text (line));
  ui_direction_set (GTK_WIDGET (self->text), ui_direction_of_text (app_lane_get_text (self->lane)));
  if (state == APP_LANE_SPARED || state == APP_LANE_STOPPED)
    gtk_widget_add_css_class (GTK_WIDGET (self), "over");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "over");
  /* Translators: an agent, and how it stands. */
  label = g_strdup_printf (_("%s: %s"), app_lane_get_name (self->lane), works ? app_lane_get_task (self->lane) : _(looks[state].words));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
on_timer (gpointer data)
{
  UiLaneCard *self = data;

  update (self);
  /* Time goes on while nothing is written. */
  if (app_lane_get_state (self->lane) == APP_LANE_WORKING)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_changed (UiLaneCard *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (PACE, on_timer, self);
}

static void
on_more (UiLaneCard *self)
{
  gboolean open = gtk_toggle_button_get_active (self->more);

  gtk_widget_activate_action (GTK_WIDGET (self), "transcript.hold", NULL);
  gtk_button_set_icon_name (GTK_BUTTON (self->more), open ? "pan-up-symbolic" : "pan-down-symbolic");
  gtk_label_set_text (self->text, open ? app_lane_get_text (self->lane) : "");
  gtk_revealer_set_reveal_child (self->revealer, open);
}

static void
on_stop (UiLaneCard *self)
{
  app_lane_stop (self->lane);
}

static void
ui_lane_card_dispose (GObject *object)
{
  UiLaneCard *self = UI_LANE_CARD (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->lane != NULL)
    g_signal_handlers_disconnect_by_data (self->lane, self);
  g_clear_object (&self->lane);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_lane_card_parent_class)->dispose (object);
}

static void
ui_lane_card_class_init (UiLaneCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_lane_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-lane-card.ui");
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, box);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, icon);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, name);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, line);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, figures);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, more);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, stop);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, text);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_set_css_name (widget_class, "lanecard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_lane_card_init (UiLaneCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_lane_card_new (AppLane *lane)
{
  UiLaneCard *self = g_object_new (UI_TYPE_LANE_CARD, NULL);

  self->lane = g_object_ref (lane);
  g_signal_connect_swapped (lane, "changed", G_CALLBACK (on_changed), self);
  update (self);
  if (app_lane_get_state (lane) == APP_LANE_WORKING)
    on_changed (self);
  return GTK_WIDGET (self);
}
