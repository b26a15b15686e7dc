/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-context-meter.h"

#include <glib/gi18n.h>

#include "ui-ring.h"

/* Counting begins when nothing has changed for so long, in milliseconds. */
#define PAUSE 300
/* From this share of the context on, the next turns will push something out. */
#define TIGHT 0.75

struct _UiContextMeter {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  UiRing *ring;
  GtkPopover *popover;
  GtkLabel *headline;
  GtkLabel *sentences;
  GtkGrid *parts;
  GtkWidget *settings;

  guint pause;      /* until it is counted, or 0 */
  gboolean at_work; /* one count at a time: a long conversation takes a while */
  gboolean again;   /* something has changed meanwhile */
};

/* A count on its way. */
typedef struct {
  UiContextMeter *self;
  AppEngine *engine;
} Counting;

enum { MEASURE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiContextMeter, ui_context_meter, GTK_TYPE_WIDGET)

/* In words */

gboolean
ui_context_meter_is_tight (const AppMeasure *measure)
{
  return measure->context > 0 && (measure->dropped_messages > 0 || measure->attached_share < 1 || measure->total >= measure->context * TIGHT);
}

/* "32,768", as the person's language writes it. */
static char *
dup_number (gint64 number)
{
  return g_strdup_printf ("%'" G_GINT64_FORMAT, number);
}

static char *
room_sentence (const AppMeasure *measure)
{
  g_autofree char *room = dup_number (measure->context - measure->total);

  if (measure->total >= measure->context)
    return g_strdup (_("The message is too long for the context. Shorten it, or set a larger context."));
  /* Translators: %s is a number. */
  return g_strdup_printf (_("There is room for an answer of about %s tokens."), room);
}

char **
ui_context_meter_dup_sentences (const AppMeasure *measure, gboolean local)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *total = dup_number (measure->total);
  g_autofree char *context = dup_number (measure->context);
  g_autofree char *headline = NULL;
  g_autofree char *room = NULL;

  if (measure->context == 0) {
    g_strv_builder_add (builder, local ? _("Context: not counted yet") : _("Context: not known"));
    g_strv_builder_add (builder, local ? _("It is counted as soon as the model is loaded.")
                                       : _("The model runs elsewhere, and how much it can read at once is not known here."));
    return g_strv_builder_end (builder);
  }
  /* Translators: two numbers. */
  headline = g_strdup_printf (_("About %s of %s tokens"), total, context);
  g_strv_builder_add (builder, headline);
  if (measure->dropped_messages > 0) {
    g_autofree char *dropped = g_strdup_printf (g_dngettext (NULL, "The oldest message will be left out.", "The oldest %d messages will be left out.", measure->dropped_messages),
                                                (int) measure->dropped_messages);

    g_strv_builder_add (builder, dropped);
  }
  if (measure->attached_share < 1) {
    g_autofree char *share = g_strdup_printf (_("What is attached is too long to be read whole: the model gets the passages that fit the question, about %d\302\240%% of it."), MAX (1, (int) (measure->attached_share * 100)));

    g_strv_builder_add (builder, share);
  }
  if (measure->dropped_messages == 0 && measure->attached_share == 1 && measure->total < measure->context && ui_context_meter_is_tight (measure))
    g_strv_builder_add (builder, _("Soon the oldest messages will be left out."));
  room = room_sentence (measure);
  g_strv_builder_add (builder, room);
  return g_strv_builder_end (builder);
}

/* Showing */

static void
add_part (UiContextMeter *self, int row, const char *name, gint64 tokens)
{
  g_autofree char *number = dup_number (tokens);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", name, "xalign", 0.0, "hexpand", TRUE, "wrap", TRUE, NULL);
  GtkWidget *count = g_object_new (GTK_TYPE_LABEL, "label", number, "xalign", 1.0, NULL);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_grid_attach (self->parts, label, 0, row, 1, 1);
  gtk_grid_attach (self->parts, count, 1, row, 1, 1);
}

static void
show_parts (UiContextMeter *self, const AppMeasure *measure)
{
  const struct {
    const char *name;
    gint64 tokens;
  } parts[] = {
    { _("Instructions"), measure->instructions },
    { _("Earlier messages"), measure->earlier },
    { _("Attachments"), measure->attached },
    { _("What you are writing"), measure->typed },
    { _("Descriptions of tools"), measure->tools },
    { _("The model’s own marks"), measure->form },
    { _("Left for the answer"), MAX (0, measure->context - measure->total) },
  };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->parts))) != NULL)
    gtk_grid_remove (self->parts, child);
  for (guint i = 0; i < G_N_ELEMENTS (parts) && measure->context > 0; i++)
    if (parts[i].tokens > 0)
      add_part (self, (int) i, parts[i].name, parts[i].tokens);
  gtk_widget_set_visible (GTK_WIDGET (self->parts), measure->context > 0);
}

static void
show (UiContextMeter *self, const AppMeasure *measure, gboolean local)
{
  g_auto (GStrv) sentences = ui_context_meter_dup_sentences (measure, local);
  g_autofree char *rest = g_strjoinv (" ", sentences + 1);
  g_autofree char *name = g_strdup_printf (_("Context: %s"), sentences[0]);
  const char *label = measure->context > 0 ? name : sentences[0];

  gtk_label_set_text (self->headline, sentences[0]);
  gtk_label_set_text (self->sentences, rest);
  show_parts (self, measure);
  gtk_widget_set_visible (self->settings, measure->context > 0);
  ui_ring_set_fraction (self->ring, measure->context > 0 ? (double) measure->total / measure->context : 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), sentences[0]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, rest, -1);
  if (ui_context_meter_is_tight (measure))
    gtk_widget_add_css_class (GTK_WIDGET (self), "tight");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "tight");
}

static void
on_settings (UiContextMeter *self)
{
  gtk_popover_popdown (self->popover);
}

/* Counting */

static void
counted (Counting *counting, const AppMeasure *measure)
{
  UiContextMeter *self = counting->self;

  self->at_work = FALSE;
  if (self->button != NULL) {
    if (measure != NULL)
      show (self, measure, APP_IS_LOCAL_ENGINE (counting->engine) || app_engine_get_state (counting->engine) != APP_ENGINE_READY);
    if (self->again)
      ui_context_meter_changed (self);
  }
  g_object_unref (counting->self);
  g_object_unref (counting->engine);
  g_free (counting);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  AppMeasure measure;

  if (app_engine_measure_finish (APP_ENGINE (source), result, &measure, &error)) {
    counted (data, &measure);
    return;
  }
  /* Sending will say what is wrong; what is shown stays. */
  g_debug ("%s", error->message);
  counted (data, NULL);
}

static void
on_prompt (GObject *source, GAsyncResult *result, gpointer data)
{
  Counting *counting = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppPrompt) prompt = app_conversation_make_prompt_finish (APP_CONVERSATION (source), result, &error);

  if (prompt != NULL) {
    app_engine_measure_async (counting->engine, prompt, on_measured, counting);
    return;
  }
  g_debug ("%s", error->message);
  counted (counting, NULL);
}

void
ui_context_meter_measure (UiContextMeter *self, AppEngine *engine, AppConversation *conversation, AppMessage *edited, AppTurn *turn)
{
  Counting *counting = g_new0 (Counting, 1);

  counting->self = g_object_ref (self);
  counting->engine = g_object_ref (engine);
  self->at_work = TRUE;
  self->again = FALSE;
  app_conversation_make_prompt_async (conversation, edited, turn, on_prompt, counting);
}

static gboolean
on_pause (gpointer data)
{
  UiContextMeter *self = data;

  self->pause = 0;
  g_signal_emit (self, signals[MEASURE], 0);
  return G_SOURCE_REMOVE;
}

void
ui_context_meter_changed (UiContextMeter *self)
{
  self->again = self->at_work;
  if (self->at_work)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause = g_timeout_add (PAUSE, on_pause, self);
}

/* Object */

static void
ui_context_meter_dispose (GObject *object)
{
  UiContextMeter *self = UI_CONTEXT_METER (object);

  g_clear_handle_id (&self->pause, g_source_remove);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (ui_context_meter_parent_class)->dispose (object);
}

static void
ui_context_meter_class_init (UiContextMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_context_meter_dispose;
  signals[MEASURE] = g_signal_new ("measure", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (UI_TYPE_RING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-context-meter.ui");
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, button);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, ring);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, popover);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, headline);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, sentences);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, parts);
  gtk_widget_class_bind_template_child (widget_class, UiContextMeter, settings);
  gtk_widget_class_bind_template_callback (widget_class, on_settings);
  gtk_widget_class_set_css_name (widget_class, "contextmeter");
}

static void
ui_context_meter_init (UiContextMeter *self)
{
  const AppMeasure nothing = { .attached_share = 1 };

  gtk_widget_init_template (GTK_WIDGET (self));
  show (self, &nothing, TRUE);
}
