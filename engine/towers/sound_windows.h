/* SPDX-License-Identifier: MIT */
/* A sound as windows of a spectrogram, Whisper's or another, for towers that hear half a minute at a time, or less.
 *
 * Internal. How deep silence may be is told by the loudest frame of the whole sound (mel.h). So the frames of all windows are kept; where a louder one comes later, windows with silence in them
 * have changed, and whoever has encoded them does it once more. Windows are the same to the bit however the sound comes. */
#pragma once

#include "../speech/mel.h"
#include "usm_mel.h"

typedef struct {
  int32_t n_mel, n_frames; /* bands; frames of a window */
  bool    filled;          /* the last window is filled with silence, which has frames too; not: there are no more frames than the sound reaches, and at least two */
  bool    goes_on;         /* behind the last frame there is silence, and not the sound mirrored */
  bool    cut;             /* the last window, not filled, has whole frames alone, and the sound is mirrored at its very end */
  int32_t least;           /* with `cut`: samples that a shorter sound is filled up to with silence, which is heard; at least as many as are mirrored, 42 */
  bool    apart;           /* the spectrogram is that of usm_mel.h: no window hears another's samples, nor is anything told by the loudest; a window has fewer frames than n_frames */
} EngineWindowShape;

typedef struct EngineSoundWindows EngineSoundWindows;

EngineSoundWindows *engine_sound_windows_new (const EngineWindowShape *shape, EngineError *error);
void           engine_sound_windows_free (EngineSoundWindows *windows);

/* A window is there once a few samples behind it are, or the sound has ended. */
bool    engine_sound_windows_push (EngineSoundWindows *windows, const float *samples, size_t n, EngineError *error);
bool    engine_sound_windows_end (EngineSoundWindows *windows, EngineError *error);

int32_t engine_sound_windows_count (const EngineSoundWindows *windows);
/* Frames of a window that samples stand for, at most n_frames. */
int32_t engine_sound_windows_heard (const EngineSoundWindows *windows, int32_t window);
/* Whether engine_sound_windows_frames () would give another window than it has, or has given none. */
bool    engine_sound_windows_changed (const EngineSoundWindows *windows, int32_t window);
/* [n_mel, n_frames], zeros behind the last frame. */
void    engine_sound_windows_frames (EngineSoundWindows *windows, int32_t window, float *frames);

/* The same of a sound of so many samples: how many windows are full, and the frames heard of the one behind them (0: there is none). */
void    engine_sound_windows_measure (const EngineWindowShape *shape, size_t n_samples, size_t *n_full, int32_t *n_heard);
