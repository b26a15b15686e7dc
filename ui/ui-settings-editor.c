/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-settings-editor.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui-adapter-group.h"
#include "ui-model-chip.h"
#include "ui-combo.h"
#include "ui-depth.h"
#include "ui-groups.h"
#include "ui-sampling-rows.h"

/* What is typed into the instructions is taken when nothing was typed for so long, in milliseconds. */
#define PAUSE 400

/* One number: its row shows what counts, and a button that takes away what differs. */
typedef struct {
  const UiSamplingRow *row;
  const AppSamplingField *field;
  GtkSpinButton *spin;
  GtkWidget *reset;
} Number;

struct _UiSettingsEditor {
  AdwPreferencesPage parent_instance;

  GtkTextView *instructions;
  GtkLabel *placeholder;
  AdwPreferencesGroup *head;
  AdwPreferencesGroup *usual;
  AdwPreferencesGroup *more;
  AdwComboRow *model;
  AdwComboRow *depth;
  AdwComboRow *tools;
  UiAdapterGroup *adapter;

  AppConversationSettings *settings;
  AppSettings *preferences; /* (nullable) */
  AppModels *models;
  GPtrArray *ids;    /* of the rows of `model`; the first stands for none */
  GArray *numbers;   /* of Number */
  guint pause;       /* until the instructions are taken, or 0 */
  gboolean updating; /* what changes is not by the person */
};

G_DEFINE_FINAL_TYPE (UiSettingsEditor, ui_settings_editor, ADW_TYPE_PREFERENCES_PAGE)

/* In words */

/* " Variety 0.2" for each number when they are few, else how many there are. */
static void
add_numbers (GPtrArray *parts, AppConversationSettings *settings)
{
  g_autoptr (GPtrArray) each = g_ptr_array_new_with_free_func (g_free);
  guint n_rows;
  const UiSamplingRow *rows = ui_sampling_rows_get (&n_rows);

  for (guint i = 0; i < n_rows; i++) {
    double number;

    if (app_conversation_settings_get_number (settings, app_sampling_find_field (rows[i].key), &number))
      g_ptr_array_add (each, g_strdup_printf ("%s %.*f", _(rows[i].title), rows[i].digits, number));
  }
  if (each->len > 2) {
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u number", "%u numbers", each->len), each->len));
    return;
  }
  for (guint i = 0; i < each->len; i++)
    g_ptr_array_add (parts, g_strdup (each->pdata[i]));
}

char *
ui_settings_dup_summary (AppConversationSettings *settings, AppModels *models)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const char *persona = app_conversation_settings_get_text (settings, APP_SETTING_PERSONA);
  const char *id = app_conversation_settings_get_text (settings, APP_SETTING_MODEL);
  AppModel *model = id != NULL ? app_models_find (models, id) : NULL;
  const char *adapter_id = app_conversation_settings_get_text (settings, APP_SETTING_ADAPTER);
  AppModel *adapter = adapter_id != NULL ? app_models_find (models, adapter_id) : NULL;

  if (persona != NULL)
    g_ptr_array_add (parts, g_strdup (persona));
  else if (app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS) != NULL)
    g_ptr_array_add (parts, g_strdup (_("Own instructions")));
  if (id != NULL)
    g_ptr_array_add (parts, model != NULL ? ui_model_chip_dup_short_name (app_model_get_name (model)) : g_strdup (id));
  if (adapter_id != NULL) {
    const char *name = adapter != NULL ? app_model_get_name (adapter) : adapter_id;
    double scale = app_conversation_settings_get_adapter_scale (settings);

    /* Its name alone, unlike a model's, says nothing of what it is. */
    g_ptr_array_add (parts, scale == 1 ? g_strdup_printf ("%s %s", _ ("Adapter"), name) : g_strdup_printf ("%s %s %.2f", _ ("Adapter"), name, scale));
  }
  if (app_conversation_settings_get_text (settings, APP_SETTING_TOOLS) != NULL)
    g_ptr_array_add (parts, g_strdup (g_str_equal (app_conversation_settings_get_text (settings, APP_SETTING_TOOLS), "on") ? _("With tools") : _("Without tools")));
  add_numbers (parts, settings);
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

/* Numbers */

static double
general_number (UiSettingsEditor *self, const AppSamplingField *field)
{
  return self->preferences != NULL ? app_settings_get_number (self->preferences, field) : field->usual;
}

static Number *
find_number (UiSettingsEditor *self, gpointer widget)
{
  for (guint i = 0; i < self->numbers->len; i++) {
    Number *number = &g_array_index (self->numbers, Number, i);

    if (number->spin == widget || number->reset == widget)
      return number;
  }
  return NULL;
}

static void
on_value (GtkSpinButton *spin, UiSettingsEditor *self)
{
  Number *number = find_number (self, spin);
  double scale, value;

  if (self->updating || number == NULL)
    return;
  /* What the buttons add up to has an end in binary: what one sees counts. */
  scale = pow (10, number->row->digits);
  value = round (gtk_spin_button_get_value (spin) * scale) / scale;
  if (value == general_number (self, number->field))
    app_conversation_settings_unset (self->settings, number->field->key);
  else
    app_conversation_settings_set_number (self->settings, number->field, value);
}

static void
on_reset (GtkButton *button, UiSettingsEditor *self)
{
  Number *number = find_number (self, button);

  /* Not into nothing: the button goes. */
  gtk_widget_grab_focus (GTK_WIDGET (number->spin));
  app_conversation_settings_unset (self->settings, number->field->key);
}

static GtkWidget *
create_number (UiSettingsEditor *self, const UiSamplingRow *spec)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _(spec->title), "subtitle", _(spec->subtitle), NULL);
  GtkWidget *spin = ui_sampling_rows_create_spin (spec);
  GtkWidget *reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  Number number = { spec, app_sampling_find_field (spec->key), GTK_SPIN_BUTTON (spin), reset };
  /* Translators: %s is the name of a setting. */
  g_autofree char *name = g_strdup_printf (_("%s as in the preferences"), _(spec->title));

  gtk_widget_set_valign (reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (reset, "flat");
  gtk_widget_add_css_class (reset, "circular");
  gtk_widget_set_tooltip_text (reset, _("As in the preferences"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_value), self);
  g_signal_connect (reset, "clicked", G_CALLBACK (on_reset), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), reset);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  g_array_append_val (self->numbers, number);
  return row;
}

static void
create_numbers (UiSettingsEditor *self)
{
  AdwExpanderRow *folded[UI_SAMPLING_N_GROUPS] = { NULL };
  guint n_rows;
  const UiSamplingRow *rows = ui_sampling_rows_get (&n_rows);

  for (UiSamplingGroup group = UI_SAMPLING_ADVANCED; group < UI_SAMPLING_N_GROUPS; group++) {
    /* The focus is for the row in it, which unfolds. */
    folded[group] = g_object_new (ADW_TYPE_EXPANDER_ROW, "focusable", FALSE, "title", ui_sampling_rows_group_title (group),
                                  "subtitle", ui_sampling_rows_group_subtitle (group), NULL);
    adw_preferences_group_add (self->more, GTK_WIDGET (folded[group]));
  }
  for (guint i = 0; i < n_rows; i++) {
    GtkWidget *row = create_number (self, &rows[i]);

    if (rows[i].group == UI_SAMPLING_USUAL)
      adw_preferences_group_add (self->usual, row);
    else
      adw_expander_row_add_row (folded[rows[i].group], row);
  }
  for (UiSamplingGroup group = UI_SAMPLING_ADVANCED; group < UI_SAMPLING_N_GROUPS; group++)
    ui_sampling_rows_name_lists (GTK_WIDGET (folded[group]), ui_sampling_rows_group_title (group));
}

/* Instructions */

static char *
dup_instructions (UiSettingsEditor *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->instructions);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

void
ui_settings_editor_flush (UiSettingsEditor *self)
{
  g_autofree char *text = NULL;

  if (self->pause == 0)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  text = dup_instructions (self);
  self->updating = TRUE; /* what is being typed stays as it is, with the space at its end */
  app_conversation_settings_set_text (self->settings, APP_SETTING_INSTRUCTIONS, text);
  self->updating = FALSE;
}

static gboolean
on_pause (gpointer data)
{
  ui_settings_editor_flush (data);
  return G_SOURCE_REMOVE;
}

static void
on_typed (GtkTextBuffer *buffer, UiSettingsEditor *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), gtk_text_buffer_get_char_count (buffer) == 0);
  if (self->updating)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause = g_timeout_add (PAUSE, on_pause, self);
}

/* Model */

static void
on_model_selected (UiSettingsEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->model);

  if (!self->updating && self->ids != NULL && selected < self->ids->len)
    app_conversation_settings_set_text (self->settings, APP_SETTING_MODEL, self->ids->pdata[selected]);
}

/* Tools: what the rows of the list are in the settings. */
static const char *const tools_choices[] = { NULL, "on", "off" };

static void
on_tools_selected (UiSettingsEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->tools);

  if (!self->updating && self->settings != NULL && selected < G_N_ELEMENTS (tools_choices))
    app_conversation_settings_set_text (self->settings, APP_SETTING_TOOLS, tools_choices[selected]);
}

/* The installed models, and the one that is chosen even where it is gone. */
static void
list_models (UiSettingsEditor *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  const char *chosen = app_conversation_settings_get_text (self->settings, APP_SETTING_MODEL);
  gboolean seen = chosen == NULL;

  self->ids = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->ids, NULL);
  gtk_string_list_append (names, _("As elsewhere"));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (self->models), i);

    if (app_model_get_state (model) != APP_MODEL_INSTALLED || !app_model_get_answers (model))
      continue;
    seen = seen || g_str_equal (app_model_get_id (model), chosen);
    g_ptr_array_add (self->ids, g_strdup (app_model_get_id (model)));
    gtk_string_list_append (names, app_model_get_name (model));
  }
  if (!seen) {
    g_autofree char *gone = g_strdup_printf (_("%s (not installed)"), chosen);

    g_ptr_array_add (self->ids, g_strdup (chosen));
    gtk_string_list_append (names, gone);
  }
  adw_combo_row_set_model (self->model, G_LIST_MODEL (names));
}

/* Depth */

/* The first line stands for none. */
static void
on_depth_selected (UiSettingsEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->depth);

  if (!self->updating && self->settings != NULL && selected != GTK_INVALID_LIST_POSITION)
    app_conversation_settings_set_text (self->settings, APP_SETTING_DEPTH, selected > 0 ? app_depth_to_id (selected - 1) : NULL);
}

/* All of it */

static void
update (UiSettingsEditor *self)
{
  const char *instructions = app_conversation_settings_get_text (self->settings, APP_SETTING_INSTRUCTIONS);
  const char *id = app_conversation_settings_get_text (self->settings, APP_SETTING_MODEL);

  AppDepth depth;

  if (!self->updating) {
    self->updating = TRUE;
    adw_combo_row_set_selected (self->depth, app_depth_from_id (app_conversation_settings_get_text (self->settings, APP_SETTING_DEPTH), &depth) ? depth + 1 : 0);
    if (self->pause == 0)
      gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->instructions), instructions != NULL ? instructions : "", -1);
    for (guint i = 0; i < self->ids->len; i++)
      if (g_strcmp0 (self->ids->pdata[i], id) == 0)
        adw_combo_row_set_selected (self->model, i);
    for (guint i = 0; i < G_N_ELEMENTS (tools_choices); i++)
      if (g_strcmp0 (tools_choices[i], app_conversation_settings_get_text (self->settings, APP_SETTING_TOOLS)) == 0)
        adw_combo_row_set_selected (self->tools, i);
    self->updating = FALSE;
  }
  self->updating = TRUE;
  for (guint i = 0; i < self->numbers->len; i++) {
    Number *number = &g_array_index (self->numbers, Number, i);
    double value;
    gboolean own = app_conversation_settings_get_number (self->settings, number->field, &value);

    gtk_spin_button_set_value (number->spin, own ? value : general_number (self, number->field));
    gtk_widget_set_visible (number->reset, own);
  }
  self->updating = FALSE;
}

void
ui_settings_editor_set_settings (UiSettingsEditor *self, AppConversationSettings *settings, AppSettings *preferences, AppModels *models)
{
  g_autofree char *general = preferences != NULL ? app_settings_dup_system_prompt (preferences) : NULL;

  g_return_if_fail (self->settings == NULL);
  self->settings = g_object_ref (settings);
  g_set_object (&self->preferences, preferences);
  self->models = g_object_ref (models);
  gtk_label_set_text (self->placeholder, general != NULL ? general : "");
  self->updating = TRUE;
  list_models (self);
  {
    g_autoptr (GtkStringList) depths = ui_depth_list (_("As elsewhere"));

    adw_combo_row_set_model (self->depth, G_LIST_MODEL (depths));
  }
  create_numbers (self);
  self->updating = FALSE;
  ui_groups_wrap (GTK_WIDGET (self));
  ui_combo_keep_name (self->model);
  ui_combo_keep_name (self->tools);
  ui_sampling_rows_name_lists (GTK_WIDGET (self->model), _("Model"));
  ui_combo_name (self->depth);
  ui_sampling_rows_name_lists (GTK_WIDGET (self->tools), _("Tools"));
  ui_adapter_group_set_settings (self->adapter, settings, preferences, models);
  update (self);
  g_signal_connect_object (settings, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

void
ui_settings_editor_add_head (UiSettingsEditor *self, GtkWidget *row)
{
  adw_preferences_group_add (self->head, row);
  gtk_widget_set_visible (GTK_WIDGET (self->head), TRUE);
}

static void
ui_settings_editor_dispose (GObject *object)
{
  UiSettingsEditor *self = UI_SETTINGS_EDITOR (object);

  if (self->instructions != NULL)
    ui_settings_editor_flush (self);
  self->instructions = NULL;
  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_object (&self->settings);
  g_clear_object (&self->preferences);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_settings_editor_parent_class)->dispose (object);
}

static void
ui_settings_editor_finalize (GObject *object)
{
  UiSettingsEditor *self = UI_SETTINGS_EDITOR (object);

  g_array_unref (self->numbers);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  G_OBJECT_CLASS (ui_settings_editor_parent_class)->finalize (object);
}

static void
ui_settings_editor_class_init (UiSettingsEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_settings_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_settings_editor_finalize;
  g_type_ensure (UI_TYPE_ADAPTER_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-settings-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, instructions);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, placeholder);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, head);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, usual);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, more);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, model);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, tools);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, adapter);
  gtk_widget_class_bind_template_callback (widget_class, on_model_selected);
  gtk_widget_class_bind_template_child (widget_class, UiSettingsEditor, depth);
  gtk_widget_class_bind_template_callback (widget_class, on_depth_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_tools_selected);
}

static void
ui_settings_editor_init (UiSettingsEditor *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (Number));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (gtk_text_view_get_buffer (self->instructions), "changed", G_CALLBACK (on_typed), self);
}
