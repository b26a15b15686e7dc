/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's sentences reach a person in their language, though the engine knows no gettext. */
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "app-model-private.h"
#include "fixture.h"

/* What the program says about a file that is no model. (transfer full) */
static char *
fail_to_load (const char *content)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "wrong.gguf", NULL);
  g_autoptr (AppEngine) engine = app_local_engine_new (NULL, NULL);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (AppModel) model = app_model_new (facts);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  app_model_set_path (model, path, FALSE);
  app_engine_load_async (engine, model, NULL, keep_result, &result);
  g_assert_false (app_engine_load_finish (engine, wait_result (&result), &error));
  fixture_delete_folder (folder);
  return g_strdup (error->message);
}

static void
test_no_language (void)
{
  g_autofree char *sentence = fail_to_load ("This is a letter to my landlord, not a model.");

  g_assert_cmpstr (sentence, ==, "The file \"wrong.gguf\" is no GGUF model: it does not begin with \"GGUF\".");
}

static void
test_german (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "..", "..", "po", NULL);
  g_autofree char *sentence = NULL;
  g_autofree char *damaged = NULL;

  /* As main () does it. */
  g_setenv ("LANGUAGE", "de", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("melete", folder);
  bind_textdomain_codeset ("melete", "UTF-8");
  textdomain ("melete");
  sentence = fail_to_load ("This is a letter to my landlord, not a model.");
  g_assert_cmpstr (sentence, ==, "Die Datei „wrong.gguf“ ist kein GGUF-Modell: sie beginnt nicht mit „GGUF“.");
  /* What is damaged, which is put into another sentence, too. */
  damaged = fail_to_load ("GGUF\3\0\0\0");
  g_assert_nonnull (strstr (damaged, "GGUF"));
  g_assert_null (strstr (damaged, "The "));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/translation/no-language", test_no_language);
  g_test_add_func ("/app/translation/german", test_german);
  return g_test_run ();
}
