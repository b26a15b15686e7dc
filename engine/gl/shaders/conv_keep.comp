// SPDX-License-Identifier: MIT
// The states that stretches leave for convolutions. Binding 1: the layer's states. PARAM 0 x, 1 stretches, 2 n_channels, 3 n_taps - 1, 4 page_words, 5 columns of a token.
// The group's second number is a column of a state, its third a stretch.

#include "state.glsl"

layout (local_size_x = 64) in;
layout (std430, binding = 1) buffer Cache { float cache[]; };

void
main ()
{
  uint channel = gl_GlobalInvocationID.x, n_channels = PARAM (2), n_kept = PARAM (3);
  Stretch s = stretch_at (PARAM (1) + 6u * gl_WorkGroupID.z);
  uint first = s.first * PARAM (5), past = (s.token + s.n_tokens) * PARAM (5) - first, back = n_kept - gl_WorkGroupID.y;
  float x = 0.0;

  if (channel >= n_channels)
    return;
  if (past >= back)
    x = arena[PARAM (0) + (first + past - back) * n_channels + channel];
  else if (s.before != NONE)
    x = cache[s.before * PARAM (4) + (n_kept - (back - past)) * n_channels + channel];
  cache[s.to * PARAM (4) + gl_WorkGroupID.y * n_channels + channel] = x;
}
