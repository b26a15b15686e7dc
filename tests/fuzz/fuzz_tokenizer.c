/* SPDX-License-Identifier: MIT */
/* Texts through every pre-tokeniser and every algorithm, with a small vocabulary of each kind.
 *
 * The first byte chooses the vocabulary and the flags. What comes back must be the text again. */
#include "tiny-vocab.h"
#include "tokenizer/tokenizer.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static EngineVocab *vocabs[TINY_VOCABS];

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const EngineVocab *vocab;
  EngineTokenizeFlags flags;
  EngineDecoder decoder = { 0 };
  int32_t *ids;
  size_t n_ids, length = 0, capacity = 0, n;
  char *text = NULL;
  bool plain;

  if (size < 1)
    return 0;
  for (int i = 0; i < TINY_VOCABS && !vocabs[i]; i++)
    vocabs[i] = tiny_vocab_new (i);
  vocab = vocabs[data[0] % TINY_VOCABS];
  flags = (EngineTokenizeFlags) (data[0] / TINY_VOCABS % 4);
  n = size - 1;
  if (!engine_vocab_encode (vocab, (const char *) data + 1, n, flags, &ids, &n_ids, NULL))
    abort ();
  for (size_t i = 0; i < n_ids; i++)
    if (!engine_vocab_decode (vocab, &decoder, ids[i], true, &text, &length, &capacity, NULL))
      abort ();
  if (!engine_vocab_decode_end (&decoder, &text, &length, &capacity, NULL))
    abort ();
  plain = flags == ENGINE_TOKENIZE_PLAIN && g_utf8_validate_len ((const char *) data + 1, n, NULL)
          && !memmem (data + 1, n, "\xE2\x96\x81", 3) && !memmem (data + 1, n, "<u>", 3);
  if (plain && (length != n || (n && memcmp (text, data + 1, n))))
    abort ();
  free (ids);
  free (text);
  return 0;
}
