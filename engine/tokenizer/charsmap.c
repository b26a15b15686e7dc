/* SPDX-License-Identifier: MIT */
#include "tokenizer/charsmap.h"

#include <string.h>

struct EngineCharsmap {
  uint32_t *units;
  size_t    n_units;
  char     *texts; /* ends with a NUL */
  size_t    n_texts;
};

EngineCharsmap *
engine_charsmap_new (const uint8_t *bytes, size_t n_bytes, EngineError *error)
{
  EngineCharsmap *map;
  uint32_t n_trie = 0;

  if (n_bytes >= sizeof n_trie)
    memcpy (&n_trie, bytes, sizeof n_trie);
  if (n_trie == 0 || n_trie % sizeof *map->units || n_trie > n_bytes - sizeof n_trie) {
    engine_fail (error, ENGINE_BAD_FILE, "The model's table of characters is damaged: a trie of %u bytes is not in its %zu; fetch the file again.", n_trie, n_bytes);
    return NULL;
  }
  map = engine_calloc (1, sizeof *map, error);
  if (!map)
    return NULL;
  map->n_units = n_trie / sizeof *map->units;
  map->n_texts = n_bytes - sizeof n_trie - n_trie;
  map->units = engine_calloc (map->n_units, sizeof *map->units, error);
  map->texts = engine_calloc (map->n_texts + 1, 1, error);
  if (!map->units || !map->texts) {
    engine_charsmap_free (map);
    return NULL;
  }
  memcpy (map->units, bytes + sizeof n_trie, n_trie);
  memcpy (map->texts, bytes + sizeof n_trie + n_trie, map->n_texts);
  return map;
}

void
engine_charsmap_free (EngineCharsmap *charsmap)
{
  if (!charsmap)
    return;
  free (charsmap->units);
  free (charsmap->texts);
  free (charsmap);
}

static size_t
children_of (uint32_t unit)
{
  return (size_t) (unit >> 10) << (unit >> 9 & 1 ? 8 : 0);
}

size_t
engine_charsmap_match (const EngineCharsmap *map, const char *text, size_t n_bytes, const char **replacement)
{
  size_t at = children_of (map->units[0]), longest = 0;

  for (size_t i = 0; i < n_bytes; i++) {
    uint8_t byte = (uint8_t) text[i];
    uint32_t unit, value;

    at ^= byte;
    if (at >= map->n_units)
      break;
    unit = map->units[at];
    if ((unit & 0x800000FFu) != byte)
      break;
    at ^= children_of (unit);
    if (!(unit >> 8 & 1) || at >= map->n_units)
      continue;
    value = map->units[at] & 0x7FFFFFFFu;
    if (value > map->n_texts)
      continue;
    longest = i + 1;
    *replacement = map->texts + value;
  }
  return longest;
}
