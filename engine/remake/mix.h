/* SPDX-License-Identifier: MIT */
/* Mixes: which type each tensor of a model file gets, by the names under which people know model files.
 *
 * Internal. A name of a mix says what most matrices get; those that suffer most (the values of attention, the way down out of the feed-forward part, the
 * vocabulary) get more bits in some layers, as in the files that are around. Vectors and small or delicate matrices stay as they are. */
#pragma once

#include "gguf.h"

typedef struct {
  const char *name;      /* "Q4_K_M" */
  uint32_t    file_type; /* what general.file_type says of it */
  EngineType  base;
} EngineMix;

/* In any case of letters; NULL: there is none of that name. */
const EngineMix *engine_mix_find (const char *name);
/* The names in order; NULL behind the last one. */
const char *engine_mix_name (size_t index);

/* What the mixes want to know of a model. */
typedef struct {
  bool    tied;          /* the vocabulary is read and written by one matrix */
  bool    importances;   /* there are importances */
  int64_t n_layers, n_experts, queries_per_key;
  int64_t n_values;      /* layers that have a matrix for the values of attention */
} EngineMixModel;

void engine_mix_look (const EngineGguf *gguf, bool importances, EngineMixModel *model);

/* Whether the tensor may be encoded at all. */
bool       engine_mix_takes (const EngineTensor *tensor);
EngineType engine_mix_type (const EngineMix *mix, const EngineGguf *gguf, const EngineMixModel *model, const EngineTensor *tensor);
/* `type`, or what comes closest to it among those that rows of that length can have. */
EngineType engine_mix_fitting (EngineType type, int64_t row);
