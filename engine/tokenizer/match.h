/* SPDX-License-Identifier: MIT */
/* The expressions of the pre-tokenisers, each as a function; see pretokenize.h. The
 * comments are the expressions as the models' tokenizer.json files have them.
 *
 * Internal to engine/tokenizer/. */
#pragma once

#include "tokenizer/pretokenize.h"

/* A character and what it is: bits 1 << category, and ENGINE_SPACE. A byte that is no UTF-8
 * is a symbol of length 1. Length and bits are 0 at the end of the piece. */
#define ENGINE_SPACE (1u << 31)

typedef struct {
  uint32_t code;
  uint32_t bits;
  int      length;
} EngineCharacter;

EngineCharacter engine_character_at (const EnginePiece *piece, size_t position);

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
size_t engine_match_gpt2 (EnginePiece *piece, size_t position);

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ */
size_t engine_match_llama3 (EnginePiece *piece, size_t position);
/* The same with \p{N} instead of \p{N}{1,3}. */
size_t engine_match_qwen2 (EnginePiece *piece, size_t position);
/* The same with \p{N} and with [\p{L}\p{M}]+ for words. */
size_t engine_match_qwen35 (EnginePiece *piece, size_t position);
/* The same with \p{N} and with ` ?[^\s\p{L}\p{N}\r\n]+` for marks. */
size_t engine_match_seed_coder (EnginePiece *piece, size_t position);

/* [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+
 * |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*
 * |\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+ */
size_t engine_match_tekken (EnginePiece *piece, size_t position);
/* The same with (?i:'s|'t|'re|'ve|'m|'ll|'d)? after a word, and \p{N}{1,3}. */
size_t engine_match_gpt4o (EnginePiece *piece, size_t position);

/* [!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ */
size_t engine_match_deepseek3 (EnginePiece *piece, size_t position);

size_t engine_match_number (EnginePiece *piece, size_t position);             /* \p{N} */
size_t engine_match_numbers (EnginePiece *piece, size_t position);            /* \p{N}+ */
size_t engine_match_numbers_3 (EnginePiece *piece, size_t position);          /* \p{N}{1,3} */
size_t engine_match_3_digits (EnginePiece *piece, size_t position);           /* [0-9][0-9][0-9] */
size_t engine_match_punctuation (EnginePiece *piece, size_t position);        /* [\p{P}$+<=>^~|]+ */
size_t engine_match_punctuation_falcon (EnginePiece *piece, size_t position); /* [\p{P}$+<=>^~|`]+ */
size_t engine_match_newline (EnginePiece *piece, size_t position);            /* [\r\n] */
size_t engine_match_lines (EnginePiece *piece, size_t position);              /* [^\n]+|[\n]+ */
size_t engine_match_letters (EnginePiece *piece, size_t position);            /* \s?\p{L}+ */
size_t engine_match_marks (EnginePiece *piece, size_t position);              /* \s?\p{P}+ */
size_t engine_match_trailing_space (EnginePiece *piece, size_t position);     /* \s+$ */
size_t engine_match_cjk (EnginePiece *piece, size_t position);                /* [一-龥ࠀ-一가-퟿]+ */
size_t engine_match_kana (EnginePiece *piece, size_t position);               /* [一-龥぀-ゟ゠-ヿ]+ */
/* \s?[!-/:-~！-／：-～‘-‟　-。]+ */
size_t engine_match_wide_marks (EnginePiece *piece, size_t position);
/* \s?[A-Za-zµÀ-ÖØ-ö…]+: the cased letters of deepseek-llm's own list */
size_t engine_match_cased (EnginePiece *piece, size_t position);
