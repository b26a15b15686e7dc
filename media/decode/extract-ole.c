/* SPDX-License-Identifier: MIT */
/* Compound files (OLE): the binary formats of before 2007, and newer documents that are locked with a password, which are put into one. None is read; what it is
 * decides the sentence. Only the directory's names are looked at: entries of 128 bytes that begin with a name of 32 characters in UTF-16. */
#include <string.h>

#include "extract.h"

static bool
matches (Extract *extract)
{
  return extract->size >= 512 && memcmp (extract->input, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

static bool
has_entry (const uint8_t *entry, const char *name)
{
  size_t length = strlen (name);
  for (size_t i = 0; i <= length; i++)
    if (entry[2 * i] != (uint8_t) name[i] || entry[2 * i + 1] != 0)
      return false;
  return true;
}

static void
read_ole (Extract *extract)
{
  static const struct {
    const char *name;
    MediaOldFormat format;
  } streams[] = {
    { "WordDocument", MEDIA_OLD_WORD }, { "Workbook", MEDIA_OLD_EXCEL }, { "Book", MEDIA_OLD_EXCEL },
    { "PowerPoint Document", MEDIA_OLD_POWERPOINT }, { "__properties_version1.0", MEDIA_OLD_OUTLOOK },
  };
  MediaOldFormat found = MEDIA_OLD_OTHER;

  for (size_t at = 512; at + 128 <= extract->size; at += 128) {
    const uint8_t *entry = extract->input + at;
    if (has_entry (entry, "EncryptedPackage")) {
      extract_fail (extract, MEDIA_FAULT_LOCKED, 0, 0);
      return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS (streams) && found == MEDIA_OLD_OTHER; i++)
      if (has_entry (entry, streams[i].name))
        found = streams[i].format;
  }
  extract_fail (extract, MEDIA_FAULT_OLD_FORMAT, found, 0);
}

const ExtractFormat extract_ole = { matches, read_ole };
