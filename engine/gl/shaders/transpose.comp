// SPDX-License-Identifier: MIT
// Columns [width, n], each a matrix of some rows, turned. PARAM 0 x, 1 out, 2 width, 3 rows.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y * PARAM (2), rows = PARAM (3);

  if (i < PARAM (2))
    arena[PARAM (1) + column + i] = arena[PARAM (0) + column + i % rows * (PARAM (2) / rows) + i / rows];
}
