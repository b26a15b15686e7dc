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

/* The numbers of the schema's words are those of the enumeration. */
static void
test_backend (void)
{
  static const char *const words[] = { [APP_BACKEND_AUTOMATIC] = "automatic", [APP_BACKEND_CPU] = "cpu", [APP_BACKEND_GPU] = "gpu" };
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  GSettings *gsettings = app_settings_get_gsettings (settings);

  g_assert_cmpint (app_settings_get_backend (settings), ==, APP_BACKEND_AUTOMATIC);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    g_assert_true (g_settings_set_string (gsettings, "backend", words[i]));
    g_assert_cmpint (app_settings_get_backend (settings), ==, i);
  }
  g_settings_reset (gsettings, "backend");
}

/* The table of the numbers and the schema tell the same; and each number gets from the preferences to where it belongs. */
static void
test_sampling (void)
{
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  GSettings *gsettings = app_settings_get_gsettings (settings);
  g_autoptr (GSettingsSchema) schema = NULL;
  guint n;
  const AppSamplingField *fields = app_sampling_get_fields (&n);

  g_object_get (gsettings, "settings-schema", &schema, NULL);
  g_assert_cmpuint (n, >=, 18);
  for (guint i = 0; i < n; i++) {
    const AppSamplingField *field = &fields[i];
    g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, field->key);
    g_autoptr (GVariant) usual = g_settings_schema_key_get_default_value (key);
    g_autoptr (GVariant) range = g_settings_schema_key_get_range (key);
    const char *kind, *end;
    g_autoptr (GVariant) bounds = NULL;
    g_autofree char *text = g_variant_print (usual, FALSE);
    double half = field->min + (field->max - field->min) / 2;
    AppSampling sampling;

    g_test_message ("%s", field->key);
    g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, field->usual);
    g_variant_get (range, "(&sv)", &kind, &bounds);
    g_assert_cmpstr (kind, ==, "range");
    g_clear_pointer (&text, g_free);
    text = g_variant_print (bounds, FALSE); /* "(0.0, 2.0)" */
    g_assert_cmpfloat (g_ascii_strtod (text + 1, (char **) &end), ==, field->min);
    g_assert_cmpfloat (g_ascii_strtod (end + 2, NULL), ==, field->max);

    if (field->type == APP_SAMPLING_INT)
      g_settings_set_int (gsettings, field->key, (int) half);
    else if (field->type == APP_SAMPLING_UINT64)
      g_settings_set_uint64 (gsettings, field->key, (guint64) half);
    else
      g_settings_set_double (gsettings, field->key, half);
    sampling = app_settings_get_sampling (settings);
    g_assert_cmpfloat (app_sampling_get (&sampling, field), ==, field->type == APP_SAMPLING_DOUBLE ? half : (double) (gint64) half);
    g_settings_reset (gsettings, field->key);
  }
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
  g_test_add_func ("/app/settings/sampling", test_sampling);
  g_test_add_func ("/app/settings/backend", test_backend);
  g_test_add_func ("/app/settings/no-schema", test_no_schema);
  return g_test_run ();
}
