/* SPDX-License-Identifier: MIT */
#include "request-calls.h"

#include "chat/calls-grammar.h"
#include "chat/calls-prompt.h"
#include "runner.h"

#include <stdio.h>
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

/* ---- grammars ---------------------------------------------------------------- */

void
engine_call_grammars_clear (EngineCallGrammars *grammars)
{
  for (int i = 0; i < ENGINE_CALL_GRAMMARS; i++) {
    free (grammars->kept[i].key);
    free (grammars->kept[i].trigger);
    engine_grammar_unref (grammars->kept[i].grammar);
  }
  *grammars = (EngineCallGrammars) { 0 };
}

/* All that a grammar depends on. malloc'd; NULL: no memory. */
static char *
key_of (const EngineRequestParams *params, EngineError *error)
{
  EngineText key = { 0 };

  engine_text_printf (&key, "%d", (int) params->tool_choice);
  for (size_t i = 0; i < params->n_tools; i++)
    engine_text_printf (&key, "\n%s\n%s", params->tools[i].name, params->tools[i].parameters ? params->tools[i].parameters : "");
  if (!key.failed)
    return key.bytes;
  free (key.bytes);
  return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the calls of an answer."), NULL;
}

/* A constraint by a grammar that is kept; NULL, and `*found` false: there is none. */
static EngineConstraint *
take_kept (EngineRunner *runner, const char *key, bool *found, EngineError *error)
{
  EngineCallGrammars *grammars = &runner->call_grammars;
  EngineConstraint *constraint = NULL;
  EngineGrammar *grammar = NULL;
  char *trigger = NULL;

  pthread_mutex_lock (&runner->lock);
  for (int i = 0; !grammar && i < ENGINE_CALL_GRAMMARS && grammars->kept[i].key; i++)
    if (strcmp (grammars->kept[i].key, key) == 0) {
      grammar = engine_grammar_ref (grammars->kept[i].grammar);
      trigger = grammars->kept[i].trigger ? strdup (grammars->kept[i].trigger) : NULL;
      *found = !grammars->kept[i].trigger || trigger;
    }
  pthread_mutex_unlock (&runner->lock);
  if (*found)
    constraint = engine_constraint_new (runner->model->vocab, grammar, trigger, error);
  engine_grammar_unref (grammar);
  free (trigger);
  return constraint;
}

/* Takes over key, trigger and the reference. */
static void
keep_grammar (EngineRunner *runner, char *key, char *trigger, EngineGrammar *grammar)
{
  EngineCallGrammars *grammars = &runner->call_grammars, last = { 0 };

  pthread_mutex_lock (&runner->lock);
  last.kept[0] = grammars->kept[ENGINE_CALL_GRAMMARS - 1];
  memmove (grammars->kept + 1, grammars->kept, (ENGINE_CALL_GRAMMARS - 1) * sizeof *grammars->kept);
  grammars->kept[0].key = key;
  grammars->kept[0].trigger = trigger;
  grammars->kept[0].grammar = grammar;
  pthread_mutex_unlock (&runner->lock);
  engine_call_grammars_clear (&last);
}

static EngineConstraint *
make_constraint (EngineRunner *runner, const EngineRequestCalls *calls, const EngineRequestParams *params, EngineError *error)
{
  char *key = key_of (params, error), *trigger = NULL;
  EngineConstraint *constraint;
  EngineGrammar *grammar;
  bool found = false;

  constraint = key ? take_kept (runner, key, &found, error) : NULL;
  if (!key || found) {
    free (key);
    return constraint;
  }
  grammar = engine_call_grammar_new (calls->format, calls->tools, params->tool_choice, runner->model->vocab, &trigger, error);
  if (!grammar) {
    free (key);
    return NULL;
  }
  constraint = engine_constraint_new (runner->model->vocab, grammar, trigger, error);
  keep_grammar (runner, key, trigger, grammar);
  return constraint;
}

/* ---- requests ------------------------------------------------------------------ */

bool
engine_request_calls_begin (EngineRequest *request, const EngineRequestParams *params, EngineError *error)
{
  const EngineModel *model = request->runner->model;
  EngineRequestCalls *calls;

  if (!params->n_tools || !params->n_messages || (params->grammar && params->tool_choice == ENGINE_TOOLS_NONE))
    return true;
  if (params->grammar)
    return engine_fail (error, ENGINE_BAD_INPUT, "An answer that may call tools follows their schemas, so it cannot follow another grammar; leave one of them out.");
  calls = engine_request_calls_new (model, params, error);
  if (calls)
    request->constraint = make_constraint (request->runner, calls, params, error);
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
  engine_spans_clear (&calls->fresh);
  engine_spans_clear (&calls->waiting);
  engine_spans_clear (&calls->taken);
  free (calls);
}

bool
engine_request_calls_mark (const EngineVocab *vocab, int32_t id, char **text, size_t *n_bytes, size_t *capacity, EngineError *error)
{
  EngineText out = { *text, *n_bytes, *capacity, false };
  size_t n;
  const char *mark = engine_vocab_text (vocab, id, &n);

  engine_text_append (&out, (char[]) { ENGINE_CALLS_OPEN }, 1);
  engine_text_append (&out, mark, n);
  engine_text_append (&out, (char[]) { ENGINE_CALLS_CLOSE }, 1);
  *text = out.bytes;
  *n_bytes = out.length;
  *capacity = out.capacity;
  return !out.failed || engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the text of an answer.");
}

bool
engine_request_calls_read (EngineRequestCalls *calls, const char *text, size_t n_bytes, EngineError *error)
{
  return engine_call_reader_push (calls->reader, text, n_bytes, &calls->fresh, error);
}

bool
engine_request_calls_end (EngineRequestCalls *calls, EngineError *error)
{
  return engine_call_reader_end (calls->reader, &calls->fresh, error);
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
  if (span->problem) {
    event->error.code = ENGINE_BAD_INPUT;
    snprintf (event->error.message, sizeof event->error.message, "%s", span->problem);
  }
  return true;
}
