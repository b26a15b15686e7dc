/* SPDX-License-Identifier: MIT */
/* `melete-engine eval`: the problems, what is kept of each answer, and the figures made of that. eval.c asks.
 *
 * Data structures. An *item* is a problem with its one right answer. A *mark* says how an item was answered at a depth: a line of JSON in the results file, which is only ever
 * appended to, so that who was interrupted goes on with what is missing. What is compared are marks of the same file, model, seed and commit. */
#pragma once

#include "tool.h"

typedef struct {
  char    *id;
  char    *question; /* as it is asked, with its choices */
  char    *answer;   /* the result alone; of a choice its letter */
  bool     chooses;
} EvalItem;

typedef struct {
  EvalItem *items;
  size_t    n;
  uint64_t  hash;    /* of the file */
} EvalSet;

/* Lines of {"question", "answer"}, whose answer may end with "#### result" as those of GSM8K, or {"question", "choices", "answer"}, whose answer is a letter, a place from 0 or one of the
 * choices; "id" is optional. Errors: BAD_INPUT (with the line), IO, NO_MEMORY. */
bool eval_set_read (EvalSet *set, const char *path, EngineError *error);
void eval_set_clear (EvalSet *set);

/* Whether a text answers the item rightly: numbers are compared as numbers, words as whole words. `*found`, malloc'd: what was taken for the answer. */
bool eval_judge (const EvalItem *item, const char *text, char **found);

typedef struct {
  bool   known;    /* there is one */
  bool   right, cut; /* cut: it was ended by a cap or by a limit */
  int    tokens, thought_tokens, probes;
  double ms, probe_ms;
  EngineThoughtEnd end;
} EvalMark;

/* Who was asked what: everything that has to be equal for marks to be. */
typedef struct {
  const char *model, *commit, *depth;
  uint64_t    set, seed;
} EvalKey;

/* The marks of a key in a results file, [set->n]; no file: none. Errors: BAD_INPUT (with the line), IO, NO_MEMORY. */
bool eval_marks_read (const char *path, const EvalKey *key, const EvalSet *set, EvalMark *marks, EngineError *error);
/* Appends one, whole or not at all. Errors: IO. */
bool eval_mark_append (const char *path, const EvalKey *key, const EvalItem *item, const EvalMark *mark, const char *found, EngineError *error);

typedef struct {
  size_t n, n_right, n_cut, n_ends[ENGINE_THOUGHT_ASKED + 1];
  double accuracy, least, most; /* the interval: Wilson's, 95 % */
  double tokens, thought_tokens, ms, probe_share; /* means; probe_share: of the time */
} EvalFigures;

EvalFigures eval_figures (const EvalMark *marks, size_t n);

typedef struct {
  size_t n, n_both, n_lost, n_won; /* pairs; those right at the other depth alone, at this one alone */
  double difference, bound;        /* of the accuracies, this minus other; its lower bound, 95 %, one-sided, by resampling the pairs */
  double p;                        /* McNemar's test, exact, two-sided */
  double token_ratio;              /* of the means */
} EvalPairs;

/* Of the items that both have. */
EvalPairs eval_pairs (const EvalMark *marks, const EvalMark *others, size_t n);
