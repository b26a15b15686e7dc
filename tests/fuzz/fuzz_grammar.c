/* SPDX-License-Identifier: MIT */
/* A grammar as text and, after a byte 0x00, bytes that are to follow it. */
#include "follow-grammar.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *zero = memchr (data, 0, size);
  size_t n = zero ? (size_t) (zero - data) : size;
  EngineGrammar *grammar = engine_grammar_from_text ((const char *) data, n, NULL);

  if (grammar)
    follow_grammar (grammar, zero ? zero + 1 : data, zero ? size - n - 1 : 0);
  engine_grammar_unref (grammar);
  return 0;
}
