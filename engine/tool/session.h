/* SPDX-License-Identifier: MIT */
/* Runs a model's graphs directly, on one thread and with a cache of its own: for the
 * commands that look at numbers. What the application does goes through the runner. */
#pragma once

#include "tool.h"

typedef struct {
  EngineModel         *model;
  EngineAdaptation     adaptation;             /* of --lora, in a command that takes it; with a reference */
  EngineCacheStore    *store;
  int32_t              n_sequences, n_context; /* tokens of each sequence */
  uint32_t            *page_numbers;           /* 0, 1, 2 … : sequence s has the pages from s · pages_each */
  uint32_t            *states;                 /* [pages_each] of each sequence: where its slice leaves its state */
  uint32_t            *latest;                 /* [n_sequences] where the last slice left it */
  EngineBatchSequence *sequences;              /* [n_sequences] */
  const float         *media;                  /* [n_embd, n_media] that tokens below 0 stand for; NULL: none */
  int32_t              n_media;
  const int32_t       *axes;                   /* [n_axes, n_context] of a model whose rope has several, the same for all sequences; NULL: a token's position on all */
  const int32_t       *lasts;                  /* [n_context] the last position that each token sees, the same for all sequences (columns.h); NULL: its own */
  EngineGraph          graph;                  /* of the last shape; n_tokens 0: none yet */
} ToolSession;

/* Tokens of one sequence that are to be run; all before `position` have been. The columns from
 * `first_output` on have their logits taken. */
typedef struct {
  int32_t        sequence, position, n_tokens, first_output;
  const int32_t *tokens;
} ToolSlice;

bool tool_session_init (ToolSession *session, EngineModel *model, int32_t n_context, int32_t n_sequences, EngineError *error);
void tool_session_clear (ToolSession *session);

/* One submission. `logits` takes [n_vocab] for each output, in order. */
bool tool_session_run (ToolSession *session, const ToolSlice *slices, int32_t n_slices, float *logits,
                       EngineNodeFunc inspect, void *inspect_user, EngineError *error);

/* The logits after the token at `position`. */
typedef bool (*ToolLogitsFunc) (void *user, int32_t position, const float *logits, EngineError *error);

/* Runs the tokens as sequence 0 from position 0, `batch` at a time, but what sees each other at once, and hands out the logits of the
 * positions from `first` on. */
bool tool_session_walk (ToolSession *session, const int32_t *tokens, int32_t n_tokens, int32_t first, int32_t batch,
                        ToolLogitsFunc func, void *user, EngineError *error);

/* log (sum (exp (logits))): subtract it from a logit to get the log-probability. */
double tool_log_sum_exp (const float *logits, int32_t n);
