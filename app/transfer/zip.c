/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of a .zip file that a person got elsewhere. Names are only compared, never used as paths. */
#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n.h>

#include "transfer.h"

/* The most members that are looked at. */
#define MAX_MEMBERS 200000

static void
set_damaged (struct archive *archive, GError **error)
{
  const char *reason = archive_error_string (archive);

  g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The archive is damaged (%s). Download it again."), reason ? reason : "?");
}

static struct archive *
open_zip (const char *path, GError **error)
{
  struct archive *archive = archive_read_new ();

  archive_read_support_format_zip_seekable (archive);
  if (archive_read_open_filename (archive, path, 1 << 16) == ARCHIVE_OK)
    return archive;
  set_damaged (archive, error);
  archive_read_free (archive);
  return NULL;
}

/* The next member's name; NULL at the end, or with `error`. */
static const char *
next_name (struct archive *archive, struct archive_entry **entry, GError **error)
{
  for (;;) {
    int code = archive_read_next_header (archive, entry);
    const char *name;

    if (code == ARCHIVE_EOF)
      return NULL;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) { /* WARN: a name outside the locale's characters */
      set_damaged (archive, error);
      return NULL;
    }
    name = archive_entry_pathname (*entry);
    if (name && g_utf8_validate (name, -1, NULL))
      return name;
  }
}

GHashTable *
app_zip_list (const char *path, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  struct archive *archive = open_zip (path, error);
  struct archive_entry *entry;
  GError *trouble = NULL;
  const char *name;

  if (!archive)
    return NULL;
  while (g_hash_table_size (names) < MAX_MEMBERS && (name = next_name (archive, &entry, &trouble)))
    g_hash_table_add (names, g_strdup (name));
  archive_read_free (archive);
  if (trouble) {
    g_propagate_error (error, trouble);
    return NULL;
  }
  return g_steal_pointer (&names);
}

/* Stands at the beginning of a member's bytes; NULL with `error`. */
static struct archive *
open_member (const char *path, const char *member, guint64 *size, GError **error)
{
  struct archive *archive = open_zip (path, error);
  struct archive_entry *entry;
  GError *trouble = NULL;
  const char *name;

  if (!archive)
    return NULL;
  while ((name = next_name (archive, &entry, &trouble)) && !g_str_equal (name, member))
    ;
  if (name) {
    *size = archive_entry_size_is_set (entry) ? MAX (archive_entry_size (entry), 0) : 0;
    return archive;
  }
  if (trouble)
    g_propagate_error (error, trouble);
  else
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("“%s” is not in the archive. Download it again."), member);
  archive_read_free (archive);
  return NULL;
}

GBytes *
app_zip_read (const char *path, const char *member, gsize max, GError **error)
{
  guint64 size;
  struct archive *archive = open_member (path, member, &size, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (1 << 16);
  la_ssize_t n = 0;

  if (!archive)
    return NULL;
  while (bytes->len <= max && (n = archive_read_data (archive, buffer, 1 << 16)) > 0)
    g_byte_array_append (bytes, buffer, n);
  if (n < 0)
    set_damaged (archive, error);
  else if (bytes->len > max)
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("“%s” in the archive is too long."), member);
  archive_read_free (archive);
  return n < 0 || bytes->len > max ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* ---- a member as a stream ---- */

#define APP_TYPE_ZIP_STREAM (app_zip_stream_get_type ())
G_DECLARE_FINAL_TYPE (AppZipStream, app_zip_stream, APP, ZIP_STREAM, GInputStream)

struct _AppZipStream {
  GInputStream parent;
  struct archive *archive;
};

G_DEFINE_FINAL_TYPE (AppZipStream, app_zip_stream, G_TYPE_INPUT_STREAM)

static gssize
app_zip_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  struct archive *archive = APP_ZIP_STREAM (stream)->archive;
  la_ssize_t n = archive_read_data (archive, buffer, count);

  if (n < 0)
    set_damaged (archive, error);
  return n < 0 ? -1 : n;
}

static void
app_zip_stream_finalize (GObject *object)
{
  archive_read_free (APP_ZIP_STREAM (object)->archive);
  G_OBJECT_CLASS (app_zip_stream_parent_class)->finalize (object);
}

static void
app_zip_stream_class_init (AppZipStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_zip_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = app_zip_stream_read;
}

static void
app_zip_stream_init (AppZipStream *self)
{
}

GInputStream *
app_zip_open (const char *path, const char *member, guint64 *size, GError **error)
{
  struct archive *archive = open_member (path, member, size, error);
  AppZipStream *stream;

  if (!archive)
    return NULL;
  stream = g_object_new (APP_TYPE_ZIP_STREAM, NULL);
  stream->archive = archive;
  return G_INPUT_STREAM (stream);
}
