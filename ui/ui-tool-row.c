/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-tool-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tools/tool.h"

/* Of a text that is shown, in bytes: all of it can be copied from the log. */
#define MAX_SHOWN 6000

struct _UiToolRow {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkToggleButton *line;
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *title;
  GtkLabel *state;
  GtkImage *arrow;
  GtkRevealer *revealer;
  GtkTextView *arguments; /* not a label: what is called with may be long, and a label's wrapping is slow then (ui-wrap.h) */
  GtkWidget *result_heading;
  GtkWidget *result_scroller;
  GtkTextView *result;

  AppToolCall *call;
};

G_DEFINE_FINAL_TYPE (UiToolRow, ui_tool_row, GTK_TYPE_WIDGET)

char *
ui_tool_row_dup_title (AppToolCall *call)
{
  g_autofree char *object = app_tool_call_dup_object (call);

  /* Translators: what a tool does, and what with: “Read a file · notes.txt” */
  return *object != '\0' ? g_strdup_printf (_("%s · %s"), app_tool_call_get_title (call), object) : g_strdup (app_tool_call_get_title (call));
}

char *
ui_tool_row_dup_shown (const char *text)
{
  gsize end = MIN (strlen (text), MAX_SHOWN);

  while (end > 0 && ((guchar) text[end] & 0xc0) == 0x80)
    end--;
  return text[end] != '\0' ? g_strdup_printf ("%.*s…", (int) end, text) : g_strdup (text);
}

/* What is not as it should be is said in the line; that all went well is not. */
static const char *
state_of (AppToolCall *call)
{
  switch (app_tool_call_get_state (call)) {
  case APP_CALL_ASKING:
    return _("waits for your word");
  case APP_CALL_FAILED:
    return _("did not work");
  case APP_CALL_REFUSED:
    return _("not allowed");
  case APP_CALL_STOPPED:
    return _("stopped");
  case APP_CALL_UNKNOWN:
    return _("not known whether it happened");
  default:
    return "";
  }
}

static void
update (UiToolRow *self)
{
  AppCallState state = app_tool_call_get_state (self->call);
  gboolean at_work = state == APP_CALL_WRITING || (state == APP_CALL_RUNNING && app_tool_call_get_question (self->call) == NULL);
  g_autofree char *title = ui_tool_row_dup_title (self->call), *arguments = NULL, *result = NULL;

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->state, state_of (self->call));
  gtk_widget_set_visible (GTK_WIDGET (self->state), *state_of (self->call) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), at_work);
  gtk_spinner_set_spinning (self->spinner, at_work);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !at_work);
  gtk_image_set_from_icon_name (self->icon, state == APP_CALL_FAILED || state == APP_CALL_UNKNOWN ? "dialog-warning-symbolic" : app_tool_call_get_icon_name (self->call));
  if (state == APP_CALL_FAILED || state == APP_CALL_UNKNOWN)
    gtk_widget_add_css_class (GTK_WIDGET (self), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "failed");
  if (gtk_revealer_get_reveal_child (self->revealer)) {
    g_autofree char *printed = state == APP_CALL_WRITING ? g_strdup (app_tool_call_get_arguments (self->call)) : app_tool_print_arguments (app_tool_call_get_arguments (self->call));
    arguments = ui_tool_row_dup_shown (printed);
    result = ui_tool_row_dup_shown (app_tool_call_get_result (self->call));
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->arguments), arguments, -1);
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->result), result, -1);
    gtk_widget_set_visible (self->result_heading, *result != '\0');
    gtk_widget_set_visible (self->result_scroller, *result != '\0');
  }
  g_autofree char *spoken = *state_of (self->call) != '\0' ? g_strdup_printf (_("%s, %s"), title, state_of (self->call)) : g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
on_toggled (UiToolRow *self)
{
  gboolean open = gtk_toggle_button_get_active (self->line);

  gtk_widget_activate_action (GTK_WIDGET (self), "transcript.hold", NULL);
  gtk_revealer_set_reveal_child (self->revealer, open);
  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
  update (self);
}

static void
ui_tool_row_dispose (GObject *object)
{
  UiToolRow *self = UI_TOOL_ROW (object);

  g_clear_object (&self->call);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_tool_row_parent_class)->dispose (object);
}

static void
ui_tool_row_class_init (UiToolRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_tool_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-tool-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, box);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, line);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, icon);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, title);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, state);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, arguments);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, result_heading);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, result_scroller);
  gtk_widget_class_bind_template_child (widget_class, UiToolRow, result);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_set_css_name (widget_class, "toolrow");
}

static void
ui_tool_row_init (UiToolRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_tool_row_new (AppToolCall *call)
{
  UiToolRow *self = g_object_new (UI_TYPE_TOOL_ROW, NULL);

  self->call = g_object_ref (call);
  g_signal_connect_object (call, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
