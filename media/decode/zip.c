/* SPDX-License-Identifier: MIT */
#include "zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

struct Zip {
  GPtrArray *names;  /* of char, in the order of the archive */
  GHashTable *index; /* name → its place + 1; the first of a name counts */
  struct archive *archive; /* NULL: not at any entry */
  unsigned next;     /* the place of the entry that archive_read_next_header () will give */
  uint64_t entry;    /* bytes of this entry so far */
  uint64_t total;
};

bool
zip_matches (const Extract *extract)
{
  return extract->size >= 22 && memcmp (extract->input, "PK\3\4", 4) == 0;
}

void
zip_close (Zip *zip)
{
  if (zip->archive != NULL)
    archive_read_free (zip->archive);
  g_ptr_array_unref (zip->names);
  g_hash_table_unref (zip->index);
  g_free (zip);
}

static bool
rewind_archive (Extract *extract)
{
  Zip *zip = extract->zip;
  if (zip->archive != NULL)
    archive_read_free (zip->archive);
  zip->archive = archive_read_new ();
  zip->next = 0;
  archive_read_support_format_zip_seekable (zip->archive);
  return archive_read_open_memory (zip->archive, extract->input, extract->size) == ARCHIVE_OK;
}

/* The next entry; NULL at the end or where the archive is broken. */
static struct archive_entry *
next_entry (Zip *zip)
{
  struct archive_entry *entry;
  int code = archive_read_next_header (zip->archive, &entry);
  zip->next++;
  zip->entry = 0;
  /* A warning is about a name in letters that this locale has not. */
  return code == ARCHIVE_OK || code == ARCHIVE_WARN ? entry : NULL;
}

bool
zip_open (Extract *extract)
{
  struct archive_entry *entry;

  if (extract->zip != NULL)
    return extract->fault == MEDIA_FAULT_NONE;
  Zip *zip = extract->zip = g_new0 (Zip, 1);
  zip->names = g_ptr_array_new_with_free_func (g_free);
  zip->index = g_hash_table_new (g_str_hash, g_str_equal);
  if (!rewind_archive (extract)) {
    extract_fail (extract, MEDIA_FAULT_DAMAGED, extract->size, extract->size);
    return false;
  }
  while ((entry = next_entry (zip)) != NULL) {
    if (zip->names->len == ZIP_MAX_ENTRIES) {
      extract_fail (extract, MEDIA_FAULT_UNPACKED, 0, ZIP_MAX_ENTRIES);
      return false;
    }
    const char *raw = archive_entry_pathname (entry);
    char *name = g_utf8_make_valid (raw != NULL ? raw : "", -1);
    g_ptr_array_add (zip->names, name);
    if (!g_hash_table_contains (zip->index, name))
      g_hash_table_insert (zip->index, name, GUINT_TO_POINTER (zip->names->len));
    if (archive_entry_is_encrypted (entry) > 0)
      extract_fail (extract, MEDIA_FAULT_LOCKED, 0, 0);
  }
  if (zip->names->len == 0)
    extract_fail (extract, MEDIA_FAULT_DAMAGED, extract->size, extract->size);
  return extract->fault == MEDIA_FAULT_NONE;
}

bool
zip_has (const Extract *extract, const char *name)
{
  return extract->zip != NULL && g_hash_table_contains (extract->zip->index, name);
}

const char *
zip_name (const Extract *extract, unsigned i)
{
  return i < extract->zip->names->len ? g_ptr_array_index (extract->zip->names, i) : NULL;
}

/* Parts mostly lie in the order in which they are asked for; only for one that lies before is the archive begun again. */
bool
zip_enter (Extract *extract, const char *name)
{
  Zip *zip = extract->zip;
  unsigned place = zip != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (zip->index, name)) : 0;

  if (place == 0 || extract_is_over (extract))
    return false;
  if (zip->archive == NULL || zip->next >= place)
    if (!rewind_archive (extract))
      return false;
  while (zip->next < place)
    if (next_entry (zip) == NULL) {
      archive_read_free (zip->archive);
      zip->archive = NULL;
      return false;
    }
  return true;
}

int
zip_read (Extract *extract, char *buffer, int length)
{
  Zip *zip = extract->zip;
  la_ssize_t n = zip->archive != NULL ? archive_read_data (zip->archive, buffer, (size_t) length) : -1;

  if (n < 0)
    return -1;
  zip->entry += (uint64_t) n;
  zip->total += (uint64_t) n;
  uint64_t fair = ZIP_FREE_BYTES + (uint64_t) extract->size * ZIP_MAX_RATIO;
  uint64_t most = MIN (ZIP_MAX_TOTAL, fair);
  if (zip->entry > ZIP_MAX_ENTRY || zip->total > most) {
    extract_fail (extract, MEDIA_FAULT_UNPACKED, zip->total, MIN (most, zip->entry > ZIP_MAX_ENTRY ? ZIP_MAX_ENTRY : most));
    return -1;
  }
  return (int) n;
}

char *
zip_load (Extract *extract, const char *name, size_t max_bytes, size_t *length)
{
  char piece[16384];
  int n;

  if (!zip_enter (extract, name))
    return NULL;
  GString *text = g_string_new (NULL);
  while ((n = zip_read (extract, piece, (int) MIN (sizeof piece, max_bytes - text->len))) > 0)
    g_string_append_len (text, piece, n);
  if (n < 0 && text->len == 0) {
    g_string_free (text, TRUE);
    return NULL;
  }
  if (length != NULL)
    *length = text->len;
  return g_string_free (text, FALSE);
}

char *
zip_resolve (const char *from, const char *target)
{
  g_autofree char *path = g_uri_unescape_string (target, NULL);
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);

  if (path == NULL)
    path = g_strdup (target);
  path[strcspn (path, "#?")] = '\0';
  if (path[0] != '/') {
    const char *slash = strrchr (from, '/');
    g_autofree char *folder = slash != NULL ? g_strndup (from, (size_t) (slash - from) + 1) : g_strdup ("");
    char *whole = g_strconcat (folder, path, NULL);
    g_free (path);
    path = whole;
  }
  g_auto (GStrv) pieces = g_strsplit (path, "/", -1);
  for (unsigned i = 0; pieces[i] != NULL; i++) {
    if (strcmp (pieces[i], "..") == 0 && parts->len > 0)
      g_ptr_array_set_size (parts, (int) parts->len - 1);
    else if (pieces[i][0] != '\0' && strcmp (pieces[i], ".") != 0 && strcmp (pieces[i], "..") != 0)
      g_ptr_array_add (parts, g_strdup (pieces[i]));
  }
  g_ptr_array_add (parts, NULL);
  char *result = g_strjoinv ("/", (char **) parts->pdata);
  g_ptr_array_unref (parts);
  return result;
}
