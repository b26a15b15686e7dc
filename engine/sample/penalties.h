/* SPDX-License-Identifier: MIT */
/* What makes tokens more or less likely before any is left out: biases, penalties of repetition, DRY.
 *
 * Internal to engine/sample/. */
#pragma once

#include "base.h"

typedef struct EnginePenalties EnginePenalties;

/* `settings` have been checked; they and `breakers` (see sampler.h) outlive the penalties. `*penalties` is NULL where nothing
 * is on. */
bool engine_penalties_new (const EngineSampling *settings, int32_t n_vocab, const uint8_t *breakers, EnginePenalties **penalties, EngineError *error);
void engine_penalties_free (EnginePenalties *penalties);
/* A token of the prompt or the answer. */
void engine_penalties_accept (EnginePenalties *penalties, int32_t id);
/* Changes the clean logits [n_vocab]; they may be infinite afterwards, but never NaN. */
void engine_penalties_apply (EnginePenalties *penalties, float *logits);
