/* SPDX-License-Identifier: MIT */
#include "grammar/network.h"

#include <string.h>

/* ---- nodes -------------------------------------------------------------------------- */

static int32_t
add_node (EngineNetBuilder *b, EngineNetKind kind, int32_t what, int32_t next)
{
  if (b->n_nodes >= ENGINE_NET_MOST_NODES) {
    engine_fail (b->build->error, ENGINE_BAD_INPUT, "The grammar is too large: it has more than %d nodes. Allow fewer repetitions, or shorter texts.", ENGINE_NET_MOST_NODES);
    engine_build_leave (b->build);
  }
  b->nodes = engine_build_grow (b->build, b->nodes, b->n_nodes, &b->nodes_capacity, sizeof *b->nodes);
  b->nodes[b->n_nodes] = (EngineNetNode) { (uint8_t) kind, what, next, ENGINE_NET_FAR };
  return (int32_t) b->n_nodes++;
}

void
engine_net_begin (EngineNetBuilder *b, EngineBuild *build)
{
  *b = (EngineNetBuilder) { .build = build };
  add_node (b, ENGINE_NET_END, 0, 0);
  add_node (b, ENGINE_NET_NONE, 0, 0);
}

int32_t
engine_net_rule (EngineNetBuilder *b)
{
  b->starts = engine_build_grow (b->build, b->starts, b->n_rules, &b->starts_capacity, sizeof *b->starts);
  b->starts[b->n_rules] = ENGINE_NET_NODE_NONE;
  return (int32_t) b->n_rules++;
}

void
engine_net_define (EngineNetBuilder *b, int32_t rule, int32_t start)
{
  b->starts[rule] = start;
}

static size_t
hash_set (const EngineByteSet *set)
{
  uint64_t hash = 0;

  for (int i = 0; i < 4; i++) {
    hash = (hash ^ set->bits[i]) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  return (size_t) hash;
}

static void
place_set (EngineNetBuilder *b, size_t number)
{
  size_t i = hash_set (&b->sets[number]) & (b->set_table_size - 1);

  while (b->set_table[i])
    i = (i + 1) & (b->set_table_size - 1);
  b->set_table[i] = (int32_t) number + 1;
}

static int32_t
number_of_set (EngineNetBuilder *b, const EngineByteSet *set)
{
  size_t i;

  if (2 * (b->n_sets + 1) > b->set_table_size) {
    b->set_table_size = ENGINE_MAX (64, 2 * b->set_table_size);
    b->set_table = engine_build_alloc (b->build, b->set_table_size, sizeof *b->set_table);
    for (size_t n = 0; n < b->n_sets; n++)
      place_set (b, n);
  }
  i = hash_set (set) & (b->set_table_size - 1);
  for (; b->set_table[i]; i = (i + 1) & (b->set_table_size - 1))
    if (memcmp (&b->sets[b->set_table[i] - 1], set, sizeof *set) == 0)
      return b->set_table[i] - 1;
  b->sets = engine_build_grow (b->build, b->sets, b->n_sets, &b->sets_capacity, sizeof *b->sets);
  b->sets[b->n_sets] = *set;
  b->set_table[i] = (int32_t) ++b->n_sets;
  return (int32_t) b->n_sets - 1;
}

int32_t
engine_net_bytes (EngineNetBuilder *b, const EngineByteSet *set, int32_t next)
{
  if (next == ENGINE_NET_NODE_NONE || !(set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]))
    return ENGINE_NET_NODE_NONE;
  return add_node (b, ENGINE_NET_BYTES, number_of_set (b, set), next);
}

int32_t
engine_net_fork (EngineNetBuilder *b, int32_t one, int32_t other)
{
  if (one == ENGINE_NET_NODE_NONE || one == other)
    return other;
  return other == ENGINE_NET_NODE_NONE ? one : add_node (b, ENGINE_NET_FORK, one, other);
}

int32_t
engine_net_call (EngineNetBuilder *b, int32_t rule, int32_t next)
{
  return next == ENGINE_NET_NODE_NONE ? next : add_node (b, ENGINE_NET_CALL, rule, next);
}

int32_t
engine_net_text (EngineNetBuilder *b, const char *bytes, size_t n, int32_t next)
{
  while (n-- > 0) {
    EngineByteSet set = { { 0 } };

    engine_byte_set_add (&set, (uint8_t) bytes[n], (uint8_t) bytes[n]);
    next = engine_net_bytes (b, &set, next);
  }
  return next;
}

int32_t
engine_net_hold (EngineNetBuilder *b)
{
  return add_node (b, ENGINE_NET_FORK, ENGINE_NET_NODE_NONE, ENGINE_NET_NODE_NONE);
}

void
engine_net_set (EngineNetBuilder *b, int32_t held, int32_t one, int32_t other)
{
  b->nodes[held].what = one;
  b->nodes[held].next = other;
}

/* X{2,4} is X X (X (X)?)?; X{2,} is X X followed by a loop. */
int32_t
engine_net_repeat (EngineNetBuilder *b, EngineNetMake make, void *user, int32_t least, int32_t most, int32_t next)
{
  int32_t at = next;

  if (most < 0) {
    int32_t loop = engine_net_hold (b);

    engine_net_set (b, loop, make (b, user, loop), next);
    at = loop;
  }
  for (int32_t i = least; i < most; i++)
    at = engine_net_fork (b, make (b, user, at), next);
  for (int32_t i = 0; i < least; i++)
    at = make (b, user, at);
  return at;
}

/* ---- characters ----------------------------------------------------------------------- */

#define MOST_PIECES 512

/* The pieces of a set of characters: what follows a first byte is shared. */
typedef struct {
  EngineNetBuilder *b;
  int32_t next;
  struct { uint8_t from, to; int32_t next, node; } tails[MOST_PIECES];
  struct { EngineByteSet set; int32_t next; } heads[MOST_PIECES];
  int n_tails, n_heads;
} Pieces;

static int32_t
tail (Pieces *pieces, uint8_t from, uint8_t to, int32_t next)
{
  EngineByteSet set = { { 0 } };
  int32_t node;

  for (int i = 0; i < pieces->n_tails; i++)
    if (pieces->tails[i].from == from && pieces->tails[i].to == to && pieces->tails[i].next == next)
      return pieces->tails[i].node;
  engine_byte_set_add (&set, from, to);
  node = engine_net_bytes (pieces->b, &set, next);
  if (pieces->n_tails < MOST_PIECES) {
    pieces->tails[pieces->n_tails].from = from;
    pieces->tails[pieces->n_tails].to = to;
    pieces->tails[pieces->n_tails].next = next;
    pieces->tails[pieces->n_tails++].node = node;
  }
  return node;
}

static void
head (Pieces *pieces, uint8_t from, uint8_t to, int32_t next)
{
  for (int i = 0; i < pieces->n_heads; i++)
    if (pieces->heads[i].next == next) {
      engine_byte_set_add (&pieces->heads[i].set, from, to);
      return;
    }
  if (pieces->n_heads == MOST_PIECES) {
    engine_fail (pieces->b->build->error, ENGINE_BAD_INPUT, "The grammar has a set of characters with too many parts; make it simpler.");
    engine_build_leave (pieces->b->build);
  }
  pieces->heads[pieces->n_heads].set = (EngineByteSet) { { 0 } };
  engine_byte_set_add (&pieces->heads[pieces->n_heads].set, from, to);
  pieces->heads[pieces->n_heads++].next = next;
}

/* The bits of a character that its last `n` bytes hold. */
#define LOW(n) ((UINT32_C (1) << 6 * (n)) - 1)

/* Characters of one length in UTF-8, `n_tail` bytes after the first. Such a range is a product of ranges of bytes once only its first
 * byte that differs is followed by bytes that take all values; until then it is cut. */
static void
add_range (Pieces *pieces, uint32_t from, uint32_t to, int n_tail)
{
  static const uint8_t firsts[] = { 0, 0xC0, 0xE0, 0xF0 };
  int32_t next = pieces->next;

  for (int n = 1; n <= n_tail; n++) {
    if ((from & ~LOW (n)) == (to & ~LOW (n)))
      continue;
    if (from & LOW (n)) {
      add_range (pieces, from, from | LOW (n), n_tail);
      add_range (pieces, (from | LOW (n)) + 1, to, n_tail);
      return;
    }
    if ((to & LOW (n)) != LOW (n)) {
      add_range (pieces, from, (to & ~LOW (n)) - 1, n_tail);
      add_range (pieces, to & ~LOW (n), to, n_tail);
      return;
    }
  }
  for (int i = 0; i < n_tail; i++)
    next = tail (pieces, (uint8_t) (0x80 | (from >> 6 * i & 0x3F)), (uint8_t) (0x80 | (to >> 6 * i & 0x3F)), next);
  head (pieces, (uint8_t) (firsts[n_tail] | from >> 6 * n_tail), (uint8_t) (firsts[n_tail] | to >> 6 * n_tail), next);
}

int32_t
engine_net_chars (EngineNetBuilder *b, const EngineCharRange *ranges, size_t n, int32_t next)
{
  static const struct { uint32_t from, to; int n_tail; } lengths[] = {
    { 0, 0x7F, 0 }, { 0x80, 0x7FF, 1 }, { 0x800, 0xD7FF, 2 }, { 0xE000, 0xFFFF, 2 }, { 0x10000, ENGINE_CHAR_MOST, 3 },
  };
  Pieces *pieces;
  int32_t at = ENGINE_NET_NODE_NONE;
  bool ascii = true;

  if (next == ENGINE_NET_NODE_NONE)
    return next;
  engine_build_step (b->build, n + 1);
  for (size_t i = 0; i < n; i++)
    ascii &= ranges[i].to < 0x80;
  if (ascii) {
    EngineByteSet set = { { 0 } };

    for (size_t i = 0; i < n; i++)
      engine_byte_set_add (&set, (uint8_t) ranges[i].from, (uint8_t) ranges[i].to);
    return engine_net_bytes (b, &set, next);
  }
  pieces = engine_build_alloc (b->build, 1, sizeof *pieces);
  pieces->b = b;
  pieces->next = next;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < ENGINE_LENGTH (lengths); k++)
      if (ranges[i].from <= lengths[k].to && ranges[i].to >= lengths[k].from)
        add_range (pieces, ENGINE_MAX (ranges[i].from, lengths[k].from), ENGINE_MIN (ranges[i].to, lengths[k].to), lengths[k].n_tail);
  for (int i = pieces->n_heads - 1; i >= 0; i--)
    at = engine_net_fork (b, engine_net_bytes (b, &pieces->heads[i].set, pieces->heads[i].next), at);
  return at;
}
