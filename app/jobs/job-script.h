/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What computes by a script, for all workers that do: a file, or where the step has none, a sentence with figures. Several programs are written, and what most of them compute is taken. */
#pragma once

#include "job-worker.h"
#include "script-examples.h"

G_BEGIN_DECLS

/* Ends `task` (transfer full) with a JobMade. `datasets`: of the inputs, those that the script gets; `texts`: whether it gets the files without tables. `questions`: those of the request that are to be answered,
 * NULL for all of it; `n_asked`: how many figures or names these ask for, at least. */
void job_script_run (const JobTask *of, GPtrArray *datasets, gboolean texts, ScriptResult what, GTask *task);
void job_script_answer (const JobTask *of, GPtrArray *datasets, gboolean texts, const char *questions, guint n_asked, GTask *task);

G_END_DECLS
