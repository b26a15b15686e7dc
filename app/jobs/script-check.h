/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is surely wrong with what a program made of tables. */
#pragma once

#include "job-worker.h"

G_BEGIN_DECLS

/* As JobWorker.check. */
void script_check (const JobTask *of, const JobMade *made, GPtrArray *findings);

G_END_DECLS
