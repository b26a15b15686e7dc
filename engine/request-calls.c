/* SPDX-License-Identifier: MIT */
#include "request-calls.h"

#include "chat/calls-grammar.h"
#include "chat/calls-prompt.h"
#include "runner.h"

#include <stdlib.h>
#include <string.h>

static uint64_t
salt_of (const EngineRequestParams *params)
{
  uint64_t salt = 0xCBF29CE484222325u;

  /* Ids of one conversation differ from answer to answer. */
  for (size_t i = 0; i < params->n_messages; i++)
    for (const char *c = params->messages[i].content; c && *c; c++)
      salt = (salt ^ (unsigned char) *c) * 0x100000001B3u;
  return salt + params->n_messages;
}

EngineRequestCalls *
engine_request_calls_new (const EngineModel *model, const EngineRequestParams *params, EngineError *error)
{
  EngineRequestCalls *calls = engine_calloc (1, sizeof *calls, error);
  EngineCallPrompt prompt;

  if (!calls)
    return NULL;
  calls->tools = engine_call_tools_new (params->tools, params->n_tools, error);
  if (calls->tools && engine_call_prompt_init (&prompt, model, NULL, 0, NULL, error)) {
    calls->format = prompt.format;
    engine_call_prompt_clear (&prompt);
    calls->reader = engine_call_reader_new (calls->format, calls->tools, salt_of (params), error);
  }
  if (calls->reader)
    return calls;
  engine_request_calls_free (calls);
  return NULL;
}

bool
engine_request_calls_begin (EngineRequest *request, const EngineRequestParams *params, EngineError *error)
{
  const EngineModel *model = request->runner->model;
  EngineRequestCalls *calls;
  EngineGrammar *grammar;
  const char *trigger = NULL;

  if (!params->n_tools || !params->n_messages || (params->grammar && params->tool_choice == ENGINE_TOOLS_NONE))
    return true;
  if (params->grammar)
    return engine_fail (error, ENGINE_BAD_INPUT, "An answer that may call tools follows their schemas, so it cannot follow another grammar; leave one of them out.");
  calls = engine_request_calls_new (model, params, error);
  grammar = calls ? engine_call_grammar_new (calls->format, calls->tools, params->tool_choice, model->vocab, &trigger, error) : NULL;
  if (grammar)
    request->constraint = engine_constraint_new (model->vocab, grammar, trigger, error);
  engine_grammar_unref (grammar);
  if (params->tool_choice == ENGINE_TOOLS_NONE)
    engine_request_calls_free (calls);
  else
    request->calls = calls;
  return request->constraint && (!params->answer_prefix || engine_constraint_begin (request->constraint, params->answer_prefix, error));
}

void
engine_request_calls_free (EngineRequestCalls *calls)
{
  if (!calls)
    return;
  engine_call_reader_free (calls->reader);
  engine_call_tools_free (calls->tools);
  free (calls->bytes.bytes);
  engine_spans_clear (&calls->fresh);
  engine_spans_clear (&calls->waiting);
  engine_spans_clear (&calls->taken);
  free (calls);
}

bool
engine_request_calls_token (EngineRequestCalls *calls, const EngineVocab *vocab, EngineDecoder *decoder, int32_t id, EngineError *error)
{
  EngineText *bytes = &calls->bytes;
  size_t n;
  const char *text;

  bytes->length = 0;
  if (engine_vocab_is_special (vocab, id)) {
    text = engine_vocab_text (vocab, id, &n);
    engine_text_append (bytes, (char[]) { ENGINE_CALLS_OPEN }, 1);
    engine_text_append (bytes, text, n);
    engine_text_append (bytes, (char[]) { ENGINE_CALLS_CLOSE }, 1);
    if (bytes->failed)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the text of an answer.");
  } else if (!engine_vocab_decode (vocab, decoder, id, false, &bytes->bytes, &bytes->length, &bytes->capacity, error)) {
    return false;
  }
  return bytes->length == 0 || engine_call_reader_push (calls->reader, bytes->bytes, bytes->length, &calls->fresh, error);
}

bool
engine_request_calls_end (EngineRequestCalls *calls, EngineDecoder *decoder, EngineError *error)
{
  EngineText *bytes = &calls->bytes;

  bytes->length = 0;
  return engine_vocab_decode_end (decoder, &bytes->bytes, &bytes->length, &bytes->capacity, error) &&
         (bytes->length == 0 || engine_call_reader_push (calls->reader, bytes->bytes, bytes->length, &calls->fresh, error)) &&
         engine_call_reader_end (calls->reader, &calls->fresh, error);
}

bool
engine_request_calls_hand_over (EngineRequestCalls *calls, EngineError *error)
{
  size_t at = 0;

  for (size_t i = 0; i < calls->fresh.n; i++) {
    engine_spans_add (&calls->waiting, &calls->fresh.spans[i], calls->fresh.text.length ? calls->fresh.text.bytes + at : "");
    at += calls->fresh.spans[i].n_bytes + 1;
  }
  calls->fresh.n = calls->fresh.text.length = 0;
  return !(calls->waiting.failed || calls->waiting.text.failed) || engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the text of an answer.");
}

bool
engine_request_calls_wait (const EngineRequestCalls *calls)
{
  return calls->waiting.n > 0 || calls->next < calls->taken.n;
}

bool
engine_request_calls_next (EngineRequestCalls *calls, EngineEvent *event, bool *more)
{
  static const EngineEventKind kinds[] = { [ENGINE_SPAN_TEXT] = ENGINE_EVENT_TEXT, [ENGINE_SPAN_CALL] = ENGINE_EVENT_CALL, [ENGINE_SPAN_BROKEN] = ENGINE_EVENT_CALL_BROKEN };
  EngineSpans taken = calls->taken;
  const EngineSpan *span;

  *more = false;
  if (calls->next == taken.n) {
    taken.n = taken.text.length = 0;
    calls->taken = calls->waiting;
    calls->waiting = taken;
    calls->next = calls->at = 0;
    *more = true;
  }
  if (calls->next == calls->taken.n)
    return false;
  span = &calls->taken.spans[calls->next++];
  event->kind = kinds[span->kind];
  event->text = calls->taken.text.bytes ? calls->taken.text.bytes + calls->at : "";
  event->n_bytes = span->n_bytes;
  event->call = span->call;
  event->call_name = span->name;
  event->call_id = span->id;
  event->call_done = span->done;
  calls->at += span->n_bytes + 1;
  if (span->problem)
    engine_fail (&event->error, ENGINE_BAD_INPUT, "%s", span->problem);
  return true;
}
