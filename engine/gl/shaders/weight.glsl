// SPDX-License-Identifier: MIT
// A weight's blocks of 32 elements, as EngineGlWeight lays them out.
//
// What a type is comes from its line in types.def: BITS of a code (0: a float type, of WEIGHT_BYTES each), OFFSET or the
// TABLE of sixteen numbers, what SCALES are kept, UNIT.

#ifndef WEIGHT_BINDING
#define WEIGHT_BINDING 1
#endif

layout (std430, binding = WEIGHT_BINDING) readonly buffer Weight { uint weight[]; };

#if BITS == 0

// Elements 32 · block … + 31 of a row whose words are `at`, `at` + 32 …
void
weight_block (uint at, uint block, uint code_words, out vec4 v[8])
{
#if WEIGHT_BYTES == 4
  at += block * 1024u;
  for (uint i = 0u; i < 8u; i++)
    v[i] = vec4 (uintBitsToFloat (weight[at + i * 128u]), uintBitsToFloat (weight[at + i * 128u + 32u]),
                 uintBitsToFloat (weight[at + i * 128u + 64u]), uintBitsToFloat (weight[at + i * 128u + 96u]));
#else
  at += block * 512u;
  for (uint i = 0u; i < 8u; i++) {
    uint a = weight[at + i * 64u], b = weight[at + i * 64u + 32u];
#ifdef WEIGHT_BF16
    v[i] = uintBitsToFloat (uvec4 (a << 16u, a & 0xffff0000u, b << 16u, b & 0xffff0000u));
#else
    v[i] = vec4 (unpackHalf2x16 (a), unpackHalf2x16 (b));
#endif
  }
#endif
}

#else

uvec4
bytes_of (uint word)
{
  return uvec4 (word, word >> 8u, word >> 16u, word >> 24u) & 255u;
}

// The numbers that codes stand for.
vec4
values_of (uvec4 codes)
{
#ifdef TABLE
  // Four numbers in a word, each with 128 added.
  const uvec4 table = TABLE;
  uvec4 by_4 = uvec4 (0u) - (codes >> 2u & 1u), by_8 = uvec4 (0u) - (codes >> 3u & 1u);
  uvec4 low = table.x ^ ((table.x ^ table.y) & by_4), high = table.z ^ ((table.z ^ table.w) & by_4), words = low ^ ((low ^ high) & by_8);

  return vec4 (words >> ((codes & 3u) * 8u) & 255u) - 128.0;
#else
  return vec4 (codes) - OFFSET;
#endif
}

float
half_at (uint word, uint which)
{
#ifdef STEP_BF16
  return uintBitsToFloat (which == 0u ? word << 16u : word & 0xffff0000u);
#else
  vec2 both = unpackHalf2x16 (word);
  return which == 0u ? both.x : both.y;
#endif
}

float
signed_byte (uint at, uint index)
{
  return float (bitfieldExtract (int (weight[at + index / 4u * 32u]), int (index % 4u * 8u), 8));
}

float
unsigned_byte (uint at, uint index)
{
  return float (bitfieldExtract (weight[at + index / 4u * 32u], int (index % 4u * 8u), 8));
}

// What the values of either half are multiplied by, and what is added.
void
weight_scales (uint at, uint block, out vec2 factor, out vec2 minimum)
{
  minimum = vec2 (0.0);
#if SCALES == SCALES_STEP || SCALES == SCALES_STEP_BF16
  factor = vec2 (half_at (weight[at + block / 2u * 32u], block & 1u));
#elif SCALES == SCALES_STEPS
  factor = unpackHalf2x16 (weight[at + block * 32u]);
#elif SCALES == SCALES_STEP_MIN
  vec2 d = unpackHalf2x16 (weight[at + block * 32u]);
  factor = vec2 (d.x);
  minimum = vec2 (d.y);
#else
  uint inside = block % 8u;
  vec2 d;
#if SCALES == SCALES_SUPER
  at += block / 8u * 96u;
  factor = vec2 (signed_byte (at + 32u, inside));
#elif SCALES == SCALES_SUPER_MIN
  at += block / 8u * 160u;
  factor = vec2 (signed_byte (at + 32u, inside));
  minimum = vec2 (unsigned_byte (at + 96u, inside));
#elif SCALES == SCALES_SUPER_HALVES
  at += block / 8u * 160u;
  factor = vec2 (signed_byte (at + 32u, 2u * inside), signed_byte (at + 32u, 2u * inside + 1u));
#else
  at += block / 8u * 288u;
  factor = vec2 (signed_byte (at + 32u, 2u * inside), signed_byte (at + 32u, 2u * inside + 1u));
  minimum = vec2 (unsigned_byte (at + 160u, 2u * inside), unsigned_byte (at + 160u, 2u * inside + 1u));
#endif
  d = unpackHalf2x16 (weight[at]);
  factor *= d.x;
  minimum *= d.y;
#endif
  factor *= UNIT;
}

void
weight_block (uint at, uint block, uint code_words, out vec4 v[8])
{
  uint codes = at + block * uint (BITS * 32);
  vec2 factor, minimum;
  uvec4 c[8];

#if BITS == 8
  for (uint i = 0u; i < 8u; i++)
    c[i] = bytes_of (weight[codes + i * 32u]);
#elif BITS >= 4
  for (uint i = 0u; i < 4u; i++) {
    uvec4 both = bytes_of (weight[codes + i * 32u]);

    c[i] = both & 15u;
    c[i + 4u] = both >> 4u;
  }
#else
  for (uint i = 0u; i < 8u; i++)
    c[i] = bytes_of (weight[codes + i / 4u * 32u]) >> (i % 4u * 2u) & 3u;
#endif
#if BITS == 3 || BITS == 5
  uvec4 high = bytes_of (weight[codes + uint (BITS - 1) * 32u]);

  for (uint i = 0u; i < 8u; i++)
    c[i] |= (high >> i & 1u) << uint (BITS - 1);
#elif BITS == 6
  for (uint i = 0u; i < 8u; i++)
    c[i] |= (bytes_of (weight[codes + (4u + i / 4u) * 32u]) >> (i % 4u * 2u) & 3u) << 4u;
#endif
  weight_scales (at + code_words * 32u, block, factor, minimum);
  for (uint i = 0u; i < 4u; i++) {
    v[i] = values_of (c[i]) * factor.x + minimum.x;
    v[i + 4u] = values_of (c[i + 4u]) * factor.y + minimum.y;
  }
}

#endif
