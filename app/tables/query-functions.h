/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of a question: which of SQLite's may be used, and those for statistics that it does not have. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

gboolean query_function_is_allowed (const char *name);
/* Whether it makes one value of many rows. */
gboolean query_function_is_aggregate (const char *name);

/* median (x), quantile (x, share), stddev (x), variance (x), correlation (y, x), slope (y, x), intercept (y, x): of a straight line through the points. */
void query_functions_add (sqlite3 *db);
/* query-text.c: those that could take too long, in a way that cannot. */
void query_functions_add_text (sqlite3 *db);

G_END_DECLS
