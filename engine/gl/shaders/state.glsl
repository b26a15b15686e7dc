// SPDX-License-Identifier: MIT
// What a batch says of recurrent states: stretches of tokens, at whose ends a state is kept. A stretch begins with the state that the one before it
// left, if it is of the same sequence.

// `first`: of the tokens of its sequence in the batch; `before`: the page of the state before that one, NONE: zeros.
struct Stretch { uint token, n_tokens, from, to, first, before; };

Stretch
stretch_at (uint at)
{
  return Stretch (word_at (at), word_at (at + 1u), word_at (at + 2u), word_at (at + 3u), word_at (at + 4u), word_at (at + 5u));
}
