/* SPDX-License-Identifier: MIT */
/* Experts of a model that is larger than memory.
 *
 * An expert's rows of one matrix are in one of three places. All are in the file. Those that a token has chosen, or probably will,
 * are read by threads of their own into *stages*, as they stand in the file. Of those that were chosen often some are in *slots*,
 * repacked as all weights are (EngineCpuWeight). From a stage they get into a slot as they are used, by the threads that multiply with
 * them; those that are worth less than what is in the slots already are repacked for the moment only.
 *
 * Worth is how often an expert was chosen, old times counting less and less. It is compared as it was before the choice that brings it:
 * a prompt, which takes all experts one after the other, then leaves the slots as they are, where the longest unused would be thrown away for ever just before its turn.
 *
 * One thread calls, the one that runs graphs; only expert-reader.c is of several. A node's experts are asked for as soon as they are known, taken as they arrive,
 * and given back. What is asked for when memory is short waits until a stage is free: two stages are enough for any model. */
#pragma once

#include "cpu.h"

typedef struct EngineCpuExpertCache EngineCpuExpertCache;

/* After a ROUTE: asks for what its columns have chosen, and guesses what the next layer's will. Nothing where all experts are in memory. */
void engine_cpu_experts_chosen (EngineCpuRun *run, const EngineNode *node);

/* What came of an expert that was asked for. */
typedef struct {
  int32_t        expert;
  const uint8_t *rows;   /* as in the file, to be repacked first; NULL: `groups` has them */
  uint8_t       *groups; /* where its groups are, or are to be; NULL: there is no slot for it */
} EngineCpuExpert;

/* For the tensors that are experts: with at most `bytes` for what is kept of them. `read` and `user` outlive it. NULL on error. */
EngineCpuExpertCache *engine_cpu_expert_cache_new (const EngineTensor *tensors, int32_t n_tensors, EngineCpuKeeping keeping, size_t bytes, EngineCpuSlabs *slabs,
                                                   EngineReadPastFunc read, void *user, EngineError *error);
void                  engine_cpu_expert_cache_free (EngineCpuExpertCache *cache);
/* The tensor's, by its name; NULL: it is none of those. As long as the cache. */
EngineCpuStream      *engine_cpu_expert_cache_find (EngineCpuExpertCache *cache, const EngineTensor *tensor);
void                  engine_cpu_expert_cache_stats (const EngineCpuExpertCache *cache, EngineExpertStats *stats);
/* How a row stands in the file. */
size_t                engine_cpu_stream_row_bytes (const EngineCpuStream *stream);
EngineType            engine_cpu_stream_type (const EngineCpuStream *stream);

/* Before a graph: forgets what was asked for and never taken. */
void engine_cpu_expert_cache_begin (EngineCpuExpertCache *cache);
/* Of one matrix that a node will multiply with. In the order in which they will be taken. */
void engine_cpu_expert_cache_ask (EngineCpuStream *stream, int32_t expert);
/* Those that were asked for now are all of that matrix: what was guessed beside them was wrong. */
void engine_cpu_expert_cache_settle (EngineCpuStream *stream);
/* Will perhaps be asked for: is read where nothing else is to do, and guesses are mostly right. */
bool engine_cpu_expert_cache_may_guess (const EngineCpuExpertCache *cache);
void engine_cpu_expert_cache_guess (EngineCpuStream *stream, int32_t expert);

/* Those of the experts [n], which were asked for and not taken yet, that are there; waits for the first. [n] `taken`; the other experts move to the front
 * of the list. 0 after filling `error`: what the file said, or CANCELLED. */
int32_t engine_cpu_expert_cache_take (EngineCpuStream *stream, int32_t *experts, int32_t n, EngineCpuExpert *taken, const atomic_bool *cancel, EngineError *error);
/* They are not needed any more; `packed`: the slots have what they should. */
void    engine_cpu_expert_cache_give_back (EngineCpuStream *stream, const EngineCpuExpert *taken, int32_t n, bool packed);
