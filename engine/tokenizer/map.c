/* SPDX-License-Identifier: MIT */
#include "tokenizer/map.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t
rotate (uint64_t value, int bits)
{
  return value << bits | value >> (64 - bits);
}

static void
sip_round (uint64_t v[4])
{
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate (v[1], 13) ^ v[0];
  v[3] = rotate (v[3], 16) ^ v[2];
  v[0] = rotate (v[0], 32);
  v[2] += v[1];
  v[0] += v[3];
  v[1] = rotate (v[1], 17) ^ v[2];
  v[3] = rotate (v[3], 21) ^ v[0];
  v[2] = rotate (v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012). */
static uint64_t
hash_bytes (const uint64_t key[2], const char *bytes, size_t n)
{
  uint64_t v[4] = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 };
  uint64_t word;
  size_t i = 0;

  for (; i + 8 <= n; i += 8) {
    memcpy (&word, bytes + i, 8);
    v[3] ^= word;
    sip_round (v);
    v[0] ^= word;
  }
  word = 0;
  memcpy (&word, bytes + i, n - i);
  word |= (uint64_t) n << 56;
  v[3] ^= word;
  sip_round (v);
  v[0] ^= word;
  v[2] ^= 0xFF;
  for (int round = 0; round < 3; round++)
    sip_round (v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Two rounds of multiplication of the pair with the secret mixed in. */
static uint64_t
hash_pair (const uint64_t key[2], int32_t left, int32_t right)
{
  uint64_t x = ((uint64_t) (uint32_t) left << 32 | (uint32_t) right) ^ key[0];

  x *= 0x9E3779B97F4A7C15;
  x = (x ^ x >> 32 ^ key[1]) * 0xD6E8FEB86659FD93;
  return x ^ x >> 32;
}

static void
draw_key (uint64_t key[2])
{
  if (getrandom (key, 2 * sizeof key[0], GRND_NONBLOCK) == (ssize_t) (2 * sizeof key[0]))
    return;
  key[0] = (uint64_t) time (NULL);
  key[1] = (uintptr_t) key;
}

/* The number of slots, a power of two, at least twice the number of keys; 0 when it does not fit. */
static size_t
slots_for (size_t n)
{
  size_t slots = 16;

  while (slots / 2 < n) {
    if (slots > SIZE_MAX / 4)
      return 0;
    slots *= 2;
  }
  return slots;
}

bool
engine_text_map_init (EngineTextMap *map, size_t n, EngineError *error)
{
  size_t slots = slots_for (n);

  memset (map, 0, sizeof *map);
  if (!slots)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a table of %zu texts.", n);
  map->slots = engine_calloc (slots, sizeof *map->slots, error);
  map->mask = slots - 1;
  draw_key (map->key);
  return map->slots != NULL;
}

void
engine_text_map_clear (EngineTextMap *map)
{
  free (map->slots);
  memset (map, 0, sizeof *map);
}

static EngineTextSlot *
text_slot (const EngineTextMap *map, const char *text, size_t n_bytes)
{
  size_t i = hash_bytes (map->key, text, n_bytes) & map->mask;

  while (map->slots[i].text && (map->slots[i].n_bytes != n_bytes || memcmp (map->slots[i].text, text, n_bytes)))
    i = (i + 1) & map->mask;
  return &map->slots[i];
}

static bool
text_map_grow (EngineTextMap *map, EngineError *error)
{
  EngineTextMap larger;

  if (!engine_text_map_init (&larger, 2 * map->n, error))
    return false;
  for (size_t i = 0; i <= map->mask; i++)
    if (map->slots[i].text)
      *text_slot (&larger, map->slots[i].text, map->slots[i].n_bytes) = map->slots[i];
  larger.n = map->n;
  free (map->slots);
  *map = larger;
  return true;
}

bool
engine_text_map_put (EngineTextMap *map, const char *text, uint32_t n_bytes, int32_t id, EngineError *error)
{
  EngineTextSlot *slot = text_slot (map, text, n_bytes);

  if (!slot->text) {
    if (map->n >= (map->mask + 1) / 2) {
      if (!text_map_grow (map, error))
        return false;
      slot = text_slot (map, text, n_bytes);
    }
    map->n++;
  }
  *slot = (EngineTextSlot){ text, n_bytes, id };
  return true;
}

int32_t
engine_text_map_get (const EngineTextMap *map, const char *text, size_t n_bytes)
{
  const EngineTextSlot *slot = text_slot (map, text, n_bytes);

  return slot->text ? slot->id : -1;
}

bool
engine_merge_map_init (EngineMergeMap *map, size_t n, EngineError *error)
{
  size_t slots = slots_for (n);

  memset (map, 0, sizeof *map);
  if (!slots)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a table of %zu merges.", n);
  map->slots = engine_calloc (slots, sizeof *map->slots, error);
  if (!map->slots)
    return false;
  for (size_t i = 0; i < slots; i++)
    map->slots[i].left = -1;
  map->mask = slots - 1;
  draw_key (map->key);
  return true;
}

void
engine_merge_map_clear (EngineMergeMap *map)
{
  free (map->slots);
  memset (map, 0, sizeof *map);
}

static EngineMerge *
merge_slot (const EngineMergeMap *map, int32_t left, int32_t right)
{
  size_t i = hash_pair (map->key, left, right) & map->mask;

  while (map->slots[i].left >= 0 && (map->slots[i].left != left || map->slots[i].right != right))
    i = (i + 1) & map->mask;
  return &map->slots[i];
}

void
engine_merge_map_put (EngineMergeMap *map, EngineMerge merge)
{
  EngineMerge *slot = merge_slot (map, merge.left, merge.right);

  if (slot->left < 0)
    *slot = merge;
}

const EngineMerge *
engine_merge_map_get (const EngineMergeMap *map, int32_t left, int32_t right)
{
  const EngineMerge *slot = merge_slot (map, left, right);

  return slot->left < 0 ? NULL : slot;
}
