/* SPDX-License-Identifier: MIT */
/* WordPiece as BERT uses it, without case: Devlin et al., arXiv:1810.04805, and its tokenization.py.
 *
 * A text becomes plain characters (no controls, no accents, small letters), divided at spaces, with every sign of punctuation
 * and every Chinese character a word of its own. A word is the longest token that it begins with, and so on; a word that
 * cannot be spelt so is one unknown token. In a GGUF file tokens that begin a word begin with U+2581. */
#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <string.h>

#define MARK "\xE2\x96\x81" /* U+2581 */
#define MARK_BYTES 3
#define MOST_CHARACTERS 100 /* of a word: longer ones are unknown */

typedef struct {
  const EngineVocab *vocab;
  EngineIds         *out;
  EngineError       *error;
  char               word[MARK_BYTES + 4 * MOST_CHARACTERS]; /* after its mark */
  size_t             n_bytes;                                /* the mark among them; MARK_BYTES: no word yet */
  int                n_characters;                           /* may go beyond the most: then the word is not kept */
} Encoder;

/* ---- words to tokens ------------------------------------------------------------ */

/* The longest plain token at the beginning of the bytes; -1: none. */
static int32_t
longest_token (const EngineVocab *vocab, const char *bytes, size_t n_bytes, size_t *n_taken)
{
  for (size_t n = ENGINE_MIN (n_bytes, vocab->longest); n > 0; n--) {
    int32_t id = engine_text_map_get (&vocab->texts, bytes, n);

    if (engine_vocab_is_plain (vocab, id)) {
      *n_taken = n;
      return id;
    }
  }
  return -1;
}

static bool
end_word (Encoder *e)
{
  const EngineVocab *vocab = e->vocab;
  size_t first = e->out->n, n_bytes = e->n_bytes, taken = 0;
  bool spelt = e->n_characters <= MOST_CHARACTERS;

  if (e->n_characters == 0)
    return true;
  e->n_bytes = MARK_BYTES;
  e->n_characters = 0;
  for (size_t at = 0; spelt && at < n_bytes; at += taken) {
    int32_t id = longest_token (vocab, e->word + at, n_bytes - at, &taken);

    if (id < 0 || taken <= (at ? 0 : MARK_BYTES)) /* a mark alone is no beginning */
      spelt = false;
    else if (!engine_ids_push (e->out, id, e->error))
      return false;
  }
  if (spelt)
    return true;
  e->out->n = first;
  return vocab->unknown < 0 || engine_ids_push (e->out, vocab->unknown, e->error);
}

/* ---- characters to words ---------------------------------------------------------- */

static void
add_to_word (Encoder *e, uint32_t character)
{
  if (++e->n_characters <= MOST_CHARACTERS)
    e->n_bytes += (size_t) engine_utf8_write (character, e->word + e->n_bytes);
}

static bool
is_chinese (uint32_t c)
{
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B81F) ||
         (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

/* All ASCII signs count, those that Unicode calls symbols too. */
static bool
is_punctuation (uint32_t c)
{
  uint32_t kind = 1u << engine_unicode_category (c);

  return (kind & ENGINE_UNICODE_PUNCTUATION) || (c < 0x80 && (kind & ENGINE_UNICODE_SYMBOL));
}

static bool
is_left_out (uint32_t c)
{
  const uint32_t controls = ENGINE_UNICODE_BIT (CC) | ENGINE_UNICODE_BIT (CF) | ENGINE_UNICODE_BIT (CS) | ENGINE_UNICODE_BIT (CO) | ENGINE_UNICODE_BIT (CN);

  return c == 0 || c == ENGINE_UNICODE_REPLACEMENT || ((1u << engine_unicode_category (c)) & controls);
}

static bool
take_part (Encoder *e, uint32_t part)
{
  if (engine_unicode_category (part) == ENGINE_UNICODE_MN)
    return true;
  part = engine_unicode_lower (part);
  if (!is_punctuation (part)) {
    add_to_word (e, part);
    return true;
  }
  if (!end_word (e))
    return false;
  add_to_word (e, part);
  return end_word (e);
}

static bool
take_character (Encoder *e, uint32_t character)
{
  uint32_t parts[ENGINE_UNICODE_MOST_PARTS];
  bool chinese = is_chinese (character);
  int n;

  if (engine_unicode_is_space (character))
    return end_word (e);
  if (is_left_out (character))
    return true;
  if (chinese && !end_word (e))
    return false;
  n = engine_unicode_decompose (character, parts);
  for (int i = 0; i < n; i++)
    if (!take_part (e, parts[i]))
      return false;
  return !chinese || end_word (e);
}

static bool
encode (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error)
{
  Encoder e = { .vocab = vocab, .out = out, .error = error, .word = MARK, .n_bytes = MARK_BYTES };

  for (size_t i = 0; i < n_bytes;) {
    uint32_t character = 0;
    int length = engine_utf8_read (text + i, n_bytes - i, &character);

    if (length && !take_character (&e, character)) /* bytes that are no UTF-8 are left out */
      return false;
    i += (size_t) ENGINE_MAX (length, 1);
  }
  return end_word (&e);
}

const EngineTokenizer engine_tokenizer_bert = {
  .name = "bert", .adds_bos = true, .adds_eos = true, .space_prefix = true, .encode = encode, .bytes = engine_spaces_unmarked,
};
