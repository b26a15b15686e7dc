/* SPDX-License-Identifier: MIT */
/* Pictures and sounds of a prompt, as columns that towers have made of them.
 *
 * Internal. In the tokens of a request a number t < 0 stands for column -1 - t of all its media, one behind the other. */
#pragma once

#include "base.h"

/* Columns in a row, and what stands before them in the prompt, as text and special tokens. */
typedef struct {
  char   *before;
  int32_t n;
} EngineMediaRun;

struct EngineMedia {
  int32_t     ref_count;      /* atomic */
  int32_t     n_embd, n;
  uint64_t    hash;           /* of the columns: two with the same are the same */
  EngineMediaRun *runs;       /* [n_runs], of n columns together */
  int32_t     n_runs;
  char       *after;          /* behind the last column, as text and special tokens */
  float      *columns;        /* [n_embd, n]; NULL: it was only measured */
  int32_t     n_across;       /* a picture's columns in a row, where the model turns them with their places; 0: they follow one another as words do */
};

/* Takes `columns`, malloc'd, over, also when it fails; NULL: for measuring alone. One run. */
EngineMedia *engine_media_new (float *columns, int32_t n_embd, int32_t n, const char *before, const char *after, EngineError *error);
/* Takes `runs` and their texts over too, also when it fails; their columns add up to n. */
EngineMedia *engine_media_new_runs (float *columns, int32_t n_embd, int32_t n, EngineMediaRun *runs, int32_t n_runs, const char *after, EngineError *error);
void         engine_media_runs_free (EngineMediaRun *runs, int32_t n_runs);

/* Has the columns be rows of n_across, before anyone else knows the media. */
void         engine_media_set_across (EngineMedia *media, int32_t n_across);

/* Those of a prompt. Zero-initialise it. */
typedef struct {
  EngineMedia **media;        /* [n], with references */
  int32_t      *first;        /* [n] the number of its first column */
  int32_t       n, capacity, n_columns;
} EngineMediaList;

/* At the end; gives its place in the list, or -1. BAD_INPUT (too many columns), NO_MEMORY. */
int32_t engine_media_list_add (EngineMediaList *list, EngineMedia *media, EngineError *error);
void    engine_media_list_clear (EngineMediaList *list);
/* The one that has the column, and which of its columns that is. */
const EngineMedia *engine_media_list_find (const EngineMediaList *list, int32_t column, int32_t *index);

/* For a model in which the columns of a picture see each other: the last position that each token of a prompt sees, lasts [n_tokens]. A word's is its own; a column's is that of the last one
 * that follows it in the picture without a word between. Gives how many columns the longest such run has. */
int32_t engine_media_list_lasts (const EngineMediaList *list, const int32_t *tokens, int32_t n_tokens, int32_t *lasts);
/* Of the tokens from `from` on as many as end where nothing of a run is left: at most n, n ≥ 1, or all that is left of a run that is longer. */
int32_t engine_media_slice (const int32_t *lasts, int32_t from, int32_t n);

/* For ropes on several axes: where each token of a prompt is on each, axes [n_axes, n_tokens], n_axes ≥ 3. A word has the same position on all, one more than the word before it.
 * The columns of a picture share the first axis (time); on the second they go down from there, on the third across; the word behind them has the position behind the largest
 * (Wang et al. 2024, arXiv 2409.12191, section 2.1). Gives the position of the token behind the last one. */
int32_t engine_media_list_axes (const EngineMediaList *list, const int32_t *tokens, int32_t n_tokens, int32_t n_axes, int32_t *axes);
