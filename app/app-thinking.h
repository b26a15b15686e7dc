/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppThinking: how deeply a model thinks before it answers.
 *
 * A depth is chosen for a message, else for its conversation, else in the preferences; the history keeps it by its id. What a depth means to the model that
 * answers is app_local_thinking ()'s, and app_openai_request ()'s for one of a server. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The numbers are those of the settings' schema; the ids are in files, and stay as they are. */
typedef enum {
  APP_DEPTH_INSTANT,     /* "instant": no thought */
  APP_DEPTH_COMPACT,     /* "compact": as short a one as settles the answer; the usual */
  APP_DEPTH_THOROUGH,    /* "thorough": to its own end; what "Think more" asks for */
  APP_DEPTH_CONTEMPLATE, /* "contemplate": several at once, which agree on an answer */
  APP_N_DEPTHS,
} AppDepth;

typedef struct {
  AppDepth depth;
  int max_tokens; /* the longest thought; 0: as the depth has it */
} AppThinking;

/* What a model has learned of it. */
typedef enum {
  APP_THINKS_UNKNOWN,  /* no model is there, or a server says nothing of it */
  APP_THINKS_NO,       /* nothing: it can be asked to write a plan first */
  APP_THINKS_ALWAYS,   /* it cannot be told not to */
  APP_THINKS_SWITCH,   /* it can */
  APP_THINKS_STRENGTH, /* it can be told how much */
} AppThinks;

/* How a thought ended. The numbers are in the history. */
typedef enum {
  APP_THOUGHT_NONE,    /* there was none, or it did not come to its end */
  APP_THOUGHT_CLOSED,  /* by the model */
  APP_THOUGHT_SETTLED, /* what it would answer did not change any more */
  APP_THOUGHT_CAP,     /* it was wrapped up at the longest that is allowed */
  APP_THOUGHT_LOOP,    /* it repeated itself */
  APP_THOUGHT_ASKED,   /* the person wanted the answer */
  APP_N_THOUGHT_ENDS,
} AppThoughtEnd;

const char *app_depth_to_id (AppDepth depth);
/* FALSE for "", NULL and what is none; `*depth` is then as it was. */
gboolean app_depth_from_id (const char *id, AppDepth *depth);

/* Whether a person can choose this depth here. */
gboolean app_depth_is_offered (AppDepth depth);

/* Whether the words of a note want something worked out: numbers, dates, units, logic, an order of steps. For a model that never learned to think a plan is worth its time only
 * then; a greeting, a question for a fact or a text to write go without. It knows words of English, German, French, Spanish, Italian, Portuguese and Chinese, and sums in any
 * language; where it knows none of them, the answer comes at once. */
gboolean app_thinking_wants_plan (const char *note);

G_END_DECLS
