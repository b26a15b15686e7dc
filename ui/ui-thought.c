/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-thought.h"

#include <glib/gi18n.h>

#include "app-conversation.h"
#include "app-speech.h"
#include "ui-markdown.h"

/* Whether the thought of a message is unfolded stays with that: its row is used for others. */
#define UNFOLDED "ui-unfolded"
/* Drawing may take at most a quarter of the time. */
#define IDLE_SHARE 3

struct _UiThought {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *button;
  GtkImage *arrow;
  GtkSpinner *spinner;
  GtkLabel *label;
  GtkWidget *answer_now;
  GtkWidget *think_more;
  GtkWidget *room; /* of the words */
  UiMarkdown *markdown;

  AppMessage *message;
  gboolean beside;
  gsize said;     /* bytes of the thought whose sentences were taken */
  char *sentence; /* the last whole one */
  guint tick_id;
  gint64 not_before; /* monotonic time of the next drawing */
};

G_DEFINE_FINAL_TYPE (UiThought, ui_thought, GTK_TYPE_WIDGET)

/* ---- in words ---- */

static char *
dup_seconds (double ms)
{
  double seconds = ms / 1000;

  if (seconds < 9.95) /* Translators: seconds */
    return g_strdup_printf (_("%.1f\302\240s"), seconds);
  if (seconds < 60)
    return g_strdup_printf (_("%.0f\302\240s"), seconds);
  /* Translators: minutes and seconds */
  return g_strdup_printf (_("%d\302\240min %d\302\240s"), (int) (seconds / 60), (int) seconds % 60);
}

static void
add (GString *out, const char *part)
{
  g_string_append_printf (out, "%s%s", out->len > 0 ? " · " : "", part);
}

static const char *
end_in_words (AppThoughtEnd end)
{
  switch (end) {
  case APP_THOUGHT_SETTLED:
    return _("settled early");
  case APP_THOUGHT_CAP:
    return _("wrapped up at the longest allowed");
  case APP_THOUGHT_LOOP:
    return _("ended: it repeated itself");
  case APP_THOUGHT_ASKED:
    return _("ended by you");
  default:
    return NULL;
  }
}

/* Whether it came to no answer. */
static gboolean
is_broken_off (AppMessage *message)
{
  AppMessageState state = app_message_get_state (message);

  return *app_message_get_text (message) == '\0' && (state == APP_MESSAGE_STOPPED || state == APP_MESSAGE_FAILED);
}

char *
ui_thought_dup_summary (AppMessage *message)
{
  const AppStats *stats = app_message_get_stats (message);
  g_autofree char *seconds = dup_seconds (stats->thought_ms);
  const char *end = end_in_words (stats->thought_end);
  GString *out = g_string_new (NULL);

  if (is_broken_off (message)) {
    add (out, app_message_get_state (message) == APP_MESSAGE_FAILED ? _("Failed while thinking") : app_message_get_interrupted (message) ? _("Interrupted while thinking") : _("Stopped while thinking"));
    if (stats->thought_ms > 0)
      add (out, seconds);
  } else if (stats->thought_ms > 0) {
    /* Translators: %s is a time: "2 s" */
    g_string_append_printf (out, _("Thought for %s"), seconds);
  } else {
    add (out, _("Thoughts"));
  }
  if (stats->thought_tokens > 0) {
    g_autofree char *tokens = g_strdup_printf (ngettext ("%'d\302\240token", "%'d\302\240tokens", (gulong) stats->thought_tokens), (int) stats->thought_tokens);
    add (out, tokens);
  }
  if (end != NULL && !is_broken_off (message))
    add (out, end);
  return g_string_free (out, FALSE);
}

/* ---- the line ---- */

static gboolean
is_unfolded (UiThought *self)
{
  return self->message != NULL && g_object_get_data (G_OBJECT (self->message), UNFOLDED) != NULL;
}

/* The last whole sentence: a growing one would dance before the eyes. */
static void
take_sentences (UiThought *self)
{
  g_auto (GStrv) sentences = app_speech_dup_next (app_message_get_thought (self->message), &self->said, FALSE);
  guint n = g_strv_length (sentences);

  if (n == 0)
    return;
  g_free (self->sentence);
  self->sentence = g_strdup (sentences[n - 1]);
}

static void
update_line (UiThought *self)
{
  gboolean thinking = app_message_get_thinking (self->message);
  g_autofree char *text = NULL;

  if (thinking) {
    int seconds = (int) (app_message_get_stats (self->message)->thought_ms / 1000);
    g_autofree char *time = dup_seconds (seconds * 1000.0);

    take_sentences (self);
    if (seconds >= 10 || seconds == 0)
      text = seconds == 0 ? g_strdup (self->sentence != NULL ? self->sentence : _("Thinking…")) : g_strdup_printf ("%s · %s", time, self->sentence != NULL ? self->sentence : _("Thinking…"));
    else /* Translators: seconds, and what is thought */
      text = g_strdup_printf (_("%d\302\240s · %s"), seconds, self->sentence != NULL ? self->sentence : _("Thinking…"));
  } else {
    text = ui_thought_dup_summary (self->message);
  }
  if (!g_str_equal (gtk_label_get_text (self->label), text))
    gtk_label_set_text (self->label, text);
}

static void
draw (UiThought *self)
{
  gint64 begin = g_get_monotonic_time ();

  ui_markdown_set_text (self->markdown, is_unfolded (self) ? app_message_get_thought (self->message) : "", app_message_get_thinking (self->message));
  self->not_before = g_get_monotonic_time () + IDLE_SHARE * (g_get_monotonic_time () - begin);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiThought *self = UI_THOUGHT (widget);

  if (g_get_monotonic_time () < self->not_before)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  update_line (self);
  if (is_unfolded (self))
    draw (self);
  return G_SOURCE_REMOVE;
}

static void
stop_tick (UiThought *self)
{
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
}

static void
update (UiThought *self)
{
  gboolean thinking = app_message_get_thinking (self->message), unfolded = is_unfolded (self);
  AppMessageState state = app_message_get_state (self->message);
  gboolean over = state != APP_MESSAGE_WAITING && state != APP_MESSAGE_WRITING;
  g_autofree char *summary = ui_thought_dup_summary (self->message);

  gtk_widget_set_visible (GTK_WIDGET (self), *app_message_get_thought (self->message) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), thinking);
  gtk_spinner_set_spinning (self->spinner, thinking);
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), !thinking);
  gtk_image_set_from_icon_name (self->arrow, unfolded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_label_set_ellipsize (self->label, thinking ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (self->label, !thinking);
  /* While it is thought the line takes all the room, whatever is in it: the button behind it stays in its place. */
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), thinking);
  gtk_widget_set_halign (self->button, thinking ? GTK_ALIGN_FILL : GTK_ALIGN_START);
  gtk_widget_set_visible (self->answer_now, thinking && !self->beside && app_message_get_can_answer_now (self->message));
  gtk_widget_set_visible (self->think_more, over && !self->beside && app_conversation_can_think_more (self->message));
  gtk_widget_set_visible (self->room, unfolded);
  /* The sentences in the line are not for a screen reader: it hears of the beginning and of the end (UiAnnouncer), and who wants more unfolds it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, thinking ? _("Thinking…") : summary, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_STATE_EXPANDED, unfolded, -1);
  stop_tick (self);
  update_line (self);
  draw (self);
}

static void
on_thought (UiThought *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    update (self);
  else if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
on_clicked (UiThought *self)
{
  if (self->message == NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "transcript.hold", NULL);
  g_object_set_data (G_OBJECT (self->message), UNFOLDED, is_unfolded (self) ? NULL : GINT_TO_POINTER (TRUE));
  update (self);
}

static void
on_answer_now (UiThought *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "transcript.answer-now", NULL);
}

static void
on_think_more (UiThought *self)
{
  if (self->message != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.think-more", "x", app_message_get_id (self->message));
}

void
ui_thought_set_message (UiThought *self, AppMessage *message)
{
  static const char *const watched[] = { "notify::thinking", "notify::state", "notify::stats" };

  if (self->message == message)
    return;
  stop_tick (self);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, message);
  self->said = 0;
  g_clear_pointer (&self->sentence, g_free);
  if (message == NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
    gtk_spinner_set_spinning (self->spinner, FALSE);
    return;
  }
  g_signal_connect_object (message, "notify::thought", G_CALLBACK (on_thought), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (message, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
ui_thought_set_beside (UiThought *self)
{
  self->beside = TRUE;
}

static void
ui_thought_dispose (GObject *object)
{
  UiThought *self = UI_THOUGHT (object);

  if (self->box != NULL)
    ui_thought_set_message (self, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->sentence, g_free);
  G_OBJECT_CLASS (ui_thought_parent_class)->dispose (object);
}

static void
ui_thought_class_init (UiThoughtClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_thought_dispose;
  g_type_ensure (UI_TYPE_MARKDOWN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-thought.ui");
  gtk_widget_class_bind_template_child (widget_class, UiThought, box);
  gtk_widget_class_bind_template_child (widget_class, UiThought, button);
  gtk_widget_class_bind_template_child (widget_class, UiThought, arrow);
  gtk_widget_class_bind_template_child (widget_class, UiThought, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiThought, label);
  gtk_widget_class_bind_template_child (widget_class, UiThought, answer_now);
  gtk_widget_class_bind_template_child (widget_class, UiThought, think_more);
  gtk_widget_class_bind_template_child (widget_class, UiThought, room);
  gtk_widget_class_bind_template_child (widget_class, UiThought, markdown);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_answer_now);
  gtk_widget_class_bind_template_callback (widget_class, on_think_more);
  gtk_widget_class_set_css_name (widget_class, "thought");
}

static void
ui_thought_init (UiThought *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
