/* SPDX-License-Identifier: MIT */
/* Makes a model file of another one, with its tensors in smaller types.
 *
 * Internal. Rows are read, turned to floats, encoded and written in stretches of some megabytes, so that a model needs no memory to speak of, however large it is. All
 * other facts are copied. A model in several files becomes one file. */
#pragma once

#include "mix.h"

#include <stdatomic.h>

/* Tensors whose names fit the pattern ("*" and "?" as in a shell) get the type. */
typedef struct {
  const char *pattern;
  EngineType  type;
} EngineRemakeChoice;

typedef struct {
  const EngineMix          *mix;
  const char               *importance; /* a file of them; NULL: none */
  int                       n_threads;  /* 0: as many as there are free cores; changes no byte */
  const EngineRemakeChoice *choices;    /* [n_choices], the first that fits counts */
  int                       n_choices;
  const atomic_bool        *cancel;     /* NULL: none */
  void                    (*progress) (void *user, double part); /* NULL: none; 0 … 1, on the caller's thread */
  void                     *user;
} EngineRemakeOptions;

typedef struct {
  uint64_t bytes_before, bytes, n_numbers; /* of the tensors, of the new file */
  int64_t  n_tensors, n_encoded, n_unfit;  /* unfit: their rows have a length that the wanted type cannot have */
  int64_t  n_again, n_without;             /* from a type that had lost something already; encoded without importances, where there is a file of them */
} EngineRemakeResult;

/* `out` is written whole or not at all. False after filling `error`: BAD_INPUT, IO, BAD_FILE, NO_MEMORY, CANCELLED. */
bool engine_remake (const char *in, const char *out, const EngineRemakeOptions *options, EngineRemakeResult *result, EngineError *error);
