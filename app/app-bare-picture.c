/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-bare-picture.h"

#include <string.h>

static const guint8 png_start[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

/* Where the reading is; every step is checked against what is left. */
typedef struct {
  const guint8 *at, *end;
  GByteArray *out;
} Reading;

static gsize
left (const Reading *reading)
{
  return reading->end - reading->at;
}

static guint32
big_endian (const guint8 *bytes, guint n)
{
  guint32 value = 0;

  for (guint i = 0; i < n; i++)
    value = value << 8 | bytes[i];
  return value;
}

/* Copies or passes over `n` bytes, which are there. */
static void
take (Reading *reading, gsize n, gboolean copy)
{
  if (copy)
    g_byte_array_append (reading->out, reading->at, n);
  reading->at += n;
}

/* ---- JPEG: segments of a marker and a length; after a start of scan, coded bytes until the next marker ---- */

enum { JPEG_RST0 = 0xd0, JPEG_RST7 = 0xd7, JPEG_SOI = 0xd8, JPEG_EOI = 0xd9, JPEG_SOS = 0xda, JPEG_APP0 = 0xe0, JPEG_APP2 = 0xe2, JPEG_APP14 = 0xee, JPEG_APP15 = 0xef, JPEG_COM = 0xfe };

/* JFIF, the profile of the colours, and how Adobe coded them; no other notes. */
static gboolean
is_jpeg_kept (guint8 marker, const guint8 *segment, gsize n)
{
  if (marker == JPEG_APP2)
    return n >= 12 && memcmp (segment, "ICC_PROFILE", 12) == 0;
  if (marker > JPEG_APP0 && marker <= JPEG_APP15)
    return marker == JPEG_APP14;
  return marker != JPEG_COM;
}

/* What stands among coded bytes and ends nothing: a byte 0xff of theirs, and restarts. */
static gboolean
is_coded (guint8 marker)
{
  return marker == 0 || (marker >= JPEG_RST0 && marker <= JPEG_RST7);
}

/* Coded bytes as far as the next marker. FALSE: there is none. */
static gboolean
take_scan (Reading *reading)
{
  const guint8 *start = reading->at;

  while (left (reading) >= 2) {
    const guint8 *found = memchr (reading->at, 0xff, left (reading) - 1);
    if (!found)
      return FALSE;
    reading->at = found;
    if (found[1] != 0xff && !is_coded (found[1])) {
      g_byte_array_append (reading->out, start, found - start);
      return TRUE;
    }
    reading->at += found[1] == 0xff ? 1 : 2;
  }
  return FALSE;
}

static gboolean
take_jpeg (Reading *reading)
{
  take (reading, 2, TRUE);
  for (;;) {
    guint8 marker;
    gsize length;
    while (left (reading) >= 2 && reading->at[0] == 0xff && reading->at[1] == 0xff)
      reading->at++; /* what fills up */
    if (left (reading) < 2 || reading->at[0] != 0xff)
      return FALSE;
    marker = reading->at[1];
    if (marker == JPEG_EOI) {
      take (reading, 2, TRUE);
      return TRUE; /* whatever lies behind the picture stays here */
    }
    /* Where a segment before it is left out, what is coded would end somewhere else. */
    if (is_coded (marker) || left (reading) < 4 || (length = big_endian (reading->at + 2, 2)) < 2 || left (reading) - 2 < length)
      return FALSE;
    take (reading, 2 + length, is_jpeg_kept (marker, reading->at + 4, length - 2));
    if (marker == JPEG_SOS && !take_scan (reading))
      return FALSE;
  }
}

/* ---- PNG: chunks of a length, a type and a checksum ---- */

static gboolean
is_png_kept (const guint8 *type)
{
  static const char *const kept[] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs" };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (memcmp (type, kept[i], 4) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_png (Reading *reading)
{
  take (reading, sizeof png_start, TRUE);
  while (left (reading) >= 12) {
    guint32 length = big_endian (reading->at, 4);
    gboolean is_end = memcmp (reading->at + 4, "IEND", 4) == 0;
    if (left (reading) - 12 < length)
      return FALSE;
    take (reading, 12 + (gsize) length, is_png_kept (reading->at + 4));
    if (is_end)
      return TRUE;
  }
  return FALSE;
}

/* ---- both ---- */

const char *
app_bare_picture_type (GBytes *bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  if (n > APP_BARE_PICTURE_MOST)
    return NULL;
  if (n >= sizeof png_start && memcmp (data, png_start, sizeof png_start) == 0)
    return "image/png";
  return n >= 3 && data[0] == 0xff && data[1] == JPEG_SOI && data[2] == 0xff ? "image/jpeg" : NULL;
}

GBytes *
app_bare_picture (GBytes *bytes)
{
  const char *type = app_bare_picture_type (bytes);
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  Reading reading;
  gboolean ok;

  if (!type)
    return NULL;
  reading.at = data;
  reading.end = data + n;
  reading.out = g_byte_array_sized_new (n);
  ok = g_str_equal (type, "image/png") ? take_png (&reading) : take_jpeg (&reading);
  if (ok)
    return g_byte_array_free_to_bytes (reading.out);
  g_byte_array_unref (reading.out);
  return NULL;
}
