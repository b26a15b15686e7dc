// SPDX-License-Identifier: MIT
// What all shaders share: the arena, and sixteen numbers.

layout (std430, binding = 0) buffer Arena { float arena[]; };
layout (location = 0) uniform uvec4 params[4];

#define PARAM(i) params[(i) / 4][(i) % 4]
#define NONE 0xffffffffu

uint
word_at (uint at)
{
  return floatBitsToUint (arena[at]);
}
