/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-fixture.h"

#include <glib/gstdio.h>

void
mcp_fixture_set_mode (const char *folder, const char *mode)
{
  g_autofree char *path = g_build_filename (folder, "server", "mode", NULL);

  g_assert_true (g_file_set_contents (path, mode, -1, NULL));
}

AppMcpLaunch *
mcp_fixture_launch (const char *folder, const char *mode)
{
  g_autofree char *source = g_build_filename (MCP_TEST_SOURCE, "scripted-server.py", NULL), *server = g_build_filename (folder, "server", NULL), *target = g_build_filename (server, "scripted-server.py", NULL), *text = NULL;
  AppMcpLaunch *launch = g_new0 (AppMcpLaunch, 1);
  gsize n;

  g_mkdir_with_parents (server, 0700);
  g_assert_true (g_file_get_contents (source, &text, &n, NULL));
  g_assert_true (g_file_set_contents (target, text, (gssize) n, NULL));
  mcp_fixture_set_mode (folder, mode);
  launch->command = g_strdup_printf ("/usr/bin/python3 -B '%s'", target);
  launch->folder = g_steal_pointer (&server);
  launch->environment = g_strdup ("");
  return launch;
}

void
mcp_fixture_launch_free (AppMcpLaunch *launch)
{
  app_mcp_launch_clear (launch);
  g_free (launch);
}

gboolean
mcp_fixture_can_run (void)
{
  const char *const command[] = { "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true", NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

  return process && g_subprocess_wait_check (process, NULL, NULL);
}
