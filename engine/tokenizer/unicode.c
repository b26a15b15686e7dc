/* SPDX-License-Identifier: MIT */
#include "tokenizer/unicode.h"

/* Every `step`-th character from `first` to `last` has its other case `distance` away. */
typedef struct {
  uint32_t first, last;
  uint32_t step;
  int32_t  distance;
} CaseRun;

/* One step of a canonical decomposition; a second part of 0: there is none. */
typedef struct {
  uint32_t character, first, second;
} Decomposition;

#include "unicode-table.h"

EngineUnicodeCategory
engine_unicode_category (uint32_t character)
{
  size_t low = 0, high = ENGINE_LENGTH (category_runs);

  if (character < ENGINE_LENGTH (ascii_categories))
    return (EngineUnicodeCategory) ascii_categories[character];
  if (character > 0x10FFFF)
    return ENGINE_UNICODE_CN;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;

    if (category_runs[middle] >> 5 <= character)
      low = middle;
    else
      high = middle;
  }
  return (EngineUnicodeCategory) (category_runs[low] & 31);
}

bool
engine_unicode_is_space (uint32_t character)
{
  if (character < 0x80)
    return character == ' ' || (character >= '\t' && character <= '\r');
  if (character == 0x85)
    return true;
  return (1u << engine_unicode_category (character)) & (ENGINE_UNICODE_BIT (ZS) | ENGINE_UNICODE_BIT (ZL) | ENGINE_UNICODE_BIT (ZP));
}

static uint32_t
map_case (const CaseRun *runs, size_t n, uint32_t character)
{
  size_t low = 0, high = n;

  while (low < high) {
    size_t middle = (low + high) / 2;

    if (runs[middle].last < character)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == n || character < runs[low].first || (character - runs[low].first) % runs[low].step)
    return character;
  return (uint32_t) ((int32_t) character + runs[low].distance);
}

uint32_t
engine_unicode_lower (uint32_t character)
{
  return map_case (lower_runs, ENGINE_LENGTH (lower_runs), character);
}

uint32_t
engine_unicode_upper (uint32_t character)
{
  return map_case (upper_runs, ENGINE_LENGTH (upper_runs), character);
}

/* Syllables of Hangul: a leading and a middle jamo, and one in the end for all but the first of 28. */
static int
decompose_hangul (uint32_t syllable, uint32_t *parts)
{
  uint32_t last = syllable % 28;

  parts[0] = 0x1100 + syllable / (21 * 28);
  parts[1] = 0x1161 + syllable / 28 % 21;
  parts[2] = 0x11A7 + last;
  return last ? 3 : 2;
}

static const Decomposition *
find_decomposition (uint32_t character)
{
  size_t low = 0, high = ENGINE_LENGTH (decompositions);

  while (low < high) {
    size_t middle = (low + high) / 2;

    if (decompositions[middle].character < character)
      low = middle + 1;
    else
      high = middle;
  }
  return low < ENGINE_LENGTH (decompositions) && decompositions[low].character == character ? &decompositions[low] : NULL;
}

/* Only first parts are taken apart again; the generator checks that. */
int
engine_unicode_decompose (uint32_t character, uint32_t parts[ENGINE_UNICODE_MOST_PARTS])
{
  uint32_t seconds[ENGINE_UNICODE_MOST_PARTS];
  const Decomposition *step;
  int n_seconds = 0, n = 0;

  if (character >= 0xAC00 && character < 0xAC00 + 19 * 21 * 28)
    return decompose_hangul (character - 0xAC00, parts);
  while (n_seconds + 1 < ENGINE_UNICODE_MOST_PARTS && (step = find_decomposition (character))) {
    character = step->first;
    if (step->second)
      seconds[n_seconds++] = step->second;
  }
  parts[n++] = character;
  while (n_seconds)
    parts[n++] = seconds[--n_seconds];
  return n;
}

int
engine_utf8_read (const char *bytes, size_t n, uint32_t *character)
{
  static const uint32_t smallest[5] = { 0, 0, 0x80, 0x800, 0x10000 };
  const unsigned char *b = (const unsigned char *) bytes;
  uint32_t value;
  int length;

  if (b[0] < 0x80) {
    *character = b[0];
    return 1;
  }
  if (b[0] < 0xC2 || b[0] > 0xF4)
    return 0;
  length = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
  if ((size_t) length > n)
    return 0;
  value = b[0] & (0x7Fu >> length);
  for (int i = 1; i < length; i++) {
    if ((b[i] & 0xC0) != 0x80)
      return 0;
    value = value << 6 | (b[i] & 0x3F);
  }
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return 0;
  *character = value;
  return length;
}

int
engine_utf8_write (uint32_t character, char out[4])
{
  if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
    character = ENGINE_UNICODE_REPLACEMENT;
  if (character < 0x80) {
    out[0] = (char) character;
    return 1;
  }
  if (character < 0x800) {
    out[0] = (char) (0xC0 | character >> 6);
    out[1] = (char) (0x80 | (character & 0x3F));
    return 2;
  }
  if (character < 0x10000) {
    out[0] = (char) (0xE0 | character >> 12);
    out[1] = (char) (0x80 | (character >> 6 & 0x3F));
    out[2] = (char) (0x80 | (character & 0x3F));
    return 3;
  }
  out[0] = (char) (0xF0 | character >> 18);
  out[1] = (char) (0x80 | (character >> 12 & 0x3F));
  out[2] = (char) (0x80 | (character >> 6 & 0x3F));
  out[3] = (char) (0x80 | (character & 0x3F));
  return 4;
}
