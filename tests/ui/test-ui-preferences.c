/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of the preferences, with settings in memory. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-hardware.h"
#include "ui-mcp-servers.h"
#include "ui-preferences.h"
#include "ui-test-input.h"
#include "ui-text-scale.h"
#include "ui-tool-log.h"

typedef struct {
  Fixture app;
  AppSettings *settings;
  GSettings *gsettings;
  AppModels *models;
  AppGpu *gpu;
  GtkWidget *window;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *sentinel = NULL;

  fixture_set_up_closed (&v->app, NULL);
  sentinel = g_build_filename (v->app.folder, "gpu-busy", NULL);
  v->settings = app_settings_new (NULL);
  g_assert_nonnull (v->settings);
  v->gsettings = app_settings_get_gsettings (v->settings);
  app_history_open_async (v->app.path, APP_ENGINE (v->app.engine), v->settings, NULL, keep_result, &result);
  v->app.history = app_history_open_finish (wait_result (&result), NULL);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->gpu = app_gpu_new (v->settings, sentinel);
  v->window = ui_preferences_new (NULL, v->app.history, v->models, v->gpu);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (v->window, 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  app_gpu_close (v->gpu);
  while (G_OBJECT (v->gpu)->ref_count > 1) /* a trial that was stopped says so */
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (v->gpu);
  fixture_tear_down (&v->app, NULL);
  g_assert_finalize_object (v->settings);
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

/* Every row is bound to a key: what the person changes is stored, and what is stored shows. */
static void
test_rows (View *v, gconstpointer data)
{
  static const struct {
    const char *title, *key;
    double other; /* -1: a switch */
  } rows[] = {
    { "Enter sends the message", "enter-sends", -1 },
    { "Load the model when Melete starts", "load-at-start", -1 },
    { "Let the model know a picture’s date and place", "picture-facts", -1 },
    { "Variety", "temperature", 0.25 },
    { "Top K", "top-k", 7 },
    { "Top P", "top-p", 0.5 },
    { "Min P", "min-p", 0.25 },
    { "Repetition penalty", "repeat-penalty", 1.5 },
    { "Seed", "seed", 42 },
    { "Longest answer", "max-tokens", 640 },
    { "Typical P", "typical-p", 0.5 },
    { "DRY strength", "dry-multiplier", 0.8 },
    { "XTC probability", "xtc-probability", 0.5 },
    { "Mirostat surprise", "mirostat-tau", 5 },
    { "Context", "context", 2048 },
    { "Threads", "threads", 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GtkWidget *row = find_row (v->window, rows[i].title);
    g_autoptr (GVariant) before = g_settings_get_value (v->gsettings, rows[i].key);
    g_autoptr (GVariant) after = NULL;

    g_test_message ("%s", rows[i].title);
    g_assert_nonnull (row);
    if (rows[i].other < 0) {
      GtkSwitch *control = ui_test_find (row, GTK_TYPE_SWITCH);

      g_assert_cmpint (gtk_switch_get_active (control), ==, g_variant_get_boolean (before));
      gtk_switch_set_active (control, !gtk_switch_get_active (control));
    } else {
      GtkSpinButton *control = ui_test_find (row, GTK_TYPE_SPIN_BUTTON);

      gtk_spin_button_set_value (control, rows[i].other);
      g_assert_cmpfloat_with_epsilon (gtk_spin_button_get_value (control), rows[i].other, 1e-9);
    }
    after = g_settings_get_value (v->gsettings, rows[i].key);
    g_assert_false (g_variant_equal (before, after));
    g_settings_reset (v->gsettings, rows[i].key);
  }
}

static void
test_instructions (View *v, gconstpointer data)
{
  GtkTextView *view = ui_test_find (v->window, GTK_TYPE_TEXT_VIEW);
  g_autofree char *stored = NULL;

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), "Answer in rhymes.", -1);
  stored = app_settings_dup_system_prompt (v->settings);
  g_assert_cmpstr (stored, ==, "Answer in rhymes.");
  g_settings_reset (v->gsettings, "system-prompt");
}

static GtkWidget *
find_overlay (View *v)
{
  return ui_test_find (v->window, ADW_TYPE_TOAST_OVERLAY);
}

static void
on_state (AppEngine *engine, GParamSpec *pspec, guint *loads)
{
  *loads += app_engine_get_state (engine) == APP_ENGINE_LOADING;
}

/* What the loaded model was not loaded with is offered to be used now. */
static void
test_stale (View *v, gconstpointer data)
{
  guint loads = 0;

  g_signal_connect (v->app.engine, "notify::state", G_CALLBACK (on_state), &loads);
  g_settings_set_int (v->gsettings, "context", 1024);
  ui_test_frames (v->window, 2);
  g_assert_null (ui_test_toast_text (find_overlay (v)));
  scripted_engine_set_stale (v->app.engine, TRUE);
  g_settings_set_int (v->gsettings, "context", 2048);
  g_settings_set_int (v->gsettings, "threads", 2);
  ui_test_frames (v->window, 2);
  g_assert_cmpstr (ui_test_toast_text (find_overlay (v)), ==, "The loaded model still uses the old value");
  g_signal_emit_by_name (ui_test_toast_button (find_overlay (v)), "clicked");
  WAIT_UNTIL (app_engine_get_state (APP_ENGINE (v->app.engine)) == APP_ENGINE_READY);
  g_assert_cmpuint (loads, ==, 1);
  g_signal_handlers_disconnect_by_data (v->app.engine, &loads);
  g_settings_reset (v->gsettings, "context");
  g_settings_reset (v->gsettings, "threads");
}

/* A way there, for what tells that the card failed. */
static void
test_hardware (View *v, gconstpointer data)
{
  GtkWidget *hardware = ui_test_find (v->window, UI_TYPE_HARDWARE);

  g_assert_nonnull (hardware);
  ui_preferences_show_hardware (UI_PREFERENCES (v->window));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (v->window)), hardware));
}

/* No page forces the window wider than 360 px. */
static void
test_narrow (View *v, gconstpointer data)
{
  int min;

  /* Without the border that the window has where nothing composes. */
  gtk_widget_measure (gtk_widget_get_first_child (v->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
}

static GtkLabel *
find_text (GtkWidget *root, const char *text)
{
  GtkLabel *found = NULL;

  if (GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) && g_str_equal (gtk_label_get_text (GTK_LABEL (root)), text))
    return GTK_LABEL (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_text (child, text);
  return found;
}

/* What a group says of itself wraps where it is wider than the window. This sentence, in a font without Arabic letters of its own, did not. */
static void
test_descriptions (View *v, gconstpointer data)
{
  const char *text = "كل المحادثات مع مرفقاتها، والشخصيات والقوالب والتفضيلات، في ملف واحد. ليست فيه النماذج ولا المفاتيح.";
  GtkWidget *group = gtk_widget_get_ancestor (find_row (v->window, "Back up everything"), ADW_TYPE_PREFERENCES_GROUP);
  GtkLabel *label;
  g_autofree char *font = NULL;

  g_object_get (gtk_settings_get_default (), "gtk-font-name", &font, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), text);
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (v->window), ADW_PREFERENCES_PAGE (gtk_widget_get_ancestor (group, ADW_TYPE_PREFERENCES_PAGE)));
  for (int width = 380; width <= 640; width += 20) {
    gtk_window_set_default_size (GTK_WINDOW (v->window), width, 620);
    ui_test_frames (v->window, 30);
    label = find_text (v->window, text);
    g_assert_nonnull (label);
    g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (label)), <=, gtk_widget_get_width (group));
  }
  g_object_set (gtk_settings_get_default (), "gtk-font-name", font, NULL);
}

/* With text twice as large, the words of the pages' switch are whole in a narrow window. */
static void
test_large_switch (View *v, gconstpointer data)
{
  static const char *const pages[] = { "General", "Answers", "Connections", "Storage" };
  int dpi;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  ui_text_scale_follow (gdk_display_get_default ());
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 370, 620);
  ui_test_frames (v->window, 30);
  g_assert_cmpint (gtk_widget_get_width (v->window), <=, 370);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    GtkLabel *label = find_text (ui_test_find (v->window, ADW_TYPE_VIEW_SWITCHER_BAR), pages[i]);

    g_assert_nonnull (label);
    g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (label)));
  }
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
}

static gboolean
has_size (gpointer label)
{
  return !g_str_equal (gtk_label_get_text (label), "…");
}

/* What takes how much; and that nothing is offered to be deleted where there is nothing. */
static void
test_storage (View *v, gconstpointer data)
{
  GtkWidget *row = find_row (v->window, "Conversations"), *old = find_row (v->window, "Earlier histories");
  GtkWidget *suffix;

  g_assert_nonnull (row);
  g_assert_nonnull (old);
  suffix = gtk_widget_get_last_child (gtk_widget_get_first_child (row));
  ui_test_wait (has_size, gtk_widget_get_first_child (suffix));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (suffix))), "kB"));
  g_assert_false (gtk_widget_get_sensitive (ui_test_find (old, GTK_TYPE_BUTTON)));
  g_assert_nonnull (find_row (v->window, "Back up everything"));
  g_assert_nonnull (find_row (v->window, "Restore a backup"));
}

/* The depth of thinking, which has a line for each that can be chosen. */
static void
test_depth (View *v, gconstpointer data)
{
  AdwComboRow *row = ADW_COMBO_ROW (find_row (v->window, "Thinking"));

  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, APP_DEPTH_COMPACT);
  g_assert_true (app_depth_is_offered (g_list_model_get_n_items (adw_combo_row_get_model (row)) - 1));
  adw_combo_row_set_selected (row, APP_DEPTH_THOROUGH);
  g_assert_cmpint (app_settings_get_depth (v->settings), ==, APP_DEPTH_THOROUGH);
  g_settings_set_string (v->gsettings, "depth", "instant");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, APP_DEPTH_INSTANT);
  g_settings_reset (v->gsettings, "depth");
}

/* Pages below another, with a way back. */
static void
test_pages (View *v, gconstpointer data)
{
  const struct {
    const char *title;
    GType type;
  } pages[] = { { "Tools", UI_TYPE_TOOL_LOG }, { "Servers of tools", UI_TYPE_MCP_SERVERS } };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    GtkWidget *row = find_row (v->window, pages[i].title), *page;

    g_assert_nonnull (row);
    g_signal_emit_by_name (row, "activated");
    ui_test_frames (v->window, 3);
    page = ui_test_find (v->window, pages[i].type);
    g_assert_nonnull (page);
    g_assert_true (gtk_widget_get_mapped (page));
    adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (v->window));
    WAIT_UNTIL (ui_test_find (v->window, pages[i].type) == NULL || !gtk_widget_get_mapped (ui_test_find (v->window, pages[i].type)));
  }
}

static gboolean
is_gone (gpointer window)
{
  return ui_test_count (window, UI_TYPE_TOOL_LOG) == 0;
}

/* Escape goes back from the page of tools, wherever the focus is; of a search it takes the words away first. */
static void
test_tools (View *v, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    UiToolLog *log;
    GtkWidget *search;

    g_signal_emit_by_name (find_row (v->window, "Tools"), "activated");
    ui_test_frames (v->window, 20);
    log = ui_test_find (v->window, UI_TYPE_TOOL_LOG);
    g_assert_nonnull (log);
    search = ui_test_child (log, "search");
    g_assert_false (gtk_widget_get_visible (search)); /* nothing was ever called */
    g_assert_cmpstr (gtk_label_get_text (ui_test_child (log, "no_log")), !=, "");
    if (i == 0) {
      gtk_widget_grab_focus (ui_test_child (log, "use_tools"));
    } else {
      gtk_widget_set_visible (search, TRUE);
      gtk_widget_grab_focus (search);
      gtk_editable_set_text (GTK_EDITABLE (search), "milk");
      ui_test_key (v->window, "Escape");
      ui_test_frames (v->window, 20);
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search)), ==, "");
      g_assert_false (is_gone (v->window));
    }
    ui_test_key (v->window, "Escape");
    ui_test_wait (is_gone, v->window);
  }
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-preferences/rows", test_rows },
    { "/ui-preferences/depth", test_depth },
    { "/ui-preferences/instructions", test_instructions },
    { "/ui-preferences/stale", test_stale },
    { "/ui-preferences/hardware", test_hardware },
    { "/ui-preferences/narrow", test_narrow },
    { "/ui-preferences/descriptions", test_descriptions },
    { "/ui-preferences/large-switch", test_large_switch },
    { "/ui-preferences/storage", test_storage },
    { "/ui-preferences/pages", test_pages },
    { "/ui-preferences/tools", test_tools },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
