/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-adapter-group.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui-combo.h"
#include "ui-sampling-rows.h"

struct _UiAdapterGroup {
  AdwPreferencesGroup parent_instance;

  AdwComboRow *adapter;
  GtkWidget *strength_row;
  GtkSpinButton *strength;

  AppConversationSettings *settings;
  AppSettings *preferences; /* (nullable) */
  AppModels *models;
  GPtrArray *ids;    /* of the rows of `adapter`; the first, NULL, stands for none */
  GPtrArray *names;  /* in these rows */
  char *odd;         /* the id of one that was chosen and does not fit, or is gone; NULL: none was seen */
  gboolean updating; /* what changes is not by the person */
};

G_DEFINE_FINAL_TYPE (UiAdapterGroup, ui_adapter_group, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
str_equal0 (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b) == 0;
}

static const char *
chosen_id (UiAdapterGroup *self)
{
  return app_conversation_settings_get_text (self->settings, APP_SETTING_ADAPTER);
}

/* The model that would answer. (nullable) */
static AppModel *
find_model (UiAdapterGroup *self)
{
  const char *own = app_conversation_settings_get_text (self->settings, APP_SETTING_MODEL);
  g_autofree char *usual = self->preferences != NULL ? app_settings_dup_model (self->preferences) : NULL;

  return own != NULL ? app_models_find (self->models, own) : app_models_choose (self->models, usual);
}

/* What there is to choose, or why there is nothing. (transfer full) */
static char *
dup_reason (UiAdapterGroup *self, AppModel *model, AppModel *chosen, guint n_fitting)
{
  if (model == NULL)
    return g_strdup (_("No model is installed that it could change."));
  if (app_model_get_server (model) != NULL)
    /* Translators: a model, and the server that it runs on. */
    return g_strdup_printf (_("%s runs on %s, and adapters change models of this machine only."), app_model_get_name (model), app_model_get_host (model));
  if (chosen_id (self) != NULL && (chosen == NULL || app_model_get_path (chosen) == NULL))
    return g_strdup (_("It is not installed: add its file on the model page, or choose another one."));
  if (chosen != NULL && !app_model_fits (chosen, model))
    return g_strdup_printf (_("It is for models of the kind “%s”, and %s is none: choose another one."), app_model_get_architecture (chosen), app_model_get_name (model));
  if (chosen != NULL && *app_model_get_base (chosen) != '\0')
    return g_strdup_printf (_("Trained on %s."), app_model_get_base (chosen));
  if (n_fitting == 0)
    return g_strdup_printf (_("None is installed for %s: add its file on the model page."), app_model_get_name (model));
  return g_strdup_printf (_("A small file that changes how %s answers."), app_model_get_name (model));
}

static void
add_row (GPtrArray *ids, GPtrArray *names, const char *id, char *name)
{
  g_ptr_array_add (ids, g_strdup (id));
  g_ptr_array_add (names, name);
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  gboolean same = a->len == b->len;

  for (guint i = 0; same && i < a->len; i++)
    same = g_strcmp0 (a->pdata[i], b->pdata[i]) == 0;
  return same;
}

/* Those that fit, and what was chosen even where it does not, or is gone. The list is left alone as long as it says the same: a choice in it is under way.
 * Returns how many fit. */
static guint
list_adapters (UiAdapterGroup *self, AppModel *model)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n = 0;

  add_row (ids, names, NULL, g_strdup (_("None")));
  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->models)); i++) {
    g_autoptr (AppModel) adapter = g_list_model_get_item (G_LIST_MODEL (self->models), i);

    if (app_model_get_path (adapter) == NULL || !app_model_fits (adapter, model))
      continue;
    add_row (ids, names, app_model_get_id (adapter), g_strdup (app_model_get_name (adapter)));
    n++;
  }
  if (chosen_id (self) != NULL && !g_ptr_array_find_with_equal_func (ids, chosen_id (self), str_equal0, NULL)) {
    g_free (self->odd);
    self->odd = g_strdup (chosen_id (self));
  }
  if (self->odd != NULL && !g_ptr_array_find_with_equal_func (ids, self->odd, str_equal0, NULL)) {
    AppModel *odd = app_models_find (self->models, self->odd);
    const char *name = odd != NULL ? app_model_get_name (odd) : self->odd;

    add_row (ids, names, self->odd, odd != NULL && app_model_get_path (odd) != NULL ? g_strdup (name) : g_strdup_printf (_("%s (not installed)"), name));
  }
  if (!is_same (ids, self->ids) || !is_same (names, self->names)) {
    g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

    for (guint i = 0; i < names->len; i++)
      gtk_string_list_append (list, names->pdata[i]);
    adw_combo_row_set_model (self->adapter, G_LIST_MODEL (list));
    g_ptr_array_unref (self->ids);
    g_ptr_array_unref (self->names);
    self->ids = g_steal_pointer (&ids);
    self->names = g_steal_pointer (&names);
  }
  for (guint i = 0; i < self->ids->len; i++)
    if (g_strcmp0 (self->ids->pdata[i], chosen_id (self)) == 0)
      adw_combo_row_set_selected (self->adapter, i);
  return n;
}

static void
update (UiAdapterGroup *self)
{
  AppModel *model = find_model (self);
  AppModel *chosen = chosen_id (self) != NULL ? app_models_find (self->models, chosen_id (self)) : NULL;
  gboolean local = model != NULL && app_model_get_server (model) == NULL;
  gboolean usable;
  g_autofree char *reason = NULL;
  guint n;

  self->updating = TRUE;
  n = list_adapters (self, model);
  gtk_spin_button_set_value (self->strength, app_conversation_settings_get_adapter_scale (self->settings));
  self->updating = FALSE;
  reason = dup_reason (self, model, chosen, n);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->adapter), reason);
  usable = local && (n > 0 || chosen_id (self) != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->adapter), usable);
  /* A list in which no row takes the focus would be a stop that Tab never reaches. */
  gtk_widget_set_focusable (gtk_widget_get_parent (GTK_WIDGET (self->adapter)), usable);
  gtk_widget_set_visible (self->strength_row, chosen_id (self) != NULL);
  gtk_widget_set_sensitive (self->strength_row, local);
}

static void
on_selected (UiAdapterGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->adapter);

  if (!self->updating && self->settings != NULL && selected < self->ids->len)
    app_conversation_settings_set_adapter (self->settings, self->ids->pdata[selected], 1);
}

static void
on_strength (UiAdapterGroup *self)
{
  /* What the buttons add up to has an end in binary: what one sees counts. */
  if (!self->updating && self->settings != NULL)
    app_conversation_settings_set_adapter (self->settings, chosen_id (self), round (gtk_spin_button_get_value (self->strength) * 100) / 100);
}

void
ui_adapter_group_set_settings (UiAdapterGroup *self, AppConversationSettings *settings, AppSettings *preferences, AppModels *models)
{
  g_return_if_fail (self->settings == NULL);
  self->settings = g_object_ref (settings);
  g_set_object (&self->preferences, preferences);
  self->models = g_object_ref (models);
  update (self);
  ui_sampling_rows_name_lists (GTK_WIDGET (self->adapter), _("Adapter"));
  g_signal_connect_object (settings, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (models, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static void
ui_adapter_group_dispose (GObject *object)
{
  UiAdapterGroup *self = UI_ADAPTER_GROUP (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->preferences);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_adapter_group_parent_class)->dispose (object);
}

static void
ui_adapter_group_finalize (GObject *object)
{
  UiAdapterGroup *self = UI_ADAPTER_GROUP (object);

  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->names);
  g_free (self->odd);
  G_OBJECT_CLASS (ui_adapter_group_parent_class)->finalize (object);
}

static void
ui_adapter_group_class_init (UiAdapterGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_adapter_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_adapter_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-adapter-group.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAdapterGroup, adapter);
  gtk_widget_class_bind_template_child (widget_class, UiAdapterGroup, strength_row);
  gtk_widget_class_bind_template_child (widget_class, UiAdapterGroup, strength);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_strength);
}

static void
ui_adapter_group_init (UiAdapterGroup *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->names = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_combo_keep_name (self->adapter);
  gtk_spin_button_set_range (self->strength, 0, APP_ADAPTER_SCALE_MAX);
}
