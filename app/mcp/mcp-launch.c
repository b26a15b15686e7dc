/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-launch.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "tools/sandbox.h"

/* Set inside, by a shell that becomes the program: size of a file (1 GiB), open files, no core. A bound on memory is one on what is written to: V8 sets much more aside than it uses. */
static const char limited[] = "ulimit -c 0; ulimit -f 2097152; ulimit -n 256; ulimit -d 4194304 2> /dev/null; exec \"$@\"";
/* Of what it writes below /tmp, which is memory. */
#define TMP_BYTES "268435456"

/* Of the settings of the system: how programs find libraries and certificates, and, with a network, names. */
static const char *const etc[] = { "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/ssl", "/etc/pki", "/etc/ca-certificates" };
static const char *const etc_network[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services" };

static const char *const paths[] = { "/usr/local/bin", "/usr/bin", "/bin", NULL };
static const char *const own_paths[] = { "", "bin", "node_modules/.bin", ".venv/bin", NULL };

void
app_mcp_launch_clear (AppMcpLaunch *launch)
{
  g_clear_pointer (&launch->command, g_free);
  g_clear_pointer (&launch->folder, g_free);
  g_clear_pointer (&launch->environment, g_free);
}

static gboolean
lies_in (const char *path, const char *folder)
{
  gsize n = strlen (folder);

  return n > 0 && strncmp (path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static gboolean
is_seen (const AppMcpLaunch *launch, const char *path)
{
  static const char *const system[] = { "/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", APP_MCP_WORK, "/proc", "/dev" };

  for (gsize i = 0; i < G_N_ELEMENTS (system); i++)
    if (lies_in (path, system[i]))
      return TRUE;
  return lies_in (path, launch->folder);
}

/* Where a program without a path is looked for, in this order. */
static GStrv
dup_paths (const AppMcpLaunch *launch)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; *launch->folder != '\0' && own_paths[i]; i++) {
    g_autofree char *path = *own_paths[i] != '\0' ? g_build_filename (launch->folder, own_paths[i], NULL) : g_strdup (launch->folder);
    g_strv_builder_add (builder, path);
  }
  g_strv_builder_addv (builder, (const char **) paths);
  return g_strv_builder_end (builder);
}

static gboolean
find_program (const AppMcpLaunch *launch, const char *program, GError **error)
{
  g_auto (GStrv) places = dup_paths (launch);

  if (g_path_is_absolute (program)) {
    if (is_seen (launch, program) && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
      return TRUE;
  } else {
    for (gsize i = 0; places[i]; i++) {
      g_autofree char *path = g_build_filename (places[i], program, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
        return TRUE;
    }
  }
  g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("There is no program “%s” where the server could see it: in the system, or in the folder of the server."), program);
  return FALSE;
}

static gboolean
check_folder (const AppMcpLaunch *launch, GError **error)
{
  g_autofree char *real = NULL, *home = NULL;

  if (*launch->folder == '\0')
    return TRUE;
  if (!g_path_is_absolute (launch->folder) || !g_file_test (launch->folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The folder of the server, “%s”, is not there. Choose the one in which it is installed."), launch->folder);
    return FALSE;
  }
  /* What it may read is what it is made of, not the person's files; whatever way leads there. */
  real = realpath (launch->folder, NULL);
  home = realpath (g_get_home_dir (), NULL);
  if (!real || g_str_equal (real, "/") || (home && lies_in (home, real))) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The folder “%s” has all of your files in it. Choose only the one in which the server is installed."), launch->folder);
    return FALSE;
  }
  return TRUE;
}

/* NAME=value, and no name by which the dynamic linker or the sandbox would be led elsewhere: bubblewrap itself, outside, gets them too. */
static gboolean
check_line (const char *line, GError **error)
{
  const char *equals = strchr (line, '=');
  gsize n = equals ? (gsize) (equals - line) : 0;
  gboolean good = n > 0 && !g_ascii_isdigit (*line) && strncmp (line, "LD_", 3) != 0;

  for (gsize i = 0; i < n; i++)
    good = good && (g_ascii_isalnum (line[i]) || line[i] == '_');
  if (!good)
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” is no variable of the environment that can be set. Write NAME=value, one a line."), line);
  return good;
}

static GStrv
make_environment (const AppMcpLaunch *launch, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (launch->environment, "\n", -1), places = dup_paths (launch);
  g_autofree char *path = g_strjoinv (":", places);
  GStrv environment = g_environ_setenv (NULL, "PATH", path, TRUE);

  environment = g_environ_setenv (environment, "HOME", "/tmp", TRUE);
  environment = g_environ_setenv (environment, "LANG", "C.UTF-8", TRUE);
  for (gsize i = 0; lines[i]; i++) {
    g_autofree char *name = NULL;

    if (*g_strstrip (lines[i]) == '\0')
      continue;
    if (!check_line (lines[i], error)) {
      g_strfreev (environment);
      return NULL;
    }
    name = g_strndup (lines[i], (gsize) (strchr (lines[i], '=') - lines[i]));
    environment = g_environ_setenv (environment, name, strchr (lines[i], '=') + 1, TRUE);
  }
  return environment;
}

static GStrv
split (const AppMcpLaunch *launch, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  char **words = NULL;

  if (!g_shell_parse_argv (launch->command, NULL, &words, &wrong)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The command cannot be read: write the program and its arguments as in a terminal, with quotation marks around what has spaces."));
    return NULL;
  }
  return words;
}

/* What a path that stands alone or behind "=" names must be seen, or the server would say it has no such file. */
static gboolean
check_arguments (const AppMcpLaunch *launch, GStrv words, GError **error)
{
  for (gsize i = 1; words[i]; i++) {
    const char *path = words[i], *equals = strchr (path, '=');

    if (*path == '-' && equals)
      path = equals + 1;
    if (!g_path_is_absolute (path) || is_seen (launch, path) || !g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The server would not see “%s”. Choose the folder in which it lies, if the server is installed there; the files of a conversation are in %s."), path, APP_MCP_WORK);
    return FALSE;
  }
  return TRUE;
}

gboolean
app_mcp_launch_check (const AppMcpLaunch *launch, GError **error)
{
  g_auto (GStrv) words = split (launch, error), environment = words ? make_environment (launch, error) : NULL;

  return words && environment && check_folder (launch, error) && find_program (launch, words[0], error) && check_arguments (launch, words, error) && app_sandbox_is_there (error);
}

static void
add_settings (GPtrArray *command, const char *const *files, gsize n)
{
  for (gsize i = 0; i < n; i++)
    app_sandbox_add (command, "--ro-bind-try", files[i], files[i], NULL);
}

GPtrArray *
app_mcp_launch_make (const AppMcpLaunch *launch, const char *workspace, GStrv *environment, GError **error)
{
  g_auto (GStrv) words = NULL;
  GPtrArray *command;

  if (!app_mcp_launch_check (launch, error))
    return NULL;
  words = split (launch, NULL);
  *environment = make_environment (launch, NULL);
  command = app_sandbox_new_command (launch->network);
  app_sandbox_add (command, "--size", TMP_BYTES, "--tmpfs", "/tmp", NULL);
  add_settings (command, etc, G_N_ELEMENTS (etc));
  if (launch->network)
    add_settings (command, etc_network, G_N_ELEMENTS (etc_network));
  if (*launch->folder != '\0')
    app_sandbox_add (command, "--ro-bind", launch->folder, launch->folder, NULL);
  if (workspace)
    app_sandbox_add (command, "--bind", workspace, APP_MCP_WORK, NULL);
  else
    app_sandbox_add (command, "--size", TMP_BYTES, "--tmpfs", APP_MCP_WORK, NULL);
  app_sandbox_add (command, "--chdir", APP_MCP_WORK, "--", "/bin/sh", "-c", limited, "sh", NULL);
  for (gsize i = 0; words[i]; i++)
    g_ptr_array_add (command, g_strdup (words[i]));
  g_ptr_array_add (command, NULL);
  return command;
}
