/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result-table.h"

#include <string.h>

#include "sql-tokens.h"

/* Values of a column that are told; and their bytes. */
#define MAX_SAMPLES 5
#define MAX_SAMPLE 200

/* As SQLite compares two values of one column. */
static int
compare (const AppValue *a, const AppValue *b)
{
  if (a->kind == MEDIA_CELL_TEXT || b->kind == MEDIA_CELL_TEXT) {
    if (a->kind != b->kind)
      return a->kind == MEDIA_CELL_TEXT ? 1 : -1;
    int order = memcmp (a->text, b->text, MIN (a->length, b->length));
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
  }
  double x = a->kind == MEDIA_CELL_INTEGER ? (double) a->integer : a->real, y = b->kind == MEDIA_CELL_INTEGER ? (double) b->integer : b->real;
  return (x > y) - (x < y);
}

AppColumn *
result_table_make_column (const AppResult *result, guint i)
{
  const AppResultColumn *of = app_result_get_column (result, i);
  AppColumn *column = g_new0 (AppColumn, 1);
  g_autoptr (GHashTable) different = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) samples = g_strv_builder_new ();
  guint min = G_MAXUINT, max = G_MAXUINT, n_samples = 0;

  column->name = g_strdup (of->name);
  column->sql_name = g_strdup (of->name);
  column->unit = g_strdup (of->unit);
  column->type = of->type;
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    const AppValue *value = app_result_get_value (result, row, i);
    char *text;
    if (value->kind == MEDIA_CELL_NULL) {
      column->n_nulls++;
      continue;
    }
    if (min == G_MAXUINT || compare (value, app_result_get_value (result, min, i)) < 0)
      min = row;
    if (max == G_MAXUINT || compare (value, app_result_get_value (result, max, i)) > 0)
      max = row;
    if (value->kind != MEDIA_CELL_TEXT) {
      column->has_sum = TRUE;
      column->sum += value->kind == MEDIA_CELL_INTEGER ? (double) value->integer : value->real;
    }
    text = app_result_dup_text (result, row, i);
    if (g_hash_table_add (different, text) && n_samples < MAX_SAMPLES && strlen (text) <= MAX_SAMPLE) {
      g_strv_builder_add (samples, text);
      n_samples++;
    }
  }
  column->n_distinct = g_hash_table_size (different);
  column->min = min != G_MAXUINT ? app_result_dup_text (result, min, i) : NULL;
  column->max = max != G_MAXUINT ? app_result_dup_text (result, max, i) : NULL;
  column->samples = g_strv_builder_end (samples);
  return column;
}

AppTable *
result_table_new (const AppResult *result, const char *name)
{
  AppTable *table = g_new0 (AppTable, 1);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  table->title = g_strdup ("");
  table->sql_name = g_strdup (name);
  table->n_rows = app_result_get_n_rows (result);
  table->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) app_column_free);
  table->notes = g_ptr_array_new ();
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const char *of = app_result_get_column (result, i)->name;
    if (of[0] != '\0' && g_hash_table_add (taken, g_ascii_strdown (of, -1)))
      g_ptr_array_add (table->columns, result_table_make_column (result, i));
  }
  return table;
}

char *
result_table_dup_name (GPtrArray *datasets)
{
  for (guint n = 1;; n++) {
    g_autofree char *name = n == 1 ? g_strdup ("this") : g_strdup_printf ("this_%u", n);
    gboolean taken = FALSE;
    for (guint i = 0; i < datasets->len && !taken; i++)
      taken = app_dataset_find_table (g_ptr_array_index (datasets, i), name) != NULL;
    if (!taken)
      return g_steal_pointer (&name);
  }
}

static gboolean
is_named (const GPtrArray *tokens, const char *name)
{
  for (guint i = 0; i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i);
    if (token->kind == SQL_TOKEN_NAME && g_ascii_strcasecmp (token->text, name) == 0)
      return TRUE;
  }
  return FALSE;
}

GArray *
result_table_list (GPtrArray *datasets, GPtrArray *aliases, const AppTable *base, const char *sql)
{
  GArray *tables = query_list_tables (datasets, aliases);
  g_autoptr (GPtrArray) tokens = base != NULL ? sql_tokens_new (sql) : NULL;

  for (guint i = tables->len; base != NULL && i-- > 0;)
    if (is_named (tokens, g_array_index (tables, QueryTable, i).table->sql_name))
      g_array_remove_index (tables, i);
  if (base != NULL)
    g_array_prepend_vals (tables, &(QueryTable) { base, NULL }, 1);
  return tables;
}

char *
result_table_compose (const char *name, const char *base, const char *sql)
{
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);

  gboolean with = sql_token_is (tokens, 0, "WITH");

  if (!is_named (tokens, name))
    return g_strdup (sql);
  return g_strdup_printf (with ? "WITH %s AS (\n%s\n),\n%s" : "WITH %s AS (\n%s\n)\n%s", name, base, with ? sql + ((const SqlToken *) g_ptr_array_index (tokens, 0))->end : sql);
}
