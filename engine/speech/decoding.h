/* SPDX-License-Identifier: MIT */
/* From what the encoder made of half a minute to the tokens of what was said there.
 *
 * Internal; one thread. */
#pragma once

#include "whisper.h"

/* For the tests. Lives as long as the transcriber. */
EngineModel *engine_transcriber_model (EngineTranscriber *transcriber);

/* Tokens that mean something to the decoder itself. */
typedef struct {
  int32_t start, end, before, silence, no_times, transcribe, translate; /* "<|startoftranscript|>", … */
  int32_t first_time;         /* "<|0.00|>"; all times stand behind it, fifty for a second */
  int32_t n_times;
  const int32_t *languages, *suppressed, *suppressed_first;
  size_t  n_languages, n_suppressed, n_suppressed_first;
} EngineSpeechTokens;

bool engine_speech_tokens_init (EngineSpeechTokens *tokens, const EngineModel *model, EngineError *error);

#define ENGINE_SPEECH_MOST_BEAMS 8

/* One way of going on: its tokens, and where its keys are. */
typedef struct {
  int32_t *tokens;            /* [capacity] behind the prompt */
  int32_t  n;
  double   logprob;           /* the sum */
  uint32_t *pages;            /* of the kind FULL */
} EngineSpeechBeam;

typedef struct {
  EngineModel        *model;
  EngineSpeechTokens  tokens;
  EngineCacheStore   *store;
  int32_t             n_beams, n_pages, n_sound_pages, capacity; /* beams at most; pages of each, and of the sound; tokens of an answer */
  uint32_t           *sound_pages, *uses; /* [n_sound_pages]; of each page of words, how many beams have it */
  EngineSpeechBeam    beams[ENGINE_SPEECH_MOST_BEAMS], next[ENGINE_SPEECH_MOST_BEAMS];
  float              *logits;   /* [n_vocab, n_beams + 1] */
  int32_t            *numbers;  /* of a batch */
  EngineGraph         graph;    /* of the last shape; n_tokens 0: none yet */
  uint64_t            random;
  const atomic_bool  *cancel;
} EngineSpeechDecoder;

bool engine_speech_decoder_init (EngineSpeechDecoder *decoder, EngineModel *model, const atomic_bool *cancel, EngineError *error);
void engine_speech_decoder_clear (EngineSpeechDecoder *decoder);

/* Encodes frames [n_mel, 2 · n_audio]; what follows is about them. `states` takes what the encoder made, [n_embd, n_audio]; NULL: nobody wants it. */
bool engine_speech_encode (EngineSpeechDecoder *decoder, const float *frames, float *states, EngineError *error);

/* Logits behind the tokens outputs[n_outputs] of a prompt, at most n_beams + 1, to decoder->logits. Nothing of what was decoded before is left. */
bool engine_speech_prompt (EngineSpeechDecoder *decoder, const int32_t *tokens, int32_t n, const int32_t *outputs, int32_t n_outputs, EngineError *error);

/* The language's token, and how likely it is among all. */
bool engine_speech_language (EngineSpeechDecoder *decoder, int32_t *token, double *probability, EngineError *error);

typedef struct {
  int32_t *tokens;  /* malloc'd; without the end */
  int32_t  n;
  double   logprob, silence; /* see EngineSpeechSegment */
} EngineSpeechAnswer;

/* What follows a prompt that begins the answer, with `start` at prompt[i_start]. Temperature 0: the likeliest of n_beams ways; above: the likeliest of n_beams that were drawn. */
bool engine_speech_decode (EngineSpeechDecoder *decoder, const int32_t *prompt, int32_t n_prompt, int32_t i_start, int32_t n_beams, double temperature, EngineSpeechAnswer *answer,
                           EngineError *error);
