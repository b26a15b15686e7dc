/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that can only ask. One thread at a time. */
#pragma once

#include <sqlite3.h>

#include "app-dataset.h"

G_BEGIN_DECLS

typedef struct _QueryConnection QueryConnection;

/* Opens those of the datasets that `sql` names; SQLite can have no more than ten open at once. */
QueryConnection *query_connection_new (GPtrArray *datasets, const char *sql, GError **error);
void query_connection_free (QueryConnection *connection);

/* From now on statements end after so many milliseconds, or when it is cancelled. */
void query_connection_set_limit (QueryConnection *connection, guint milliseconds, GCancellable *cancellable);

/* The one statement of `sql`; it must be a SELECT that admits itself. (transfer full): sqlite3_finalize () it */
sqlite3_stmt *query_connection_prepare (QueryConnection *connection, const char *sql, GError **error);
/* The sentence for what a step of it answered. */
void query_connection_set_error (QueryConnection *connection, int code, GError **error);

/* The column of a table that a column of the statement is; FALSE where it is computed. All (transfer none), until the datasets go. */
gboolean query_connection_find_origin (QueryConnection *connection, sqlite3_stmt *statement, guint i, const AppTable **table, const AppColumn **column);

/* What the datasets are called, in their order. (transfer full): of char */
GPtrArray *query_make_aliases (GPtrArray *datasets);

/* A table, and what its dataset must be called in front of it. */
typedef struct {
  const AppTable *table;
  const char *alias; /* of `aliases`; NULL where the table's name is the only one */
} QueryTable;
/* All tables of the datasets, in their order. `aliases`: of query_make_aliases (), must live as long. (transfer full): of QueryTable */
GArray *query_list_tables (GPtrArray *datasets, GPtrArray *aliases);
/* These as a model reads them, in at most about `budget` bytes. (transfer full) */
char *query_dup_schema_of (const GArray *tables, gsize budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueryConnection, query_connection_free)

G_END_DECLS
