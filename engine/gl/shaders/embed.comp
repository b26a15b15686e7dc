// SPDX-License-Identifier: MIT
// Rows of a table (the first one for numbers below 0), plus an offset. Binding 2: the offset. PARAM 0 the rows' numbers, 1 out, 2 width, 3 code_words, 4 group_words, 5 the first group
// of this part, 6 how many it has, 7 whether there is an offset. An invocation has a block of 32.

#include "weight.glsl"

layout (local_size_x = 64) in;
layout (std430, binding = 2) readonly buffer Offset { float offset[]; };

void
main ()
{
  uint block = gl_GlobalInvocationID.x, width = PARAM (2), row = uint (max (int (word_at (PARAM (0) + gl_WorkGroupID.y)), 0)), group = row / 32u - PARAM (5);
  vec4 v[8];

  if (block * 32u >= width || row / 32u < PARAM (5) || group >= PARAM (6))
    return;
  weight_block (group * PARAM (4) * 32u + row % 32u, block, PARAM (3), v);
  for (uint i = 0u; i < 32u && block * 32u + i < width; i++)
    arena[PARAM (1) + gl_WorkGroupID.y * width + block * 32u + i] = v[i / 4u][i % 4u] + (PARAM (7) == 0u ? 0.0 : offset[block * 32u + i]);
}
