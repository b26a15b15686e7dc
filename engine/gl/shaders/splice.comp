// SPDX-License-Identifier: MIT
// Columns [width, n] of x; where a token is below 0, a part of its media in their place (part 0) or added to them.
// PARAM 0 x, 1 out, 2 width, 3 tokens, 4 media, 5 width of the media, 6 where the part begins in them.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y;
  int token = int (word_at (PARAM (3) + column));

  if (i < PARAM (2)) {
    float own = token < 0 && PARAM (6) == 0u ? 0.0 : arena[PARAM (0) + column * PARAM (2) + i];

    arena[PARAM (1) + column * PARAM (2) + i] = token < 0 ? own + arena[PARAM (4) + uint (-1 - token) * PARAM (5) + PARAM (6) + i] : own;
  }
}
