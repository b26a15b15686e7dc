/* SPDX-License-Identifier: MIT */
#include "capturing.h"

static gboolean
on_too_long (gpointer data)
{
  g_error ("waited for a minute");
  return G_SOURCE_REMOVE;
}

void
wait_until (const gboolean *flag)
{
  guint id = g_timeout_add_seconds (60, on_too_long, NULL);

  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
wait_for (const guint *n, guint least)
{
  guint id = g_timeout_add_seconds (60, on_too_long, NULL);

  while (*n < least)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

guint
count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}

guint
count_threads (void)
{
  return count_entries ("/proc/self/task");
}

gboolean
is_open (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *link = g_build_filename ("/proc/self/fd", name, NULL);
    g_autofree char *target = g_file_read_link (link, NULL);
    if (g_strcmp0 (target, path) == 0)
      return TRUE;
  }
  return FALSE;
}

void
wait_for_threads (guint most)
{
  for (guint i = 0; count_threads () > most; i++) {
    g_thread_pool_stop_unused_threads ();
    g_usleep (10000);
    if (i == 3000)
      g_error ("there are still %u threads, not %u", count_threads (), most);
  }
}
