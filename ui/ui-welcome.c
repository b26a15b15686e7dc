/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-welcome.h"

#include <glib/gi18n.h>

#include "ui-column.h"
#include "ui-persona-button.h"

#define MAX_SUGGESTIONS 4

struct _UiWelcome {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkLabel *greeting;
  GtkLabel *about;
  UiPersonaButton *persona;
  GtkRevealer *revealer;
  GtkFlowBox *suggestions;
};

enum { SUGGEST, ATTACH, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiWelcome, ui_welcome, GTK_TYPE_WIDGET)

/* The suggestions, best first; the first four that the model can do are shown. */
typedef struct {
  const char *icon;
  const char *title;
  const char *detail;
  const char *text; /* goes into the composer */
  gboolean attach;  /* and files are chosen */
  gboolean (*possible) (AppModel *model); /* (nullable): any model can */
} Suggestion;

static gboolean
is_blind (AppModel *model)
{
  return model == NULL || !app_model_get_sees (model);
}

static const Suggestion all_suggestions[] = {
  { "x-office-document-symbolic", N_("Read this with me"), N_("Choose a PDF or a text and ask about it"), N_("Summarise this in five sentences."), TRUE, NULL },
  { "image-x-generic-symbolic", N_("Ask about a picture"), N_("What is in it, and where"), N_("What do you see?"), TRUE, app_model_get_sees },
  { "image-x-generic-symbolic", N_("Read a picture"), N_("A photo or a scan with words in it"), N_("What does this picture say?"), TRUE, is_blind },
  { "text-editor-symbolic", N_("Write a program"), N_("Small, complete and explained"), N_("Write a Python program that "), FALSE, app_model_get_codes },
  { "accessories-text-editor-symbolic", N_("Make it clearer"), N_("A letter, a paragraph, a plan"), N_("Make this text clearer and shorter:\n\n"), FALSE, NULL },
  { "dialog-question-symbolic", N_("Explain it simply"), N_("A word, an idea or an error message"), N_("Explain in simple words: "), FALSE, NULL },
};

static const char *
greeting_of_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int hour = g_date_time_get_hour (now);

  if (hour >= 5 && hour < 12)
    return _("Good morning");
  if (hour >= 12 && hour < 18)
    return _("Good afternoon");
  return _("Good evening");
}

static void
on_clicked (GtkButton *button, UiWelcome *self)
{
  const Suggestion *suggestion = g_object_get_data (G_OBJECT (button), "ui-suggestion");

  g_signal_emit (self, signals[suggestion->attach ? ATTACH : SUGGEST], 0, _(suggestion->text));
}

static GtkWidget *
create_card (UiWelcome *self, const Suggestion *suggestion)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", suggestion->icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *title = g_object_new (GTK_TYPE_LABEL, "label", _(suggestion->title), "xalign", 0.0, "wrap", TRUE, NULL);
  GtkWidget *detail = g_object_new (GTK_TYPE_LABEL, "label", _(suggestion->detail), "xalign", 0.0, "wrap", TRUE, NULL);

  gtk_widget_add_css_class (icon, "lead");
  gtk_widget_add_css_class (title, "title");
  gtk_widget_add_css_class (detail, "detail");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), detail);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "suggestion");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(suggestion->title),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(suggestion->detail), -1);
  g_object_set_data (G_OBJECT (button), "ui-suggestion", (gpointer) suggestion);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  return g_object_new (GTK_TYPE_FLOW_BOX_CHILD, "focusable", FALSE, "child", button, NULL);
}

void
ui_welcome_set_model (UiWelcome *self, AppModel *model)
{
  GtkWidget *child;
  guint shown = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->suggestions))) != NULL)
    gtk_flow_box_remove (self->suggestions, child);
  gtk_label_set_text (self->greeting, greeting_of_now ());
  if (model != NULL) {
    const char *host = app_model_get_host (model);
    g_autofree char *about = host != NULL ? g_strdup_printf (_("%s runs on %s. What you write is sent there."), app_model_get_name (model), host)
                                          : g_strdup_printf (_("%s runs on this machine. What you write, show and say stays here."), app_model_get_name (model));

    gtk_label_set_text (self->about, about);
  } else {
    gtk_label_set_text (self->about, _("Choose a model to begin. It runs on this machine, and what you write, show and say stays here."));
  }
  for (guint i = 0; i < G_N_ELEMENTS (all_suggestions) && shown < MAX_SUGGESTIONS && model != NULL; i++) {
    if (all_suggestions[i].possible != NULL && !all_suggestions[i].possible (model))
      continue;
    gtk_flow_box_append (self->suggestions, create_card (self, &all_suggestions[i]));
    shown++;
  }
}

void
ui_welcome_set_personas (UiWelcome *self, AppLibrary *personas, AppConversationSettings *settings)
{
  ui_persona_button_set (self->persona, personas, settings);
}

void
ui_welcome_set_begun (UiWelcome *self, gboolean begun)
{
  /* Faded out, they keep their room: nothing jumps while one writes. */
  gtk_revealer_set_reveal_child (self->revealer, !begun);
  gtk_widget_set_can_target (GTK_WIDGET (self->revealer), !begun);
}

static void
ui_welcome_dispose (GObject *object)
{
  g_clear_pointer (&UI_WELCOME (object)->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_welcome_parent_class)->dispose (object);
}

static void
ui_welcome_class_init (UiWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_welcome_dispose;
  signals[SUGGEST] = g_signal_new ("suggest", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ATTACH] = g_signal_new ("attach", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_PERSONA_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, greeting);
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, about);
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, persona);
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiWelcome, suggestions);
}

static void
ui_welcome_init (UiWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_text (self->greeting, greeting_of_now ());
}
