/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-persona-button.h"

#include <glib/gi18n.h>

#include "app-personas.h"

struct _UiPersonaButton {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkLabel *label;

  AppLibrary *personas;
  GSignalGroup *settings;
  GSimpleAction *choose; /* its state is the key of the chosen one, "" for none */
};

G_DEFINE_FINAL_TYPE (UiPersonaButton, ui_persona_button, GTK_TYPE_WIDGET)

/* The key of the persona of that name; "" when there is none, or no longer. */
static const char *
key_of (UiPersonaButton *self, const char *name)
{
  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->personas)); i++) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (self->personas), i);

    if (g_str_equal (app_library_item_get_name (item), name))
      return app_library_item_get_key (item); /* the list holds it */
  }
  return "";
}

static void
update (UiPersonaButton *self)
{
  g_autoptr (AppConversationSettings) settings = g_signal_group_dup_target (self->settings);
  const char *persona = settings != NULL ? app_conversation_settings_get_text (settings, APP_SETTING_PERSONA) : NULL;
  /* Translators: %s is the name of a persona. */
  g_autofree char *name = persona != NULL ? g_strdup_printf (_("Persona: %s"), persona) : g_strdup (_("Persona: none"));

  gtk_label_set_text (self->label, persona != NULL ? persona : _("No persona"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (self->personas != NULL)
    g_simple_action_set_state (self->choose, g_variant_new_string (key_of (self, persona)));
}

static void
on_choose (GSimpleAction *action, GVariant *key, UiPersonaButton *self)
{
  g_autoptr (AppConversationSettings) settings = g_signal_group_dup_target (self->settings);
  AppLibraryItem *item = app_library_find (self->personas, g_variant_get_string (key, NULL));

  if (settings != NULL)
    app_persona_apply (item, settings);
}

static void
add_choice (GMenu *menu, const char *name, const char *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);
  /* An underline in a name is none of a mnemonic. */
  g_autoptr (GString) label = g_string_new (name);

  g_string_replace (label, "_", "__", 0);
  g_menu_item_set_label (item, label->str);
  g_menu_item_set_action_and_target (item, "persona.choose", "s", key);
  g_menu_append_item (menu, item);
}

static void
on_create_popup (GtkMenuButton *button, gpointer data)
{
  UiPersonaButton *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) none = g_menu_new ();
  g_autoptr (GMenu) all = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();

  add_choice (none, _("No persona"), "");
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->personas)); i++) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (self->personas), i);

    add_choice (all, app_library_item_get_name (item), app_library_item_get_key (item));
  }
  g_menu_append (more, _("_Personas…"), "win.personas");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (none));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (all));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

void
ui_persona_button_set (UiPersonaButton *self, AppLibrary *personas, AppConversationSettings *settings)
{
  g_set_object (&self->personas, personas);
  g_signal_group_set_target (self->settings, settings);
  update (self);
}

static void
ui_persona_button_dispose (GObject *object)
{
  UiPersonaButton *self = UI_PERSONA_BUTTON (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->personas);
  g_clear_object (&self->settings);
  g_clear_object (&self->choose);
  G_OBJECT_CLASS (ui_persona_button_parent_class)->dispose (object);
}

static void
ui_persona_button_class_init (UiPersonaButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_persona_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-persona-button.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPersonaButton, button);
  gtk_widget_class_bind_template_child (widget_class, UiPersonaButton, label);
  gtk_widget_class_set_css_name (widget_class, "personabutton");
}

static void
ui_persona_button_init (UiPersonaButton *self)
{
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->choose = g_simple_action_new_stateful ("choose", G_VARIANT_TYPE_STRING, g_variant_new_string (""));
  g_signal_connect_object (self->choose, "activate", G_CALLBACK (on_choose), self, 0);
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (self->choose));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "persona", G_ACTION_GROUP (actions));
  gtk_menu_button_set_create_popup_func (self->button, on_create_popup, self, NULL);
  self->settings = g_signal_group_new (APP_TYPE_CONVERSATION_SETTINGS);
  g_signal_group_connect_swapped (self->settings, "changed", G_CALLBACK (update), self);
}
