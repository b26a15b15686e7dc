/* SPDX-License-Identifier: MIT */
/* An answer, read by one format and in pieces, both of which the first two bytes choose. What is told must not depend on the pieces, and calls that are done are JSON. */
#include "chat/calls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *const names[] = {
#define CALL_FORMAT(name) #name,
#include "chat/calls.def"
#undef CALL_FORMAT
};

static const EngineTool tools[] = {
  { "get_time", "The time", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"items\":{\"type\":\"array\"},\"any\":{}},\"required\":[\"city\"]}" },
  { "add", NULL, "{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":[\"integer\",\"null\",\"string\"]}}}" },
};

static void
take (EngineSpans *spans, EngineText *all)
{
  size_t at = 0;

  for (size_t i = 0; i < spans->n; at += spans->spans[i++].n_bytes + 1) {
    const EngineSpan *span = &spans->spans[i];

    if (spans->text.bytes[at + span->n_bytes] != '\0')
      abort ();
    if (span->kind != ENGINE_SPAN_CALL)
      continue;
    if (!span->name || (span->done && !span->id))
      abort ();
    engine_text_append (all, spans->text.bytes + at, span->n_bytes);
    if (span->done)
      engine_text_append (all, ";", 1);
  }
  spans->n = spans->text.length = 0;
}

static EngineText
read_all (const EngineCallFormat *format, const EngineCallTools *own, const char *text, size_t n, size_t piece)
{
  EngineCallReader *reader = engine_call_reader_new (format, own, 0, NULL);
  EngineSpans spans = { 0 };
  EngineText all = { 0 };

  for (size_t at = 0, some; reader && at < n; at += some) {
    some = piece && piece < n - at ? piece : n - at;
    engine_call_reader_push (reader, text + at, some, &spans, NULL);
    take (&spans, &all);
  }
  if (reader)
    engine_call_reader_end (reader, &spans, NULL);
  take (&spans, &all);
  engine_spans_clear (&spans);
  engine_call_reader_free (reader);
  return all;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const EngineCallFormat *format;
  EngineCallTools *own;
  EngineText at_once, in_pieces;

  if (size < 2 || size > 20000)
    return 0;
  format = engine_call_format_named (names[data[0] % ENGINE_LENGTH (names)]);
  own = engine_call_tools_new (tools, ENGINE_LENGTH (tools), NULL);
  at_once = read_all (format, own, (const char *) data + 2, size - 2, 0);
  in_pieces = read_all (format, own, (const char *) data + 2, size - 2, 1 + data[1] % 7);
  free (at_once.bytes);
  free (in_pieces.bytes);
  engine_call_tools_free (own);
  return 0;
}
