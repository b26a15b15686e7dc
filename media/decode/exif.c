/* SPDX-License-Identifier: MIT */
#include "exif.h"

#include <gexiv2/gexiv2.h>
#include <math.h>
#include <string.h>

void
exif_prepare (void)
{
  gexiv2_initialize ();
  gexiv2_log_set_level (GEXIV2_LOG_LEVEL_MUTE);
}

/* Metadata that cannot be read is no reason to refuse a picture. */
static GExiv2Metadata *
open_metadata (const uint8_t *bytes, size_t size)
{
  GExiv2Metadata *metadata = gexiv2_metadata_new ();
  if (size > G_MAXINT || !gexiv2_metadata_open_buf (metadata, bytes, (glong) size, NULL))
    g_clear_object (&metadata);
  return metadata;
}

int
exif_orientation (const uint8_t *bytes, size_t size)
{
  GExiv2Metadata *metadata = open_metadata (bytes, size);
  if (metadata == NULL)
    return 1;
  int orientation = (int) gexiv2_metadata_try_get_orientation (metadata, NULL);
  g_object_unref (metadata);
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/* "2024:05:17 14:03:22" → "2024-05-17 14:03:22"; anything else is not a date. */
static void
record_date (const char *raw)
{
  char date[20];
  if (raw == NULL || strlen (raw) < 19)
    return;
  memcpy (date, raw, 19);
  date[19] = '\0';
  for (int i = 0; i < 19; i++) {
    bool mark = i == 4 || i == 7 || i == 10 || i == 13 || i == 16;
    if (mark ? !(date[i] == ':' || date[i] == ' ' || date[i] == '-' || date[i] == 'T') : !g_ascii_isdigit (date[i]))
      return;
  }
  date[4] = date[7] = '-';
  date[10] = ' ';
  job_record (MEDIA_RECORD_DATE, 0, 0, 0, date, 19);
}

void
exif_record (Job *job)
{
  static const char *const dates[] = { "Exif.Photo.DateTimeOriginal", "Exif.Photo.DateTimeDigitized", "Exif.Image.DateTime" };
  GExiv2Metadata *metadata = open_metadata (job->input, job->input_size);
  char *date = NULL;
  double place[2];

  if (metadata == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (dates) && date == NULL; i++)
    date = gexiv2_metadata_try_get_tag_string (metadata, dates[i], NULL);
  record_date (date);
  g_free (date);
  if (gexiv2_metadata_try_get_gps_latitude (metadata, &place[0], NULL) && gexiv2_metadata_try_get_gps_longitude (metadata, &place[1], NULL) &&
      isfinite (place[0]) && isfinite (place[1]) && fabs (place[0]) <= 90 && fabs (place[1]) <= 180)
    job_record (MEDIA_RECORD_PLACE, 0, 0, 0, place, sizeof place);
  g_object_unref (metadata);
}
