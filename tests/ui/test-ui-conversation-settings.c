/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog of one conversation's settings, and the line that tells of them. */
#include "ui-test.h"

#include <string.h>

#include "app-model-private.h"
#include "app-server-private.h"
#include "fixture.h"
#include "hub-server.h"
#include "ui-conversation-page.h"
#include "ui-conversation-settings.h"
#include "ui-settings-editor.h"
#include "ui-settings-line.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppSettings *preferences;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  AppConversationSettings *settings;
  GtkWidget *dialog;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  fixture_set_up_closed (&v->app, NULL);
  v->preferences = app_settings_new (NULL);
  app_history_open_async (v->app.path, APP_ENGINE (v->app.engine), v->preferences, NULL, keep_result, &result);
  v->app.history = app_history_open_finish (wait_result (&result), NULL);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->settings = app_conversation_get_settings (ui_conversation_page_get_conversation (v->page));
  gtk_window_present (GTK_WINDOW (v->window));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->window), "win.conversation-settings", NULL));
  for (guint i = 0; i < g_list_model_get_n_items (gtk_window_get_toplevels ()); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (gtk_window_get_toplevels (), i);

    if (UI_IS_CONVERSATION_SETTINGS (window))
      v->dialog = window;
  }
  g_assert_nonnull (v->dialog);
  ui_test_frames (v->dialog, 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  if (v->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (v->dialog));
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
  g_assert_finalize_object (v->preferences);
}

static GtkWidget *
find_row (GtkWidget *root, const char *title)
{
  GtkWidget *found = NULL;

  if (ADW_IS_ACTION_ROW (root) && g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, title);
  return found;
}

static GtkSpinButton *
find_spin (View *v, const char *title)
{
  GtkWidget *row = find_row (v->dialog, title);

  g_assert_nonnull (row);
  return ui_test_find (row, GTK_TYPE_SPIN_BUTTON);
}

static void
assert_json (View *v, const char *expected)
{
  g_autofree char *json = app_conversation_settings_dup_json (v->settings);

  g_assert_cmpstr (json, ==, expected);
}

/* Only what differs is kept; what is set back to the preferences' value does not differ any more. */
static void
test_numbers (View *v, gconstpointer data)
{
  GtkSpinButton *variety = find_spin (v, "Variety"), *mirostat = find_spin (v, "Mirostat surprise");
  GtkWidget *reset = gtk_widget_get_prev_sibling (GTK_WIDGET (variety));
  double general = gtk_spin_button_get_value (variety);

  if (!GTK_IS_BUTTON (reset))
    reset = gtk_widget_get_next_sibling (GTK_WIDGET (variety));
  g_assert_true (GTK_IS_BUTTON (reset));
  g_assert_cmpfloat (general, ==, 0.7);
  g_assert_false (gtk_widget_get_visible (reset));
  gtk_spin_button_spin (variety, GTK_SPIN_STEP_FORWARD, 0.05);
  assert_json (v, "{\"temperature\":0.75}");
  g_assert_true (gtk_widget_get_visible (reset));
  gtk_spin_button_set_value (mirostat, 5);
  assert_json (v, "{\"temperature\":0.75,\"mirostat-tau\":5.0}");
  gtk_spin_button_spin (variety, GTK_SPIN_STEP_BACKWARD, 0.05);
  assert_json (v, "{\"mirostat-tau\":5.0}");
  gtk_spin_button_set_value (variety, 0.1);
  g_signal_emit_by_name (reset, "clicked");
  g_assert_cmpfloat (gtk_spin_button_get_value (variety), ==, 0.7);
  assert_json (v, "{\"mirostat-tau\":5.0}");
}

/* The instructions are taken at a pause, and at the latest when the dialog closes. */
static void
test_instructions (View *v, gconstpointer data)
{
  GtkTextView *view = ui_test_child (ui_test_child (v->dialog, "editor"), "instructions");
  GtkWidget *placeholder = ui_test_child (ui_test_child (v->dialog, "editor"), "placeholder");

  g_assert_true (gtk_widget_get_visible (placeholder));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), " Answer in rhymes. ", -1);
  g_assert_false (gtk_widget_get_visible (placeholder));
  WAIT_UNTIL (!app_conversation_settings_is_empty (v->settings));
  g_assert_cmpstr (app_conversation_settings_get_text (v->settings, APP_SETTING_INSTRUCTIONS), ==, "Answer in rhymes.");
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), "Answer in prose.", -1);
  gtk_window_destroy (GTK_WINDOW (v->dialog));
  v->dialog = NULL;
  g_assert_cmpstr (app_conversation_settings_get_text (v->settings, APP_SETTING_INSTRUCTIONS), ==, "Answer in prose.");
}

static void
test_reset (View *v, gconstpointer data)
{
  GtkWidget *reset = ui_test_child (v->dialog, "reset");
  gpointer toasts = ui_test_child (v->dialog, "toasts");

  g_assert_false (gtk_widget_get_visible (reset));
  gtk_spin_button_set_value (find_spin (v, "Top K"), 3);
  app_conversation_settings_set_text (v->settings, APP_SETTING_MODEL, "gone-2b");
  g_assert_true (gtk_widget_get_visible (reset));
  g_signal_emit_by_name (reset, "clicked");
  g_assert_true (app_conversation_settings_is_empty (v->settings));
  g_assert_cmpfloat (gtk_spin_button_get_value (find_spin (v, "Top K")), ==, 40);
  ui_test_frames (v->dialog, 2);
  g_signal_emit_by_name (ui_test_toast_button (toasts), "clicked");
  assert_json (v, "{\"top-k\":3,\"model\":\"gone-2b\"}");
  g_assert_cmpfloat (gtk_spin_button_get_value (find_spin (v, "Top K")), ==, 3);
}

/* What differs is seen over the composer, and nothing when nothing does. */
static void
test_line (View *v, gconstpointer data)
{
  GtkWidget *line = ui_test_child (v->page, "settings_line");
  GtkLabel *label = ui_test_child (line, "label");

  g_assert_false (gtk_widget_get_visible (line));
  app_conversation_settings_set_text (v->settings, APP_SETTING_INSTRUCTIONS, "Answer in rhymes.");
  app_conversation_settings_set_number (v->settings, app_sampling_find_field ("temperature"), 0.2);
  g_assert_true (gtk_widget_get_visible (line));
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Own instructions · Variety 0.20");
  app_conversation_settings_set_number (v->settings, app_sampling_find_field ("top-k"), 2);
  app_conversation_settings_set_number (v->settings, app_sampling_find_field ("seed"), 2);
  app_conversation_settings_set_text (v->settings, APP_SETTING_PERSONA, "Poet");
  app_conversation_settings_set_text (v->settings, APP_SETTING_MODEL, "gone-2b");
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Poet · gone-2b · 3 numbers");
  app_conversation_settings_copy (v->settings, NULL);
  app_conversation_settings_set_adapter (v->settings, "ferryman", 0.8);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Adapter ferryman 0.80");
  app_conversation_settings_set_adapter (v->settings, "ferryman", 1);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Adapter ferryman");
  app_conversation_settings_copy (v->settings, NULL);
  g_assert_false (gtk_widget_get_visible (line));
}

/* Another conversation has another line. */
static void
test_switch (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) other = fixture_talk (&v->app, "Hello", "Good day.");
  GtkWidget *line = ui_test_child (v->page, "settings_line");

  app_conversation_settings_set_number (v->settings, app_sampling_find_field ("top-k"), 2);
  ui_window_open_conversation (v->window, other, 0);
  g_assert_false (gtk_widget_get_visible (line));
  ui_window_open_conversation (v->window, NULL, 0);
  g_assert_true (gtk_widget_get_visible (line)); /* still there before the first turn */
}

/* Golden files as models: "plain" of qwen3, "pirate" an adapter of it, "foreign" one of phi3. */
static void
install (View *v)
{
  static const struct { const char *golden, *name; } files[] = { { "qwen3", "plain.gguf" }, { "qwen3-lora", "pirate.gguf" }, { "phi3-lora", "foreign.gguf" } };
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) bytes = hub_server_golden (files[i].golden);
    g_autofree char *path = g_build_filename (v->app.folder, files[i].name, NULL);

    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  }
  app_models_refresh_async (v->models, NULL, keep_result, &result);
  g_assert_true (app_models_refresh_finish (v->models, wait_result (&result), NULL));
}

static void
assert_row (View *v, gboolean sensitive, const char *inside)
{
  GtkWidget *row = find_row (v->dialog, "Adapter");

  g_assert_nonnull (row);
  g_test_message ("%s", adw_action_row_get_subtitle (ADW_ACTION_ROW (row)));
  g_assert_cmpint (gtk_widget_get_sensitive (row), ==, sensitive);
  g_assert_cmpint (gtk_widget_get_focusable (gtk_widget_get_parent (row)), ==, sensitive);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), inside));
}

/* Only what fits the model is offered, and the strength where there is something to weigh. */
static void
test_adapter (View *v, gconstpointer data)
{
  AdwComboRow *row = ADW_COMBO_ROW (find_row (v->dialog, "Adapter"));
  GtkWidget *strength_row = find_row (v->dialog, "Strength of the adapter");
  GtkSpinButton *strength = find_spin (v, "Strength of the adapter");

  assert_row (v, FALSE, "No model is installed");
  install (v);
  assert_row (v, TRUE, "changes how");
  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (row)), ==, 2);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  g_assert_false (gtk_widget_get_visible (strength_row));
  adw_combo_row_set_selected (row, 1);
  assert_json (v, "{\"adapter\":\"pirate\"}");
  g_assert_true (gtk_widget_get_visible (strength_row));
  g_assert_cmpfloat (gtk_spin_button_get_value (strength), ==, 1);
  gtk_spin_button_set_value (strength, 0.75);
  assert_json (v, "{\"adapter\":\"pirate\",\"adapter-scale\":0.75}");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 1);
  gtk_spin_button_set_value (strength, 9); /* is bounded */
  assert_json (v, "{\"adapter\":\"pirate\",\"adapter-scale\":2.0}");
  gtk_spin_button_set_value (strength, 1);
  assert_json (v, "{\"adapter\":\"pirate\"}");
  adw_combo_row_set_selected (row, 0);
  assert_json (v, NULL);
  g_assert_false (gtk_widget_get_visible (strength_row));
}

/* The label in a row that shows that text. */
static GtkLabel *
find_label (GtkWidget *widget, const char *text)
{
  GtkLabel *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_label (child, text);
  return found;
}

/* However long the reason beside it is, and however narrow the window, one reads what is chosen. */
static void
test_adapter_name (View *v, gconstpointer data)
{
  GtkWidget *row = find_row (v->dialog, "Adapter");
  GtkLabel *name;

  gtk_window_set_default_size (GTK_WINDOW (v->dialog), 370, 700);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), "A very long reason, which would like to have all of the width that there is, and that of the name as well.");
  ui_test_frames (v->dialog, 4);
  name = find_label (row, "None");
  g_assert_nonnull (name);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (name)));
  install (v);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 1);
  ui_test_frames (v->dialog, 4);
  name = find_label (row, gtk_string_object_get_string (adw_combo_row_get_selected_item (ADW_COMBO_ROW (row))));
  g_assert_nonnull (name);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (name)));
  g_assert_cmpint (gtk_widget_get_width (v->dialog), <=, 370);
}

/* One that does not fit, or is gone, is seen and can be given up. */
static void
test_odd_adapter (View *v, gconstpointer data)
{
  AdwComboRow *row = ADW_COMBO_ROW (find_row (v->dialog, "Adapter"));

  install (v);
  app_conversation_settings_set_adapter (v->settings, "foreign", 1);
  assert_row (v, TRUE, "It is for models of the kind “phi3”");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 2);
  app_conversation_settings_set_adapter (v->settings, "gone", 1);
  assert_row (v, TRUE, "It is not installed");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 2);
  adw_combo_row_set_selected (row, 0);
  assert_json (v, NULL);
  assert_row (v, TRUE, "changes how");
}

/* A server runs its model as it is: the row says so and cannot be used, and what is chosen stays for other models. */
static void
test_remote_adapter (View *v, gconstpointer data)
{
  g_autoptr (AppClient) client = app_client_new (app_history_get_connections (v->app.history), NULL);
  g_autoptr (AppServer) server = app_server_new (1, "Kitchen", "http://kitchen.local:8080", g_ptr_array_new (), client);
  g_autoptr (GAsyncResult) result = NULL;

  install (v);
  app_conversation_settings_set_text (v->settings, APP_SETTING_MODEL, "plain");
  app_conversation_settings_set_adapter (v->settings, "pirate", 0.5);
  assert_row (v, TRUE, "changes how");
  app_model_set_server (app_models_find (v->models, "plain"), server, NULL);
  g_signal_emit_by_name (v->settings, "changed");
  assert_row (v, FALSE, "runs on kitchen.local, and adapters change models of this machine only");
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (find_spin (v, "Strength of the adapter"))));
  assert_json (v, "{\"model\":\"plain\",\"adapter\":\"pirate\",\"adapter-scale\":0.5}");
  app_model_set_server (app_models_find (v->models, "plain"), NULL, NULL);
}

static void
test_narrow (View *v, gconstpointer data)
{
  g_autofree char *nameless = ui_test_nameless (v->dialog);
  int min;

  gtk_widget_measure (gtk_widget_get_first_child (v->dialog), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
  g_assert_cmpstr (nameless, ==, "");
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-conversation-settings/numbers", test_numbers },
    { "/ui-conversation-settings/instructions", test_instructions },
    { "/ui-conversation-settings/reset", test_reset },
    { "/ui-conversation-settings/line", test_line },
    { "/ui-conversation-settings/adapter-name", test_adapter_name },
    { "/ui-conversation-settings/switch", test_switch },
    { "/ui-conversation-settings/narrow", test_narrow },
    { "/ui-conversation-settings/adapter", test_adapter },
    { "/ui-conversation-settings/odd-adapter", test_odd_adapter },
    { "/ui-conversation-settings/remote-adapter", test_remote_adapter },
  };

  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
