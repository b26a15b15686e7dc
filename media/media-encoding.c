/* SPDX-License-Identifier: MIT */
#include "media-encoding.h"

#include <string.h>

/* A file with more control characters than one in this many is no text, even if every byte is a valid one. */
#define CONTROLS_PER_TEXT 50

/* What Windows-1252 has at 0x80–0x9f; 0 where it has nothing. */
static const guint16 windows_1252[32] = {
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
  0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* A reader gives the character at *at and moves on; G_MAXUINT32 for one that is broken. `at < size` when called. */
typedef gunichar (*Reader) (const guint8 *bytes, gsize size, gsize *at);

static gunichar
read_utf8 (const guint8 *bytes, gsize size, gsize *at)
{
  gunichar c = g_utf8_get_char_validated ((const char *) bytes + *at, (gssize) MIN (size - *at, 6));
  if (c == (gunichar) -1 || c == (gunichar) -2) {
    /* A character that the end cuts in two is no fault. */
    gsize left = size - *at;
    gboolean early = c == (gunichar) -2 && left < 4;
    *at = early ? size : *at + 1;
    return early ? 0 : G_MAXUINT32;
  }
  *at += (gsize) g_unichar_to_utf8 (c, NULL);
  return c;
}

static gunichar
read_windows_1252 (const guint8 *bytes, gsize size, gsize *at)
{
  guint8 byte = bytes[(*at)++];
  if (byte < 0x80 || byte > 0x9f)
    return byte;
  return windows_1252[byte - 0x80] != 0 ? windows_1252[byte - 0x80] : G_MAXUINT32;
}

static gunichar
read_utf16 (const guint8 *bytes, gsize size, gsize *at, int high)
{
  if (size - *at < 2) {
    *at = size;
    return 0;
  }
  gunichar c = (gunichar) bytes[*at + (high ? 0 : 1)] << 8 | bytes[*at + (high ? 1 : 0)];
  *at += 2;
  if (c < 0xd800 || c > 0xdfff)
    return c;
  if (c > 0xdbff)
    return G_MAXUINT32;
  if (size - *at < 2) {
    *at = size;
    return 0;
  }
  gunichar low = (gunichar) bytes[*at + (high ? 0 : 1)] << 8 | bytes[*at + (high ? 1 : 0)];
  if (low < 0xdc00 || low > 0xdfff)
    return G_MAXUINT32;
  *at += 2;
  return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static gunichar
read_utf16_le (const guint8 *bytes, gsize size, gsize *at)
{
  return read_utf16 (bytes, size, at, 0);
}

static gunichar
read_utf16_be (const guint8 *bytes, gsize size, gsize *at)
{
  return read_utf16 (bytes, size, at, 1);
}

static gunichar
read_utf32 (const guint8 *bytes, gsize size, gsize *at, const int order[4])
{
  gunichar c = 0;
  if (size - *at < 4) {
    *at = size;
    return 0;
  }
  for (int i = 0; i < 4; i++)
    c = c << 8 | bytes[*at + (gsize) order[i]];
  *at += 4;
  return g_unichar_validate (c) ? c : G_MAXUINT32;
}

static gunichar
read_utf32_le (const guint8 *bytes, gsize size, gsize *at)
{
  static const int order[4] = { 3, 2, 1, 0 };
  return read_utf32 (bytes, size, at, order);
}

static gunichar
read_utf32_be (const guint8 *bytes, gsize size, gsize *at)
{
  static const int order[4] = { 0, 1, 2, 3 };
  return read_utf32 (bytes, size, at, order);
}

struct _MediaEncoding {
  const char *name;
  Reader read;
  gsize mark; /* bytes of the byte order mark */
};

static const MediaEncoding utf8 = { "UTF-8", read_utf8, 0 }, latin = { "Windows-1252", read_windows_1252, 0 };
static const MediaEncoding utf16_le = { "UTF-16LE", read_utf16_le, 0 }, utf16_be = { "UTF-16BE", read_utf16_be, 0 };

/* Text in UTF-16 without a mark: Western text has a NUL in every second byte, always on the same side. */
static const MediaEncoding *
guess_utf16 (const guint8 *bytes, gsize size)
{
  gsize n = MIN (size, 4096) / 2, even = 0, odd = 0;
  for (gsize i = 0; i < n; i++) {
    even += bytes[2 * i] == 0;
    odd += bytes[2 * i + 1] == 0;
  }
  if (n < 2 || size % 2 != 0)
    return NULL;
  if (odd * 10 >= n * 4 && even * 50 < n)
    return &utf16_le;
  if (even * 10 >= n * 4 && odd * 50 < n)
    return &utf16_be;
  return NULL;
}

const MediaEncoding *
media_encoding_guess (const guint8 *bytes, gsize size, gboolean whole)
{
  static const struct {
    gsize length;
    guint8 bytes[4];
    MediaEncoding encoding;
  } marks[] = {
    { 3, { 0xef, 0xbb, 0xbf }, { "UTF-8", read_utf8, 3 } },
    { 4, { 0xff, 0xfe, 0, 0 }, { "UTF-32LE", read_utf32_le, 4 } },
    { 4, { 0, 0, 0xfe, 0xff }, { "UTF-32BE", read_utf32_be, 4 } },
    { 2, { 0xff, 0xfe }, { "UTF-16LE", read_utf16_le, 2 } },
    { 2, { 0xfe, 0xff }, { "UTF-16BE", read_utf16_be, 2 } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (size >= marks[i].length && memcmp (bytes, marks[i].bytes, marks[i].length) == 0)
      return &marks[i].encoding;
  if (size > 0 && memchr (bytes, 0, size) != NULL)
    return guess_utf16 (bytes, size);
  const char *bad;
  if (g_utf8_validate ((const char *) bytes, (gssize) size, &bad))
    return &utf8;
  /* All is well but for half a character at the end: a file that was cut, unless that half is the only sign of UTF-8. (For GLib the bytes above 0xf4
   * may begin a character too; no character of Unicode begins so.) */
  gboolean half = (guint8) *bad <= 0xf4 && g_utf8_get_char_validated (bad, (gssize) ((const char *) bytes + size - bad)) == (gunichar) -2;
  if (half && (!whole || g_utf8_strlen ((const char *) bytes, bad - (const char *) bytes) < bad - (const char *) bytes))
    return &utf8;
  return &latin;
}

const MediaEncoding *
media_encoding_find (const char *name)
{
  static const MediaEncoding *const all[] = { &utf8, &latin, &utf16_le, &utf16_be };
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_ascii_strcasecmp (all[i]->name, name) == 0)
      return all[i];
  return NULL;
}

const char *
media_encoding_get_name (const MediaEncoding *encoding)
{
  return encoding->name;
}

gsize
media_encoding_get_mark (const MediaEncoding *encoding)
{
  return encoding->mark;
}

gunichar
media_encoding_next (const MediaEncoding *encoding, const guint8 *bytes, gsize size, gsize *at)
{
  return encoding->read (bytes, size, at);
}

char *
media_encoding_to_utf8 (const guint8 *bytes, gsize size, gsize max_text, const char **encoding, gboolean *cut)
{
  /* No encoding needs more than four bytes a character of one byte in UTF-8: what lies behind is cut anyway. */
  gsize looked_at = size / 4 > max_text ? max_text * 4 + 4 : size;
  const MediaEncoding *found = media_encoding_guess (bytes, looked_at, looked_at == size);
  gsize controls = 0, broken = 0, characters = 0;

  *cut = FALSE;
  if (found == NULL)
    return NULL;
  *encoding = found->name;
  GString *text = g_string_sized_new (MIN (looked_at, max_text) + 8);
  gunichar before = 0;
  for (gsize at = found->mark; at < looked_at;) {
    gunichar c = found->read (bytes, looked_at, &at);
    characters++;
    if (c == G_MAXUINT32 || !g_unichar_validate (c)) {
      broken++;
      c = 0xfffd;
    } else if (c == '\n' && before == '\r') {
      before = c;
      continue;
    } else if (c == 0 && at >= looked_at)
      break;
    else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7f) {
      before = c;
      controls++;
      continue;
    }
    before = c;
    if (c == '\r')
      c = '\n';
    char utf8_bytes[6];
    gsize n = (gsize) g_unichar_to_utf8 (c, utf8_bytes);
    if (text->len + n > max_text) {
      *cut = TRUE;
      break;
    }
    g_string_append_len (text, utf8_bytes, (gssize) n);
  }
  if (looked_at < size)
    *cut = TRUE;
  if (controls > characters / CONTROLS_PER_TEXT || broken > characters / CONTROLS_PER_TEXT) {
    g_string_free (text, TRUE);
    return NULL;
  }
  return g_string_free (text, FALSE);
}
