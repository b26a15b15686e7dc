/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppQuery: one question to datasets, in SQL that a model or a person wrote and that is trusted by nobody.
 *
 * It runs on a connection of its own that can only read: the datasets are opened as files that never change, an authorizer admits SELECT over their tables and
 * functions that only compute, and there are limits on time, rows, bytes and the size of the statement itself. A table is called by its name; where two
 * datasets have tables of one name, by its dataset's too: "sales.orders". */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

typedef struct {
  guint max_rows;   /* of the answer */
  gsize max_bytes;  /* of text in it */
  guint time_limit; /* milliseconds */
} AppQueryLimits;
/* 10,000 rows, 16 MiB, 20 s */
void app_query_limits_init (AppQueryLimits *limits);

typedef struct {
  char *name;           /* as the statement has it */
  char *title;          /* for people: as the file has it, of a column as it stands */
  char *unit;           /* of such a one; "" if it has none */
  MediaColumnType type; /* of the column it is, or of its values */
  char *table, *column; /* SQL names, where it is a column of a table as it stands; NULL where it is computed */
} AppResultColumn;

/* A value: as of a row of a table. Text is UTF-8, ended by NUL. */
typedef MediaCell AppValue;

#define APP_TYPE_RESULT (app_result_get_type ())
GType app_result_get_type (void);
typedef struct _AppResult AppResult;
AppResult *app_result_ref (AppResult *result);
void app_result_unref (AppResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppResult, app_result_unref)

const char *app_result_get_sql (const AppResult *result);
guint app_result_get_n_columns (const AppResult *result);
const AppResultColumn *app_result_get_column (const AppResult *result, guint column);
guint app_result_get_n_rows (const AppResult *result);
const AppValue *app_result_get_value (const AppResult *result, guint row, guint column);
/* As text, "" for nothing. (transfer full) */
char *app_result_dup_text (const AppResult *result, guint row, guint column);
/* Whether there are more rows than were taken; why: rows or bytes. */
gboolean app_result_is_cut (const AppResult *result);
double app_result_get_seconds (const AppResult *result);

/* `datasets`: of AppDataset. `limits`: NULL for the usual ones. Errors: APP_ERROR_INVALID with a sentence that says what is wrong with the statement,
 * G_IO_ERROR_TIMED_OUT, or those of the file. */
void app_query_run_async (GPtrArray *datasets, const char *sql, const AppQueryLimits *limits, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppResult *app_query_run_finish (GAsyncResult *result, GError **error);
/* The same, waiting. Any thread. */
AppResult *app_query_run (GPtrArray *datasets, const char *sql, const AppQueryLimits *limits, GCancellable *cancellable, GError **error);

/* Whether the statement could run: names, functions, what it would do. Runs nothing. */
gboolean app_query_check (GPtrArray *datasets, const char *sql, GError **error);

/* What a dataset is called in front of a table's name. (transfer full) */
char *app_query_dup_alias (GPtrArray *datasets, guint dataset);

/* The tables of all of them, as app_dataset_dup_schema () has those of one, called as a question must call them. (transfer full) */
char *app_query_dup_schema (GPtrArray *datasets, gsize budget);

/* The rows that a row of an answer was computed of: a statement like `sql` that gives these rows, with their numbers in the file in its first column ("row"). Only
 * for a statement that asks one table, perhaps with WHERE and GROUP BY; otherwise NULL with a sentence that says why. `result`: of `sql`; `row`: in it. (transfer full) */
char *app_query_dup_origin (GPtrArray *datasets, const AppResult *result, guint row, GError **error);

G_END_DECLS
