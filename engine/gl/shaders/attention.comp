// SPDX-License-Identifier: MIT
// Attention of one query vector, over the pages of its sequence with a running softmax: a group of invocations for each (head, token).
// Binding 1: the layer's pages; 2: sinks. PARAM 0 q, 1 out, 2 positions, 3 sequences, 4 pages, 5 n_pages, 6 page_words, 7 n_head, 8 n_head_kv,
// 9 head_dim, 10 window or 0, 11 scale, 12 softcap or 0, 13 whether there are sinks, 14 the last position of each token's sequence, or NONE: a token sees
// none after itself.
// PIECES: words of two numbers that an invocation has of the result, ceil (head_dim / 128).

layout (local_size_x = 64) in;
layout (std430, binding = 1) readonly buffer Cache { uint cache[]; };
layout (std430, binding = 2) readonly buffer Sinks { float sinks[]; };

#include "page.glsl"

#define LOWEST -3.0e38

shared float query[PIECES * 128];
shared float scores[PAGE_TOKENS];
shared float weights[PAGE_TOKENS];

// Of the position that this invocation has in the page.
float
score (uint keys, uint lane, uint n_words)
{
  float sum = 0.0, softcap = uintBitsToFloat (PARAM (12));

  for (uint i = 0u; i < n_words; i++) {
    vec2 key = unpackHalf2x16 (cache[keys + i * PAGE_TOKENS + lane]);

    sum += key.x * query[2u * i] + key.y * query[2u * i + 1u];
  }
  sum *= uintBitsToFloat (PARAM (11));
  return softcap == 0.0 ? sum : softcap * tanh (clamp (sum / softcap, -20.0, 20.0));
}

void
main ()
{
  uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.x, token = gl_WorkGroupID.y;
  uint head_dim = PARAM (9), n_words = (head_dim + 1u) / 2u, n_head = PARAM (7), window = PARAM (10);
  uint position = word_at (PARAM (2) + token), sequence = word_at (PARAM (3) + token);
  uint end = (PARAM (14) == NONE ? position : word_at (PARAM (14) + token)) + 1u;
  uint begin = window != 0u && position + 1u > window ? position + 1u - window : 0u;
  uint at = (token * n_head + head) * head_dim;
  Place place = Place (PARAM (6), 2u * PAGE_TOKENS * n_words, n_words, PARAM (4), PARAM (5));
  float largest = LOWEST, sum = 0.0;
  vec2 result[PIECES];

  for (uint i = lane; i < uint (PIECES * 128); i += 64u)
    query[i] = i < head_dim ? arena[PARAM (0) + at + i] : 0.0;
  for (uint i = 0u; i < uint (PIECES); i++)
    result[i] = vec2 (0.0);
  if (PARAM (13) != 0u) {
    largest = sinks[head];
    sum = 1.0;
  }
  sync ();

  for (uint first = begin / PAGE_TOKENS * PAGE_TOKENS; first < end; first += PAGE_TOKENS) {
    uint keys = head_at (place, sequence, first, head / (n_head / PARAM (8))), values = keys + PAGE_TOKENS * n_words;
    uint from = max (begin, first) - first, to = min (end - first, PAGE_TOKENS);
    bool seen = lane >= from && lane < to;
    float before = largest, fade;

    scores[lane] = seen ? score (keys, lane, n_words) : LOWEST;
    sync ();
    for (uint i = from; i < to; i++)
      largest = max (largest, scores[i]);
    weights[lane] = seen ? exp (scores[lane] - largest) : 0.0;
    fade = exp (before - largest);
    sync ();
    sum *= fade;
    for (uint i = from; i < to; i++)
      sum += weights[i];
    for (uint piece = 0u; piece < uint (PIECES); piece++) {
      uint word = lane + piece * 64u;

      result[piece] *= fade;
      if (word < n_words)
        for (uint i = from; i < to; i++)
          result[piece] += weights[i] * unpackHalf2x16 (cache[values + i * n_words + word]);
    }
  }

  for (uint piece = 0u; piece < uint (PIECES); piece++) {
    uint i = 2u * (lane + piece * 64u);

    if (i < head_dim)
      arena[PARAM (1) + at + i] = result[piece].x / sum;
    if (i + 1u < head_dim)
      arena[PARAM (1) + at + i + 1u] = result[piece].y / sum;
  }
}
