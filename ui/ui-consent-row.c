/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-consent-row.h"

#include <glib/gi18n.h>

#include "tools/tool.h"

struct _UiConsentRow {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *reason;
  GtkWidget *scroller;
  GtkTextView *arguments;
  GtkFlowBox *answers;
  GtkEntry *entry;

  AppToolCall *call;
  int shown; /* the Kind that the buttons are for */
};

typedef enum { KIND_NONE, KIND_CONSENT, KIND_QUESTION, KIND_UNKNOWN } Kind;

G_DEFINE_FINAL_TYPE (UiConsentRow, ui_consent_row, GTK_TYPE_WIDGET)

static Kind
kind_of (AppToolCall *call)
{
  switch (app_tool_call_get_state (call)) {
  case APP_CALL_ASKING:
    return KIND_CONSENT;
  case APP_CALL_RUNNING:
    return app_tool_call_get_question (call) != NULL ? KIND_QUESTION : KIND_NONE;
  case APP_CALL_UNKNOWN:
    return KIND_UNKNOWN;
  default:
    return KIND_NONE;
  }
}

gboolean
ui_consent_row_is_needed (AppToolCall *call)
{
  return kind_of (call) != KIND_NONE;
}

/* What a person should know of the effect. */
static char *
dup_reason (AppToolCall *call)
{
  switch (app_tool_call_get_effect (call)) {
  case APP_EFFECT_NETWORK:
    return g_strdup (_("What stands here would leave this computer. The model wants it; nothing has happened yet."));
  case APP_EFFECT_MCP:
    return g_strdup_printf (_("“%s” is another program, and does what it likes with what stands here. The model wants it; nothing has happened yet."), app_tool_call_get_origin (call));
  default:
    return g_strdup (_("This goes beyond the conversation’s own files. The model wants it; nothing has happened yet."));
  }
}

/* ---- answers ---- */

static void
on_answer (UiConsentRow *self, GtkButton *button)
{
  app_tool_call_answer (self->call, (AppConsentAnswer) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "answer")));
}

static void
on_choice (UiConsentRow *self, GtkButton *button)
{
  app_tool_call_reply (self->call, g_object_get_data (G_OBJECT (button), "choice"));
}

static void
on_settle (UiConsentRow *self, GtkButton *button)
{
  app_tool_call_settle (self->call, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "answer")) != 0);
}

static void
on_entry (UiConsentRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (*text != '\0')
    app_tool_call_reply (self->call, text);
}

static GtkWidget *
add_button (UiConsentRow *self, const char *label, gboolean mnemonic, GCallback callback, int answer)
{
  GtkWidget *button = mnemonic ? gtk_button_new_with_mnemonic (label) : gtk_button_new_with_label (label), *child;

  g_object_set_data (G_OBJECT (button), "answer", GINT_TO_POINTER (answer));
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_flow_box_append (self->answers, button);
  child = gtk_widget_get_parent (button);
  gtk_widget_set_focusable (child, FALSE); /* the button is what is chosen */
  return button;
}

static void
fill_answers (UiConsentRow *self, Kind kind)
{
  const char *const *choices = app_tool_call_get_choices (self->call);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->answers))) != NULL)
    gtk_flow_box_remove (self->answers, child);
  if (kind == KIND_CONSENT) {
    add_button (self, _("_Do not allow"), TRUE, G_CALLBACK (on_answer), APP_CONSENT_REFUSED);
    add_button (self, _("_Once"), TRUE, G_CALLBACK (on_answer), APP_CONSENT_ONCE);
    add_button (self, _("In this _conversation"), TRUE, G_CALLBACK (on_answer), APP_CONSENT_CONVERSATION);
    add_button (self, _("_Always"), TRUE, G_CALLBACK (on_answer), APP_CONSENT_ALWAYS);
  } else if (kind == KIND_UNKNOWN) {
    add_button (self, _("It _happened"), TRUE, G_CALLBACK (on_settle), 1);
    add_button (self, _("It did _not happen"), TRUE, G_CALLBACK (on_settle), 0);
  } else if (kind == KIND_QUESTION) {
    for (guint i = 0; choices != NULL && choices[i] != NULL; i++) {
      GtkWidget *button = add_button (self, choices[i], FALSE, G_CALLBACK (on_choice), 0);
      g_object_set_data_full (G_OBJECT (button), "choice", g_strdup (choices[i]), g_free);
    }
  }
}

static void
update (UiConsentRow *self)
{
  Kind kind = kind_of (self->call);
  const char *question = app_tool_call_get_question (self->call);
  g_autofree char *title = NULL, *reason = NULL, *arguments = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), kind != KIND_NONE);
  if (kind == self->shown || kind == KIND_NONE) {
    self->shown = kind;
    return;
  }
  self->shown = kind;
  if (kind == KIND_QUESTION) {
    title = g_strdup (question);
  } else if (kind == KIND_CONSENT) {
    /* Translators: a tool: “Save a file for you” */
    title = g_strdup_printf (_("Allow “%s”?"), app_tool_call_get_title (self->call));
    reason = dup_reason (self->call);
    if (*app_tool_call_get_explanation (self->call) != '\0') {
      g_autofree char *general = g_steal_pointer (&reason);
      reason = g_strdup_printf ("%s %s", app_tool_call_get_explanation (self->call), general);
    }
    arguments = g_strchomp (app_tool_print_arguments (app_tool_call_get_arguments (self->call)));
  } else {
    title = g_strdup_printf (_("Did “%s” happen?"), app_tool_call_get_title (self->call));
    reason = g_strdup (_("The program ended while this ran, so nobody knows. It is not done again."));
    arguments = g_strchomp (app_tool_print_arguments (app_tool_call_get_arguments (self->call)));
  }
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->reason, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->arguments), arguments != NULL ? arguments : "", -1);
  gtk_widget_set_visible (self->scroller, arguments != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), kind == KIND_QUESTION);
  fill_answers (self, kind);
  gtk_widget_set_visible (GTK_WIDGET (self->answers), gtk_widget_get_first_child (GTK_WIDGET (self->answers)) != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason != NULL ? reason : "", -1);
}

/* ---- object ---- */

static void
ui_consent_row_dispose (GObject *object)
{
  UiConsentRow *self = UI_CONSENT_ROW (object);

  g_clear_object (&self->call);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_consent_row_parent_class)->dispose (object);
}

static void
ui_consent_row_class_init (UiConsentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_consent_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-consent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, box);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, title);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, reason);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, arguments);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, answers);
  gtk_widget_class_bind_template_child (widget_class, UiConsentRow, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_entry);
  gtk_widget_class_set_css_name (widget_class, "consentrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
ui_consent_row_init (UiConsentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_consent_row_new (AppToolCall *call)
{
  UiConsentRow *self = g_object_new (UI_TYPE_CONSENT_ROW, NULL);

  self->call = g_object_ref (call);
  g_signal_connect_object (call, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "notify::question", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
