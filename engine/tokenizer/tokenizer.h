/* SPDX-License-Identifier: MIT */
/* Text to token ids and back.
 *
 * Internal. A vocabulary is immutable after loading and may be read by any thread. One
 * file for each algorithm (bpe.c, spm.c), one table for the pre-tokenisers. */
#pragma once

#include "gguf.h"

typedef struct EngineVocab EngineVocab;

/* Reads tokenizer.ggml.*. Errors: BAD_FILE, UNSUPPORTED (names the tokenizer or pre-tokeniser), NO_MEMORY. */
EngineVocab *engine_vocab_new (const EngineGguf *gguf, EngineError *error);
void         engine_vocab_free (EngineVocab *vocab);

int32_t engine_vocab_size (const EngineVocab *vocab);
/* -1 where the vocabulary has none. */
int32_t engine_vocab_bos (const EngineVocab *vocab);
int32_t engine_vocab_eos (const EngineVocab *vocab);
bool    engine_vocab_adds_bos (const EngineVocab *vocab);
/* True for every token that ends an answer: eos, end-of-turn, end-of-message of the known templates. */
bool    engine_vocab_is_end (const EngineVocab *vocab, int32_t id);
bool    engine_vocab_is_special (const EngineVocab *vocab, int32_t id);
/* A bit for each token, of those whose text has a line end, a colon, a quotation mark or an asterisk: there sentences and
 * items begin anew, so that a repetition before them is none (sample/penalties.c). Reads the whole vocabulary; the caller frees it. */
uint8_t *engine_vocab_breakers (const EngineVocab *vocab, EngineError *error);
/* The token for exactly this text, -1 when there is none. */
int32_t engine_vocab_find (const EngineVocab *vocab, const char *text, size_t n_bytes);
/* The bytes that a token adds to an answer, at most engine_vocab_longest () of them; 0: none, as of special tokens and of those that a text never becomes. */
size_t  engine_vocab_bytes (const EngineVocab *vocab, int32_t id, char *out);
size_t  engine_vocab_longest (const EngineVocab *vocab);
/* The tokens of a text that goes on after another one: no space is put before it, and it holds no special tokens. */
bool    engine_vocab_encode_on (const EngineVocab *vocab, const char *text, size_t n_bytes, int32_t **ids, size_t *n_ids, EngineError *error);
/* All tokens by their bytes; made when it is first asked for. NULL: no memory. Valid as long as the vocabulary, or a reference. */
typedef struct EngineTrie EngineTrie;
EngineTrie *engine_vocab_trie (const EngineVocab *vocab, EngineError *error);
/* The token's text as it stands in the file ("Ġhello", "<|im_end|>"). */
const char *engine_vocab_text (const EngineVocab *vocab, int32_t id, size_t *n_bytes);

bool engine_vocab_encode (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags,
                          int32_t **ids, size_t *n_ids, EngineError *error);

/* Streaming decoder: bytes of tokens in, whole UTF-8 characters out. Zero-initialise it. A
 * byte sequence that can never become a character turns into U+FFFD. */
typedef struct {
  char   pending[4];
  int    n_pending;
  bool   started;   /* SentencePiece drops the space before the first word */
} EngineDecoder;

/* Appends what is complete to `out` (a buffer that grows by realloc: *out, *length, *capacity). */
bool engine_vocab_decode (const EngineVocab *vocab, EngineDecoder *decoder, int32_t id, bool special,
                          char **out, size_t *length, size_t *capacity, EngineError *error);
/* Flushes an unfinished character as U+FFFD. */
bool engine_vocab_decode_end (EngineDecoder *decoder, char **out, size_t *length, size_t *capacity, EngineError *error);
