// SPDX-License-Identifier: MIT
// Keys, turned first, and values into the cache: ROPE and CACHE_WRITE at once. Binding 1: the layer's pages. PARAM 0 k as it is before, 1 v, 2 positions, 3 sequences, 4 pages,
// 5 n_pages, 6 page_words, 7 n_head_kv, 8 head_dim, 9 n_rot, 10 turns; see rope.glsl. An invocation writes two neighbouring numbers of either.

layout (local_size_x = 64) in;
layout (std430, binding = 1) buffer Cache { uint cache[]; };

#include "page.glsl"
#include "rope.glsl"

void
main ()
{
  uint head_dim = PARAM (8), n_words = (head_dim + 1u) / 2u, n_head = PARAM (7);
  uint i = gl_GlobalInvocationID.x, token = gl_WorkGroupID.y, head = i / n_words, word = i % n_words;
  uint position = word_at (PARAM (2) + token), slot = position % PAGE_TOKENS, turns = PARAM (10) + token * PARAM (9);
  Place place = Place (PARAM (6), 2u * PAGE_TOKENS * n_words, n_words, PARAM (4), PARAM (5));
  uint from = (token * n_head + head) * head_dim, first = 2u * word, to;
  bool whole = first + 1u < head_dim;

  if (head >= n_head)
    return;
  to = head_at (place, word_at (PARAM (3) + token), position, head);
  cache[to + word * PAGE_TOKENS + slot] =
    packHalf2x16 (vec2 (turned (PARAM (0) + from, first, PARAM (9), turns), whole ? turned (PARAM (0) + from, first + 1u, PARAM (9), turns) : 0.0));
  cache[to + (PAGE_TOKENS + slot) * n_words + word] = packHalf2x16 (vec2 (arena[PARAM (1) + from + first], whole ? arena[PARAM (1) + from + first + 1u] : 0.0));
}
