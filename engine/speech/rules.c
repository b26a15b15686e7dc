/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <math.h>
#include <string.h>

#define NEGLIGIBLE 25   /* of logits: all tokens of a vocabulary together that are so much less likely add less than a float keeps */
#define LATEST_FIRST 50 /* times: speech begins within the first second, or the model is told to look again */

static void
forbid (float *logits, int32_t first, int32_t end)
{
  for (int32_t i = first; i < end; i++)
    logits[i] = -INFINITY;
}

typedef struct { float most; double sum; } Part; /* of exp (logits - most of all) */

static Part
sum_part (const float *logits, int32_t first, int32_t end, float most)
{
  Part part = { -INFINITY, 0 };

  for (int32_t i = first; i < end; i++) {
    part.most = logits[i] > part.most ? logits[i] : part.most;
    if (logits[i] > most - NEGLIGIBLE)
      part.sum += (double) expf (logits[i] - most);
  }
  return part;
}

/* Times come in pairs, an end and the next beginning, and never go back; the first token is one. */
static void
order_times (const EngineSpeechTokens *t, int32_t n_vocab, const int32_t *said, int32_t n, float *logits)
{
  bool last = n >= 1 && said[n - 1] >= t->first_time, before = n < 2 || said[n - 2] >= t->first_time;
  int32_t latest = -1;

  for (int32_t i = 0; i < n; i++)
    if (said[i] >= t->first_time)
      latest = said[i];
  if (n == 0) {
    forbid (logits, 0, t->first_time);
    forbid (logits, ENGINE_MIN (t->first_time + LATEST_FIRST + 1, n_vocab), n_vocab);
    return;
  }
  if (last && before)
    forbid (logits, t->first_time, n_vocab);
  else if (last)
    forbid (logits, 0, t->end);
  if (latest >= 0)
    forbid (logits, t->first_time, last && !before ? latest : ENGINE_MIN (latest + 1, n_vocab));
}

void
engine_speech_rules_apply (const EngineSpeechTokens *t, int32_t n_vocab, const int32_t *said, int32_t n, float *logits)
{
  float most = -INFINITY, all;
  Part words, times;

  for (size_t i = 0; i < t->n_suppressed; i++)
    logits[t->suppressed[i]] = -INFINITY;
  for (size_t i = 0; n == 0 && i < t->n_suppressed_first; i++)
    logits[t->suppressed_first[i]] = -INFINITY;
  forbid (logits, t->end + 1, t->first_time);
  order_times (t, n_vocab, said, n, logits);
  for (int32_t i = 0; i < n_vocab; i++)
    most = logits[i] > most ? logits[i] : most;
  words = sum_part (logits, 0, t->first_time, most);
  times = sum_part (logits, t->first_time, n_vocab, most);
  /* Where times together are likelier than any word, it is a time. */
  if (times.sum > (double) expf (words.most - most)) {
    forbid (logits, 0, t->first_time);
    words.sum = 0;
  }
  all = most + (float) log (words.sum + times.sum);
  for (int32_t i = 0; i < n_vocab; i++)
    logits[i] -= all;
}

/* ---- repetition ------------------------------------------------------------------ */

#define LITERAL_BITS 6.0  /* what a byte of text, and a place to copy from, take when they are coded well */
#define COPY_BITS 18.0
#define LEAST_COPY 4

double
engine_speech_repetition (const char *text, size_t n)
{
  double bits = 0;

  for (size_t i = 0, longest; i < n; i += longest) {
    longest = 1;
    for (size_t from = 0; from < i; from++) {
      size_t length = 0;

      while (i + length < n && text[from + length] == text[i + length] && length < 258)
        length++;
      longest = ENGINE_MAX (longest, length);
    }
    if (longest < LEAST_COPY)
      longest = 1;
    bits += longest == 1 ? LITERAL_BITS : COPY_BITS;
  }
  return n ? 8 * (double) n / bits : 1;
}
