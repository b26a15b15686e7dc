// SPDX-License-Identifier: MIT
// Columns [width, n]: a + b, or a + scale · b. Binding 1: scale. PARAM 0 a, 1 b, 2 out, 3 width, 4 whether there is a scale.

layout (local_size_x = 64) in;
layout (std430, binding = 1) readonly buffer Scale { float scale[]; };

void
main ()
{
  uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * PARAM (3) + i;

  if (i < PARAM (3))
    arena[PARAM (2) + at] = arena[PARAM (0) + at] + (PARAM (4) != 0u ? scale[i] : 1.0) * arena[PARAM (1) + at];
}
