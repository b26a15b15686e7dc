/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that are made of tables: their source is one statement of SQL, and what they show is what it gives. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-ask.h"
#include "app-error.h"
#include "artifact-kind.h"
#include "table-draft.h"
#include "table-page.h"
#include "tables/sql-tokens.h"

/* Bytes of a title that is the wish itself. */
#define MAX_TITLE 64

extern const AppArtifactKind table_kind;

/* ---- the page ---- */

typedef struct {
  GPtrArray *datasets;
  char *sql, *title;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->datasets);
  g_free (page->sql);
  g_free (page->title);
  g_free (page);
}

static void
page_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Page *page = data;
  GError *error = NULL;
  AppBundle *bundle = table_page_new (page->datasets, page->sql, page->title, cancellable, &error);

  if (bundle != NULL)
    g_task_return_pointer (task, bundle, (GDestroyNotify) app_bundle_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
check_datasets (GPtrArray *datasets, GTask *task)
{
  if (datasets->len > 0)
    return TRUE;
  g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("The table that this shows is not there any more. Attach the file again."));
  return FALSE;
}

static void
make_bundle (const char *source, const char *title, GPtrArray *datasets, GTask *task)
{
  Page *page = g_new0 (Page, 1);

  *page = (Page) { g_ptr_array_ref (datasets), g_strdup (source), g_strdup (title) };
  g_task_set_task_data (task, page, page_free);
  if (check_datasets (datasets, task))
    g_task_run_in_thread (task, page_thread);
}

/* ---- writing ---- */

/* With its parts on lines of their own, as a person reads it. (transfer full) */
static char *
dup_lines (const char *sql)
{
  static const char *const words[] = { "FROM", "JOIN", "LEFT", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", NULL };
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);
  GString *text = g_string_new (NULL);
  gsize done = 0;

  for (guint i = 1; i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i), *before = g_ptr_array_index (tokens, i - 1);
    const char *line = memchr (sql + before->end, '\n', token->start - before->end);
    gboolean begins = FALSE;
    for (guint k = 0; words[k] != NULL && token->depth == 0 && token->kind == SQL_TOKEN_NAME; k++)
      begins |= sql_token_is (tokens, i, words[k]);
    if (!begins || line != NULL)
      continue;
    /* "LEFT JOIN" is one. */
    if (sql_token_is (tokens, i, "JOIN") && (sql_token_is (tokens, i - 1, "LEFT") || sql_token_is (tokens, i - 1, "OUTER")))
      continue;
    g_string_append_len (text, sql + done, (gssize) (before->end - done));
    g_string_append_c (text, '\n');
    done = token->start;
  }
  g_string_append (text, sql + done);
  return g_string_free (text, FALSE);
}

/* The wish itself: "Orders with the name of the customer". (transfer full) */
static char *
dup_title (const char *wish)
{
  static const char *const polite[] = { "please ", "can you ", "could you ", "i want ", "i need ", "give me ", "show me ", "make ", "create ", "bitte ", "erstelle ", "mach ", "eine tabelle mit ", "a ", "an ", "the ", "me ", "new ", "table of ", "table with ", "with " };
  g_autofree char *text = g_utf8_make_valid (wish, -1);
  const char *begin = g_strstrip (g_strdelimit (text, "\n\t\r", ' '));
  gboolean found = TRUE;

  while (found) {
    found = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (polite) && !found; i++)
      if (g_ascii_strncasecmp (begin, polite[i], strlen (polite[i])) == 0 && strlen (begin) > strlen (polite[i]) + 4) {
        begin += strlen (polite[i]);
        found = TRUE;
      }
  }
  GString *title = g_string_new (NULL);
  g_string_append_unichar (title, g_unichar_toupper (g_utf8_get_char (begin)));
  g_string_append (title, *begin != '\0' ? g_utf8_next_char (begin) : "");
  while (title->len > 1 && strchr (".?!, ", title->str[title->len - 1]) != NULL)
    g_string_truncate (title, title->len - 1);
  if (title->len > MAX_TITLE) {
    gsize end = MAX_TITLE;
    while (end > 0 && title->str[end] != ' ')
      end--;
    g_string_truncate (title, end > 20 ? end : (gsize) (g_utf8_find_prev_char (title->str, title->str + MAX_TITLE) - title->str));
    g_string_append (title, "…");
  }
  return g_string_free (title, FALSE);
}

/* "Orders with Total", of "SELECT *, … AS \"Total\" FROM orders". NULL where it is no such statement. (transfer full) */
static char *
dup_added_title (GPtrArray *datasets, const char *sql)
{
  static const char *const froms[] = { "FROM", NULL };
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);
  guint from = sql_tokens_find (tokens, 0, froms);
  g_autoptr (GString) names = g_string_new (NULL);
  const AppTable *table = NULL;

  for (guint i = 0; i + 1 < from && i + 1 < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i), *next = g_ptr_array_index (tokens, i + 1);
    if (token->depth == 0 && sql_token_is (tokens, i, "AS") && next->kind == SQL_TOKEN_NAME)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", next->text);
  }
  for (guint i = 0; i < datasets->len && table == NULL && from + 1 < tokens->len; i++)
    table = app_dataset_find_table (datasets->pdata[i], ((const SqlToken *) g_ptr_array_index (tokens, from + 1))->text);
  if (names->len == 0 || names->len > MAX_TITLE || table == NULL || !sql_token_is (tokens, 1, "*"))
    return NULL;
  g_autofree char *label = table_dup_label (table);
  return g_strdup_printf (_("%s with %s"), label, names->str);
}

typedef struct {
  AppArtifactOrderCopy *copy;
  char *wish;       /* with what was pointed at */
  TableDraft *draft;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  app_artifact_order_copy_free (writing->copy);
  g_free (writing->wish);
  g_clear_pointer (&writing->draft, table_draft_free);
  g_free (writing);
}

/* How many rows there are, and of what. */
static char *
dup_count (const AppResult *result)
{
  guint n_rows = app_result_get_n_rows (result), n_columns = app_result_get_n_columns (result);
  g_autofree char *rows = app_result_is_cut (result) ? g_strdup_printf (_("more than %'d rows"), (int) n_rows) : g_strdup_printf (ngettext ("%'d row", "%'d rows", n_rows), (int) n_rows);
  g_autofree char *columns = g_strdup_printf (ngettext ("%'d column", "%'d columns", n_columns), (int) n_columns);

  return g_strdup_printf ("%s · %s", rows, columns);
}

static void
finish (GTask *task, const AppResult *result, gint64 n_tokens)
{
  Writing *writing = g_task_get_task_data (task);
  const AppArtifactOrder *order = &writing->copy->order;
  AppArtifactWritten *written = g_new0 (AppArtifactWritten, 1);
  g_autofree char *count = dup_count (result);

  written->source = dup_lines (app_result_get_sql (result));
  /* One that is changed keeps its name. */
  if (order->base == NULL && writing->draft != NULL)
    written->title = g_strdup (writing->draft->title);
  else if (order->base == NULL && (written->title = dup_added_title (order->datasets, written->source)) == NULL)
    written->title = dup_title (order->wish);
  written->said = writing->draft != NULL && writing->draft->said[0] != '\0' ? g_strdup_printf ("%s\n\n%s", count, writing->draft->said) : g_strdup (count);
  written->n_tokens = n_tokens;
  g_task_return_pointer (task, written, (GDestroyNotify) app_artifact_written_free);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppAskReport report;
  GError *error = NULL;
  g_autoptr (AppResult) answer = app_ask_run_finish (APP_ASK (source), result, &report, &error);

  if (answer != NULL)
    finish (task, answer, report.n_tokens);
  else
    g_task_return_error (task, error);
  app_ask_report_clear (&report);
}

static void
ask_model (GTask *task)
{
  Writing *writing = g_task_get_task_data (task);
  const AppArtifactOrder *order = &writing->copy->order;
  g_autoptr (AppAsk) ask = app_ask_new_kept (order->datasets, order->base, order->base != NULL ? table_wish_adds_to (order->wish) : table_wish_adds (order->wish));

  app_ask_set_progress (ask, writing->copy->progress.progress, writing->copy->progress.data);
  app_ask_run_async (ask, order->engine, writing->wish, NULL, g_task_get_cancellable (task), on_asked, g_object_ref (task));
}

static void
on_draft_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Writing *writing = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) answer = app_query_run_finish (result, &error);

  if (answer != NULL) {
    finish (task, answer, 0);
  } else if (g_error_matches (error, APP_ERROR, APP_ERROR_INVALID)) {
    /* Where the rules went wrong a model may do better. */
    g_clear_pointer (&writing->draft, table_draft_free);
    ask_model (task);
  } else {
    g_task_return_error (task, g_steal_pointer (&error));
  }
}

static void
draft_thread (GTask *worker, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writing *writing = data;
  GError *error = NULL;
  TableDraft *draft = table_draft_new (writing->copy->order.datasets, writing->copy->order.base, writing->copy->order.wish, cancellable, &error);

  if (error != NULL)
    g_task_return_error (worker, error);
  else
    g_task_return_pointer (worker, draft, (GDestroyNotify) table_draft_free);
}

static void
on_draft (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Writing *writing = g_task_get_task_data (task);
  GError *error = NULL;

  writing->draft = g_task_propagate_pointer (G_TASK (result), &error);
  if (error != NULL) {
    g_task_return_error (task, error);
  } else if (writing->draft != NULL) {
    if (writing->copy->progress.progress != NULL)
      writing->copy->progress.progress (writing->draft->sql, writing->copy->progress.data);
    app_query_run_async (writing->copy->order.datasets, writing->draft->sql, NULL, g_task_get_cancellable (task), on_draft_run, g_object_ref (task));
  } else {
    ask_model (task);
  }
}

static void
write_table (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  Writing *writing = g_new0 (Writing, 1);
  g_autoptr (GTask) worker = NULL;

  writing->copy = app_artifact_order_copy (order, progress);
  writing->wish = order->pick != NULL && order->pick->text[0] != '\0' ? g_strdup_printf ("%s (about “%.80s”)", order->wish, order->pick->text) : g_strdup (order->wish);
  g_task_set_task_data (task, writing, writing_free);
  if (order->datasets->len == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("There is no table to make one of. Attach a spreadsheet, a CSV file or a database."));
    g_object_unref (task);
    return;
  }
  worker = g_task_new (NULL, g_task_get_cancellable (task), on_draft, task);
  g_task_set_task_data (worker, writing, NULL);
  g_task_run_in_thread (worker, draft_thread);
}

const AppArtifactKind table_kind = {
  .id = "table",
  .name = N_("Table"),
  .icon_name = "x-office-spreadsheet-symbolic",
  .language = "sql",
  .suffix = "sql",
  .is_page = TRUE,
  .needs_tables = TRUE,
  .make_bundle = make_bundle,
  .is_table = TRUE,
  .write = write_table,
  .wanted = "a table to keep, made of those that are attached: with a new column, tables joined, a pivot, a cleaned copy, rows sorted or left out, a forecast",
};
