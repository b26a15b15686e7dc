/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-size.h"

#include <langinfo.h>
#include <string.h>

char *
app_size_dup_text (guint64 bytes)
{
  guint64 unit = 1000;
  char *text, *point;
  gsize length;

  while (bytes / unit >= 1000)
    unit *= 1000;
  if (bytes / unit >= 100)
    bytes = (bytes + unit / 2) / unit * unit;
  /* GLib has the units in every language, and always one digit after the point. */
  text = g_format_size (bytes);
  point = strstr (text, nl_langinfo (RADIXCHAR));
  length = strlen (nl_langinfo (RADIXCHAR));
  if (bytes >= 1000 && point && point[length] == '0')
    memmove (point, point + length + 1, strlen (point + length + 1) + 1);
  return text;
}
