/* SPDX-License-Identifier: MIT */
/* A sound file: any bytes end with samples that are numbers from -1 to 1, no more than there is room for, or with a fault. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "sound.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Short, so that running out of it is tried too. */
#define MAX_SECONDS 2

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy of the exact size, so that reading behind it is seen. */
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  Sound sound = { .input = copy, .size = size, .rate = size % 2 == 0 ? 16000 : 24000, .max_seconds = MAX_SECONDS };

  if (sound_open (&sound)) {
    size_t room = sound_get_room (&sound);
    if (room > (MAX_SECONDS + 1) * (size_t) sound.rate || sound.format == NULL || sound.file_rate == 0 || sound.channels == 0)
      abort ();
    g_autofree float *samples = g_new (float, room);
    size_t n = sound_read (&sound, samples, room);
    if (n > room || (n == 0) != (sound.fault != MEDIA_FAULT_NONE))
      abort ();
    for (size_t i = 0; i < n; i++)
      if (!(samples[i] >= -1 && samples[i] <= 1))
        abort ();
  } else if (sound.fault == MEDIA_FAULT_NONE || sound.fault >= MEDIA_FAULT_N)
    abort ();
  sound_clear (&sound);
  return 0;
}
