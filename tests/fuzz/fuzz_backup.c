/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backup that a stranger gave. */
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>

#include "app-backup.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static char *path;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *part = NULL;

  if (!path) {
    char *folder = g_dir_make_tmp ("melete-fuzz-XXXXXX", NULL);

    path = g_build_filename (folder, "history.db", NULL);
    g_free (folder);
  }
  info = app_backup_read (path, stream, NULL, &error);
  if ((info == NULL) == (error == NULL) || (error && *error->message == '\0'))
    abort ();
  app_backup_discard (path);
  /* What was refused leaves nothing behind. */
  part = g_strconcat (path, ".restore-part", NULL);
  if (g_file_test (part, G_FILE_TEST_EXISTS))
    abort ();
  g_free (part);
  part = g_strconcat (path, ".restore-files", NULL);
  if (g_file_test (part, G_FILE_TEST_EXISTS))
    abort ();
  return 0;
}
