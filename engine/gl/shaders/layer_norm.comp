// SPDX-License-Identifier: MIT
// Columns less their mean, divided by their deviation. Binding 1: the weight; 2: the bias. PARAM 0 x, 1 out, 2 width, 3 eps, 4 whether there is a bias.

#include "reduce.glsl"

layout (std430, binding = 1) readonly buffer Weight { float weight[]; };
layout (std430, binding = 2) readonly buffer Bias { float bias[]; };

void
main ()
{
  uint lane = gl_LocalInvocationID.x, n = PARAM (2), at = gl_WorkGroupID.y * n;
  float sum = 0.0, mean, factor;

  for (uint i = lane; i < n; i += 64u)
    sum += arena[PARAM (0) + at + i];
  mean = sum_of_group (sum) / float (n);
  sum = 0.0;
  for (uint i = lane; i < n; i += 64u) {
    float d = arena[PARAM (0) + at + i] - mean;

    sum += d * d;
  }
  factor = 1.0 / sqrt (sum_of_group (sum) / float (n) + uintBitsToFloat (PARAM (3)));
  for (uint i = lane; i < n; i += 64u)
    arena[PARAM (1) + at + i] = (arena[PARAM (0) + at + i] - mean) * factor * weight[i] + (PARAM (4) == 0u ? 0.0 : bias[i]);
}
