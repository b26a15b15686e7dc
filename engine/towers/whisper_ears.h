/* SPDX-License-Identifier: MIT */
/* The ears of models that were built upon Whisper's encoder (../speech/whisper.h): half a minute of its spectrogram, its two convolutions and its layers, and columns of several of theirs.
 *
 *   x = gelu (conv (gelu (conv (mel)))) + table;  layers: see vit.h, the keys without a bias;  norm;  what the kind makes of several columns of it, side by side
 *
 * Names in the file: llama.cpp's. */
#pragma once

#include "vit.h"

#define ENGINE_EARS_MOST_LAYERS 64
#define ENGINE_EARS_MOST_WEIGHTS 5

typedef struct EngineWhisperEars EngineWhisperEars;

/* What becomes of the half minute behind a sound that is shorter. */
typedef enum {
  ENGINE_EARS_HEAR_SILENCE,  /* silence, which is heard and has columns */
  ENGINE_EARS_LEAVE_SILENCE, /* silence that nothing sees, and columns that it would be a part of are left out */
  ENGINE_EARS_END,           /* nothing: the last column's place for more is zeros */
} EngineEarsRest;

typedef struct {
  EngineEarsRest rest;
  bool    mean;   /* of two columns, before the norm, and not several side by side behind it */
  int32_t piece;  /* columns: what nothing within sees beyond; an even number, with LEAVE_SILENCE; 0: the window */
  bool          (*load) (EngineModel *model, EngineWhisperEars *ears, EngineError *error); /* its own weights */
  EngineValueId (*build) (EngineGraph *graph, const EngineWhisperEars *ears, EngineValueId x);
} EngineWhisperEarsKind;

struct EngineWhisperEars {
  const EngineWhisperEarsKind *kind;
  int32_t        n_mel, n_audio, n_embd, stack, cache_layer; /* n_audio: columns of half a minute, of two frames each */
  EngineTensor  *conv[2], *conv_bias[2], *table, *norm, *norm_bias;
  EngineVitLayer layers[ENGINE_EARS_MOST_LAYERS];
  EngineTensor  *own[ENGINE_EARS_MOST_WEIGHTS];              /* of the kind */
};

/* All of a layer but the bias of its keys, which Whisper has not. */
bool engine_whisper_ears_layer_load (EngineModel *model, int32_t layer, int32_t n_embd, EngineVitLayer *l, EngineError *error);

/* For kinds that make W x + b of a column. */
bool engine_whisper_ears_matrix_load (EngineModel *model, EngineWhisperEars *ears, EngineError *error);
EngineValueId engine_whisper_ears_matrix_build (EngineGraph *graph, const EngineWhisperEars *ears, EngineValueId x);

/* `kind` is static. */
bool engine_whisper_ears_load (EngineModel *model, const EngineWhisperEarsKind *kind, EngineError *error);
bool engine_whisper_ears_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
void engine_whisper_ears_describe (const EngineModel *model, EngineTowerInfo *info);
EngineTowerWindows engine_whisper_ears_windows (const EngineModel *model);
int32_t engine_whisper_ears_columns (const EngineModel *model, int32_t n_heard);
bool engine_whisper_ears_hear (EngineTower *tower, EngineCacheStore *store, float *frames, int32_t n_heard, bool first, float *out, EngineError *error);
