/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything can be reached by Tab and by Shift+Tab, on every page and in every window, and has a name there. */
#include "ui-test.h"

#include "fixture.h"
#include "app-personas.h"
#include "ui-attachment-viewer.h"
#include "ui-composer.h"
#include "ui-conversation-settings.h"
#include "ui-conversation-page.h"
#include "ui-library.h"
#include "ui-library-editor.h"
#include "ui-preferences.h"
#include "ui-shortcuts.h"
#include "ui-sidebar.h"
#include "ui-window.h"

#define MOST_STOPS 300

typedef struct {
  Fixture app;
  AppSettings *settings;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  fixture_set_up_closed (&v->app, data);
  v->settings = app_settings_new (NULL);
  app_history_open_async (v->app.path, APP_ENGINE (v->app.engine), v->settings, NULL, keep_result, &result);
  v->app.history = app_history_open_finish (wait_result (&result), NULL);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1200, 700);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
  g_assert_finalize_object (v->settings);
}

static void
name_widget (GString *out, GtkWidget *widget)
{
  for (guint i = 0; widget != NULL && i < 4; i++, widget = gtk_widget_get_parent (widget))
    g_string_append_printf (out, "%s%s", i > 0 ? " < " : "", G_OBJECT_TYPE_NAME (widget));
}

/* The rows of a list are one stop, within which arrows move; so are the buttons of a choice. */
static GtkWidget *
stop_of (GtkWidget *widget)
{
  for (GtkWidget *parent = widget; parent != NULL; parent = gtk_widget_get_parent (parent))
    if (GTK_IS_LIST_VIEW (parent))
      return parent;
  return widget;
}

/* Returns whether anything in `widget` can have the focus. What holds other stops, as scrolled windows and lists do, is itself one only when they are none. */
static gboolean
collect (GtkWidget *widget, GHashTable *stops)
{
  gboolean within = FALSE;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget) || !gtk_widget_get_can_focus (widget))
    return FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    within |= collect (child, stops);
  if (!gtk_widget_get_focusable (widget) || GTK_IS_WINDOW (widget))
    return within;
  if (!within || !(GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_LIST_BOX (widget) || GTK_IS_FLOW_BOX (widget)))
    g_hash_table_add (stops, stop_of (widget));
  return TRUE;
}

/* From where the focus is, round to there again; what was passed is taken out of `left`. Returns how many steps it took. */
static guint
go_round (GtkWindow *window, GtkDirectionType direction, GHashTable *left)
{
  GtkWidget *begin = gtk_window_get_focus (window);
  guint n = 0;

  g_assert_nonnull (begin);
  do {
    GtkWidget *focus;

    g_signal_emit_by_name (window, "move-focus", direction);
    focus = gtk_window_get_focus (window);
    n++;
    if (focus != NULL)
      g_hash_table_remove (left, stop_of (focus));
    if (g_test_verbose () && focus != NULL) {
      g_autoptr (GString) name = g_string_new (NULL);

      name_widget (name, focus);
      g_test_message ("  %u %s", n, name->str);
    }
  } while (gtk_window_get_focus (window) != begin && n < MOST_STOPS);
  return n;
}

static void
assert_round (gpointer window, const char *what)
{
  static const GtkDirectionType directions[] = { GTK_DIR_TAB_FORWARD, GTK_DIR_TAB_BACKWARD };
  g_autofree char *nameless = NULL;
  guint steps;

  ui_test_frames (window, 4);
  nameless = ui_test_nameless (window);
  if (*nameless != '\0')
    g_error ("%s: without a name.%s", what, nameless);
  if (gtk_window_get_focus (window) == NULL)
    g_signal_emit_by_name (window, "move-focus", GTK_DIR_TAB_FORWARD);
  g_assert_true (gtk_widget_get_mapped (gtk_window_get_focus (window))); /* what is typed goes where it is seen */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GHashTable) left = g_hash_table_new (NULL, NULL);
    g_autoptr (GString) missed = g_string_new (NULL);
    GHashTableIter iter;
    gpointer widget;

    collect (window, left);
    g_assert_cmpuint (g_hash_table_size (left), >, 0);
    g_test_message ("%s, %s: %u stops", what, i == 0 ? "Tab" : "Shift+Tab", g_hash_table_size (left));
    steps = go_round (window, directions[i], left);
    g_hash_table_iter_init (&iter, left);
    while (g_hash_table_iter_next (&iter, &widget, NULL)) {
      g_string_append (missed, "\n  ");
      name_widget (missed, widget);
    }
    if (steps == MOST_STOPS || missed->len > 0)
      g_error ("%s, %s: %s.%s", what, i == 0 ? "Tab" : "Shift+Tab", steps == MOST_STOPS ? "it does not come round" : "left out", missed->str);
  }
}

static void
talk (View *v, const char *note, const char *answer)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&v->app, note, answer);

  ui_window_open_conversation (v->window, conversation, 0);
  ui_test_frames (GTK_WIDGET (v->window), 4);
}

static void
test_welcome (View *v, gconstpointer data)
{
  assert_round (v->window, "welcome");
  ui_composer_set_text (v->composer, "Begun");
  assert_round (v->window, "welcome, begun");
  ui_composer_set_text (v->composer, "");
  talk (v, "Hello", "Good day.");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new", NULL);
  assert_round (v->window, "welcome beside a conversation");
}

static void
test_conversation (View *v, gconstpointer data)
{
  g_autofree char *sample = NULL;

  g_assert_true (g_file_get_contents (UI_TEST_SAMPLE, &sample, NULL, NULL));
  talk (v, "Hello", "Good day, see [this](https://example.org).\n\n```c\nint x;\n```\n");
  assert_round (v->window, "conversation");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.edit", NULL);
  assert_round (v->window, "editing");
  talk (v, "And the sample?", sample);
  assert_round (v->window, "long answer");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 360, 700);
  ui_test_frames (GTK_WIDGET (v->window), 8);
  assert_round (v->window, "narrow");
}

static gboolean
has_results (gpointer data)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (data), "results") == 0;
}

static void
test_sidebar (View *v, gconstpointer data)
{
  UiSidebar *sidebar = ui_test_child (v->window, "sidebar");

  talk (v, "Of herons", "They stand.");
  talk (v, "Of ducks", "They swim.");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.search", NULL);
  assert_round (v->window, "search");
  gtk_editable_set_text (ui_test_child (sidebar, "search_entry"), "they");
  ui_test_wait (has_results, ui_test_child (sidebar, "stack"));
  assert_round (v->window, "results");
  ui_sidebar_end_search (sidebar);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 360, 700);
  ui_test_frames (GTK_WIDGET (v->window), 8);
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.sidebar", NULL);
  ui_test_frames (GTK_WIDGET (v->window), 8);
  assert_round (v->window, "sidebar over the page");
}

static void
test_models (View *v, gconstpointer data)
{
  ui_window_show_models (v->window, FALSE);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (v->models)) > 0);
  assert_round (v->window, "models");
  ui_window_show_models (v->window, TRUE);
  assert_round (v->window, "first run");
  ui_window_close_page (v->window);
  assert_round (v->window, "back from the models");
}

static void
test_preferences (View *v, gconstpointer data)
{
  static const char *const pages[] = { "General", "Answers", "Connections", "Storage" };
  g_autofree char *sentinel = g_build_filename (v->app.folder, "gpu-busy", NULL);
  g_autoptr (AppGpu) gpu = app_gpu_new (v->settings, sentinel);
  GtkWidget *window = ui_preferences_new (GTK_WINDOW (v->window), v->app.history, v->models, gpu);
  GtkStack *stack;

  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    GtkWidget *page;

    stack = ui_test_find (window, ADW_TYPE_VIEW_STACK);
    page = adw_view_stack_get_visible_child (ADW_VIEW_STACK (stack));
    for (guint k = 0; k < G_N_ELEMENTS (pages) && !g_str_equal (adw_preferences_page_get_title (ADW_PREFERENCES_PAGE (page)), pages[i]); k++) {
      page = gtk_widget_get_next_sibling (page);
      if (page == NULL)
        page = gtk_widget_get_first_child (GTK_WIDGET (stack));
    }
    adw_view_stack_set_visible_child (ADW_VIEW_STACK (stack), page);
    ui_test_frames (window, 4);
    assert_round (window, pages[i]);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  /* A trial that was begun for the page holds on to it, and to the settings. */
  app_gpu_close (gpu);
  WAIT_UNTIL (G_OBJECT (gpu)->ref_count == 1);
}

static void
test_settings (View *v, gconstpointer data)
{
  AppConversation *conversation = ui_conversation_page_get_conversation (v->page);
  GtkWidget *window;

  app_conversation_settings_set_number (app_conversation_get_settings (conversation), app_sampling_find_field ("temperature"), 0.25);
  assert_round (v->window, "welcome with own settings");
  window = ui_conversation_settings_new (GTK_WINDOW (v->window), conversation, v->app.history, v->models);
  gtk_window_present (GTK_WINDOW (window));
  assert_round (window, "conversation settings");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_libraries (View *v, gconstpointer data)
{
  AppLibrary *libraries[] = { app_history_get_personas (v->app.history), app_history_get_prompts (v->app.history) };

  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++) {
    AppLibraryItem *item = app_library_add (libraries[i], "Owl", i == 0 ? "{\"top-k\":3}" : "Hoo {{name}}");
    GtkWidget *window = ui_library_new (GTK_WINDOW (v->window), libraries[i], v->settings, v->models);
    GtkWidget *editor = ui_library_editor_new (GTK_WINDOW (v->window), libraries[i], item, NULL, NULL, v->settings, v->models);

    gtk_window_present (GTK_WINDOW (window));
    assert_round (window, "library");
    gtk_window_destroy (GTK_WINDOW (window));
    gtk_window_present (GTK_WINDOW (editor));
    assert_round (editor, "editor of the library");
    gtk_window_destroy (GTK_WINDOW (editor));
  }
}

static void
test_shortcuts (View *v, gconstpointer data)
{
  GtkWidget *window = ui_shortcuts_new (GTK_WINDOW (v->window));

  gtk_window_present (GTK_WINDOW (window));
  assert_round (window, "shortcuts");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_viewer (View *v, gconstpointer data)
{
  g_autofree char *path = g_build_filename (v->app.folder, "notes.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);
  g_autoptr (GAsyncResult) result = NULL;
  GListModel *windows = gtk_window_get_toplevels ();

  g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  g_assert_true (app_attachment_load_finish (attachment, wait_result (&result), NULL));
  ui_attachment_viewer_present (GTK_WIDGET (v->page), attachment);
  for (guint i = g_list_model_get_n_items (windows); i-- > 0;) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (!UI_IS_ATTACHMENT_VIEWER (window))
      continue;
    assert_round (window, "viewer");
    gtk_window_destroy (window);
  }
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-keyboard/welcome", test_welcome },         { "/ui-keyboard/conversation", test_conversation },
    { "/ui-keyboard/sidebar", test_sidebar },         { "/ui-keyboard/models", test_models },
    { "/ui-keyboard/preferences", test_preferences }, { "/ui-keyboard/shortcuts", test_shortcuts },
    { "/ui-keyboard/viewer", test_viewer },           { "/ui-keyboard/settings", test_settings },
    { "/ui-keyboard/libraries", test_libraries },
  };

  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
