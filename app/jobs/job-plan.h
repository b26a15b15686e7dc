/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of a job: a graph of a few steps, each done by one worker. A model writes it as JSON under a schema that is made of what there is, so it can only name files that exist, workers that are there and
 * steps that come before; what a schema cannot say (two steps that make one file, a file that was asked for and nobody makes) is put right here. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define JOB_MAX_STEPS 6

typedef struct _JobWorker JobWorker;

typedef struct {
  guint number;            /* from 1 */
  const JobWorker *worker; /* never NULL */
  char *title;             /* for the person, a few words */
  char *task;              /* for the worker */
  GStrv uses;              /* names of what is attached, and files of earlier steps; empty: all that is attached */
  GArray *needs;           /* guint: the earlier steps that make them */
  char *file;              /* what it makes: a path in the workspace, "" for nothing but what is shown beside the chat */
  char *check;             /* which of its worker's checks proves it done, beside those that are always made; "" */
} JobStep;

typedef struct {
  GPtrArray *steps; /* JobStep, by number */
} JobPlan;

JobPlan *job_plan_new (void);
void job_plan_free (JobPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JobPlan, job_plan_free)

/* What a plan may be made of. */
typedef struct {
  const char *request;
  const char *const *inputs;   /* names of what is attached */
  gboolean tables, documents;  /* whether there are any among them */
  guint n_tables;              /* how many files with tables */
  gboolean scripts;            /* whether somebody runs them */
  gboolean many;               /* so many documents, or such long ones, that a program reads them better than a model */
  gboolean prose;              /* they are sentences, few enough to be read one by one, and no forms or records, which a program takes apart */
} JobPlanCase;

/* The schema of what the model writes. (transfer full) */
char *job_plan_dup_schema (const JobPlanCase *of);
/* What it wrote, put right. Errors: APP_ERROR_INVALID with a sentence for the model. (transfer full) (nullable) */
JobPlan *job_plan_read (const JobPlanCase *of, const char *json, GError **error);

/* A step as JSON, for the journal, and back; NULL where it is none. (transfer full) */
char *job_step_print (const JobStep *step);
JobStep *job_step_parse (const char *json, guint number);

/* Files that the request names: "totals.csv". (transfer full) */
GStrv job_plan_find_files (const JobPlanCase *of);
/* The columns that it wants `file` to have, where it names them: "with the columns name, city and total". NULL: it does not. (transfer full) (nullable) */
GStrv job_plan_find_columns (const char *request, const char *file);

G_END_DECLS
