// SPDX-License-Identifier: MIT
// Mamba-2's recurrence. Binding 1: a; 2: skip; 3: the layer's states [n_head][n_state][head_dim]. PARAM 0 x, 1 steps, 2 out, 3 stretches, 4 how many,
// 5 n_head, 6 head_dim, 7 n_state, 8 n_group, 9 page_words. An invocation has one number of a head of one sequence, and walks over its tokens and its states.

#include "state.glsl"

layout (local_size_x = 32) in;
layout (std430, binding = 1) readonly buffer Decay { float decays[]; };
layout (std430, binding = 2) readonly buffer Skip { float skips[]; };
layout (std430, binding = 3) buffer Cache { float cache[]; };

void
main ()
{
  uint i = gl_GlobalInvocationID.x, head = gl_WorkGroupID.y, n_head = PARAM (5), head_dim = PARAM (6), n_state = PARAM (7), n_group = PARAM (8);
  uint width = n_head * head_dim, stride = width + 2u * n_group * n_state, group = head / (n_head / n_group);

  if (i >= head_dim)
    return;
  for (uint number = gl_WorkGroupID.z; number < PARAM (4); number++) {
    Stretch s = stretch_at (PARAM (3) + 6u * number);
    uint in_page = head * n_state * head_dim + i, to = s.to * PARAM (9) + in_page, from = s.from == NONE ? NONE : s.from * PARAM (9) + in_page;

    // The first stretch of a sequence begins; what follows is another one's.
    if (number == gl_WorkGroupID.z ? s.token != s.first : s.token == s.first)
      return;
    for (uint t = s.token; t < s.token + s.n_tokens; t++) {
      uint x_at = PARAM (0) + t * stride, b_at = x_at + width + group * n_state, c_at = b_at + n_group * n_state;
      float step_in = arena[PARAM (1) + t * n_head + head], step = step_in > 20.0 ? step_in : log (1.0 + exp (step_in));
      float decay = exp (step * decays[head]), x = arena[x_at + head * head_dim + i], sum = 0.0;

      for (uint k = 0u; k < n_state; k++) {
        float state = (from == NONE ? 0.0 : cache[from + k * head_dim]) * decay + step * x * arena[b_at + k];

        cache[to + k * head_dim] = state;
        sum += state * arena[c_at + k];
      }
      arena[PARAM (2) + t * width + head * head_dim + i] = sum + skips[head] * x;
      from = to;
    }
  }
}
