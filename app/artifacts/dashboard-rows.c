/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that a page's filters work on.
 *
 * Of a table that is small enough: the columns that the dashboard needs, each as a list of different values and numbers into it, or as numbers. Groups of dates are
 * computed here, by the very expressions of the statements, so that the page has nothing to compute of a date. Of a larger table: a cube, which is a row for each
 * combination of groups with count, sum, least and largest of each number column; groups that make too many combinations are left out, the finest first,
 * and what needs those does not follow the filters. */
#include <math.h>
#include <string.h>

#include "dashboard-data.h"
#include "dashboard-sql.h"

/* Bytes of a page's rows. */
#define MAX_BYTES (48 * 1024 * 1024)

/* A column of the page's rows. */
typedef struct {
  char *name;           /* as parts call it: "month(date)", "price" */
  char *expression;     /* in SQL */
  guint64 n_distinct;   /* about */
} Field;

static void
field_free (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  g_free (field->expression);
  g_free (field);
}

static void
add_group (GPtrArray *fields, const DashboardGroup *group)
{
  static const guint64 most[DASHBOARD_N_BUCKETS] = { G_MAXUINT64, G_MAXUINT64, 5000, 1200, 400, 100, 7, 24, 5000, 5000 };
  g_autofree char *name = group->column != NULL ? dashboard_group_dup_text (group) : NULL;

  for (guint i = 0; name != NULL && i < fields->len; i++)
    if (strcmp (((const Field *) g_ptr_array_index (fields, i))->name, name) == 0)
      return;
  if (name == NULL)
    return;
  Field *field = g_new0 (Field, 1);
  field->name = g_steal_pointer (&name);
  field->expression = dashboard_sql_group (group);
  field->n_distinct = MIN (group->column->n_distinct, most[group->bucket]);
  g_ptr_array_add (fields, field);
}

static void
add_column (GPtrArray *fields, const AppColumn *column)
{
  if (column != NULL)
    add_group (fields, &(DashboardGroup) { DASHBOARD_AS_IT_IS, column });
}

/* What the parts need: what they put rows together by, and numbers. */
static void
list_fields (const AppDashboard *self, GPtrArray *groups, GPtrArray *numbers, GPtrArray *others)
{
  for (guint i = 0; i < self->filters->len; i++)
    add_group (groups, &g_array_index (self->filters, DashboardGroup, i));
  for (guint i = 0; i < self->kpis->len; i++) {
    const DashboardKpi *kpi = g_ptr_array_index (self->kpis, i);
    add_group (groups, &kpi->over);
    add_column (numbers, kpi->value.column);
  }
  for (guint i = 0; i < self->charts->len; i++) {
    const DashboardChart *chart = g_ptr_array_index (self->charts, i);
    gboolean plain = chart->kind->shape == DASHBOARD_POINTS || chart->kind->shape == DASHBOARD_BINS;
    add_group (plain ? others : groups, &chart->x);
    add_group (plain ? others : groups, &chart->y);
    add_group (plain ? others : groups, &chart->series);
    if (!plain)
      add_column (numbers, chart->value.column);
  }
  for (guint i = 0; i < self->tables->len; i++) {
    const DashboardTable *table = g_ptr_array_index (self->tables, i);
    add_group (groups, &table->rows);
    for (guint k = 0; k < table->values->len; k++)
      add_column (numbers, g_array_index (table->values, DashboardValue, k).column);
    for (guint k = 0; k < table->columns->len; k++)
      add_column (others, g_ptr_array_index (table->columns, k));
  }
}

/* ---- rows as they are ---- */

/* A column: different values and numbers into them, or, where most are different, the values. */
static void
append_column (GString *json, const AppResult *result, guint column)
{
  guint n = app_result_get_n_rows (result);
  g_autoptr (GHashTable) codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GString) list = g_string_new (NULL), value = g_string_new (NULL);

  for (guint row = 0; row < n && words->len <= 64 + n / 3; row++) {
    gpointer code;
    char *key;
    g_string_truncate (value, 0);
    dashboard_json_append_value (value, app_result_get_value (result, row, column));
    if (!g_hash_table_lookup_extended (codes, value->str, NULL, &code)) {
      key = g_strdup (value->str);
      code = GUINT_TO_POINTER (words->len);
      g_ptr_array_add (words, key);
      g_hash_table_insert (codes, key, code);
    }
    g_string_append_printf (list, "%s%u", row > 0 ? "," : "", GPOINTER_TO_UINT (code));
  }
  if (words->len <= 64 + n / 3) {
    g_string_append (json, "{\"words\":[");
    for (guint i = 0; i < words->len; i++)
      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", (const char *) g_ptr_array_index (words, i));
    g_string_append_printf (json, "],\"codes\":[%s]}", list->str);
    return;
  }
  g_string_append (json, "{\"values\":[");
  for (guint row = 0; row < n; row++) {
    g_string_append (json, row > 0 ? "," : "");
    dashboard_json_append_value (json, app_result_get_value (result, row, column));
  }
  g_string_append (json, "]}");
}

static void
append_columns (GString *json, const AppResult *result, GPtrArray *fields)
{
  g_string_append (json, "\"columns\":{");
  for (guint i = 0; i < fields->len; i++) {
    g_string_append (json, i > 0 ? "," : "");
    dashboard_json_append_text (json, ((const Field *) g_ptr_array_index (fields, i))->name, -1);
    g_string_append_c (json, ':');
    append_column (json, result, i);
  }
  g_string_append_c (json, '}');
}

/* *fits: whether all rows are there. */
static gboolean
append_rows (GString *json, const AppDashboard *self, GPtrArray *fields, gboolean *fits, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  AppQueryLimits limits;

  for (guint i = 0; i < fields->len; i++)
    g_string_append_printf (sql, "%s%s AS c%u", i > 0 ? ", " : "", ((const Field *) g_ptr_array_index (fields, i))->expression, i);
  g_string_append_printf (sql, "%s FROM %s", fields->len == 0 ? "1" : "", self->source.name);
  app_query_limits_init (&limits);
  limits.max_rows = APP_DASHBOARD_MAX_ROWS;
  limits.max_bytes = MAX_BYTES;
  g_autoptr (AppResult) result = app_query_run (self->source.datasets, sql->str, &limits, cancellable, error);
  if (result == NULL)
    return FALSE;
  *fits = !app_result_is_cut (result);
  if (!*fits)
    return TRUE;
  g_string_append_printf (json, "{\"n\":%u,", app_result_get_n_rows (result));
  append_columns (json, result, fields);
  g_string_append_c (json, '}');
  return TRUE;
}

/* ---- cubes ---- */

static AppResult *
ask_cube (const AppDashboard *self, GPtrArray *groups, GPtrArray *numbers, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT "), by = g_string_new (NULL);
  AppQueryLimits limits;

  for (guint i = 0; i < groups->len; i++) {
    g_string_append_printf (sql, "%s AS c%u, ", ((const Field *) g_ptr_array_index (groups, i))->expression, i);
    g_string_append_printf (by, "%s%u", i > 0 ? ", " : " GROUP BY ", i + 1);
  }
  g_string_append (sql, "COUNT(*)");
  for (guint i = 0; i < numbers->len; i++) {
    const char *name = ((const Field *) g_ptr_array_index (numbers, i))->expression;
    g_autofree char *number = g_strdup_printf ("CASE WHEN typeof(%s) <> 'text' THEN %s END", name, name);
    /* What is counted is everything that is there; what is added up, numbers. */
    g_string_append_printf (sql, ", COUNT(%s), COUNT(%s), SUM(%s), MIN(%s), MAX(%s)", name, number, number, number, number);
  }
  g_string_append_printf (sql, " FROM %s%s", self->source.name, by->str);
  app_query_limits_init (&limits);
  limits.max_rows = APP_DASHBOARD_MAX_ROWS;
  limits.max_bytes = MAX_BYTES;
  limits.time_limit *= 3;
  return app_query_run (self->source.datasets, sql->str, &limits, cancellable, error);
}

static void
append_list (GString *json, const AppResult *result, guint column)
{
  g_string_append_c (json, '[');
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (json, row > 0 ? "," : "");
    dashboard_json_append_value (json, app_result_get_value (result, row, column));
  }
  g_string_append_c (json, ']');
}

static gboolean
append_cube (GString *json, const AppDashboard *self, GPtrArray *groups, GPtrArray *numbers, GCancellable *cancellable, GError **error)
{
  static const char *const names[] = { "there", "count", "sum", "min", "max" };
  g_autoptr (AppResult) result = NULL;

  for (;;) {
    double combinations = 1;
    guint finest = 0;
    for (guint i = 0; i < groups->len; i++) {
      const Field *field = g_ptr_array_index (groups, i), *most = g_ptr_array_index (groups, finest);
      combinations *= (double) MAX (field->n_distinct, 1);
      if (field->n_distinct > most->n_distinct)
        finest = i;
    }
    /* So many are not in the table, perhaps; only far too many are not tried. */
    if (combinations < 1e7 || groups->len <= 1) {
      result = ask_cube (self, groups, numbers, cancellable, error);
      if (result == NULL)
        return FALSE;
      if (!app_result_is_cut (result))
        break;
      g_clear_pointer (&result, app_result_unref);
    }
    if (groups->len == 0)
      break;
    g_ptr_array_remove_index (groups, finest);
  }
  g_string_append_printf (json, "{\"n\":%u,\"cube\":true,", result != NULL ? app_result_get_n_rows (result) : 0);
  append_columns (json, result, groups);
  g_string_append (json, ",\"weights\":");
  append_list (json, result, groups->len);
  g_string_append (json, ",\"numbers\":{");
  for (guint i = 0; i < numbers->len; i++) {
    g_string_append (json, i > 0 ? "," : "");
    dashboard_json_append_text (json, ((const Field *) g_ptr_array_index (numbers, i))->name, -1);
    for (guint k = 0; k < G_N_ELEMENTS (names); k++) {
      g_string_append_printf (json, "%s\"%s\":", k == 0 ? ":{" : ",", names[k]);
      append_list (json, result, groups->len + 1 + i * G_N_ELEMENTS (names) + k);
    }
    g_string_append_c (json, '}');
  }
  g_string_append (json, "}}");
  return TRUE;
}

gboolean
dashboard_rows_append (GString *json, const AppDashboard *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (field_free), numbers = g_ptr_array_new_with_free_func (field_free), all = g_ptr_array_new ();
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (field_free);
  gboolean fits = FALSE;

  list_fields (self, groups, numbers, others);
  GPtrArray *const parts[] = { groups, numbers, others };
  for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
    for (guint i = 0; i < parts[k]->len; i++) {
      Field *field = g_ptr_array_index (parts[k], i);
      gboolean there = FALSE;
      for (guint a = 0; a < all->len && !there; a++)
        there = strcmp (((const Field *) g_ptr_array_index (all, a))->name, field->name) == 0;
      if (!there)
        g_ptr_array_add (all, field);
    }
  if (self->source.table->n_rows <= APP_DASHBOARD_MAX_ROWS && !append_rows (json, self, all, &fits, cancellable, error))
    return FALSE;
  return fits || append_cube (json, self, groups, numbers, cancellable, error);
}
