/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "extract.h"
#include "job.h"

static void
prepare (const MediaWireRequest *request)
{
  extract_prepare ();
}

static bool
is_late (void *data)
{
  return job_time_left (data) < 0;
}

static void
record_text (MediaRecordKind kind, const char *text)
{
  if (text != NULL)
    job_record (kind, 0, 0, 0, text, strlen (text));
}

static void
run (Job *job)
{
  Extract extract = {
    .input = job->input,
    .size = job->input_size,
    .hint = job->request->hint,
    .max_text = job->request->max_text,
    .is_late = is_late,
    .late_data = job,
  };

  extract_run (&extract);
  if (extract.fault != MEDIA_FAULT_NONE)
    job_fail (extract.fault, extract.at, extract.of);
  record_text (MEDIA_RECORD_FORMAT, extract.format);
  record_text (MEDIA_RECORD_TITLE, extract.title);
  record_text (MEDIA_RECORD_SENDER, extract.sender);
  for (uint32_t i = 0; i < MEDIA_COUNT_N; i++)
    if (extract.counts[i] > 0)
      job_record (MEDIA_RECORD_COUNT, i, 0, 0, &extract.counts[i], sizeof extract.counts[i]);
  record_text (MEDIA_RECORD_TEXT, extract.text);
  if (extract.cut != 0)
    job_record (MEDIA_RECORD_CUT, extract.cut, 0, 0, NULL, 0);
  extract_clear (&extract);
}

const JobInfo job_extract = { "extract", prepare, run };
