/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the values of a column are like, counted as they pass: how many are missing, different, the smallest, the largest, the sum, some of them. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* Different values that are counted exactly; of more there is an estimate (HyperLogLog), about 3 % off. */
#define FIGURES_EXACT 256
#define FIGURES_REGISTERS 1024
#define FIGURES_SAMPLES 5
/* Bytes of a text that is kept as smallest, largest or sample. */
#define FIGURES_TEXT 60

typedef struct {
  guint64 n_nulls, n_values;
  gboolean has_number, has_text;
  double min, max;
  double sum, lost; /* `lost`: what the sum has rounded away (Neumaier) */
  gint64 integer_sum;
  gboolean all_integers, overflowed;
  char min_text[FIGURES_TEXT + 4], max_text[FIGURES_TEXT + 4];
  guint min_length, max_length;
  guint64 seen[FIGURES_EXACT * 2]; /* hashes, in an open table; 0: free */
  guint n_seen;
  guint8 registers[FIGURES_REGISTERS];
  char *samples[FIGURES_SAMPLES + 1];
  guint n_samples;
  guint64 last_hash;
} Figures;

void figures_init (Figures *figures);
void figures_clear (Figures *figures);
void figures_add (Figures *figures, const MediaCell *cell);
/* Into the fields of the column that they are of. */
void figures_take (Figures *figures, AppColumn *column);

G_END_DECLS
