// SPDX-License-Identifier: MIT
// Rotary positions. PARAM 0 x, 1 out, 2 width, 3 head_dim, 4 n_rot, 5 turns; see rope.glsl.

layout (local_size_x = 64) in;

#include "rope.glsl"

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y * PARAM (2), in_head = i % PARAM (3);

  if (i < PARAM (2))
    arena[PARAM (1) + column + i] = turned (PARAM (0) + column + i - in_head, in_head, PARAM (4), PARAM (5) + gl_WorkGroupID.y * PARAM (4));
}
