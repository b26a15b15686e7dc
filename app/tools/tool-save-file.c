/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a file out of the workspace to the person: into their folder of downloads, under a name that nothing has there. */
#include "tool-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app-error.h"

#define MAX_NAMES 100

static gboolean
has_outside (const AppToolScope *scope)
{
  return scope->workspace != NULL && scope->outside != NULL;
}

/* The name that is tried as number `i`, from 1 on. (transfer full) */
static char *
make_path (const char *folder, const char *name, guint i)
{
  const char *dot = strrchr (name, '.');
  int stem = dot != NULL && dot != name ? (int) (dot - name) : (int) strlen (name);
  g_autofree char *numbered = i == 1 ? g_strdup (name) : g_strdup_printf ("%.*s (%u)%s", stem, name, i, name + stem);

  return g_build_filename (folder, numbered, NULL);
}

/* Of the file in the person's folder. (transfer full) */
static char *
make_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return name[0] == '.' ? g_strdup ("file") : g_steal_pointer (&name);
}

/* A new file; nothing that is there is ever written over, or followed. */
static int
create (const char *folder, const char *name, char **path)
{
  int fd = -1;

  for (guint i = 1; fd < 0 && i <= MAX_NAMES; i++) {
    g_free (*path);
    *path = make_path (folder, name, i);
    fd = open (*path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
      break;
  }
  return fd;
}

static AppToolResult *
save_file (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const char *path = app_tool_get_string (arguments, "path", "");
  g_autoptr (GBytes) bytes = app_workspace_read (scope->workspace, path, error);
  g_autofree char *name = make_name (path), *saved = NULL;
  const char *data;
  gsize n_bytes;
  gssize n = 0;
  int fd;

  if (bytes == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  fd = create (scope->outside, name, &saved);
  data = g_bytes_get_data (bytes, &n_bytes);
  while (fd >= 0 && n_bytes > 0 && ((n = write (fd, data, n_bytes)) > 0 || errno == EINTR)) {
    data += MAX (n, 0);
    n_bytes -= (gsize) MAX (n, 0);
  }
  if (fd < 0 || n_bytes > 0) {
    int number = errno;
    if (fd >= 0)
      close (fd);
    g_set_error (error, APP_ERROR, app_error_from_errno (number), _("“%s” could not be written: %s."), saved, g_strerror (number));
    return NULL;
  }
  fsync (fd);
  close (fd);
  return app_tool_result_new (g_strdup_printf ("Saved as %s.", saved), NULL);
}

static char *
explain (const AppToolScope *scope, JsonObject *arguments)
{
  g_autofree char *name = make_name (app_tool_get_string (arguments, "path", "")), *path = NULL, *shown = NULL, *shown_name = app_tool_reveal (name);
  guint i = 1;

  for (; i <= MAX_NAMES; i++) {
    g_free (path);
    path = make_path (scope->outside, name, i);
    if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
      break;
  }
  shown = app_tool_reveal (path);
  return i == 1 ? g_strdup_printf (_("A new file “%s” would be made. Nothing is overwritten."), shown)
                : g_strdup_printf (_("A new file “%s” would be made, for there is a “%s” already. Nothing is overwritten."), shown, shown_name);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, save_file, task);
}

const AppTool save_file_tool = {
  .name = "save_file",
  .title = N_("Save a file for you"),
  .icon_name = "document-save-symbolic",
  .description = "Gives the person a copy of a file of this conversation's own folder, in their folder of downloads.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":[\"path\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_OUTSIDE,
  .object = "path",
  .is_offered = has_outside,
  .explain = explain,
  .run = run,
};
