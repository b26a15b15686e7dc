/* SPDX-License-Identifier: MIT */
#include "thought.h"

#include "text.h"
#include "tokenizer/vocab.h"

#include <string.h>

#define ANSWER_ROOM 512 /* tokens of the context that a thought leaves to the answer, or an eighth */

struct EngineThought {
  const EngineThinkingFamily *family;
  EngineThinking params;
  EngineStage   stage;
  EngineThoughtEnd end;
  int32_t       first;      /* the thought's first token in the request */
  int32_t       n_most;     /* tokens of the request at which it ends, whatever the cap is */
  int32_t       n;          /* tokens so far, with marks */
  int32_t       mark_ids[ENGINE_THINKING_MARKS]; /* -1: not one token */
  int32_t       head_id;    /* -1: messages have no heads */
  bool          trims;      /* nothing but white space so far of the answer */
  bool          marked;     /* a mark was just read, behind which… */
  bool          settled;
  bool          follows;    /* …the answer begins by itself */
  EngineThoughtPlace   place;
  EngineIds     after, close, whole, probe; /* what follows a mark; a mark and that; with a wrap-up before it; with a lead behind it */
  const EngineIds *forced;  /* one of them, or NULL */
  EngineCircles circles;
};

/* Marks are tokens, what is between them text that goes on after another one. */
static bool
encode (const EngineVocab *vocab, const char *text, EngineIds *ids, EngineError *error)
{
  size_t n = strlen (text), from = 0, at = 0;
  bool ok = true;

  while (ok && at <= n) {
    int32_t id = at < n ? engine_special_match (vocab, text + at, n - at, true) : -1, *plain;
    size_t n_plain = 0, n_mark = 0;

    if (at < n && id < 0) {
      at++;
      continue;
    }
    if (at > from) {
      if (!engine_vocab_encode_on (vocab, text + from, at - from, &plain, &n_plain, error))
        return false;
      for (size_t i = 0; ok && i < n_plain; i++)
        ok = engine_ids_push (ids, plain[i], error);
      free (plain);
    }
    if (at == n)
      break;
    ok = ok && engine_ids_push (ids, id, error);
    engine_vocab_text (vocab, id, &n_mark);
    from = at += ENGINE_MAX (n_mark, 1);
  }
  return ok;
}

static bool
encode_joined (const EngineVocab *vocab, const char *const *texts, EngineIds *ids, EngineError *error)
{
  EngineText text = { 0 };
  bool ok;

  for (; *texts; texts++)
    engine_text_append (&text, *texts, strlen (*texts));
  ok = text.failed ? engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a thought.") : encode (vocab, text.bytes ? text.bytes : "", ids, error);
  free (text.bytes);
  return ok;
}

EngineThought *
engine_thought_new (const EngineThinkingFamily *family, const EngineThinking *thinking, const EngineVocab *vocab, int32_t n_prompt, int32_t n_context, EngineError *error)
{
  EngineThought *thought = engine_calloc (1, sizeof *thought, error);
  const char *mark = family->marks[0];

  if (!thought)
    return NULL;
  thought->family = family;
  thought->params = *thinking;
  thought->params.strength = NULL;
  thought->first = n_prompt;
  thought->n_most = n_context - ENGINE_MIN (n_context / 8, ANSWER_ROOM);
  for (int i = 0; i < ENGINE_THINKING_MARKS; i++)
    thought->mark_ids[i] = family->marks[i] ? engine_vocab_find (vocab, family->marks[i], strlen (family->marks[i])) : -1;
  thought->head_id = family->head_end ? engine_vocab_find (vocab, family->head_end, strlen (family->head_end)) : -1;
  if (encode_joined (vocab, (const char *const[]) { family->reopen && thought->head_id >= 0 ? family->reopen : family->after, NULL }, &thought->after, error) &&
      encode_joined (vocab, (const char *const[]) { mark, family->after, NULL }, &thought->close, error) &&
      encode_joined (vocab, (const char *const[]) { family->wrap_up, mark, family->after, NULL }, &thought->whole, error) &&
      encode_joined (vocab, (const char *const[]) { mark, family->after, family->lead, NULL }, &thought->probe, error))
    return thought;
  engine_thought_free (thought);
  return NULL;
}

void
engine_thought_free (EngineThought *thought)
{
  if (!thought)
    return;
  free (thought->after.ids);
  free (thought->close.ids);
  free (thought->whole.ids);
  free (thought->probe.ids);
  free (thought);
}

EngineStage
engine_thought_stage (const EngineThought *thought)
{
  return thought ? thought->stage : ENGINE_STAGE_ANSWER;
}

int32_t
engine_thought_tokens (const EngineThought *thought)
{
  return thought ? thought->n : 0;
}

EngineThoughtEnd
engine_thought_end (const EngineThought *thought)
{
  return thought ? thought->end : ENGINE_THOUGHT_NONE;
}

const EngineThinking *
engine_thought_params (const EngineThought *thought)
{
  return &thought->params;
}

EngineThoughtPlace
engine_thought_place (const EngineThought *thought)
{
  return thought->place;
}

bool
engine_thought_is_mark (const EngineThought *thought, int32_t id)
{
  if (engine_thought_stage (thought) == ENGINE_STAGE_HEAD)
    return id == thought->head_id;
  for (int i = 0; id >= 0 && engine_thought_stage (thought) == ENGINE_STAGE_THOUGHT && i < ENGINE_THINKING_MARKS; i++)
    if (thought->family->marks[i] && thought->mark_ids[i] == id)
      return true;
  return false;
}

/* ---- reading ---------------------------------------------------------------------- */

static bool
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The first mark in the text: its place and length, and whether it is the family's own; false: none. `*n_open`: how many bytes at the end may be the beginning of one. */
static bool
find_mark (const EngineThinkingFamily *family, const char *text, size_t n_bytes, size_t *at, size_t *n_mark, bool *proper, size_t *n_open)
{
  bool found = false;

  *n_open = 0;
  for (int i = 0; n_bytes && i < ENGINE_THINKING_MARKS && family->marks[i]; i++) {
    size_t n = strlen (family->marks[i]);
    const char *place = memmem (text, n_bytes, family->marks[i], n);

    if (place && (!found || (size_t) (place - text) < *at)) {
      found = true;
      *at = (size_t) (place - text);
      *n_mark = n;
      *proper = i == 0;
    }
    for (size_t k = ENGINE_MIN (n - 1, n_bytes); k > *n_open; k--)
      if (memcmp (text + n_bytes - k, family->marks[i], k) == 0)
        *n_open = k;
  }
  return found;
}

static bool
holds (const char *text, size_t n_bytes, const char *word)
{
  return word && memmem (text, n_bytes, word, strlen (word));
}

static EngineCut
read_head (EngineThought *thought, int32_t id, const char *text, size_t n_bytes)
{
  const EngineThinkingFamily *family = thought->family;

  if (id != thought->head_id)
    return (EngineCut) { 0 };
  if (holds (text, n_bytes, family->thought_head)) {
    thought->stage = ENGINE_STAGE_THOUGHT;
    thought->end = ENGINE_THOUGHT_NONE;
    return (EngineCut) { .n_mark = n_bytes };
  }
  thought->stage = ENGINE_STAGE_ANSWER;
  thought->trims = holds (text, n_bytes, family->answer_head);
  return (EngineCut) { .n_mark = thought->trims ? n_bytes : 0 };
}

static void
note_place (EngineThought *thought, const char *text, size_t n_bytes)
{
  char last;

  while (n_bytes > 0 && text[n_bytes - 1] == ' ')
    n_bytes--;
  if (n_bytes == 0)
    return;
  last = text[n_bytes - 1];
  thought->place = last == '\n' ? ENGINE_THOUGHT_AT_PARAGRAPH : last == '.' || last == '!' || last == '?' ? ENGINE_THOUGHT_AT_SENTENCE : ENGINE_THOUGHT_INSIDE;
}

static EngineCut
read_thought (EngineThought *thought, int32_t id, const char *text, size_t n_bytes)
{
  size_t at = n_bytes, n_mark = 0, n_open = 0;
  bool proper = true;

  note_place (thought, text, n_bytes);
  if (!engine_thought_is_mark (thought, id) && !find_mark (thought->family, text, n_bytes, &at, &n_mark, &proper, &n_open))
    return (EngineCut) { .n_ready = n_bytes - n_open };
  thought->marked = true;
  thought->follows = at + n_mark < n_bytes || !proper;
  thought->stage = thought->head_id >= 0 ? ENGINE_STAGE_HEAD : ENGINE_STAGE_ANSWER;
  thought->trims = true;
  if (thought->end == ENGINE_THOUGHT_NONE)
    thought->end = ENGINE_THOUGHT_CLOSED;
  return (EngineCut) { at, n_mark };
}

static EngineCut
read_answer (EngineThought *thought, const char *text, size_t n_bytes)
{
  size_t n_space = 0;

  while (thought->trims && n_space < n_bytes && is_space (text[n_space]))
    n_space++;
  thought->trims = thought->trims && n_space == n_bytes;
  return n_space ? (EngineCut) { .n_mark = n_space } : (EngineCut) { .n_ready = n_bytes };
}

EngineCut
engine_thought_read (EngineThought *thought, int32_t id, const char *text, size_t n_bytes)
{
  EngineStage stage = thought->stage;
  EngineCut cut = stage == ENGINE_STAGE_THOUGHT ? read_thought (thought, id, text, n_bytes)
                  : stage == ENGINE_STAGE_HEAD  ? read_head (thought, id, text, n_bytes)
                                                : read_answer (thought, text, n_bytes);

  /* The space between thought and answer too is no part of the answer. */
  thought->n += id >= 0 && (stage != ENGINE_STAGE_ANSWER || thought->trims);
  return cut;
}

/* ---- ending ------------------------------------------------------------------------- */

/* The cap is kept to a sentence's end where there is one near. */
static bool
is_full (const EngineThought *thought, int32_t n)
{
  int32_t cap = thought->params.max_tokens;

  return n >= thought->n_most || (cap && (thought->n >= cap || (thought->n >= cap - cap / 8 && thought->place != ENGINE_THOUGHT_INSIDE)));
}

void
engine_thought_judge (EngineThought *thought, const int32_t *tokens, int32_t n, bool asked)
{
  EngineThoughtEnd why = ENGINE_THOUGHT_NONE;

  if (thought->marked && !thought->follows)
    thought->forced = &thought->after;
  thought->marked = false;
  if (thought->stage != ENGINE_STAGE_THOUGHT)
    return;
  if (engine_circles_turn (&thought->circles, tokens + thought->first, n - thought->first))
    why = ENGINE_THOUGHT_LOOP;
  if (is_full (thought, n))
    why = ENGINE_THOUGHT_CAP;
  if (asked)
    why = ENGINE_THOUGHT_ASKED;
  if (thought->settled)
    why = ENGINE_THOUGHT_SETTLED;
  if (why == ENGINE_THOUGHT_NONE)
    return;
  thought->end = why;
  thought->forced = why == ENGINE_THOUGHT_SETTLED ? &thought->close : &thought->whole;
}

void
engine_thought_stop (EngineThought *thought)
{
  thought->end = ENGINE_THOUGHT_CLOSED;
  thought->forced = &thought->close;
}

void
engine_thought_settle (EngineThought *thought)
{
  thought->settled = thought->stage == ENGINE_STAGE_THOUGHT;
}

const int32_t *
engine_thought_forced (EngineThought *thought, size_t *n)
{
  const EngineIds *forced = thought->forced;

  thought->forced = NULL;
  *n = forced ? forced->n : 0;
  return forced ? forced->ids : NULL;
}

const int32_t *
engine_thought_probe (const EngineThought *thought, size_t *n)
{
  *n = thought->probe.n;
  return thought->probe.ids;
}
