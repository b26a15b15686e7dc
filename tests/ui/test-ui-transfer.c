/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "fixture.h"
#include "ui-transfer.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  GtkWidget *toasts;
  GFile *file;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture_set_up (&v->app, data);
  path = g_build_filename (v->app.folder, "out.json", NULL);
  v->file = g_file_new_for_path (path);
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->toasts = ui_test_child (v->window, "toasts");
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 2);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  g_object_unref (v->file);
  fixture_tear_down (&v->app, data);
}

static gboolean
has_toast (gpointer data)
{
  return ui_test_toast_text (((View *) data)->toasts) != NULL;
}

static void
wait_toast (View *v, const char *sentence)
{
  ui_test_wait (has_toast, v);
  g_assert_cmpstr (ui_test_toast_text (v->toasts), ==, sentence);
}

static void
test_export (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) one = fixture_talk (&v->app, "One", "x");
  g_autoptr (AppConversation) two = fixture_talk (&v->app, "Two", "x");

  ui_transfer_export_file (ui_test_child (v->window, "pages"), v->app.history, NULL, "json", v->file);
  wait_toast (v, "2 conversations exported");
  g_assert_true (g_file_query_exists (v->file, NULL));
}

static void
test_import (View *v, gconstpointer data)
{
  const char *text = "[{\"title\":\"Tea\",\"create_time\":1,\"mapping\":{\"a\":{\"message\":{\"author\":{\"role\":\"user\"},\"content\":{\"parts\":[\"Tea?\"]}}}}}]";

  g_assert_true (g_file_replace_contents (v->file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, NULL));
  ui_transfer_import_file (ui_test_child (v->window, "pages"), v->app.history, v->file);
  wait_toast (v, "1 conversation imported");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (v->app.history)), ==, 1);
}

static void
test_refused (View *v, gconstpointer data)
{
  g_assert_true (g_file_replace_contents (v->file, "[1]", 3, NULL, FALSE, 0, NULL, NULL, NULL));
  ui_transfer_import_file (ui_test_child (v->window, "pages"), v->app.history, v->file);
  wait_toast (v, "These are no conversations that Melete knows. It reads its own JSON, and the exports of ChatGPT and Open WebUI.");
}

static void
test_sentences (void)
{
  static const struct {
    AppImportResult result;
    const char *sentence;
  } cases[] = {
    { { .n_added = 1 }, "1 conversation imported" },
    { { .n_added = 0, .n_known = 12 }, "0 conversations imported, 12 were here already" },
    { { .n_added = 3, .n_damaged = 1, .n_missing = 2, .sentence = (char *) "Why." }, "3 conversations imported, 1 left out; 2 attachments are not in the file. Why." },
    { { .n_added = 5, .stopped = TRUE }, "5 conversations imported; stopped there, import the file again for the rest" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sentence = ui_transfer_dup_sentence (&cases[i].result);
    g_assert_cmpstr (sentence, ==, cases[i].sentence);
  }
}

static void
test_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GVariant) target = NULL;

  ui_transfer_fill_menu (menu, "sidebar.export", 7);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 3);
  target = g_menu_model_get_item_attribute_value (G_MENU_MODEL (menu), 2, G_MENU_ATTRIBUTE_TARGET, NULL);
  g_assert_true (g_variant_equal (target, g_variant_new ("(xs)", (gint64) 7, "json")));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-transfer/export", View, NULL, set_up, test_export, tear_down);
  g_test_add ("/ui-transfer/import", View, NULL, set_up, test_import, tear_down);
  g_test_add ("/ui-transfer/refused", View, NULL, set_up, test_refused, tear_down);
  g_test_add_func ("/ui-transfer/sentences", test_sentences);
  g_test_add_func ("/ui-transfer/menu", test_menu);
  return g_test_run ();
}
