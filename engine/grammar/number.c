/* SPDX-License-Identifier: MIT */
/* Numbers within bounds, digit by digit: what was written so far is compared with the beginning of each bound, and its remainder
 * by the step is kept. When the number may end follows from that alone. */
#include "grammar/number.h"

#include <string.h>

#define STEP_MOST 10000

/* ---- decimals as digits around a point ---------------------------------------------------- */

static int32_t
whole_digits (const EngineDecimal *a)
{
  return a->n ? ENGINE_MAX (a->point, 0) : 0;
}

static int32_t
digits_behind (const EngineDecimal *a)
{
  return a->n ? ENGINE_MAX (a->n - a->point, 0) : 0;
}

/* The i-th digit from the first before the point (behind it: from whole_digits () on). */
static int
digit (const EngineDecimal *a, int32_t i)
{
  int32_t at = a->n == 0 ? -1 : a->point < 0 ? i + a->point : i;

  return at >= 0 && at < a->n ? a->digits[at] - '0' : 0;
}

/* The step is `units` · 10^-places. */
static bool
read_step (const EngineDecimal *step, int32_t *units, int32_t *places)
{
  int32_t value = 0, last = ENGINE_MAX (step->n, step->point);

  *places = digits_behind (step);
  for (int32_t i = 0; i < last; i++) {
    value = 10 * value + (i < step->n ? step->digits[i] - '0' : 0);
    if (value > STEP_MOST)
      return false;
  }
  *units = value;
  return value > 0 && !step->negative && *places <= ENGINE_NUMBER_DIGITS;
}

bool
engine_number_set_has (const EngineNumberSet *set, const EngineDecimal *number)
{
  int order, units, places, rest = 0;

  if (set->whole && !engine_decimal_is_whole (number))
    return false;
  order = set->least ? engine_decimal_compare (number, set->least) : 1;
  if (order < 0 || (order == 0 && set->least_open))
    return false;
  order = set->most ? engine_decimal_compare (number, set->most) : -1;
  if (order > 0 || (order == 0 && set->most_open))
    return false;
  if (!set->step || !read_step (set->step, &units, &places))
    return !set->step;
  if (digits_behind (number) > places)
    return false;
  for (int32_t i = 0; i < whole_digits (number) + places; i++)
    rest = (10 * rest + digit (number, i)) % units;
  return rest == 0;
}

/* ---- the machine --------------------------------------------------------------------------- */

enum { WHOLE, ZERO, BEHIND, N_PHASES }; /* digits before the point; a zero alone; digits behind the point, or only the point */

enum { LEAST, MOST, N_BOUNDS };

typedef struct {
  EngineNetBuilder    *b;
  const EngineDecimal *bounds[N_BOUNDS]; /* of the number without its sign; NULL: none */
  bool                 open[N_BOUNDS];
  int32_t              units, places;    /* of the step; units 1: none */
  int32_t              most_whole, most_behind;
  int32_t              next;
  int32_t             *nodes;            /* of what was met, + 1; 0: not yet */
} Machine;

typedef struct {
  int32_t phase, n;       /* digits in it */
  int     order[N_BOUNDS]; /* of what was written against as much of the bound: -1, 0, 1 */
  int32_t rest;
} Written;

/* Against the whole bound, if the digits of the part before the point end here. */
static int
order_of_whole (const EngineDecimal *bound, const Written *w)
{
  int32_t n = w->phase == ZERO ? 0 : w->n;

  if (n != whole_digits (bound))
    return n < whole_digits (bound) ? -1 : 1;
  return w->order[0];
}

static int
final_order (const EngineDecimal *bound, const Written *w, int order)
{
  Written one = *w;

  if (w->phase == BEHIND)
    return order != 0 ? order : w->n < digits_behind (bound) ? -1 : 0;
  one.order[0] = order;
  order = order_of_whole (bound, &one);
  return order != 0 ? order : digits_behind (bound) > 0 ? -1 : 0;
}

static bool
may_end (const Machine *m, const Written *w)
{
  int64_t rest = w->rest;
  int order;

  if (w->phase == BEHIND && w->n == 0)
    return false;
  for (int i = 0; i < N_BOUNDS; i++) {
    if (!m->bounds[i])
      continue;
    order = final_order (m->bounds[i], w, w->order[i]);
    if ((order == 0 && m->open[i]) || (i == LEAST ? order < 0 : order > 0))
      return false;
  }
  for (int32_t i = w->phase == BEHIND ? w->n : 0; i < m->places; i++)
    rest = 10 * rest % m->units;
  return rest == 0;
}

static Written
with_digit (const Machine *m, const Written *w, int d)
{
  Written next = *w;
  int other;

  next.n++;
  next.rest = (10 * w->rest + d) % m->units;
  for (int i = 0; i < N_BOUNDS; i++) {
    const EngineDecimal *bound = m->bounds[i];

    if (!bound || w->order[i] != 0 || (w->phase == WHOLE && w->n >= whole_digits (bound)))
      continue;
    other = digit (bound, w->phase == WHOLE ? w->n : whole_digits (bound) + w->n);
    next.order[i] = d < other ? -1 : d > other;
  }
  return next;
}

static Written
with_point (const Machine *m, const Written *w)
{
  Written next = { .phase = BEHIND, .rest = w->rest };

  for (int i = 0; i < N_BOUNDS; i++)
    if (m->bounds[i]) {
      Written one = *w;

      one.order[0] = w->order[i];
      next.order[i] = order_of_whole (m->bounds[i], &one);
    }
  return next;
}

static int32_t node_of (Machine *m, Written w);

/* Digits that lead to the same are one node. */
static int32_t
add_digits (Machine *m, const Written *w, int first, int32_t at)
{
  int32_t nodes[10];

  for (int d = first; d < 10; d++)
    nodes[d] = node_of (m, with_digit (m, w, d));
  for (int d = first; d < 10; d++) {
    EngineByteSet set = { { 0 } };
    int32_t node = nodes[d];

    if (node == ENGINE_NET_NODE_NONE)
      continue;
    for (int k = d; k < 10; k++)
      if (nodes[k] == node) {
        engine_byte_set_add (&set, (uint8_t) ('0' + k), (uint8_t) ('0' + k));
        nodes[k] = ENGINE_NET_NODE_NONE;
      }
    at = engine_net_fork (m->b, engine_net_bytes (m->b, &set, node), at);
  }
  return at;
}

/* Of the digits of one phase. */
static size_t
lengths (const Machine *m)
{
  return (size_t) ENGINE_MAX (1, ENGINE_MAX (m->most_whole, m->most_behind)) + 1;
}

static size_t
place_of (const Machine *m, const Written *w)
{
  size_t n = (size_t) w->phase * lengths (m) + (size_t) w->n;

  return ((n * 3 + (size_t) (w->order[LEAST] + 1)) * 3 + (size_t) (w->order[MOST] + 1)) * (size_t) m->units + (size_t) w->rest;
}

static int32_t
node_of (Machine *m, Written w)
{
  size_t place = place_of (m, &w);
  int32_t at = ENGINE_NET_NODE_NONE;

  if (m->nodes[place])
    return m->nodes[place] - 1;
  engine_build_step (m->b->build, 10);
  if (w.phase != ZERO && w.n < (w.phase == WHOLE ? m->most_whole : m->most_behind))
    at = add_digits (m, &w, 0, at);
  if (w.phase != BEHIND && m->most_behind > 0)
    at = engine_net_fork (m->b, engine_net_text (m->b, ".", 1, node_of (m, with_point (m, &w))), at);
  if (may_end (m, &w))
    at = engine_net_fork (m->b, m->next, at);
  m->nodes[place] = at + 1;
  return at;
}

static int32_t
emit_unsigned (Machine *m)
{
  Written zero = { .phase = ZERO }, none = { .phase = WHOLE };
  size_t n;

  for (int i = 0; i < N_BOUNDS; i++)
    if (m->bounds[i]) {
      m->most_whole = i == MOST ? whole_digits (m->bounds[i]) : ENGINE_MAX (m->most_whole, whole_digits (m->bounds[i]) + (whole_digits (m->bounds[i]) >= ENGINE_NUMBER_DIGITS));
      m->most_behind = m->most_behind ? ENGINE_MAX (m->most_behind, ENGINE_MIN (digits_behind (m->bounds[i]) + 1, 2 * ENGINE_NUMBER_DIGITS)) : 0;
    }
  n = (size_t) N_PHASES * lengths (m) * 9 * (size_t) m->units;
  m->nodes = engine_build_alloc (m->b->build, n, sizeof *m->nodes);
  return add_digits (m, &none, 1, engine_net_text (m->b, "0", 1, node_of (m, zero)));
}

/* ---- without bounds ---------------------------------------------------------------------------- */

static int32_t
make_digit (EngineNetBuilder *b, void *user, int32_t next)
{
  static const EngineCharRange digits[] = { { '0', '9' } };

  return engine_net_chars (b, digits, 1, next);
}

static int32_t
emit_exponent (EngineNetBuilder *b, int32_t next)
{
  static const EngineCharRange not_zero[] = { { '1', '9' } }, letters[] = { { 'E', 'E' }, { 'e', 'e' } }, signs[] = { { '+', '+' }, { '-', '-' } };
  int32_t digits = engine_net_fork (b, engine_net_chars (b, not_zero, 1, engine_net_repeat (b, make_digit, NULL, 0, 1, next)), engine_net_text (b, "0", 1, next));

  return engine_net_chars (b, letters, 2, engine_net_fork (b, engine_net_chars (b, signs, 2, digits), digits));
}

/* ---- all ------------------------------------------------------------------------------------------ */

static const EngineDecimal zero = { "", 0, 0, false };

int32_t
engine_number_emit (EngineNetBuilder *b, const EngineNumberSet *set, const char *path, int32_t next)
{
  EngineDecimal least = set->least ? *set->least : zero, most = set->most ? *set->most : zero;
  Machine plus = { .b = b, .units = 1, .most_whole = ENGINE_NUMBER_DIGITS, .most_behind = set->whole ? 0 : ENGINE_NUMBER_DIGITS }, minus;
  int32_t at = ENGINE_NET_NODE_NONE;

  if (set->step && !read_step (set->step, &plus.units, &plus.places)) {
    engine_fail (b->build->error, ENGINE_UNSUPPORTED, "%s: multipleOf can be followed for steps of up to %d units, as 5 or 0.25, and not for this one.", path, STEP_MOST);
    engine_build_leave (b->build);
  }
  if (set->step)
    plus.most_behind = set->whole ? 0 : plus.places;
  plus.next = !set->whole && !set->step && !set->least && !set->most ? engine_net_fork (b, next, emit_exponent (b, next)) : next;
  minus = plus;

  /* Zero and above. */
  if (!set->most || !most.negative) {
    plus.bounds[LEAST] = set->least && !least.negative ? &least : NULL;
    plus.open[LEAST] = set->least_open;
    plus.bounds[MOST] = set->most ? &most : NULL;
    plus.open[MOST] = set->most_open;
    at = emit_unsigned (&plus);
  }
  /* Below, where the bounds change places; zero has no sign. */
  if (!set->least || least.negative) {
    bool below = set->most && most.negative;

    least.negative = most.negative = false;
    minus.bounds[LEAST] = below ? &most : &zero;
    minus.open[LEAST] = below ? set->most_open : true;
    minus.bounds[MOST] = set->least ? &least : NULL;
    minus.open[MOST] = set->least_open;
    at = engine_net_fork (b, engine_net_text (b, "-", 1, emit_unsigned (&minus)), at);
  }
  return at;
}
