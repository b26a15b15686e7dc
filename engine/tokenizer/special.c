/* SPDX-License-Identifier: MIT */
/* Finds special tokens in a text: of those that begin at a position, the longest.
 *
 * The special tokens lie sorted by their bytes, so that all that share a beginning stand
 * together; a search narrows that range byte by byte. */
#include "tokenizer/vocab.h"

#include <string.h>

static int
compare (const void *a, const void *b, void *user)
{
  const EngineVocab *vocab = user;
  const EngineToken *left = &vocab->tokens[*(const int32_t *) a], *right = &vocab->tokens[*(const int32_t *) b];
  int order = memcmp (left->text, right->text, ENGINE_MIN (left->n_bytes, right->n_bytes));

  if (order)
    return order;
  if (left->n_bytes != right->n_bytes)
    return left->n_bytes < right->n_bytes ? -1 : 1;
  return *(const int32_t *) a < *(const int32_t *) b ? -1 : 1;
}

static bool
is_sought (const EngineToken *token)
{
  return token->n_bytes && (token->kind == ENGINE_TOKEN_CONTROL || token->kind == ENGINE_TOKEN_UNKNOWN || token->kind == ENGINE_TOKEN_USER_DEFINED);
}

bool
engine_special_load (EngineVocab *vocab, EngineError *error)
{
  int32_t n = 0;

  for (int32_t id = 0; id < vocab->n_tokens; id++)
    n += is_sought (&vocab->tokens[id]);
  vocab->special = engine_calloc (n, sizeof *vocab->special, error);
  if (!vocab->special)
    return false;
  for (int32_t id = 0; id < vocab->n_tokens; id++)
    if (is_sought (&vocab->tokens[id]))
      vocab->special[vocab->n_special++] = id;
  qsort_r (vocab->special, n, sizeof *vocab->special, compare, vocab);
  return true;
}

/* The first of special[low … high) whose byte at `depth` is at least `byte`; all of them
 * share the bytes before, and those that end there come first. */
static int32_t
lower_bound (const EngineVocab *vocab, int32_t low, int32_t high, uint32_t depth, int byte)
{
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    const EngineToken *token = &vocab->tokens[vocab->special[middle]];

    if (token->n_bytes <= depth || (unsigned char) token->text[depth] < byte)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int32_t
engine_special_match (const EngineVocab *vocab, const char *text, size_t n_bytes, bool control)
{
  int32_t low = 0, high = vocab->n_special, found = -1;

  for (uint32_t depth = 0; depth < n_bytes; depth++) {
    int byte = (unsigned char) text[depth];

    low = lower_bound (vocab, low, high, depth, byte);
    high = lower_bound (vocab, low, high, depth, byte + 1);
    if (low == high)
      break;
    for (int32_t i = low; i < high && vocab->tokens[vocab->special[i]].n_bytes == depth + 1; i++)
      if (control || vocab->tokens[vocab->special[i]].kind == ENGINE_TOKEN_USER_DEFINED)
        found = vocab->special[i];
  }
  return found;
}
