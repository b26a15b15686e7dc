/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "picture.h"

static void
prepare (const MediaWireRequest *request)
{
  picture_prepare ();
}

static void
run (Job *job)
{
  Image image;
  uint32_t width, height;
  const char *label = picture_decode (job, job->request->max_side, &image, &width, &height);

  job_record (MEDIA_RECORD_FACTS, width, height, 0, label, strlen (label));
  job_record (MEDIA_RECORD_PIXELS, image.width, image.height, 0, image.rgba, (size_t) image.width * image.height * 4);
  free (image.rgba);
}

const JobInfo job_picture = { "picture", prepare, run };
