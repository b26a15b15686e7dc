/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of job-plan share. */
#pragma once

#include "job-plan.h"
#include "job-worker.h"

G_BEGIN_DECLS

/* A step without words. (transfer full) */
/* Characters of what a person reads, and of what a worker is told. */
#define MAX_TITLE 48
#define MAX_TASK 320

JobStep *job_step_new (const JobWorker *worker, guint number);
/* A member that is a text; "" where it is none. */
const char *job_plan_get_string (JsonObject *object, const char *name);
/* What the request surely wants and the plan has not, and what it has and nobody wants (job-plan-mend.c). */
void job_plan_mend (JobPlan *plan, const JobPlanCase *of);

G_END_DECLS
