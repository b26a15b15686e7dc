// SPDX-License-Identifier: MIT
// Rows of chosen experts times their columns, plus a bias. Binding 2: the bias. PARAM 0 x, 1 out, 2 routes, 3 whether
// there is a bias, 4 n_in, 5 n_out of one expert, 6 n_used, 7 code_words, 8 group_words, 9 the first group of this part, 10 how many it has, 11 n_blocks,
// 12 whether all experts of a column have the same input.
//
// An invocation has a row, a group of them a visit: an expert that a column has chosen.

#include "weight.glsl"

layout (local_size_x = 32) in;
layout (std430, binding = 2) readonly buffer Bias { float bias[]; };

void
main ()
{
  uint in_expert = gl_GlobalInvocationID.x, visit = gl_WorkGroupID.y, n_in = PARAM (4), n_out = PARAM (5), n_used = PARAM (6), column = visit / n_used;
  uint expert = uint (arena[PARAM (2) + column * 2u * n_used + visit % n_used]), row = expert * n_out + in_expert, group = row / 32u - PARAM (9);
  uint x = PARAM (0) + (PARAM (12) != 0u ? column : visit) * n_in;
  float sum = 0.0;

  if (in_expert >= n_out || row / 32u < PARAM (9) || group >= PARAM (10))
    return;
  for (uint block = 0u; block < PARAM (11); block++) {
    float part = 0.0;
    vec4 v[8];

    weight_block (group * PARAM (8) * 32u + row % 32u, block, PARAM (7), v);
    for (uint i = 0u; i < 32u && block * 32u + i < n_in; i++)
      part += v[i / 4u][i % 4u] * arena[x + block * 32u + i];
    sum += part;
  }
  arena[PARAM (1) + visit * n_out + in_expert] = sum + (PARAM (3) == 0u ? 0.0 : bias[row]);
}
