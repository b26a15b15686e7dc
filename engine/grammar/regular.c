/* SPDX-License-Identifier: MIT */
#include "grammar/regular.h"

#include "tokenizer/unicode.h"

#include <string.h>

#define STATES_MOST 100000

static _Noreturn void
too_large (EngineBuild *build)
{
  engine_fail (build->error, ENGINE_BAD_INPUT, "A pattern of the schema is too large together with what else is said about the same text: it takes more than %d states.", STATES_MOST);
  engine_build_leave (build);
}

static int32_t
add_state (EngineBuild *build, EngineRegular *regular, bool accepts)
{
  if (regular->n >= STATES_MOST)
    too_large (build);
  regular->states = engine_build_grow (build, regular->states, regular->n, &regular->capacity, sizeof *regular->states);
  regular->states[regular->n] = (EngineRegularState) { .accepts = accepts };
  return (int32_t) regular->n++;
}

/* Edges of one state, in order; those that touch and lead to the same become one. */
typedef struct {
  EngineRegularEdge *edges;
  size_t             n, capacity;
} Edges;

static void
add_edge (EngineBuild *build, Edges *edges, uint32_t from, uint32_t to, int32_t next)
{
  EngineRegularEdge *last = edges->n ? &edges->edges[edges->n - 1] : NULL;

  if (last && last->next == next && last->to + 1 == from) {
    last->to = to;
    return;
  }
  edges->edges = engine_build_grow (build, edges->edges, edges->n, &edges->capacity, sizeof *edges->edges);
  edges->edges[edges->n++] = (EngineRegularEdge) { from, to, next };
}

static void
set_edges (EngineRegular *regular, int32_t state, const Edges *edges)
{
  regular->states[state].edges = edges->edges;
  regular->states[state].n = (int32_t) edges->n;
}

/* ---- expressions: first a net with choices ------------------------------------------------- */

typedef enum { CHARS, FORK, AT_BEGIN, AT_END, ACCEPT } NodeKind;

typedef struct {
  NodeKind kind;
  const EngineCharRange *ranges;
  size_t   n_ranges;
  int32_t  next, other;
} Node;

typedef struct {
  EngineBuild *build;
  Node        *nodes;
  size_t       n, capacity;
} Nodes;

static int32_t
add_node (Nodes *nodes, Node node)
{
  if (nodes->n >= 4 * STATES_MOST)
    too_large (nodes->build);
  nodes->nodes = engine_build_grow (nodes->build, nodes->nodes, nodes->n, &nodes->capacity, sizeof *nodes->nodes);
  nodes->nodes[nodes->n] = node;
  return (int32_t) nodes->n++;
}

static int32_t
add_expression (Nodes *nodes, const EngineExpression *expression, int32_t next)
{
  int32_t at = next;

  engine_build_step (nodes->build, 1);
  switch (expression->kind) {
  case ENGINE_EXPRESSION_CHARS:
    return add_node (nodes, (Node) { CHARS, expression->ranges, expression->n_ranges, next, -1 });
  case ENGINE_EXPRESSION_ALL:
    for (size_t i = expression->n_parts; i-- > 0;)
      at = add_expression (nodes, expression->parts[i], at);
    return at;
  case ENGINE_EXPRESSION_ANY:
    at = add_expression (nodes, expression->parts[expression->n_parts - 1], next);
    for (size_t i = expression->n_parts - 1; i-- > 0;)
      at = add_node (nodes, (Node) { FORK, NULL, 0, add_expression (nodes, expression->parts[i], next), at });
    return at;
  case ENGINE_EXPRESSION_REPEAT:
    if (expression->most < 0) {
      at = add_node (nodes, (Node) { FORK, NULL, 0, next, next });
      /* Not in one: the array may move meanwhile. */
      int32_t body = add_expression (nodes, expression->parts[0], at);

      nodes->nodes[at].next = body;
    }
    for (int32_t i = expression->least; i < expression->most; i++)
      at = add_node (nodes, (Node) { FORK, NULL, 0, add_expression (nodes, expression->parts[0], at), next });
    for (int32_t i = 0; i < expression->least; i++)
      at = add_expression (nodes, expression->parts[0], at);
    return at;
  case ENGINE_EXPRESSION_BEGIN:
    return add_node (nodes, (Node) { AT_BEGIN, NULL, 0, next, -1 });
  case ENGINE_EXPRESSION_END:
    return add_node (nodes, (Node) { AT_END, NULL, 0, next, -1 });
  default:
    return next;
  }
}

/* ---- then without choices -------------------------------------------------------------------- */

typedef struct {
  int32_t *nodes; /* sorted: those that take a character, and ends */
  size_t   n;
} Set;

typedef struct {
  Nodes          nodes;
  EngineRegular *regular;
  Set           *sets;    /* of the states */
  size_t         sets_capacity;
  int32_t       *table;   /* [table_size] from hashes to states + 1 */
  size_t         table_size;
  uint32_t      *seen, stamp;
  int32_t       *stack, *found;
} Subsets;

/* What is reached from `from` without a character is added to what was found. An anchor for the end is a way only where no character follows. */
static size_t
close_over (Subsets *s, int32_t from, bool at_begin, bool at_end, size_t n_found)
{
  size_t n = 0;

  s->stack[n++] = from;
  while (n > 0) {
    int32_t at = s->stack[--n];
    const Node *node = &s->nodes.nodes[at];

    if (s->seen[at] == s->stamp)
      continue;
    s->seen[at] = s->stamp;
    engine_build_step (s->nodes.build, 1);
    if (node->kind == FORK) {
      s->stack[n++] = node->next;
      s->stack[n++] = node->other;
    } else if ((node->kind == AT_BEGIN && at_begin) || (node->kind == AT_END && at_end)) {
      s->stack[n++] = node->next;
    } else if (node->kind != AT_BEGIN) {
      s->found[n_found++] = at;
    }
  }
  return n_found;
}

static int
compare_numbers (const void *a, const void *b)
{
  int32_t left = *(const int32_t *) a, right = *(const int32_t *) b;

  return left < right ? -1 : left > right;
}

static size_t
hash_numbers (const int32_t *numbers, size_t n)
{
  uint64_t hash = 5;

  for (size_t i = 0; i < n; i++) {
    hash = (hash ^ (uint32_t) numbers[i]) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  return (size_t) hash;
}

static bool
set_accepts (Subsets *s, const Set *set, bool at_begin)
{
  size_t n = 0;
  bool accepts = false;

  s->stamp++;
  for (size_t i = 0; i < set->n; i++)
    n = close_over (s, set->nodes[i], at_begin, true, n);
  for (size_t i = 0; i < n; i++)
    accepts |= s->nodes.nodes[s->found[i]].kind == ACCEPT;
  return accepts;
}

static void
place_state (Subsets *s, size_t state)
{
  size_t i = hash_numbers (s->sets[state].nodes, s->sets[state].n) & (s->table_size - 1);

  while (s->table[i])
    i = (i + 1) & (s->table_size - 1);
  s->table[i] = (int32_t) state + 1;
}

/* The state of the first `n` found. The beginning is a state of its own, since only there an anchor for it holds: -1 when nothing was found. */
static int32_t
state_of (Subsets *s, size_t n, bool at_begin)
{
  Set set = { NULL, n };
  int32_t state;

  if (n == 0 && !at_begin)
    return -1;
  if (n)
    qsort (s->found, n, sizeof *s->found, compare_numbers);
  if (2 * (s->regular->n + 1) > s->table_size) {
    s->table_size = ENGINE_MAX (64, 2 * s->table_size);
    s->table = engine_build_alloc (s->nodes.build, s->table_size, sizeof *s->table);
    for (size_t i = 1; i < s->regular->n; i++)
      place_state (s, i);
  }
  if (!at_begin)
    for (size_t i = hash_numbers (s->found, n) & (s->table_size - 1); s->table[i]; i = (i + 1) & (s->table_size - 1)) {
      const Set *other = &s->sets[s->table[i] - 1];

      if (other->n == n && memcmp (other->nodes, s->found, n * sizeof *s->found) == 0)
        return s->table[i] - 1;
    }
  set.nodes = engine_build_alloc (s->nodes.build, n, sizeof *set.nodes);
  if (n)
    memcpy (set.nodes, s->found, n * sizeof *set.nodes);
  s->sets = engine_build_grow (s->nodes.build, s->sets, s->regular->n, &s->sets_capacity, sizeof *s->sets);
  s->sets[s->regular->n] = set;
  state = add_state (s->nodes.build, s->regular, set_accepts (s, &set, at_begin));
  if (!at_begin)
    place_state (s, (size_t) state);
  return state;
}

static int
compare_chars (const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *) a, right = *(const uint32_t *) b;

  return left < right ? -1 : left > right;
}

/* Between two neighbouring borders of ranges all characters lead to the same. */
static void
follow (Subsets *s, int32_t state)
{
  EngineBuild *build = s->nodes.build;
  Set set = s->sets[state];
  size_t n_borders = 0, n_ranges = 0;
  uint32_t *borders;
  Edges edges = { 0 };

  for (size_t i = 0; i < set.n; i++)
    n_ranges += s->nodes.nodes[set.nodes[i]].n_ranges;
  borders = engine_build_alloc (build, 2 * n_ranges + 2, sizeof *borders);
  for (size_t i = 0; i < set.n; i++) {
    const Node *node = &s->nodes.nodes[set.nodes[i]];

    for (size_t k = 0; k < node->n_ranges; k++) {
      borders[n_borders++] = node->ranges[k].from;
      borders[n_borders++] = node->ranges[k].to + 1;
    }
  }
  /* No text has surrogates. */
  borders[n_borders++] = 0xD800;
  borders[n_borders++] = 0xE000;
  qsort (borders, n_borders, sizeof *borders, compare_chars);
  for (size_t b = 0; b + 1 < n_borders; b++) {
    size_t n = 0;
    int32_t next;

    if (borders[b] == borders[b + 1] || borders[b] == 0xD800)
      continue;
    s->stamp++;
    for (size_t i = 0; i < set.n; i++) {
      const Node *node = &s->nodes.nodes[set.nodes[i]];

      engine_build_step (build, node->n_ranges);
      for (size_t k = 0; k < node->n_ranges; k++)
        if (node->ranges[k].from <= borders[b] && borders[b] <= node->ranges[k].to) {
          n = close_over (s, node->next, false, false, n);
          break;
        }
    }
    next = state_of (s, n, false);
    if (next >= 0)
      add_edge (build, &edges, borders[b], borders[b + 1] - 1, next);
  }
  set_edges (s->regular, state, &edges);
}

EngineRegular *
engine_regular_find (EngineBuild *build, const EngineExpression *expression)
{
  static const EngineCharRange all[] = { { 0, ENGINE_CHAR_MOST } };
  Subsets s = { .nodes = { .build = build }, .regular = engine_build_alloc (build, 1, sizeof *s.regular) };
  int32_t accept, before, after, start, inside;
  size_t n;

  /* Anything, what is sought, anything. */
  accept = add_node (&s.nodes, (Node) { ACCEPT, NULL, 0, -1, -1 });
  after = add_node (&s.nodes, (Node) { FORK, NULL, 0, -1, accept });
  inside = add_node (&s.nodes, (Node) { CHARS, all, 1, after, -1 });
  s.nodes.nodes[after].next = inside;
  start = add_expression (&s.nodes, expression, after);
  before = add_node (&s.nodes, (Node) { FORK, NULL, 0, -1, start });
  inside = add_node (&s.nodes, (Node) { CHARS, all, 1, before, -1 });
  s.nodes.nodes[before].next = inside;

  s.seen = engine_build_alloc (build, s.nodes.n, sizeof *s.seen);
  s.stack = engine_build_alloc (build, 2 * s.nodes.n + 2, sizeof *s.stack);
  s.found = engine_build_alloc (build, s.nodes.n, sizeof *s.found);
  s.stamp = 1;
  n = close_over (&s, before, true, false, 0);
  state_of (&s, n, true);
  for (size_t state = 0; state < s.regular->n; state++)
    follow (&s, (int32_t) state);
  return s.regular;
}

/* ---- simple ones ---------------------------------------------------------------------------- */

static void
add_all_edges (EngineBuild *build, Edges *edges, int32_t next)
{
  add_edge (build, edges, 0, 0xD7FF, next);
  add_edge (build, edges, 0xE000, ENGINE_CHAR_MOST, next);
}

EngineRegular *
engine_regular_length (EngineBuild *build, int32_t least, int32_t most)
{
  EngineRegular *regular = engine_build_alloc (build, 1, sizeof *regular);
  int32_t n = ENGINE_MAX (least, most);

  for (int32_t i = 0; i <= n; i++) {
    int32_t state = add_state (build, regular, i >= least);
    Edges edges = { 0 };

    if (i < n || most < 0)
      add_all_edges (build, &edges, ENGINE_MIN (i + 1, n));
    set_edges (regular, state, &edges);
  }
  return regular;
}

EngineRegular *
engine_regular_texts (EngineBuild *build, const char *const *texts, const size_t *lengths, size_t n)
{
  EngineRegular *regular = engine_build_alloc (build, 1, sizeof *regular);

  add_state (build, regular, false);
  for (size_t t = 0; t < n; t++) {
    int32_t at = 0;

    for (size_t i = 0; i < lengths[t];) {
      uint32_t character;
      int length = engine_utf8_read (texts[t] + i, lengths[t] - i, &character);
      EngineRegularState *state = &regular->states[at];
      Edges edges = { state->edges, (size_t) state->n, (size_t) state->n };
      int32_t next = -1;

      i += (size_t) ENGINE_MAX (length, 1);
      engine_build_step (build, edges.n);
      for (size_t k = 0; k < edges.n; k++)
        if (edges.edges[k].from == character)
          next = edges.edges[k].next;
      if (next < 0) {
        size_t k;

        next = add_state (build, regular, false);
        edges.edges = engine_build_grow (build, edges.edges, edges.n, &edges.capacity, sizeof *edges.edges);
        for (k = edges.n++; k > 0 && edges.edges[k - 1].from > character; k--)
          edges.edges[k] = edges.edges[k - 1];
        edges.edges[k] = (EngineRegularEdge) { character, character, next };
        set_edges (regular, at, &edges);
      }
      at = next;
    }
    regular->states[at].accepts = true;
  }
  return regular;
}

EngineRegular *
engine_regular_not (EngineBuild *build, const EngineRegular *a)
{
  EngineRegular *regular = engine_build_alloc (build, 1, sizeof *regular);
  Edges all = { 0 };
  int32_t rest = (int32_t) a->n;

  for (size_t i = 0; i < a->n; i++) {
    Edges edges = { 0 };
    uint32_t from = 0;

    add_state (build, regular, !a->states[i].accepts);
    for (int32_t k = 0; k <= a->states[i].n; k++) {
      bool last = k == a->states[i].n;
      uint32_t to = last ? ENGINE_CHAR_MOST + 1 : a->states[i].edges[k].from;

      if (from < ENGINE_MIN (to, 0xD800))
        add_edge (build, &edges, from, ENGINE_MIN (to, 0xD800) - 1, rest);
      if (ENGINE_MAX (from, 0xE000) < to)
        add_edge (build, &edges, ENGINE_MAX (from, 0xE000), to - 1, rest);
      if (last)
        break;
      add_edge (build, &edges, a->states[i].edges[k].from, a->states[i].edges[k].to, a->states[i].edges[k].next);
      from = a->states[i].edges[k].to + 1;
    }
    set_edges (regular, (int32_t) i, &edges);
  }
  add_state (build, regular, true);
  add_all_edges (build, &all, rest);
  set_edges (regular, rest, &all);
  return regular;
}

/* ---- two together ------------------------------------------------------------------------------ */

typedef struct {
  EngineRegular *regular;
  struct { int32_t a, b; } *pairs; /* of the states */
  size_t         capacity;
  int32_t       *table;
  size_t         table_size;
} Product;

static size_t
hash_pair (int32_t a, int32_t b)
{
  return hash_numbers ((const int32_t[]) { a, b }, 2);
}

static int32_t
state_of_pair (EngineBuild *build, Product *p, const EngineRegular *a, const EngineRegular *b, int32_t i, int32_t k)
{
  size_t slot;

  if (2 * (p->regular->n + 1) > p->table_size) {
    p->table_size = ENGINE_MAX (64, 2 * p->table_size);
    p->table = engine_build_alloc (build, p->table_size, sizeof *p->table);
    for (size_t n = 0; n < p->regular->n; n++) {
      for (slot = hash_pair (p->pairs[n].a, p->pairs[n].b) & (p->table_size - 1); p->table[slot];)
        slot = (slot + 1) & (p->table_size - 1);
      p->table[slot] = (int32_t) n + 1;
    }
  }
  for (slot = hash_pair (i, k) & (p->table_size - 1); p->table[slot]; slot = (slot + 1) & (p->table_size - 1))
    if (p->pairs[p->table[slot] - 1].a == i && p->pairs[p->table[slot] - 1].b == k)
      return p->table[slot] - 1;
  p->pairs = engine_build_grow (build, p->pairs, p->regular->n, &p->capacity, sizeof *p->pairs);
  p->pairs[p->regular->n].a = i;
  p->pairs[p->regular->n].b = k;
  p->table[slot] = add_state (build, p->regular, a->states[i].accepts && b->states[k].accepts) + 1;
  return p->table[slot] - 1;
}

EngineRegular *
engine_regular_both (EngineBuild *build, const EngineRegular *a, const EngineRegular *b)
{
  Product p = { .regular = engine_build_alloc (build, 1, sizeof *p.regular) };

  state_of_pair (build, &p, a, b, 0, 0);
  for (size_t state = 0; state < p.regular->n; state++) {
    const EngineRegularState *left = &a->states[p.pairs[state].a], *right = &b->states[p.pairs[state].b];
    Edges edges = { 0 };

    for (int32_t i = 0, k = 0; i < left->n && k < right->n;) {
      uint32_t from = ENGINE_MAX (left->edges[i].from, right->edges[k].from), to = ENGINE_MIN (left->edges[i].to, right->edges[k].to);

      engine_build_step (build, 1);
      if (from <= to)
        add_edge (build, &edges, from, to, state_of_pair (build, &p, a, b, left->edges[i].next, right->edges[k].next));
      if (left->edges[i].to == to)
        i++;
      else if (right->edges[k].to == to)
        k++;
      else if (left->edges[i].to < right->edges[k].to)
        i++;
      else
        k++;
    }
    set_edges (p.regular, (int32_t) state, &edges);
  }
  return p.regular;
}

/* ---- questions ------------------------------------------------------------------------------------ */

bool
engine_regular_is_empty (EngineBuild *build, const EngineRegular *a)
{
  bool *seen = engine_build_alloc (build, a->n, 1);
  int32_t *queue = engine_build_alloc (build, a->n, sizeof *queue);
  size_t n = 0;

  queue[n++] = 0;
  seen[0] = true;
  for (size_t i = 0; i < n; i++) {
    const EngineRegularState *state = &a->states[queue[i]];

    if (state->accepts)
      return false;
    for (int32_t k = 0; k < state->n; k++)
      if (!seen[state->edges[k].next]) {
        seen[state->edges[k].next] = true;
        queue[n++] = state->edges[k].next;
      }
  }
  return true;
}

bool
engine_regular_has (const EngineRegular *a, const char *text, size_t n)
{
  int32_t at = 0;

  for (size_t i = 0; i < n;) {
    uint32_t character;
    int length = engine_utf8_read (text + i, n - i, &character);
    int32_t next = -1;

    if (length == 0)
      return false;
    i += (size_t) length;
    for (int32_t k = 0; k < a->states[at].n; k++)
      if (a->states[at].edges[k].from <= character && character <= a->states[at].edges[k].to)
        next = a->states[at].edges[k].next;
    if (next < 0)
      return false;
    at = next;
  }
  return a->states[at].accepts;
}
