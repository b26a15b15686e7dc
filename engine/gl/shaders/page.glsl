// SPDX-License-Identifier: MIT
// Where a token's keys and values are; see EngineGlCacheLayer.

#define PAGE_TOKENS 64u

struct Place { uint page_words, head_words, n_words, pages, n_pages; };

// The word where head `head` of the page begins that has the position.
uint
head_at (Place place, uint sequence, uint position, uint head)
{
  return word_at (place.pages + sequence * place.n_pages + position / PAGE_TOKENS) * place.page_words + head * place.head_words;
}
