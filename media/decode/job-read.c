/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "exif.h"
#include "job.h"
#include "ocr.h"
#include "picture.h"

static void
prepare (const MediaWireRequest *request)
{
  picture_prepare ();
  ocr_prepare (request->languages);
}

static void
run (Job *job)
{
  Image image;
  uint32_t width, height;
  const char *label = picture_decode (job, job->request->max_side, &image, &width, &height);

  /* From the quick to the slow: what is complete when time runs out is kept. */
  job_record (MEDIA_RECORD_FACTS, width, height, 0, label, strlen (label));
  exif_record (job);
  codes_record (&image);
  job_progress (0, 1);
  OcrText text = ocr_read (&image, job_time_left (job));
  size_t length = text.length;
  if (length > job->request->max_text || length > job_room ()) {
    length = job->request->max_text < job_room () ? (size_t) job->request->max_text : job_room ();
    while (length > 0 && ((uint8_t) text.text[length] & 0xc0) == 0x80)
      length--;
    job_record (MEDIA_RECORD_TEXT, 0, 1, (uint32_t) text.confidence, text.text, length);
    job_record (MEDIA_RECORD_CUT, MEDIA_CUT_TEXT, 0, 0, NULL, 0);
  } else
    job_record (MEDIA_RECORD_TEXT, 0, 1, (uint32_t) text.confidence, text.text, length);
  if (text.out_of_time)
    job_record (MEDIA_RECORD_CUT, MEDIA_CUT_TIME, 0, 0, NULL, 0);
  free (text.text);
  free (image.rgba);
}

const JobInfo job_read = { "read", prepare, run };
