/* SPDX-License-Identifier: MIT */
/* A grammar as a network of nodes over bytes.
 *
 * Internal to engine/grammar/. Each rule is a piece of the network with a start; it is left at the one END that all share.
 * A node either takes one byte of a set (BYTES), goes on in one of two ways (FORK), goes through another rule and then on
 * (CALL), or ends its rule. NONE goes nowhere. Characters are their bytes in UTF-8 here. So a text fits when there is a
 * way from the start of rule 0 to its end, on which the calls are a stack; all such ways are followed at once by
 * automaton.h.
 *
 * A network is built from behind: what makes a piece is told the node that follows and returns the node where the piece
 * begins. When it is finished, it has no node from which there is no way to an end, and no rule that calls itself before
 * it has taken a byte: so it is walked through without care. */
#pragma once

#include "grammar/build.h"

typedef enum { ENGINE_NET_END, ENGINE_NET_BYTES, ENGINE_NET_FORK, ENGINE_NET_CALL, ENGINE_NET_NONE } EngineNetKind;

#define ENGINE_NET_NODE_END 0  /* the end of every rule */
#define ENGINE_NET_NODE_NONE 1
#define ENGINE_NET_MOST_NODES (1 << 20)
#define ENGINE_NET_FAR UINT32_MAX

typedef struct {
  uint8_t  kind;
  int32_t  what;  /* BYTES: the number of the set; FORK: one way; CALL: the rule */
  int32_t  next;  /* BYTES, CALL: what follows; FORK: the other way */
  uint32_t least; /* the fewest bytes from here to the end of the rule */
} EngineNetNode;

typedef struct { uint64_t bits[4]; } EngineByteSet;

/* Finished; immutable. */
typedef struct {
  EngineNetNode *nodes;
  EngineByteSet *sets;
  int32_t       *starts;       /* of the rules; 0 is the one for the whole text */
  int32_t        n_nodes, n_sets, n_rules;
  uint8_t        classes[256]; /* bytes between which no set makes a difference have the same class */
  uint8_t        samples[256]; /* one byte of each class */
  int32_t        n_classes;
} EngineNet;

void engine_net_clear (EngineNet *net);

static inline bool
engine_byte_set_has (const EngineByteSet *set, uint8_t byte)
{
  return set->bits[byte / 64] >> byte % 64 & 1;
}

static inline void
engine_byte_set_add (EngineByteSet *set, uint8_t from, uint8_t to)
{
  for (int byte = from; byte <= to; byte++)
    set->bits[byte / 64] |= UINT64_C (1) << byte % 64;
}

/* ---- building ---------------------------------------------------------------------- */

/* Characters from one to another, both included. Lists are sorted, without overlaps. */
typedef struct { uint32_t from, to; } EngineCharRange;

#define ENGINE_CHAR_MOST 0x10FFFFu

typedef struct {
  EngineBuild   *build;
  EngineNetNode *nodes;
  EngineByteSet *sets;
  int32_t       *starts;
  size_t         n_nodes, nodes_capacity, n_sets, sets_capacity, n_rules, starts_capacity;
  int32_t       *set_table; /* [set_table_size], from a hash of a set to its number + 1 */
  size_t         set_table_size;
} EngineNetBuilder;

void engine_net_begin (EngineNetBuilder *b, EngineBuild *build);

/* A rule whose start comes later. */
int32_t engine_net_rule (EngineNetBuilder *b);
void    engine_net_define (EngineNetBuilder *b, int32_t rule, int32_t start);

int32_t engine_net_bytes (EngineNetBuilder *b, const EngineByteSet *set, int32_t next);
/* One way or the other; NONE is no way. */
int32_t engine_net_fork (EngineNetBuilder *b, int32_t one, int32_t other);
int32_t engine_net_call (EngineNetBuilder *b, int32_t rule, int32_t next);
int32_t engine_net_text (EngineNetBuilder *b, const char *bytes, size_t n, int32_t next);
/* One of the characters. Surrogates, which UTF-8 does not have, are left out. */
int32_t engine_net_chars (EngineNetBuilder *b, const EngineCharRange *ranges, size_t n, int32_t next);
/* A node that a loop may lead back to before it is known where it goes: a fork, to be set later. */
int32_t engine_net_hold (EngineNetBuilder *b);
void    engine_net_set (EngineNetBuilder *b, int32_t held, int32_t one, int32_t other);

/* One piece again and again. `make` is called with what is to follow it. `most` < 0: without end. */
typedef int32_t (*EngineNetMake) (EngineNetBuilder *b, void *user, int32_t next);
int32_t engine_net_repeat (EngineNetBuilder *b, EngineNetMake make, void *user, int32_t least, int32_t most, int32_t next);

/* Checks, removes what leads nowhere, and copies it to memory of its own. `names` [n_names], of the first rules, for the sentence when a rule
 * calls itself at once. Errors: BAD_INPUT, NO_MEMORY. */
void engine_net_finish (EngineNetBuilder *b, const char *const *names, size_t n_names, EngineNet *net);
