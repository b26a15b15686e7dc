/* SPDX-License-Identifier: MIT */
/* Which numbers a schema means, and the network of how they are written.
 *
 * Internal to engine/grammar/. */
#pragma once

#include "grammar/json.h"
#include "grammar/network.h"

#define ENGINE_NUMBER_DIGITS 16 /* before and behind the point, where no bound has more */

typedef struct {
  bool whole;
  const EngineDecimal *least, *most, *step; /* NULL: none */
  bool least_open, most_open;               /* the bound itself is outside */
} EngineNumberSet;

bool    engine_number_set_has (const EngineNumberSet *set, const EngineDecimal *number);
/* Whole numbers are written without a point; exponents only where there is neither a bound nor a step. `path` is for sentences. */
int32_t engine_number_emit (EngineNetBuilder *b, const EngineNumberSet *set, const char *path, int32_t next);
