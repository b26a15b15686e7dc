/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a test of app/ or ui/ needs around it, so that it also runs when a person starts it by hand. What is set already stays. */
#include <glib.h>

static void __attribute__ ((constructor))
set_environment (void)
{
  g_setenv ("G_TEST_SRCDIR", APP_TEST_SOURCE, FALSE);
  g_setenv ("G_TEST_BUILDDIR", APP_TEST_BUILD, FALSE);
  g_setenv ("GSETTINGS_SCHEMA_DIR", APP_TEST_BUILD, FALSE); /* the schema, compiled */
  g_setenv ("GSETTINGS_BACKEND", "memory", FALSE);          /* never the person's own settings */
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", FALSE);      /* says that there is a network, wherever the test runs */
  g_setenv ("MELETE_DECODE", APP_TEST_DECODE, FALSE);
  g_setenv ("MELETE_ENGINE", "/nonexistent/melete-engine", FALSE); /* no graphics card is tried but where a test says so */
  g_setenv ("XDG_STATE_HOME", APP_TEST_BUILD "/state", FALSE);
}
