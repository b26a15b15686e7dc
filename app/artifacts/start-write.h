/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ways of writing a starting point share. Internal to start-write.c, start-fill.c and start-change.c. */
#pragma once

#include "artifact-kind.h"
#include "artifact-writer.h"
#include "start-spec.h"

G_BEGIN_DECLS

/* Of what stands in a start. */
#define START_MAX_TOKENS 2000

/* What is under way, beside the order: data of the task under "run". */
typedef struct {
  AppArtifactOrderCopy *copy;
  const Start *start;
  JsonObject *base;          /* what is changed; NULL: it is new */
  char *pointer;             /* of the part */
  GPtrArray *choices;        /* what the model may answer with, char * */
  AppPrompt *prompt;         /* that was asked last */
  gboolean again;            /* it is asked a second time */
  gboolean shows;            /* what is written is the specification, and seen while it comes */
  void (*step) (GTask *task, const char *text);
  gint64 n_tokens;
  double first_token_ms;
} StartRun;

StartRun *start_get_run (GTask *task);

/* The palette that a wish names, in small letters; NULL: none. */
const char *start_find_theme (const char *wish);

/* ---- asking ---- */

AppPrompt *start_begin_prompt (int max_tokens);
/* Asks, under a grammar of `schema`, and goes on with `step`. Takes `prompt`. */
void start_ask (GTask *task, AppPrompt *prompt, const char *schema, void (*step) (GTask *task, const char *text));
/* What it wrote is wrong: it is told so and writes it anew, or, the second time, it has failed. Takes `error`. */
void start_fail_or_again (GTask *task, const char *text, GError *error, const char *schema, void (*step) (GTask *task, const char *text));
/* One word of the run's choices: what may be written, and which one was. */
char *start_dup_choices (GPtrArray *choices);
const char *start_take_choice (StartRun *run, const char *text); /* (nullable) */
/* The value in an answer, without the fence of a model that no grammar binds. (transfer full) (nullable) */
JsonNode *start_take_json (const char *text);
void start_finish (GTask *task, JsonObject *spec);

/* ---- the two ways ---- */

void start_fill (GTask *task);
/* Of the rows of a table that is attached, word for word, where its columns are what the start has; else goes on with `fill`. */
void start_fill_rows (GTask *task, const Start *start, void (*fill) (GTask *task, const Start *start));
/* Of run->base. */
void start_change (GTask *task);
/* The part that a finding names, so that it is no longer found; FALSE: none is named. */
gboolean start_mend (GTask *task);

G_END_DECLS
