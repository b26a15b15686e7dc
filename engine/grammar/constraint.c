/* SPDX-License-Identifier: MIT */
#include "grammar/constraint.h"

#include "tokenizer/tokenizer.h"

#include <string.h>
#include <time.h>

#define FORCED_MOST 512 /* bytes that are looked at ahead */

struct EngineConstraint {
  const EngineVocab *vocab;
  EngineTrie   *trie;
  EngineMatcher matcher;
  uint64_t     *mask;    /* [(n_vocab + 63) / 64] */
  /* Until the trigger: */
  bool          waits;
  char         *trigger;
  size_t        n_trigger, n_tail;
  char         *tail;    /* [n_trigger] the last bytes of the answer, fewer than the trigger has */
  int32_t       trigger_token; /* -1: it is a text */
  int32_t       n_masks;
  double        mask_ms;
};

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static size_t
mask_words (const EngineConstraint *c)
{
  return (size_t) (c->trie->n_vocab + 63) / 64;
}

static bool
take_trigger (EngineConstraint *c, const char *trigger, EngineError *error)
{
  int32_t token;

  if (!trigger)
    return true;
  c->waits = true;
  c->n_trigger = strlen (trigger);
  c->trigger = engine_calloc (c->n_trigger + 1, 1, error);
  c->tail = engine_calloc (c->n_trigger + 1, 1, error);
  if (!c->trigger || !c->tail)
    return false;
  memcpy (c->trigger, trigger, c->n_trigger);
  token = engine_vocab_find (c->vocab, trigger, c->n_trigger);
  /* A special token has no text in an answer. */
  c->trigger_token = token >= 0 && engine_vocab_is_special (c->vocab, token) ? token : -1;
  return true;
}

EngineConstraint *
engine_constraint_new (const EngineVocab *vocab, EngineGrammar *grammar, const char *trigger, EngineError *error)
{
  EngineTrie *trie = engine_vocab_trie (vocab, error);
  EngineConstraint *c = trie ? engine_calloc (1, sizeof *c, error) : NULL;

  if (!c)
    return NULL;
  c->vocab = vocab;
  c->trie = trie;
  c->trigger_token = -1;
  c->mask = engine_calloc (mask_words (c), sizeof *c->mask, error);
  if (c->mask && take_trigger (c, trigger, error) && engine_matcher_init (&c->matcher, grammar, trie, error))
    return c;
  engine_constraint_free (c);
  return NULL;
}

void
engine_constraint_free (EngineConstraint *c)
{
  if (!c)
    return;
  if (c->matcher.grammar)
    engine_matcher_clear (&c->matcher);
  free (c->mask);
  free (c->trigger);
  free (c->tail);
  free (c);
}

/* ---- before the grammar ------------------------------------------------------------------ */

/* Where behind the bytes' trigger the grammar begins; SIZE_MAX: it is not in them and what stands before them. */
static size_t
find_trigger (const EngineConstraint *c, const char *bytes, size_t n)
{
  for (size_t end = 1; end <= n; end++) {
    size_t before = end < c->n_trigger ? c->n_trigger - end : 0;

    if (before <= c->n_tail && memcmp (c->tail + c->n_tail - before, c->trigger, before) == 0 &&
        memcmp (bytes + end - (c->n_trigger - before), c->trigger + before, c->n_trigger - before) == 0)
      return end;
  }
  return SIZE_MAX;
}

static void
keep_tail (EngineConstraint *c, const char *bytes, size_t n)
{
  size_t most = c->n_trigger - 1, kept;

  if (n >= most) {
    memcpy (c->tail, bytes + n - most, most);
    c->n_tail = most;
    return;
  }
  kept = ENGINE_MIN (c->n_tail, most - n);
  memmove (c->tail, c->tail + c->n_tail - kept, kept);
  memcpy (c->tail + kept, bytes, n);
  c->n_tail = kept + n;
}

/* Bytes of the answer, whatever is expected now. False without an error: they do not fit. */
static bool
take (EngineConstraint *c, const char *bytes, size_t n, EngineError *error)
{
  size_t begin = 0;

  if (c->waits) {
    begin = find_trigger (c, bytes, n);
    if (begin == SIZE_MAX) {
      keep_tail (c, bytes, n);
      return true;
    }
  }
  if (!engine_matcher_take (&c->matcher, bytes + begin, n - begin, NULL, error))
    return false;
  c->waits = false;
  return true;
}

/* Whether a token that was chosen freely ends with a piece that the grammar, which begins within it, does not allow. */
static bool
goes_wrong (EngineConstraint *c, int32_t id, EngineError *error)
{
  size_t n, begin;
  const char *bytes = engine_trie_bytes (c->trie, id, &n);
  EngineMatcher copy;
  bool fits;

  begin = find_trigger (c, bytes, n);
  if (begin == SIZE_MAX || begin == n)
    return false;
  engine_matcher_copy (&copy, &c->matcher);
  fits = engine_matcher_take (&copy, bytes + begin, n - begin, NULL, error);
  engine_matcher_clear (&copy);
  return !fits;
}

static int32_t
choose_freely (EngineConstraint *c, EngineSampler *sampler, const float *logits, EngineError *error)
{
  EngineError own = { 0 };
  int32_t id = engine_sampler_choose (sampler, logits);

  if (c->trigger_token >= 0 || id < 0 || !goes_wrong (c, id, &own))
    return id;
  memset (c->mask, 0xff, mask_words (c) * sizeof *c->mask);
  while (id >= 0 && own.code == ENGINE_OK && goes_wrong (c, id, &own)) {
    c->mask[id / 64] &= ~(UINT64_C (1) << id % 64);
    id = engine_sampler_choose_among (sampler, logits, c->mask);
  }
  if (own.code == ENGINE_OK)
    return id;
  if (error)
    *error = own;
  return -1;
}

/* ---- while it holds ----------------------------------------------------------------------- */

bool
engine_constraint_begin (EngineConstraint *c, const char *text, EngineError *error)
{
  size_t n = strlen (text);

  if (take (c, text, n, error))
    return true;
  return engine_fail (error, ENGINE_BAD_INPUT, "The beginning of the answer, \"%.100s\", does not fit the grammar that the answer is to follow.", text);
}

int32_t
engine_constraint_choose (EngineConstraint *c, EngineSampler *sampler, const float *logits, EngineError *error)
{
  double began = now_ms ();
  uint64_t any = 0;

  if (c->waits)
    return choose_freely (c, sampler, logits, error);
  if (!engine_matcher_mask (&c->matcher, c->mask, error))
    return -1;
  for (size_t i = 0; i < mask_words (c); i++)
    any |= c->mask[i];
  c->mask_ms += now_ms () - began;
  c->n_masks++;
  if (any)
    return engine_sampler_choose_among (sampler, logits, c->mask);
  engine_fail (error, ENGINE_BAD_INPUT, "The grammar demands a text for which the model's vocabulary has no token.");
  return -1;
}

bool
engine_constraint_accept (EngineConstraint *c, int32_t id, EngineError *error)
{
  size_t n;
  const char *bytes = engine_trie_bytes (c->trie, id, &n);

  if (c->waits && id == c->trigger_token) {
    c->waits = false;
    return true;
  }
  if (take (c, bytes, n, error))
    return true;
  return engine_fail (error, ENGINE_INTERNAL, "The token %d was chosen, which the grammar does not allow.", id);
}

/* Whether a token exists that goes on beyond the bytes with one that may follow. */
static bool
goes_beyond (const EngineTrie *trie, const char *bytes, size_t n, const EngineByteSet *following)
{
  const EngineTrieNode *nodes = trie->all.nodes, *node = nodes;

  for (size_t depth = 0; depth < n && node; depth++) {
    const EngineTrieNode *child = nodes + node->first, *end = child + node->n;

    while (child < end && child->byte != (uint8_t) bytes[depth])
      child++;
    node = child < end ? child : NULL;
  }
  for (uint32_t i = 0; node && i < node->n; i++)
    if (engine_byte_set_has (following, nodes[node->first + i].byte))
      return true;
  return false;
}

/* Of the tokens of the bytes, how many stay whatever follows, and how many bytes these have. */
static size_t
count_certain (const EngineConstraint *c, const int32_t *ids, size_t n_ids, const char *bytes, size_t n_bytes, const EngineByteSet *following, size_t *n_certain)
{
  size_t at = 0;

  *n_certain = 0;
  for (size_t i = 0; i < n_ids; i++) {
    size_t n;
    const char *text = engine_trie_bytes (c->trie, ids[i], &n);

    /* A tokenizer may change a text, or have no token for a part of it. */
    if (n == 0 || n > n_bytes - at || memcmp (text, bytes + at, n) || goes_beyond (c->trie, bytes + at, n_bytes - at, following))
      return i;
    at += n;
    *n_certain = at;
  }
  return n_ids;
}

/* The tokens of bytes that follow: of special ones themselves, of what is between them those of the text. What is cut within a special token is left. */
static bool
encode_forced (const EngineConstraint *c, const char *bytes, size_t n, int32_t **ids, size_t *n_ids, EngineError *error)
{
  int32_t *all = engine_calloc (n + 1, sizeof *all, error), *some;
  size_t at = 0, n_some;
  bool ok = all != NULL;

  *n_ids = 0;
  while (ok && at < n) {
    const char *open = memchr (bytes + at, ENGINE_TRIE_OPEN, n - at), *close = open ? memchr (open, ENGINE_TRIE_CLOSE, n - (size_t) (open - bytes)) : NULL;
    size_t end = open ? (size_t) (open - bytes) : n;

    if (end > at) {
      ok = engine_vocab_encode_on (c->vocab, bytes + at, end - at, &some, &n_some, error);
      if (!ok)
        break;
      n_some = ENGINE_MIN (n_some, n - *n_ids);
      memcpy (all + *n_ids, some, n_some * sizeof *some);
      *n_ids += n_some;
      free (some);
    }
    if (!close)
      break;
    all[(*n_ids)++] = engine_vocab_find (c->vocab, open + 1, (size_t) (close - open) - 1);
    if (all[*n_ids - 1] < 0) {
      --*n_ids;
      break;
    }
    at = (size_t) (close - bytes) + 1;
  }
  if (ok)
    *ids = all;
  else
    free (all);
  return ok;
}

bool
engine_constraint_forced (EngineConstraint *c, int32_t **ids, size_t *n, EngineError *error)
{
  char bytes[FORCED_MOST];
  size_t n_bytes, n_ids, n_certain;
  int32_t *all = NULL;
  EngineMatcher after;
  EngineByteSet following;
  bool ok;

  *ids = NULL;
  *n = 0;
  if (c->waits)
    return true;
  n_bytes = engine_matcher_forced (&c->matcher, bytes, sizeof bytes, error);
  if (n_bytes == 0)
    return true;
  engine_matcher_copy (&after, &c->matcher);
  ok = engine_matcher_take (&after, bytes, n_bytes, NULL, error) && encode_forced (c, bytes, n_bytes, &all, &n_ids, error);
  following = ok ? engine_matcher_bytes (&after) : (EngineByteSet) { { 0 } };
  engine_matcher_clear (&after);
  if (!ok)
    return false;
  *n = count_certain (c, all, n_ids, bytes, n_bytes, &following, &n_certain);
  *ids = all;
  return n_certain == 0 || engine_matcher_take (&c->matcher, bytes, n_certain, NULL, error);
}

size_t
engine_constraint_allows (const EngineConstraint *c, const int32_t *ids, size_t n)
{
  EngineMatcher ahead;
  size_t n_allowed = 0;

  if (c->waits)
    return n;
  engine_matcher_copy (&ahead, &c->matcher);
  for (; n_allowed < n; n_allowed++) {
    size_t n_bytes;
    const char *bytes = engine_trie_bytes (c->trie, ids[n_allowed], &n_bytes);

    if (n_bytes == 0 || !engine_matcher_take (&ahead, bytes, n_bytes, NULL, NULL))
      break;
  }
  engine_matcher_clear (&ahead);
  return n_allowed;
}

bool
engine_constraint_must_end (const EngineConstraint *c)
{
  return c && !c->waits && engine_matcher_must_end (&c->matcher);
}

void
engine_constraint_stats (const EngineConstraint *c, int32_t *n_masks, double *ms)
{
  *n_masks = c->n_masks;
  *ms = c->mask_ms;
}
