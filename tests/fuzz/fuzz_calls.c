/* SPDX-License-Identifier: MIT */
/* An answer, read by one format and in pieces, both of which the first two bytes choose. Which calls there are must not depend on the pieces, and their arguments are JSON. */
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

/* The calls that are done, and the one that is told now. */
typedef struct { EngineText done, now; } Told;

static void
take (EngineSpans *spans, Told *told)
{
  size_t at = 0;

  for (size_t i = 0; i < spans->n; at += spans->spans[i++].n_bytes + 1) {
    const EngineSpan *span = &spans->spans[i];

    if (spans->text.bytes[at + span->n_bytes] != '\0')
      abort ();
    if (span->kind == ENGINE_SPAN_BROKEN)
      told->now.length = 0;
    if (span->kind != ENGINE_SPAN_CALL)
      continue;
    if (!span->name || (span->done && !span->id))
      abort ();
    engine_text_append (&told->now, spans->text.bytes + at, span->n_bytes);
    if (!span->done)
      continue;
    if (!engine_call_is_json (told->now.bytes, told->now.length, true))
      abort ();
    engine_text_append (&told->done, told->now.bytes, told->now.length);
    told->now.length = 0;
  }
  spans->n = spans->text.length = 0;
}

static EngineText
read_all (const EngineCallFormat *format, const EngineCallTools *own, const char *text, size_t n, size_t piece)
{
  EngineCallReader *reader = engine_call_reader_new (format, own, 0, NULL);
  EngineSpans spans = { 0 };
  Told told = { 0 };

  for (size_t at = 0, some; reader && at < n; at += some) {
    some = piece && piece < n - at ? piece : n - at;
    engine_call_reader_push (reader, text + at, some, &spans, NULL);
    take (&spans, &told);
  }
  if (reader)
    engine_call_reader_end (reader, &spans, NULL);
  take (&spans, &told);
  engine_spans_clear (&spans);
  engine_call_reader_free (reader);
  free (told.now.bytes);
  return told.done;
}

static bool
is_ascii (const uint8_t *data, size_t size)
{
  while (size > 0 && data[size - 1] < 0x80)
    size--;
  return size == 0;
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
  /* Pieces of other texts may cut a character. */
  if (is_ascii (data + 2, size - 2) && (at_once.length != in_pieces.length || (at_once.length && memcmp (at_once.bytes, in_pieces.bytes, at_once.length) != 0)))
    abort ();
  free (at_once.bytes);
  free (in_pieces.bytes);
  engine_call_tools_free (own);
  return 0;
}
