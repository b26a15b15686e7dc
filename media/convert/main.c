/* SPDX-License-Identifier: MIT */
/* melete-media: what a picture holds, for programs that decode nothing themselves.
 *
 *   melete-media picture FILE
 *
 * writes to stdout, in the byte order of this machine, four 32-bit numbers (0x4d454c31, width, height, channels) and then the pixels, rows from top to bottom, each channel a byte, no side longer
 * than MOST_SIDE. The bytes of the file are decoded by melete-decode, in its sandbox. What is wrong is one sentence on stderr and the exit status 1. */
#include "media.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define MOST_SIDE 8192
#define MAGIC 0x4d454c31u

static gboolean
write_all (gconstpointer bytes, gsize n)
{
  return fwrite (bytes, 1, n, stdout) == n;
}

static gboolean
convert_picture (GBytes *input, GError **error)
{
  g_autoptr (MediaResult) result = NULL;
  MediaRequest request;
  guint32 head[4] = { MAGIC };
  gsize row;
  gboolean ok;

  media_request_init (&request, MEDIA_JOB_PICTURE);
  request.max_side = MOST_SIDE;
  result = media_decode (&request, input, NULL, NULL, NULL, error);
  if (!result)
    return FALSE;
  head[1] = result->picture->width;
  head[2] = result->picture->height;
  head[3] = 4;
  row = (gsize) result->picture->width * 4;
  ok = write_all (head, sizeof head);
  for (guint y = 0; ok && y < result->picture->height; y++)
    ok = write_all ((const guint8 *) g_bytes_get_data (result->picture->pixels, NULL) + y * result->picture->stride, row);
  if (!ok || fflush (stdout) != 0)
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, "The pixels could not be written.");
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) input = NULL;

  setlocale (LC_ALL, "");
  if (argc != 3 || strcmp (argv[1], "picture") != 0) {
    fprintf (stderr, "Usage: melete-media picture FILE\n");
    return 2;
  }
  file = g_file_new_for_commandline_arg (argv[2]);
  input = g_file_load_bytes (file, NULL, NULL, &error);
  if (input && convert_picture (input, &error))
    return 0;
  fprintf (stderr, "%s\n", error->message);
  return 1;
}
