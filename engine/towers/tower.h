/* SPDX-License-Identifier: MIT */
/* A tower from the inside: a part of a file beside a model ("mmproj"), that makes columns of the model's width of pictures or of sound.
 *
 * Internal. It is an EngineModel without words: the same tensors, graphs and backends, whole on one of them. Its graph begins with engine_graph_input () and ends with
 * one column [n_embd] for each token that stands for the picture or the sound. */
#pragma once

#include "../columns.h"
#include "../models/common.h"
#include "../prep/picture.h"
#include "sound_windows.h"

/* One picture on its way through a tower, as a whole or cut into tiles, which go through it one after the other and do not see each other. Arrays are malloc'd; engine_look_clear () frees
 * them. */
typedef struct EngineLook EngineLook;
struct EngineLook {
  int32_t  n_tiles;
  int32_t  n_tokens, n_columns;        /* of a tile: patches; what becomes of them */
  int32_t *spans, *axes;               /* as in EngineBatch, the same for each tile; NULL: none */
  float   *inputs[ENGINE_MAX_INPUTS];  /* of the graph */
  EnginePatches patches;               /* the picture, and how it is cut; side 0: the graph does not ask for it */
  int32_t *places;                     /* [n_columns] where each column of a tile's result belongs; NULL: where it is */
  uint8_t *pixels;                     /* of the tiles, one below the other: `patches` is of the first one; NULL: it has the caller's */
  size_t   tile_bytes;
  int32_t  n_across;                   /* columns in a row, for a model that turns them with their places (columns.h); 0: not */
  EngineLook *behind;                  /* what follows, in another size: all but across and runs; NULL: nothing */
  EngineMediaRun *runs;                /* of all tiles, and of those behind; NULL: one run, between the projector's words */
  int32_t  n_runs;
};

void engine_look_clear (EngineLook *look);

/* How a tower hears windows of a spectrogram. */
typedef struct {
  EngineWindowShape shape;
  int32_t n_frames;           /* that it is given of a window, at least shape.n_frames: zeros behind them */
  int32_t n_columns, n_pages; /* of a window that is full, and of the cache while it is encoded */
} EngineTowerWindows;

typedef struct {
  const char *type; /* the string of clip.<kind>.projector_type */
  EngineTowerKind kind;
  const char *before, *after; /* special tokens of the model that stand around what the tower makes */
  EngineArch arch;  /* its name is "clip.<kind>", with which its keys begin */
  /* Fills in what the file says: all but kind and projector. */
  void (*describe) (const EngineModel *model, EngineTowerInfo *info);
  /* Of one for pictures, what of a look its size alone says: tiles, columns and runs, at most max_columns columns (0: its own limit). */
  bool (*plan) (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error);
  /* All of it, of a look that is empty but for one tile. */
  bool (*look) (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error);
  /* Of one that hears windows; NULL: samples_per_token samples for each column, one after the other, whose state is in the cache. */
  EngineTowerWindows (*windows) (const EngineModel *model);
  /* The columns of a window of which so many frames are heard. */
  int32_t (*columns) (const EngineModel *model, int32_t n_heard);
  /* Encodes a window, [n_mel, n_frames] with zeros behind the last, the first one of the sound or a later one. The store has n_pages pages of the kind FULL and two of the kind STATE; `out` has room for the columns of a full window. */
  bool (*hear) (EngineTower *tower, EngineCacheStore *store, float *frames, int32_t n_heard, bool first, float *out, EngineError *error);
} EngineProjector;

struct EngineTower {
  int32_t       ref_count; /* atomic */
  EngineModel  *model;
  const EngineProjector *projector;
  EngineTowerInfo info;
  atomic_bool   cancel;
};

/* Runs the tower on n_tokens, with its graph's inputs, to `out`, [n_embd, n_columns]. The batch wants for n_tokens, outputs and cancel. BAD_INPUT where it runs already. */
bool engine_tower_run (EngineTower *tower, EngineBatch *batch, int32_t n_tokens, int32_t n_columns, float *const *inputs, EngineCacheStore *store, float *out, EngineError *error);
