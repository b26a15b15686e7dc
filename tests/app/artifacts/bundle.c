/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppBundle: names, types, replacing. */
#include "app-bundle.h"
#include "fixture.h"

static void
test_paths (void)
{
  static const char *const good[] = { "index.html", "a/b-c_d.js", "0" };
  static const char *const bad[] = { "", "/", "/etc/passwd", "a//b", "../x", "a/../b", ".x", "a/.x", "a/", "a b", "a\\b", "ä", "a?b", "a%2fb" };
  g_autofree char *long_one = g_strnfill (201, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (app_bundle_is_path (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (app_bundle_is_path (bad[i]));
  g_assert_false (app_bundle_is_path (long_one));
  g_assert_true (app_bundle_is_path (long_one + 1));
}

static void
test_files (void)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GBytes) picture = g_bytes_new_static ("\x89PNG", 4);
  const char *type;

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, "<p>one");
  app_bundle_add (bundle, "pictures/a.png", NULL, picture);
  app_bundle_add (bundle, "data", "text/csv", picture);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, "<p>two");

  g_assert_cmpuint (app_bundle_get_n_files (bundle), ==, 3);
  g_assert_cmpstr (app_bundle_get_path (bundle, 0), ==, APP_BUNDLE_INDEX);
  g_assert_cmpmem (g_bytes_get_data (app_bundle_find (bundle, APP_BUNDLE_INDEX, &type), NULL), 6, "<p>two", 6);
  g_assert_cmpstr (type, ==, "text/html; charset=utf-8");
  g_assert_true (app_bundle_find (bundle, "pictures/a.png", &type) == picture);
  g_assert_cmpstr (type, ==, "image/png");
  app_bundle_find (bundle, "data", &type);
  g_assert_cmpstr (type, ==, "text/csv");
  g_assert_null (app_bundle_find (bundle, "else", &type));
  g_assert_null (type);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/artifacts/bundle/paths", test_paths);
  g_test_add_func ("/app/artifacts/bundle/files", test_files);
  return g_test_run ();
}
