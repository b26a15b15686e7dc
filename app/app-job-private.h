/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of AppJob share: app-job.c (the whole, and the order of its steps), -begin (or where it goes on), -plan, -budget and -end; app-job-run.c (a step as an object) and app-job-steps.c (what it does: inputs, work, review, putting in
 * place), -effects (what leaves the conversation). */
#pragma once

#include "app-job.h"
#include "app-lane.h"
#include "jobs/job-gate.h"
#include "jobs/job-plan.h"
#include "jobs/job-worker.h"

G_BEGIN_DECLS

/* How often a step is made. */
#define JOB_MAX_TRIES 3
/* Steps that are at work at once. */
#define JOB_AT_ONCE 4

/* One step of a job that runs. */
typedef struct {
  AppJob *job;
  JobStep *plan; /* owned by the plan */
  AppJobStepRow *row;
  AppLane *lane;
  JobGate *gate;             /* NULL until it begins */
  GCancellable *cancellable; /* likewise */
  guint timer;               /* of its time, then of how long it may take to stop */
  gint64 since;              /* monotonic: when it began in this run; later, as pauses are no time */
  gint64 held;               /* monotonic: since when it is paused; 0: it is not */
  gint64 ms_before;          /* what it took in earlier runs */
  gint64 budget_ms;
  gboolean running;          /* between its beginning and its end */
  gboolean late, stopped;    /* its time is over; the person stopped it */
  gboolean paused;
  char *steer;               /* words of the person, from before it began; NULL */
  GCancellable *giving;      /* while it gives something out; NULL */
  guint serial;              /* of who works at it now: what comes from another is too late */
  JobMade *best;             /* of all tries, with the fewest findings; NULL: none */
  GPtrArray *best_findings;
  char *written;             /* by a model, at the last try; NULL */
  GPtrArray *findings;       /* char: what was found at the last try; NULL: nothing yet */
} JobRun;

struct _AppJob {
  AppCompletion parent;
  AppEngine *engine;
  AppDatabase *database;
  GCancellable *cancellable;
  /* As AppMakeOrder has them. */
  AppArtifacts *artifacts;
  AppDatasets *datasets;
  AppChecker *checker; /* nullable */
  AppScriptRunner *runner; /* nullable */
  AppWorkspace *workspace;
  AppToolbox *toolbox;
  GListStore *calls; /* AppToolCall, of the answer */
  GListModel *messages;
  guint n_messages;

  AppJobRow *row;     /* id 0 until it is stored; without steps */
  GPtrArray *inputs;  /* JobInput: what is attached */
  GStrv names;        /* of them */
  JobPlan *plan;      /* NULL until there is one */
  GPtrArray *runs;    /* JobRun, by number */
  GListStore *lanes;
  AppLane *planner;
  JobGate *planning;  /* NULL when it has planned */
  guint n_plans;      /* that were written */
  char *complaint;    /* about the last plan; NULL */
  guint timer;        /* of the whole job */
  gint64 since;       /* monotonic; later, as pauses are no time */
  gint64 held;        /* monotonic: since when whatever is under way is paused; 0: something goes on */
  gint64 ms_before, tokens_before, calls_before; /* of earlier runs; and of the plan, when there is one */
  gint64 tokens_at_start; /* of this run */
  gboolean cancelled, late, ending, resumed, ended_before;
  AppStats stats;
};

/* ---- app-job.c ---- */

/* A step has ended: what waited for it begins. */
void app_job_go_on (AppJob *self);
/* How much time it has taken. */
gint64 app_job_get_ms (AppJob *self);

/* ---- app-job-begin.c ---- */

/* Looks whether the journal has it, and goes on where that ends. */
void app_job_find (AppJob *self);
void app_job_describe (AppJob *self, JobPlanCase *of);
void app_job_add_run (AppJob *self, JobStep *step, const AppJobStepRow *row);

/* ---- app-job-budget.c ---- */

/* What is left of the job's budget for this step, and what it may take: shared out among all that have not begun. */
void app_job_share (AppJob *self, JobRun *run, gint64 *tokens, gint64 *calls, gint64 *ms);
/* Of the time that is left to it. */
void app_job_begin_timer (AppJob *self);
/* Something was paused, goes on, begins or has ended: its time stands still while all that is under way is paused. */
void app_job_set_clock (AppJob *self);
/* Whatever is under way ends soon. */
void app_job_stop_all (AppJob *self);

/* ---- app-job-end.c ---- */

/* What it took so far into its row. */
void app_job_count (AppJob *self);
/* What it took and how it stands, and its steps when it has been planned (nullable). `callback`: nullable; its data is a reference of the job. */
void app_job_save (AppJob *self, GPtrArray *steps, GAsyncReadyCallback callback);
/* `error`: (transfer full) (nullable): why nothing came of it at all. */
void app_job_end (AppJob *self, AppJobState state, GError *error);

/* ---- app-job-plan.c ---- */

/* Has it planned; goes on with the steps, or ends. */
void app_job_plan (AppJob *self);

/* ---- app-job-effects.c ---- */

/* `why`: why it was not given out; NULL: it was, now or before. */
typedef void (*JobGiven) (JobRun *run, const char *why);
/* Gives a file of the workspace out to the person, who is asked: at most once, whatever happened in earlier runs. Ends early when run->giving is cancelled. */
void job_run_give_out (JobRun *run, const char *path, JobGiven done);

/* ---- app-job-run.c ---- */

/* `job`: NULL for one that is only looked at. */
JobRun *job_run_new (AppJob *job, JobStep *plan, const AppJobStepRow *row);
void job_run_free (JobRun *run);
AppLaneState job_run_lane_state (AppStepState state);
/* What it took in all runs. */
gint64 job_run_get_ms (const JobRun *run);
/* Its lane has what its row has of what was made and found. */
void job_run_show (JobRun *run);

/* ---- app-job-steps.c ---- */

/* Makes it, or goes on with it where the journal left it. */
void job_run_begin (JobRun *run);
/* Of what is left of its time. */
void job_run_begin_timer (JobRun *run);
/* Ends it, in time. */
void job_run_stop (JobRun *run, gboolean by_person);
/* It has ended without having begun. */
void job_run_give_up (JobRun *run, AppStepState state, const char *why);
gboolean job_run_has_ended (const JobRun *run);
void job_run_count (JobRun *run);

G_END_DECLS
