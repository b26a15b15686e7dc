/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer to a question to tables as Markdown for a person: a figure, or a table, with numbers as the person's language writes them. */
#pragma once

#include "app-query.h"

G_BEGIN_DECLS

/* (transfer full) */
char *answer_text_new (const AppResult *result);
/* Its rows as a table, however few; at most so many. (transfer full) */
char *answer_text_new_table (const AppResult *result, guint max_rows);
/* One value; "–" for none. (transfer full) */
char *answer_text_dup_value (const AppValue *value, MediaColumnType type);

G_END_DECLS
