/* SPDX-License-Identifier: MIT */
/* From a conversation to the tokens of a prompt; which turns are left out when it is too long.
 *
 * The cut depends only on the messages up to the turn that overflowed, so that it stays
 * where it is while the conversation grows again from half to full: walking over the user's
 * turns, whenever what is kept up to a turn has come to exceed the limit, the oldest turns
 * are dropped until half of the context is left. Lengths of messages are estimated each on
 * its own for that walk; a prompt that still does not fit loses further turns one by one. */
#include "runner.h"

#include <string.h>

/* What a template writes around a message, generously. */
#define MESSAGE_OVERHEAD 8

static bool
is_role (const EngineMessage *message, const char *role)
{
  return message->role && strcmp (message->role, role) == 0;
}

/* Tokens of the messages but those in [n_system, first), and the beginning of the answer. */
static bool
render (const EngineModel *model, const EngineRequestParams *params, size_t n_system, size_t first,
        int32_t **tokens, size_t *n_tokens, EngineError *error)
{
  size_t n_messages = params->n_messages - (first - n_system), n_bytes, n_prefix;
  EngineMessage *messages = engine_calloc (n_messages, sizeof *messages, error);
  char *text = NULL, *whole;
  bool ok = false;

  if (messages) {
    memcpy (messages, params->messages, n_system * sizeof *messages);
    memcpy (messages + n_system, params->messages + first, (params->n_messages - first) * sizeof *messages);
    text = engine_chat_render (model, messages, n_messages, true, error);
  }
  if (text && params->answer_prefix) {
    n_bytes = strlen (text);
    n_prefix = strlen (params->answer_prefix);
    whole = realloc (text, n_bytes + n_prefix + 1);
    if (whole) {
      memcpy (whole + n_bytes, params->answer_prefix, n_prefix + 1);
      text = whole;
    } else {
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
      free (text);
      text = NULL;
    }
  }
  if (text)
    ok = engine_tokenize (model, text, strlen (text), ENGINE_TOKENIZE_SPECIAL, tokens, n_tokens, error);
  free (text);
  free (messages);
  return ok;
}

/* The message from which on the conversation is kept. */
static bool
find_cut (const EngineModel *model, const EngineRequestParams *params, size_t n_system, int32_t n_context, int32_t limit,
          size_t *first, EngineError *error)
{
  size_t *lengths = engine_calloc (params->n_messages, sizeof *lengths, error);
  size_t system = 0, kept = 0;

  if (!lengths)
    return false;
  *first = n_system;
  for (size_t i = 0; i < params->n_messages; i++) {
    const EngineMessage *message = &params->messages[i];
    int32_t *ids;

    if (!engine_tokenize (model, message->content, strlen (message->content), ENGINE_TOKENIZE_PLAIN, &ids, &lengths[i], error)) {
      free (lengths);
      return false;
    }
    free (ids);
    lengths[i] += MESSAGE_OVERHEAD;
    if (i < n_system) {
      system += lengths[i];
      continue;
    }
    kept += lengths[i];
    if (!is_role (message, "user") || system + kept <= (size_t) limit)
      continue;

    /* The next beginning is a user's turn, at the latest this one. */
    while (*first < i && system + kept > (size_t) n_context / 2)
      do
        kept -= lengths[(*first)++];
      while (*first < i && !is_role (&params->messages[*first], "user"));
  }
  free (lengths);
  return true;
}

static bool
build_chat (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
            int32_t **tokens, size_t *n_tokens, size_t *dropped, EngineError *error)
{
  /* The answer gets an eighth of the context at least. */
  int32_t limit = n_context - n_context / 8;
  size_t n_system = 0, newest = params->n_messages - 1, first;

  for (size_t i = 0; i < params->n_messages; i++)
    if (!params->messages[i].role || !params->messages[i].content)
      return engine_fail (error, ENGINE_BAD_INPUT, "Message %zu has no role or no content.", i + 1);
  while (n_system < newest && is_role (&params->messages[n_system], "system"))
    n_system++;
  while (newest > n_system && !is_role (&params->messages[newest], "user"))
    newest--;

  *dropped = 0;
  if (!render (model, params, n_system, n_system, tokens, n_tokens, error))
    return false;
  if (*n_tokens <= (size_t) limit || newest == n_system)
    return true;

  free (*tokens);
  *tokens = NULL;
  if (!find_cut (model, params, n_system, n_context, limit, &first, error))
    return false;
  for (;;) {
    if (!render (model, params, n_system, first, tokens, n_tokens, error))
      return false;
    *dropped = first - n_system;
    if (*n_tokens <= (size_t) limit || first >= newest)
      return true;
    free (*tokens);
    *tokens = NULL;
    do
      first++;
    while (first < newest && !is_role (&params->messages[first], "user"));
  }
}

bool
engine_prompt_build (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
                     int32_t **tokens, int32_t *n_tokens, int32_t *dropped_messages, EngineError *error)
{
  int32_t *ids = NULL;
  size_t n = 0, dropped = 0;

  if (params->n_messages && params->messages) {
    if (!build_chat (model, params, n_context, &ids, &n, &dropped, error))
      return false;
  } else if (params->n_tokens && params->tokens) {
    for (size_t i = 0; i < params->n_tokens; i++)
      if (params->tokens[i] < 0 || params->tokens[i] >= engine_vocab_size (model->vocab))
        return engine_fail (error, ENGINE_BAD_INPUT, "Token %d of the prompt is not in the model's vocabulary of %d.",
                            params->tokens[i], engine_vocab_size (model->vocab));
    ids = engine_calloc (params->n_tokens, sizeof *ids, error);
    if (!ids)
      return false;
    n = params->n_tokens;
    memcpy (ids, params->tokens, n * sizeof *ids);
  }
  if (!n) {
    free (ids);
    return engine_fail (error, ENGINE_BAD_INPUT, "The prompt is empty.");
  }
  if (n >= (size_t) n_context) {
    free (ids);
    return engine_fail (error, ENGINE_BAD_INPUT, "The newest message is %zu tokens long, but the context holds %d; shorten it.",
                        n, n_context);
  }
  *tokens = ids;
  *n_tokens = (int32_t) n;
  *dropped_messages = (int32_t) dropped;
  return true;
}
