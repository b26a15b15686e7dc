/* SPDX-License-Identifier: MIT */
/* A backend that computes nothing: the "cache" of a position is a hash of all tokens up to
 * it, and the logits after it point at one token drawn from that hash. So the answer to any
 * prompt is known without a runner (fake_backend_next ()), and a wrong page, a lost position
 * or a mixed-up batch aborts the test or changes the answer.
 *
 * Runs can be held at a gate, slowed down, or made to fail. */
#pragma once

#include "model.h"

#include <pthread.h>

typedef struct {
  EngineBackend   backend;
  EngineModel    *model;
  EngineBackend  *replaced;

  pthread_mutex_t lock;
  pthread_cond_t  changed;
  /* Under the lock. */
  bool            gated;         /* a run waits for a permit, or for its cancel flag */
  int             permits, waiting;
  int             fail_after;    /* the run after so many fails; -1: none */
  EngineCode      fail_code;
  bool            no_numbers;    /* the logits are NaN */
  const int32_t  *script;        /* the answer instead, of n_script tokens, whose first is at position script_at; NULL: as fake_backend_next () has it */
  int32_t         script_at, n_script;
  float           peak;          /* the logit of what it says; 0: 8 */
  unsigned        microseconds;  /* that a token of a batch takes */
  uint64_t        n_runs, n_adapted, n_tokens, n_cancelled; /* n_adapted: runs with an adapter */
  int32_t         most_sequences, most_tokens;
} FakeBackend;

/* Puts the backend into the model, before a runner is made. */
FakeBackend *fake_backend_install (EngineModel *model);
/* Gives the model its own back and frees. The runner is gone. */
void         fake_backend_remove (FakeBackend *fake);

/* The token that follows. */
int32_t      fake_backend_next (const int32_t *tokens, size_t n_tokens);

void         fake_backend_gate (FakeBackend *fake, bool gated);
void         fake_backend_permit (FakeBackend *fake, int n);
/* Returns when a run stands at the gate. */
void         fake_backend_await (FakeBackend *fake);
