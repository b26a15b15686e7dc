/* SPDX-License-Identifier: MIT */
/* Marks and texts in grammars of calls: special tokens as such, and texts in which a mark is not. */
#include "chat/calls-grammar.h"

#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <stdlib.h>
#include <string.h>

/* A text with the special tokens in it as such; a token that ends an answer is left out, for nothing may follow it. */
int32_t
engine_call_mark_emit (EngineSchema *s, const EngineVocab *vocab, const char *text, int32_t next)
{
  size_t n = strlen (text), ends[64], n_pieces = 0;
  int32_t ids[64];

  for (size_t at = 0; at < n && n_pieces < ENGINE_LENGTH (ends); n_pieces++) {
    int32_t id = vocab ? engine_special_match (vocab, text + at, n - at, true) : -1;
    size_t length = 1;

    ids[n_pieces] = id >= 0 && engine_vocab_is_special (vocab, id) ? id : -1;
    if (ids[n_pieces] >= 0)
      engine_vocab_text (vocab, id, &length);
    else
      while (at + length < n && !(vocab && (id = engine_special_match (vocab, text + at + length, n - at - length, true)) >= 0 && engine_vocab_is_special (vocab, id)))
        length++;
    ends[n_pieces] = at += length;
  }
  while (n_pieces-- > 0) {
    size_t from = n_pieces ? ends[n_pieces - 1] : 0;

    if (ids[n_pieces] >= 0 && engine_vocab_is_end (vocab, ids[n_pieces]))
      continue;
    if (ids[n_pieces] >= 0)
      next = engine_net_text (&s->b, (char[]) { ENGINE_CALLS_CLOSE }, 1, next);
    next = engine_net_text (&s->b, text + from, ends[n_pieces] - from, next);
    if (ids[n_pieces] >= 0)
      next = engine_net_text (&s->b, (char[]) { ENGINE_CALLS_OPEN }, 1, next);
  }
  return next;
}

/* Whether the text begins with a special token, which no free text can hold. */
bool
engine_call_mark_is_special (const EngineVocab *vocab, const char *text)
{
  int32_t id = vocab ? engine_special_match (vocab, text, strlen (text), true) : -1;

  return id >= 0 && engine_vocab_is_special (vocab, id);
}

/* Texts in which the mark is not. */
EngineRegular *
engine_call_texts_without (EngineSchema *s, const char *mark)
{
  EngineBuild *build = s->build;
  EngineExpression *all = engine_expression_new (build, ENGINE_EXPRESSION_ALL);
  size_t n = strlen (mark);

  for (size_t at = 0; at < n;) {
    EngineExpression *one = engine_expression_new (build, ENGINE_EXPRESSION_CHARS);
    uint32_t character;
    int length = engine_utf8_read (mark + at, n - at, &character);

    one->ranges = engine_build_alloc (build, 1, sizeof *one->ranges);
    one->ranges[0] = (EngineCharRange) { character, character };
    one->n_ranges = 1;
    engine_expression_add (build, all, one);
    at += (size_t) ENGINE_MAX (length, 1);
  }
  return engine_regular_not (build, engine_regular_find (build, all));
}

/* The texts of a machine as they are. */
int32_t
engine_call_regular_emit (EngineSchema *s, const EngineRegular *regular, int32_t next)
{
  EngineNetBuilder *b = &s->b;
  int32_t *nodes = engine_build_alloc (b->build, regular->n, sizeof *nodes);

  for (size_t i = 0; i < regular->n; i++)
    nodes[i] = engine_net_hold (b);
  for (size_t i = 0; i < regular->n; i++) {
    const EngineRegularState *state = &regular->states[i];
    bool *done = engine_build_alloc (b->build, (size_t) state->n + 1, 1);
    EngineCharRange *ranges = engine_build_alloc (b->build, (size_t) state->n + 1, sizeof *ranges);
    int32_t at = ENGINE_NET_NODE_NONE;

    for (int32_t e = 0; e < state->n; e++) {
      size_t n = 0;

      if (done[e])
        continue;
      engine_build_step (b->build, (size_t) (state->n - e));
      for (int32_t k = e; k < state->n; k++)
        if (state->edges[k].next == state->edges[e].next) {
          ranges[n++] = (EngineCharRange) { state->edges[k].from, state->edges[k].to };
          done[k] = true;
        }
      at = engine_net_fork (b, engine_net_chars (b, ranges, n, nodes[state->edges[e].next]), at);
    }
    engine_net_set (b, nodes[i], at, state->accepts ? next : ENGINE_NET_NODE_NONE);
  }
  return nodes[0];
}

/* The text as an answer has it: special tokens in it between their bytes, but for one that is all of it. */
char *
engine_call_trigger_new (const EngineVocab *vocab, const char *text, EngineError *error)
{
  size_t n = strlen (text);
  EngineText out = { 0 };

  for (size_t at = 0, length; at < n; at += length) {
    int32_t id = vocab ? engine_special_match (vocab, text + at, n - at, true) : -1;

    length = 1;
    if (id >= 0 && engine_vocab_is_special (vocab, id)) {
      engine_vocab_text (vocab, id, &length);
      if (length == n)
        break;
      engine_text_append (&out, (char[]) { ENGINE_CALLS_OPEN }, 1);
      engine_text_append (&out, text + at, length);
      engine_text_append (&out, (char[]) { ENGINE_CALLS_CLOSE }, 1);
    } else {
      engine_text_append (&out, text + at, 1);
    }
  }
  if (!out.length)
    engine_text_append (&out, text, n);
  if (!out.failed)
    return out.bytes;
  free (out.bytes);
  return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the grammar."), NULL;
}
