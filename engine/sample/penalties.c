/* SPDX-License-Identifier: MIT */
#include "sample/penalties.h"

#include <float.h>
#include <math.h>

/* The last tokens. */
typedef struct {
  int32_t *ids;
  int32_t  size, n, next;
} Ring;

struct EnginePenalties {
  const EngineSampling *settings;
  int32_t n_vocab;
  Ring     recent;  /* for the penalties of repetition; no ids: off */
  int32_t *counts;  /* [n_vocab] of what is in it */
  const uint8_t *breakers; /* or NULL */
  Ring     past;    /* for DRY; no ids: off */
  int32_t *reversed, *matches; /* [size of past], scratch */
  int32_t *longest; /* [n_vocab] the longest repetition that each token would go on with; all 0 between calls */
};

/* ---- rings ------------------------------------------------------------------------- */

static bool
ring_init (Ring *ring, int32_t size, EngineError *error)
{
  ring->ids = engine_calloc ((size_t) size, sizeof *ring->ids, error);
  ring->size = size;
  return ring->ids != NULL;
}

/* Returns the id that leaves, or -1. */
static int32_t
ring_push (Ring *ring, int32_t id)
{
  int32_t left = ring->n == ring->size ? ring->ids[ring->next] : -1;

  ring->ids[ring->next] = id;
  ring->next = (ring->next + 1) % ring->size;
  ring->n = ENGINE_MIN (ring->n + 1, ring->size);
  return left;
}

/* ---- making ------------------------------------------------------------------------- */

bool
engine_penalties_new (const EngineSampling *s, int32_t n_vocab, const uint8_t *breakers, EnginePenalties **penalties, EngineError *error)
{
  bool repetition = s->repeat_last > 0 && (s->repeat_penalty != 1 || s->frequency_penalty != 0 || s->presence_penalty != 0);
  bool dry = s->dry_multiplier > 0 && s->dry_last > 0;
  EnginePenalties *p;

  *penalties = NULL;
  if (!repetition && !dry && s->n_biases == 0)
    return true;
  p = engine_calloc (1, sizeof *p, error);
  if (!p)
    return false;
  p->settings = s;
  p->n_vocab = n_vocab;
  p->breakers = breakers;
  if (repetition && !(ring_init (&p->recent, s->repeat_last, error) && (p->counts = engine_calloc ((size_t) n_vocab, sizeof *p->counts, error)))) {
    engine_penalties_free (p);
    return false;
  }
  if (dry && !(ring_init (&p->past, s->dry_last, error) && (p->reversed = engine_calloc ((size_t) s->dry_last, 2 * sizeof *p->reversed, error)) &&
               (p->longest = engine_calloc ((size_t) n_vocab, sizeof *p->longest, error)))) {
    engine_penalties_free (p);
    return false;
  }
  p->matches = dry ? p->reversed + s->dry_last : NULL;
  *penalties = p;
  return true;
}

void
engine_penalties_free (EnginePenalties *penalties)
{
  if (!penalties)
    return;
  free (penalties->recent.ids);
  free (penalties->counts);
  free (penalties->past.ids);
  free (penalties->reversed);
  free (penalties->longest);
  free (penalties);
}

void
engine_penalties_accept (EnginePenalties *penalties, int32_t id)
{
  int32_t left;

  if (!penalties || id < 0 || id >= penalties->n_vocab)
    return;
  if (penalties->past.ids)
    ring_push (&penalties->past, id);
  if (!penalties->recent.ids)
    return;
  left = ring_push (&penalties->recent, id);
  if (left >= 0)
    penalties->counts[left]--;
  penalties->counts[id]++;
}

/* ---- repetition ---------------------------------------------------------------------- */

/* Once for each different token of the ring. A count is negative while it is done already. */
static void
apply_repetition (EnginePenalties *p, float *logits)
{
  const EngineSampling *s = p->settings;

  for (int32_t i = 0; i < p->recent.n; i++) {
    int32_t id = p->recent.ids[i], count = p->counts[id];
    float *logit = &logits[id];

    if (count < 0 || *logit == -INFINITY)
      continue;
    *logit = *logit > 0 ? *logit / s->repeat_penalty : *logit * s->repeat_penalty;
    *logit -= (float) count * s->frequency_penalty + s->presence_penalty;
    *logit = ENGINE_MAX (*logit, -FLT_MAX);
    p->counts[id] = -count;
  }
  for (int32_t i = 0; i < p->recent.n; i++)
    p->counts[p->recent.ids[i]] = abs (p->counts[p->recent.ids[i]]);
}

/* ---- DRY ------------------------------------------------------------------------------- */

/* Don't Repeat Yourself, by "p-e-w" (text-generation-webui, pull request 5677): when the last L tokens have stood together
 * before, the token that followed there becomes less likely by multiplier · base ^ (L - allowed). A breaker ends what counts
 * as together. */

/* matches[i]: how many tokens from i on are those from 0 on (the Z function; Gusfield, 1997). */
static void
match_beginning (const int32_t *ids, int32_t n, int32_t *matches)
{
  int32_t left = 0, right = 0;

  for (int32_t i = 1; i < n; i++) {
    int32_t length = i < right ? ENGINE_MIN (right - i, matches[i - left]) : 0;

    while (i + length < n && ids[length] == ids[i + length])
      length++;
    matches[i] = length;
    if (i + length > right) {
      left = i;
      right = i + length;
    }
  }
}

static bool
is_breaker (const EnginePenalties *p, int32_t id)
{
  return p->breakers && (p->breakers[id / 8] >> id % 8 & 1);
}

static void
apply_dry (EnginePenalties *p, float *logits)
{
  const EngineSampling *s = p->settings;
  const Ring *past = &p->past;
  int32_t n = past->n, together = 0;

  for (int32_t i = 0; i < n; i++)
    p->reversed[i] = past->ids[(past->next - 1 - i + 2 * past->size) % past->size];
  while (together < n && !is_breaker (p, p->reversed[together]))
    together++;
  if (together < ENGINE_MAX (1, s->dry_allowed))
    return;
  match_beginning (p->reversed, n, p->matches);
  for (int32_t i = 1; i < n; i++) {
    int32_t length = ENGINE_MIN (p->matches[i], together), *longest = &p->longest[p->reversed[i - 1]];

    if (length >= ENGINE_MAX (1, s->dry_allowed) && !is_breaker (p, p->reversed[i - 1]))
      *longest = ENGINE_MAX (*longest, length);
  }
  for (int32_t i = 0; i < n; i++) {
    int32_t id = p->reversed[i], length = p->longest[id];

    if (length == 0 || logits[id] == -INFINITY)
      continue;
    logits[id] -= ENGINE_MIN (s->dry_multiplier * powf (s->dry_base, (float) (length - s->dry_allowed)), 1e6f);
    p->longest[id] = 0;
  }
  for (int32_t i = 0; i < n; i++)
    p->longest[p->reversed[i]] = 0;
}

/* ---- all ------------------------------------------------------------------------------- */

void
engine_penalties_apply (EnginePenalties *p, float *logits)
{
  const EngineSampling *s = p->settings;

  for (size_t i = 0; i < s->n_biases; i++)
    if (logits[s->biases[i].id] > -INFINITY)
      logits[s->biases[i].id] += s->biases[i].bias;
  if (p->recent.n)
    apply_repetition (p, logits);
  if (p->past.n)
    apply_dry (p, logits);
}
