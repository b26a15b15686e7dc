/* SPDX-License-Identifier: MIT */
/* What making a grammar takes: memory that is freed as a whole, and a way out.
 *
 * Internal to engine/grammar/. Grammars and schemas are foreign text. All memory that is only needed while one is made
 * comes from its build; who fails says why with engine_fail () and leaves through engine_build_leave (), back to where
 * ENGINE_BUILD_ENTER stands (grammar.c). So nothing here holds what is not of the build. */
#pragma once

#include "base.h"

#include <setjmp.h>

typedef struct EngineBuildBlock EngineBuildBlock;

typedef struct {
  EngineBuildBlock *blocks; /* the newest first */
  char        *next, *end;
  size_t       total, steps;
  EngineError *error;
  jmp_buf      way_out;
} EngineBuild;

/* Zero at first, true after a failure. The variables of the function that it stands in, which change afterwards, are volatile. */
#define ENGINE_BUILD_ENTER(build) (setjmp ((build)->way_out) != 0)

/* After engine_fail (build->error, …). */
_Noreturn void engine_build_leave (EngineBuild *build);

/* Zeroed, aligned to 16 bytes. */
void *engine_build_alloc (EngineBuild *build, size_t count, size_t size);
/* An array that doubles: room for one more than `n`. What it was stays where it is until the end. */
void *engine_build_grow (EngineBuild *build, void *array, size_t n, size_t *capacity, size_t size);
/* Counts what was done, so that a text of a few lines cannot keep a processor for minutes. */
void  engine_build_step (EngineBuild *build, size_t steps);
void  engine_build_clear (EngineBuild *build);

/* Where in a text it is: for sentences. */
typedef struct { int line, column; } EnginePlace;
EnginePlace engine_place (const char *text, size_t offset);
