/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-preferences.h"

#include <glib/gi18n.h>

#include "app-backup.h"
#include "ui-combo.h"
#include "ui-connections.h"
#include "ui-depth.h"
#include "ui-tool-log.h"
#include "ui-groups.h"
#include "ui-hardware.h"
#include "ui-mcp-servers.h"
#include "ui-sampling-rows.h"
#include "ui-storage.h"
#include "ui-toast.h"
#include "ui-voice-row.h"

struct _UiPreferences {
  AdwPreferencesWindow parent_instance;

  GtkTextView *instructions;
  UiHardware *hardware;

  GSettings *settings;
  AppEngine *engine;
  AppHistory *history; /* outlives the window */
  gboolean offered; /* to load the model again; the toast is there */
};

enum { RESTORE,
       N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiPreferences, ui_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* The rows: a switch for a boolean key, a number for all others. A group ends where the next one begins. */
typedef struct {
  const char *group;    /* (nullable): of the row before */
  const char *key;
  const char *title;
  const char *subtitle; /* (nullable) */
  double step;          /* 0: a switch */
  int digits;
} Row;

static const Row general_rows[] = {
  { N_("General"), "enter-sends", N_("Enter sends the message"), N_("Shift+Enter breaks the line. When this is off, Ctrl+Enter sends."), 0, 0 },
  { NULL, "load-at-start", N_("Load the model when Melete starts"), N_("When this is off, the first message loads it."), 0, 0 },
  { NULL, "unload-after", N_("Unload the model when it is idle"), N_("After so many minutes without an answer, and when memory runs short. 0 keeps it. The next message loads it again."), 5, 0 },
  { NULL, "picture-facts", N_("Let the model know a picture’s date and place"), N_("When and where a photo was taken, if it says so. It leaves this machine only with what you send to a server."), 0, 0 },
};

static const Row speech_rows[] = {
  { NULL, "speech-rate", N_("Speed"), N_("In words a minute."), 5, 0 },
};

/* Beside the numbers of ui-sampling-rows.c. */
static const Row advanced_rows[] = {
  { NULL, "context", N_("Context"), N_("How many tokens the model sees at once; 0 leaves it to Melete. Counts when the model is loaded again."), 512, 0 },
  { NULL, "threads", N_("Threads"), N_("0 takes one for each free processor core. Counts when the model is loaded again."), 1, 0 },
};

/* Bounds of a numeric key, from the schema. */
static void
key_range (GSettings *settings, const char *key, double *min, double *max)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) bounds = NULL;
  const char *kind;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(&sv)", &kind, &bounds);
  *min = 0;
  *max = G_MAXINT32;
  if (g_str_equal (kind, "range") && g_variant_is_of_type (bounds, G_VARIANT_TYPE ("(dd)")))
    g_variant_get (bounds, "(dd)", min, max);
  if (g_str_equal (kind, "range") && g_variant_is_of_type (bounds, G_VARIANT_TYPE ("(ii)"))) {
    int lowest, highest;

    g_variant_get (bounds, "(ii)", &lowest, &highest);
    *min = lowest;
    *max = highest;
  }
}

static GtkWidget *
create_row (GSettings *settings, const Row *spec)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _(spec->title), "subtitle", spec->subtitle != NULL ? _(spec->subtitle) : "", NULL);
  GtkWidget *control;

  if (spec->step == 0) {
    control = gtk_switch_new ();
    g_settings_bind (settings, spec->key, control, "active", G_SETTINGS_BIND_DEFAULT);
  } else {
    double min, max;

    key_range (settings, spec->key, &min, &max);
    control = gtk_spin_button_new_with_range (min, max, spec->step);
    gtk_spin_button_set_digits (GTK_SPIN_BUTTON (control), spec->digits);
    gtk_editable_set_width_chars (GTK_EDITABLE (control), 6);
    gtk_widget_add_css_class (control, "numeric");
    g_settings_bind (settings, spec->key, control, "value", G_SETTINGS_BIND_DEFAULT);
  }
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, _(spec->title), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  return row;
}

static void
add_rows (GSettings *settings, AdwPreferencesPage *page, const Row *rows, guint n_rows)
{
  AdwPreferencesGroup *group = NULL;

  for (guint i = 0; i < n_rows; i++) {
    if (rows[i].group != NULL) {
      group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", _(rows[i].group), NULL);
      adw_preferences_page_add (page, group);
    }
    adw_preferences_group_add (group, create_row (settings, &rows[i]));
  }
}

static GtkWidget *
create_sampling_row (GSettings *settings, const UiSamplingRow *spec)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _(spec->title), "subtitle", _(spec->subtitle), NULL);
  GtkWidget *spin = ui_sampling_rows_create_spin (spec);

  g_settings_bind (settings, spec->key, spin, "value", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  return row;
}

static gboolean
depth_to_line (GValue *value, GVariant *variant, gpointer data)
{
  AppDepth depth = APP_DEPTH_COMPACT;

  app_depth_from_id (g_variant_get_string (variant, NULL), &depth);
  g_value_set_uint (value, depth);
  return TRUE;
}

static GVariant *
line_to_depth (const GValue *value, const GVariantType *type, gpointer data)
{
  guint line = g_value_get_uint (value);

  return line < APP_N_DEPTHS ? g_variant_new_string (app_depth_to_id (line)) : NULL;
}

static GtkWidget *
create_depth_row (GSettings *settings)
{
  g_autoptr (GtkStringList) depths = ui_depth_list (NULL);
  GtkWidget *row = g_object_new (ADW_TYPE_COMBO_ROW, "title", _("Thinking"), "subtitle", _("Before an answer, where the conversation says nothing else."), "model", depths, NULL);

  ui_combo_name (ADW_COMBO_ROW (row));
  g_settings_bind_with_mapping (settings, "depth", row, "selected", G_SETTINGS_BIND_DEFAULT, depth_to_line, line_to_depth, NULL, NULL);
  return row;
}

/* The folded groups are rows of one more group. */
static void
add_sampling (GSettings *settings, AdwPreferencesPage *page)
{
  AdwPreferencesGroup *usual = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", _("Answers"), NULL);
  AdwPreferencesGroup *more = g_object_new (ADW_TYPE_PREFERENCES_GROUP, NULL);
  AdwExpanderRow *folded[UI_SAMPLING_N_GROUPS] = { NULL };
  guint n_rows;
  const UiSamplingRow *rows = ui_sampling_rows_get (&n_rows);

  adw_preferences_page_add (page, usual);
  adw_preferences_page_add (page, more);
  adw_preferences_group_add (usual, create_depth_row (settings));
  for (UiSamplingGroup group = UI_SAMPLING_ADVANCED; group < UI_SAMPLING_N_GROUPS; group++) {
    /* The focus is for the row in it, which unfolds. */
    folded[group] = g_object_new (ADW_TYPE_EXPANDER_ROW, "focusable", FALSE, "title", ui_sampling_rows_group_title (group), "subtitle",
                                  group == UI_SAMPLING_ADVANCED ? _("How words are chosen, memory and processor") : ui_sampling_rows_group_subtitle (group), NULL);
    adw_preferences_group_add (more, GTK_WIDGET (folded[group]));
  }
  for (guint i = 0; i < n_rows; i++) {
    if (rows[i].group == UI_SAMPLING_USUAL)
      adw_preferences_group_add (usual, create_sampling_row (settings, &rows[i]));
    else
      adw_expander_row_add_row (folded[rows[i].group], create_sampling_row (settings, &rows[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (advanced_rows); i++)
    adw_expander_row_add_row (folded[UI_SAMPLING_ADVANCED], create_row (settings, &advanced_rows[i]));
  for (UiSamplingGroup group = UI_SAMPLING_ADVANCED; group < UI_SAMPLING_N_GROUPS; group++)
    ui_sampling_rows_name_lists (GTK_WIDGET (folded[group]), ui_sampling_rows_group_title (group));
}

static void
add_speech (GSettings *settings, AdwPreferencesPage *page)
{
  /* Below the title of the group: in the row it would leave the voice no room. */
  AdwPreferencesGroup *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", _("Reading aloud"),
                                             "description", _("Reads answers aloud. A language that does not fit the text sounds odd."), NULL);

  adw_preferences_group_add (group, ui_voice_row_new (settings));
  for (guint i = 0; i < G_N_ELEMENTS (speech_rows); i++)
    adw_preferences_group_add (group, create_row (settings, &speech_rows[i]));
  adw_preferences_page_add (page, group);
}

static void
add_instructions (UiPreferences *self, AdwPreferencesPage *page)
{
  AdwPreferencesGroup *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", _("Instructions"),
                                             "description", _("The model reads these before every conversation. Left empty, it is told to be a helpful assistant that answers in the language of the question."), NULL);
  GtkWidget *frame = gtk_scrolled_window_new ();

  self->instructions = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (self->instructions, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (self->instructions, FALSE);
  g_object_set (self->instructions, "left-margin", 12, "right-margin", 12, "top-margin", 10, "bottom-margin", 10, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->instructions), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Instructions"), -1);
  g_settings_bind (self->settings, "system-prompt", gtk_text_view_get_buffer (self->instructions), "text", G_SETTINGS_BIND_DEFAULT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (frame), GTK_WIDGET (self->instructions));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (frame), 110);
  gtk_widget_set_overflow (frame, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (frame, "card");
  gtk_widget_add_css_class (frame, "instructions");
  adw_preferences_group_add (group, frame);
  adw_preferences_page_add (page, group);
}

/* What the loaded model was not loaded with */

static void
on_load_now (UiPreferences *self)
{
  AppModel *model = app_engine_get_model (self->engine);

  if (model != NULL)
    app_engine_load_async (self->engine, model, NULL, NULL, NULL); /* the window shows how it goes */
}

static void
on_offer_gone (UiPreferences *self)
{
  self->offered = FALSE;
}

static void
on_changed (UiPreferences *self)
{
  AdwToast *toast;

  if (self->offered || !app_engine_is_stale (self->engine))
    return;
  self->offered = TRUE;
  toast = adw_toast_new (_("The loaded model still uses the old value"));
  adw_toast_set_button_label (toast, _("_Load it again"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_load_now), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_offer_gone), self, G_CONNECT_SWAPPED);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), toast);
}

/* The history changes under the window, which goes with it. */
static void
on_restore (UiStorage *storage, const AppBackupInfo *info, UiPreferences *self)
{
  g_autoptr (UiPreferences) keep = g_object_ref (self);

  g_signal_emit (self, signals[RESTORE], 0, info);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
add_storage (UiPreferences *self, AppHistory *history, AppModels *models)
{
  UiStorage *storage = ui_storage_new (history, app_models_get_directory (models));

  g_signal_connect_object (storage, "restore", G_CALLBACK (on_restore), self, 0);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), ADW_PREFERENCES_PAGE (storage));
}

static void
add_hardware (UiPreferences *self, AdwPreferencesPage *page, AppHistory *history, AppGpu *gpu)
{
  self->hardware = ui_hardware_new (app_history_get_settings (history), gpu, self->engine);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (self->hardware));
}

void
ui_preferences_show_hardware (UiPreferences *self)
{
  ui_hardware_focus (self->hardware);
}

/* Tools: a page below that of the answers, with a way back */

static void
on_back (UiPreferences *self)
{
  adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (self));
}

static void
present_page (UiPreferences *self, GtkWidget *page, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = adw_header_bar_new (), *back = gtk_button_new_from_icon_name ("go-previous-symbolic");

  adw_header_bar_set_title_widget (ADW_HEADER_BAR (bar), adw_window_title_new (title, NULL));
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), back);
  gtk_widget_set_tooltip_text (back, _("Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (back), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  g_signal_connect_object (back, "clicked", G_CALLBACK (on_back), self, G_CONNECT_SWAPPED);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), page);
  ui_groups_wrap (page);
  adw_preferences_window_present_subpage (ADW_PREFERENCES_WINDOW (self), box);
}

static void
on_tools (UiPreferences *self)
{
  present_page (self, GTK_WIDGET (ui_tool_log_new (self->history)), _("Tools"));
}

static void
on_mcp_servers (UiPreferences *self)
{
  present_page (self, GTK_WIDGET (ui_mcp_servers_new (app_history_get_mcp_servers (self->history))), _("Servers of tools"));
}

static void
add_page_row (UiPreferences *self, AdwPreferencesGroup *group, const char *title, const char *subtitle, GCallback activated)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, "activatable", TRUE, NULL);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect_object (row, "activated", activated, self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, row);
}

static void
add_tools (UiPreferences *self, AdwPreferencesPage *page, AppHistory *history)
{
  AdwPreferencesGroup *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, NULL);

  self->history = history;
  add_page_row (self, group, _("Tools"), _("What answers may call, what you allowed, and all that was ever called"), G_CALLBACK (on_tools));
  add_page_row (self, group, _("Servers of tools"), _("Other programs, whose tools answers may call"), G_CALLBACK (on_mcp_servers));
  adw_preferences_page_add (page, group);
}

GtkWidget *
ui_preferences_new (GtkWindow *parent, AppHistory *history, AppModels *models, AppGpu *gpu)
{
  UiPreferences *self = g_object_new (UI_TYPE_PREFERENCES, "title", _("Preferences"), "transient-for", parent, "modal", TRUE, "can-navigate-back", TRUE, NULL);
  AdwPreferencesPage *general = g_object_new (ADW_TYPE_PREFERENCES_PAGE, "title", _("General"), "icon-name", "preferences-system-symbolic", NULL);
  AdwPreferencesPage *model = g_object_new (ADW_TYPE_PREFERENCES_PAGE, "title", _("Answers"), "icon-name", "applications-science-symbolic", NULL);

  self->settings = g_object_ref (app_settings_get_gsettings (app_history_get_settings (history)));
  self->engine = g_object_ref (app_history_get_engine (history));
  g_signal_connect_object (self->settings, "changed::context", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::threads", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  add_rows (self->settings, general, general_rows, G_N_ELEMENTS (general_rows));
  add_hardware (self, general, history, gpu);
  add_speech (self->settings, general);
  add_instructions (self, model);
  add_sampling (self->settings, model);
  add_tools (self, model, history);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), general);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), model);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), ADW_PREFERENCES_PAGE (ui_connections_new (app_history_get_connections (history))));
  add_storage (self, history, models);
  ui_groups_wrap (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

static void
ui_preferences_dispose (GObject *object)
{
  g_clear_object (&UI_PREFERENCES (object)->settings);
  g_clear_object (&UI_PREFERENCES (object)->engine);
  G_OBJECT_CLASS (ui_preferences_parent_class)->dispose (object);
}

static void
ui_preferences_class_init (UiPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_preferences_dispose;
  signals[RESTORE] = g_signal_new ("restore", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/* libadwaita 1.2 gives its own buttons and fields no names for a screen reader. */
static void
name_parts (UiPreferences *self)
{
  const struct {
    const char *child, *name;
  } names[] = { { "search_button", _("Search") }, { "search_entry", _("Search") }, { "search_results", _("Search results") } };

  GObject *toasts = gtk_widget_get_template_child (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW, "toast_overlay");

  if (toasts != NULL)
    ui_toast_name_buttons (GTK_WIDGET (toasts));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GObject *child = gtk_widget_get_template_child (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW, names[i].child);

    if (child != NULL)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, names[i].name, -1);
  }
}

static void
ui_preferences_init (UiPreferences *self)
{
  name_parts (self);
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 620);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (self), TRUE);
}
