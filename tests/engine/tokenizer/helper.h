/* SPDX-License-Identifier: MIT */
/* What the tests of tokenizers share: real vocabularies and random texts. */
#pragma once

#include "tokenizer/tokenizer.h"

#include <glib.h>

/* `name` in the directory that the environment variable names, else in `fallback` below the
 * user's data directory. Fails the test when there is no such file. */
char *test_data_path (const char *variable, const char *fallback, const char *name);
char *test_model_path (const char *name); /* "smollm2-135m-instruct.gguf" */
char *test_peer_path (const char *name);  /* "ggml-vocab-gpt-2.gguf" */

/* Aborts the test with the error's message. */
EngineVocab *test_vocab_open (const char *path);

/* Text of up to `most` characters from all of Unicode, with many spaces, digits, letters of
 * several scripts, emoji and apostrophes. Without U+2581, which SentencePiece cannot tell
 * from a space, and without U+0000. */
GString *test_random_text (GRand *rand, int most);

/* Encodes, decodes; both must succeed. */
GArray *test_encode (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags);
char   *test_decode (const EngineVocab *vocab, const int32_t *ids, size_t n_ids, bool special);
