/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "sound.h"
#include "video.h"

static void
prepare (const MediaWireRequest *request)
{
  bool sound = request->sample_rate != 0;

  if ((sound && (request->sample_rate < SOUND_MIN_RATE || request->sample_rate > SOUND_MAX_RATE)) || request->max_side == 0 || request->max_seconds == 0 || (request->until != 0 && request->until < request->from))
    job_fail (MEDIA_FAULT_REQUEST, 3, 0);
}

static bool
is_late (void *data)
{
  return job_time_left (data) < 0;
}

static uint32_t
to_ms (double seconds)
{
  return (uint32_t) lround (fmax (seconds, 0) * 1000);
}

/* Each is what is shown in the middle of its share of the time. Returns how many there are. */
static uint32_t
take_pictures (Video *video, uint32_t n, double from, double until)
{
  for (uint32_t i = 0; i < n; i++) {
    double second = from + (i + 0.5) * (until - from) / n;
    Image image;

    if (video->cut != 0 || !video_take (video, second, &image))
      return i;
    job_record (MEDIA_RECORD_FRAME, image.width, image.height, to_ms (second), image.rgba, (size_t) image.width * image.height * 4);
    free (image.rgba);
    job_progress (i + 1, n);
  }
  return n;
}

static void
take_sound (Video *video, uint32_t rate, double from, double until)
{
  size_t room = (size_t) ceil ((until - from) * rate);

  if (room > job_room () / sizeof (float))
    room = job_room () / sizeof (float);
  if (room == 0)
    return;
  float *samples = (float *) job_record_begin (MEDIA_RECORD_SAMPLES, rate, 0, 0, room * sizeof *samples);
  size_t n = video_hear (video, from, rate, samples, room);
  /* A record that is not ended is none. */
  if (n == 0)
    return;
  job_record_cut (n * sizeof *samples);
  job_record_end ();
}

static void
run (Job *job)
{
  const MediaWireRequest *request = job->request;
  Video video = {
    .input = job->input,
    .size = job->input_size,
    .max_side = request->max_side,
    .max_seconds = request->max_seconds,
    .is_late = is_late,
    .data = job,
  };

  if (!video_open (&video))
    job_fail (video.fault, video.at, video.of);
  job_record (MEDIA_RECORD_FACTS, video.width, video.height, 0, video.format, strlen (video.format));
  job_record (MEDIA_RECORD_LENGTH, video.has_sound, to_ms (video.seconds), 0, NULL, 0);
  double from = fmin (request->from * 1e-3, video.seconds), until = request->until != 0 ? fmin (request->until * 1e-3, video.seconds) : video.seconds;
  uint32_t n = request->max_frames != 0 ? take_pictures (&video, request->max_frames, from, until) : 0;
  if (request->max_frames != 0 && n == 0)
    job_fail (MEDIA_FAULT_DAMAGED, 0, 0);
  if (n < request->max_frames && video.cut == 0)
    video.cut = MEDIA_CUT_DAMAGE;
  if (request->sample_rate != 0)
    take_sound (&video, request->sample_rate, from, until);
  if (video.cut != 0)
    job_record (MEDIA_RECORD_CUT, video.cut, 0, 0, NULL, 0);
  video_clear (&video);
}

const JobInfo job_video = { "video", prepare, run };
