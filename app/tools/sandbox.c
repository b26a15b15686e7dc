/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox.h"

#include <glib/gi18n.h>

#include "app-error.h"

gboolean
app_sandbox_is_there (GError **error)
{
  g_autofree char *box = g_find_program_in_path ("bwrap");

  /* Within Flatpak there is a sandbox already, in which no other can be made. */
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("Melete runs as a Flatpak, in which other programs cannot be kept apart, so it starts none."));
    return FALSE;
  }
  if (!box) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("The program bubblewrap, which keeps other programs away from your files and the network, is not installed, so none is started. Install the package “bubblewrap”."));
    return FALSE;
  }
  return TRUE;
}

void
app_sandbox_add (GPtrArray *command, ...)
{
  va_list list;
  const char *word;

  va_start (list, command);
  while ((word = va_arg (list, const char *)) != NULL)
    g_ptr_array_add (command, g_strdup (word));
  va_end (list);
}

/* What is there of the system, read-only; nothing of the person's. */
static void
add_system (GPtrArray *command)
{
  static const char *const folders[] = { "/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *target = NULL;

    if (g_file_test (folders[i], G_FILE_TEST_IS_SYMLINK) && (target = g_file_read_link (folders[i], NULL)) != NULL)
      app_sandbox_add (command, "--symlink", target, folders[i], NULL);
    else if (g_file_test (folders[i], G_FILE_TEST_IS_DIR))
      app_sandbox_add (command, "--ro-bind", folders[i], folders[i], NULL);
  }
}

GPtrArray *
app_sandbox_new_command (gboolean network)
{
  GPtrArray *command = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *box = g_find_program_in_path ("bwrap"); /* now: what runs in it may come with a PATH of its own */

  app_sandbox_add (command, box ? box : "/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--hostname", "sandbox", NULL);
  if (network)
    app_sandbox_add (command, "--share-net", NULL);
  add_system (command);
  return command;
}
