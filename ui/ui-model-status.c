/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-status.h"

#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-beside-layout.h"
#include "ui-column.h"

struct _UiModelStatus {
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkWidget *card;
  GtkWidget *icon;
  GtkLabel *label;
  GtkProgressBar *bar;
  GtkWidget *buttons;
  GtkWidget *retry;
  GtkWidget *choose;

  AppEngine *engine;
  AppModels *models;
};

G_DEFINE_FINAL_TYPE (UiModelStatus, ui_model_status, GTK_TYPE_WIDGET)

static void
update_progress (UiModelStatus *self)
{
  gtk_progress_bar_set_fraction (self->bar, CLAMP (app_engine_get_progress (self->engine), 0.0, 1.0));
}

static void
update (UiModelStatus *self)
{
  AppEngineState state = app_engine_get_state (self->engine);
  AppModel *model = app_engine_get_model (self->engine);
  const char *error = app_engine_get_error (self->engine);
  g_autofree char *text = NULL;

  if (state == APP_ENGINE_LOADING && model != NULL) {
    g_autofree char *size = app_size_dup_text (app_model_get_size (model));

    text = app_model_get_size (model) > 0 ? g_strdup_printf (_("Loading %s, %s"), app_model_get_name (model), size)
                                          : g_strdup_printf (_("Loading %s"), app_model_get_name (model));
  } else if (state == APP_ENGINE_FAILED) {
    /* Translators: the name of a model, and a sentence that says why. */
    text = g_strdup_printf (_("%s could not be loaded. %s"), model != NULL ? app_model_get_name (model) : _("The model"), error != NULL ? error : "");
    g_strchomp (text);
  } else if (state == APP_ENGINE_NONE && app_models_choose (self->models, NULL) == NULL && g_list_model_get_n_items (G_LIST_MODEL (self->models)) > 0) {
    text = g_strdup (_("No model is loaded. Choose one, and it answers on this machine."));
  }
  if (text != NULL)
    gtk_label_set_text (self->label, text);
  /* What stops everything looks no smaller than an answer that failed. */
  if (state == APP_ENGINE_FAILED)
    gtk_widget_add_css_class (self->card, "failed");
  else
    gtk_widget_remove_css_class (self->card, "failed");
  gtk_widget_set_visible (self->icon, state == APP_ENGINE_FAILED);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), state == APP_ENGINE_LOADING);
  gtk_widget_set_visible (self->retry, state == APP_ENGINE_FAILED);
  gtk_widget_set_visible (self->choose, state == APP_ENGINE_FAILED || state == APP_ENGINE_NONE);
  gtk_widget_set_visible (self->buttons, gtk_widget_get_visible (self->choose));
  update_progress (self);
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
}

void
ui_model_status_set_engine (UiModelStatus *self, AppEngine *engine, AppModels *models)
{
  g_return_if_fail (self->engine == NULL);
  self->engine = g_object_ref (engine);
  self->models = g_object_ref (models);
  g_signal_connect_object (models, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::model", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::progress", G_CALLBACK (update_progress), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
ui_model_status_dispose (GObject *object)
{
  UiModelStatus *self = UI_MODEL_STATUS (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  g_clear_object (&self->engine);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_model_status_parent_class)->dispose (object);
}

static void
ui_model_status_class_init (UiModelStatusClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_model_status_dispose;
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  g_type_ensure (UI_TYPE_COLUMN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-model-status.ui");
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, card);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, icon);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, label);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, bar);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, buttons);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, retry);
  gtk_widget_class_bind_template_child (widget_class, UiModelStatus, choose);
}

static void
ui_model_status_init (UiModelStatus *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
