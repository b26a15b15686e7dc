/* SPDX-License-Identifier: MIT */
#include "lookup.h"

#include <string.h>

#define SHORTEST 2        /* tokens that are sought together */
#define LONGEST 4
#define N_LENGTHS (LONGEST - SHORTEST + 1)
#define LIKENESS_MOST 32  /* farther back nobody looks */
#define TABLE_MOST (1 << 18)
#define FIRM 6            /* tokens of likeness from which on a break is worth remembering */
#define BREAK_TOKENS 12   /* that it is remembered for, and tokens behind it that are looked at */
#define SKIP_TOKENS 3     /* after which what was replaced is taken to be longer than what it stands for */
#define DECAY 0.95        /* of the averages: they are of about the last twenty */
#define PRIOR_WEIGHT 4

/* Classes of likeness; those of 0 and 1 are places behind a break. */
static const struct {
  int32_t least;
  double  prior;
} classes[] = { { 0, 0.4 }, { 1, 0.45 }, { 2, 0.5 }, { 3, 0.6 }, { 4, 0.7 }, { 5, 0.75 }, { 8, 0.85 }, { 16, 0.9 } };

#define N_CLASSES (int32_t) ENGINE_LENGTH (classes)

struct EngineLookup {
  uint32_t *behind[N_LENGTHS];  /* [mask + 1] the place behind the latest occurrence; 0: none */
  uint32_t  mask;
  int32_t   n;                  /* tokens taken in */
  int32_t   place, likeness;    /* place 0: none */
  int32_t   lost, lost_at;      /* the break: the place that was lost, and n then; lost 0: none */
  double    right[sizeof classes / sizeof classes[0]], tried[sizeof classes / sizeof classes[0]];
};

EngineLookup *
engine_lookup_new (int32_t n_most, EngineError *error)
{
  EngineLookup *lookup = engine_calloc (1, sizeof *lookup, error);
  uint32_t size = 256;

  if (!lookup)
    return NULL;
  while (size < TABLE_MOST && (int32_t) size / 8 < n_most)
    size *= 2;
  lookup->mask = size - 1;
  for (int i = 0; i < N_LENGTHS; i++) {
    lookup->behind[i] = engine_calloc (size, sizeof *lookup->behind[i], error);
    if (!lookup->behind[i]) {
      engine_lookup_free (lookup);
      return NULL;
    }
  }
  for (int32_t i = 0; i < N_CLASSES; i++) {
    lookup->tried[i] = PRIOR_WEIGHT;
    lookup->right[i] = PRIOR_WEIGHT * classes[i].prior;
  }
  return lookup;
}

void
engine_lookup_free (EngineLookup *lookup)
{
  if (!lookup)
    return;
  for (int i = 0; i < N_LENGTHS; i++)
    free (lookup->behind[i]);
  free (lookup);
}

static int32_t
class_of (int32_t likeness)
{
  int32_t i = N_CLASSES - 1;

  while (i > 0 && classes[i].least > likeness)
    i--;
  return i;
}

static double
chance_of (const EngineLookup *lookup, int32_t likeness)
{
  int32_t i = class_of (likeness);

  return lookup->right[i] / lookup->tried[i];
}

/* How many tokens before `place` are those at the end of the first n. */
static int32_t
likeness_of (const int32_t *tokens, int32_t n, int32_t place)
{
  int32_t likeness = 0;

  while (likeness < LIKENESS_MOST && likeness < place && tokens[place - 1 - likeness] == tokens[n - 1 - likeness])
    likeness++;
  return likeness;
}

/* The entry for the last `length` of n tokens; NULL: there are no so many words. */
static uint32_t *
entry (const EngineLookup *lookup, const int32_t *tokens, int32_t n, int32_t length)
{
  uint64_t hash = (uint64_t) length;

  if (n < length)
    return NULL;
  for (int32_t i = n - length; i < n; i++) {
    if (tokens[i] < 0)
      return NULL;
    hash = (hash ^ (uint32_t) tokens[i]) * UINT64_C (0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
  }
  return &lookup->behind[length - SHORTEST][hash & lookup->mask];
}

/* Whether the token that came was foretold. */
static void
learn (EngineLookup *lookup, bool right)
{
  int32_t i = class_of (lookup->likeness);

  lookup->tried[i] = lookup->tried[i] * DECAY + 1;
  lookup->right[i] = lookup->right[i] * DECAY + right;
}

static void
consider (EngineLookup *lookup, int32_t place, int32_t likeness)
{
  if (!lookup->place || chance_of (lookup, likeness) > chance_of (lookup, lookup->likeness)) {
    lookup->place = place;
    lookup->likeness = likeness;
  }
}

/* Behind a break the text goes on soon, if something was added or left out there, or one token further, if one was replaced. */
static void
look_behind_break (EngineLookup *lookup, const int32_t *tokens, int32_t n)
{
  if (!lookup->lost)
    return;
  if (n - lookup->lost_at > BREAK_TOKENS || (lookup->place && lookup->likeness >= FIRM)) {
    lookup->lost = 0;
    return;
  }
  for (int32_t place = lookup->lost; place < ENGINE_MIN (lookup->lost + BREAK_TOKENS, n - 1); place++)
    if (tokens[place] == tokens[n - 1]) {
      consider (lookup, place + 1, likeness_of (tokens, n, place + 1));
      return;
    }
  if (n - lookup->lost_at <= SKIP_TOKENS && lookup->lost + 1 < n)
    consider (lookup, lookup->lost + 1, 0);
}

/* Finds the best place for the first n tokens, of which the last is new. */
static void
find_place (EngineLookup *lookup, const int32_t *tokens, int32_t n)
{
  if (lookup->place) {
    bool right = tokens[lookup->place] == tokens[n - 1];

    learn (lookup, right);
    if (right) {
      lookup->place++;
      lookup->likeness = ENGINE_MIN (lookup->likeness + 1, LIKENESS_MOST);
    } else {
      if (lookup->likeness >= FIRM) {
        lookup->lost = lookup->place;
        lookup->lost_at = n - 1;
      }
      lookup->place = 0;
    }
  }
  for (int32_t length = LONGEST; length >= SHORTEST; length--) {
    const uint32_t *behind = entry (lookup, tokens, n, length);
    int32_t likeness = behind && *behind ? likeness_of (tokens, n, (int32_t) *behind) : 0;

    if (likeness >= length) {
      consider (lookup, (int32_t) *behind, likeness);
      break;
    }
  }
  look_behind_break (lookup, tokens, n);
}

void
engine_lookup_follow (EngineLookup *lookup, const int32_t *tokens, int32_t n_prompt, int32_t n)
{
  for (; lookup->n < n; lookup->n++) {
    /* The end of the prompt is the first for which something is sought. */
    if (lookup->n + 1 >= n_prompt)
      find_place (lookup, tokens, lookup->n + 1);
    for (int32_t length = SHORTEST; length <= LONGEST; length++) {
      uint32_t *behind = entry (lookup, tokens, lookup->n + 1, length);

      if (behind)
        *behind = (uint32_t) lookup->n + 1;
    }
  }
}

int32_t
engine_lookup_draft (const EngineLookup *lookup, const int32_t *tokens, int32_t n, int32_t most, int32_t *draft, double *chances)
{
  int32_t known = n - lookup->place, i = 0;

  if (!lookup->place || lookup->n != n)
    return 0;
  for (; i < most; i++) {
    /* What repeats itself goes on beyond its end. */
    draft[i] = i < known ? tokens[lookup->place + i] : draft[i - known];
    chances[i] = chance_of (lookup, lookup->likeness + i);
    if (draft[i] < 0)
      break;
  }
  return i;
}

/* ---- what it costs ------------------------------------------------------------------ */

#define OLD 256      /* submissions after which a measurement is not trusted any more */
#define SLOPE 0.05   /* of columns never measured: little, so that they are tried */
#define WORTH 1.03   /* times as many tokens in the time, at least */

void
engine_costs_learn (EngineCosts *costs, int32_t n_columns, double ms)
{
  double *mean;

  if (costs->fixed || n_columns < 1 || n_columns > ENGINE_COSTS_COLUMNS)
    return;
  mean = &costs->ms[n_columns];
  costs->clock++;
  /* Other work on the machine only ever makes it slower, and so does a graph that is built first. */
  if (!costs->when[n_columns] || costs->clock - costs->when[n_columns] > OLD || ms < *mean)
    *mean = ms;
  else
    *mean += (ENGINE_MIN (ms, 3 * *mean) - *mean) / 16;
  costs->when[n_columns] = costs->clock;
}

static bool
is_known (const EngineCosts *costs, int32_t n_columns)
{
  return costs->when[n_columns] && costs->clock - costs->when[n_columns] <= OLD;
}

double
engine_costs_of (const EngineCosts *costs, int32_t n_columns)
{
  double least = 0;
  int32_t fewer = n_columns;

  if (costs->fixed)
    return 1 + 0.05 * (n_columns - 1);
  /* More columns cannot cost less. */
  for (int32_t n = n_columns; n <= ENGINE_COSTS_COLUMNS; n++)
    if (is_known (costs, n) && (least == 0 || costs->ms[n] < least))
      least = costs->ms[n];
  if (is_known (costs, n_columns))
    return least;
  while (fewer > 0 && !is_known (costs, fewer))
    fewer--;
  if (fewer == 0)
    return 0;
  return least > 0 ? ENGINE_MIN (least, costs->ms[fewer] * (1 + SLOPE * (n_columns - fewer))) : costs->ms[fewer] * (1 + SLOPE * (n_columns - fewer));
}

int32_t
engine_costs_choose (const EngineCosts *costs, int32_t n_columns, double n_tokens, const double *chances, int32_t n, double *gained)
{
  double plain = engine_costs_of (costs, n_columns), best = plain > 0 ? WORTH * n_tokens / plain : 0, chance = 1, more = 0;
  int32_t chosen = 0;

  *gained = 0;
  if (plain == 0)
    return 0;
  for (int32_t i = 0; i < n && n_columns + i < ENGINE_COSTS_COLUMNS; i++) {
    chance *= chances[i];
    more += chance;
    if ((n_tokens + more) / engine_costs_of (costs, n_columns + i + 1) > best) {
      best = (n_tokens + more) / engine_costs_of (costs, n_columns + i + 1);
      *gained = more;
      chosen = i + 1;
    }
  }
  return chosen;
}
