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

// All invocations of a group come here before any goes on, and see what the others have left in shared memory. GLSL says that barrier ()
// alone does that; Mesa 22.3 moves reads across it.
void
sync ()
{
  memoryBarrierShared ();
  barrier ();
}
