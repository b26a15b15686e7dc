/* SPDX-License-Identifier: MIT */
/* Inside a vocabulary: what loading, encoding and decoding share.
 *
 * Internal to engine/tokenizer/. */
#pragma once

#include "tokenizer/charsmap.h"
#include "tokenizer/map.h"
#include "tokenizer/pretokenize.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/trie.h"

#include <pthread.h>

/* The numbers of tokenizer.ggml.token_type. */
typedef enum {
  ENGINE_TOKEN_NORMAL = 1,
  ENGINE_TOKEN_UNKNOWN = 2,
  ENGINE_TOKEN_CONTROL = 3,      /* found in a text only when the caller asks for special tokens */
  ENGINE_TOKEN_USER_DEFINED = 4, /* found in every text, before anything else */
  ENGINE_TOKEN_UNUSED = 5,
  ENGINE_TOKEN_BYTE = 6,         /* "<0x0A>" */
} EngineTokenKind;

typedef struct {
  const char *text;    /* in the vocabulary's own memory */
  uint32_t    n_bytes;
  float       score;   /* SentencePiece: the larger, the earlier merged */
  uint8_t     kind;
  bool        end;
} EngineToken;

typedef struct EngineTokenizer EngineTokenizer;

/* Ids that grow by doubling. */
typedef struct {
  int32_t *ids;
  size_t   n, capacity;
} EngineIds;

bool engine_ids_push (EngineIds *ids, int32_t id, EngineError *error);

/* A symbol is a token id, or n_tokens + an index into `extra`: a text that merges pass
 * through without its being a token. */
struct EngineVocab {
  const EngineTokenizer    *tokenizer;
  const EnginePretokenizer *pretokenizer; /* NULL for SentencePiece */

  EngineToken  *tokens;
  int32_t       n_tokens;
  char         *text_memory;
  uint32_t      longest;          /* bytes of the longest token */
  EngineTextMap texts;            /* text to symbol */

  EngineToken   *extra;
  int32_t        n_extra, extra_capacity;
  char          *extra_memory;
  EngineMergeMap merges;          /* pairs of symbols */
  int32_t        byte_symbol[256];

  int32_t  byte_token[256];       /* "<0x00>" …, -1 where absent */
  int32_t *special;               /* ids that the partition looks for, sorted by text */
  int32_t  n_special;

  EngineCharsmap *charsmap;       /* unigram only; NULL: texts stay as they are */
  bool     collapses_spaces;      /* likewise: leaves out all spaces but one between words */
  float    least_score;           /* of normal tokens */

  int32_t bos, eos, unknown;
  bool    adds_bos, adds_eos, space_prefix;

  EngineTrie     *trie;           /* NULL: not asked for yet; with the lock */
  pthread_mutex_t trie_lock;
};

/* One line for each algorithm: how tokenizer.ggml.model names it, and its functions. */
struct EngineTokenizer {
  const char *name;
  bool        merges;   /* has tokenizer.ggml.merges and a pre-tokeniser */
  bool        charsmap; /* has tokenizer.ggml.precompiled_charsmap, perhaps */
  const char *fixed_pretokenizer; /* NULL: tokenizer.ggml.pre says which */
  bool        adds_bos, adds_eos, space_prefix; /* where the file does not say */
  /* Adds the ids of a text without special tokens; `first`: nothing or a special token stands before it. */
  bool (*encode) (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error);
  /* The bytes that a normal token stands for, never more than its text; returns how many. */
  size_t (*bytes) (const EngineVocab *vocab, const EngineToken *token, char *out);
};

extern const EngineTokenizer engine_tokenizer_gpt2, engine_tokenizer_llama, engine_tokenizer_gemma4, engine_tokenizer_bert, engine_tokenizer_t5;

/* True for a token that the words of a text may become. A text that only looks like a
 * control token or a byte never turns into one. */
static inline bool
engine_vocab_is_plain (const EngineVocab *vocab, int32_t id)
{
  if (id < 0 || id >= vocab->n_tokens)
    return false;
  return vocab->tokens[id].kind != ENGINE_TOKEN_CONTROL && vocab->tokens[id].kind != ENGINE_TOKEN_UNKNOWN
         && vocab->tokens[id].kind != ENGINE_TOKEN_BYTE;
}

/* Reads tokenizer.ggml.merges; bpe.c. */
bool engine_bpe_load (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error);

/* Sorts what the partition looks for; special.c. */
bool engine_special_load (EngineVocab *vocab, EngineError *error);

/* The longest special token at `text`, n ≥ 1: its id, or -1. `control`: control and unknown tokens too. */
int32_t engine_special_match (const EngineVocab *vocab, const char *text, size_t n_bytes, bool control);

/* The text with U+2581 for each space (and one before it, `prefix`); malloc'd. spm.c. */
char *engine_spaces_marked (const char *text, size_t n_bytes, bool prefix, size_t *n_out, EngineError *error);
/* The other way, for EngineTokenizer.bytes. */
size_t engine_spaces_unmarked (const EngineVocab *vocab, const EngineToken *token, char *out);

/* Adds a byte that no token covers: "<0x0A>", else SentencePiece's unknown token, else nothing. */
bool engine_vocab_push_byte (const EngineVocab *vocab, unsigned char byte, EngineIds *out, EngineError *error);
