/* SPDX-License-Identifier: MIT */
/* Tokens to text, piece by piece. */
#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <string.h>

typedef struct {
  char       **bytes;
  size_t      *length, *capacity;
  EngineError *error;
} Output;

static bool
append (Output *out, const char *bytes, size_t n)
{
  if (n > *out->capacity - *out->length) {
    size_t capacity = ENGINE_MAX (2 * *out->capacity, *out->length + n + 256);
    char *larger = realloc (*out->bytes, capacity);

    if (!larger)
      return engine_fail (out->error, ENGINE_NO_MEMORY, "There is no memory for a text of %zu bytes.", capacity);
    *out->bytes = larger;
    *out->capacity = capacity;
  }
  memcpy (*out->bytes + *out->length, bytes, n);
  *out->length += n;
  return true;
}

/* True when a character may begin with these 1 … 3 bytes. */
static bool
may_become (const char *bytes, int n)
{
  unsigned char first = (unsigned char) bytes[0], second = n > 1 ? (unsigned char) bytes[1] : 0;
  int length = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

  if (n >= length)
    return false;
  if (n == 1)
    return true;
  if ((second & 0xC0) != 0x80 || (n == 3 && (bytes[2] & 0xC0) != 0x80))
    return false;
  return !((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)
           || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F));
}

static bool
append_replacement (Output *out)
{
  return append (out, "\xEF\xBF\xBD", 3);
}

static bool
push_byte (EngineDecoder *decoder, char byte, Output *out)
{
  uint32_t character;
  int n;

  decoder->pending[decoder->n_pending++] = byte;
  n = decoder->n_pending;
  if (engine_utf8_read (decoder->pending, n, &character) == n) {
    decoder->n_pending = 0;
    return append (out, decoder->pending, n);
  }
  if (may_become (decoder->pending, n))
    return true;
  /* What came before the byte stays unfinished for ever; the byte may begin something new. */
  decoder->n_pending = 0;
  if (!append_replacement (out))
    return false;
  return n == 1 || push_byte (decoder, byte, out);
}

static bool
push_bytes (EngineDecoder *decoder, const char *bytes, size_t n, Output *out)
{
  for (size_t i = 0; i < n; i++)
    if (!push_byte (decoder, bytes[i], out))
      return false;
  return true;
}

static bool
decode_normal (const EngineVocab *vocab, EngineDecoder *decoder, const EngineToken *token, Output *out)
{
  char small[256], *bytes = small;
  size_t n, start;
  bool done;

  if (token->n_bytes > sizeof small) {
    bytes = engine_calloc (token->n_bytes, 1, out->error);
    if (!bytes)
      return false;
  }
  n = vocab->tokenizer->bytes (vocab, token, bytes);
  start = !decoder->started && vocab->space_prefix && n && bytes[0] == ' ';
  done = push_bytes (decoder, bytes + start, n - start, out);
  if (bytes != small)
    free (bytes);
  return done;
}

bool
engine_vocab_decode (const EngineVocab *vocab, EngineDecoder *decoder, int32_t id, bool special,
                     char **out, size_t *length, size_t *capacity, EngineError *error)
{
  Output output = { out, length, capacity, error };
  const EngineToken *token;
  bool done = true;

  if (id < 0 || id >= vocab->n_tokens)
    return engine_fail (error, ENGINE_BAD_INPUT, "Token %d is not in the vocabulary of %d.", id, vocab->n_tokens);
  token = &vocab->tokens[id];
  if (engine_vocab_is_special (vocab, id)) {
    if (special)
      done = push_bytes (decoder, token->text, token->n_bytes, &output);
    return done;
  }
  if (token->kind == ENGINE_TOKEN_BYTE && token->n_bytes == 6)
    done = push_byte (decoder, (char) strtol ((char[3]){ token->text[3], token->text[4], 0 }, NULL, 16), &output);
  else if (token->kind == ENGINE_TOKEN_USER_DEFINED)
    done = push_bytes (decoder, token->text, token->n_bytes, &output);
  else
    done = decode_normal (vocab, decoder, token, &output);
  decoder->started = true;
  return done;
}

bool
engine_vocab_decode_end (EngineDecoder *decoder, char **out, size_t *length, size_t *capacity, EngineError *error)
{
  Output output = { out, length, capacity, error };

  if (!decoder->n_pending)
    return true;
  decoder->n_pending = 0;
  return append_replacement (&output);
}
