/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job by script: what it is asked, and what a model that is told to says at each step. For the tests of jobs, and for the program that is killed in the middle of one. */
#pragma once

#include "app-job.h"
#include "app-script-runner.h"
#include "fixture.h"

G_BEGIN_DECLS

/* What is asked and answered. */
typedef struct {
  const char *plans[2];            /* what the planner writes, the first time and the second (NULL: the same) */
  const char *words[8], *texts[8]; /* a question with these words is answered so; the first that fits */
  guint ms;                        /* between two pieces; 0: 1 */
  gboolean hold[8];                /* …and never comes to its end */
  guint n_asked[8], n_planned;     /* how often */
  GPtrArray *order;                /* of words, as they were asked; nullable */
  char *seen[8];                   /* the last question of each; freed by job_play_clear () */
} JobPlay;

void job_play (const char *prompt, Script *script, gpointer data);
void job_play_clear (JobPlay *play);

/* Runs nothing: a script "returns" what stands in it between two "@@", and fails without. (transfer full) */
AppScriptRunner *job_runner_new (void);

/* Sends the note as one that asks for a job, with a file of text. */
void job_send (AppConversation *conversation, const char *request);
/* Goes on with the one that is the last answer. */
void job_continue (AppConversation *conversation);
/* As the journal has it, with steps. (transfer full) */
AppJobRow *job_read (AppConversation *conversation);
/* A file of its workspace; NULL for none. (transfer full) */
char *job_read_file (AppConversation *conversation, const char *path);

G_END_DECLS
