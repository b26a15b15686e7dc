/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppJob: work on something big. It is the AppCompletion of a note that asks for more than one thing can be made of at once.
 *
 *   plan      a model makes a graph of a few steps under a schema (jobs/job-plan.h): who does what, of what, and what it makes
 *   work      steps that wait for nobody are done side by side, each by a worker (jobs/workers.def) with a budget of its own (jobs/job-gate.h)
 *   review    what a step made is checked, by code (jobs/job-check.h), and pages by who can see them; it goes back with what was found wrong, twice at most
 *   merge     files go into the conversation's workspace, what is shown goes beside the chat, and the answer says what there is and what is wrong with it
 *
 * Everything is in the journal before it happens (app-store.h). A job whose program ended goes on: what was made is put where it belongs if it is not there yet, what was being made is made once more, and the
 * rest is done. A step changes nothing outside the conversation's own files. Each step, and the planner, is an AppLane. Main thread only. */
#pragma once

#include "app-lane.h"
#include "app-make.h"
#include "app-store.h"

G_BEGIN_DECLS

/* A turn's wish for one. */
#define APP_JOB_WISH "job"

#define APP_TYPE_JOB (app_job_get_type ())
G_DECLARE_FINAL_TYPE (AppJob, app_job, APP, JOB, AppCompletion)

/* What one may take; 0: the usual. */
typedef struct _AppJobBudget {
  gint64 tokens;  /* that are written, by all together */
  gint64 calls;   /* completions */
  gint64 seconds;
} AppJobBudget;

/* `order`: as of AppMake; its toolbox has the workspace and who runs scripts, and must have one of a stored conversation. `budget`: (nullable). A job that the message has already goes on where it was. */
AppCompletion *app_job_new (AppEngine *engine, AppDatabase *database, const AppMakeOrder *order, const AppJobBudget *budget);

/* Of AppLane: the planner's, then one for each step. (transfer none) the same always */
GListModel *app_job_get_lanes (AppJob *self);
/* As it is in the journal. (transfer none): until it changes */
const AppJobRow *app_job_get_row (AppJob *self);

/* More of it, for what is left to do. */
void app_job_raise (AppJob *self, const AppJobBudget *more);

/* The lanes of a job of an earlier run, as the journal has it. (transfer full) */
GListModel *app_job_restore_lanes (const AppJobRow *row);

G_END_DECLS
