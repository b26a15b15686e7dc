// SPDX-License-Identifier: MIT
// Attention of query vectors that look at the same keys, over the pages of their sequence with a running softmax: a group of invocations for QUERIES neighbouring
// heads of a token. Binding 1: the layer's pages; 2: sinks. PARAM 0 q, 1 out, 2 positions, 3 sequences, 4 pages, 5 n_pages, 6 page_words, 7 n_head, 8 n_head_kv,
// 9 head_dim, 10 window or 0, 11 scale, 12 softcap or 0, 13 whether there are sinks, 14 the last position that each token sees, or NONE: a token sees
// none after itself; 15 the first position that each token sees and the one behind the last, or NONE.
// QUERIES: divides n_head / n_head_kv. LANES: invocations of a group, each with every LANES-th position of a page. PIECES: words of two numbers that an invocation
// has of each result, ceil (head_dim / (2 · LANES)). No result depends on QUERIES or LANES.

layout (local_size_x = LANES) in;
layout (std430, binding = 1) readonly buffer Cache { uint cache[]; };
layout (std430, binding = 2) readonly buffer Sinks { float sinks[]; };

#include "page.glsl"

#define LOWEST -3.0e38
#define POSITIONS (64 / LANES)
#define WIDTH (PIECES * 2 * LANES)

shared float query[QUERIES * WIDTH];
shared float best[QUERIES * LANES];
shared float weights[QUERIES * 64];

float
soften (float score)
{
  float cap = uintBitsToFloat (PARAM (12));

  score *= uintBitsToFloat (PARAM (11));
  return cap == 0.0 ? score : cap * tanh (clamp (score / cap, -20.0, 20.0));
}

void
main ()
{
  uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.x * uint (QUERIES), token = gl_WorkGroupID.y;
  uint head_dim = PARAM (9), n_words = (head_dim + 1u) / 2u, n_head = PARAM (7), window = PARAM (10);
  uint position = word_at (PARAM (2) + token), sequence = word_at (PARAM (3) + token);
  uint end = (PARAM (14) == NONE ? position : word_at (PARAM (14) + token)) + 1u;
  uint begin = window != 0u && position + 1u > window ? position + 1u - window : 0u;
  uint at = (token * n_head + head) * head_dim;

  if (PARAM (15) != NONE) {
    begin = word_at (PARAM (15) + 2u * token);
    end = word_at (PARAM (15) + 2u * token + 1u);
  }
  Place place = Place (PARAM (6), 2u * PAGE_TOKENS * n_words, n_words, PARAM (4), PARAM (5));
  float largest[QUERIES], sum[QUERIES];
  vec2 result[QUERIES * PIECES];

  for (int q = 0; q < QUERIES; q++) {
    for (uint i = lane; i < uint (WIDTH); i += uint (LANES))
      query[uint (q * WIDTH) + i] = i < head_dim ? arena[PARAM (0) + at + uint (q) * head_dim + i] : 0.0;
    for (int piece = 0; piece < PIECES; piece++)
      result[q * PIECES + piece] = vec2 (0.0);
    largest[q] = PARAM (13) != 0u ? sinks[head + uint (q)] : LOWEST;
    sum[q] = PARAM (13) != 0u ? 1.0 : 0.0;
  }
  sync ();

  for (uint first = begin / PAGE_TOKENS * PAGE_TOKENS; first < end; first += PAGE_TOKENS) {
    uint keys = head_at (place, sequence, first, head / (n_head / PARAM (8))), values = keys + PAGE_TOKENS * n_words;
    uint from = max (begin, first) - first, to = min (end - first, PAGE_TOKENS);
    float score[QUERIES * POSITIONS];

    for (int i = 0; i < QUERIES * POSITIONS; i++)
      score[i] = 0.0;
    for (uint i = 0u; i < n_words; i++) {
      vec2 key[POSITIONS];

      for (int p = 0; p < POSITIONS; p++) {
        uint place_in_page = uint (p * LANES) + lane;

        key[p] = vec2 (0.0);
        if (place_in_page >= from && place_in_page < to)
          key[p] = unpackHalf2x16 (cache[keys + i * PAGE_TOKENS + place_in_page]);
      }
      for (int q = 0; q < QUERIES; q++) {
        vec2 x = vec2 (query[uint (q * WIDTH) + 2u * i], query[uint (q * WIDTH) + 2u * i + 1u]);

        for (int p = 0; p < POSITIONS; p++)
          score[q * POSITIONS + p] += key[p].x * x.x + key[p].y * x.y;
      }
    }
    for (int q = 0; q < QUERIES; q++) {
      float mine = LOWEST;

      for (int p = 0; p < POSITIONS; p++) {
        uint place_in_page = uint (p * LANES) + lane;

        score[q * POSITIONS + p] = place_in_page >= from && place_in_page < to ? soften (score[q * POSITIONS + p]) : LOWEST;
        mine = max (mine, score[q * POSITIONS + p]);
      }
      best[uint (q * LANES) + lane] = mine;
    }
    sync ();
    for (int q = 0; q < QUERIES; q++) {
      float before = largest[q], fade;

      for (uint i = 0u; i < uint (LANES); i++)
        largest[q] = max (largest[q], best[uint (q * LANES) + i]);
      for (int p = 0; p < POSITIONS; p++) {
        uint place_in_page = uint (p * LANES) + lane;

        weights[uint (q * 64) + place_in_page] = place_in_page >= from && place_in_page < to ? exp (score[q * POSITIONS + p] - largest[q]) : 0.0;
      }
      fade = exp (before - largest[q]);
      sum[q] *= fade;
      for (int piece = 0; piece < PIECES; piece++)
        result[q * PIECES + piece] *= fade;
    }
    sync ();
    for (uint i = from; i < to; i++) {
      vec2 value[PIECES];

      for (int piece = 0; piece < PIECES; piece++) {
        uint word = uint (piece * LANES) + lane;

        value[piece] = vec2 (0.0);
        if (word < n_words)
          value[piece] = unpackHalf2x16 (cache[values + i * n_words + word]);
      }
      for (int q = 0; q < QUERIES; q++) {
        float weight = weights[uint (q * 64) + i];

        sum[q] += weight;
        for (int piece = 0; piece < PIECES; piece++)
          result[q * PIECES + piece] += weight * value[piece];
      }
    }
  }

  for (int q = 0; q < QUERIES; q++)
    for (int piece = 0; piece < PIECES; piece++) {
      uint i = 2u * (uint (piece * LANES) + lane), to = PARAM (1) + at + uint (q) * head_dim + i;

      if (i < head_dim)
        arena[to] = result[q * PIECES + piece].x / sum[q];
      if (i + 1u < head_dim)
        arena[to + 1u] = result[q * PIECES + piece].y / sum[q];
    }
}
