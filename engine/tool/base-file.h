/* SPDX-License-Identifier: MIT */
/* The log-probabilities of one model, kept to compare another with.
 *
 * The format is that of llama-perplexity --kl-divergence-base, so that either program can
 * write what the other reads. Little-endian:
 *
 *   "_logits_"  i32 n_context  i32 n_vocab  i32 n_chunks  i32 tokens[n_chunks · n_context]
 *   for each chunk, for each position from n_context / 2 to n_context - 2:
 *     f32 scale  f32 min  u16 values[n_vocab], padded to an even number
 *
 * log p = scale · value + min; values further than 16 below the largest are 0. */
#pragma once

#include "tool.h"

#include <stdio.h>

typedef struct {
  FILE     *file;
  int32_t   n_context, n_vocab, n_chunks;
  int32_t  *tokens; /* [n_chunks · n_context] */
  uint16_t *record; /* one position */
} BaseFile;

bool base_file_create (BaseFile *base, const char *path, int32_t n_context, int32_t n_vocab, int32_t n_chunks, const int32_t *tokens, EngineError *error);
bool base_file_open (BaseFile *base, const char *path, EngineError *error);
/* Flushes; false when what was written did not reach the file. */
bool base_file_close (BaseFile *base, EngineError *error);

bool base_file_write (BaseFile *base, const float *logits, double log_sum_exp, EngineError *error);
/* The next position's log-probabilities, [n_vocab]. */
bool base_file_read (BaseFile *base, float *log_probabilities, EngineError *error);
