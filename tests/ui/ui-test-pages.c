/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes in which WebKit shows pages. */
#include "ui-test-pages.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *
ui_test_read_process (int pid, const char *file)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, file);
  char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, NULL);
  return contents;
}

static int
parent_of (int pid)
{
  g_autofree char *status = ui_test_read_process (pid, "status");
  const char *parent = status != NULL ? strstr (status, "\nPPid:") : NULL;
  int number = 0;

  if (parent != NULL)
    number = atoi (parent + strlen ("\nPPid:"));
  return number;
}

/* Whether it was started by this process, or by one that was. */
static gboolean
is_ours (int pid)
{
  while (pid > 1 && pid != getpid ())
    pid = parent_of (pid);
  return pid == getpid ();
}

GArray *
ui_test_find_pages (void)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *entry;

  while ((entry = g_dir_read_name (dir)) != NULL) {
    int pid = atoi (entry);
    g_autofree char *name = pid > 0 ? ui_test_read_process (pid, "comm") : NULL;

    if (name != NULL && g_str_has_prefix (name, "WebKitWebProces") && is_ours (pid))
      g_array_append_val (pids, pid);
  }
  return pids;
}
