/* SPDX-License-Identifier: MIT */
/* Byte-pair encoding: a word's bytes (GPT-2) or characters (Gemma 4) are merged, the pair
 * with the lowest rank first, the leftmost of equals, until no pair is in the table. */
#include "tokenizer/queue.h"
#include "tokenizer/vocab.h"

#include <string.h>

/* ---- the letters that stand for bytes -------------------------------------- */

/* GPT-2 writes a byte as a letter: itself where it is printable Latin-1, else the next of
 * U+0100, U+0101, … */
static uint32_t
letter_of_byte (unsigned char byte)
{
  if (byte <= 32)
    return 256u + byte;
  if (byte >= 127 && byte <= 160)
    return 256u + 33 + byte - 127;
  if (byte == 173)
    return 256 + 67;
  return byte;
}

/* -1 for a letter that stands for no byte. */
static int
byte_of_letter (uint32_t letter)
{
  uint32_t n = letter - 256;

  if (letter < 256)
    return letter_of_byte ((unsigned char) letter) == letter ? (int) letter : -1;
  return n <= 32 ? (int) n : n < 67 ? (int) (n - 33 + 127) : n == 67 ? 173 : -1;
}

/* ---- loading ---------------------------------------------------------------- */

/* The symbol of a text, made when there is none yet; -1 on error. The text must stay. */
static int32_t
intern (EngineVocab *vocab, const char *text, size_t n_bytes, EngineError *error)
{
  int32_t symbol = engine_text_map_get (&vocab->texts, text, n_bytes);

  if (symbol >= 0)
    return symbol;
  if (vocab->n_extra == vocab->extra_capacity) {
    int32_t capacity = vocab->extra_capacity ? 2 * vocab->extra_capacity : 64;
    EngineToken *extra = realloc (vocab->extra, (size_t) capacity * sizeof *extra);

    if (!extra) {
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the vocabulary.");
      return -1;
    }
    vocab->extra = extra;
    vocab->extra_capacity = capacity;
  }
  symbol = vocab->n_tokens + vocab->n_extra;
  if (!engine_text_map_put (&vocab->texts, text, (uint32_t) n_bytes, symbol, error))
    return -1;
  vocab->extra[vocab->n_extra++] = (EngineToken){ .text = text, .n_bytes = (uint32_t) n_bytes };
  return symbol;
}

/* "left right": the first blank after the first byte divides them. False when it is no merge. */
static bool
split_merge (const char *line, size_t n, size_t *n_left)
{
  const char *blank = n > 1 ? memchr (line + 1, ' ', n - 1) : NULL;

  if (!blank || blank + 1 == line + n)
    return false;
  *n_left = (size_t) (blank - line);
  return true;
}

bool
engine_bpe_load (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error)
{
  const EngineGgufArray *lines = engine_gguf_array (gguf, "tokenizer.ggml.merges", ENGINE_GGUF_STRING);
  size_t n_merges, total = 2 * 256, used = 0, n;

  if (!lines)
    return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary has no list of merges (tokenizer.ggml.merges).");
  n_merges = engine_gguf_array_size (lines);
  if (n_merges > INT32_MAX / 4)
    return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary's list of merges has %zu entries, more than any tokenizer's.", n_merges);
  if (!engine_merge_map_init (&vocab->merges, n_merges, error))
    return false;

  /* Texts that are no tokens need memory of their own: count, then fill. */
  for (size_t i = 0; i < n_merges; i++) {
    engine_gguf_array_string_at (lines, i, &n);
    if (!engine_sum (total, 2 * n, &total))
      return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary's merges are longer than the file can hold.");
  }
  vocab->extra_memory = engine_calloc (total, 1, error);
  if (!vocab->extra_memory)
    return false;

  for (int byte = 0; byte < 256; byte++) {
    char *text = vocab->extra_memory + used;
    int length = engine_utf8_write (letter_of_byte ((unsigned char) byte), text);

    used += length;
    vocab->byte_symbol[byte] = intern (vocab, text, length, error);
    if (vocab->byte_symbol[byte] < 0)
      return false;
  }
  for (size_t i = 0; i < n_merges; i++) {
    const char *line = engine_gguf_array_string_at (lines, i, &n);
    EngineMerge merge = { .rank = (int32_t) i };
    size_t n_left;
    char *parts = vocab->extra_memory + used, *whole;

    if (!line || !split_merge (line, n, &n_left))
      continue;
    memcpy (parts, line, n_left);
    memcpy (parts + n_left, line + n_left + 1, n - n_left - 1);
    whole = parts;
    n--;
    used += n;
    merge.left = intern (vocab, whole, n_left, error);
    merge.right = merge.left < 0 ? -1 : intern (vocab, whole + n_left, n - n_left, error);
    merge.result = merge.right < 0 ? -1 : intern (vocab, whole, n, error);
    if (merge.result < 0)
      return false;
    engine_merge_map_put (&vocab->merges, merge);
  }
  return true;
}

/* ---- merging ---------------------------------------------------------------- */

#define DEAD -2    /* merged into the symbol before */
#define NO_SYMBOL -1 /* a character that no merge knows */

typedef struct {
  int32_t  symbol;
  int32_t  previous, next; /* -1: none */
  uint32_t start, n_bytes; /* of the word, to fall back on */
} Part;

/* What encoding one text needs; the arrays grow and are used for every word again. */
typedef struct {
  const EngineVocab *vocab;
  EngineIds         *out;
  EngineError       *error;
  Part              *parts;
  size_t             parts_capacity;
  EngineMergeQueue   queue; /* checked by the rank */
  char              *letters; /* a word as letters, for words that are tokens */
  size_t             letters_capacity;
} Encoder;

static bool
reserve (void **array, size_t *capacity, size_t n, size_t size, EngineError *error)
{
  size_t larger = ENGINE_MAX (n, 2 * *capacity), bytes;
  void *memory;

  if (n <= *capacity)
    return true;
  memory = engine_mul (larger, size, &bytes) ? realloc (*array, bytes) : NULL;
  if (!memory)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a word of %zu characters.", n);
  *array = memory;
  *capacity = larger;
  return true;
}

/* The merge of a part and the next one; NULL when there is none. */
static const EngineMerge *
merge_at (const Encoder *encoder, int32_t left)
{
  const Part *part = &encoder->parts[left];

  if (part->next < 0 || part->symbol < 0 || encoder->parts[part->next].symbol < 0)
    return NULL;
  return engine_merge_map_get (&encoder->vocab->merges, part->symbol, encoder->parts[part->next].symbol);
}

static bool
push (Encoder *encoder, int32_t left)
{
  const EngineMerge *merge = merge_at (encoder, left);

  return !merge || engine_merge_queue_push (&encoder->queue, (EngineMergeEntry) { merge->rank, left, encoder->parts[left].next, merge->rank }, encoder->error);
}

static bool
merge_parts (Encoder *encoder, size_t n_parts)
{
  Part *parts = encoder->parts;

  for (size_t i = 0; i + 1 < n_parts; i++)
    if (!push (encoder, (int32_t) i))
      return false;
  while (encoder->queue.n) {
    EngineMergeEntry entry = engine_merge_queue_pop (&encoder->queue);
    const EngineMerge *merge = merge_at (encoder, entry.left);
    Part *left = &parts[entry.left], *right;

    if (!merge || merge->rank != entry.check) /* one of the two has been merged since */
      continue;
    right = &parts[left->next];
    left->symbol = merge->result;
    left->n_bytes += right->n_bytes;
    left->next = right->next;
    right->symbol = DEAD;
    if (left->next >= 0)
      parts[left->next].previous = entry.left;
    if ((left->previous >= 0 && !push (encoder, left->previous)) || !push (encoder, entry.left))
      return false;
  }
  return true;
}

/* A symbol that is no token falls apart into the letters or bytes that are. */
static bool
push_part (Encoder *encoder, const Part *part, const char *word, bool letters)
{
  const EngineVocab *vocab = encoder->vocab;

  if (engine_vocab_is_plain (vocab, part->symbol))
    return engine_ids_push (encoder->out, part->symbol, encoder->error);
  for (uint32_t i = 0; i < part->n_bytes; i++) {
    unsigned char byte = (unsigned char) word[part->start + i];
    int32_t symbol = letters ? vocab->byte_symbol[byte] : NO_SYMBOL;

    if (engine_vocab_is_plain (vocab, symbol)) {
      if (!engine_ids_push (encoder->out, symbol, encoder->error))
        return false;
    } else if (!engine_vocab_push_byte (vocab, byte, encoder->out, encoder->error)) {
      return false;
    }
  }
  return true;
}

/* The word is cut into `n_parts` parts already. */
static bool
encode_parts (Encoder *encoder, const char *word, size_t n_parts, bool letters)
{
  if (!merge_parts (encoder, n_parts))
    return false;
  for (int32_t i = n_parts ? 0 : -1; i >= 0; i = encoder->parts[i].next)
    if (!push_part (encoder, &encoder->parts[i], word, letters))
      return false;
  return true;
}

static bool
encode_bytes_word (void *user, const char *word, size_t n_bytes)
{
  Encoder *encoder = user;
  const EngineVocab *vocab = encoder->vocab;

  if (vocab->pretokenizer->whole_words && n_bytes <= vocab->longest) {
    size_t n = 0;
    int32_t id;

    if (!reserve ((void **) &encoder->letters, &encoder->letters_capacity, 2 * n_bytes + 4, 1, encoder->error))
      return false;
    for (size_t i = 0; i < n_bytes; i++)
      n += engine_utf8_write (letter_of_byte ((unsigned char) word[i]), encoder->letters + n);
    id = engine_text_map_get (&vocab->texts, encoder->letters, n);
    if (engine_vocab_is_plain (vocab, id))
      return engine_ids_push (encoder->out, id, encoder->error);
  }
  if (!reserve ((void **) &encoder->parts, &encoder->parts_capacity, n_bytes, sizeof *encoder->parts, encoder->error))
    return false;
  for (size_t i = 0; i < n_bytes; i++)
    encoder->parts[i] = (Part){ vocab->byte_symbol[(unsigned char) word[i]], (int32_t) i - 1,
                                i + 1 < n_bytes ? (int32_t) i + 1 : -1, (uint32_t) i, 1 };
  return encode_parts (encoder, word, n_bytes, true);
}

static bool
encode_characters_word (void *user, const char *word, size_t n_bytes)
{
  Encoder *encoder = user;
  const EngineVocab *vocab = encoder->vocab;
  size_t n = 0;

  /* The merges of line breaks are not in the table, only the tokens. */
  if (word[0] == '\n') {
    int32_t id = engine_text_map_get (&vocab->texts, word, n_bytes);

    if (engine_vocab_is_plain (vocab, id))
      return engine_ids_push (encoder->out, id, encoder->error);
  }
  if (!reserve ((void **) &encoder->parts, &encoder->parts_capacity, n_bytes, sizeof *encoder->parts, encoder->error))
    return false;
  for (size_t i = 0; i < n_bytes; n++) {
    uint32_t character;
    int length = engine_utf8_read (word + i, n_bytes - i, &character);

    length = ENGINE_MAX (length, 1);
    encoder->parts[n] = (Part){ engine_text_map_get (&vocab->texts, word + i, length), (int32_t) n - 1,
                                i + length < n_bytes ? (int32_t) n + 1 : -1, (uint32_t) i, (uint32_t) length };
    i += length;
  }
  return encode_parts (encoder, word, n, false);
}

static bool
encode (const EngineVocab *vocab, const char *text, size_t n_bytes, bool (*word) (void *, const char *, size_t), EngineIds *out, EngineError *error)
{
  Encoder encoder = { .vocab = vocab, .out = out, .error = error };
  bool done = engine_pretokenize (vocab->pretokenizer, text, n_bytes, word, &encoder);

  free (encoder.parts);
  engine_merge_queue_clear (&encoder.queue);
  free (encoder.letters);
  return done;
}

static bool
encode_gpt2 (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error)
{
  return encode (vocab, text, n_bytes, encode_bytes_word, out, error);
}

static bool
encode_gemma4 (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error)
{
  size_t n;
  char *marked = engine_spaces_marked (text, n_bytes, false, &n, error);
  bool done = marked && encode (vocab, marked, n, encode_characters_word, out, error);

  free (marked);
  return done;
}

static size_t
bytes_gpt2 (const EngineVocab *vocab, const EngineToken *token, char *out)
{
  size_t n = 0;

  for (size_t i = 0; i < token->n_bytes;) {
    uint32_t letter;
    int length = engine_utf8_read (token->text + i, token->n_bytes - i, &letter);
    int byte = length ? byte_of_letter (letter) : -1;

    length = ENGINE_MAX (length, 1);
    if (byte >= 0) {
      out[n++] = (char) byte;
    } else {
      memcpy (out + n, token->text + i, length);
      n += length;
    }
    i += length;
  }
  return n;
}

const EngineTokenizer engine_tokenizer_gpt2 = {
  .name = "gpt2", .merges = true, .encode = encode_gpt2, .bytes = bytes_gpt2,
};

const EngineTokenizer engine_tokenizer_gemma4 = {
  .name = "gemma4", .merges = true, .fixed_pretokenizer = "gemma4", .adds_bos = true,
  .encode = encode_gemma4, .bytes = engine_spaces_unmarked,
};
