/* SPDX-License-Identifier: MIT */
/* Tables of characters that nobody vouches for, and texts through them: two bytes say how long the table is. */
#include "tokenizer/charsmap.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  EngineError error = { 0 };
  EngineCharsmap *map;
  size_t n, total = 0;

  if (size < 2)
    return 0;
  n = ENGINE_MIN ((size_t) (data[0] | data[1] << 8), size - 2);
  map = engine_charsmap_new (data + 2, n, &error);
  if (!map && error.code != ENGINE_BAD_FILE)
    __builtin_trap ();
  for (size_t i = 2 + n; map && i < size; i++) {
    const char *replacement = NULL;
    size_t taken = engine_charsmap_match (map, (const char *) data + i, size - i, &replacement);

    if (taken > size - i || (taken > 0 && !replacement))
      __builtin_trap ();
    total += taken > 0 ? strlen (replacement) : 0;
  }
  engine_charsmap_free (map);
  return total == SIZE_MAX;
}
