/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-conversation-settings.h"

#include <glib/gi18n.h>

#include "app-personas.h"
#include "ui-library.h"
#include "ui-library-editor.h"
#include "ui-persona-button.h"
#include "ui-settings-editor.h"
#include "ui-toast.h"
#include "ui-undo.h"

struct _UiConversationSettings {
  AdwWindow parent_instance;

  GtkWidget *reset;
  AdwToastOverlay *toasts;
  UiSettingsEditor *editor;

  AppConversationSettings *settings;
  AppHistory *history;
  AppModels *models;
};

G_DEFINE_FINAL_TYPE (UiConversationSettings, ui_conversation_settings, ADW_TYPE_WINDOW)

/* Reset */

typedef struct {
  AppConversationSettings *settings;
  AppConversationSettings *before;
} Reset;

static void
reset_free (gpointer data)
{
  Reset *reset = data;

  g_object_unref (reset->settings);
  g_object_unref (reset->before);
  g_free (reset);
}

static void
undo_reset (gpointer data)
{
  Reset *reset = data;

  app_conversation_settings_copy (reset->settings, reset->before);
}

static void
keep_reset (gpointer data)
{
}

static char *
reset_sentence (guint n, gpointer newest)
{
  return g_strdup (_("Everything is as in the preferences"));
}

static const UiUndoKind resets = { "ui-undo-reset", reset_sentence, undo_reset, keep_reset, reset_free };

static void
on_reset (UiConversationSettings *self)
{
  Reset *reset = g_new0 (Reset, 1);

  ui_settings_editor_flush (self->editor);
  reset->settings = g_object_ref (self->settings);
  reset->before = app_conversation_settings_new ();
  app_conversation_settings_copy (reset->before, self->settings);
  app_conversation_settings_copy (self->settings, NULL);
  gtk_widget_child_focus (GTK_WIDGET (self->editor), GTK_DIR_TAB_FORWARD);
  ui_undo_offer (GTK_WIDGET (self->editor), &resets, reset);
}

/* Personas */

static void
on_use (UiConversationSettings *self, AppLibraryItem *persona)
{
  app_persona_apply (persona, self->settings);
}

static void
action_personas (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiConversationSettings *self = UI_CONVERSATION_SETTINGS (widget);
  GtkWidget *window = ui_library_new (GTK_WINDOW (self), app_history_get_personas (self->history), app_history_get_settings (self->history), self->models);

  g_signal_connect_object (window, "use", G_CALLBACK (on_use), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_saved (UiConversationSettings *self, AppLibraryItem *persona)
{
  on_use (self, persona);
}

static void
action_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiConversationSettings *self = UI_CONVERSATION_SETTINGS (widget);
  g_autofree char *text = NULL;
  GtkWidget *window;

  ui_settings_editor_flush (self->editor);
  text = app_persona_dup_text (self->settings);
  window = ui_library_editor_new (GTK_WINDOW (self), app_history_get_personas (self->history), NULL, "", text, app_history_get_settings (self->history), self->models);
  g_signal_connect_object (window, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
add_persona_row (UiConversationSettings *self)
{
  UiPersonaButton *button = g_object_new (UI_TYPE_PERSONA_BUTTON, "valign", GTK_ALIGN_CENTER, NULL);
  GtkWidget *save = gtk_button_new_from_icon_name ("document-save-symbolic");
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _("Persona"), NULL);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (save), "settings.save");
  gtk_widget_set_valign (save, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (save, "flat");
  gtk_widget_set_tooltip_text (save, _("Save these settings as a persona"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save as a persona"), -1);
  ui_persona_button_set (button, app_history_get_personas (self->history), self->settings);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (button));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), save);
  ui_settings_editor_add_head (self->editor, row);
}

static void
update (UiConversationSettings *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "settings.save", app_conversation_settings_count (self->settings) > 0);
  gtk_widget_set_visible (self->reset, !app_conversation_settings_is_empty (self->settings));
}

/* Object */

static void
ui_conversation_settings_dispose (GObject *object)
{
  UiConversationSettings *self = UI_CONVERSATION_SETTINGS (object);

  if (self->settings != NULL) {
    ui_settings_editor_flush (self->editor);
    g_signal_handlers_disconnect_by_data (self->settings, self);
  }
  g_clear_object (&self->settings);
  g_clear_object (&self->history);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_conversation_settings_parent_class)->dispose (object);
}

static void
ui_conversation_settings_class_init (UiConversationSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_conversation_settings_dispose;
  g_type_ensure (UI_TYPE_SETTINGS_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-conversation-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConversationSettings, reset);
  gtk_widget_class_bind_template_child (widget_class, UiConversationSettings, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiConversationSettings, editor);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
  gtk_widget_class_install_action (widget_class, "settings.save", NULL, action_save);
  gtk_widget_class_install_action (widget_class, "win.personas", NULL, action_personas); /* the persona button's */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_conversation_settings_init (UiConversationSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
}

GtkWidget *
ui_conversation_settings_new (GtkWindow *parent, AppConversation *conversation, AppHistory *history, AppModels *models)
{
  UiConversationSettings *self = g_object_new (UI_TYPE_CONVERSATION_SETTINGS, "transient-for", parent, NULL);

  self->settings = g_object_ref (app_conversation_get_settings (conversation));
  self->history = g_object_ref (history);
  self->models = g_object_ref (models);
  add_persona_row (self);
  ui_settings_editor_set_settings (self->editor, self->settings, app_history_get_settings (history), models);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
