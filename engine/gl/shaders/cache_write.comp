// SPDX-License-Identifier: MIT
// Keys and values into the cache. Binding 1: the layer's pages. PARAM 0 k, 1 v, 2 positions, 3 sequences, 4 pages, 5 n_pages, 6 page_words,
// 7 n_head_kv, 8 head_dim. An invocation writes two neighbouring numbers of either.

layout (local_size_x = 64) in;
layout (std430, binding = 1) buffer Cache { uint cache[]; };

#include "page.glsl"

uint
pair_at (uint at, bool whole)
{
  return packHalf2x16 (vec2 (arena[at], whole ? arena[at + 1u] : 0.0));
}

void
main ()
{
  uint head_dim = PARAM (8), n_words = (head_dim + 1u) / 2u, n_head = PARAM (7);
  uint i = gl_GlobalInvocationID.x, token = gl_WorkGroupID.y, head = i / n_words, word = i % n_words;
  uint position = word_at (PARAM (2) + token), slot = position % PAGE_TOKENS;
  Place place = Place (PARAM (6), 2u * PAGE_TOKENS * n_words, n_words, PARAM (4), PARAM (5));
  uint from = (token * n_head + head) * head_dim + 2u * word, to;
  bool whole = 2u * word + 1u < head_dim;

  if (head >= n_head)
    return;
  to = head_at (place, word_at (PARAM (3) + token), position, head);
  cache[to + word * PAGE_TOKENS + slot] = pair_at (PARAM (0) + from, whole);
  cache[to + (PAGE_TOKENS + slot) * n_words + word] = pair_at (PARAM (1) + from, whole);
}
