/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of tables: one statement, which the kind "table" has written (by rules where the words say all, else by the model under a grammar of the tables), run, and kept both as a file and beside the chat. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-query.h"
#include "artifacts/artifact-kind.h"
#include "job-csv.h"
#include "job-worker.h"
#include "tables/sql-tokens.h"

extern const JobWorker table_worker;

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  AppArtifactWritten *written = g_object_get_data (G_OBJECT (task), "written");
  GError *error = NULL;
  g_autoptr (AppResult) answer = app_query_run_finish (result, &error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  JobMade *made;

  if (answer == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *csv = job_csv_print (answer, (const char *const *) of->columns);
  made = job_made_new ();
  g_free (made->said);
  made->said = g_strdup (written->said);
  made->n_rows = app_result_get_n_rows (answer);
  made->kind = g_strdup ("table");
  made->title = g_strdup (of->alone && *of->step->title != '\0' ? of->step->title : written->title != NULL && *written->title != '\0' ? written->title : of->step->title);
  made->source = g_strdup (written->source);
  for (guint i = 0; i < of->datasets->len; i++)
    g_ptr_array_add (ids, (gpointer) app_dataset_get_id (of->datasets->pdata[i]));
  g_ptr_array_add (ids, NULL);
  g_strfreev (made->data);
  made->data = g_strdupv ((char **) ids->pdata);
  if (*of->step->file != '\0')
    job_made_add_file (made, of->step->file, csv);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  AppArtifactWritten *written = job_task_take_written (task, result);

  if (written == NULL)
    return;
  app_query_run_async (of->datasets, written->source, NULL, g_task_get_cancellable (task), on_rows, g_object_ref (task));
}

static void
run (const JobTask *of, GTask *task)
{
  const AppArtifactKind *kind = app_artifact_kind_find ("table");
  g_autofree char *findings = job_task_dup_findings (of), *columns = of->columns != NULL ? g_strjoinv (", ", of->columns) : NULL;
  g_autofree char *wish = g_strdup_printf ("%s%s%s%s%s", of->alone ? of->request : of->step->task, columns != NULL && !of->alone ? "\nColumns: " : "", columns != NULL && !of->alone ? columns : "",
                                           *findings != '\0' ? "\n" : "", findings);
  AppArtifactOrder order = { .engine = of->engine, .kind = kind, .wish = wish, .documents = "", .datasets = of->datasets };
  GTask *inner = g_task_new (NULL, g_task_get_cancellable (task), on_written, g_object_ref (task));

  g_task_set_task_data (task, (gpointer) of, NULL);
  if (of->datasets->len == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("There is no table among what this step is to work on."));
    g_object_unref (task);
    g_object_unref (inner);
    return;
  }
  kind->write (&order, (AppArtifactProgress) { of->progress, of->progress_data }, inner);
  g_object_unref (task);
}

/* How many rows the largest table of the inputs has. */
static guint64
count_rows (const JobTask *of)
{
  guint64 most = 0;

  for (guint i = 0; i < of->datasets->len; i++) {
    GPtrArray *tables = app_dataset_get_tables (of->datasets->pdata[i]);
    for (guint k = 0; k < tables->len; k++)
      most = MAX (most, ((const AppTable *) tables->pdata[k])->n_rows);
  }
  return most;
}

/* The column of the inputs that is meant; NULL where it is none, or several may be. */
static const AppColumn *
find_column (const JobTask *of, const char *table, const char *column)
{
  const AppColumn *found = NULL;

  for (guint i = 0; i < of->datasets->len; i++) {
    GPtrArray *tables = app_dataset_get_tables (of->datasets->pdata[i]);
    for (guint k = 0; k < tables->len; k++) {
      const AppTable *of_table = tables->pdata[k];
      for (guint n = 0; n < of_table->columns->len; n++) {
        const AppColumn *one = of_table->columns->pdata[n];
        if (g_ascii_strcasecmp (one->sql_name, column) != 0 || (table != NULL && g_ascii_strcasecmp (of_table->sql_name, table) != 0))
          continue;
        if (found != NULL)
          return NULL;
        found = one;
      }
    }
  }
  return found;
}

/* The sum of a column of a CSV file. */
static double
add_up (GPtrArray *rows, guint column)
{
  double sum = 0;

  for (guint i = 1; i < rows->len; i++)
    if (column < g_strv_length (rows->pdata[i]))
      sum += g_ascii_strtod (((GStrv) rows->pdata[i])[column], NULL);
  return sum;
}

/* Sums of parts are no more than the whole: rows that a join has met several times were added several times. */
static void
check_sums (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  static const char *const froms[] = { "FROM", NULL };
  g_autoptr (GPtrArray) tokens = sql_tokens_new (made->source);
  g_autoptr (GPtrArray) rows = made->files->len > 0 ? job_csv_parse (((JobFile *) made->files->pdata[0])->content, NULL) : NULL;
  guint from = sql_tokens_find (tokens, 0, froms), column = 0;

  if (rows == NULL || !sql_token_is (tokens, 0, "SELECT") || (of->columns != NULL && g_strv_equal ((const char *const *) of->columns, rows->pdata[0])))
    return;
  for (guint i = 1; i + 3 < from && i + 3 < tokens->len; i++) {
    const SqlToken *token = tokens->pdata[i];
    const SqlToken *name = tokens->pdata[i + 2];
    gboolean dotted = sql_token_is (tokens, i + 3, ".");

    if (token->depth == 0 && sql_token_is (tokens, i, "*"))
      return;
    column += token->depth == 0 && sql_token_is (tokens, i, ",");
    /* The whole of a column is SUM (column) or SUM (table.column). */
    if (token->depth != 0 || !sql_token_is (tokens, i, "SUM") || !sql_token_is (tokens, i + 1, "(") || !(sql_token_is (tokens, i - 1, ",") || sql_token_is (tokens, i - 1, "SELECT")) ||
        !sql_token_is (tokens, i + (dotted ? 5 : 3), ")"))
      continue;
    const AppColumn *source = find_column (of, dotted ? name->text : NULL, dotted ? ((const SqlToken *) tokens->pdata[i + 4])->text : name->text);
    if (source == NULL || !source->has_sum || source->min == NULL || g_ascii_strtod (source->min, NULL) < 0)
      continue;
    double total = add_up (rows, column);
    if (total > source->sum * (1 + 1e-6) + 0.01)
      g_ptr_array_add (findings, g_strdup_printf (_("The sums of “%s” are %.2f together, but all of it is %.2f: rows were joined several times."), source->name, total, source->sum));
  }
}

static void
check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  if (made->n_rows == 0)
    g_ptr_array_add (findings, g_strdup (_("The table has no rows.")));
  if (made->source != NULL && g_strcmp0 (made->kind, "table") == 0 && strstr (made->source, "JOIN") != NULL)
    check_sums (of, made, findings);
  if (g_str_equal (of->step->check, "every row") && made->n_rows < count_rows (of))
    g_ptr_array_add (findings, g_strdup_printf (_("The table has %u rows, but the largest of its sources has %u."), made->n_rows, (guint) MIN (count_rows (of), G_MAXUINT)));
}

static const char *const checks[] = { "has rows", "every row", NULL };

const JobWorker table_worker = {
  .id = "table",
  .name = N_ ("Tables"),
  .wanted = "joins, filters, sorts, groups, counts or sums the rows of tables into one new table, by one SQL statement",
  .suffix = "csv",
  .share = 1,
  .needs_tables = TRUE,
  .instead = "script",
  .after = 1,
  .checks = checks,
  .run = run,
  .check = check,
};
