// SPDX-License-Identifier: MIT
// Columns [width, n] of x, or of the media where a token is below 0. PARAM 0 x, 1 out, 2 width, 3 tokens, 4 media.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y;
  int token = int (word_at (PARAM (3) + column));

  if (i < PARAM (2))
    arena[PARAM (1) + column * PARAM (2) + i] = arena[token < 0 ? PARAM (4) + uint (-1 - token) * PARAM (2) + i : PARAM (0) + column * PARAM (2) + i];
}
