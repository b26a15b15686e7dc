/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-lanes.h"

#include <glib/gi18n.h>

#include "ui-lane-card.h"

/* Between two drawings of the line, in milliseconds. */
#define PACE 250

struct _UiLanes {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkToggleButton *head;
  GtkSpinner *spinner;
  GtkImage *arrow;
  GtkLabel *summary;
  GtkRevealer *revealer;
  GtkFlowBox *cards;

  GListModel *lanes; /* NULL */
  gboolean working;  /* one of them, when that was last looked at */
  gboolean chosen;   /* the person has opened or closed the cards: nothing else does any more */
  gboolean setting;  /* …and this is not the person */
  guint timer;
};

G_DEFINE_FINAL_TYPE (UiLanes, ui_lanes, GTK_TYPE_WIDGET)

static void
set_open (UiLanes *self, gboolean open)
{
  self->setting = TRUE;
  gtk_toggle_button_set_active (self->head, open);
  self->setting = FALSE;
}

static void
update (UiLanes *self)
{
  guint n = g_list_model_get_n_items (self->lanes), n_working = 0;
  gint64 tokens = 0;
  double seconds = 0;
  g_autofree char *figures = NULL, *text = NULL;

  for (guint i = 0; i < n; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);

    n_working += app_lane_get_state (lane) <= APP_LANE_WORKING;
    tokens += app_lane_get_tokens (lane);
    seconds = MAX (seconds, app_lane_get_seconds (lane));
  }
  figures = ui_lane_dup_figures (tokens, seconds);
  if (n_working > 0)
    text = g_strdup_printf (ngettext ("%u agent at work · %s", "%u agents at work · %s", n_working), n_working, figures);
  else
    text = g_strdup_printf (ngettext ("%u agent · %s", "%u agents · %s", n), n, figures);
  gtk_label_set_text (self->summary, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->head), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), n_working > 0);
  gtk_spinner_set_spinning (self->spinner, n_working > 0);
  if (!self->chosen && self->working != (n_working > 0))
    set_open (self, n_working > 0);
  self->working = n_working > 0;
}

/* From the first that began to the last that ended, when all have. */
static void
update_span (UiLanes *self)
{
  guint n = g_list_model_get_n_items (self->lanes);
  gint64 from = 0, to = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);
    gint64 began = app_lane_get_began (lane);

    if (app_lane_get_state (lane) <= APP_LANE_WORKING)
      return;
    if (began > 0 && (from == 0 || began < from))
      from = began;
    to = MAX (to, app_lane_get_ended (lane));
  }
  for (guint i = 0; i < n; i++) {
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->cards, (int) i);
    if (child != NULL)
      ui_lane_card_set_span (UI_LANE_CARD (gtk_flow_box_child_get_child (child)), from, to);
  }
}

static gboolean
on_timer (gpointer data)
{
  UiLanes *self = data;

  update (self);
  update_span (self);
  if (self->working)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_changed (UiLanes *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (PACE, on_timer, self);
}

static void
on_toggled (UiLanes *self)
{
  gboolean open = gtk_toggle_button_get_active (self->head);

  self->chosen = self->chosen || !self->setting;
  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? "pan-start-symbolic" : "pan-end-symbolic");
  gtk_revealer_set_reveal_child (self->revealer, open);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->head), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

/* More agents come when a plan says so; none goes. */
static void
on_items_changed (GListModel *lanes, guint position, guint removed, guint added, UiLanes *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (lanes, i);

    g_signal_connect_swapped (lane, "changed", G_CALLBACK (on_changed), self);
    gtk_flow_box_insert (self->cards, ui_lane_card_new (lane), -1);
    gtk_widget_set_focusable (GTK_WIDGET (gtk_flow_box_get_child_at_index (self->cards, (int) i)), FALSE); /* its buttons are */
  }
  update (self);
  on_changed (self);
}

static void
drop (UiLanes *self)
{
  GtkWidget *child;

  g_clear_handle_id (&self->timer, g_source_remove);
  for (guint i = 0; self->lanes != NULL && i < g_list_model_get_n_items (self->lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);

    g_signal_handlers_disconnect_by_data (lane, self);
  }
  if (self->lanes != NULL)
    g_signal_handlers_disconnect_by_data (self->lanes, self);
  g_clear_object (&self->lanes);
  while (self->cards != NULL && (child = gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL)
    gtk_flow_box_remove (self->cards, child);
}

void
ui_lanes_set_lanes (UiLanes *self, GListModel *lanes)
{
  guint n = lanes != NULL ? g_list_model_get_n_items (lanes) : 0;

  if (self->lanes == lanes)
    return;
  drop (self);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  if (n == 0)
    return;
  self->lanes = g_object_ref (lanes);
  self->chosen = self->working = FALSE;
  g_signal_connect (lanes, "items-changed", G_CALLBACK (on_items_changed), self);
  set_open (self, FALSE);
  on_toggled (self);
  self->chosen = FALSE;
  on_items_changed (lanes, 0, 0, n, self);
}

static void
ui_lanes_dispose (GObject *object)
{
  UiLanes *self = UI_LANES (object);

  drop (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  self->cards = NULL;
  G_OBJECT_CLASS (ui_lanes_parent_class)->dispose (object);
}

static void
ui_lanes_class_init (UiLanesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_lanes_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-lanes.ui");
  gtk_widget_class_bind_template_child (widget_class, UiLanes, box);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, head);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, arrow);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, summary);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, cards);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_set_css_name (widget_class, "lanes");
}

static void
ui_lanes_init (UiLanes *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
