/* SPDX-License-Identifier: MIT */
/* The tokens of a vocabulary as a tree over their bytes.
 *
 * Internal. Immutable and counted. The children of a node lie side by side, and those of the first child come next: what a walk reads of a node that does not
 * fit is one line of memory, and mostly the next one, for a model that answers has thrown all of this out of the processor's caches. Special tokens, which add no bytes to
 * an answer, are in it with their text between two bytes that UTF-8 does not have, so that only a grammar that means them allows them.
 *
 * Most tokens are *plain*: a few whole characters that a string of JSON may hold as they are. Where any plain character may follow, all of them are allowed
 * at once, and only the others are looked at one by one. */
#pragma once

#include "base.h"

typedef struct EngineVocab EngineVocab;

/* Around the text of a special token. */
#define ENGINE_TRIE_OPEN '\xFF'
#define ENGINE_TRIE_CLOSE '\xFE'

typedef struct {
  int32_t  token; /* of these bytes; -1: none */
  uint32_t first; /* of its children */
  uint16_t n;     /* how many there are */
  uint8_t  byte;
} EngineTrieNode;

#define ENGINE_TRIE_MOST_DEPTH 4096
#define ENGINE_TRIE_PLAIN 24 /* characters, at most */

/* Node 0 is the root, of no bytes. */
typedef struct {
  EngineTrieNode *nodes;
  uint32_t        n;
} EngineTrieTree;

/* Whether a text may hold it and a string of JSON as it is. */
static inline bool
engine_trie_is_plain (uint32_t character)
{
  return character >= 0x20 && character != '"' && character != '\\' && character != 0x7F;
}

typedef struct EngineTrie EngineTrie;
struct EngineTrie {
  int             ref_count; /* atomic */
  int32_t         n_vocab;
  EngineTrieTree  all, others; /* others: those that are not plain */
  uint64_t       *plain;       /* [(n_vocab + 63) / 64] for each of 0 … ENGINE_TRIE_PLAIN: the plain tokens of as many characters, or fewer */
  int32_t         deepest;
  int32_t        *same;      /* [n_vocab] another token with the same bytes; -1: none */
  uint32_t       *offsets;   /* [n_vocab + 1] into bytes */
  char           *bytes;
  int32_t        *ends;      /* [n_ends] the tokens that end an answer */
  int32_t         n_ends;
};

EngineTrie *engine_trie_new (const EngineVocab *vocab, EngineError *error);
EngineTrie *engine_trie_ref (EngineTrie *trie);
void        engine_trie_unref (EngineTrie *trie);

static inline const char *
engine_trie_bytes (const EngineTrie *trie, int32_t token, size_t *n)
{
  *n = trie->offsets[token + 1] - trie->offsets[token];
  return trie->bytes + trie->offsets[token];
}
