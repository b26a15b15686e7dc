/* SPDX-License-Identifier: MIT */
/* Pictures and sounds of a prompt, as columns that towers have made of them.
 *
 * Internal. In the tokens of a request a number t < 0 stands for column -1 - t of all its media, one behind the other. */
#pragma once

#include "base.h"

struct EngineMedia {
  int32_t     ref_count;      /* atomic */
  int32_t     n_embd, n;
  uint64_t    hash;           /* of the columns: two with the same are the same */
  const char *before, *after; /* special tokens that stand around it */
  float      *columns;        /* [n_embd, n] */
};

/* Takes `columns`, malloc'd, over, also when it fails. `before` and `after` are static. */
EngineMedia *engine_media_new (float *columns, int32_t n_embd, int32_t n, const char *before, const char *after, EngineError *error);

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
