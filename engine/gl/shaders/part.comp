// SPDX-License-Identifier: MIT
// Some elements of each column. PARAM 0 x, 1 out, 2 width of out, 3 of x, 4 the first element.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y;

  if (i < PARAM (2))
    arena[PARAM (1) + column * PARAM (2) + i] = arena[PARAM (0) + column * PARAM (3) + PARAM (4) + i];
}
