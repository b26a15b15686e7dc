// SPDX-License-Identifier: MIT
// The columns whose logits are wanted. PARAM 0 x, 1 out, 2 width, 3 the numbers of the columns.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = word_at (PARAM (3) + gl_WorkGroupID.y);

  if (i < PARAM (2))
    arena[PARAM (1) + gl_WorkGroupID.y * PARAM (2) + i] = arena[PARAM (0) + column * PARAM (2) + i];
}
