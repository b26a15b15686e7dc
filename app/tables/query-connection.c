/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "query-connection.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "dataset-file.h"
#include "query-functions.h"
#include "dataset-writer.h"
#include "sql-name.h"
#include "sql-tokens.h"

/* What SQLite can have open beside the first. */
#define MAX_OPEN 10
/* Steps of SQLite's machine between two looks at the clock. */
#define STEPS 100
/* Bytes of a statement. */
#define MAX_SQL (100 * 1000)

static const struct {
  int what, most;
} limits[] = {
  { SQLITE_LIMIT_LENGTH, 2 * 1024 * 1024 }, /* more than any cell has: what functions do with text takes longer than its length */
  { SQLITE_LIMIT_SQL_LENGTH, MAX_SQL },
  { SQLITE_LIMIT_EXPR_DEPTH, 200 },
  { SQLITE_LIMIT_COMPOUND_SELECT, 50 },
  { SQLITE_LIMIT_VDBE_OP, 1000000 },
  { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
  { SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
  { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
  { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

struct _QueryConnection {
  sqlite3 *db;
  GPtrArray *datasets, *aliases;
  char *refused; /* why the authorizer refused; NULL if it did not */
  gint64 deadline; /* g_get_monotonic_time (), 0: none */
  GCancellable *cancellable;
};

/* ---- names ---- */

GPtrArray *
query_make_aliases (GPtrArray *datasets)
{
  GPtrArray *aliases = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* SQLite's own. */
  g_hash_table_add (taken, g_strdup ("main"));
  g_hash_table_add (taken, g_strdup ("temp"));
  for (guint i = 0; i < datasets->len; i++) {
    const char *name = app_dataset_get_name (g_ptr_array_index (datasets, i)), *point = strrchr (name, '.');
    g_autofree char *stem = point != NULL && point != name ? g_strndup (name, (gsize) (point - name)) : g_strdup (name);
    g_ptr_array_add (aliases, sql_name_make (stem, "data", taken));
  }
  return aliases;
}

static gboolean
is_in (AppDataset *dataset, const char *table)
{
  return app_dataset_find_table (dataset, table) != NULL;
}

static gboolean
is_elsewhere (GPtrArray *datasets, guint dataset, const char *name)
{
  for (guint i = 0; i < datasets->len; i++)
    if (i != dataset && is_in (g_ptr_array_index (datasets, i), name))
      return TRUE;
  return FALSE;
}

GArray *
query_list_tables (GPtrArray *datasets, GPtrArray *aliases)
{
  GArray *tables = g_array_new (FALSE, FALSE, sizeof (QueryTable));

  for (guint i = 0; i < datasets->len; i++) {
    GPtrArray *of = app_dataset_get_tables (g_ptr_array_index (datasets, i));
    for (guint k = 0; k < of->len; k++) {
      const AppTable *table = g_ptr_array_index (of, k);
      QueryTable named = { table, is_elsewhere (datasets, i, table->sql_name) ? g_ptr_array_index (aliases, i) : NULL };
      g_array_append_val (tables, named);
    }
  }
  return tables;
}

/* Whether a word of the statement is the dataset's name or one of its tables'. */
static gboolean
is_named (AppDataset *dataset, const char *alias, const GPtrArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i);
    if (token->kind == SQL_TOKEN_NAME && (g_ascii_strcasecmp (token->text, alias) == 0 || is_in (dataset, token->text)))
      return TRUE;
  }
  return FALSE;
}

/* A table's name behind FROM, JOIN or a comma, that several datasets have, alone: SQLite would silently take the first. */
static gboolean
check_ambiguous (QueryConnection *self, const GPtrArray *tokens, GError **error)
{
  for (guint i = 1; i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i);
    gboolean place = sql_token_is (tokens, i - 1, "FROM") || sql_token_is (tokens, i - 1, "JOIN") || sql_token_is (tokens, i - 1, ",");
    const char *first = NULL;
    if (token->kind != SQL_TOKEN_NAME || !place || sql_token_is (tokens, i + 1, "."))
      continue;
    for (guint k = 0; k < self->datasets->len; k++) {
      if (!is_in (g_ptr_array_index (self->datasets, k), token->text))
        continue;
      const char *alias = g_ptr_array_index (self->aliases, k);
      /* A comma also stands between columns, where the same word is one: only where it could be meant. */
      if (first != NULL && !sql_token_is (tokens, i - 1, ",")) {
        g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Several files have a table “%s”. Say which one is meant: %s.%s or %s.%s."), token->text, first, token->text, alias, token->text);
        return FALSE;
      }
      first = alias;
    }
  }
  return TRUE;
}

/* ---- what may be done ---- */

static int
refuse (QueryConnection *self, char *why)
{
  if (self->refused == NULL)
    self->refused = why;
  else
    g_free (why);
  return SQLITE_DENY;
}

static gboolean
is_table (QueryConnection *self, const char *database, const char *table)
{
  for (guint i = 0; i < self->datasets->len; i++)
    if ((database == NULL || g_ascii_strcasecmp (database, g_ptr_array_index (self->aliases, i)) == 0) && is_in (g_ptr_array_index (self->datasets, i), table))
      return TRUE;
  return FALSE;
}

static int
authorize (void *data, int action, const char *first, const char *second, const char *database, const char *inner)
{
  QueryConnection *self = data;

  switch (action) {
  case SQLITE_SELECT:
  case SQLITE_RECURSIVE:
    return SQLITE_OK;
  case SQLITE_FUNCTION:
    return query_function_is_allowed (second) ? SQLITE_OK : refuse (self, g_strdup_printf (_("The function “%s” is not allowed in a question."), second));
  case SQLITE_READ:
    /* Without a column and a database it may be a part of the statement (WITH), which stands for nothing outside of it. */
    if (is_table (self, database, first) || g_strcmp0 (first, "json_each") == 0 || g_strcmp0 (first, "json_tree") == 0 ||
        (database == NULL && second[0] == '\0' && !g_str_has_prefix (first, "sqlite_") && !g_str_has_prefix (first, "pragma_") && !g_str_has_prefix (first, "melete_")))
      return SQLITE_OK;
    return refuse (self, g_strdup_printf (_("There is no table “%s” to read from."), first));
  default:
    return refuse (self, g_strdup (_("A question only reads. Write one SELECT that changes nothing and opens no files.")));
  }
}

/* Called by SQLite now and then; true ends the statement. */
static int
on_steps (void *data)
{
  QueryConnection *self = data;
  return (self->deadline != 0 && g_get_monotonic_time () > self->deadline) || g_cancellable_is_cancelled (self->cancellable);
}

void
query_connection_set_limit (QueryConnection *self, guint milliseconds, GCancellable *cancellable)
{
  self->deadline = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  g_set_object (&self->cancellable, cancellable);
}

/* ---- opening ---- */

static gboolean
attach (QueryConnection *self, guint i, GError **error)
{
  const char *path = app_dataset_get_path (g_ptr_array_index (self->datasets, i));
  g_autofree char *uri = dataset_file_uri (path), *alias = sql_name_quote (g_ptr_array_index (self->aliases, i));
  char *sql = sqlite3_mprintf ("ATTACH %Q AS %s", uri, alias);
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  sqlite3_free (sql);
  if (code == SQLITE_OK)
    return TRUE;
  dataset_set_error (path, self->db, code, error);
  return FALSE;
}

static gboolean
attach_named (QueryConnection *self, const GPtrArray *tokens, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < self->datasets->len; i++) {
    if (self->datasets->len > MAX_OPEN && !is_named (g_ptr_array_index (self->datasets, i), g_ptr_array_index (self->aliases, i), tokens))
      continue;
    if (++n > MAX_OPEN) {
      g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("A question can use tables of %d files at once. Ask in several steps, and make a table of each."), MAX_OPEN);
      return FALSE;
    }
    if (!attach (self, i, error))
      return FALSE;
  }
  return TRUE;
}

QueryConnection *
query_connection_new (GPtrArray *datasets, const char *sql, GError **error)
{
  g_autoptr (QueryConnection) self = g_new0 (QueryConnection, 1);
  g_autoptr (GPtrArray) tokens = NULL;

  self->datasets = g_ptr_array_ref (datasets);
  self->aliases = query_make_aliases (datasets);
  if (strlen (sql) > MAX_SQL || !g_utf8_validate (sql, -1, NULL)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The question is too long, or no text. Ask in several steps."));
    return NULL;
  }
  tokens = sql_tokens_new (sql);
  if (!check_ambiguous (self, tokens, error))
    return NULL;
  int code = sqlite3_open_v2 (":memory:", &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    dataset_set_error (":memory:", self->db, code, error);
    return NULL;
  }
  sqlite3_enable_load_extension (self->db, 0);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  /* Names in double quotes are names: a column that is misspelt is an error, and not a text. */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  if (!attach_named (self, tokens, error))
    return NULL;
  sqlite3_exec (self->db, "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF", NULL, NULL, NULL);
  query_functions_add (self->db);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (self->db, limits[i].what, limits[i].most);
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_set_authorizer (self->db, authorize, self);
  sqlite3_progress_handler (self->db, STEPS, on_steps, self);
  return g_steal_pointer (&self);
}

void
query_connection_free (QueryConnection *self)
{
  sqlite3_close (self->db);
  g_ptr_array_unref (self->datasets);
  g_ptr_array_unref (self->aliases);
  g_free (self->refused);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* ---- statements ---- */

/* What is there instead. */
static char *
list_tables (QueryConnection *self)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < self->datasets->len; i++) {
    GPtrArray *tables = app_dataset_get_tables (g_ptr_array_index (self->datasets, i));
    for (guint k = 0; k < tables->len && names->len < 500; k++)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", ((const AppTable *) g_ptr_array_index (tables, k))->sql_name);
  }
  return g_string_free (names, FALSE);
}

void
query_connection_set_error (QueryConnection *self, int code, GError **error)
{
  const char *message = sqlite3_errmsg (self->db);
  int primary = code & 0xff;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return;
  if (primary == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("The question took too long and was stopped. Ask for less, or in several steps."));
  else if (self->refused != NULL)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, self->refused);
  else if (primary == SQLITE_TOOBIG || primary == SQLITE_NOMEM)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("A value in the answer is too large. Ask for less."));
  else if (g_str_has_prefix (message, "no such table: ")) {
    g_autofree char *tables = list_tables (self);
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("There is no table “%s”. There are: %s."), message + strlen ("no such table: "), tables);
  } else if (g_str_has_prefix (message, "no such column: "))
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("There is no column “%s” in the tables that are asked."), message + strlen ("no such column: "));
  else
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The question is no SQL that can be answered: %s."), message);
}

sqlite3_stmt *
query_connection_prepare (QueryConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  const char *rest = NULL;
  int code;

  g_clear_pointer (&self->refused, g_free);
  code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, &rest);
  g_autoptr (GPtrArray) more = code == SQLITE_OK ? sql_tokens_new (rest) : NULL;
  if (code != SQLITE_OK)
    query_connection_set_error (self, code, error);
  else if (statement == NULL)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The question is empty. Write a SELECT."));
  else if (more->len > 0 && !(more->len == 1 && sql_token_is (more, 0, ";")))
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There are several statements. Write one SELECT at a time."));
  else if (!sqlite3_stmt_readonly (statement) || sqlite3_stmt_isexplain (statement) != 0 || sqlite3_column_count (statement) == 0)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("A question only reads. Write one SELECT that changes nothing and opens no files."));
  else
    return statement;
  sqlite3_finalize (statement);
  return NULL;
}

gboolean
query_connection_find_origin (QueryConnection *self, sqlite3_stmt *statement, guint i, const AppTable **table, const AppColumn **column)
{
#ifdef APP_SQLITE_ORIGINS
  const char *database = sqlite3_column_database_name (statement, (int) i), *table_name = sqlite3_column_table_name (statement, (int) i), *name = sqlite3_column_origin_name (statement, (int) i);

  for (guint k = 0; database != NULL && table_name != NULL && name != NULL && k < self->datasets->len; k++) {
    if (g_ascii_strcasecmp (database, g_ptr_array_index (self->aliases, k)) != 0)
      continue;
    *table = app_dataset_find_table (g_ptr_array_index (self->datasets, k), table_name);
    for (guint c = 0; *table != NULL && c < (*table)->columns->len; c++) {
      *column = g_ptr_array_index ((*table)->columns, c);
      if (g_ascii_strcasecmp ((*column)->sql_name, name) == 0)
        return TRUE;
    }
  }
#endif
  return FALSE;
}
