/* SPDX-License-Identifier: MIT */
/* From a conversation to the tokens of a prompt; which turns are left out when it is too long.
 *
 * The cut depends only on the messages up to the turn that overflowed, so that it stays
 * where it is while the conversation grows again from half to full: walking over the user's
 * turns, whenever what is kept up to a turn has come to exceed the limit, the oldest turns
 * are dropped until half of the context is left. For that walk the lengths of messages are
 * taken each on its own, with what the template writes around a message measured on a
 * sample; a prompt that still does not fit loses further turns one by one. */
#include "chat/calls-prompt.h"
#include "chat/thinking.h"
#include "runner.h"
#include "text.h"
#include "verbatim.h"

#include <string.h>

static bool
is_role (const EngineMessage *message, const char *role)
{
  return message->role && strcmp (message->role, role) == 0;
}

/* The user's turn after `first`, at the latest `newest`. */
static size_t
next_turn (const EngineRequestParams *params, size_t first, size_t newest)
{
  do
    first++;
  while (first < newest && !is_role (&params->messages[first], "user"));
  return ENGINE_MIN (first, newest);
}

/* The messages with special tokens hidden, and the beginning of the answer likewise. */
typedef struct {
  EngineVerbatim verbatim;
  EngineMediaList media;    /* of all messages */
  EngineMessage *messages;  /* [n] */
  size_t         n;
  char          *answer_prefix;
  EngineThinking thinking;
  char          *variables; /* of the template */
  EngineCallPrompt calls;   /* where there are any, or tools; else its format is NULL */
} Conversation;

static void
conversation_clear (Conversation *conversation)
{
  for (size_t i = 0; conversation->messages && i < conversation->n; i++) {
    free ((char *) conversation->messages[i].content);
    free ((char *) conversation->messages[i].thought);
    for (size_t k = 0; conversation->messages[i].calls && k < conversation->messages[i].n_calls; k++)
      free ((char *) conversation->messages[i].calls[k].arguments);
    free ((EngineToolCall *) conversation->messages[i].calls);
  }
  free (conversation->variables);
  free (conversation->messages);
  engine_call_prompt_clear (&conversation->calls);
  free (conversation->answer_prefix);
  engine_verbatim_clear (&conversation->verbatim);
  engine_media_list_clear (&conversation->media);
}

/* What a message consists of, in one text, malloc'd; NULL on error. */
static char *
join_parts (Conversation *conversation, const EngineModel *model, const EngineMessage *message, EngineError *error)
{
  EngineText all = { 0 };
  bool ok = true;

  engine_text_append (&all, "", 0);
  for (size_t i = 0; ok && i < message->n_parts; i++) {
    EngineMedia *media = message->parts[i].media;
    char *text;
    int32_t place;

    if (media && media->n_embd != model->hparams.n_embd * model->hparams.n_media_parts) {
      ok = engine_fail (error, ENGINE_BAD_INPUT, "A picture or a sound was prepared for a model with %d numbers in a column, and this one has %d; prepare it with the part that belongs to this model.",
                        media->n_embd, model->hparams.n_embd * model->hparams.n_media_parts);
    } else if (media) {
      place = engine_media_list_add (&conversation->media, media, error);
      ok = place >= 0 && engine_verbatim_media (&conversation->verbatim, place, &all, error);
    } else if (message->parts[i].text) {
      text = engine_verbatim_hide (&conversation->verbatim, model->vocab, message->parts[i].text, error);
      ok = text != NULL;
      if (ok)
        engine_text_append (&all, text, strlen (text));
      free (text);
    }
  }
  if (ok && !all.failed)
    return all.bytes;
  if (ok)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  free (all.bytes);
  return NULL;
}

/* Bytes of a message in front of which examples are shown: the next turn goes without them, and what stands behind them is evaluated once more for it. */
#define SHOWN_BEFORE 2000

/* Says behind the last message of the user how the answer is to be thought about, and in front of it what that looks like. */
static bool
ask_to_think (Conversation *conversation, const char *show, const char *ask, EngineError *error)
{
  EngineText text = { 0 };
  size_t i = conversation->n;

  while (ask && i > 0 && !is_role (&conversation->messages[i - 1], "user"))
    i--;
  if (!ask || !i)
    return true;
  if (show && strlen (conversation->messages[i - 1].content) <= SHOWN_BEFORE)
    engine_text_append (&text, show, strlen (show));
  engine_text_append (&text, conversation->messages[i - 1].content, strlen (conversation->messages[i - 1].content));
  engine_text_append (&text, ask, strlen (ask));
  if (text.failed) {
    free (text.bytes);
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  }
  free ((char *) conversation->messages[i - 1].content);
  conversation->messages[i - 1].content = text.bytes;
  return true;
}

/* The calls of a message, special tokens in their arguments hidden. */
static bool
copy_calls (Conversation *conversation, const EngineModel *model, const EngineMessage *message, EngineMessage *copy, EngineError *error)
{
  EngineToolCall *calls = engine_calloc (message->n_calls, sizeof *calls, error);

  if (!calls)
    return false;
  copy->calls = calls;
  copy->n_calls = message->n_calls;
  for (size_t i = 0; i < message->n_calls; i++) {
    const EngineToolCall *call = &message->calls[i];

    calls[i] = (EngineToolCall) { call->id, call->name, engine_call_hide_json (&conversation->verbatim, model->vocab, call->arguments && call->arguments[0] ? call->arguments : "{}", error) };
    if (!calls[i].arguments)
      return false;
  }
  return true;
}

static bool
conversation_init (Conversation *conversation, const EngineModel *model, const EngineRequestParams *params, EngineError *error)
{
  EngineVerbatim *verbatim = &conversation->verbatim;
  bool tools = params->n_tools > 0;

  memset (conversation, 0, sizeof *conversation);
  conversation->n = params->n_messages;
  conversation->messages = engine_calloc (params->n_messages, sizeof *conversation->messages, error);
  if (!conversation->messages)
    return false;
  for (size_t i = 0; i < params->n_messages; i++) {
    const EngineMessage *message = &params->messages[i];

    if (!message->role || (!message->content && !message->n_parts && !message->n_calls))
      return engine_fail (error, ENGINE_BAD_INPUT, "Message %zu has no role or no content.", i + 1);
    conversation->messages[i].role = message->role;
    conversation->messages[i].call_id = message->call_id;
    conversation->messages[i].call_name = message->call_name;
    conversation->messages[i].content = message->n_parts ? join_parts (conversation, model, message, error) : engine_verbatim_hide (verbatim, model->vocab, message->content ? message->content : "", error);
    if (!conversation->messages[i].content || (message->n_calls && !copy_calls (conversation, model, message, &conversation->messages[i], error)))
      return false;
    if (message->thought && !(conversation->messages[i].thought = engine_verbatim_hide (verbatim, model->vocab, message->thought, error)))
      return false;
    tools |= message->n_calls > 0 || is_role (message, "tool");
  }
  conversation->thinking = params->thinking;
  /* What an answer goes on from was thought about. */
  if (params->answer_prefix && params->thinking.think == ENGINE_THINK_ON)
    conversation->thinking.think = ENGINE_THINK_OFF;
  conversation->variables = engine_thinking_variables (model->thinking, &conversation->thinking, error);
  if (!conversation->variables || !ask_to_think (conversation, engine_thinking_show (model->thinking, &conversation->thinking), engine_thinking_ask (model->thinking, &conversation->thinking), error) ||
      (tools && !engine_call_prompt_init (&conversation->calls, model, params->tools, params->n_tools, verbatim, error)))
    return false;
  if (params->answer_prefix)
    conversation->answer_prefix = engine_verbatim_hide (verbatim, model->vocab, params->answer_prefix, error);
  return !params->answer_prefix || conversation->answer_prefix;
}

/* Tokens of the messages but those in [n_system, first), and the beginning of the answer. */
static bool
render (const EngineModel *model, const Conversation *conversation, size_t n_system, size_t first,
        int32_t **tokens, size_t *n_tokens, EngineError *error)
{
  size_t n_messages = conversation->n - (first - n_system);
  EngineMessage *messages = engine_calloc (n_messages, sizeof *messages, error);
  char *rendered = NULL;
  EngineText text = { 0 };
  bool ok = false;

  if (messages) {
    memcpy (messages, conversation->messages, n_system * sizeof *messages);
    memcpy (messages + n_system, conversation->messages + first, (conversation->n - first) * sizeof *messages);
    const char *variables = conversation->variables ? conversation->variables : "";

    rendered = conversation->calls.format ? engine_call_prompt_render (&conversation->calls, model, messages, n_messages, true, variables, error)
                                          : engine_chat_render_with (model, messages, n_messages, true, variables, error);
  }
  if (rendered) {
    engine_text_append (&text, rendered, strlen (rendered));
    if (conversation->thinking.think != ENGINE_THINK_RAW) {
      const char *begin = engine_thinking_begin (model->thinking, conversation->thinking.think, conversation->calls.format != NULL, rendered);

      engine_text_append (&text, begin, strlen (begin));
    }
    if (conversation->answer_prefix)
      engine_text_append (&text, conversation->answer_prefix, strlen (conversation->answer_prefix));
    ok = text.failed ? engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.")
                     : engine_verbatim_encode (&conversation->verbatim, &conversation->media, model->vocab, text.bytes, tokens, n_tokens, error);
  }
  free (text.bytes);
  free (rendered);
  free (messages);
  return ok;
}

static bool
sample_length (const EngineModel *model, size_t n_messages, size_t *length, EngineError *error)
{
  EngineMessage messages[] = { { "user", "a" }, { "assistant", "a" }, { "user", "a" } };
  Conversation sample = { .messages = messages, .n = n_messages };
  int32_t *ids;

  if (!render (model, &sample, 0, 0, &ids, length, error))
    return false;
  free (ids);
  return true;
}

/* The message from which on the conversation is kept. */
static bool
find_cut (const EngineModel *model, const EngineRequestParams *params, const Conversation *conversation, size_t n_system, int32_t n_context, int32_t limit,
          size_t *first, EngineError *error)
{
  size_t *lengths = engine_calloc (params->n_messages, sizeof *lengths, error);
  size_t system, kept = 0, around, three;

  if (!lengths || !sample_length (model, 1, &system, error) || !sample_length (model, 3, &three, error)) {
    free (lengths);
    return false;
  }
  around = three > system ? (three - system) / 2 : 0;
  system += conversation->calls.tools ? strlen (conversation->calls.tools) / 3 : 0;
  *first = n_system;
  for (size_t i = 0; i < params->n_messages; i++) {
    const EngineMessage *message = &params->messages[i];
    int32_t *ids;

    if (!engine_verbatim_encode (&conversation->verbatim, &conversation->media, model->vocab, conversation->messages[i].content, &ids, &lengths[i], error)) {
      free (lengths);
      return false;
    }
    free (ids);
    for (size_t k = 0; k < message->n_calls; k++)
      lengths[i] += strlen (conversation->messages[i].calls[k].arguments) / 3 + around;
    lengths[i] += around;
    if (i < n_system) {
      system += lengths[i];
      continue;
    }
    kept += lengths[i];
    if (!is_role (message, "user") || system + kept <= (size_t) limit)
      continue;

    while (*first < i && system + kept > (size_t) n_context / 2)
      for (size_t next = next_turn (params, *first, i); *first < next; ++*first)
        kept -= lengths[*first];
  }
  free (lengths);
  return true;
}

/* More bytes than this for each token of the context, and the whole need not be tried. */
#define HOPELESS_BYTES 16

static bool
build_chat (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
            int32_t **tokens, size_t *n_tokens, EngineMediaList *media, size_t *dropped, EngineError *error)
{
  /* The answer gets an eighth of the context at least. */
  int32_t limit = n_context - n_context / 8;
  size_t n_system = 0, newest = params->n_messages - 1, n_bytes = 0, first;
  Conversation conversation;
  bool ok = conversation_init (&conversation, model, params, error), cut = false;

  for (size_t i = 0; ok && i < params->n_messages; i++)
    n_bytes += strlen (conversation.messages[i].content);
  n_bytes += ok && conversation.calls.tools ? strlen (conversation.calls.tools) : 0;
  while (ok && n_system < newest && is_role (&params->messages[n_system], "system"))
    n_system++;
  while (ok && newest > n_system && !is_role (&params->messages[newest], "user"))
    newest--;
  first = n_system;
  if (ok && n_bytes / HOPELESS_BYTES > (size_t) n_context) {
    ok = find_cut (model, params, &conversation, n_system, n_context, limit, &first, error);
    cut = true;
  }
  ok = ok && render (model, &conversation, n_system, first, tokens, n_tokens, error);

  for (; ok && *n_tokens > (size_t) limit && first < newest; cut = true) {
    free (*tokens);
    *tokens = NULL;
    if (!cut)
      ok = find_cut (model, params, &conversation, n_system, n_context, limit, &first, error);
    if (cut || first == n_system)
      first = next_turn (params, first, newest);
    ok = ok && render (model, &conversation, n_system, first, tokens, n_tokens, error);
  }
  *dropped = first - n_system;
  if (ok && media) {
    *media = conversation.media;
    conversation.media = (EngineMediaList) { 0 };
  }
  conversation_clear (&conversation);
  return ok;
}

bool
engine_prompt_build_any (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
                         int32_t **tokens, size_t *n_tokens, EngineMediaList *media, int32_t *dropped_messages, EngineError *error)
{
  int32_t *ids = NULL;
  size_t n = 0, dropped = 0;

  if (params->n_messages && params->messages) {
    if (!build_chat (model, params, n_context, &ids, &n, media, &dropped, error))
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
  *tokens = ids;
  *n_tokens = n;
  *dropped_messages = (int32_t) dropped;
  return true;
}

bool
engine_prompt_build (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
                     int32_t **tokens, int32_t *n_tokens, EngineMediaList *media, int32_t *dropped_messages, EngineError *error)
{
  int32_t *ids, dropped;
  size_t n;

  if (!engine_prompt_build_any (model, params, n_context, &ids, &n, media, &dropped, error))
    return false;
  for (int32_t i = 0; i < media->n; i++)
    if (!media->media[i]->columns) {
      free (ids);
      engine_media_list_clear (media);
      return engine_fail (error, ENGINE_BAD_INPUT, "A picture or a sound was only measured, and has nothing that the model could take; prepare it first.");
    }
  if (n >= (size_t) n_context) {
    free (ids);
    engine_media_list_clear (media);
    if (!params->n_messages)
      return engine_fail (error, ENGINE_BAD_INPUT, "The prompt is %zu tokens long, but the context holds %d; shorten it.", n, n_context);
    return engine_fail (error, ENGINE_BAD_INPUT, "The newest message with its instructions is %zu tokens long, but the context holds %d; shorten it.",
                        n, n_context);
  }
  *tokens = ids;
  *n_tokens = (int32_t) n;
  *dropped_messages = dropped;
  return true;
}
