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

/* What a code stands for: itself less the type's offset, or a number of a table. The sixteen (or, of codes of three
 * bits, eight) numbers of a table plus the type's offset are a code too: unsigned, and below twice the offset. */
typedef enum {
  ENGINE_CODES_NONE, /* no table */
  ENGINE_CODES_IQ1,
  ENGINE_CODES_IQ2,
  ENGINE_CODES_IQ3_S,
  ENGINE_CODES_IQ3_XXS,
  ENGINE_CODES_IQ4,
  ENGINE_CODES_E2M1, /* doubled */
  ENGINE_N_CODE_TABLES,
} EngineCodeTable;

extern const int8_t engine_code_values[ENGINE_N_CODE_TABLES][16];

/* How steps and minima are shared in a row. SUPER: over 256 elements, with a small whole number for each 32, or, HALVES,
 * for each 16. */
typedef enum {
  ENGINE_SCALES_NONE,             /* a float type */
  ENGINE_SCALES_STEP,             /* d for each 32 */
  ENGINE_SCALES_STEP_BF16,        /* the same, but bfloat16 */
  ENGINE_SCALES_STEPS,            /* d for each 16 */
  ENGINE_SCALES_STEP_MIN,         /* d and m for each 32 */
  ENGINE_SCALES_SUPER,            /* d; scale for each 32 */
  ENGINE_SCALES_SUPER_MIN,        /* d and m; scale and min for each 32 */
  ENGINE_SCALES_SUPER_HALVES,     /* d; scale for each 16 */
  ENGINE_SCALES_SUPER_HALVES_MIN, /* d and m; scale and min for each 16 */
  ENGINE_N_SCALES,
} EngineScales;

/* 32 consecutive elements of a quantised row, taken apart without loss. Element i is
 *   (unit · d[i / 16] · scale[i / 16]) · value (codes[i]) + m · min[i / 16]
 * with the type's unit, a power of two. d and m are binary16 as in the file, or, for STEP_BF16, bfloat16 (Q4_K and its
 * like subtract dmin: m has its sign turned). */
typedef struct {
  uint8_t  codes[ENGINE_QUANT_BLOCK];
  uint16_t d[2], m;  /* m is 0 where the type has none */
  int8_t   scale[2]; /* 1 where the type has none */
  uint8_t  min[2];   /* likewise */
} EngineQuantParts;

typedef struct {
  const char *name;           /* "Q4_K" */
  uint32_t    gguf_id;
  int32_t     block_elements;
  int32_t     block_bytes;
  /* Plain round-to-nearest quantisation of `n` elements, a multiple of block_elements; for tests and
   * small tools. The arrays do not overlap. NULL for types of a code book, which need a search. */
  void (*from_float) (const float *values, void *blocks, size_t n);
  /* Good quantisation of `n` elements, for model files: what makes Σ importance · error² small, the importances being [n] or NULL (all equal). The values are finite.
   * NULL for float types, which from_float does, and for those that engine_type_encodes () says nothing is made of. */
  void (*encode) (const float *values, const float *importance, void *blocks, size_t n);
  /* A float type has this function, `n` elements to floats… */
  void (*to_float) (const void *elements, float *out, size_t n);
  /* …and a block type this one, which takes the elements 32 · index … 32 · index + 31 apart. The other is NULL. */
  void (*take_apart) (const void *blocks, size_t index, EngineQuantParts *parts);
  uint8_t         code_bits;  /* of EngineQuantParts.codes; 0 for float types */
  uint8_t         code_offset;
  EngineCodeTable code_table;
  EngineScales    scales;
  float           unit;
} EngineTypeTraits;

/* Indexed by EngineType. */
extern const EngineTypeTraits engine_types[ENGINE_N_TYPES];

/* The type with that GGUF id; false when this engine does not know it. */
bool engine_type_from_gguf (uint32_t gguf_id, EngineType *type);

/* The 32 elements. */
void engine_quant_parts_to_float (const EngineTypeTraits *traits, const EngineQuantParts *parts, float *out);

/* `n` elements of any type, a multiple of block_elements, to floats. The arrays do not overlap. */
void engine_type_to_float (EngineType type, const void *blocks, float *out, size_t n);

/* What a code of the type stands for, before steps and scales. */
static inline int
engine_code_value (const EngineTypeTraits *traits, uint8_t code)
{
  return traits->code_table == ENGINE_CODES_NONE ? code - traits->code_offset : engine_code_values[traits->code_table][code];
}

/* Whether model files of that type can be made here, and how: `n` elements, a multiple of block_elements. */
bool engine_type_encodes (EngineType type);
void engine_type_encode (EngineType type, const float *values, const float *importance, void *blocks, size_t n);

/* Bytes of `n` elements; false when `n` is no multiple of the block or on overflow. */
bool engine_type_bytes (EngineType type, uint64_t n, size_t *bytes);

/* IEEE binary16 and bfloat16, round to nearest even. */
float    engine_f16_to_f32 (uint16_t half);
uint16_t engine_f32_to_f16 (float value);
float    engine_bf16_to_f32 (uint16_t half);
uint16_t engine_f32_to_bf16 (float value);
