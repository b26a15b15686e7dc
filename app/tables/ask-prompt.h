/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is told that is to write SQL. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* The rules, the tables, how they are joined, and questions to these very tables with their statements. The same for all questions, so that an engine reads it once. (transfer full) */
char *ask_prompt_new (GPtrArray *datasets);
/* The same for tables that are kept, with wishes in the place of questions. `base`: the table that is to be changed, which the statement itself brings along, and its own statement; NULL for a new one. (transfer full) */
char *ask_prompt_new_kept (GPtrArray *datasets, const AppTable *base, const char *base_sql);

/* The question, with the values of the tables that it names: "north" is written there as "North". Asks the tables: not on the main thread. (transfer full) */
char *ask_prompt_dup_question (GPtrArray *datasets, const char *question, GCancellable *cancellable);

G_END_DECLS
