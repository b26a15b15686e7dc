/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-ask.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-writing.h"
#include "engine.h"
#include "tables/ask-prompt.h"
#include "tables/result-table.h"
#include "tables/sql-grammar.h"
#include "tables/sql-tokens.h"

/* Tokens of a statement; what is longer has lost its way. A table that is kept may name many columns. */
#define MAX_TOKENS 400
#define MAX_KEPT_TOKENS 900
/* Rows of the table that is to be changed, of which it is told what its columns are like. */
#define MAX_BASE_ROWS 10000
/* Statements for one question. */
#define MAX_TRIES 2

struct _AppAsk {
  GObject parent;
  GPtrArray *datasets;    /* of AppDataset */
  EngineGrammar *grammar; /* NULL until the first question */
  char *instructions;     /* likewise */
  gboolean kept, adds;
  char *base, *base_name; /* the statement that is to be changed, and what it is called in those that are written; NULL */
  AppWritingProgress progress;
  gpointer progress_data;
};

G_DEFINE_FINAL_TYPE (AppAsk, app_ask, G_TYPE_OBJECT)

/* One question on its way. */
typedef struct {
  AppEngine *engine;
  char *content;    /* the question, with the values that it names */
  AppQueryLimits limits;
  AppAskReport report;
  char *first;      /* statement, and what came of it, when it is written for the second time */
  char *complaint;
  AppResult *empty; /* what the first statement found, when that was nothing */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->engine);
  g_free (run->content);
  app_ask_report_clear (&run->report);
  g_free (run->first);
  g_free (run->complaint);
  g_clear_pointer (&run->empty, app_result_unref);
  g_free (run);
}

void
app_ask_report_clear (AppAskReport *report)
{
  g_clear_pointer (&report->sql, g_free);
  report->n_tries = 0;
}

/* ---- running what was written ---- */

static void ask_model (GTask *task);

/* Whether it is one row of nothing but "no value", and perhaps counts of nothing; or no row at all. */
static gboolean
is_empty (const AppResult *result, gboolean or_zero)
{
  gboolean empty = app_result_get_n_rows (result) == 1 || (or_zero && app_result_get_n_rows (result) == 0);

  for (guint i = 0; empty && app_result_get_n_rows (result) == 1 && i < app_result_get_n_columns (result); i++) {
    const AppValue *value = app_result_get_value (result, 0, i);
    empty = value->kind == MEDIA_CELL_NULL || (or_zero && value->kind == MEDIA_CELL_INTEGER && value->integer == 0);
  }
  return empty;
}

/* Once more, with what came of it. FALSE when that was done already. */
static gboolean
try_again (GTask *task, const char *complaint)
{
  AppAsk *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  if (run->report.n_tries >= MAX_TRIES)
    return FALSE;
  g_free (run->first);
  run->first = g_strdup (run->report.sql);
  g_free (run->complaint);
  /* The question once more: what stands last is what a small model reads best. */
  run->complaint = g_strdup_printf ("%s\n\n%s: %s", complaint, self->kept ? "Wish" : "Question", run->content);
  ask_model (task);
  return TRUE;
}

/* Whether a function's value is taken from itself, "avg (x) - avg (x)": nothing, whatever was asked. That is how small models compare two groups. */
static gboolean
is_idle (const char *sql)
{
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);

  for (guint i = 1; i + 2 < tokens->len; i++) {
    guint end = i + 3, n;
    const SqlToken *open = g_ptr_array_index (tokens, i + 2), *name = g_ptr_array_index (tokens, i + 1);
    if (!sql_token_is (tokens, i, "-") || name->kind != SQL_TOKEN_NAME || !sql_token_is (tokens, i + 2, "("))
      continue;
    while (end < tokens->len && !(sql_token_is (tokens, end, ")") && ((const SqlToken *) g_ptr_array_index (tokens, end))->depth == open->depth))
      end++;
    n = end - i; /* words of what stands behind it */
    gboolean same = end < tokens->len && n <= i;
    for (guint k = 0; same && k < n; k++)
      same = strcmp (((const SqlToken *) g_ptr_array_index (tokens, i - n + k))->text, ((const SqlToken *) g_ptr_array_index (tokens, i + 1 + k))->text) == 0;
    if (same)
      return TRUE;
  }
  return FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) answer = app_query_run_finish (result, &error);

  if (answer != NULL && is_empty (answer, TRUE) && run->empty == NULL && run->report.n_tries < MAX_TRIES) {
    run->empty = app_result_ref (answer);
    try_again (task, "This finds nothing. If a value is not written as in the tables, or a condition is wrong, correct it; otherwise write the same statement again.");
  } else if (answer != NULL && is_empty (answer, FALSE)) {
    /* "None" may be true; a figure that has no value is no answer. */
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to answer this from the tables: what it asked for has no value there."));
  } else if (answer != NULL) {
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) app_result_unref);
  } else if (run->empty != NULL && g_error_matches (error, APP_ERROR, APP_ERROR_INVALID)) {
    /* The first one was no error. */
    g_free (run->report.sql);
    run->report.sql = g_strdup (app_result_get_sql (run->empty));
    g_task_return_pointer (task, g_steal_pointer (&run->empty), (GDestroyNotify) app_result_unref);
  } else if (!g_error_matches (error, APP_ERROR, APP_ERROR_INVALID)) {
    g_task_return_error (task, g_steal_pointer (&error));
  } else if (!try_again (task, error->message)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to answer this from the tables. Its last statement could not be run: %s"), error->message);
  }
}

/* Without the fence of a model that is bound by no grammar, and without what ends it. (transfer full) */
static char *
take_statement (const char *text)
{
  const char *fence = strstr (text, "```");
  g_autofree char *sql = NULL;

  if (fence != NULL) {
    fence += g_str_has_prefix (fence + 3, "sqlite") ? 9 : g_str_has_prefix (fence + 3, "sql") ? 6 : 3;
    const char *end = strstr (fence, "```");
    sql = end != NULL ? g_strndup (fence, (gsize) (end - fence)) : g_strdup (fence);
  } else {
    sql = g_strdup (text);
  }
  g_strstrip (sql);
  for (gsize length = strlen (sql); length > 0 && (sql[length - 1] == ';' || g_ascii_isspace (sql[length - 1])); length--)
    sql[length - 1] = '\0';
  return g_steal_pointer (&sql);
}

/* ---- the model ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppAsk *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  AppStats stats;
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, &stats, &error);

  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_free (run->report.sql);
  run->report.sql = take_statement (text);
  run->report.n_tries++;
  run->report.n_tokens += stats.tokens;
  if (stats.finish != APP_FINISH_STOP) {
    /* The same would come again. */
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to answer this from the tables: its statement has no end. Ask for less, or in other words."));
    return;
  }
  if (is_idle (run->report.sql)) {
    if (!try_again (task, "This takes a value from itself. To compare two groups, give each side its own condition: AVG(CASE WHEN g = 'a' THEN n END) - AVG(CASE WHEN g = 'b' THEN n END), without WHERE."))
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to answer this from the tables: its statement takes a value from itself."));
    return;
  }
  g_autofree char *sql = self->base != NULL ? result_table_compose (self->base_name, self->base, run->report.sql) : g_strdup (run->report.sql);
  app_query_run_async (self->datasets, sql, &run->limits, g_task_get_cancellable (task), on_answer, g_object_ref (task));
}

static void
ask_model (GTask *task)
{
  AppAsk *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  AppSampling greedy;
  g_autoptr (AppPrompt) prompt = NULL;

  app_writing_greedy (&greedy, self->kept ? MAX_KEPT_TOKENS : MAX_TOKENS);
  prompt = app_prompt_new (&greedy);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, self->instructions);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, run->content);
  if (run->first != NULL) {
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, run->first);
    app_prompt_add (prompt, APP_ROLE_USER, NULL, run->complaint);
  }
  app_prompt_set_grammar (prompt, self->grammar);
  app_writing_async (run->engine, prompt, g_task_get_cancellable (task), self->progress, self->progress_data, on_written, g_object_ref (task));
}

/* ---- before the first word ---- */

/* What a thread finds out. */
typedef struct {
  GPtrArray *datasets;
  char *question;
  gboolean all; /* grammar and instructions, too */
  gboolean kept, adds;
  char *base, *base_name;
  EngineGrammar *grammar;
  char *instructions, *content;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *preparation = data;

  g_ptr_array_unref (preparation->datasets);
  g_free (preparation->question);
  g_free (preparation->base);
  g_free (preparation->base_name);
  g_clear_pointer (&preparation->grammar, engine_grammar_unref);
  g_free (preparation->instructions);
  g_free (preparation->content);
  g_free (preparation);
}

/* The table that is to be changed, as its statement gives it. */
static AppTable *
make_base (const Preparation *preparation, GCancellable *cancellable, GError **error)
{
  AppQueryLimits limits;

  app_query_limits_init (&limits);
  limits.max_rows = MAX_BASE_ROWS;
  g_autoptr (AppResult) result = app_query_run (preparation->datasets, preparation->base, &limits, cancellable, error);
  return result != NULL ? result_table_new (result, preparation->base_name) : NULL;
}

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparation *preparation = data;

  if (preparation->all) {
    EngineError error = { 0 };
    GError *trouble = NULL;
    g_autoptr (AppTable) base = preparation->base != NULL ? make_base (preparation, cancellable, &trouble) : NULL;
    if (trouble != NULL) {
      g_task_return_error (task, trouble);
      return;
    }
    g_autofree char *gbnf = preparation->kept ? sql_grammar_new_kept (preparation->datasets, base, preparation->base, preparation->adds) : sql_grammar_new (preparation->datasets);
    preparation->grammar = engine_grammar_from_text (gbnf, strlen (gbnf), &error);
    if (preparation->grammar == NULL) {
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error.message);
      return;
    }
    preparation->instructions = preparation->kept ? ask_prompt_new_kept (preparation->datasets, base, preparation->base) : ask_prompt_new (preparation->datasets);
  }
  preparation->content = ask_prompt_dup_question (preparation->datasets, preparation->question, cancellable);
  g_task_return_boolean (task, TRUE);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  AppAsk *self = APP_ASK (source);
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  Preparation *preparation = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (self->grammar == NULL)
    self->grammar = g_steal_pointer (&preparation->grammar);
  if (self->instructions == NULL)
    self->instructions = g_steal_pointer (&preparation->instructions);
  run->content = g_steal_pointer (&preparation->content);
  ask_model (task);
}

void
app_ask_run_async (AppAsk *self, AppEngine *engine, const char *question, const AppQueryLimits *limits, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, cancellable, on_prepared, g_object_ref (task));
  Run *run = g_new0 (Run, 1);
  Preparation *preparation = g_new0 (Preparation, 1);

  run->engine = g_object_ref (engine);
  app_query_limits_init (&run->limits);
  if (limits != NULL)
    run->limits = *limits;
  g_task_set_source_tag (task, app_ask_run_async);
  g_task_set_task_data (task, run, run_free);
  preparation->datasets = g_ptr_array_ref (self->datasets);
  preparation->question = g_strdup (question);
  preparation->all = self->grammar == NULL;
  preparation->kept = self->kept;
  preparation->adds = self->adds;
  preparation->base = g_strdup (self->base);
  preparation->base_name = g_strdup (self->base_name);
  g_task_set_task_data (worker, preparation, preparation_free);
  g_task_run_in_thread (worker, prepare_thread);
}

AppResult *
app_ask_run_finish (AppAsk *self, GAsyncResult *result, AppAskReport *report, GError **error)
{
  Run *run = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_async_result_is_tagged (result, app_ask_run_async), NULL);
  if (report != NULL)
    *report = (AppAskReport) { g_strdup (run->report.sql), run->report.n_tries, run->report.n_tokens };
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- object ---- */

static void
app_ask_finalize (GObject *object)
{
  AppAsk *self = APP_ASK (object);

  g_ptr_array_unref (self->datasets);
  g_clear_pointer (&self->grammar, engine_grammar_unref);
  g_free (self->instructions);
  g_free (self->base);
  g_free (self->base_name);
  G_OBJECT_CLASS (app_ask_parent_class)->finalize (object);
}

static void
app_ask_class_init (AppAskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_ask_finalize;
}

static void
app_ask_init (AppAsk *self)
{
}

AppAsk *
app_ask_new (GPtrArray *datasets)
{
  AppAsk *self = g_object_new (APP_TYPE_ASK, NULL);

  self->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < datasets->len; i++)
    g_ptr_array_add (self->datasets, g_object_ref (g_ptr_array_index (datasets, i)));
  return self;
}

AppAsk *
app_ask_new_kept (GPtrArray *datasets, const char *base, gboolean adds)
{
  AppAsk *self = app_ask_new (datasets);

  self->kept = TRUE;
  self->adds = adds;
  if (base != NULL) {
    self->base = take_statement (base);
    self->base_name = result_table_dup_name (datasets);
  }
  return self;
}

void
app_ask_set_progress (AppAsk *self, AppWritingProgress progress, gpointer data)
{
  self->progress = progress;
  self->progress_data = data;
}

/* What a thread prepares, now. */
static char *
dup_prepared (AppAsk *self, gboolean grammar)
{
  Preparation preparation = { .datasets = self->datasets, .base = self->base, .base_name = self->base_name };
  g_autoptr (AppTable) base = self->base != NULL ? make_base (&preparation, NULL, NULL) : NULL;

  if (grammar)
    return self->kept ? sql_grammar_new_kept (self->datasets, base, self->base, self->adds) : sql_grammar_new (self->datasets);
  return self->kept ? ask_prompt_new_kept (self->datasets, base, self->base) : ask_prompt_new (self->datasets);
}

char *
app_ask_dup_grammar (AppAsk *self)
{
  return dup_prepared (self, TRUE);
}

char *
app_ask_dup_instructions (AppAsk *self)
{
  return dup_prepared (self, FALSE);
}
