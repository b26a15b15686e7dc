/* SPDX-License-Identifier: MIT */
/* Tensor types: how blocks of numbers are stored in a file.
 *
 * Internal. A row of a tensor is a whole number of blocks. Everything here is
 * backend-neutral and scalar; the backends keep weights in layouts of their own
 * (see cpu/pack.h) and are tested against these functions. */
#pragma once

#include "base.h"

typedef enum {
#define TYPE(NAME, symbol) ENGINE_TYPE_##NAME,
#include "types.def"
  ENGINE_N_TYPES,
  ENGINE_TYPE_I32 = ENGINE_N_TYPES, /* token ids, positions: values of a graph, never weights */
} EngineType;

#define ENGINE_QUANT_BLOCK 32

/* 32 consecutive elements of a quantised row, taken apart without loss. Element i is
 *   (d · scale[i / 16]) · (codes[i] - offset) + m · min
 * with the offset and the number of bits of the type. d and m are binary16 as in the file
 * (Q4_K and Q5_K subtract dmin: m has its sign turned). */
typedef struct {
  uint8_t  codes[ENGINE_QUANT_BLOCK];
  uint16_t d, m;     /* m is 0 where the type has none */
  int8_t   scale[2]; /* 1 where the type has none */
  uint8_t  min;      /* 1 where the type has none */
} EngineQuantParts;

typedef struct {
  const char *name;           /* "Q4_K" */
  uint32_t    gguf_id;
  int32_t     block_elements;
  int32_t     block_bytes;
  /* Plain round-to-nearest quantisation of `n` elements, a multiple of block_elements; for tests and
   * small tools. The arrays do not overlap. */
  void (*from_float) (const float *values, void *blocks, size_t n);
  /* A float type has this function, `n` elements to floats… */
  void (*to_float) (const void *elements, float *out, size_t n);
  /* …and a block type this one, which takes the elements 32 · index … 32 · index + 31 apart. The other is NULL. */
  void (*take_apart) (const void *blocks, size_t index, EngineQuantParts *parts);
  uint8_t code_bits;          /* of EngineQuantParts.codes; 0 for float types */
  uint8_t code_offset;
} EngineTypeTraits;

/* Indexed by EngineType. */
extern const EngineTypeTraits engine_types[ENGINE_N_TYPES];

/* The type with that GGUF id; false when this engine does not know it. */
bool engine_type_from_gguf (uint32_t gguf_id, EngineType *type);

/* `n` elements of any type, a multiple of block_elements, to floats. The arrays do not overlap. */
void engine_type_to_float (EngineType type, const void *blocks, float *out, size_t n);

/* Bytes of `n` elements; false when `n` is no multiple of the block or on overflow. */
bool engine_type_bytes (EngineType type, uint64_t n, size_t *bytes);

/* IEEE binary16 and bfloat16, round to nearest even. */
float    engine_f16_to_f32 (uint16_t half);
uint16_t engine_f32_to_f16 (float value);
float    engine_bf16_to_f32 (uint16_t half);
uint16_t engine_f32_to_bf16 (float value);
