// SPDX-License-Identifier: MIT
// Gated DeltaNet's recurrence. Binding 1: a; 2: the layer's states [n_head][n_state][head_dim]. PARAM 0 x, 1 steps, 2 betas, 3 out, 4 stretches, 5 how many,
// 6 n_head, 7 head_dim, 8 n_state, 9 n_group, 10 page_words, 11 eps. An invocation has one number of a head of one sequence, and walks over its tokens and its states.

#include "state.glsl"

layout (local_size_x = 32) in;
layout (std430, binding = 1) readonly buffer Decay { float decays[]; };
layout (std430, binding = 2) buffer Cache { float cache[]; };

void
main ()
{
  uint i = gl_GlobalInvocationID.x, head = gl_WorkGroupID.y, n_head = PARAM (6), head_dim = PARAM (7), n_state = PARAM (8), n_group = PARAM (9);
  uint width = n_head * head_dim, turns = n_group * n_state, stride = width + 2u * turns;
  float eps = uintBitsToFloat (PARAM (11));

  if (i >= head_dim)
    return;
  for (uint number = gl_WorkGroupID.z; number < PARAM (5); number++) {
    Stretch s = stretch_at (PARAM (4) + 6u * number);
    uint in_page = head * n_state * head_dim + i, to = s.to * PARAM (10) + in_page, from = s.from == NONE ? NONE : s.from * PARAM (10) + in_page;

    // The first stretch of a sequence begins; what follows is another one's.
    if (number == gl_WorkGroupID.z ? s.token != s.first : s.token == s.first)
      return;
    for (uint t = s.token; t < s.token + s.n_tokens; t++) {
      uint q_at = PARAM (0) + t * stride + head % n_group * n_state, k_at = q_at + turns;
      float step_in = arena[PARAM (1) + t * n_head + head], step = step_in > 20.0 ? step_in : log (1.0 + exp (step_in));
      float decay = exp (step * decays[head]), beta = 1.0 / (1.0 + exp (-arena[PARAM (2) + t * n_head + head]));
      float known = 0.0, q_square = 0.0, k_square = 0.0, sum = 0.0, k_scale, delta;

      for (uint k = 0u; k < n_state; k++) {
        float query = arena[q_at + k], key = arena[k_at + k];

        known += (from == NONE ? 0.0 : cache[from + k * head_dim]) * key;
        q_square += query * query;
        k_square += key * key;
      }
      k_scale = 1.0 / sqrt (k_square + eps);
      delta = beta * (arena[PARAM (0) + t * stride + 2u * turns + head * head_dim + i] - decay * known * k_scale) * k_scale;
      for (uint k = 0u; k < n_state; k++) {
        float state = (from == NONE ? 0.0 : cache[from + k * head_dim]) * decay + arena[k_at + k] * delta;

        cache[to + k * head_dim] = state;
        sum += state * arena[q_at + k];
      }
      arena[PARAM (3) + t * width + head * head_dim + i] = sum / sqrt ((q_square + eps) * float (n_state));
      from = to;
    }
  }
}
