/* SPDX-License-Identifier: MIT */
/* The calls of tools in a request's answer: between the runner's thread, which reads them, and the caller's, which takes them.
 *
 * Internal. */
#pragma once

#include "chat/calls.h"
#include "tokenizer/tokenizer.h"

typedef struct {
  EngineCallTools  *tools;
  const EngineCallFormat *format;
  EngineCallReader *reader;
  EngineText        bytes;   /* the runner's thread: of the latest token */
  EngineSpans       fresh;   /* the runner's thread: not handed over yet */
  EngineSpans       waiting; /* under the request's lock */
  EngineSpans       taken;   /* the caller's thread */
  size_t            next, at; /* of taken: the next span, and where its text begins */
} EngineRequestCalls;

/* Errors: BAD_INPUT (tools that cannot be used, no template), NO_MEMORY. */
EngineRequestCalls *engine_request_calls_new (const EngineModel *model, const EngineRequestParams *params, EngineError *error);
void engine_request_calls_free (EngineRequestCalls *calls);

/* What a request has for its tools: calls that are read, and a grammar. Errors: those of engine_request_calls_new (), and BAD_INPUT (another grammar, schemas of tools). */
bool engine_request_calls_begin (EngineRequest *request, const EngineRequestParams *params, EngineError *error);

/* ---- the runner's thread ---- */

/* Reads a token of the answer. */
bool engine_request_calls_token (EngineRequestCalls *calls, const EngineVocab *vocab, EngineDecoder *decoder, int32_t id, EngineError *error);
/* Nothing follows. */
bool engine_request_calls_end (EngineRequestCalls *calls, EngineDecoder *decoder, EngineError *error);
/* With the lock: what is fresh waits. */
bool engine_request_calls_hand_over (EngineRequestCalls *calls, EngineError *error);

/* ---- the caller's thread, with the lock ---- */

bool engine_request_calls_wait (const EngineRequestCalls *calls);
/* The next span as an event; `*more`: those of before are all taken, so the tokens that waited come with it. False: there is none. */
bool engine_request_calls_next (EngineRequestCalls *calls, EngineEvent *event, bool *more);
