// SPDX-License-Identifier: MIT
// Columns [width, n] between two numbers. PARAM 0 x, 1 out, 2 width, 3 the least number, 4 the largest.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * PARAM (2) + i;

  if (i < PARAM (2))
    arena[PARAM (1) + at] = min (max (arena[PARAM (0) + at], uintBitsToFloat (PARAM (3))), uintBitsToFloat (PARAM (4)));
}
