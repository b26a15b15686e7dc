/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of the hub over the page of models, with a hub of this machine. */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "hub-server.h"
#include "ui-awake.h"
#include "ui-hub-repository.h"
#include "ui-hub-search.h"
#include "ui-hub-variant-row.h"
#include "ui-model-page.h"
#include "ui-model-row.h"

typedef struct {
  Fixture app;
  HubServer *server;
  AppModels *models;
  AdwToastOverlay *toasts;
  GtkWidget *page, *window;
} View;

static void
refresh (View *v)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_models_refresh_async (v->models, NULL, keep_result, &result);
  g_assert_true (app_models_refresh_finish (v->models, wait_result (&result), NULL));
}

static void
set_up (View *v, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *directory = NULL;

  fixture_set_up (&v->app, NULL);
  v->server = hub_server_new ();
  g_setenv ("MELETE_HUB", hub_server_get_address (v->server), TRUE);
  path = g_build_filename (v->app.folder, "models.json", NULL);
  directory = g_build_filename (v->app.folder, "models", NULL);
  g_assert_true (g_file_set_contents (path, "{ \"format\": 1, \"models\": [] }", -1, NULL));
  v->models = app_models_new (path, directory);
  app_models_set_connections (v->models, app_history_get_connections (v->app.history));
  refresh (v);
  v->page = ui_model_page_new (v->models, APP_ENGINE (v->app.engine), FALSE);
  v->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (v->toasts, v->page);
  v->window = ui_test_window (GTK_WIDGET (v->toasts), 700, 700);
  refresh (v);
  ui_test_frames (v->window, 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  for (int i = 0; i < 4000 && G_OBJECT (v->models)->ref_count > 1; i++) { /* a worker thread may hold it for a moment longer */
    ui_test_drain ();
    g_usleep (1000);
  }
  g_assert_finalize_object (v->models);
  hub_server_free (v->server);
  fixture_tear_down (&v->app, NULL);
}

/* The page that shows, of a stack in `widget`'s template. */
static const char *
shown (gpointer widget)
{
  return gtk_stack_get_visible_child_name (ui_test_child (widget, "stack"));
}

static UiHubSearch *
find_models (View *v, const char *words)
{
  GtkWidget *entry = ui_test_child (v->page, "find");
  UiHubSearch *page;

  gtk_editable_set_text (GTK_EDITABLE (entry), words);
  g_signal_emit_by_name (entry, "activate");
  page = ui_test_find (v->page, UI_TYPE_HUB_SEARCH);
  g_assert_nonnull (page);
  WAIT_UNTIL (g_strcmp0 (shown (page), "busy") != 0);
  ui_test_frames (v->window, 3);
  return page;
}

static GtkListBoxRow *
result_row (UiHubSearch *page, int index)
{
  return gtk_list_box_get_row_at_index (ui_test_child (page, "list"), index);
}

/* From the results to the page of one. */
static UiHubRepository *
open_row (View *v, int index)
{
  UiHubSearch *page = ui_test_find (v->page, UI_TYPE_HUB_SEARCH);
  UiHubRepository *repository;

  gtk_widget_activate (GTK_WIDGET (result_row (page, index)));
  repository = ui_test_find (v->page, UI_TYPE_HUB_REPOSITORY);
  g_assert_nonnull (repository);
  WAIT_UNTIL (g_strcmp0 (shown (repository), "busy") != 0);
  ui_test_frames (v->window, 3);
  return repository;
}

/* What is found is listed with what matters; each page goes back to the one before it, and the search keeps its results. */
static void
test_search (View *v, gconstpointer data)
{
  UiHubSearch *page = find_models (v, "bird");
  const char *subtitle;

  g_assert_cmpstr (shown (page), ==, "list");
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (result_row (page, 0))), ==, "owner/Bird-1B-GGUF");
  subtitle = adw_action_row_get_subtitle (ADW_ACTION_ROW (result_row (page, 0)));
  g_assert_nonnull (strstr (subtitle, "apache-2.0"));
  g_assert_nonnull (strstr (subtitle, "123\302\240k downloads"));
  g_assert_nonnull (strstr (subtitle, "42 likes"));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (result_row (page, 1))), "terms to accept"));
  open_row (v, 0);
  g_assert_true (ui_model_page_go_back (UI_MODEL_PAGE (v->page)));
  g_assert_true (ui_test_find (v->page, UI_TYPE_HUB_SEARCH) == page);
  g_assert_cmpstr (shown (page), ==, "list");
  g_assert_true (ui_model_page_go_back (UI_MODEL_PAGE (v->page)));
  g_assert_null (ui_test_find (v->page, UI_TYPE_HUB_SEARCH));
  g_assert_false (ui_model_page_go_back (UI_MODEL_PAGE (v->page)));
}

/* Nothing found and nobody there are told, and can be tried again. */
static void
test_search_errors (View *v, gconstpointer data)
{
  UiHubSearch *page = find_models (v, "fish");

  g_assert_cmpstr (shown (page), ==, "hint");
  hub_server_set_status (v->server, 503);
  g_signal_emit_by_name (ui_test_child (page, "entry"), "activate");
  WAIT_UNTIL (g_strcmp0 (shown (page), "error") == 0);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (page, "error")), "HTTP 503"));
  hub_server_set_status (v->server, 0);
  gtk_editable_set_text (ui_test_child (page, "entry"), "bird");
  g_signal_emit_by_name (ui_test_child (page, "entry"), "activate");
  WAIT_UNTIL (g_strcmp0 (shown (page), "list") == 0);
}

static UiHubVariantRow *
variant_row (UiHubRepository *page, int index)
{
  return UI_HUB_VARIANT_ROW (gtk_list_box_get_row_at_index (ui_test_child (page, "variants"), index));
}

/* No download before the licence is accepted; then the list shows how it goes, and in the end the model with its facts and the room that it takes. */
static void
test_download (View *v, gconstpointer data)
{
  UiHubRepository *page;
  GtkWidget *download;
  AppModel *model;
  UiModelRow *row;

  find_models (v, "bird");
  page = open_row (v, 0);
  g_assert_cmpstr (shown (page), ==, "repository");
  g_assert_cmpuint (ui_test_count (ui_test_child (page, "variants"), UI_TYPE_HUB_VARIANT_ROW), ==, 3);
  g_assert_cmpstr (adw_action_row_get_subtitle (ui_test_child (page, "licence")), ==, "bird-licence");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (page, "projector_row")));
  WAIT_UNTIL (strstr (gtk_label_get_text (ui_test_child (page, "estimate")), "engine") != NULL);
  ui_test_frames (v->window, 3);
  g_assert_true (gtk_widget_get_visible (ui_test_child (variant_row (page, 1), "suggested"))); /* Q8_0 */
  g_assert_false (gtk_widget_get_visible (ui_test_child (variant_row (page, 0), "suggested")));
  download = ui_test_child (variant_row (page, 0), "download");
  g_assert_false (gtk_widget_get_sensitive (download));
  gtk_check_button_set_active (ui_test_child (page, "accept"), TRUE);
  ui_test_frames (v->window, 2);
  g_assert_true (gtk_widget_get_sensitive (download));
  g_signal_emit_by_name (download, "clicked");
  model = app_models_find (v->models, "bird-1b-q4_k_m");
  g_assert_nonnull (model);
  g_assert_null (ui_test_find (v->page, UI_TYPE_HUB_REPOSITORY)); /* the list is back */
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
  ui_test_frames (v->window, 4);
  row = ui_test_find (ui_test_child (v->page, "installed"), UI_TYPE_MODEL_ROW);
  g_assert_true (ui_model_row_get_model (row) == model);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "sees"));
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->page, "disk")));
}

/* A gated model asks for the token, and shows when it has it, until it is taken away. */
static void
test_token (View *v, gconstpointer data)
{
  UiHubRepository *page;

  find_models (v, "bird");
  page = open_row (v, 1);
  g_assert_cmpstr (shown (page), ==, "error");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (page, "token_group")));
  gtk_editable_set_text (ui_test_child (page, "token"), "hf_good");
  g_signal_emit_by_name (ui_test_child (page, "token"), "apply");
  WAIT_UNTIL (g_strcmp0 (shown (page), "empty") == 0); /* it opened, and has no files */
  g_assert_cmpstr (gtk_editable_get_text (ui_test_child (page, "token")), ==, "");
  g_signal_emit_by_name (ui_test_child (page, "token"), "apply");
  WAIT_UNTIL (g_strcmp0 (shown (page), "error") == 0);
}

/* What was measured on one model tells of others. */
static void
test_speed (View *v, gconstpointer data)
{
  g_autoptr (GHashTable) speeds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  double *speed = g_new (double, 1);
  UiHubRepository *page;
  AppModel *model;

  find_models (v, "bird");
  page = open_row (v, 0);
  gtk_check_button_set_active (ui_test_child (page, "accept"), TRUE);
  gtk_switch_set_active (ui_test_child (page, "projector"), FALSE);
  ui_test_frames (v->window, 2);
  g_signal_emit_by_name (ui_test_child (variant_row (page, 1), "download"), "clicked");
  model = app_models_find (v->models, "bird-1b-q8_0");
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
  *speed = 20;
  g_hash_table_insert (speeds, g_strdup (app_model_get_name (model)), speed);
  app_models_set_speeds (v->models, speeds);
  ui_test_frames (v->window, 4);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (ui_test_find (v->page, UI_TYPE_MODEL_ROW), "facts")), "20 tokens/s"));
  find_models (v, "bird");
  page = open_row (v, 0);
  /* 3.0 MB at 20 a second: 4.1 MB at 14.6. */
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (variant_row (page, 2), "facts")), "about 15 tokens/s"));
  g_assert_true (gtk_widget_get_visible (ui_test_child (variant_row (page, 1), "here")));
}

/* Fetches a size, and returns to the list. */
static AppModel *
fetch (View *v, int index, const char *id)
{
  UiHubRepository *page;
  AppModel *model;

  find_models (v, "bird");
  page = open_row (v, 0);
  gtk_check_button_set_active (ui_test_child (page, "accept"), TRUE);
  ui_test_frames (v->window, 2);
  g_signal_emit_by_name (ui_test_child (variant_row (page, index), "download"), "clicked");
  model = app_models_find (v->models, id);
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
  ui_test_frames (v->window, 4);
  return model;
}

static void
activate (View *v, const char *action, AppModel *model)
{
  g_assert_true (gtk_widget_activate_action (ui_test_find (v->page, UI_TYPE_MODEL_ROW), action, "s", app_model_get_id (model)));
}

/* The hub is asked only when the person wants to know; then there is a button that fetches the newer version. */
static void
test_update (View *v, gconstpointer data)
{
  AppModel *model = fetch (v, 1, "bird-1b-q8_0");
  UiModelRow *row = ui_test_find (v->page, UI_TYPE_MODEL_ROW);
  g_autoptr (GBytes) newer = g_bytes_new_static ("another file", 12);
  guint n_requests;

  g_assert_false (gtk_widget_get_visible (ui_test_child (row, "update")));
  activate (v, "models.check", model);
  WAIT_UNTIL (ui_test_toast_text (v->toasts) != NULL && strstr (ui_test_toast_text (v->toasts), "is what the hub has") != NULL);
  hub_server_replace (v->server, "Bird-1B-Q8_0.gguf", newer);
  activate (v, "models.check", model);
  WAIT_UNTIL (app_model_get_outdated (model));
  ui_test_frames (v->window, 3);
  g_assert_true (gtk_widget_get_visible (ui_test_child (row, "update")));
  n_requests = hub_server_count (v->server, "/resolve/");
  g_signal_emit_by_name (ui_test_child (row, "update"), "clicked");
  WAIT_UNTIL (hub_server_count (v->server, "/resolve/") > n_requests && app_model_get_download (model) == NULL);
  g_assert_false (app_model_get_outdated (model));
}

/* Speed is measured on the machine itself, and the row has it. */
static void
test_measure (View *v, gconstpointer data)
{
  AppModel *model = fetch (v, 0, "bird-1b-q4_k_m"); /* one that the engine can run */
  UiModelRow *row = ui_test_find (v->page, UI_TYPE_MODEL_ROW);

  g_assert_null (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "tokens/s"));
  activate (v, "models.measure", model);
  WAIT_UNTIL (app_model_get_speed (model) > 0);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "tokens/s"));
}

/* ---- awake ---- */

static guint n_inhibited, n_released;

static guint
inhibit (GtkApplication *application, GtkWindow *window, GtkApplicationInhibitFlags flags, const char *reason)
{
  g_assert_cmpint (flags, ==, GTK_APPLICATION_INHIBIT_SUSPEND);
  g_assert_cmpstr (reason, !=, "");
  return ++n_inhibited;
}

static void
uninhibit (GtkApplication *application, guint cookie)
{
  g_assert_cmpuint (cookie, ==, n_inhibited);
  n_released++;
}

/* The machine stays awake from the beginning of a download to its pause, and again to its end. */
static void
test_awake (View *v, gconstpointer data)
{
  static const UiAwakeDesktop desktop = { inhibit, uninhibit };
  g_autoptr (GtkApplication) application = gtk_application_new ("org.melete.Test", G_APPLICATION_NON_UNIQUE);
  UiAwake *awake = ui_awake_new (application, v->models, &desktop);
  UiHubRepository *page;
  AppModel *model;

  n_inhibited = n_released = 0;
  find_models (v, "bird");
  page = open_row (v, 0);
  gtk_check_button_set_active (ui_test_child (page, "accept"), TRUE);
  ui_test_frames (v->window, 2);
  g_assert_cmpuint (n_inhibited, ==, 0);
  g_signal_emit_by_name (ui_test_child (variant_row (page, 2), "download"), "clicked");
  g_assert_cmpuint (n_inhibited, ==, 1);
  model = app_models_find (v->models, "bird-1b-f16-00001-of-00002");
  app_download_pause (app_model_get_download (model));
  g_assert_cmpuint (n_released, ==, 1);
  app_download_resume (app_model_get_download (model));
  g_assert_cmpuint (n_inhibited, ==, 2);
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
  g_assert_cmpuint (n_released, ==, 2);
  g_assert_finalize_object (awake);
  g_assert_cmpuint (n_released, ==, 2);
}

/* What is too wide, down to the widget that makes it so. */
static void
tell_wide (GtkWidget *widget, guint depth)
{
  int width;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  if (width < 250 || !gtk_widget_get_visible (widget))
    return;
  g_test_message ("%*s%s: %d", (int) depth, "", G_OBJECT_TYPE_NAME (widget), width);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tell_wide (child, depth + 1);
}

static void
assert_narrow (GtkWidget *page)
{
  int width;

  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  if (width > 360)
    tell_wide (page, 0);
  g_assert_cmpint (width, <=, 360);
}

/* Every page is usable on a telephone. */
static void
test_narrow (View *v, gconstpointer data)
{
  assert_narrow (v->page);
  assert_narrow (GTK_WIDGET (find_models (v, "bird")));
  assert_narrow (GTK_WIDGET (open_row (v, 0)));
  ui_model_page_go_back (UI_MODEL_PAGE (v->page));
  ui_test_frames (v->window, 2);
  assert_narrow (GTK_WIDGET (open_row (v, 1)));
}

/* Everything that can be used has a name for a screen reader. */
static void
test_names (View *v, gconstpointer data)
{
  g_autofree char *list = ui_test_nameless (v->page);
  g_autofree char *search = NULL;
  g_autofree char *repository = NULL;
  g_autofree char *gated = NULL;

  g_assert_cmpstr (list, ==, "");
  find_models (v, "bird");
  search = ui_test_nameless (v->page);
  g_assert_cmpstr (search, ==, "");
  open_row (v, 0);
  repository = ui_test_nameless (v->page);
  g_assert_cmpstr (repository, ==, "");
  ui_model_page_go_back (UI_MODEL_PAGE (v->page));
  ui_test_frames (v->window, 2);
  open_row (v, 1);
  gated = ui_test_nameless (v->page);
  g_assert_cmpstr (gated, ==, "");
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-hub/search", test_search },   { "/ui-hub/search-errors", test_search_errors },
    { "/ui-hub/download", test_download }, { "/ui-hub/token", test_token },
    { "/ui-hub/speed", test_speed },     { "/ui-hub/awake", test_awake },
    { "/ui-hub/update", test_update },   { "/ui-hub/measure", test_measure },
    { "/ui-hub/narrow", test_narrow },   { "/ui-hub/names", test_names },
  };
  g_autofree char *keyring = g_build_filename (g_get_tmp_dir (), "melete-test-XXXXXX", NULL);
  int result;

  g_setenv ("GTK_A11Y", "test", TRUE);
  g_close (g_mkstemp (keyring), NULL);
  g_unlink (keyring);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "x", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  result = g_test_run ();
  g_unlink (keyring);
  return result;
}
