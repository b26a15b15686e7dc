/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that a model writes as words. Models that were not taught the form of their own template (Qwen2.5-Coder) write a call as JSON, in a fence or not, in the place of an answer. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  SPOKEN_CALL_NO,    /* it is words */
  SPOKEN_CALL_MAYBE, /* so far it could become one */
  SPOKEN_CALL_YES,   /* it is one, whole */
} SpokenCall;

/* Looks at all of an answer so far: {"name": "a_tool", "arguments": {…}}, with nothing but white space or a fence around it. `names`: of the tools that are offered. Of YES: *name is one of `names`, and
 * *arguments (transfer full) its JSON object; both optional. */
SpokenCall spoken_call_look (const char *text, const char *const *names, const char **name, char **arguments);

/* Looks at what begins at `text`, whatever follows: such an object, in a fence or not. Of YES: *end (optional) is behind it, and behind its fence. */
SpokenCall spoken_call_begins (const char *text, const char *const *names, const char **end);

G_END_DECLS
