/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of models in a window, with a folder of small files for models. */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "hub-server.h"
#include "ui-model-page.h"
#include "ui-model-row.h"

#define ENTRY(id, name, bytes, flags)                                                                                                         \
  "{ \"id\": \"" id "\", \"name\": \"" name "\", \"description\": \"d\", \"licence\": \"MIT\", \"architecture\": \"llama\", "                \
  "\"parameters\": 100, \"bytes\": " bytes ", \"sha256\": \"0123456789012345678901234567890123456789012345678901234567890123\", "             \
  "\"memory_bytes\": 1000, \"context\": 8192, \"sees\": false, \"hears\": false, \"thinks\": false, \"codes\": false, " flags ", "            \
  "\"tests_only\": false, \"source\": { \"kind\": \"pip\", \"packages\": [{ \"name\": \"p\", \"version\": \"1\", \"download_bytes\": 20, "     \
  "\"bytes\": " bytes " }], \"member\": \"x\" } }"

static const char catalogue[] = "{ \"format\": 1, \"models\": ["
  ENTRY ("small", "Small 1B", "10", "\"recommended\": false, \"starter\": true") ","
  ENTRY ("good", "Good 2B", "30", "\"recommended\": true, \"starter\": false") ","
  ENTRY ("other", "Other 3B", "40", "\"recommended\": false, \"starter\": false") "] }";

typedef struct {
  Fixture app;
  AppModels *models;
  AdwToastOverlay *toasts;
  GtkWidget *page, *window;
  guint n_ready;
} View;

static void
install (View *v, const char *id, gsize bytes)
{
  g_autofree char *name = g_strconcat (id, ".gguf", NULL);
  g_autofree char *path = g_build_filename (app_models_get_directory (v->models), name, NULL);
  g_autofree char *content = g_strnfill (bytes, 'm');

  g_mkdir_with_parents (app_models_get_directory (v->models), 0700);
  g_assert_true (g_file_set_contents (path, content, bytes, NULL));
}

static void
on_ready (GtkWidget *page, View *v)
{
  v->n_ready++;
}

static void
refresh (View *v)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_models_refresh_async (v->models, NULL, keep_result, &result);
  g_assert_true (app_models_refresh_finish (v->models, wait_result (&result), NULL));
}

/* `installed`: whether two models are there. */
static void
show (View *v, gboolean installed, gboolean first_run)
{
  if (installed) {
    install (v, "small", 10);
    install (v, "good", 30);
  }
  refresh (v);
  v->page = ui_model_page_new (v->models, APP_ENGINE (v->app.engine), first_run);
  g_signal_connect (v->page, "ready", G_CALLBACK (on_ready), v);
  v->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (v->toasts, v->page);
  v->window = ui_test_window (GTK_WIDGET (v->toasts), 700, 700);
  refresh (v); /* the page's own is done by then */
  ui_test_frames (v->window, 3);
}

static void
set_up (View *v, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *directory = NULL;

  fixture_set_up (&v->app, NULL);
  path = g_build_filename (v->app.folder, "models.json", NULL);
  directory = g_build_filename (v->app.folder, "models", NULL);
  g_assert_true (g_file_set_contents (path, catalogue, -1, NULL));
  v->models = app_models_new (path, directory);
  app_models_set_connections (v->models, app_history_get_connections (v->app.history));
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  for (int i = 0; i < 2000 && G_OBJECT (v->models)->ref_count > 1; i++) { /* a worker thread may hold it for a moment longer */
    ui_test_drain ();
    g_usleep (1000);
  }
  g_assert_finalize_object (v->models);
  fixture_tear_down (&v->app, NULL);
}

static UiModelRow *
find_row (GtkWidget *root, AppModel *model)
{
  UiModelRow *found = NULL;

  if (UI_IS_MODEL_ROW (root))
    return ui_model_row_get_model (UI_MODEL_ROW (root)) == model ? UI_MODEL_ROW (root) : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child, model);
  return found;
}

static void
press (View *v, const char *id, const char *button)
{
  UiModelRow *row = find_row (v->page, app_models_find (v->models, id));

  g_assert_nonnull (row);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (row, button)));
  g_signal_emit_by_name (ui_test_child (row, button), "clicked");
}

/* What the menu of its row offers, by the action's name, is chosen. */
static gboolean
choose (UiModelRow *row, GMenuModel *menu, const char *wanted)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autoptr (GVariant) target = g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
    g_autofree char *action = NULL;

    if (section != NULL && choose (row, section, wanted))
      return TRUE;
    if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action) && g_str_equal (action, wanted))
      return gtk_widget_activate_action_variant (GTK_WIDGET (row), wanted, target);
  }
  return FALSE;
}

static void
remove_model (View *v, const char *id)
{
  UiModelRow *row = find_row (v->page, app_models_find (v->models, id));
  GtkWidget *more = ui_test_child (row, "more");

  g_assert_true (gtk_widget_get_mapped (more));
  g_assert_true (choose (row, gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (more)), "models.remove"));
}

static AppModelState
state_of (View *v, const char *id)
{
  return app_model_get_state (app_models_find (v->models, id));
}

static guint
count_rows (View *v)
{
  return ui_test_count (v->page, UI_TYPE_MODEL_ROW);
}

/* On a machine without a model one is offered, and all can be seen. */
static void
test_first_run (View *v, gconstpointer data)
{
  show (v, FALSE, TRUE);
  g_assert_cmpuint (count_rows (v), ==, 1);
  g_assert_nonnull (find_row (v->page, app_models_find (v->models, "good")));
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->page, "greeting")));
  g_assert_true (gtk_widget_activate_action (v->page, "models.all", NULL));
  ui_test_frames (v->window, 3);
  g_assert_cmpuint (count_rows (v), ==, 3);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (v->page, "greeting")));
  g_assert_cmpuint (v->n_ready, ==, 0);
  /* A model came, by whatever way: the person can begin. */
  install (v, "small", 10);
  refresh (v);
  g_assert_cmpuint (v->n_ready, ==, 1);
}

/* What is installed stands above what could be; nothing is greeted. */
static void
test_lists (View *v, gconstpointer data)
{
  show (v, TRUE, FALSE);
  g_assert_cmpuint (ui_test_count (ui_test_child (v->page, "installed"), UI_TYPE_MODEL_ROW), ==, 2);
  g_assert_cmpuint (ui_test_count (ui_test_child (v->page, "available"), UI_TYPE_MODEL_ROW), ==, 1);
  g_assert_false (gtk_widget_get_mapped (ui_test_child (v->page, "greeting")));
  g_assert_false (gtk_widget_get_mapped (ui_test_child (v->page, "show_all")));
}

/* Two removals within seconds have one toast, and its Undo brings both back; the one that was in use is loaded again. */
static void
test_remove_undo (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  AppModel *good;

  show (v, TRUE, FALSE);
  good = app_models_find (v->models, "good");
  app_engine_load_async (APP_ENGINE (v->app.engine), good, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (v->app.engine), wait_result (&result), NULL));
  ui_test_frames (v->window, 3);
  remove_model (v, "good");
  WAIT_UNTIL (state_of (v, "good") == APP_MODEL_ABSENT);
  ui_test_frames (v->window, 4);
  g_assert_cmpint (app_engine_get_state (APP_ENGINE (v->app.engine)), ==, APP_ENGINE_NONE);
  g_assert_cmpstr (ui_test_toast_text (v->toasts), ==, "Good 2B removed");
  remove_model (v, "small");
  WAIT_UNTIL (state_of (v, "small") == APP_MODEL_ABSENT);
  ui_test_frames (v->window, 4);
  g_assert_cmpstr (ui_test_toast_text (v->toasts), ==, "2 models removed");
  g_signal_emit_by_name (ui_test_toast_button (v->toasts), "clicked");
  WAIT_UNTIL (state_of (v, "good") == APP_MODEL_INSTALLED && state_of (v, "small") == APP_MODEL_INSTALLED);
  WAIT_UNTIL (app_engine_get_state (APP_ENGINE (v->app.engine)) == APP_ENGINE_READY);
  g_assert_true (app_engine_get_model (APP_ENGINE (v->app.engine)) == good);
}

/* A download is paused, goes on, and is given up. */
static void
test_download (View *v, gconstpointer data)
{
  show (v, TRUE, FALSE);
  press (v, "other", "download");
  WAIT_UNTIL (state_of (v, "other") == APP_MODEL_DOWNLOADING);
  ui_test_frames (v->window, 3);
  press (v, "other", "pause");
  WAIT_UNTIL (state_of (v, "other") == APP_MODEL_PAUSED);
  ui_test_frames (v->window, 3);
  press (v, "other", "resume");
  WAIT_UNTIL (state_of (v, "other") == APP_MODEL_DOWNLOADING);
  ui_test_frames (v->window, 3);
  press (v, "other", "cancel");
  WAIT_UNTIL (state_of (v, "other") == APP_MODEL_ABSENT);
}

/* A golden file beside the models' folder, under a name. (transfer full) */
static GFile *
write_golden (View *v, const char *golden, const char *name)
{
  g_autoptr (GBytes) bytes = hub_server_golden (golden);
  g_autofree char *path = g_build_filename (v->app.folder, name, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  return g_file_new_for_path (path);
}

static void
drop (View *v, GFile *file)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (v->page);
  GSList *files = g_slist_prepend (NULL, file);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, files);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      g_signal_emit_by_name (controller, "drop", &value, 0.0, 0.0, &taken);
  }
  g_assert_true (taken);
  g_value_unset (&value);
  g_slist_free (files);
}

/* An adapter is dropped, stands in a list of its own with nothing to use or measure, goes and comes back; it is no model to begin with. */
static void
test_adapter (View *v, gconstpointer data)
{
  g_autoptr (GFile) adapter = write_golden (v, "qwen3-lora", "Pirate.gguf");
  g_autoptr (GFile) model = write_golden (v, "qwen3", "Plain.gguf");
  GtkWidget *group, *list;
  UiModelRow *row;

  show (v, FALSE, TRUE);
  group = ui_test_child (v->page, "adapters_group");
  list = ui_test_child (v->page, "adapters");
  g_assert_false (gtk_widget_get_visible (group));
  drop (v, adapter);
  WAIT_UNTIL (app_models_find (v->models, "pirate") != NULL && state_of (v, "pirate") == APP_MODEL_INSTALLED);
  ui_test_frames (v->window, 3);
  g_assert_cmpuint (v->n_ready, ==, 0);
  g_assert_true (gtk_widget_get_visible (group));
  row = find_row (list, app_models_find (v->models, "pirate"));
  g_assert_nonnull (row);
  g_assert_cmpuint (ui_test_count (ui_test_child (v->page, "installed"), UI_TYPE_MODEL_ROW), ==, 0);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "for models of the kind “qwen3”"));
  g_assert_false (gtk_widget_get_visible (ui_test_child (row, "use")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (row, "fit_box")));
  remove_model (v, "pirate");
  WAIT_UNTIL (state_of (v, "pirate") == APP_MODEL_ABSENT);
  ui_test_frames (v->window, 4);
  g_assert_false (gtk_widget_get_visible (group));
  g_assert_cmpstr (ui_test_toast_text (v->toasts), ==, "Adapter removed");
  g_signal_emit_by_name (ui_test_toast_button (v->toasts), "clicked");
  WAIT_UNTIL (state_of (v, "pirate") == APP_MODEL_INSTALLED);
  drop (v, model);
  WAIT_UNTIL (v->n_ready == 1);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-model-page/first-run", test_first_run },
    { "/ui-model-page/lists", test_lists },
    { "/ui-model-page/remove-undo", test_remove_undo },
    { "/ui-model-page/download", test_download },
    { "/ui-model-page/adapter", test_adapter },
  };

  g_setenv ("MELETE_PIP", "python3 '" UI_TEST_PIP "'", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
