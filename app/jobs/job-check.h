/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is looked at in whatever a step made, by code alone: that its file is there and is what its name says, that a table has the columns that were asked for and as many cells in each row. */
#pragma once

#include "job-worker.h"

G_BEGIN_DECLS

/* What is wrong, a sentence each, is added to `findings`; that of the worker too. */
void job_check (const JobTask *of, const JobMade *made, GPtrArray *findings);

G_END_DECLS
