/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The group of the preferences that says what models run on, with programs in the place of the one that tries the graphics card. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "gpu-fixture.h"
#include "ui-hardware.h"

typedef struct {
  Fixture app;
  char *tool, *sentinel;
  AppSettings *settings;
  GSettings *gsettings;
  AppGpu *gpu;
  UiHardware *hardware;
  GtkWidget *window;
} View;

/* What the trial says, or NULL: the file of an earlier start that ended in the driver. */
static void
set_up (View *v, gconstpointer body)
{
  fixture_set_up (&v->app, NULL);
  v->tool = g_build_filename (v->app.folder, "melete-engine", NULL);
  v->sentinel = g_build_filename (v->app.folder, "gpu-busy", NULL);
  v->settings = app_settings_new (NULL);
  v->gsettings = app_settings_get_gsettings (v->settings);
  gpu_fixture_set_tool (v->tool, body != NULL ? body : GPU_GOOD);
  if (body == NULL)
    g_assert_true (g_file_set_contents (v->sentinel, "\1\0", 2, NULL));
  v->gpu = app_gpu_new (v->settings, v->sentinel);
  v->hardware = ui_hardware_new (v->settings, v->gpu, APP_ENGINE (v->app.engine));
  v->window = ui_test_window (GTK_WIDGET (v->hardware), 360, 500);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  app_gpu_close (v->gpu);
  while (G_OBJECT (v->gpu)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (v->gpu);
  g_settings_reset (v->gsettings, "backend");
  g_assert_finalize_object (v->settings);
  fixture_tear_down (&v->app, NULL);
  g_free (v->tool);
  g_free (v->sentinel);
}

static gpointer
part (View *v, const char *name)
{
  return ui_test_child (v->hardware, name);
}

static const char *
title (View *v, const char *row)
{
  return adw_preferences_row_get_title (part (v, row));
}

static const char *
subtitle (View *v, const char *row)
{
  return adw_action_row_get_subtitle (part (v, row));
}

static gboolean
is_known (gpointer data)
{
  View *v = data;

  return !app_gpu_get_undecided (v->gpu);
}

/* Opening it tries the card; then its name and driver are there, and a choice is stored and shows. */
static void
test_usable (View *v, gconstpointer data)
{
  g_autofree char *stored = NULL;

  g_assert_cmpstr (title (v, "card"), ==, "Graphics card");
  g_assert_cmpstr (subtitle (v, "card"), ==, "Being tried…");
  g_assert_true (gtk_widget_get_mapped (part (v, "spinner")));
  ui_test_wait (is_known, v);
  ui_test_frames (v->window, 2);
  g_assert_cmpstr (title (v, "card"), ==, "Wonder Card 3000/PCIe/SSE2");
  g_assert_true (g_str_has_prefix (subtitle (v, "card"), "4.6 Wonder 1.2, "));
  g_assert_false (gtk_widget_get_mapped (part (v, "spinner")));
  g_assert_false (gtk_widget_get_mapped (part (v, "again")));
  adw_combo_row_set_selected (part (v, "backend"), APP_BACKEND_CPU);
  stored = g_settings_get_string (v->gsettings, "backend");
  g_assert_cmpstr (stored, ==, "cpu");
  g_assert_cmpstr (subtitle (v, "card"), ==, "Not used: the processor was chosen.");
  g_settings_set_string (v->gsettings, "backend", "gpu");
  g_assert_cmpuint (adw_combo_row_get_selected (part (v, "backend")), ==, APP_BACKEND_GPU);
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 1);
}

static void
test_crashes (View *v, gconstpointer data)
{
  ui_test_wait (is_known, v);
  ui_test_frames (v->window, 2);
  g_assert_nonnull (strstr (subtitle (v, "card"), "crashed when it was tried"));
  g_assert_cmpstr (gtk_button_get_label (part (v, "again")), ==, "Try again");
  /* Who chose the processor is not asked. */
  g_settings_set_string (v->gsettings, "backend", "cpu");
  g_assert_false (gtk_widget_get_visible (part (v, "again")));
  g_settings_set_string (v->gsettings, "backend", "automatic");
  gpu_fixture_set_tool (v->tool, GPU_GOOD);
  g_signal_emit_by_name (part (v, "again"), "clicked");
  g_assert_cmpstr (subtitle (v, "card"), ==, "Being tried…");
  ui_test_wait (is_known, v);
  g_assert_true (app_gpu_get_chosen (v->gpu));
  g_assert_false (gtk_widget_get_visible (part (v, "again")));
}

static void
test_software (View *v, gconstpointer data)
{
  ui_test_wait (is_known, v);
  g_assert_nonnull (strstr (subtitle (v, "card"), "Not used by itself"));
  g_assert_false (gtk_widget_get_visible (part (v, "again")));
  adw_combo_row_set_selected (part (v, "backend"), APP_BACKEND_GPU);
  g_assert_true (g_str_has_prefix (subtitle (v, "card"), "4.5 Mesa"));
}

/* Off after a crash: nothing is tried before the person wants it. */
static void
test_disabled (View *v, gconstpointer data)
{
  g_assert_true (g_str_has_prefix (subtitle (v, "card"), "Off: "));
  g_assert_cmpstr (gtk_button_get_label (part (v, "again")), ==, "Turn on again");
  ui_hardware_focus (v->hardware);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (v->window)) == part (v, "again"));
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 0);
  g_signal_emit_by_name (part (v, "again"), "clicked");
  ui_test_wait (is_known, v);
  g_assert_true (app_gpu_get_chosen (v->gpu));
}

/* Where the loaded model is; one without a layer on the card that it was meant for says so. */
static void
test_place (View *v, gconstpointer data)
{
  ui_test_wait (is_known, v);
  g_assert_false (gtk_widget_get_visible (part (v, "place")));
  scripted_engine_set_place (v->app.engine, &(AppPlace) { .n_layers = 28, .gpu_layers = 22, .device = "Wonder Card 3000" });
  g_assert_true (gtk_widget_get_visible (part (v, "place")));
  g_assert_cmpstr (title (v, "place"), ==, app_model_get_name (v->app.model));
  g_assert_cmpstr (subtitle (v, "place"), ==, "22 of 28 layers on the graphics card (Wonder Card 3000), the rest on the processor");
  scripted_engine_set_place (v->app.engine, &(AppPlace) { .n_layers = 28, .gpu_layers = 28, .device = "Wonder Card 3000" });
  g_assert_cmpstr (subtitle (v, "place"), ==, "on the graphics card (Wonder Card 3000)");
  scripted_engine_set_place (v->app.engine, &(AppPlace) { .n_layers = 28 });
  g_assert_nonnull (strstr (subtitle (v, "place"), "no room"));
  g_settings_set_string (v->gsettings, "backend", "cpu");
  g_assert_cmpstr (subtitle (v, "place"), ==, "on the processor");
  app_engine_unload (APP_ENGINE (v->app.engine));
  g_assert_false (gtk_widget_get_visible (part (v, "place")));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-hardware/usable", View, "sleep 0.3\n" GPU_GOOD, set_up, test_usable, tear_down);
  g_test_add ("/ui-hardware/crashes", View, GPU_CRASHES, set_up, test_crashes, tear_down);
  g_test_add ("/ui-hardware/software", View, GPU_SOFTWARE, set_up, test_software, tear_down);
  g_test_add ("/ui-hardware/disabled", View, NULL, set_up, test_disabled, tear_down);
  g_test_add ("/ui-hardware/place", View, GPU_GOOD, set_up, test_place, tear_down);
  return g_test_run ();
}
