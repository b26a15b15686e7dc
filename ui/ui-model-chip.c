/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-chip.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-direction.h"

struct _UiModelChip {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkLabel *title;
  GtkWidget *dot;
  GtkWidget *remote;
  GtkLabel *label;

  AppEngine *engine;
  AppModels *models;
};

G_DEFINE_FINAL_TYPE (UiModelChip, ui_model_chip, GTK_TYPE_WIDGET)

char *
ui_model_chip_dup_short_name (const char *name)
{
  const char *suffix = " Instruct";

  return g_strndup (name, strlen (name) - (g_str_has_suffix (name, suffix) ? strlen (suffix) : 0));
}

static void
update (UiModelChip *self)
{
  static const char *const classes[] = { "none", "loading", "ready", "failed" };
  AppEngineState state = app_engine_get_state (self->engine);
  AppModel *model = app_engine_get_model (self->engine);
  const char *host = model != NULL && state != APP_ENGINE_NONE ? app_model_get_host (model) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (model == NULL || state == APP_ENGINE_NONE) {
    text = g_strdup (_("No model"));
    name = g_strdup (_("Model: none"));
  } else {
    const char *model_name = app_model_get_name (model);
    g_autofree char *short_name = ui_model_chip_dup_short_name (model_name);

    if (host != NULL)
      text = g_strdup_printf ("%s · %s", short_name, host);
    else /* Translators: the model's name, and that it runs on this machine. */
      text = g_strdup_printf (_("%s · local"), short_name);
    if (host != NULL && state == APP_ENGINE_READY) /* Translators: a model and its server. */
      name = g_strdup_printf (_("Model: %s on %s, ready"), model_name, host);
    else if (state == APP_ENGINE_LOADING)
      name = g_strdup_printf (_("Model: %s, loading"), model_name);
    else if (state == APP_ENGINE_FAILED)
      name = g_strdup_printf (_("Model: %s, failed"), model_name);
    else
      name = g_strdup_printf (_("Model: %s, ready"), model_name);
  }
  ui_direction_show_facts (self->label, text);
  gtk_widget_set_visible (self->remote, host != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->dot, classes[i]);
  gtk_widget_add_css_class (self->dot, classes[state]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* `server`: (nullable) whose models are in the section. */
static void
append_section (GMenu *menu, AppServer *server, GMenu *section)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
    g_menu_append_section (menu, server != NULL ? app_server_get_name (server) : NULL, G_MENU_MODEL (section));
}

static void
on_create_popup (GtkMenuButton *button, gpointer data)
{
  UiModelChip *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  AppServer *server = NULL;

  /* Those of this machine, then those of each server below its name. */
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (self->models), i);
    g_autoptr (GMenuItem) item = NULL;

    if (app_model_get_state (model) != APP_MODEL_INSTALLED || !app_model_get_answers (model))
      continue;
    if (app_model_get_server (model) != server) {
      append_section (menu, server, section);
      g_object_unref (section);
      section = g_menu_new ();
      server = app_model_get_server (model);
    }
    item = g_menu_item_new (app_model_get_name (model), NULL);
    g_menu_item_set_action_and_target (item, "app.model", "s", app_model_get_id (model));
    g_menu_append_item (section, item);
  }
  append_section (menu, server, section);
  g_menu_append (more, _("_Models"), "win.models");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

void
ui_model_chip_set_engine (UiModelChip *self, AppEngine *engine, AppModels *models)
{
  g_return_if_fail (self->engine == NULL);
  self->engine = g_object_ref (engine);
  self->models = g_object_ref (models);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::model", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
ui_model_chip_set_title (UiModelChip *self, const char *title)
{
  gtk_label_set_text (self->title, title);
}

static void
ui_model_chip_dispose (GObject *object)
{
  UiModelChip *self = UI_MODEL_CHIP (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->engine);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_model_chip_parent_class)->dispose (object);
}

static void
ui_model_chip_class_init (UiModelChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_model_chip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-model-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, UiModelChip, button);
  gtk_widget_class_bind_template_child (widget_class, UiModelChip, dot);
  gtk_widget_class_bind_template_child (widget_class, UiModelChip, remote);
  gtk_widget_class_bind_template_child (widget_class, UiModelChip, label);
  gtk_widget_class_bind_template_child (widget_class, UiModelChip, title);
  gtk_widget_class_set_css_name (widget_class, "modelchip");
}

static void
ui_model_chip_init (UiModelChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->button, on_create_popup, self, NULL);
}
