/* SPDX-License-Identifier: MIT */
/* Shortcuts of engine_cpu_pack_group () for types of blocks that are packed often: pack-TYPE.c. Internal. */
#pragma once

#include <string.h>

#include "cpu.h"

typedef void (*EngineCpuPackFunc) (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);

void engine_cpu_pack_q4_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);
void engine_cpu_pack_q6_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);

/* Four bytes as a word, wherever they lie. */
static inline uint32_t
engine_cpu_load_word (const uint8_t *at)
{
  uint32_t word;

  memcpy (&word, at, sizeof word);
  return word;
}

static inline void
engine_cpu_store_word (uint8_t *at, uint32_t word)
{
  memcpy (at, &word, sizeof word);
}
