/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text files of any bytes: valid UTF-8 of no more than was asked for comes out, or nothing. */
#include "media-encoding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  gsize max_text = (gsize) data[0] * 16;
  const char *encoding = NULL;
  gboolean cut;
  /* A copy of the exact size, so that reading behind it is seen. */
  g_autofree guint8 *copy = g_memdup2 (data + 1, size - 1);
  g_autofree char *text = media_encoding_to_utf8 (copy, size - 1, max_text, &encoding, &cut);
  if (text != NULL && (strlen (text) > max_text || !g_utf8_validate (text, -1, NULL) || encoding == NULL || strchr (text, '\r') != NULL))
    abort ();
  return 0;
}
