/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-answer.h"

#include <glib/gi18n.h>

#include "app-conversation.h"
#include "ui-artifact-card.h"
#include "ui-branches.h"
#include "ui-column.h"
#include "ui-copy.h"
#include "ui-direction.h"
#include "ui-lanes.h"
#include "ui-markdown.h"
#include "ui-model-chip.h"
#include "ui-notices.h"
#include "ui-place.h"
#include "ui-prose-layout.h"
#include "ui-sources.h"
#include "ui-speaker.h"
#include "ui-spoken.h"
#include "ui-thought.h"
#include "ui-tools.h"

/* Drawing may take at most a quarter of the time: after a slow one, as many frames are left out. */
#define IDLE_SHARE 3

struct _UiAnswer {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkBox *notices;
  GtkWidget *waiting;
  GtkSpinner *spinner;
  GtkLabel *waiting_label;
  UiThought *thought;
  GtkWidget *words; /* with the calls between them */
  GtkBox *tools;
  UiLanes *lanes;
  UiMarkdown *markdown;
  GtkBox *asking;
  GtkLabel *ending;
  UiArtifactCard *artifact;
  GtkBox *sources;
  GtkWidget *go_on;
  GtkWidget *failure;
  GtkLabel *error;
  GtkWidget *footer;
  GtkWidget *copy;
  GtkWidget *copy_menu;
  GtkWidget *retry;
  GtkWidget *regenerate;
  GtkWidget *again_menu;
  GtkToggleButton *speak;
  GtkToggleButton *pause;
  UiBranches *branches;
  GtkLabel *figures;

  AppMessage *message;
  guint tick_id;
  gint64 not_before; /* monotonic time of the next drawing */
  guint n_drawn;
  guint n_calls; /* as last drawn */
  gboolean beside;     /* another version */
};

G_DEFINE_FINAL_TYPE (UiAnswer, ui_answer, GTK_TYPE_WIDGET)

/* Takes `figure`. In a narrow window its number stays with its unit and the word before: "first word" / "after 0.4 s". */
static void
add_figure (GString *out, char *figure)
{
  g_autofree char *taken = figure;
  g_auto (GStrv) words = g_strsplit (figure, " ", -1);
  guint n = g_strv_length (words);

  g_string_append (out, out->len > 0 ? " · " : "");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%s", i == 0 ? "" : i + 2 < n ? " " : "\302\240", words[i]);
}

char *
ui_answer_dup_figures (const AppStats *stats)
{
  GString *out = g_string_new (NULL);

  if (stats->tokens > 0) {
    /* Translators: %'d is a number of tokens with separators of thousands. */
    add_figure (out, g_strdup_printf (ngettext ("%'d token", "%'d tokens", (gulong) stats->tokens), (int) stats->tokens));
  }
  if (stats->tokens_per_second > 0)
    add_figure (out, g_strdup_printf (stats->tokens_per_second < 10 ? _("%.1f/s") : _("%.0f/s"), stats->tokens_per_second));
  if (stats->first_token_ms > 0)
    add_figure (out, g_strdup_printf (_("first word after %.1f s"), stats->first_token_ms / 1000));
  return g_string_free (out, FALSE);
}

static char *
dup_details (const AppStats *stats)
{
  GString *out = g_string_new (NULL);
  g_autofree char *place = ui_place_dup_text (&stats->place);

  if (stats->prompt_tokens > 0) {
    g_string_append_printf (out, ngettext ("%'d token read", "%'d tokens read", (gulong) stats->prompt_tokens), (int) stats->prompt_tokens);
    if (stats->reused_tokens > 0)
      g_string_append_printf (out, _(", %'d of them remembered from before"), (int) stats->reused_tokens);
    if (stats->prompt_tokens_per_second > 0)
      g_string_append_printf (out, _(", at %'.0f/s"), stats->prompt_tokens_per_second);
  }
  if (*place != '\0')
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", place);
  return g_string_free (out, FALSE);
}

/* Whether it is work in steps. */
static gboolean
is_job (AppMessage *message)
{
  GListModel *lanes = app_message_get_lanes (message);
  g_autoptr (AppLane) first = lanes != NULL ? g_list_model_get_item (lanes, 0) : NULL;

  return first != NULL && app_lane_get_role (first) == APP_LANE_PLANNER;
}

static const char *
ending_of (AppMessage *message)
{
  AppMessageState state = app_message_get_state (message);

  if (is_job (message) && state == APP_MESSAGE_STOPPED && app_message_get_interrupted (message))
    return _("Interrupted: the program ended while this was worked on. What is done stays; “Continue” goes on with the rest.");
  /* How else it ended, its own words say. */
  if (is_job (message))
    return state == APP_MESSAGE_STOPPED ? _("Stopped. What is done stays; “Continue” goes on with the rest.") : NULL;

  /* Of a thought that came to no answer its own line says so. */
  if (state == APP_MESSAGE_STOPPED && *app_message_get_text (message) == '\0' && *app_message_get_thought (message) != '\0')
    return NULL;
  if (state == APP_MESSAGE_STOPPED)
    return app_message_get_interrupted (message) ? _("Interrupted: the program ended while this was written.") : _("Stopped.");
  if (state != APP_MESSAGE_DONE)
    return NULL;
  switch (app_message_get_stats (message)->finish) {
  case APP_FINISH_LENGTH:
    return _("Cut off: the answer reached the greatest length that the preferences allow.");
  case APP_FINISH_CONTEXT:
    return app_message_get_host (message) != NULL
             ? _("Cut off: the model reached the end of what it can hold at once, or the greatest length that the server allows. Begin a new conversation.")
             : _("Cut off: the model's context is full. Begin a new conversation, or choose a larger context in the preferences.");
  default:
    return NULL;
  }
}

static void
update_footer (UiAnswer *self)
{
  const AppStats *stats = app_message_get_stats (self->message);
  g_autofree char *figures = ui_answer_dup_figures (stats);
  g_autofree char *details = dup_details (stats);
  const char *name = app_message_get_model_name (self->message);
  g_autofree char *model = ui_model_chip_dup_short_name (name != NULL ? name : "");
  g_autofree char *tooltip = g_strdup_printf ("%s%s%s", model, *model != '\0' && *details != '\0' ? "\n" : "", details);

  gtk_label_set_text (self->figures, figures);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->figures), *tooltip != '\0' ? tooltip : NULL);
}

static void
update_waiting (UiAnswer *self)
{
  gboolean waiting = app_message_get_state (self->message) == APP_MESSAGE_WAITING && app_message_get_version (self->message) == NULL && app_message_get_lanes (self->message) == NULL &&
                     !ui_tools_ask (self->message);
  double progress = app_message_get_prompt_progress (self->message);

  gtk_widget_set_visible (self->waiting, waiting);
  gtk_spinner_set_spinning (self->spinner, waiting);
  if (progress > 0.0 && progress < 1.0) {
    g_autofree char *text = g_strdup_printf (_("Reading… %.0f\302\240%%"), progress * 100);

    gtk_label_set_text (self->waiting_label, text);
  } else {
    gtk_label_set_text (self->waiting_label, progress > 0.0 ? _("Beginning to write…") : _("Waiting for the model…"));
  }
}

static gboolean
is_read (UiAnswer *self)
{
  return self->message != NULL && ui_speaker_get_message (ui_speaker_get ()) == self->message;
}

/* The sentence that is heard stands out. */
static void
mark_sentence (UiAnswer *self)
{
  int current = -1;
  const char *const *sentences = is_read (self) ? ui_speaker_get_sentences (ui_speaker_get (), &current) : NULL;

  g_autoptr (GArray) ranges = sentences != NULL && current >= 0 ? ui_spoken_find (self->words, sentences, (guint) current) : NULL;

  ui_tools_mark (self->words, ranges);
}

static void
draw_text (UiAnswer *self)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean writing = app_message_get_state (self->message) == APP_MESSAGE_WRITING;
  g_autofree char *text = ui_tools_draw (self->tools, self->message);

  ui_markdown_set_text (self->markdown, text, writing);
  mark_sentence (self);
  /* What is below the words begins on the side where they begin. */
  ui_direction_set (self->footer, ui_markdown_get_text_direction (self->markdown));
  ui_direction_set (GTK_WIDGET (self->ending), ui_markdown_get_text_direction (self->markdown));
  ui_direction_set (self->go_on, ui_markdown_get_text_direction (self->markdown));
  gtk_widget_set_visible (GTK_WIDGET (self->markdown), *text != '\0' || (writing && !app_message_get_thinking (self->message)));
  self->not_before = g_get_monotonic_time () + IDLE_SHARE * (g_get_monotonic_time () - begin);
  self->n_drawn++;
}

/* Who waits for a word of the person does not wait for the model; and what was written so far stands before what is called. */
static void
on_call (gpointer data)
{
  UiAnswer *self = data;

  update_waiting (self);
  if (self->n_calls != g_list_model_get_n_items (app_message_get_calls (self->message)))
    draw_text (self);
  self->n_calls = g_list_model_get_n_items (app_message_get_calls (self->message));
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiAnswer *self = UI_ANSWER (widget);

  if (g_get_monotonic_time () < self->not_before)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  draw_text (self);
  return G_SOURCE_REMOVE;
}

static void
stop_tick (UiAnswer *self)
{
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
}

static void
on_text (UiAnswer *self)
{
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* Whether anything is left below an answer that failed: its first words, or other versions. */
static gboolean
has_footer (UiAnswer *self)
{
  return *app_message_get_text (self->message) != '\0' || app_message_get_branch_count (self->message) > 1;
}

static void
update_ending (UiAnswer *self)
{
  const char *ending = ending_of (self->message);

  gtk_label_set_text (self->ending, ending != NULL ? ending : "");
  gtk_widget_set_visible (GTK_WIDGET (self->ending), ending != NULL);
}

static void
update_state (UiAnswer *self)
{
  AppMessageState state = app_message_get_state (self->message);
  gboolean busy = state == APP_MESSAGE_WAITING || state == APP_MESSAGE_WRITING;
  gboolean failed = state == APP_MESSAGE_FAILED;
  const char *error = failed ? app_message_get_error (self->message) : NULL;

  update_waiting (self);
  update_ending (self);
  gtk_label_set_text (self->error, error != NULL ? error : "");
  gtk_widget_set_visible (self->failure, failed);
  /* Retry, beside the error, already does what "Answer again" would; and of nothing there is no copy. */
  gtk_widget_set_visible (self->regenerate, !failed && !self->beside);
  gtk_widget_set_visible (self->again_menu, !failed && !self->beside); /* it belongs to the button */
  gtk_widget_set_visible (self->retry, !self->beside);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "answer.think-more", app_conversation_can_think_more (self->message));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "answer.compare-versions", app_message_get_branch_count (self->message) > 1);
  gtk_widget_set_visible (self->copy, busy || *app_message_get_text (self->message) != '\0');
  gtk_widget_set_visible (self->copy_menu, gtk_widget_get_visible (self->copy));
  gtk_widget_set_visible (GTK_WIDGET (self->speak), gtk_widget_get_visible (self->copy));
  /* The footer keeps its place while the answer is written, so that nothing jumps when it ends. */
  gtk_widget_set_visible (self->footer, state != APP_MESSAGE_WAITING && (!failed || has_footer (self)));
  gtk_widget_set_opacity (self->footer, busy ? 0.0 : 1.0);
  gtk_widget_set_sensitive (self->footer, !busy);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, busy, -1);
  ui_sources_update (self->sources, self->message);
  update_footer (self);
  stop_tick (self);
  draw_text (self);
}

/* Whether this answer is being read aloud, and how its buttons say so. */
static void
update_speaker (UiAnswer *self)
{
  UiSpeaker *speaker = ui_speaker_get ();
  gboolean reading = is_read (self);

  gtk_toggle_button_set_active (self->speak, reading);
  gtk_button_set_icon_name (GTK_BUTTON (self->speak), reading ? "media-playback-stop-symbolic" : "audio-volume-high-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->speak), reading ? _("Stop the reading") : _("Read aloud"));
  gtk_widget_set_visible (GTK_WIDGET (self->pause), reading);
  gtk_toggle_button_set_active (self->pause, reading && ui_speaker_get_paused (speaker));
  mark_sentence (self);
}

static void
on_speak (UiAnswer *self)
{
  UiSpeaker *speaker = ui_speaker_get ();

  if (self->message != NULL && ui_speaker_get_message (speaker) != self->message)
    ui_speaker_read (speaker, GTK_WIDGET (self), self->message);
  else
    ui_speaker_stop (speaker);
  update_speaker (self);
}

static void
on_pause (UiAnswer *self)
{
  ui_speaker_set_paused (ui_speaker_get (), gtk_toggle_button_get_active (self->pause));
}

/* Who wrote it comes first, when it was not written on this machine. */
static void
update_notices (UiAnswer *self)
{
  const char *const *notices = app_message_get_notices (self->message);
  const char *host = app_message_get_host (self->message);
  const char *name = app_message_get_model_name (self->message);
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autofree char *from = NULL;

  if (host != NULL && !self->beside) {
    /* Translators: a model and the server that it runs on. */
    from = g_strdup_printf (_("From %s on %s"), name != NULL ? name : _("a model"), host);
    g_ptr_array_add (lines, from);
  }
  for (guint i = 0; notices[i] != NULL; i++)
    g_ptr_array_add (lines, (gpointer) notices[i]);
  g_ptr_array_add (lines, NULL);
  ui_notices_update (self->notices, (const char *const *) lines->pdata);
}

static void
on_copy (UiAnswer *self)
{
  /* Assistive technology can press a button of a row that waits to be used again. */
  if (self->message != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.copy", "x", app_message_get_id (self->message));
}

/* "answer.copy-…", which are named in the order of UiCopy. */
static const char *const copy_actions[UI_COPY_N] = { "answer.copy-markdown", "answer.copy-rich", "answer.copy-plain" };

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiAnswer *self = UI_ANSWER (widget);

  for (guint i = 0; i < UI_COPY_N && self->message != NULL; i++)
    if (g_str_equal (copy_actions[i], name))
      ui_copy (widget, app_message_get_text (self->message), i);
}

static void
action_think_more (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiAnswer *self = UI_ANSWER (widget);

  if (self->message != NULL)
    gtk_widget_activate_action (widget, "transcript.think-more", "x", app_message_get_id (self->message));
}

static void
on_regenerate (UiAnswer *self)
{
  if (self->message != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.regenerate", "x", app_message_get_id (self->message));
}

/* "answer.compare", "answer.compare-versions" */
static void
action_compare (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiAnswer *self = UI_ANSWER (widget);

  if (self->message != NULL)
    gtk_widget_activate_action (widget, g_str_equal (name, "answer.compare") ? "page.compare" : "page.compare-versions", "x", app_message_get_id (self->message));
}

static void
action_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiAnswer *self = UI_ANSWER (widget);

  if (self->message != NULL)
    gtk_widget_activate_action (widget, "transcript.source", "(xu)", app_message_get_id (self->message), g_variant_get_uint32 (parameter));
}

static void
on_continue (UiAnswer *self)
{
  if (self->message != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.continue", "x", app_message_get_id (self->message));
}

static void
action_open_artifact (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiAnswer *self = UI_ANSWER (widget);

  if (self->message != NULL)
    gtk_widget_activate_action (widget, "win.open-artifact", "x", app_message_get_id (self->message));
}

/* What it makes says itself how it comes along. */
static void
update_version (UiAnswer *self)
{
  AppVersion *version = app_message_get_version (self->message);

  ui_artifact_card_set_version (self->artifact, version != NULL && app_version_get_artifact (version) != NULL ? version : NULL);
  update_waiting (self);
}

/* Of work in steps, it is what most people want to press next. */
static void
update_continue (UiAnswer *self)
{
  gboolean job = is_job (self->message);

  gtk_widget_set_visible (self->go_on, app_message_get_can_continue (self->message) && !self->beside);
  gtk_widget_set_tooltip_text (self->go_on, job ? _("What is left to do is done; what is done stays") : _("The model goes on from here"));
  if (job)
    gtk_widget_add_css_class (self->go_on, "suggested-action");
  else
    gtk_widget_remove_css_class (self->go_on, "suggested-action");
}

/* What several agents write is told by their cards. */
static void
update_lanes (UiAnswer *self)
{
  GListModel *lanes = app_message_get_lanes (self->message);

  ui_lanes_set_lanes (self->lanes, lanes);
  /* The thought of such an answer is what they wrote, once more. */
  ui_thought_set_message (self->thought, lanes != NULL ? NULL : self->message);
  update_waiting (self);
  update_ending (self);
  update_continue (self);
}

void
ui_answer_set_message (UiAnswer *self, AppMessage *message)
{
  static const struct {
    const char *signal;
    void (*update) (UiAnswer *);
  } watched[] = {
    { "notify::text", on_text },
    { "notify::state", update_state },
    { "notify::thinking", update_state },
    { "notify::error", update_state },
    { "notify::stats", update_state },
    { "notify::branch-count", update_state },
    { "notify::notices", update_notices },
    { "notify::sources", update_state },
    { "notify::can-continue", update_continue },
    { "notify::version", update_version },
    { "notify::lanes", update_lanes },
    { "notify::prompt-progress", update_waiting },
  };

  if (self->message == message)
    return;
  stop_tick (self);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, message);
  ui_thought_set_message (self->thought, message);
  ui_branches_set_message (self->branches, self->beside ? NULL : message);
  update_speaker (self);
  self->n_calls = 0;
  ui_tools_bind (self->tools, self->asking, message, on_call, G_OBJECT (self));
  if (message == NULL) {
    ui_artifact_card_set_version (self->artifact, NULL);
    ui_lanes_set_lanes (self->lanes, NULL);
    gtk_spinner_set_spinning (self->spinner, FALSE);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (message, watched[i].signal, G_CALLBACK (watched[i].update), self, G_CONNECT_SWAPPED);
  update_notices (self);
  update_continue (self);
  update_version (self);
  update_lanes (self);
  update_state (self);
}

void
ui_answer_set_beside (UiAnswer *self)
{
  self->beside = TRUE;
  ui_thought_set_beside (self->thought);
  gtk_widget_set_visible (GTK_WIDGET (self->branches), FALSE);
}

guint
ui_answer_get_n_drawn (UiAnswer *self)
{
  return self->n_drawn;
}

static void
ui_answer_dispose (GObject *object)
{
  UiAnswer *self = UI_ANSWER (object);

  if (self->column != NULL)
    ui_answer_set_message (self, NULL);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_answer_parent_class)->dispose (object);
}

static void
ui_answer_class_init (UiAnswerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_answer_dispose;
  g_type_ensure (UI_TYPE_LANES);
  g_type_ensure (UI_TYPE_MARKDOWN);
  g_type_ensure (UI_TYPE_ARTIFACT_CARD);
  g_type_ensure (UI_TYPE_BRANCHES);
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_PROSE_LAYOUT);
  g_type_ensure (UI_TYPE_THOUGHT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-answer.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, column);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, notices);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, waiting);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, thought);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, words);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, tools);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, asking);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, lanes);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, markdown);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, ending);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, artifact);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, sources);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, go_on);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, failure);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, error);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, footer);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, copy);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, copy_menu);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, retry);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, regenerate);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, again_menu);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, speak);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, pause);
  gtk_widget_class_bind_template_callback (widget_class, on_speak);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, branches);
  gtk_widget_class_bind_template_child (widget_class, UiAnswer, figures);
  gtk_widget_class_install_action (widget_class, "answer.source", "u", action_source);
  gtk_widget_class_install_action (widget_class, "answer.open-artifact", NULL, action_open_artifact);
  gtk_widget_class_install_action (widget_class, "answer.think-more", NULL, action_think_more);
  gtk_widget_class_install_action (widget_class, "answer.compare", NULL, action_compare);
  gtk_widget_class_install_action (widget_class, "answer.compare-versions", NULL, action_compare);
  for (guint i = 0; i < UI_COPY_N; i++)
    gtk_widget_class_install_action (widget_class, copy_actions[i], NULL, action_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_continue);
  gtk_widget_class_bind_template_callback (widget_class, on_regenerate);
  gtk_widget_class_set_css_name (widget_class, "answerrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
ui_answer_init (UiAnswer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (ui_speaker_get (), "changed", G_CALLBACK (update_speaker), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Answer"), -1);
}

GtkWidget *
ui_answer_new (void)
{
  return g_object_new (UI_TYPE_ANSWER, NULL);
}
