/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and meaning together: reciprocal rank fusion (Cormack, Clarke, Büttcher 2009). Each ranking gives 1 / (60 + rank); what both
 * find stands before what one finds, whatever the scales of their scores. */
#include <math.h>

#include "app-passages.h"

#define RRF_K 60.0
/* A question that shares no telling word with the documents is about a place in them only when that place stands out: by this many standard deviations. */
#define STANDS_OUT 3.0

typedef struct {
  guint passage;
  float near;
} Near;

static int
compare_near (gconstpointer a, gconstpointer b)
{
  float one = ((const Near *) a)->near, two = ((const Near *) b)->near;

  return one > two ? -1 : one < two;
}

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const AppRanked *one = a, *two = b;

  if (one->score != two->score)
    return one->score > two->score ? -1 : 1;
  return one->passage < two->passage ? -1 : one->passage > two->passage;
}

/* By meaning, the nearest first. */
static GArray *
sort_near (GArray *near, gboolean *stands_out)
{
  GArray *sorted = g_array_new (FALSE, FALSE, sizeof (Near));
  double sum = 0, squares = 0, mean, deviation;

  for (guint i = 0; i < near->len; i++) {
    Near one = { i, g_array_index (near, float, i) };

    if (isnan (one.near))
      continue;
    sum += one.near;
    squares += (double) one.near * one.near;
    g_array_append_val (sorted, one);
  }
  g_array_sort (sorted, compare_near);
  mean = sorted->len ? sum / sorted->len : 0;
  deviation = sorted->len ? sqrt (MAX (squares / sorted->len - mean * mean, 0)) : 0;
  *stands_out = sorted->len > 0 && g_array_index (sorted, Near, 0).near - mean > STANDS_OUT * deviation;
  return sorted;
}

GArray *
app_passages_fuse (GArray *ranked, GArray *near, guint limit)
{
  gboolean stands_out, telling = ranked->len > 0 && g_array_index (ranked, AppRanked, 0).score >= APP_PASSAGE_SCORE;
  g_autoptr (GArray) sorted = sort_near (near, &stands_out);
  g_autofree double *scores = g_new0 (double, near->len + 1);
  GArray *fused = g_array_new (FALSE, FALSE, sizeof (AppRanked));

  if (!telling && !stands_out)
    return fused;
  for (guint i = 0; telling && i < ranked->len; i++)
    scores[g_array_index (ranked, AppRanked, i).passage] += 1 / (RRF_K + 1 + i);
  for (guint i = 0; i < sorted->len && i < limit; i++)
    scores[g_array_index (sorted, Near, i).passage] += 1 / (RRF_K + 1 + i);
  for (guint i = 0; i < near->len; i++)
    if (scores[i] > 0) {
      /* On the scale of words: all of it is worth telling. */
      AppRanked one = { i, APP_PASSAGE_SCORE + scores[i] * (RRF_K + 1) };
      g_array_append_val (fused, one);
    }
  g_array_sort (fused, compare_ranked);
  if (fused->len > limit)
    g_array_set_size (fused, limit);
  return fused;
}
