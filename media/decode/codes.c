/* SPDX-License-Identifier: MIT */
#include "codes.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#define MAX_CODES 32

/* The bytes of a code are UTF-8 today and Latin-1 in older ones. */
static char *
to_utf8 (const char *bytes, size_t length)
{
  if (g_utf8_validate (bytes, (gssize) length, NULL))
    return g_strndup (bytes, length);
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != '\0')
      g_string_append_unichar (text, (guchar) bytes[i]);
  return g_string_free (text, FALSE);
}

void
codes_record (const Image *image)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  /* Without BINARY short UTF-8 is taken for a Japanese encoding. */
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 1);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);

  zbar_image_t *picture = zbar_image_create ();
  zbar_image_set_format (picture, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (picture, image->width, image->height);
  zbar_image_set_data (picture, image_grey (image), (unsigned long) image->width * image->height, zbar_image_free_data);
  int count = 0;
  if (zbar_scan_image (scanner, picture) > 0)
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol (picture); symbol != NULL && count < MAX_CODES; symbol = zbar_symbol_next (symbol)) {
      const char *kind = zbar_get_symbol_name (zbar_symbol_get_type (symbol));
      char *text = to_utf8 (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol));
      size_t kind_length = strlen (kind), length = strlen (text);
      if (length > 0 && kind_length + 1 + length <= job_room ()) {
        uint8_t *room = job_record_begin (MEDIA_RECORD_CODE, 0, 0, 0, kind_length + 1 + length);
        memcpy (room, kind, kind_length + 1);
        memcpy (room + kind_length + 1, text, length);
        job_record_end ();
        count++;
      }
      g_free (text);
    }
  zbar_image_destroy (picture);
  zbar_image_scanner_destroy (scanner);
}
