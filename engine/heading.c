/* SPDX-License-Identifier: MIT */
#include "heading.h"

#include "base.h"

#include <string.h>

#define MOST 64 /* bytes: names of languages are shorter */

static const EngineHeading headings[] = {
  { "language ", "<asr_text>" }, /* Qwen3-ASR: the language that it heard */
};

static int32_t
end_of (const EngineHeading *heading, const EngineVocab *vocab)
{
  return engine_vocab_find (vocab, heading->ends, strlen (heading->ends));
}

const EngineHeading *
engine_heading_of (const EngineVocab *vocab)
{
  for (size_t i = 0; i < ENGINE_LENGTH (headings); i++)
    if (end_of (&headings[i], vocab) >= 0)
      return &headings[i];
  return NULL;
}

EngineHeadingState
engine_heading_judge (const EngineHeading *heading, const EngineVocab *vocab, int32_t id, const char *text, size_t n_bytes)
{
  size_t n = ENGINE_MIN (n_bytes, strlen (heading->begins));

  if (n_bytes > MOST || (n && memcmp (text, heading->begins, n) != 0))
    return ENGINE_HEADING_NONE;
  return id == end_of (heading, vocab) ? ENGINE_HEADING_ENDS : ENGINE_HEADING_OPEN;
}
