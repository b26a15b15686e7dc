/* SPDX-License-Identifier: MIT */
/* Chat templates: a small Jinja interpreter with limits.
 *
 * Internal. A template comes with a model and is not trusted: the depth of nesting and
 * recursion, the number of steps, the memory and the length of the output are all
 * limited, and nothing outside the given values can be reached. Renders as the
 * `transformers` environment does: trim_blocks, lstrip_blocks, loop controls, its tojson,
 * raise_exception, strftime_now. */
#pragma once

#include "base.h"

typedef struct EngineTemplate EngineTemplate;

/* Parses; the message of an error has the line. Errors: BAD_INPUT, NO_MEMORY. */
EngineTemplate *engine_template_new (const char *source, size_t n_bytes, EngineError *error);
void            engine_template_free (EngineTemplate *template_);

/* For tests: what strftime_now () takes for now, in seconds since 1970; a negative number, as at first: the system's clock. */
void engine_template_set_clock (int64_t seconds);

/* Renders with the JSON object `context` as variables (`messages`, `add_generation_prompt`,
 * `bos_token`, …). malloc'd result. May be called by several threads at once. */
char *engine_template_render (const EngineTemplate *template_, const char *context_json, size_t n_bytes,
                              size_t *n_out, EngineError *error);
