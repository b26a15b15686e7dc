/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-error.h"
#include "app-settings.h"

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppSettings) settings = app_settings_new (&error);
  AppSampling sampling, again;
  g_autofree char *prompt = NULL;
  g_autofree char *model = NULL;
  g_autofree char *own = NULL;

  g_assert_no_error (error);
  sampling = app_settings_get_sampling (settings);
  again = app_settings_get_sampling (settings);
  g_assert_cmpfloat (sampling.temperature, >, 0);
  g_assert_cmpfloat (sampling.top_p, <=, 1);
  g_assert_cmpuint (sampling.seed, !=, 0);
  g_assert_cmpuint (sampling.seed, !=, again.seed); /* a new one for each answer */
  model = app_settings_dup_model (settings);
  g_assert_cmpstr (model, ==, "");
  g_assert_true (app_settings_get_enter_sends (settings));
  g_assert_false (app_settings_get_picture_facts (settings)); /* nothing private without asking */

  g_settings_set_uint64 (app_settings_get_gsettings (settings), "seed", 42);
  g_assert_cmpuint (app_settings_get_sampling (settings).seed, ==, 42);
  prompt = app_settings_dup_system_prompt (settings);
  g_assert_cmpuint (strlen (prompt), >, 20);
  g_settings_set_string (app_settings_get_gsettings (settings), "system-prompt", "  Answer in rhymes. ");
  own = app_settings_dup_system_prompt (settings);
  g_assert_cmpstr (own, ==, "Answer in rhymes.");
  app_settings_set_model (settings, "smollm2-135m-instruct");
  g_free (model);
  model = app_settings_dup_model (settings);
  g_assert_cmpstr (model, ==, "smollm2-135m-instruct");
}

static void
test_no_schema (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (GError) error = NULL;
    g_assert_null (app_settings_new (&error));
    g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
    return;
  }
  g_setenv ("GSETTINGS_SCHEMA_DIR", "/nonexistent", TRUE);
  g_setenv ("XDG_DATA_DIRS", "/nonexistent", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/settings/defaults", test_defaults);
  g_test_add_func ("/app/settings/no-schema", test_no_schema);
  return g_test_run ();
}
