/* SPDX-License-Identifier: MIT */
/* The normalisation that a SentencePiece model brings along: a trie of what is replaced, and the replacements.
 *
 * Internal to engine/tokenizer/. Immutable once made; any thread. The file's bytes are not trusted: every step through the
 * trie is checked.
 *
 * The layout (SentencePiece, src/normalizer.cc): a u32 number of bytes, so many bytes of trie, then NUL-terminated
 * replacements. The trie is a double array of u32 (Yata's Darts-clone): bit 8 says that a text ends here, bits 0 to 7 with
 * bit 31 are the byte that leads here, bits 10 to 30 the distance to the children, times 256 where bit 9 is set. The value
 * of an end is bits 0 to 30 of its child 0: where its replacement begins. */
#pragma once

#include "base.h"

typedef struct EngineCharsmap EngineCharsmap;

/* Copies the bytes. NULL on error: BAD_FILE, NO_MEMORY. */
EngineCharsmap *engine_charsmap_new (const uint8_t *bytes, size_t n_bytes, EngineError *error);
void engine_charsmap_free (EngineCharsmap *charsmap);

/* The longest beginning of the text (n ≥ 1) that is replaced: how many bytes it has, 0 when none is. */
size_t engine_charsmap_match (const EngineCharsmap *charsmap, const char *text, size_t n_bytes, const char **replacement);
