// SPDX-License-Identifier: MIT
// The columns that a matrix is multiplied with, four numbers at a time. All invocations of a group want the same ones at once: read as uniforms they come over the
// device's way for constants, which gives one number to all. There is only so much room for uniforms, so a dispatch sees a window of columns.
//
// UNIFORM: PARAM 0 is where column PARAM 12 begins in the window, in fours; else where column 0 begins in the arena, and binding 3 is the arena. PARAM 4 n_in.
// TAIL: n_in is no multiple of 32, and the arena is read one by one.

#if UNIFORM
layout (std140, binding = 0) uniform Inputs { vec4 inputs[INPUTS]; };
#elif !TAIL
layout (std430, binding = 3) readonly buffer Arena4 { vec4 arena4[]; };
#endif

vec4
input_at (uint column, uint i)
{
#if UNIFORM
  return inputs[PARAM (0) + (column - PARAM (12)) * (PARAM (4) / 4u) + i / 4u];
#elif TAIL
  uint at = PARAM (0) + column * PARAM (4) + i, left = PARAM (4) - min (i, PARAM (4));

  return vec4 (left > 0u ? arena[at] : 0.0, left > 1u ? arena[at + 1u] : 0.0, left > 2u ? arena[at + 2u] : 0.0, left > 3u ? arena[at + 3u] : 0.0);
#else
  return arena4[(PARAM (0) + column * PARAM (4) + i) / 4u];
#endif
}
