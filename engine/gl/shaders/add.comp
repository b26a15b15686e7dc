// SPDX-License-Identifier: MIT
// Columns [width, n]: a + b. PARAM 0 a, 1 b, 2 out, 3 width.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * PARAM (3) + i;

  if (i < PARAM (3))
    arena[PARAM (2) + at] = arena[PARAM (0) + at] + arena[PARAM (1) + at];
}
