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

/* A new file; nothing that is there is ever written over, or followed. */
static int
create (const char *folder, const char *name, char **path)
{
  const char *dot = strrchr (name, '.');
  int stem = dot != NULL && dot != name ? (int) (dot - name) : (int) strlen (name), fd = -1;

  for (guint i = 1; fd < 0 && i <= MAX_NAMES; i++) {
    g_autofree char *numbered = i == 1 ? g_strdup (name) : g_strdup_printf ("%.*s (%u)%s", stem, name, i, name + stem);
    g_free (*path);
    *path = g_build_filename (folder, numbered, NULL);
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
  g_autofree char *name = g_path_get_basename (path), *saved = NULL;
  const char *data;
  gsize n_bytes;
  gssize n = 0;
  int fd;

  if (bytes == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  fd = create (scope->outside, name[0] == '.' ? "file" : name, &saved);
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
  .run = run,
};
