/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the processes of pages really are in their sandbox. In some containers WebKit starts them without one and says nothing, so it is looked at before a page gets its first byte. */
#include "web-private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As the kernel cuts the name "WebKitWebProcess". */
#define NAME "WebKitWebProces"

static char *
read_file (int pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* Whether this process has started it, or one that this has started. */
static gboolean
is_ours (int pid)
{
  for (guint i = 0; i < 16 && pid > 1; i++) {
    g_autofree char *status = NULL;
    const char *parent;

    if (pid == (int) getpid ())
      return TRUE;
    status = read_file (pid, "status");
    parent = status != NULL ? strstr (status, "\nPPid:") : NULL;
    pid = parent != NULL ? (int) g_ascii_strtoll (parent + strlen ("\nPPid:"), NULL, 10) : 0;
  }
  return FALSE;
}

/* A network of its own, and a filter of calls. One that ends meanwhile has none of it, and is gone. */
static gboolean
is_shut_in (int pid, const char *own_network)
{
  g_autofree char *link = g_strdup_printf ("/proc/%d/ns/net", pid), *network = g_file_read_link (link, NULL), *status = read_file (pid, "status");

  return network == NULL || status == NULL || (!g_str_equal (network, own_network) && strstr (status, "\nSeccomp:\t2") != NULL);
}

gboolean
web_sandbox_holds (void)
{
  g_autofree char *own = g_file_read_link ("/proc/self/ns/net", NULL);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *entry;
  guint n = 0;

  /* There the portal starts them, and WebKit ends the program where it cannot. */
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return TRUE;
  while (own != NULL && dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    int pid = (int) g_ascii_strtoll (entry, NULL, 10);
    g_autofree char *name = pid > 0 ? read_file (pid, "comm") : NULL;

    if (name == NULL || !g_str_has_prefix (name, NAME) || !is_ours (pid))
      continue;
    n++;
    if (!is_shut_in (pid, own))
      return FALSE;
  }
  return n > 0;
}
