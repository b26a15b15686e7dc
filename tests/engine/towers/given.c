/* SPDX-License-Identifier: MIT */
#include "given.h"

#include <string.h>

void
tower_say (TowerGiven *given, int n, int step, int first)
{
  for (int i = 0; i < n; i++)
    given->tokens[given->n_tokens++] = (i * step + first) % 500;
}

void
tower_give (TowerGiven *given, EngineMedia *media, gint32 word)
{
  EngineError error = { 0 };
  gsize before = (gsize) given->list.n_columns * (gsize) media->n_embd;

  g_assert_cmpint (given->n_tokens + media->n + media->n_runs + TOWER_N_AFTER, <=, TOWER_N_MOST);
  given->columns = g_renew (float, given->columns, before + (gsize) media->n * (gsize) media->n_embd);
  memcpy (given->columns + before, media->columns, (gsize) media->n * (gsize) media->n_embd * sizeof *given->columns);
  for (int run = 0, column = 0; run < media->n_runs; run++) {
    if (run && word >= 0)
      given->tokens[given->n_tokens++] = word;
    for (int i = 0; i < media->runs[run].n; i++)
      given->tokens[given->n_tokens++] = -1 - given->list.n_columns - column++;
  }
  g_assert_cmpint (engine_media_list_add (&given->list, media, &error), >=, 0);
  engine_media_unref (media);
}

void
tower_given_begin (TowerGiven *given)
{
  memset (given, 0, sizeof *given);
  tower_say (given, TOWER_N_BEFORE, 37, 11);
}

void
tower_given_end (TowerGiven *given)
{
  tower_say (given, TOWER_N_AFTER, 53, 7);
  engine_media_list_axes (&given->list, given->tokens, given->n_tokens, 3, given->axes);
  engine_media_list_lasts (&given->list, given->tokens, given->n_tokens, given->lasts);
}

void
tower_given_clear (TowerGiven *given)
{
  engine_media_list_clear (&given->list);
  g_free (given->columns);
}

EngineMedia *
tower_media (const float *columns, gint32 n)
{
  EngineError error = { 0 };
  float *copy = malloc (WIDTH * (gsize) n * sizeof *copy);
  EngineMedia *media;

  g_assert_nonnull (copy);
  memcpy (copy, columns, WIDTH * (gsize) n * sizeof *copy);
  media = engine_media_new (copy, WIDTH, n, "", "", &error);
  g_assert_nonnull (media);
  return media;
}
