// SPDX-License-Identifier: MIT
// A picture in another size, cut into patches: prep/picture.h says how. Both passes at once: what the first one would leave of each row under the window down is computed again, with the
// same whole numbers, so that the bytes are the same. PARAM 0 out, 1 side, 2 width, 3 height, 4 windows across, 5 the most of their places, 6 windows down, 7 the most of theirs, 8 places,
// 9 whether the picture is grey, 10 to 12 means, 13 to 15 deviations. Windows: first [n], how many [n], weights [most, n].

layout (local_size_x = 64) in;

uniform highp usampler2D picture;

#define HALF (1 << 21)

ivec3
to_bytes (ivec3 sum)
{
  return clamp (sum >> 22, ivec3 (0), ivec3 (255));
}

void
main ()
{
  uint x = gl_GlobalInvocationID.x, y = gl_WorkGroupID.y, side = PARAM (1), width = PARAM (2), height = PARAM (3);
  uint left, columns, top, rows, weights_across, weights_down, place, to;
  ivec3 sum = ivec3 (HALF);
  vec3 colour;

  if (x >= width)
    return;
  left = word_at (PARAM (4) + x);
  columns = word_at (PARAM (4) + width + x);
  weights_across = PARAM (4) + 2u * width + x * PARAM (5);
  top = word_at (PARAM (6) + y);
  rows = word_at (PARAM (6) + height + y);
  weights_down = PARAM (6) + 2u * height + y * PARAM (7);
  for (uint row = 0u; row < rows; row++) {
    ivec3 wide = ivec3 (HALF);

    for (uint column = 0u; column < columns; column++)
      wide += ivec3 (texelFetch (picture, ivec2 (left + column, top + row), 0).xyz) * int (word_at (weights_across + column));
    sum += to_bytes (wide) * int (word_at (weights_down + row));
  }
  sum = to_bytes (sum);
  if (PARAM (9) != 0u)
    sum = sum.xxx;
  colour = vec3 (sum) / 255.0;
  place = word_at (PARAM (8) + y / side * (width / side) + x / side);
  to = PARAM (0) + place * 3u * side * side + y % side * side + x % side;
  arena[to] = (colour.x - uintBitsToFloat (PARAM (10))) / uintBitsToFloat (PARAM (13));
  arena[to + side * side] = (colour.y - uintBitsToFloat (PARAM (11))) / uintBitsToFloat (PARAM (14));
  arena[to + 2u * side * side] = (colour.z - uintBitsToFloat (PARAM (12))) / uintBitsToFloat (PARAM (15));
}
