/* SPDX-License-Identifier: MIT */
#include "extract-input.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define MARK "=== "
/* Bytes of text that a document may give here; short, so that running out of room is tried too. */
#define MAX_TEXT 8192

/* Returns the archive, NULL when there are no parts. */
static GByteArray *
pack (const uint8_t *data, size_t size)
{
  struct archive *out = archive_write_new ();
  size_t room = size * 4 + 65536, used = 0;
  uint8_t *packed = g_malloc (room);
  const char *at = (const char *) data, *end = at + size;
  GByteArray *bytes = NULL;

  archive_write_set_format_zip (out);
  archive_write_zip_set_compression_store (out);
  if (archive_write_open_memory (out, packed, room, &used) != ARCHIVE_OK)
    abort ();
  for (int n = 0; at < end && n < 32; n++) {
    const char *line = memchr (at, '\n', (size_t) (end - at));
    if (line == NULL)
      break;
    g_autofree char *name = g_strndup (at + strlen (MARK), MAX (0, line - at - (long) strlen (MARK)));
    const char *body = line + 1, *next = memmem (body, (size_t) (end - body), "\n" MARK, strlen ("\n" MARK));
    size_t length = (size_t) ((next != NULL ? next : end) - body);
    struct archive_entry *entry = archive_entry_new ();
    archive_entry_set_pathname (entry, name);
    archive_entry_set_size (entry, (la_int64_t) length);
    archive_entry_set_filetype (entry, AE_IFREG);
    if (archive_write_header (out, entry) >= ARCHIVE_WARN)
      archive_write_data (out, body, length);
    archive_entry_free (entry);
    at = next != NULL ? next + 1 : end;
  }
  archive_write_close (out);
  archive_write_free (out);
  bytes = g_byte_array_new ();
  g_byte_array_append (bytes, packed, (guint) used);
  g_free (packed);
  return bytes;
}

uint8_t *
fuzz_pack (const uint8_t *data, size_t *length)
{
  bool parts = *length > strlen (MARK) && memcmp (data, MARK, strlen (MARK)) == 0;
  g_autoptr (GByteArray) packed = parts ? pack (data, *length) : NULL;

  *length = parts ? packed->len : *length;
  /* A copy of the exact size, so that reading behind it is seen. */
  return g_memdup2 (parts ? packed->data : data, *length);
}

void
fuzz_extract (const uint8_t *data, size_t size, const char *hint)
{
  static bool ready;
  if (!ready)
    extract_prepare ();
  ready = true;

  size_t length = size;
  g_autofree uint8_t *copy = fuzz_pack (data, &length);
  Extract extract = { .input = copy, .size = length, .hint = hint, .max_text = MAX_TEXT };
  if (length == 0)
    return;
  extract_run (&extract);
  if ((extract.fault == MEDIA_FAULT_NONE) != (extract.text != NULL) || extract.fault >= MEDIA_FAULT_N)
    abort ();
  if (extract.text != NULL && (extract.format == NULL || strlen (extract.text) > MAX_TEXT || !g_utf8_validate (extract.text, -1, NULL)))
    abort ();
  if ((extract.title != NULL && !g_utf8_validate (extract.title, -1, NULL)) || (extract.sender != NULL && !g_utf8_validate (extract.sender, -1, NULL)))
    abort ();
  extract_clear (&extract);
}
