/* SPDX-License-Identifier: MIT */
/* The last look at a network: what leads nowhere goes, what would never come back is refused. */
#include "grammar/network.h"

#include <string.h>

static uint32_t
sum (uint32_t a, uint32_t b)
{
  return a > ENGINE_NET_FAR - b ? ENGINE_NET_FAR : a + b;
}

static uint32_t
least_from (const EngineNetBuilder *b, const EngineNetNode *node)
{
  const EngineNetNode *nodes = b->nodes;

  switch (node->kind) {
  case ENGINE_NET_END:
    return 0;
  case ENGINE_NET_BYTES:
    return sum (1, nodes[node->next].least);
  case ENGINE_NET_FORK:
    return ENGINE_MIN (nodes[node->what].least, nodes[node->next].least);
  case ENGINE_NET_CALL:
    return sum (nodes[b->starts[node->what]].least, nodes[node->next].least);
  default:
    return ENGINE_NET_FAR;
  }
}

/* Who is to be looked at again when a node has come nearer to its end: nodes in lists by what they lead to. */
typedef struct {
  int32_t *first; /* [n_nodes] into links, -1: none */
  struct { int32_t node, next; } *links;
  int32_t  n_links;
} Users;

static void
add_user (Users *users, int32_t of, int32_t node)
{
  users->links[users->n_links].node = node;
  users->links[users->n_links].next = users->first[of];
  users->first[of] = users->n_links++;
}

/* Shorter and shorter, until nothing changes any more. */
static void
find_least (EngineNetBuilder *b)
{
  Users users = { 0 };
  int32_t *queue = engine_build_alloc (b->build, b->n_nodes, sizeof *queue);
  bool *queued = engine_build_alloc (b->build, b->n_nodes, sizeof *queued);
  size_t begin = 0, n = 0;

  users.first = engine_build_alloc (b->build, b->n_nodes, sizeof *users.first);
  users.links = engine_build_alloc (b->build, 2 * b->n_nodes, sizeof *users.links);
  memset (users.first, 0xff, b->n_nodes * sizeof *users.first);
  for (size_t i = 0; i < b->n_nodes; i++) {
    const EngineNetNode *node = &b->nodes[i];

    if (node->kind == ENGINE_NET_BYTES || node->kind == ENGINE_NET_FORK || node->kind == ENGINE_NET_CALL)
      add_user (&users, node->next, (int32_t) i);
    if (node->kind == ENGINE_NET_FORK)
      add_user (&users, node->what, (int32_t) i);
    if (node->kind == ENGINE_NET_CALL)
      add_user (&users, b->starts[node->what], (int32_t) i);
  }
  b->nodes[ENGINE_NET_NODE_END].least = 0;
  queue[n++] = ENGINE_NET_NODE_END;
  while (n > 0) {
    int32_t done = queue[begin];

    begin = (begin + 1) % b->n_nodes;
    n--;
    queued[done] = false;
    for (int32_t link = users.first[done]; link >= 0; link = users.links[link].next) {
      int32_t user = users.links[link].node;
      uint32_t least = least_from (b, &b->nodes[user]);

      engine_build_step (b->build, 1);
      if (least >= b->nodes[user].least)
        continue;
      b->nodes[user].least = least;
      if (!queued[user])
        queue[(begin + n++) % b->n_nodes] = user;
      queued[user] = true;
    }
  }
}

static void
remove_dead (EngineNetBuilder *b)
{
  for (size_t i = 0; i < b->n_nodes; i++) {
    EngineNetNode *node = &b->nodes[i];

    if (node->least == ENGINE_NET_FAR) {
      *node = (EngineNetNode) { ENGINE_NET_NONE, 0, 0, ENGINE_NET_FAR };
    } else if (node->kind == ENGINE_NET_FORK) {
      node->what = b->nodes[node->what].least == ENGINE_NET_FAR ? node->next : node->what;
      node->next = b->nodes[node->next].least == ENGINE_NET_FAR ? node->what : node->next;
    }
  }
}

/* ---- rules that call themselves at once -------------------------------------------------- */

enum { UNSEEN, OPEN, DONE };

typedef struct {
  EngineNetBuilder  *b;
  const char *const *names;
  size_t   n_names;
  uint8_t *rules;   /* [n_rules] */
  int32_t *seen;    /* [n_nodes] the rule + 1 for which a node was looked at last */
  int      depth;
} Left;

#define MOST_DEPTH 10000

static void
check_rule (Left *left, int32_t rule)
{
  EngineNetBuilder *b = left->b;
  int32_t *stack, n = 0;
  size_t capacity = 16;

  if (left->rules[rule] == DONE)
    return;
  if (left->rules[rule] == OPEN || ++left->depth > MOST_DEPTH) {
    if ((size_t) rule < left->n_names)
      engine_fail (b->build->error, ENGINE_BAD_INPUT, "The rule \"%.100s\" of the grammar begins with itself; turn it around, so that something stands before it.", left->names[rule]);
    else
      engine_fail (b->build->error, ENGINE_BAD_INPUT, "The grammar has a rule that begins with itself, so that it would never begin.");
    engine_build_leave (b->build);
  }
  left->rules[rule] = OPEN;
  stack = engine_build_alloc (b->build, capacity, sizeof *stack);
  stack[n++] = b->starts[rule];
  while (n > 0) {
    int32_t at = stack[--n];
    const EngineNetNode *node = &b->nodes[at];
    int32_t ways[2], n_ways = 0;

    if (left->seen[at] == rule + 1)
      continue;
    left->seen[at] = rule + 1;
    engine_build_step (b->build, 1);
    if (node->kind == ENGINE_NET_FORK) {
      ways[n_ways++] = node->what;
      ways[n_ways++] = node->next;
    } else if (node->kind == ENGINE_NET_CALL) {
      if (b->nodes[b->starts[node->what]].least == 0)
        ways[n_ways++] = node->next;
      check_rule (left, node->what);
      left->seen[at] = rule + 1;
    }
    stack = engine_build_grow (b->build, stack, (size_t) n + 1, &capacity, sizeof *stack);
    while (n_ways > 0)
      stack[n++] = ways[--n_ways];
  }
  left->rules[rule] = DONE;
  left->depth--;
}

static void
check_left (EngineNetBuilder *b, const char *const *names, size_t n_names)
{
  Left left = { b, names, n_names, .rules = engine_build_alloc (b->build, b->n_rules, 1), .seen = engine_build_alloc (b->build, b->n_nodes, sizeof (int32_t)) };

  for (size_t rule = 0; rule < b->n_rules; rule++)
    check_rule (&left, (int32_t) rule);
}

/* ---- classes of bytes ---------------------------------------------------------------------- */

/* A class is cut by each set that has some of its bytes and not all. */
static void
find_classes (EngineNet *net)
{
  memset (net->classes, 0, sizeof net->classes);
  net->n_classes = 1;
  for (int32_t s = 0; s < net->n_sets; s++) {
    int outside[256] = { 0 }, inside[256];

    memset (inside, 0xff, sizeof inside);
    for (int byte = 0; byte < 256; byte++)
      outside[net->classes[byte]] += !engine_byte_set_has (&net->sets[s], (uint8_t) byte);
    for (int byte = 0; byte < 256; byte++) {
      int old = net->classes[byte];

      if (!engine_byte_set_has (&net->sets[s], (uint8_t) byte) || outside[old] == 0)
        continue;
      if (inside[old] < 0)
        inside[old] = net->n_classes++;
      net->classes[byte] = (uint8_t) inside[old];
    }
  }
  for (int byte = 255; byte >= 0; byte--)
    net->samples[net->classes[byte]] = (uint8_t) byte;
}

/* ---- all -------------------------------------------------------------------------------- */

static void *
copy (EngineBuild *build, const void *array, size_t n, size_t size)
{
  void *memory = engine_calloc (n, size, build->error);

  if (memory && n)
    memcpy (memory, array, n * size);
  return memory;
}

void
engine_net_finish (EngineNetBuilder *b, const char *const *names, size_t n_names, EngineNet *net)
{
  find_least (b);
  check_left (b, names, n_names);
  remove_dead (b);
  *net = (EngineNet) { .n_nodes = (int32_t) b->n_nodes, .n_sets = (int32_t) b->n_sets, .n_rules = (int32_t) b->n_rules };
  net->nodes = copy (b->build, b->nodes, b->n_nodes, sizeof *b->nodes);
  net->sets = copy (b->build, b->sets, b->n_sets, sizeof *b->sets);
  net->starts = copy (b->build, b->starts, b->n_rules, sizeof *b->starts);
  if (!net->nodes || !net->sets || !net->starts) {
    engine_net_clear (net);
    engine_build_leave (b->build);
  }
  find_classes (net);
}

void
engine_net_clear (EngineNet *net)
{
  free (net->nodes);
  free (net->sets);
  free (net->starts);
  *net = (EngineNet) { 0 };
}
