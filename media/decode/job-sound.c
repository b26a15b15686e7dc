/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "job.h"
#include "sound.h"

static void
prepare (const MediaWireRequest *request)
{
  if (request->sample_rate < SOUND_MIN_RATE || request->sample_rate > SOUND_MAX_RATE || request->max_seconds == 0)
    job_fail (MEDIA_FAULT_REQUEST, 3, 0);
}

static bool
is_late (void *data)
{
  return job_time_left (data) < 0;
}

static void
tell (uint64_t done, uint64_t total, void *data)
{
  job_progress (done, total);
}

static void
run (Job *job)
{
  Sound sound = {
    .input = job->input,
    .size = job->input_size,
    .rate = job->request->sample_rate,
    .max_seconds = job->request->max_seconds,
    .is_late = is_late,
    .progress = tell,
    .data = job,
  };

  if (!sound_open (&sound))
    job_fail (sound.fault, sound.at, sound.of);
  job_record (MEDIA_RECORD_SOUND, sound.file_rate, sound.channels, 0, sound.format, strlen (sound.format));
  size_t room = sound_get_room (&sound);
  if (room > job_room () / sizeof (float))
    room = job_room () / sizeof (float);
  float *samples = (float *) job_record_begin (MEDIA_RECORD_SAMPLES, sound.rate, 0, 0, room * sizeof *samples);
  size_t n = sound_read (&sound, samples, room);
  if (n == 0)
    job_fail (sound.fault, sound.at, sound.of);
  job_record_cut (n * sizeof *samples);
  job_record_end ();
  if (sound.cut != 0)
    job_record (MEDIA_RECORD_CUT, sound.cut, 0, 0, NULL, 0);
  sound_clear (&sound);
}

const JobInfo job_sound = { "sound", prepare, run };
