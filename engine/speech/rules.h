/* SPDX-License-Identifier: MIT */
/* What may come next in a transcript: Radford et al. 2022, section 4.5, and OpenAI's whisper, which has the same rules in other words. */
#pragma once

#include "decoding.h"

/* Takes the logits [n_vocab] to log-probabilities of what may follow the tokens [n]; -inf: it may not. Something always may. */
void engine_speech_rules_apply (const EngineSpeechTokens *tokens, int32_t n_vocab, const int32_t *said, int32_t n, float *logits);

/* How many times smaller a text becomes when what was there before is only pointed to: more than 2.4 is a model that goes round in circles. */
double engine_speech_repetition (const char *text, size_t n);
