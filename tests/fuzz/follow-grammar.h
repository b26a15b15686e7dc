/* SPDX-License-Identifier: MIT */
/* Follows bytes by a grammar that somebody made up: what masks say must be what going on token by token finds. */
#pragma once

#include "grammar/grammar.h"
#include "tiny-vocab.h"

#include <stdint.h>
#include <stdlib.h>

#define FOLLOW_MOST 64

static void
check_mask (EngineMatcher *matcher, EngineTrie *trie, const EngineVocab *vocab)
{
  uint64_t mask[16] = { 0 };
  EngineError error = { 0 };

  if (trie->n_vocab > 1024)
    abort ();
  if (!engine_matcher_mask (matcher, mask, &error))
    return; /* a limit */
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    size_t n;
    const char *bytes = engine_trie_bytes (trie, id, &n);
    EngineMatcher copy;
    bool fits;

    engine_matcher_copy (&copy, matcher);
    fits = n ? engine_matcher_take (&copy, bytes, n, NULL, &error) : engine_vocab_is_end (vocab, id) && engine_matcher_may_end (matcher);
    /* What is allowed has an end. */
    if (fits && engine_matcher_least (&copy) == ENGINE_NET_FAR)
      abort ();
    engine_matcher_clear (&copy);
    if (error.code == ENGINE_OK && fits != (mask[id / 64] >> id % 64 & 1))
      abort ();
  }
}

static inline void
follow_grammar (EngineGrammar *grammar, const uint8_t *data, size_t size)
{
  static EngineVocab *vocab;
  EngineError error = { 0 };
  EngineMatcher matcher;
  EngineTrie *trie;

  if (!vocab)
    vocab = tiny_vocab_new (0);
  trie = engine_vocab_trie (vocab, &error);
  if (!trie || !engine_matcher_init (&matcher, grammar, trie, &error))
    return;
  check_mask (&matcher, trie, vocab);
  for (size_t i = 0; i < size && i < FOLLOW_MOST && engine_matcher_take (&matcher, (const char *) data + i, 1, NULL, &error); i++)
    if (i % 8 == 0)
      check_mask (&matcher, trie, vocab);
  engine_matcher_clear (&matcher);
}
