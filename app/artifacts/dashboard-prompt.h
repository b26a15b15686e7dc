/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is told that writes dashboards. */
#pragma once

#include "app-completion.h"
#include "dashboard-spec.h"

G_BEGIN_DECLS

/* Adds the rules, the tables and two examples made of the tables' own columns. */
void dashboard_prompt_add_rules (AppPrompt *prompt, GPtrArray *datasets);
/* The wish, with the columns that its words name. (transfer full) */
char *dashboard_prompt_dup_wish (GPtrArray *datasets, const char *wish);

/* For a change: what the model is asked to choose of `choices` ("change /charts/0"), the schema of these words, and what it is asked to write. (transfer full) */
char *dashboard_prompt_dup_choice (const AppDashboard *dashboard, const char *const *choices, const char *wish);
char *dashboard_prompt_dup_choices (const char *const *choices);
char *dashboard_prompt_dup_change (const AppDashboard *dashboard, const char *pointer, const char *wish);

G_END_DECLS
