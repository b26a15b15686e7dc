/* SPDX-License-Identifier: MIT */
#include "tokenizer/trie.h"

#include "tokenizer/tokenizer.h"
#include "tokenizer/unicode.h"

#include <string.h>

/* A token with its first eight bytes, which settle nearly all comparisons without a look at the text. */
typedef struct {
  uint64_t beginning;
  int32_t  token;
} Key;

static uint64_t
beginning_of (const EngineTrie *trie, int32_t token)
{
  uint64_t beginning = 0;
  size_t n;
  const char *bytes = engine_trie_bytes (trie, token, &n);

  for (size_t i = 0; i < 8; i++)
    beginning = beginning << 8 | (i < n ? (uint8_t) bytes[i] : 0);
  return beginning;
}

static int
compare (const void *a, const void *b, void *user)
{
  const EngineTrie *trie = user;
  const Key *left = a, *right = b;
  size_t n_left, n_right;
  const char *left_bytes, *right_bytes;
  int order;

  if (left->beginning != right->beginning)
    return left->beginning < right->beginning ? -1 : 1;
  left_bytes = engine_trie_bytes (trie, left->token, &n_left);
  right_bytes = engine_trie_bytes (trie, right->token, &n_right);
  order = memcmp (left_bytes, right_bytes, ENGINE_MIN (n_left, n_right));
  if (order)
    return order;
  if (n_left != n_right)
    return n_left < n_right ? -1 : 1;
  return left->token < right->token ? -1 : 1;
}

/* All that are in the tree, by their bytes, those that have no more bytes first; returns how many, or -1. */
static int32_t
sort_tokens (EngineTrie *trie, int32_t *sorted, EngineError *error)
{
  Key *keys = engine_calloc ((size_t) trie->n_vocab, sizeof *keys, error);
  int32_t n = 0;

  if (!keys)
    return -1;
  for (int32_t id = 0; id < trie->n_vocab; id++)
    if (trie->offsets[id + 1] > trie->offsets[id])
      keys[n++] = (Key) { beginning_of (trie, id), id };
  qsort_r (keys, (size_t) n, sizeof *keys, compare, trie);
  for (int32_t i = 0; i < n; i++)
    sorted[i] = keys[i].token;
  free (keys);
  return n;
}

/* Of a special token, between its marks; those that end an answer are none that a grammar could go on with. */
static size_t
special_bytes (const EngineVocab *vocab, int32_t id, char *out)
{
  size_t n;
  const char *text;

  if (!engine_vocab_is_special (vocab, id) || engine_vocab_is_end (vocab, id))
    return 0;
  text = engine_vocab_text (vocab, id, &n);
  if (n == 0)
    return 0;
  out[0] = ENGINE_TRIE_OPEN;
  memcpy (out + 1, text, n);
  out[n + 1] = ENGINE_TRIE_CLOSE;
  return n + 2;
}

/* The bytes of all tokens, one behind the other. */
static bool
take_bytes (EngineTrie *trie, const EngineVocab *vocab, EngineError *error)
{
  size_t longest = engine_vocab_longest (vocab) + 2, capacity = 0, n = 0;

  trie->offsets = engine_calloc ((size_t) trie->n_vocab + 1, sizeof *trie->offsets, error);
  if (!trie->offsets)
    return false;
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    size_t length;

    if (n + longest > capacity) {
      char *larger;

      capacity = 2 * (n + longest) + ((size_t) 1 << 20);
      larger = capacity < UINT32_MAX ? realloc (trie->bytes, capacity) : NULL;
      if (!larger)
        return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the bytes of the vocabulary.");
      trie->bytes = larger;
    }
    length = engine_vocab_bytes (vocab, id, trie->bytes + n);
    length = length ? length : special_bytes (vocab, id, trie->bytes + n);
    /* Nobody has such tokens; a file that is made up may. */
    n += length <= ENGINE_TRIE_MOST_DEPTH ? length : 0;
    trie->offsets[id + 1] = (uint32_t) n;
    trie->n_ends += engine_vocab_is_end (vocab, id);
  }
  trie->ends = engine_calloc ((size_t) trie->n_ends, sizeof *trie->ends, error);
  if (!trie->ends)
    return false;
  trie->n_ends = 0;
  for (int32_t id = 0; id < trie->n_vocab; id++)
    if (engine_vocab_is_end (vocab, id))
      trie->ends[trie->n_ends++] = id;
  return true;
}

/* The characters of a plain token; 0: it is none. */
static size_t
plain_characters (const EngineTrie *trie, int32_t token)
{
  size_t n, count = 0;
  const char *bytes = engine_trie_bytes (trie, token, &n);

  for (size_t i = 0; i < n; count++) {
    uint32_t character;
    int length = engine_utf8_read (bytes + i, n - i, &character);

    if (length == 0 || !engine_trie_is_plain (character))
      return 0;
    i += (size_t) length;
  }
  return count <= ENGINE_TRIE_PLAIN ? count : 0;
}

static bool
find_plain (EngineTrie *trie, EngineError *error)
{
  size_t words = (size_t) (trie->n_vocab + 63) / 64;

  trie->plain = engine_calloc ((ENGINE_TRIE_PLAIN + 1) * words, sizeof *trie->plain, error);
  if (!trie->plain)
    return false;
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    size_t n = plain_characters (trie, id);

    if (n > 0)
      trie->plain[n * words + (size_t) id / 64] |= UINT64_C (1) << id % 64;
  }
  for (size_t i = words; i < (ENGINE_TRIE_PLAIN + 1) * words; i++)
    trie->plain[i] |= trie->plain[i - words];
  return true;
}

/* Tokens [begin, end) of the sorted ones have their first `depth` bytes in common, which are those of the node. All that have no more bytes come first. */
typedef struct { uint32_t node; int32_t begin, end; size_t depth; } Piece;

static void
split (EngineTrie *trie, EngineTrieTree *tree, const int32_t *sorted, Piece piece)
{
  EngineTrieNode *node = &tree->nodes[piece.node];
  int last = -1;

  for (; piece.begin < piece.end && trie->offsets[sorted[piece.begin] + 1] - trie->offsets[sorted[piece.begin]] == piece.depth; piece.begin++) {
    trie->same[sorted[piece.begin]] = node->token;
    node->token = sorted[piece.begin];
  }
  node->first = tree->n;
  for (int32_t i = piece.begin; i < piece.end; i++) {
    uint8_t byte = (uint8_t) trie->bytes[trie->offsets[sorted[i]] + piece.depth];

    if (byte == last)
      continue;
    tree->nodes[tree->n++] = (EngineTrieNode) { .token = -1, .byte = byte };
    node->n++;
    last = byte;
  }
}

/* Where the tokens of the node's next child end. */
static int32_t
end_of_child (const EngineTrie *trie, const int32_t *sorted, const Piece *piece, uint8_t byte)
{
  int32_t end = piece->begin;

  while (end < piece->end && (uint8_t) trie->bytes[trie->offsets[sorted[end]] + piece->depth] == byte)
    end++;
  return end;
}

static bool
make_tree (EngineTrie *trie, EngineTrieTree *tree, const int32_t *sorted, int32_t n_sorted, EngineError *error)
{
  size_t n_bytes = 0, n = 0;
  EngineTrieNode *smaller;
  Piece *stack;

  for (int32_t i = 0; i < n_sorted; i++)
    n_bytes += trie->offsets[sorted[i] + 1] - trie->offsets[sorted[i]];
  tree->nodes = engine_calloc (n_bytes + 1, sizeof *tree->nodes, error);
  stack = engine_calloc ((size_t) trie->deepest + 2, sizeof *stack, error);
  if (!tree->nodes || !stack) {
    free (stack);
    return false;
  }
  tree->n = 1;
  tree->nodes[0].token = -1;
  stack[n++] = (Piece) { 0, 0, n_sorted, 0 };
  split (trie, tree, sorted, stack[0]);
  /* `node` of a piece goes on from child to child. */
  stack[0].node = tree->nodes[0].first;
  while (n > 0) {
    Piece *piece = &stack[n - 1], child;

    while (piece->begin < piece->end && trie->offsets[sorted[piece->begin] + 1] - trie->offsets[sorted[piece->begin]] == piece->depth)
      piece->begin++;
    if (piece->begin == piece->end) {
      n--;
      continue;
    }
    child = (Piece) { piece->node++, piece->begin, 0, piece->depth + 1 };
    child.end = end_of_child (trie, sorted, piece, tree->nodes[child.node].byte);
    piece->begin = child.end;
    split (trie, tree, sorted, child);
    child.node = tree->nodes[child.node].first;
    stack[n++] = child;
  }
  free (stack);
  smaller = realloc (tree->nodes, tree->n * sizeof *smaller);
  tree->nodes = smaller ? smaller : tree->nodes;
  return true;
}

static bool
fill (EngineTrie *trie, const EngineVocab *vocab, int32_t *sorted, EngineError *error)
{
  int32_t n, n_others = 0;
  bool ok;

  if (!take_bytes (trie, vocab, error) || !find_plain (trie, error))
    return false;
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    trie->same[id] = -1;
    trie->deepest = ENGINE_MAX (trie->deepest, (int32_t) (trie->offsets[id + 1] - trie->offsets[id]));
  }
  n = sort_tokens (trie, sorted, error);
  if (n < 0)
    return false;
  ok = make_tree (trie, &trie->all, sorted, n, error);
  for (int32_t i = 0; i < n; i++)
    if (plain_characters (trie, sorted[i]) == 0)
      sorted[n_others++] = sorted[i];
  /* The chains of tokens with the same bytes are made anew, and the same: such tokens are all plain or none is. */
  return ok && make_tree (trie, &trie->others, sorted, n_others, error);
}

EngineTrie *
engine_trie_new (const EngineVocab *vocab, EngineError *error)
{
  EngineTrie *trie = engine_calloc (1, sizeof *trie, error);
  int32_t *sorted;
  bool ok;

  if (!trie)
    return NULL;
  trie->ref_count = 1;
  trie->n_vocab = engine_vocab_size (vocab);
  trie->same = engine_calloc ((size_t) trie->n_vocab, sizeof *trie->same, error);
  sorted = engine_calloc ((size_t) trie->n_vocab, sizeof *sorted, error);
  ok = trie->same && sorted && fill (trie, vocab, sorted, error);
  free (sorted);
  if (ok)
    return trie;
  engine_trie_unref (trie);
  return NULL;
}

EngineTrie *
engine_trie_ref (EngineTrie *trie)
{
  __atomic_add_fetch (&trie->ref_count, 1, __ATOMIC_RELAXED);
  return trie;
}

void
engine_trie_unref (EngineTrie *trie)
{
  if (!trie || __atomic_sub_fetch (&trie->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  free (trie->all.nodes);
  free (trie->others.nodes);
  free (trie->plain);
  free (trie->same);
  free (trie->offsets);
  free (trie->bytes);
  free (trie->ends);
  free (trie);
}
