/* SPDX-License-Identifier: MIT */
#include "sound_windows.h"

#include <math.h>
#include <string.h>

#define BEFORE (2 * ENGINE_MEL_HOP)                  /* samples before a window that its first frames hear, and are kept for it, in whole frames */
#define BEHIND (ENGINE_MEL_REACH - ENGINE_MEL_HOP)   /* samples behind a window that its last frame hears */
#define LEAST_FRAMES 2

typedef struct {
  float  *frames;          /* [n_mel, n_frames], as they were heard */
  int32_t n_frames, n_heard;
  float   least, floor;    /* the quietest band of a frame; what it was raised to when the window was given away */
  bool    given;
} Window;

struct EngineSoundWindows {
  EngineWindowShape shape;
  EngineMel *mel;
  EngineUsmMel *usm;       /* in its place, of windows that are apart */
  size_t     size, behind; /* samples of a window, and behind it that it hears */
  float     *waiting;      /* [BEFORE + size + 2 · BEHIND]: the samples before the next window, those of it, and what is heard behind it */
  size_t     n_before, n_waiting;
  float      most;         /* of all frames so far */
  Window    *windows;      /* [n], [capacity] */
  int32_t    n, capacity;
};

EngineSoundWindows *
engine_sound_windows_new (const EngineWindowShape *shape, EngineError *error)
{
  EngineSoundWindows *self = engine_calloc (1, sizeof *self, error);

  if (!self)
    return NULL;
  self->shape = *shape;
  self->size = (size_t) shape->n_frames * ENGINE_MEL_HOP;
  self->behind = shape->apart ? 0 : BEHIND;
  self->most = -INFINITY;
  if (shape->apart)
    self->usm = engine_usm_mel_new (shape->n_mel, error);
  else
    self->mel = engine_mel_new (shape->n_mel, error);
  self->waiting = self->mel || self->usm ? engine_calloc (BEFORE + self->size + 2 * BEHIND, sizeof *self->waiting, error) : NULL;
  if (self->waiting)
    return self;
  engine_sound_windows_free (self);
  return NULL;
}

void
engine_sound_windows_free (EngineSoundWindows *self)
{
  if (!self)
    return;
  for (int32_t i = 0; i < self->n; i++)
    free (self->windows[i].frames);
  free (self->windows);
  free (self->waiting);
  engine_mel_free (self->mel);
  engine_usm_mel_free (self->usm);
  free (self);
}

/* ---- from samples to windows ------------------------------------------------------ */

static bool
grow (EngineSoundWindows *self, EngineError *error)
{
  size_t capacity = self->capacity ? 2 * (size_t) self->capacity : 4;
  Window *larger;

  if (self->n < self->capacity)
    return true;
  larger = capacity <= INT32_MAX ? realloc (self->windows, capacity * sizeof *larger) : NULL;
  if (!larger)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for so long a sound.");
  self->windows = larger;
  self->capacity = (int32_t) capacity;
  return true;
}

/* One more window of n_frames frames. Those that no sample reaches of the `n` of the sound that wait are silence; behind them, up to n_waiting, are samples that the sound does not have. */
static bool
add_window (EngineSoundWindows *self, int32_t n_frames, int32_t n_heard, size_t n, EngineError *error)
{
  size_t n_mel = (size_t) self->shape.n_mel, reached = ENGINE_MIN ((size_t) n_frames, (n - self->n_before + ENGINE_MEL_REACH - 1) / ENGINE_MEL_HOP + 1);
  Window w = { .n_frames = n_frames, .n_heard = n_heard, .least = INFINITY };

  if (!grow (self, error))
    return false;
  w.frames = engine_calloc ((size_t) n_frames * n_mel, sizeof *w.frames, error);
  if (!w.frames)
    return false;
  engine_mel_frames (self->mel, self->waiting, self->n_waiting, self->n_before / ENGINE_MEL_HOP, reached, w.frames);
  for (size_t i = reached * n_mel; i < (size_t) n_frames * n_mel; i++)
    w.frames[i] = ENGINE_MEL_SILENCE;
  for (size_t i = 0; i < (size_t) n_frames * n_mel; i++) {
    w.least = fminf (w.least, w.frames[i]);
    self->most = fmaxf (self->most, w.frames[i]);
  }
  self->windows[self->n++] = w;
  return true;
}

/* The window of all samples that wait, which nothing else changes. */
static bool
take_apart (EngineSoundWindows *self, EngineError *error)
{
  size_t n_frames = engine_usm_mel_count (self->n_waiting);
  Window w = { .n_frames = (int32_t) n_frames, .n_heard = (int32_t) n_frames, .least = INFINITY };

  if (n_frames > 0) {
    if (!grow (self, error) || !(w.frames = engine_calloc (n_frames * (size_t) self->shape.n_mel, sizeof *w.frames, error)))
      return false;
    engine_usm_mel_frames (self->usm, self->waiting, self->n_waiting, w.frames);
    self->windows[self->n++] = w;
  }
  self->n_waiting = 0;
  return true;
}

/* The window that waits, of which all samples are there. */
static bool
take_window (EngineSoundWindows *self, EngineError *error)
{
  size_t begin = self->n_before + self->size - BEFORE;

  if (self->usm)
    return take_apart (self, error);
  if (!add_window (self, self->shape.n_frames, self->shape.n_frames, self->n_waiting, error))
    return false;
  self->n_waiting -= begin;
  memmove (self->waiting, self->waiting + begin, self->n_waiting * sizeof *self->waiting);
  self->n_before = BEFORE;
  return true;
}

bool
engine_sound_windows_push (EngineSoundWindows *self, const float *samples, size_t n, EngineError *error)
{
  while (n > 0) {
    size_t wanted = self->n_before + self->size + self->behind, some = ENGINE_MIN (n, wanted - self->n_waiting);

    memcpy (self->waiting + self->n_waiting, samples, some * sizeof *samples);
    self->n_waiting += some;
    samples += some;
    n -= some;
    if (self->n_waiting == wanted && !take_window (self, error))
      return false;
  }
  return true;
}

/* Frames of the last window, of n samples, at least one; of one that is cut or apart, perhaps none. */
static int32_t
frames_of (const EngineWindowShape *shape, size_t n)
{
  int32_t reached = (int32_t) ((n + ENGINE_MEL_HOP - 1) / ENGINE_MEL_HOP);

  if (shape->cut)
    return (int32_t) (n / ENGINE_MEL_HOP);
  if (shape->apart)
    return (int32_t) engine_usm_mel_count (n);
  return shape->filled ? reached : ENGINE_MIN (ENGINE_MAX (reached, LEAST_FRAMES), shape->n_frames);
}

/* Of a shape that is cut. A sound that is as short as the first window may have to be filled up. */
static bool
end_cut (EngineSoundWindows *self, EngineError *error)
{
  size_t n = self->n_waiting, least = self->n == 0 ? (size_t) self->shape.least : 0;
  int32_t n_frames;

  if (n == self->n_before)
    return true;
  if (n < least) {
    memset (self->waiting + n, 0, (least - n) * sizeof *self->waiting);
    n = least;
  }
  n_frames = frames_of (&self->shape, n - self->n_before);
  for (size_t i = 0; i < BEHIND; i++)
    self->waiting[n + i] = self->waiting[n - 2 - i];
  self->n_waiting = n + BEHIND;
  if (n_frames > 0 && !add_window (self, n_frames, n_frames, n, error))
    return false;
  self->n_waiting = self->n_before;
  return true;
}

/* What is filled up is mirrored at its end as most processors of the models do, though silence is there but for a sound that ends with the window. */
bool
engine_sound_windows_end (EngineSoundWindows *self, EngineError *error)
{
  size_t n, end;
  int32_t n_heard, n_frames;

  if (self->shape.cut)
    return end_cut (self, error);
  if (self->n_waiting > self->n_before + self->size && !take_window (self, error))
    return false;
  if (self->n_waiting == self->n_before)
    return true;
  if (self->usm)
    return take_apart (self, error);
  n = self->n_waiting;
  n_heard = frames_of (&self->shape, n - self->n_before);
  n_frames = self->shape.filled ? self->shape.n_frames : n_heard;
  end = self->n_before + (size_t) n_frames * ENGINE_MEL_HOP;
  memset (self->waiting + n, 0, (end - n) * sizeof *self->waiting);
  for (size_t i = 0; i < BEHIND; i++)
    self->waiting[end + i] = self->shape.goes_on ? 0 : self->waiting[end - 2 - i];
  self->n_waiting = end + BEHIND;
  if (!add_window (self, n_frames, n_heard, n, error))
    return false;
  self->n_waiting = self->n_before;
  return true;
}

/* ---- windows ---------------------------------------------------------------------- */

int32_t
engine_sound_windows_count (const EngineSoundWindows *self)
{
  return self->n;
}

int32_t
engine_sound_windows_heard (const EngineSoundWindows *self, int32_t window)
{
  return self->windows[window].n_heard;
}

/* No frame may be quieter than this. */
static float
floor_of (const EngineSoundWindows *self, const Window *w)
{
  return fmaxf (w->least, self->most - 8);
}

bool
engine_sound_windows_changed (const EngineSoundWindows *self, int32_t window)
{
  const Window *w = &self->windows[window];

  return !w->given || (!self->usm && floor_of (self, w) > w->floor);
}

void
engine_sound_windows_frames (EngineSoundWindows *self, int32_t window, float *frames)
{
  Window *w = &self->windows[window];
  size_t n_mel = (size_t) self->shape.n_mel, n = (size_t) w->n_frames * n_mel;

  memcpy (frames, w->frames, n * sizeof *frames);
  if (self->mel)
    engine_mel_scale (frames, n, self->most);
  memset (frames + n, 0, ((size_t) self->shape.n_frames * n_mel - n) * sizeof *frames);
  w->floor = floor_of (self, w);
  w->given = true;
}

void
engine_sound_windows_measure (const EngineWindowShape *shape, size_t n_samples, size_t *n_full, int32_t *n_heard)
{
  size_t size = (size_t) shape->n_frames * ENGINE_MEL_HOP, rest = n_samples % size;

  *n_full = n_samples / size;
  if (shape->cut && n_samples > 0 && n_samples < (size_t) shape->least)
    rest = (size_t) shape->least;
  *n_heard = rest ? frames_of (shape, rest) : 0;
}
