/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-size.h"

/* More models than a glance takes in can be searched. */
#define SEARCHED 8

struct _UiModelChooser {
  AdwWindow parent_instance;

  GtkWidget *search;
  GtkStack *stack;
  AdwPreferencesPage *page;
  AdwStatusPage *none;
  GtkWidget *more;

  GPtrArray *groups; /* AdwPreferencesGroup, one for this machine and one for each server */
  GPtrArray *rows;   /* GtkWidget, in the order in which they stand */
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiModelChooser, ui_model_chooser, ADW_TYPE_WINDOW)

static AppModel *
row_model (gpointer row)
{
  return g_object_get_data (G_OBJECT (row), "ui-model");
}

static void
on_activated (UiModelChooser *self, GtkWidget *row)
{
  g_autoptr (AppModel) model = g_object_ref (row_model (row));

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[CHOSEN], 0, model);
}

static void
on_more (UiModelChooser *self)
{
  GtkWidget *parent = GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self)));

  gtk_window_close (GTK_WINDOW (self));
  gtk_widget_activate_action (parent, "win.models", NULL);
}

/* Rows */

/* "98.4 MB · 40 tokens/s": what it takes, and what it gives here; NULL when neither is known. */
static char *
dup_facts (AppModel *model)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (app_model_get_size (model) > 0)
    g_ptr_array_add (parts, app_size_dup_text (app_model_get_size (model)));
  if (app_model_get_speed (model) > 0)
    g_ptr_array_add (parts, g_strdup_printf (app_model_get_speed (model) >= 10 ? _("%.0f tokens/s") : _("%.1f tokens/s"), app_model_get_speed (model)));
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static void
add_row (UiModelChooser *self, AppModel *model)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", app_model_get_name (model), "activatable", TRUE, NULL);
  g_autofree char *facts = dup_facts (model);

  if (facts != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), facts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, app_model_get_name (model), -1);
  g_object_set_data_full (G_OBJECT (row), "ui-model", g_object_ref (model), g_object_unref);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->groups->pdata[self->groups->len - 1], row);
  g_ptr_array_add (self->rows, row);
}

/* `server`: (nullable) whose models come into it. */
static void
begin_group (UiModelChooser *self, AppServer *server)
{
  g_autofree char *title = g_markup_escape_text (server != NULL ? app_server_get_name (server) : _("On this machine"), -1);
  GtkWidget *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", title, NULL);

  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
  g_ptr_array_add (self->groups, group);
}

/* Whether the model wrote the answer; an answer keeps the name and the host of its model. */
static gboolean
wrote (AppModel *model, AppMessage *answer)
{
  return g_strcmp0 (app_model_get_name (model), app_message_get_model_name (answer)) == 0 && g_strcmp0 (app_model_get_host (model), app_message_get_host (answer)) == 0;
}

static void
fill (UiModelChooser *self, AppModels *models, AppMessage *answer)
{
  AppServer *server = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (models), i);

    if (app_model_get_state (model) != APP_MODEL_INSTALLED || !app_model_get_answers (model) || wrote (model, answer))
      continue;
    if (self->groups->len == 0 || app_model_get_server (model) != server)
      begin_group (self, server = app_model_get_server (model));
    add_row (self, model);
  }
}

/* What shows, after the search or at the beginning. */
static void
update (UiModelChooser *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->groups->len; i++) {
    gboolean in_group = FALSE;

    for (guint j = 0; j < self->rows->len; j++)
      if (gtk_widget_get_ancestor (self->rows->pdata[j], ADW_TYPE_PREFERENCES_GROUP) == self->groups->pdata[i])
        in_group |= gtk_widget_get_visible (self->rows->pdata[j]);
    gtk_widget_set_visible (self->groups->pdata[i], in_group);
    any |= in_group;
  }
  gtk_widget_set_visible (self->more, self->rows->len == 0);
  adw_status_page_set_description (self->none, self->rows->len == 0 ? _("There is only one model here. Download another one, or add a server, to compare with it.")
                                                                    : _("No model has these words in its name."));
  gtk_stack_set_visible_child_name (self->stack, any ? "models" : "none");
}

static void
on_search (UiModelChooser *self)
{
  g_autofree char *words = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  for (guint i = 0; i < self->rows->len; i++) {
    g_autofree char *name = g_utf8_casefold (app_model_get_name (row_model (self->rows->pdata[i])), -1);

    gtk_widget_set_visible (self->rows->pdata[i], strstr (name, words) != NULL);
  }
  update (self);
}

/* The first that is left. */
static void
on_search_activate (UiModelChooser *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (gtk_widget_get_visible (self->rows->pdata[i])) {
      on_activated (self, self->rows->pdata[i]);
      return;
    }
}

/* Object */

static void
ui_model_chooser_dispose (GObject *object)
{
  UiModelChooser *self = UI_MODEL_CHOOSER (object);

  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (ui_model_chooser_parent_class)->dispose (object);
}

static void
ui_model_chooser_class_init (UiModelChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_model_chooser_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_MODEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-model-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, UiModelChooser, search);
  gtk_widget_class_bind_template_child (widget_class, UiModelChooser, stack);
  gtk_widget_class_bind_template_child (widget_class, UiModelChooser, page);
  gtk_widget_class_bind_template_child (widget_class, UiModelChooser, none);
  gtk_widget_class_bind_template_child (widget_class, UiModelChooser, more);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_model_chooser_init (UiModelChooser *self)
{
  self->groups = g_ptr_array_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_model_chooser_new (GtkWindow *parent, AppModels *models, AppMessage *answer)
{
  UiModelChooser *self = g_object_new (UI_TYPE_MODEL_CHOOSER, "transient-for", parent, NULL);

  fill (self, models, answer);
  gtk_widget_set_visible (self->search, self->rows->len > SEARCHED);
  update (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->rows->len > SEARCHED ? self->search : self->rows->len > 0 ? self->rows->pdata[0] : self->more);
  return GTK_WIDGET (self);
}
