// SPDX-License-Identifier: MIT
// Groups of x, each divided by its root mean square. Binding 1: the weight. PARAM 0 x, 1 out, 2 width of a column, 3 of a group, 4 eps,
// 5 the weight: 0 none, 1 of a group, 2 of a column. One group of invocations for each.

#include "reduce.glsl"

layout (std430, binding = 1) readonly buffer Weight { float weight[]; };

void
main ()
{
  uint lane = gl_LocalInvocationID.x, n = PARAM (3), first = gl_WorkGroupID.x * n, at = gl_WorkGroupID.y * PARAM (2) + first;
  float sum = 0.0, factor;

  for (uint i = lane; i < n; i += 64u)
    sum += arena[PARAM (0) + at + i] * arena[PARAM (0) + at + i];
  factor = 1.0 / sqrt (sum_of_group (sum) / float (n) + uintBitsToFloat (PARAM (4)));
  for (uint i = lane; i < n; i += 64u) {
    float w = PARAM (5) == 0u ? 1.0 : weight[(PARAM (5) == 2u ? first : 0u) + i];

    arena[PARAM (1) + at + i] = arena[PARAM (0) + at + i] * factor * w;
  }
}
