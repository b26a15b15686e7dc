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
  GtkToggleButton *pause;
  GtkWidget *stop;
  GtkSpinner *spinner;
  GtkImage *arrow;
  GtkLabel *summary;
  GtkRevealer *revealer;
  GtkFlowBox *cards;
  GtkSizeGroup *widths; /* of the cards: columns are alike */

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

/* What all of them are about, as it was last looked at. */
typedef struct {
  guint n, n_working, n_steps, n_done; /* n_done: steps that came out well */
  guint n_pausable, n_paused, n_stoppable;
  gint64 tokens;
  double seconds;
} Sum;

typedef struct {
  double from, to;
} Stretch;

static int
compare_stretches (gconstpointer a, gconstpointer b)
{
  double x = ((const Stretch *) a)->from, y = ((const Stretch *) b)->from;

  return x < y ? -1 : x > y;
}

/* Who worked when: the last stretch of each that was as long as all of its work. */
static GArray *
find_stretches (UiLanes *self)
{
  GArray *stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  double now = (double) g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < g_list_model_get_n_items (self->lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);
    double to = app_lane_get_state (lane) <= APP_LANE_WORKING || app_lane_get_ended (lane) == 0 ? now : (double) app_lane_get_ended (lane) / 1000;
    Stretch stretch = { to - app_lane_get_seconds (lane), to };

    g_array_append_val (stretches, stretch);
  }
  return stretches;
}

/* How long somebody was at work before that time: what several do at once counts once, and a night in between not at all. `sorted`: by their beginnings. */
static double
work_before (GArray *sorted, double time)
{
  double seconds = 0, reached = -G_MAXDOUBLE;

  for (guint i = 0; i < sorted->len; i++) {
    const Stretch *stretch = &g_array_index (sorted, Stretch, i);
    double to = MIN (stretch->to, time);
    seconds += MAX (to - MAX (stretch->from, reached), 0);
    reached = MAX (reached, to);
  }
  return seconds;
}

static void
look (UiLanes *self, Sum *sum)
{
  g_autoptr (GArray) stretches = find_stretches (self);

  *sum = (Sum) { .n = g_list_model_get_n_items (self->lanes) };
  for (guint i = 0; i < sum->n; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);
    gboolean works = app_lane_get_state (lane) <= APP_LANE_WORKING, step = app_lane_get_role (lane) == APP_LANE_STEP;

    sum->n_working += works;
    sum->n_steps += step;
    sum->n_done += step && app_lane_get_state (lane) == APP_LANE_DONE && app_lane_get_findings (lane)[0] == NULL;
    sum->n_pausable += app_lane_can_pause (lane);
    sum->n_paused += app_lane_can_pause (lane) && app_lane_get_pause (lane) != APP_LANE_GOES;
    sum->n_stoppable += app_lane_can_stop (lane);
    sum->tokens += app_lane_get_tokens (lane);
  }
  g_array_sort (stretches, compare_stretches);
  sum->seconds = work_before (stretches, G_MAXDOUBLE);
}

/* "2 of 4 steps done · 310 tokens · 12 s" of a job; of agents that do the same: how many. (transfer full) */
static char *
dup_summary (UiLanes *self, const Sum *sum)
{
  g_autofree char *figures = ui_lane_dup_figures (sum->tokens, sum->seconds), *text = NULL;
  g_autoptr (AppLane) first = g_list_model_get_item (self->lanes, 0);

  if (app_lane_get_role (first) == APP_LANE_AGENT && sum->n_working > 0)
    text = g_strdup_printf (ngettext ("%u agent at work · %s", "%u agents at work · %s", sum->n_working), sum->n_working, figures);
  else if (app_lane_get_role (first) == APP_LANE_AGENT)
    text = g_strdup_printf (ngettext ("%u agent · %s", "%u agents · %s", sum->n), sum->n, figures);
  else if (sum->n_steps == 0 && sum->n_working > 0)
    text = g_strdup_printf (_("Plans the steps · %s"), figures);
  else if (sum->n_steps == 0)
    text = g_strdup_printf (_("No plan · %s"), figures);
  else
    text = g_strdup_printf (ngettext ("%u of %u step done · %s", "%u of %u steps done · %s", sum->n_steps), sum->n_done, sum->n_steps, figures);
  if (sum->n_pausable > 0 && sum->n_paused == sum->n_pausable)
    return g_strdup_printf (_("Paused · %s"), text);
  return g_steal_pointer (&text);
}

/* All at once, where there are several of which one could be held or stopped. */
static void
update_controls (UiLanes *self, const Sum *sum)
{
  gboolean paused = sum->n_pausable > 0 && sum->n_paused == sum->n_pausable;
  const char *words = paused ? _("Go on with all") : _("Pause all");

  gtk_widget_set_visible (GTK_WIDGET (self->pause), sum->n_pausable > 0 && sum->n > 1);
  gtk_widget_set_visible (self->stop, sum->n_stoppable > 0 && sum->n > 1);
  self->setting = TRUE;
  gtk_toggle_button_set_active (self->pause, paused);
  self->setting = FALSE;
  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update (UiLanes *self)
{
  Sum sum;
  g_autofree char *text = NULL;

  look (self, &sum);
  text = dup_summary (self, &sum);
  gtk_label_set_text (self->summary, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->head), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), sum.n_working > 0);
  gtk_spinner_set_spinning (self->spinner, sum.n_working > 0 && sum.n_paused < sum.n_working);
  update_controls (self, &sum);
  if (!self->chosen && self->working != (sum.n_working > 0))
    set_open (self, sum.n_working > 0);
  self->working = sum.n_working > 0;
}

static void
on_pause (UiLanes *self)
{
  gboolean pause = gtk_toggle_button_get_active (self->pause);
  guint n = g_list_model_get_n_items (self->lanes);

  if (self->setting)
    return;
  for (guint i = 0; i < n; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);

    if (app_lane_can_pause (lane))
      app_lane_ask_pause (lane, pause);
  }
  update (self);
}

/* The last first: what waits for another ends because the person said so, and not for want of it. */
static void
on_stop (UiLanes *self)
{
  for (guint i = g_list_model_get_n_items (self->lanes); i-- > 0;) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);

    if (app_lane_can_stop (lane))
      app_lane_stop (lane);
  }
}

/* When all have ended: what share of all the work each did, and when. */
static void
update_span (UiLanes *self)
{
  g_autoptr (GArray) own = NULL, sorted = NULL;
  double all;

  for (guint i = 0; i < g_list_model_get_n_items (self->lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (self->lanes, i);

    if (app_lane_get_state (lane) <= APP_LANE_WORKING)
      return;
  }
  own = find_stretches (self);
  sorted = g_array_copy (own);
  g_array_sort (sorted, compare_stretches);
  all = work_before (sorted, G_MAXDOUBLE);
  for (guint i = 0; all > 0 && i < own->len; i++) {
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->cards, (int) i);
    const Stretch *stretch = &g_array_index (own, Stretch, i);

    if (child != NULL)
      ui_lane_card_set_span (UI_LANE_CARD (gtk_flow_box_child_get_child (child)), work_before (sorted, stretch->from) / all, work_before (sorted, stretch->to) / all);
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
  if (!self->setting)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.hold", NULL);
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

    GtkWidget *card = ui_lane_card_new (lane);

    g_signal_connect_swapped (lane, "changed", G_CALLBACK (on_changed), self);
    gtk_size_group_add_widget (self->widths, card);
    gtk_flow_box_insert (self->cards, card, -1);
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
  g_clear_object (&self->widths);
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
  gtk_widget_class_bind_template_child (widget_class, UiLanes, pause);
  gtk_widget_class_bind_template_child (widget_class, UiLanes, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_set_css_name (widget_class, "lanes");
}

static void
ui_lanes_init (UiLanes *self)
{
  self->widths = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
