// SPDX-License-Identifier: MIT
// A convolution of each channel over the last few columns, plus a bias. Binding 1: the weight, F32 [n_taps, n_channels]; 2: the bias; 3: the layer's states.
// PARAM 0 x, 1 out, 2 stretches, 3 of each token its stretch, 4 n_channels, 5 n_taps, 6 page_words, 7 group_words, 8 whether there is a bias, 9 columns
// of a token.
// A state is the columns that the next tokens still see, the oldest first.

#include "weight.glsl"
#include "state.glsl"

layout (local_size_x = 64) in;
layout (std430, binding = 2) readonly buffer Bias { float bias[]; };
layout (std430, binding = 3) readonly buffer Cache { float cache[]; };

void
main ()
{
  uint channel = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y, n_channels = PARAM (4), n_taps = PARAM (5);
  Stretch s = stretch_at (PARAM (2) + 6u * word_at (PARAM (3) + column / PARAM (9)));
  uint first = s.first * PARAM (9);
  uint w = channel / 32u * PARAM (7) * 32u + channel % 32u;
  float sum;

  if (channel >= n_channels)
    return;
  sum = PARAM (8) == 0u ? 0.0 : bias[channel];
  for (uint i = 0u; i < n_taps; i++) {
    uint back = n_taps - 1u - i;
    float x = 0.0;

    if (column - first >= back)
      x = arena[PARAM (0) + (column - back) * n_channels + channel];
    else if (s.before != NONE)
      x = cache[s.before * PARAM (6) + (n_taps - 1u - (back - (column - first))) * n_channels + channel];
    sum += uintBitsToFloat (weight[w + i * 32u]) * x;
  }
  arena[PARAM (1) + column * n_channels + channel] = sum;
}
