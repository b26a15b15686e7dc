/* SPDX-License-Identifier: MIT */
/* The layout of weights on the device: see EngineGlWeight. */
#include "gl.h"

#include <string.h>

#define ROWS ENGINE_GL_ROWS
#define BLOCK ENGINE_QUANT_BLOCK

/* Of the scales of a type: for how many blocks of 32 they are, in how many words, and how many small numbers each block has. */
static const struct {
  uint8_t blocks, words, n_scale, n_min;
} scales[ENGINE_N_SCALES] = {
  [ENGINE_SCALES_STEP] = { 2, 1, 0, 0 },
  [ENGINE_SCALES_STEP_BF16] = { 2, 1, 0, 0 },
  [ENGINE_SCALES_STEPS] = { 1, 1, 0, 0 },
  [ENGINE_SCALES_STEP_MIN] = { 1, 1, 0, 0 },
  [ENGINE_SCALES_SUPER] = { 8, 3, 1, 0 },
  [ENGINE_SCALES_SUPER_MIN] = { 8, 5, 1, 1 },
  [ENGINE_SCALES_SUPER_HALVES] = { 8, 5, 2, 0 },
  [ENGINE_SCALES_SUPER_HALVES_MIN] = { 8, 9, 2, 2 },
};

bool
engine_gl_weight_layout (const EngineTensor *tensor, EngineGlWeight *weight)
{
  const EngineTypeTraits *traits = &engine_types[tensor->type];
  size_t group_bytes;

  memset (weight, 0, sizeof *weight);
  weight->type = tensor->n_dims == 1 ? ENGINE_TYPE_F32 : tensor->type;
  weight->n_in = tensor->ne[0];
  weight->n_out = engine_tensor_rows (tensor);
  if (weight->n_in < 1 || weight->n_out < 1 || weight->n_in > INT32_MAX / 2 || weight->n_out > INT32_MAX / 2)
    return false;
  if (tensor->n_dims == 1)
    return engine_mul ((size_t) weight->n_in, sizeof (float), &weight->bytes);
  weight->n_groups = (weight->n_out + ROWS - 1) / ROWS;
  weight->n_blocks = (int32_t) ((weight->n_in + BLOCK - 1) / BLOCK);
  if (traits->code_bits) {
    size_t blocks = scales[traits->scales].blocks;

    weight->code_words = (size_t) weight->n_blocks * traits->code_bits;
    weight->group_words = weight->code_words + ((size_t) weight->n_blocks + blocks - 1) / blocks * scales[traits->scales].words;
  } else
    weight->group_words = weight->code_words = (size_t) weight->n_blocks * (BLOCK / sizeof (uint32_t)) * (size_t) traits->block_bytes;
  return engine_mul (weight->group_words, ROWS * sizeof (uint32_t), &group_bytes) &&
         engine_mul (group_bytes, (size_t) weight->n_groups, &weight->bytes);
}

/* Two bits of each of 16 codes, from bit `from` on. */
static uint32_t
word_of_pairs (const uint8_t *codes, int from)
{
  uint32_t word = 0;

  for (int k = 0; k < 16; k++)
    word |= (uint32_t) (codes[k] >> from & 3) << (8 * (k % 4) + 2 * (k / 4));
  return word;
}

static uint32_t
word_of_bits (const uint8_t *codes, int from)
{
  uint32_t word = 0;

  for (int k = 0; k < 32; k++)
    word |= (uint32_t) (codes[k] >> from & 1) << (8 * (k % 4) + k / 4);
  return word;
}

/* The words of one block; `words` has every ROWS-th. */
static void
put_codes (uint32_t *words, int bits, const uint8_t *codes)
{
  int n = 0;

  if (bits == 8)
    for (; n < 8; n++)
      memcpy (&words[ROWS * n], codes + 4 * n, sizeof *words);
  else if (bits >= 4)
    for (; n < 4; n++)
      for (int i = 0; i < 4; i++)
        words[ROWS * n] |= (uint32_t) ((codes[4 * n + i] & 15) | (codes[16 + 4 * n + i] & 15) << 4) << 8 * i;
  else
    for (; n < 2; n++)
      words[ROWS * n] = word_of_pairs (codes + 16 * n, 0);
  if (bits == 3 || bits == 5)
    words[ROWS * n] = word_of_bits (codes, bits - 1);
  else if (bits == 6)
    for (int half = 0; half < 2; half++)
      words[ROWS * (n + half)] = word_of_pairs (codes + 16 * half, 4);
}

static void
put_byte (uint32_t *words, int index, uint8_t byte)
{
  words[ROWS * (index / 4)] |= (uint32_t) byte << 8 * (index % 4);
}

/* `words` is where the scales of the row begin, b the number of the block. */
static void
put_scales (uint32_t *words, EngineScales kind, int32_t b, const EngineQuantParts *parts)
{
  uint32_t *at = words + ROWS * (size_t) (b / scales[kind].blocks * scales[kind].words);
  int in = b % scales[kind].blocks, n_scale = scales[kind].n_scale, n_min = scales[kind].n_min;

  if (scales[kind].blocks == 2)
    at[0] |= (uint32_t) parts->d[0] << 16 * in;
  else
    at[0] = parts->d[0] | (uint32_t) (kind == ENGINE_SCALES_STEPS ? parts->d[1] : parts->m) << 16;
  for (int i = 0; i < n_scale; i++)
    put_byte (at + ROWS, n_scale * in + i, (uint8_t) parts->scale[i]);
  for (int i = 0; i < n_min; i++)
    put_byte (at + (1 + 2 * n_scale) * ROWS, n_min * in + i, parts->min[i]);
}

void
engine_gl_pack_group (const EngineGlWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint32_t *group)
{
  const EngineTypeTraits *traits = &engine_types[weight->type];

  for (int r = 0; r < n_rows; r++) {
    const uint8_t *row = rows + (size_t) r * row_bytes;

    if (traits->code_bits == 0) {
      size_t size = (size_t) traits->block_bytes, each = sizeof (uint32_t) / size;

      for (size_t k = 0; k < (size_t) weight->n_in; k++)
        memcpy ((uint8_t *) &group[k / each * ROWS + (size_t) r] + k % each * size, row + k * size, size);
      continue;
    }
    for (int32_t b = 0; b < weight->n_blocks; b++) {
      EngineQuantParts parts;

      traits->take_apart (row, (size_t) b, &parts);
      put_codes (group + (size_t) (b * traits->code_bits) * ROWS + r, traits->code_bits, parts.codes);
      put_scales (group + weight->code_words * ROWS + (size_t) r, traits->scales, b, &parts);
    }
  }
}
