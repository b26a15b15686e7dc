/* SPDX-License-Identifier: MIT */
/* SentencePiece as Llama 2 and Gemma 3 use it: the characters of a text (a space written as
 * U+2581) are merged, the pair whose text is the token with the best score first, the leftmost
 * of equals; what is no token in the end is written in byte tokens. */
#include "tokenizer/queue.h"
#include "tokenizer/vocab.h"

#include <string.h>

#define MARK "\xE2\x96\x81" /* U+2581, the visible space */
#define MARK_BYTES 3

char *
engine_spaces_marked (const char *text, size_t n_bytes, bool prefix, size_t *n_out, EngineError *error)
{
  size_t n_spaces = prefix, n = 0;
  char *out;

  for (size_t i = 0; i < n_bytes; i++)
    n_spaces += text[i] == ' ';
  out = engine_calloc (n_bytes + MARK_BYTES * n_spaces + 1, 1, error);
  if (!out)
    return NULL;
  if (prefix) {
    memcpy (out, MARK, MARK_BYTES);
    n = MARK_BYTES;
  }
  for (size_t i = 0; i < n_bytes; i++) {
    if (text[i] == ' ') {
      memcpy (out + n, MARK, MARK_BYTES);
      n += MARK_BYTES;
    } else {
      out[n++] = text[i];
    }
  }
  *n_out = n;
  return out;
}

size_t
engine_spaces_unmarked (const EngineVocab *vocab, const EngineToken *token, char *out)
{
  size_t n = 0;

  for (size_t i = 0; i < token->n_bytes;) {
    if (token->n_bytes - i >= MARK_BYTES && !memcmp (token->text + i, MARK, MARK_BYTES)) {
      out[n++] = ' ';
      i += MARK_BYTES;
    } else {
      out[n++] = token->text[i++];
    }
  }
  return n;
}

typedef struct {
  size_t  start, n_bytes; /* n_bytes 0: merged into the part before */
  int32_t previous, next; /* -1: none */
} Part;

typedef struct {
  const EngineVocab *vocab;
  const char        *text;
  EngineError       *error;
  Part              *parts;
  EngineMergeQueue   queue; /* checked by the bytes of both parts together */
} Encoder;

static bool
push (Encoder *encoder, int32_t left, int32_t right)
{
  size_t n_bytes;
  int32_t id;

  if (left < 0 || right < 0)
    return true;
  n_bytes = encoder->parts[left].n_bytes + encoder->parts[right].n_bytes;
  if (n_bytes > encoder->vocab->longest)
    return true;
  id = engine_text_map_get (&encoder->vocab->texts, encoder->text + encoder->parts[left].start, n_bytes);
  if (!engine_vocab_is_plain (encoder->vocab, id))
    return true;
  return engine_merge_queue_push (&encoder->queue, (EngineMergeEntry) { -encoder->vocab->tokens[id].score, left, right, (int64_t) n_bytes }, encoder->error);
}

static bool
merge_parts (Encoder *encoder, int32_t n_parts)
{
  Part *parts = encoder->parts;

  for (int32_t i = 0; i + 1 < n_parts; i++)
    if (!push (encoder, i, i + 1))
      return false;
  while (encoder->queue.n) {
    EngineMergeEntry entry = engine_merge_queue_pop (&encoder->queue);
    Part *left = &parts[entry.left], *right = &parts[entry.right];

    if (!left->n_bytes || !right->n_bytes || left->n_bytes + right->n_bytes != (size_t) entry.check)
      continue;
    left->n_bytes += right->n_bytes;
    left->next = right->next;
    right->n_bytes = 0;
    if (left->next >= 0)
      parts[left->next].previous = entry.left;
    if (!push (encoder, left->previous, entry.left) || !push (encoder, entry.left, left->next))
      return false;
  }
  return true;
}

static bool
push_part (const Encoder *encoder, const Part *part, EngineIds *out)
{
  const char *text = encoder->text + part->start;
  int32_t id = engine_text_map_get (&encoder->vocab->texts, text, part->n_bytes);

  if (engine_vocab_is_plain (encoder->vocab, id))
    return engine_ids_push (out, id, encoder->error);
  for (size_t i = 0; i < part->n_bytes; i++)
    if (!engine_vocab_push_byte (encoder->vocab, (unsigned char) text[i], out, encoder->error))
      return false;
  return true;
}

/* `marked` has its spaces marked. */
static bool
encode_marked (Encoder *encoder, size_t n_bytes, EngineIds *out)
{
  int32_t n_parts = 0;
  bool done;

  encoder->parts = engine_calloc (n_bytes, sizeof *encoder->parts, encoder->error);
  if (!encoder->parts)
    return false;
  for (size_t i = 0; i < n_bytes; n_parts++) {
    uint32_t character;
    int length = ENGINE_MAX (engine_utf8_read (encoder->text + i, n_bytes - i, &character), 1);

    encoder->parts[n_parts] = (Part){ i, length, n_parts - 1, i + length < n_bytes ? n_parts + 1 : -1 };
    i += length;
  }
  done = merge_parts (encoder, n_parts);
  for (int32_t i = n_parts ? 0 : -1; done && i >= 0; i = encoder->parts[i].next)
    done = push_part (encoder, &encoder->parts[i], out);
  free (encoder->parts);
  engine_merge_queue_clear (&encoder->queue);
  return done;
}

static bool
encode (const EngineVocab *vocab, const char *text, size_t n_bytes, bool first, EngineIds *out, EngineError *error)
{
  Encoder encoder = { .vocab = vocab, .error = error };
  size_t n;
  char *marked = engine_spaces_marked (text, n_bytes, first && vocab->space_prefix, &n, error);
  bool done;

  if (!marked)
    return false;
  encoder.text = marked;
  done = encode_marked (&encoder, n, out);
  free (marked);
  return done;
}

const EngineTokenizer engine_tokenizer_llama = {
  .name = "llama", .adds_bos = true, .space_prefix = true, .encode = encode, .bytes = engine_spaces_unmarked,
};
