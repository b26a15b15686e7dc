/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "app-model-private.h"
#include "scripted-engine.h"
#include "ui-model-row.h"

#define GB (G_GUINT64_CONSTANT (1000) * 1000 * 1000)

static AppModel *
model_new (const char *id, guint64 memory, gboolean installed)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  AppModel *model;

  g_free (facts->id);
  g_free (facts->name);
  facts->id = g_strdup (id);
  facts->name = g_strdup_printf ("The model called %s", id);
  facts->bytes = memory / 2;
  facts->memory_bytes = memory;
  model = app_model_new (facts);
  if (installed)
    app_model_set_path (model, "/nowhere.gguf", FALSE);
  app_model_set_memory_here (model, 16 * GB, 4 * GB);
  return model;
}

static GtkWidget *
append (GtkWidget *list, AppEngine *engine, const char *id, guint64 memory, gboolean installed)
{
  g_autoptr (AppModel) model = model_new (id, memory, installed);
  GtkWidget *row = GTK_WIDGET (ui_model_row_new (model, engine, FALSE));

  gtk_list_box_append (GTK_LIST_BOX (list), row);
  return row;
}

static gboolean
shows (GtkWidget *row, const char *child)
{
  return gtk_widget_get_mapped (ui_test_child (row, child));
}

/* Bars measure a share of the same memory: they are equally long whatever stands beside them. What will not fit is not offered. */
static void
test_rows (gconstpointer width)
{
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *rows[] = {
    append (list, APP_ENGINE (engine), "installed", GB, TRUE),
    append (list, APP_ENGINE (engine), "small", GB, FALSE),
    append (list, APP_ENGINE (engine), "slow", 8 * GB, FALSE),
    append (list, APP_ENGINE (engine), "too-large", 32 * GB, FALSE),
  };
  GtkWidget *window = ui_test_window (list, GPOINTER_TO_INT (width), 700);
  int first = gtk_widget_get_width (ui_test_child (rows[0], "fit_bar"));

  g_assert_cmpint (first, >, GPOINTER_TO_INT (width) / 2);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (gtk_widget_get_width (ui_test_child (rows[i], "fit_bar")), ==, first);
  g_assert_true (shows (rows[0], "use"));
  g_assert_false (shows (rows[0], "download"));
  g_assert_true (shows (rows[1], "download"));
  g_assert_true (shows (rows[2], "download"));
  g_assert_false (shows (rows[3], "download"));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (ui_test_child (rows[3], "fit")), "Will not fit"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Beside the name while there is room; below it when the text is large. */
static void
test_button (void)
{
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = append (list, APP_ENGINE (engine), "small", GB, FALSE);
  GtkWidget *window = ui_test_window (list, 360, 700);
  GtkWidget *name = ui_test_child (row, "name");
  GtkWidget *download = ui_test_child (row, "download");
  graphene_rect_t words;
  graphene_rect_t button;
  int dpi;

  g_assert_true (gtk_widget_compute_bounds (name, row, &words) && gtk_widget_compute_bounds (download, row, &button));
  g_assert_cmpfloat (button.origin.x, >=, words.origin.x + words.size.width);
  g_assert_cmpfloat (button.origin.y, <, words.origin.y + words.size.height);
  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * dpi, NULL);
  ui_test_frames (window, 4);
  g_assert_true (gtk_widget_compute_bounds (name, row, &words) && gtk_widget_compute_bounds (download, row, &button));
  g_assert_cmpfloat (button.origin.y, >=, words.origin.y + words.size.height);
  g_assert_cmpint (gtk_widget_get_width (list), <=, 360);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Of the model that is loaded the facts say where it runs, and of no other. */
static void
test_place (void)
{
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  g_autoptr (AppModel) model = model_new ("installed", GB, TRUE);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = GTK_WIDGET (ui_model_row_new (model, APP_ENGINE (engine), FALSE)), *other = append (list, APP_ENGINE (engine), "other", GB, TRUE);
  GtkWidget *window;

  gtk_list_box_append (GTK_LIST_BOX (list), row);
  window = ui_test_window (list, 600, 700);
  scripted_engine_set_place (engine, &(AppPlace) { .n_layers = 28, .gpu_layers = 22, .device = "Wonder Card" });
  g_assert_null (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "layers"));
  app_engine_load_async (APP_ENGINE (engine), model, NULL, NULL, NULL);
  while (app_engine_get_state (APP_ENGINE (engine)) != APP_ENGINE_READY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "facts")), " · 22 of 28 layers on the graphics card"));
  g_assert_null (strstr (gtk_label_get_text (ui_test_child (other, "facts")), "layers"));
  scripted_engine_set_place (engine, &(AppPlace) { .n_layers = 28 });
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "facts")), " · on the processor"));
  app_engine_unload (APP_ENGINE (engine));
  g_assert_null (strstr (gtk_label_get_text (ui_test_child (row, "facts")), "processor"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The buttons of a model that is here, its menu among them, stand beside its name in a narrow window. */
static void
test_menu (void)
{
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = append (list, APP_ENGINE (engine), "installed", GB, TRUE);
  GtkWidget *window;
  graphene_rect_t words;
  graphene_rect_t use;
  graphene_rect_t more;

  gtk_widget_set_margin_start (list, 12);
  gtk_widget_set_margin_end (list, 12);
  gtk_button_set_label (ui_test_child (row, "use"), "Benutzen"); /* as it is called in German */
  window = ui_test_window (list, 360, 700);
  g_assert_true (gtk_widget_compute_bounds (ui_test_child (row, "name"), row, &words) && gtk_widget_compute_bounds (ui_test_child (row, "use"), row, &use) && gtk_widget_compute_bounds (ui_test_child (row, "more"), row, &more));
  g_assert_cmpfloat (use.origin.y, <, words.origin.y + words.size.height);
  g_assert_cmpfloat (use.origin.x, >=, words.origin.x + words.size.width);
  g_assert_cmpfloat (more.origin.y, ==, use.origin.y);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_data_func ("/ui-model-row/narrow", GINT_TO_POINTER (360), test_rows);
  g_test_add_data_func ("/ui-model-row/wide", GINT_TO_POINTER (900), test_rows);
  g_test_add_func ("/ui-model-row/button", test_button);
  g_test_add_func ("/ui-model-row/place", test_place);
  g_test_add_func ("/ui-model-row/menu", test_menu);
  return g_test_run ();
}
