/* SPDX-License-Identifier: MIT */
/* Threads that read experts from the file into stages: see expert-cache.h.
 *
 * A stage goes from FREE by `order` to QUEUED, then by a thread to READING and READ or FAILED, and back by `release`. Who orders is one thread.
 * Threads without work sleep. */
#pragma once

#include "backend.h"

typedef enum { ENGINE_STAGE_FREE, ENGINE_STAGE_QUEUED, ENGINE_STAGE_READING, ENGINE_STAGE_READ, ENGINE_STAGE_FAILED } EngineStageState;

typedef struct {
  EngineStageState    state;  /* under the reader's lock */
  bool                guess;  /* likewise: only when nothing else is to be read */
  uint64_t            order;  /* the first ordered is read first; 0: nobody wants it any more */
  const EngineTensor *tensor;
  size_t              offset, n;
  void               *owner;  /* of who ordered */
  uint8_t            *room;   /* [n + 2 · ENGINE_READ_ALIGN] */
  const uint8_t      *at;     /* READ: where the bytes are in it */
  EngineError         error;  /* FAILED */
} EngineStage;

typedef struct EngineReader EngineReader;

/* Stages for at most stage_bytes each, in `memory`, [n_stages · engine_reader_room (stage_bytes)] aligned to ENGINE_READ_ALIGN, which outlives it. NULL on error. */
EngineReader *engine_reader_new (uint8_t *memory, int32_t n_stages, size_t stage_bytes, EngineReadPastFunc read, void *user, EngineError *error);
void          engine_reader_free (EngineReader *reader);
size_t        engine_reader_room (size_t stage_bytes);

/* A stage for that; what was only guessed gives way to what is not. -1: none is free. `*lost`: the owner of the guess that gave way, or NULL. */
int32_t  engine_reader_order (EngineReader *reader, const EngineTensor *tensor, size_t offset, size_t n, void *owner, bool guess, void **lost);
/* The guess was right. */
void     engine_reader_want (EngineReader *reader, int32_t stage);
/* It was wrong, or is not wanted any more. False: it is just being read, and will be the first to give way. */
bool     engine_reader_doubt (EngineReader *reader, int32_t stage);
void     engine_reader_release (EngineReader *reader, int32_t stage);
/* READ and FAILED stay until the release, and what stands beside them may be read without more ado. */
EngineStageState   engine_reader_state (EngineReader *reader, int32_t stage);
const EngineStage *engine_reader_stage (const EngineReader *reader, int32_t stage);
/* Until some stage becomes READ or FAILED after the `*seen`th that did so, or, with false, `cancel` is true; counts on. NULL: never. */
bool     engine_reader_wait (EngineReader *reader, uint64_t *seen, const atomic_bool *cancel);
uint64_t engine_reader_arrivals (EngineReader *reader);
uint64_t engine_reader_bytes (EngineReader *reader);
