/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-settings-line.h"

#include <glib/gi18n.h>

#include "ui-column.h"
#include "ui-direction.h"
#include "ui-settings-editor.h"

struct _UiSettingsLine {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkWidget *button;
  GtkLabel *label;

  AppModels *models;
  GSignalGroup *settings; /* watches those of the shown conversation */
};

G_DEFINE_FINAL_TYPE (UiSettingsLine, ui_settings_line, GTK_TYPE_WIDGET)

static void
update (UiSettingsLine *self)
{
  g_autoptr (AppConversationSettings) settings = g_signal_group_dup_target (self->settings);
  g_autofree char *summary = settings != NULL ? ui_settings_dup_summary (settings, self->models) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), summary != NULL);
  if (summary != NULL) {
    /* Translators: %s is what differs from the preferences in this conversation. */
    g_autofree char *name = g_strdup_printf (_("Conversation settings: %s"), summary);

    ui_direction_show_facts (self->label, summary);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  }
}

void
ui_settings_line_set_conversation (UiSettingsLine *self, AppConversation *conversation, AppModels *models)
{
  g_set_object (&self->models, models);
  g_signal_group_set_target (self->settings, conversation != NULL ? app_conversation_get_settings (conversation) : NULL);
  update (self);
}

static void
ui_settings_line_dispose (GObject *object)
{
  UiSettingsLine *self = UI_SETTINGS_LINE (object);

  g_clear_pointer (&self->column, gtk_widget_unparent);
  g_clear_object (&self->settings);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_settings_line_parent_class)->dispose (object);
}

static void
ui_settings_line_class_init (UiSettingsLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_settings_line_dispose;
  g_type_ensure (UI_TYPE_COLUMN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-settings-line.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSettingsLine, column);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsLine, button);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsLine, label);
  gtk_widget_class_set_css_name (widget_class, "settingsline");
}

static void
ui_settings_line_init (UiSettingsLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_signal_group_new (APP_TYPE_CONVERSATION_SETTINGS);
  g_signal_group_connect_swapped (self->settings, "changed", G_CALLBACK (update), self);
}
