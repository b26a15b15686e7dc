/* SPDX-License-Identifier: MIT */
/* What a model is given in the tests of towers: words, pictures and sounds between them, words. The same as in tests/golden/towers/parts.py. */
#pragma once

#include "columns.h"
#include "towers.h"

enum { TOWER_N_BEFORE = 10, TOWER_N_AFTER = 9, TOWER_N_MOST = 4096, TOWER_BREAK = 500 /* the word between the runs of a picture */ };

typedef struct {
  EngineMediaList list;
  float          *columns; /* [width, list.n_columns] */
  gint32          tokens[TOWER_N_MOST], n_tokens;
  gint32          axes[3 * TOWER_N_MOST], lasts[TOWER_N_MOST];
} TowerGiven;

/* The words before everything, and those behind, after which nothing may be added. */
void tower_given_begin (TowerGiven *given);
void tower_given_end (TowerGiven *given);
void tower_given_clear (TowerGiven *given);

/* `n` words; a picture or a sound, which it takes over, with a word between its runs where `word` is none below 0. */
void tower_say (TowerGiven *given, int n, int step, int first);
void tower_give (TowerGiven *given, EngineMedia *media, gint32 word);

/* A copy of n columns [WIDTH], without words around them. */
EngineMedia *tower_media (const float *columns, gint32 n);
