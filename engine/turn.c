/* SPDX-License-Identifier: MIT */
/* A conversation after its answer: how the next prompt will begin.
 *
 * Nobody knows yet what will be asked. So the prompt is made for two questions that have nothing in common, and what is the same in both is what every next prompt begins with. */
#include "runner.h"

#include <string.h>

struct EngineTurn {
  EngineMessage *messages; /* [n + 2]: those of the request, the answer, a question */
  size_t         n;
  EngineThinking thinking;
  EngineText     answer;
};

EngineTurn *
engine_turn_new (const EngineModel *model, const EngineRequestParams *params, EngineError *error)
{
  EngineTurn *turn = engine_calloc (1, sizeof *turn, error);
  bool ok = turn != NULL;

  if (ok)
    turn->messages = engine_calloc (params->n_messages + 2, sizeof *turn->messages, error);
  ok = ok && turn->messages;
  for (size_t i = 0; ok && i < params->n_messages; i++) {
    const EngineMessage *message = &params->messages[i];
    EngineText content = { 0 };

    if (message->content && !message->n_parts)
      engine_text_append (&content, message->content, strlen (message->content));
    for (size_t k = 0; k < message->n_parts; k++)
      if (message->parts[k].text && !message->parts[k].media)
        engine_text_append (&content, message->parts[k].text, strlen (message->parts[k].text));
    engine_text_append (&content, "", 0);
    turn->n = i + 1;
    turn->messages[i] = (EngineMessage) { .role = strdup (message->role), .content = content.bytes, .thought = message->thought ? strdup (message->thought) : NULL };
    ok = turn->messages[i].role && !content.failed && !(message->thought && !turn->messages[i].thought);
  }
  if (ok) {
    turn->thinking = params->thinking;
    turn->thinking.strength = params->thinking.strength ? strdup (params->thinking.strength) : NULL;
    ok = !params->thinking.strength || turn->thinking.strength;
  }
  if (ok)
    return turn;
  engine_turn_free (turn);
  engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the conversation.");
  return NULL;
}

void
engine_turn_free (EngineTurn *turn)
{
  if (!turn)
    return;
  for (size_t i = 0; turn->messages && i < turn->n; i++) {
    free ((char *) turn->messages[i].role);
    free ((char *) turn->messages[i].content);
    free ((char *) turn->messages[i].thought);
  }
  free ((char *) turn->thinking.strength);
  free (turn->messages);
  free (turn->answer.bytes);
  free (turn);
}

void
engine_turn_add (EngineTurn *turn, const char *text, size_t n_bytes)
{
  engine_text_append (&turn->answer, text, n_bytes);
}

static bool
build (const EngineTurn *turn, const EngineModel *model, int32_t n_context, const char *question, int32_t **tokens, size_t *n_tokens, EngineError *error)
{
  EngineRequestParams params = { .messages = turn->messages, .n_messages = turn->n + 2, .thinking = turn->thinking };
  int32_t dropped;

  turn->messages[turn->n] = (EngineMessage) { .role = "assistant", .content = turn->answer.bytes };
  turn->messages[turn->n + 1] = (EngineMessage) { .role = "user", .content = question };
  return engine_prompt_build_any (model, &params, n_context, tokens, n_tokens, NULL, &dropped, error);
}

bool
engine_turn_next (const EngineTurn *turn, const EngineModel *model, int32_t n_context, int32_t **tokens, size_t *n_tokens, EngineError *error)
{
  int32_t *one = NULL, *other = NULL;
  size_t n_one = 0, n_other = 0, n = 0;
  bool ok = turn->answer.bytes && !turn->answer.failed && build (turn, model, n_context, "a", &one, &n_one, error) && build (turn, model, n_context, "0", &other, &n_other, error);

  while (ok && n < n_one && n < n_other && n + 1 < (size_t) n_context && one[n] == other[n])
    n++;
  free (other);
  if (!ok) {
    free (one);
    return false;
  }
  *tokens = one;
  *n_tokens = n;
  return true;
}
