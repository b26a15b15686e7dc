// SPDX-License-Identifier: MIT
// Columns of b behind those of a. PARAM 0 a, 1 b, 2 out, 3 width of out, 4 of a.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y, n_a = PARAM (4);

  if (i < PARAM (3))
    arena[PARAM (2) + column * PARAM (3) + i] = arena[i < n_a ? PARAM (0) + column * n_a + i : PARAM (1) + column * (PARAM (3) - n_a) + i - n_a];
}
