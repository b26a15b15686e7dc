// SPDX-License-Identifier: MIT
// Columns [width, n]: cap · tanh (x / cap). PARAM 0 x, 1 out, 2 width, 3 cap.
// tanh of large numbers may overflow on the way; at 20 it is 1 in a float.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * PARAM (2) + i;
  float cap = uintBitsToFloat (PARAM (3));

  if (i < PARAM (2))
    arena[PARAM (1) + at] = cap * tanh (clamp (arena[PARAM (0) + at] / cap, -20.0, 20.0));
}
