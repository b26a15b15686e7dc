// SPDX-License-Identifier: MIT
// The weighted sum of what the experts gave. PARAM 0 parts [width · n_used, n], 1 routes [2 · n_used, n], 2 residual or NONE, 3 out, 4 width, 5 n_used.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y, width = PARAM (4), n_used = PARAM (5);
  uint weights = PARAM (1) + (2u * column + 1u) * n_used, parts = PARAM (0) + column * n_used * width + i;
  float sum = 0.0;

  if (i >= width)
    return;
  for (uint k = 0u; k < n_used; k++)
    sum += arena[weights + k] * arena[parts + k * width];
  if (PARAM (2) != NONE)
    sum += arena[PARAM (2) + column * width + i];
  arena[PARAM (3) + column * width + i] = sum;
}
