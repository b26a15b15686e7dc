/* SPDX-License-Identifier: MIT */
/* The shaders' texts, which embed.py makes a C file of. */
#pragma once

#include <stddef.h>

typedef struct {
  const char *name; /* "add.comp" */
  const char *text;
} EngineGlSource;

/* The last one has no name. */
extern const EngineGlSource engine_gl_sources[];
