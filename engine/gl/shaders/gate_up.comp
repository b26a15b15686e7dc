// SPDX-License-Identifier: MIT
// act (A · x) · (B · x): columns times two matrices of one type and shape, and what GATED makes of them. Binding 1: A; 2: B.
// PARAM 0 x, see inputs.glsl, 1 out, 4 n_in, 5 n_out, 6 the column behind the last, 7 code_words, 8 group_words, 9 0, 10 groups, 11 n_blocks, 12 the first column, 13 the first group.
//
// As in matmul.comp, with the same order of sums, so that a result does not depend on which of them made it.

#include "weight.glsl"

// The same once more, for the other matrix.
#undef WEIGHT_BINDING
#define WEIGHT_BINDING 2
#define Weight OtherWeight
#define weight other_weight
#define weight_block other_block
#define weight_scales other_scales
#define bytes_of other_bytes_of
#define values_of other_values_of
#define half_at other_half_at
#define signed_byte other_signed_byte
#define unsigned_byte other_unsigned_byte
#include "weight.glsl"
#undef weight_block

#include "gate.glsl"
#define TAIL 0
#include "inputs.glsl"

layout (local_size_x = 32, local_size_y = SPLIT) in;

#if SPLIT > 1
shared float parts[2 * SPLIT * 32];
#endif

void
main ()
{
  uint lane = gl_LocalInvocationID.x, first = PARAM (13) + gl_WorkGroupID.x * uint (ROWS), column = PARAM (12) + gl_WorkGroupID.y * uint (COLUMNS);
  float sums[ROWS * COLUMNS], others[ROWS * COLUMNS];

  for (int i = 0; i < ROWS * COLUMNS; i++)
    sums[i] = others[i] = 0.0;
  for (uint block = gl_LocalInvocationID.y; block < PARAM (11); block += uint (SPLIT)) {
#if COLUMNS == 1
    for (int r = 0; r < ROWS; r++) {
      uint at = min (first + uint (r), PARAM (10) - 1u) * PARAM (8) * 32u + lane;
      vec4 a[8], b[8];
      float part = 0.0, other = 0.0;

      weight_block (at, block, PARAM (7), a);
      other_block (at, block, PARAM (7), b);
      for (int i = 0; i < 8; i++) {
        vec4 x = input_at (column, block * 32u + uint (i) * 4u);

        part += dot (a[i], x);
        other += dot (b[i], x);
      }
      sums[r] += part;
      others[r] += other;
    }
#else
    vec4 v[ROWS * 8], w[ROWS * 8];

    for (int r = 0; r < ROWS; r++) {
      uint at = min (first + uint (r), PARAM (10) - 1u) * PARAM (8) * 32u + lane;
      vec4 a[8], b[8];

      weight_block (at, block, PARAM (7), a);
      other_block (at, block, PARAM (7), b);
      for (int i = 0; i < 8; i++) {
        v[r * 8 + i] = a[i];
        w[r * 8 + i] = b[i];
      }
    }
    for (int c = 0; c < COLUMNS; c++) {
      uint from = min (column + uint (c), PARAM (6) - 1u);
      float part[ROWS], other[ROWS];

      for (int r = 0; r < ROWS; r++)
        part[r] = other[r] = 0.0;
      for (int i = 0; i < 8; i++) {
        vec4 x = input_at (from, block * 32u + uint (i) * 4u);

        for (int r = 0; r < ROWS; r++) {
          part[r] += dot (v[r * 8 + i], x);
          other[r] += dot (w[r * 8 + i], x);
        }
      }
      for (int r = 0; r < ROWS; r++) {
        sums[r * COLUMNS + c] += part[r];
        others[r * COLUMNS + c] += other[r];
      }
    }
#endif
  }

  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++) {
      uint row = (first + uint (r)) * 32u + lane;
      float sum = sums[r * COLUMNS + c], other = others[r * COLUMNS + c];

#if SPLIT > 1
      parts[gl_LocalInvocationID.y * 32u + lane] = sum;
      parts[(uint (SPLIT) + gl_LocalInvocationID.y) * 32u + lane] = other;
      sync ();
      sum = other = 0.0;
      for (uint i = 0u; i < uint (SPLIT); i++) {
        sum += parts[i * 32u + lane];
        other += parts[(uint (SPLIT) + i) * 32u + lane];
      }
      sync ();
#endif
      if (gl_LocalInvocationID.y == 0u && first + uint (r) < PARAM (10) && row < PARAM (5) && column + uint (c) < PARAM (6))
        arena[PARAM (1) + (column + uint (c)) * PARAM (5) + row] = gated (sum, other);
    }
}
