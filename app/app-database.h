/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDatabase: one SQLite connection on a thread of its own. Internal to app/.
 *
 * Jobs are done in the order in which they were pushed, so that a later read sees an earlier write. A job gets plain data and returns
 * plain data; the objects of the application never leave the main thread. Functions marked "database thread" assert that
 * they run there.
 *
 * The connection holds the file for itself (exclusive locking mode): then SQLite keeps the index of its journal in memory instead of mapping a
 * file, which would raise SIGBUS on a full disk. */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "app-error.h"

G_BEGIN_DECLS

#define APP_TYPE_DATABASE (app_database_get_type ())
G_DECLARE_FINAL_TYPE (AppDatabase, app_database, APP, DATABASE, GObject)

/* The history of the schema: migrations[i] brings user_version from i to i + 1. */
typedef struct {
  const char *const *migrations;
  int n_migrations;
} AppDatabaseSchema;

/* Opens or makes the file at the first job. `path` may be ":memory:". `schema` must outlive the object. */
AppDatabase *app_database_new (const char *path, const AppDatabaseSchema *schema);

/* What a job does, on the database thread. Returns its result, or NULL with `error`. A job without a result returns APP_DATABASE_OK. */
typedef gpointer (*AppDatabaseFunc) (AppDatabase *self, gpointer data, GError **error);
#define APP_DATABASE_OK GINT_TO_POINTER (1)

/* Queues a job. `data_free` runs on the main thread after the callback. `result_free`: for a result that nobody fetched.
 * A cancelled job that has not begun is not done; in one that has begun the statement that runs fails with G_IO_ERROR_CANCELLED. */
void app_database_run_async (AppDatabase *self, AppDatabaseFunc func, gpointer data, GDestroyNotify data_free, GDestroyNotify result_free,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) the result, or NULL. */
gpointer app_database_run_finish (AppDatabase *self, GAsyncResult *result, GError **error);

/* Opens the file now; every other job does so too. Then closes it. After close each job fails. */
void app_database_open_async (AppDatabase *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void app_database_close_async (AppDatabase *self, GAsyncReadyCallback callback, gpointer user_data);

const char *app_database_get_path (AppDatabase *self);

/* ---- database thread ---- */

/* A prepared statement with its parameters bound, kept for the next time. `format` has one letter per parameter: i gint64, I gint64 with 0
 * as NULL, d double, s string (nullable; must stay valid while stepping), b GBytes (nullable; likewise). NULL with `error`. */
sqlite3_stmt *app_database_query (AppDatabase *self, GError **error, const char *sql, const char *format, ...);
/* The next row: TRUE. At the end or on error FALSE, and the statement is reset; `*failed` (nullable) tells the two apart. */
gboolean app_database_step (AppDatabase *self, sqlite3_stmt *statement, gboolean *failed, GError **error);
/* Ends a query before its last row. */
void app_database_reset (sqlite3_stmt *statement);
/* A statement without rows. */
gboolean app_database_exec (AppDatabase *self, GError **error, const char *sql, const char *format, ...);
gint64 app_database_last_id (AppDatabase *self);
int app_database_changes (AppDatabase *self);
int app_database_total_changes (AppDatabase *self); /* since the file was opened, by triggers too */

/* begin … commit; on failure call rollback (which keeps `error`). */
gboolean app_database_begin (AppDatabase *self, GError **error);
gboolean app_database_commit (AppDatabase *self, GError **error);
void app_database_rollback (AppDatabase *self);

/* How many statements were run since the object was made; any thread (tests count with it). */
guint app_database_get_n_queries (AppDatabase *self);

G_END_DECLS
