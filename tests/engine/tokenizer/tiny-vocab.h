/* SPDX-License-Identifier: MIT */
/* A small vocabulary for each pre-tokeniser and algorithm, made in memory.
 *
 * Every byte can be written. Special tokens: "<s>" (bos), "</s>" (eos), "<|end|>" (all control)
 * and "<u>" (user-defined). Merges: t h, h e, th e, and "Ġ the" or "▁ the". */
#pragma once

#include "tokenizer/tokenizer.h"

#include <glib.h>

#define TINY_VOCABS 17
#define TINY_LLAMA 15  /* SentencePiece; puts a space before the text */
#define TINY_GEMMA4 16 /* byte-pair encoding of characters */

/* 0 … TINY_VOCABS - 1; those below TINY_LLAMA are byte-pair encodings of bytes. */
EngineVocab *tiny_vocab_new (int index);
/* Its GGUF file as bytes, which the caller may damage. */
GByteArray  *tiny_vocab_file (int index);
/* NULL and the error when the bytes are no vocabulary. */
EngineVocab *tiny_vocab_read (const GByteArray *file, EngineError *error);
