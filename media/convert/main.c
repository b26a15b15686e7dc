/* SPDX-License-Identifier: MIT */
/* melete-media: what a picture or a sound holds, for programs that decode nothing themselves.
 *
 *   melete-media picture FILE
 *   melete-media sound FILE RATE
 *
 * writes to stdout, in the byte order of this machine, four 32-bit numbers (MAGIC, width, height, channels) and then the pixels, rows from top to bottom, each channel a byte, no side longer
 * than MOST_SIDE; or (MAGIC, rate, samples, 1) and then the samples of one channel as floats. The bytes of the file are decoded by melete-decode, in its sandbox. What is wrong is one sentence on
 * stderr and the exit status 1. */
#include "media.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define MOST_SIDE 8192
#define MOST_SECONDS 3600
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

static gboolean
convert_sound (GBytes *input, guint rate, GError **error)
{
  g_autoptr (MediaResult) result = NULL;
  MediaRequest request;
  guint32 head[4] = { MAGIC, rate, 0, 1 };

  media_request_init (&request, MEDIA_JOB_SOUND);
  request.sample_rate = rate;
  request.max_seconds = MOST_SECONDS;
  result = media_decode (&request, input, NULL, NULL, NULL, error);
  if (!result)
    return FALSE;
  head[2] = (guint32) result->sound->n_samples;
  if (write_all (head, sizeof head) && write_all (media_sound_get_samples (result->sound), result->sound->n_samples * sizeof (float)) && fflush (stdout) == 0)
    return TRUE;
  g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, "The samples could not be written.");
  return FALSE;
}

/* 0: none that a sound can have. */
static guint
parse_rate (const char *text)
{
  guint64 rate;

  return g_ascii_string_to_unsigned (text, 10, 4000, 384000, &rate, NULL) ? (guint) rate : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) input = NULL;
  gboolean picture = argc == 3 && strcmp (argv[1], "picture") == 0;
  guint rate = argc == 4 && strcmp (argv[1], "sound") == 0 ? parse_rate (argv[3]) : 0;

  setlocale (LC_ALL, "");
  if (!picture && !rate) {
    fprintf (stderr, "Usage: melete-media picture FILE, or melete-media sound FILE RATE\n");
    return 2;
  }
  file = g_file_new_for_commandline_arg (argv[2]);
  input = g_file_load_bytes (file, NULL, NULL, &error);
  if (input && (picture ? convert_picture (input, &error) : convert_sound (input, rate, &error)))
    return 0;
  fprintf (stderr, "%s\n", error->message);
  return 1;
}
