/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bundle-zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n.h>

#include "app-error.h"

static la_ssize_t
on_write (struct archive *archive, void *data, const void *buffer, size_t length)
{
  g_byte_array_append (data, buffer, (guint) length);
  return (la_ssize_t) length;
}

GBytes *
bundle_zip_new (AppBundle *bundle, GError **error)
{
  struct archive *archive = archive_write_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean ok;

  archive_write_set_format_zip (archive);
  archive_write_set_bytes_in_last_block (archive, 1);
  ok = archive_write_open (archive, out, NULL, on_write, NULL) == ARCHIVE_OK;
  for (guint i = 0; ok && i < app_bundle_get_n_files (bundle); i++) {
    const char *path = app_bundle_get_path (bundle, i);
    gsize length;
    const void *bytes = g_bytes_get_data (app_bundle_find (bundle, path, NULL), &length);
    struct archive_entry *entry = archive_entry_new ();

    archive_entry_set_pathname (entry, path);
    archive_entry_set_size (entry, (la_int64_t) length);
    archive_entry_set_filetype (entry, AE_IFREG);
    archive_entry_set_perm (entry, 0644);
    archive_entry_set_mtime (entry, g_get_real_time () / G_USEC_PER_SEC, 0);
    ok = archive_write_header (archive, entry) == ARCHIVE_OK && (length == 0 || archive_write_data (archive, bytes, length) == (la_ssize_t) length);
    archive_entry_free (entry);
  }
  ok = ok && archive_write_close (archive) == ARCHIVE_OK;
  if (!ok)
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The archive could not be made: %s."), archive_error_string (archive) != NULL ? archive_error_string (archive) : "?");
  archive_write_free (archive);
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}
