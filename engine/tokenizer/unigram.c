/* SPDX-License-Identifier: MIT */
/* SentencePiece's unigram model, as T5 and XLM-RoBERTa use it: Kudo, arXiv:1804.10959.
 *
 * The text is normalised (charsmap.h), spaces become U+2581, and of all ways to divide it into tokens the one with the
 * largest sum of scores is taken; a character that no token covers costs more than any token and becomes the unknown one. */
#include "tokenizer/charsmap.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <string.h>

#define MARK "\xE2\x96\x81" /* U+2581 */
#define MARK_BYTES 3
#define UNKNOWN_COST 10

/* ---- normalisation ----------------------------------------------------------------- */

typedef struct {
  const EngineVocab *vocab;
  char              *bytes;
  size_t             n, capacity;
  bool               after_space; /* further spaces are left out */
  EngineError       *error;
} Normal;

static bool
append (Normal *out, const char *bytes, size_t n)
{
  if (n > out->capacity - out->n) {
    size_t capacity = 2 * out->capacity + n + 256;
    char *larger = realloc (out->bytes, capacity);

    if (!larger)
      return engine_fail (out->error, ENGINE_NO_MEMORY, "There is no memory for a text of %zu bytes.", capacity);
    out->bytes = larger;
    out->capacity = capacity;
  }
  memcpy (out->bytes + out->n, bytes, n);
  out->n += n;
  return true;
}

/* What stands for the beginning of the text, and how many bytes of it that is. */
static size_t
next_piece (const EngineVocab *vocab, const char *text, size_t n_bytes, const char **piece, size_t *n_piece)
{
  size_t taken = vocab->charsmap ? engine_charsmap_match (vocab->charsmap, text, n_bytes, piece) : 0;
  uint32_t character;

  if (taken > 0) {
    *n_piece = strlen (*piece);
    return taken;
  }
  *piece = text;
  *n_piece = taken = (size_t) engine_utf8_read (text, n_bytes, &character);
  if (taken > 0)
    return taken;
  *piece = "\xEF\xBF\xBD";
  *n_piece = 3;
  return 1;
}

static bool
append_piece (Normal *out, const char *piece, size_t n)
{
  bool collapses = out->vocab->collapses_spaces;

  for (size_t i = 0; i < n; i++) {
    bool space = piece[i] == ' ';

    if (space && out->after_space)
      continue;
    if (!append (out, space ? MARK : piece + i, space ? MARK_BYTES : 1))
      return false;
    out->after_space = space && collapses;
  }
  return true;
}

static bool
normalise (Normal *out, const char *text, size_t n_bytes, bool prefix)
{
  bool collapses = out->vocab->collapses_spaces;
  const char *piece;
  size_t n_piece, at = 0;

  while (collapses && at < n_bytes) {
    size_t taken = next_piece (out->vocab, text + at, n_bytes - at, &piece, &n_piece);

    if (n_piece != 1 || piece[0] != ' ')
      break;
    at += taken;
  }
  if (at == n_bytes)
    return true;
  if (prefix && !append (out, MARK, MARK_BYTES))
    return false;
  out->after_space = collapses;
  while (at < n_bytes) {
    at += next_piece (out->vocab, text + at, n_bytes - at, &piece, &n_piece);
    if (!append_piece (out, piece, n_piece))
      return false;
  }
  while (collapses && out->n >= MARK_BYTES && memcmp (out->bytes + out->n - MARK_BYTES, MARK, MARK_BYTES) == 0)
    out->n -= MARK_BYTES;
  return true;
}

/* ---- the best division ------------------------------------------------------------ */

/* The best way to the bytes before a position. */
typedef struct {
  float   score;
  int32_t token; /* its last one; -1: no way yet */
  size_t  start; /* where that begins */
} Way;

static size_t
character_bytes (const char *text, size_t n_bytes)
{
  uint32_t character;

  return (size_t) ENGINE_MAX (engine_utf8_read (text, n_bytes, &character), 1);
}

static void
offer (Way *ways, size_t start, size_t end, int32_t token, float score)
{
  if (ways[end].token < 0 || ways[start].score + score > ways[end].score)
    ways[end] = (Way) { ways[start].score + score, token, start };
}

/* All tokens that begin here. */
static void
offer_from (const EngineVocab *vocab, Way *ways, const char *text, size_t n_bytes, size_t start)
{
  size_t first = start + character_bytes (text + start, n_bytes - start);
  bool single = false;

  for (size_t end = first; end - start <= vocab->longest; end += character_bytes (text + end, n_bytes - end)) {
    int32_t id = engine_text_map_get (&vocab->texts, text + start, end - start);

    if (engine_vocab_is_plain (vocab, id) && vocab->tokens[id].kind != ENGINE_TOKEN_UNUSED) {
      offer (ways, start, end, id, vocab->tokens[id].score);
      single = single || end == first;
    }
    if (end == n_bytes)
      break;
  }
  if (!single)
    offer (ways, start, first, ENGINE_MAX (vocab->unknown, 0), vocab->least_score - UNKNOWN_COST);
}

/* Walks back from the end, turns the tokens round; unknown ones beside each other are one. */
static bool
push_way (const EngineVocab *vocab, const Way *ways, size_t n_bytes, EngineIds *out, EngineError *error)
{
  size_t first = out->n;

  for (size_t at = n_bytes; at > 0; at = ways[at].start) {
    bool unknown = ways[at].token == vocab->unknown;

    if (unknown && out->n > first && out->ids[out->n - 1] == vocab->unknown)
      continue;
    if (!engine_ids_push (out, ways[at].token, error))
      return false;
  }
  for (size_t i = first, k = out->n; i + 1 < k; i++) {
    int32_t other = out->ids[--k];

    out->ids[k] = out->ids[i];
    out->ids[i] = other;
  }
  return true;
}

static bool
divide (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineIds *out, EngineError *error)
{
  Way *ways = engine_calloc (n_bytes + 1, sizeof *ways, error);
  bool ok;

  if (!ways)
    return false;
  for (size_t i = 1; i <= n_bytes; i++)
    ways[i].token = -1;
  for (size_t at = 0; at < n_bytes; at += character_bytes (text + at, n_bytes - at))
    offer_from (vocab, ways, text, n_bytes, at);
  ok = push_way (vocab, ways, n_bytes, out, error);
  free (ways);
  return ok;
}

static bool
encode (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error)
{
  Normal normal = { .vocab = vocab, .error = error };
  bool ok = normalise (&normal, text, n_bytes, first && vocab->space_prefix) && divide (vocab, normal.bytes, normal.n, out, error);

  free (normal.bytes);
  return ok;
}

const EngineTokenizer engine_tokenizer_t5 = {
  .name = "t5", .charsmap = true, .adds_eos = true, .space_prefix = true, .encode = encode, .bytes = engine_spaces_unmarked,
};
