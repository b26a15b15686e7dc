/* SPDX-License-Identifier: MIT */
/* Every way to a context that the backend tries, each alone. */
#include "engine.h"

#include <glib.h>

static void
test_way (gconstpointer data)
{
  EngineBackendInfo info;
  EngineError error = { 0 };

  g_setenv ("MELETE_GL", data, TRUE);
  g_assert_true (engine_backend_info (ENGINE_BACKEND_GL, &info, &error));
  g_assert_cmpstr (info.device, !=, "");
  g_assert_cmpint (strstr (info.driver, "OpenGL ES") != NULL, ==, strstr (data, "es,") != NULL);
}

static void
test_none (void)
{
  EngineBackendInfo info;
  EngineError error = { 0 };

  g_setenv ("MELETE_GL", "default", TRUE);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_assert_false (engine_backend_info (ENGINE_BACKEND_GL, &info, &error));
  g_assert_cmpint (error.code, ==, ENGINE_UNSUPPORTED);
  g_assert_nonnull (strstr (error.message, "no EGL display"));
}

int
main (int argc, char **argv)
{
  static const char *const ways[] = { "surfaceless", "device", "surfaceless,pbuffer", "es,surfaceless", "es,device", "es,device,pbuffer" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *path = g_strconcat ("/gl-displays/", ways[i], NULL);

    g_test_add_data_func (path, ways[i], test_way);
  }
  g_test_add_func ("/gl-displays/none", test_none);
  return g_test_run ();
}
