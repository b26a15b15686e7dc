// SPDX-License-Identifier: MIT
// Under each place of a kernel the columns [width, n_across * n_down] that it lies on. PARAM 0 x, 1 out, 2 width of out, 3 n_across, 4 n_down, 5 columns of out in a row,
// 6 and 7 kernel, 8 and 9 stride, 10 and 11 pad, across and down.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y, n = PARAM (6) * PARAM (7), k = i % n, c = i / n;
  int x = int (column % PARAM (5) * PARAM (8) + k % PARAM (6)) - int (PARAM (10)), y = int (column / PARAM (5) * PARAM (9) + k / PARAM (6)) - int (PARAM (11));
  bool inside = x >= 0 && x < int (PARAM (3)) && y >= 0 && y < int (PARAM (4));

  if (i < PARAM (2))
    arena[PARAM (1) + column * PARAM (2) + i] = inside ? arena[PARAM (0) + (uint (y) * PARAM (3) + uint (x)) * (PARAM (2) / n) + c] : 0.0;
}
