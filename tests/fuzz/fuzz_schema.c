/* SPDX-License-Identifier: MIT */
/* Options, a JSON Schema and, after a byte 0x00, bytes that are to follow it. */
#include "follow-grammar.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *zero;
  EngineSchemaOptions options;
  EngineGrammar *grammar;
  size_t n;

  if (size < 1)
    return 0;
  options = (EngineSchemaOptions) { data[0] & 1, data[0] & 2, data[0] & 4 };
  data++;
  size--;
  zero = memchr (data, 0, size);
  n = zero ? (size_t) (zero - data) : size;
  grammar = engine_grammar_from_schema ((const char *) data, n, &options, NULL);
  if (grammar)
    follow_grammar (grammar, zero ? zero + 1 : data, zero ? size - n - 1 : 0);
  engine_grammar_unref (grammar);
  return 0;
}
