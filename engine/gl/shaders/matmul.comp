// SPDX-License-Identifier: MIT
// A matrix times columns, plus a bias, plus a residual. Binding 2: the bias.
// PARAM 0 x, see inputs.glsl, 1 out, 2 residual or NONE, 3 whether there is a bias, 4 n_in, 5 n_out, 6 the column behind the last, 7 code_words, 8 group_words,
// 9 the first group of this part, 10 how many it has, 11 n_blocks, 12 the first column, 13 the first group of those.
//
// An invocation has a row of each of ROWS groups, and COLUMNS columns; of the blocks every SPLIT-th, and the sums of those are added in the end, always
// in the same order: a result does not depend on how many columns there are.

#include "weight.glsl"
#include "inputs.glsl"

layout (local_size_x = 32, local_size_y = SPLIT) in;
layout (std430, binding = 2) readonly buffer Bias { float bias[]; };

#if SPLIT > 1
shared float parts[SPLIT * 32];
#endif

void
main ()
{
  uint lane = gl_LocalInvocationID.x, first = PARAM (13) + gl_WorkGroupID.x * uint (ROWS), column = PARAM (12) + gl_WorkGroupID.y * uint (COLUMNS);
  float sums[ROWS * COLUMNS];

  for (int i = 0; i < ROWS * COLUMNS; i++)
    sums[i] = 0.0;
  for (uint block = gl_LocalInvocationID.y; block < PARAM (11); block += uint (SPLIT)) {
#if COLUMNS == 1
    // Nothing needs a row's weights again: with those of one row at a time an invocation has a quarter of the registers to keep.
    for (int r = 0; r < ROWS; r++) {
      float part = 0.0;
      vec4 v[8];

      weight_block (min (first + uint (r), PARAM (10) - 1u) * PARAM (8) * 32u + lane, block, PARAM (7), v);
      for (int i = 0; i < 8; i++)
        part += dot (v[i], input_at (column, block * 32u + uint (i) * 4u));
      sums[r] += part;
    }
#else
    vec4 w[ROWS * 8];

    for (int r = 0; r < ROWS; r++) {
      vec4 v[8];

      weight_block (min (first + uint (r), PARAM (10) - 1u) * PARAM (8) * 32u + lane, block, PARAM (7), v);
      for (int i = 0; i < 8; i++)
        w[r * 8 + i] = v[i];
    }
    for (int c = 0; c < COLUMNS; c++) {
      float part[ROWS];

      for (int r = 0; r < ROWS; r++)
        part[r] = 0.0;
      for (int i = 0; i < 8; i++) {
        vec4 x = input_at (min (column + uint (c), PARAM (6) - 1u), block * 32u + uint (i) * 4u);

        for (int r = 0; r < ROWS; r++)
          part[r] += dot (w[r * 8 + i], x);
      }
      for (int r = 0; r < ROWS; r++)
        sums[r * COLUMNS + c] += part[r];
    }
#endif
  }

  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++) {
      uint row = (PARAM (9) + first + uint (r)) * 32u + lane, to = (column + uint (c)) * PARAM (5) + row;
      float sum = sums[r * COLUMNS + c];

#if SPLIT > 1
      parts[gl_LocalInvocationID.y * 32u + lane] = sum;
      sync ();
      sum = 0.0;
      for (uint i = 0u; i < uint (SPLIT); i++)
        sum += parts[i * 32u + lane];
      sync ();
#endif
      if (gl_LocalInvocationID.y == 0u && first + uint (r) < PARAM (10) && row < PARAM (5) && column + uint (c) < PARAM (6)) {
        if (PARAM (3) != 0u)
          sum += bias[row];
        if (PARAM (2) != NONE)
          sum += arena[PARAM (2) + to];
        arena[PARAM (1) + to] = sum;
      }
    }
}
