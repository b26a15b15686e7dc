/* SPDX-License-Identifier: MIT */
#include "charset.h"

#include <glib.h>
#include <string.h>

#include "media-encoding.h"

/* What the WHATWG's encoding standard lists, by the C library's names. */
static const char *const names[] = {
  "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-7", "US-ASCII",
  "ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10",
  "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16",
  "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
  "CP437", "CP850", "CP866", "CP874", "CP932", "CP949", "MACINTOSH", "KOI8-R", "KOI8-U", "TIS-620",
  "SHIFT_JIS", "EUC-JP", "ISO-2022-JP", "EUC-KR", "ISO-2022-KR", "GB2312", "GBK", "GB18030", "BIG5", "BIG5-HKSCS", "HZ",
};

/* Never closed: their modules stay loaded while they are in use. */
static GIConv kept[G_N_ELEMENTS (names)];

void
charset_prepare (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (kept[i] == NULL)
      kept[i] = g_iconv_open ("UTF-8", names[i]);
}

/* Returns NULL when the encoding is not known. */
static char *
convert (const uint8_t *bytes, size_t size, const char *name, size_t max_bytes)
{
  GIConv iconv = g_iconv_open ("UTF-8", name);
  char piece[8192];
  char *in = (char *) bytes;

  if (iconv == (GIConv) -1)
    return NULL;
  GString *text = g_string_new (NULL);
  while (size > 0 && text->len < max_bytes) {
    char *out = piece;
    size_t room = MIN (sizeof piece, max_bytes - text->len), before = size;
    size_t result = g_iconv (iconv, &in, &size, &out, &room);
    g_string_append_len (text, piece, out - piece);
    if (result == (size_t) -1 && out == piece && before == size) {
      if (max_bytes - text->len < 8)
        break;
      /* A byte that is none of this encoding's. */
      g_string_append (text, "\xef\xbf\xbd");
      in++;
      size--;
    }
  }
  g_iconv_close (iconv);
  g_autofree char *raw = g_string_free (text, FALSE);
  return g_utf8_make_valid (raw, -1);
}

char *
charset_to_utf8 (const uint8_t *bytes, size_t size, const char *name, size_t max_bytes)
{
  const char *encoding;
  gboolean cut;
  char *text = NULL;

  /* A mark is more certain than a name. Pages that say "ISO-8859-1" mean Windows-1252, as every browser knows, and so does the guess. */
  bool marked = size >= 2 && (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "\xfe\xff", 2) == 0 || (size >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0));
  if (name != NULL && !marked && g_ascii_strcasecmp (name, "utf-8") != 0 && g_ascii_strcasecmp (name, "iso-8859-1") != 0 && g_ascii_strncasecmp (name, "utf-16", 6) != 0)
    text = convert (bytes, size, name, max_bytes);
  return text != NULL ? text : media_encoding_to_utf8 (bytes, size, max_bytes, &encoding, &cut);
}
