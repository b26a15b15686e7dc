/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-lane-card.h"

#include <glib/gi18n.h>

#include "ui-direction.h"
#include "ui-timeline.h"

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
  GtkToggleButton *pause;
  GtkMenuButton *steer;
  GtkEntry *words;
  GtkLabel *said;
  GtkWidget *raise;
  UiTimeline *timeline;
  GtkLabel *files;
  GtkLabel *findings;
  GtkRevealer *revealer;
  GtkLabel *text;

  AppLane *lane;
  double from, to; /* of its bar in all the work, from 0 to 1; both 0: no timeline */
  gboolean setting;
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

/* By AppLaneRole. */
static const struct {
  const char *pause, *stop;
} words_of[] = {
  [APP_LANE_AGENT] = { N_ ("Pause this agent"), N_ ("Stop this agent") },
  [APP_LANE_PLANNER] = { N_ ("Pause the planning"), N_ ("Stop all of it") },
  [APP_LANE_STEP] = { N_ ("Pause this step"), N_ ("Stop this step") },
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

  if (app_lane_get_pause (lane) == APP_LANE_PAUSED)
    return g_strdup (_("Paused"));
  if (app_lane_get_pause (lane) == APP_LANE_WILL_PAUSE)
    return g_strdup (_("Pauses after this"));
  if (*answer != '\0' && state != APP_LANE_WORKING)
    return g_strdup (answer);
  /* Of a step that has ended, what came of it stands below. */
  if (state > APP_LANE_WORKING && app_lane_get_began (lane) > 0 && app_lane_get_files (lane)[0] != NULL)
    return g_strdup (_(looks[state].words));
  written = app_lane_dup_line (lane);
  if (*written != '\0')
    return g_steal_pointer (&written);
  return g_strdup (state == APP_LANE_WORKING ? app_lane_get_task (lane) : _(looks[state].words));
}

/* "212 of 2,000 tokens · 8 s of 10 min", where there is a budget. (transfer full) */
static char *
dup_figures (AppLane *lane)
{
  gint64 tokens = app_lane_get_budget_tokens (lane);
  double seconds = app_lane_get_budget_seconds (lane), taken = app_lane_get_seconds (lane);
  g_autofree char *time = NULL;

  if (app_lane_get_state (lane) == APP_LANE_WAITING && taken <= 0)
    return g_strdup ("");
  if (tokens <= 0 || app_lane_get_state (lane) > APP_LANE_WORKING)
    return ui_lane_dup_figures (app_lane_get_tokens (lane), taken);
  time = taken < 90 ? g_strdup_printf (_("%.0f\302\240s"), taken) : g_strdup_printf (_("%.0f\302\240min"), taken / 60);
  if (seconds > 0)
    /* Translators: tokens that were written, those that may be, the time it took, and the minutes that it may take */
    return g_strdup_printf (_("%'d of %'d\302\240tokens · %s of %.0f\302\240min"), (int) app_lane_get_tokens (lane), (int) tokens, time, MAX (seconds / 60, 1));
  return g_strdup_printf (_("%'d of %'d\302\240tokens · %s"), (int) app_lane_get_tokens (lane), (int) tokens, time);
}

/* What it made, and what was found wrong with it. */
static void
update_results (UiLaneCard *self)
{
  const char *const *files = app_lane_get_files (self->lane), *const *findings = app_lane_get_findings (self->lane);
  g_autofree char *names = g_strjoinv (" · ", (char **) files), *wrong = g_strjoinv ("\n", (char **) findings);
  gboolean over = app_lane_get_state (self->lane) > APP_LANE_WORKING && self->to > self->from;

  gtk_label_set_text (self->files, names);
  gtk_widget_set_visible (GTK_WIDGET (self->files), *names != '\0');
  gtk_label_set_text (self->findings, wrong);
  gtk_widget_set_visible (GTK_WIDGET (self->findings), *wrong != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->timeline), over);
  if (over)
    ui_timeline_set_span (self->timeline, self->from, self->to);
}

static void
update_controls (UiLaneCard *self)
{
  gboolean paused = app_lane_get_pause (self->lane) != APP_LANE_GOES;
  const char *words = paused ? _("Go on") : _(words_of[app_lane_get_role (self->lane)].pause), *stop = _(words_of[app_lane_get_role (self->lane)].stop);

  gtk_widget_set_visible (GTK_WIDGET (self->pause), app_lane_can_pause (self->lane));
  self->setting = TRUE;
  gtk_toggle_button_set_active (self->pause, paused);
  self->setting = FALSE;
  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->steer), app_lane_can_steer (self->lane));
  gtk_widget_set_visible (self->raise, app_lane_can_raise (self->lane));
  gtk_widget_set_tooltip_text (self->stop, stop);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, stop, -1);
  gtk_widget_set_visible (self->stop, app_lane_can_stop (self->lane));
}

static void
update (UiLaneCard *self)
{
  AppLaneState state = app_lane_get_state (self->lane);
  gboolean works = state == APP_LANE_WORKING;
  g_autofree char *line = dup_line (self->lane), *figures = dup_figures (self->lane), *label = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->spinner), works);
  gtk_spinner_set_spinning (self->spinner, works);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !works);
  if (!works)
    gtk_image_set_from_icon_name (self->icon, state == APP_LANE_DONE && app_lane_get_findings (self->lane)[0] != NULL ? looks[APP_LANE_FAILED].icon : looks[state].icon);
  gtk_label_set_text (self->name, app_lane_get_name (self->lane));
  gtk_label_set_text (self->line, line);
  gtk_label_set_text (self->figures, figures);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->figures), figures);
  update_controls (self);
  update_results (self);
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
on_pause (UiLaneCard *self)
{
  if (!self->setting)
    app_lane_ask_pause (self->lane, gtk_toggle_button_get_active (self->pause));
}

/* A word of the person, behind each question from now on. */
static void
on_words (UiLaneCard *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->words));

  if (*words != '\0') {
    /* Translators: what the person said to a step that is at work: it counts from the next thing that is written */
    g_autofree char *said = g_strdup_printf (_("From its next words on: “%s”"), words);

    app_lane_steer (self->lane, words);
    gtk_label_set_text (self->said, said);
    gtk_widget_set_visible (GTK_WIDGET (self->said), TRUE);
  }
  gtk_editable_set_text (GTK_EDITABLE (self->words), "");
  gtk_menu_button_popdown (self->steer);
}

static void
on_raise (UiLaneCard *self)
{
  app_lane_raise (self->lane);
}

void
ui_lane_card_set_span (UiLaneCard *self, double from, double to)
{
  self->from = from;
  self->to = to;
  update_results (self);
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
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, pause);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, steer);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, words);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, said);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, raise);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, timeline);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, files);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, findings);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiLaneCard, text);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_words);
  gtk_widget_class_bind_template_callback (widget_class, on_raise);
  gtk_widget_class_set_css_name (widget_class, "lanecard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_lane_card_init (UiLaneCard *self)
{
  g_type_ensure (UI_TYPE_TIMELINE);
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
