/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-sql.h"

#include <math.h>
#include <string.h>

/* Ranges of a histogram, about. */
#define N_BINS 20

gboolean
dashboard_is_mixed (const DashboardSource *source, const AppColumn *column)
{
  guint place;

  if (app_dataset_get_sql ((AppDataset *) source->dataset) != NULL)
    return TRUE;
  if (!g_ptr_array_find (source->table->columns, column, &place))
    return FALSE;
  for (guint i = 0; i < source->table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (source->table->notes, i);
    if (note->column == (int) place && (note->kind == MEDIA_NOTE_NOT_OF_TYPE || note->kind == MEDIA_NOTE_MIXED_UNITS || note->kind == MEDIA_NOTE_ERRORS))
      return TRUE;
  }
  return FALSE;
}

char *
dashboard_sql_value (const DashboardSource *source, const DashboardValue *value)
{
  static const char *const functions[DASHBOARD_N_AGGREGATES] = { "COUNT", "SUM", "AVG", "median", "MIN", "MAX", "COUNT" };

  if (value->column == NULL)
    return g_strdup ("COUNT(*)");
  if (value->aggregate == DASHBOARD_DISTINCT)
    return g_strdup_printf ("COUNT(DISTINCT %s)", value->column->sql_name);
  if (value->aggregate != DASHBOARD_COUNT && dashboard_is_mixed (source, value->column))
    return g_strdup_printf ("%s(CASE WHEN typeof(%s) <> 'text' THEN %s END)", functions[value->aggregate], value->column->sql_name, value->column->sql_name);
  return g_strdup_printf ("%s(%s)", functions[value->aggregate], value->column->sql_name);
}

char *
dashboard_sql_group (const DashboardGroup *group)
{
  const char *name = group->column->sql_name;

  switch (group->bucket) {
  case DASHBOARD_DAY:
    return g_strdup_printf ("date(%s)", name);
  case DASHBOARD_WEEK: /* the Monday that it begins with */
    return g_strdup_printf ("date(%s, '-6 days', 'weekday 1')", name);
  case DASHBOARD_MONTH:
    return g_strdup_printf ("strftime('%%Y-%%m', %s)", name);
  case DASHBOARD_QUARTER:
    return g_strdup_printf ("strftime('%%Y', %s) || '-Q' || ((strftime('%%m', %s) + 2) / 3)", name, name);
  case DASHBOARD_YEAR:
    return g_strdup_printf ("strftime('%%Y', %s)", name);
  case DASHBOARD_WEEKDAY: /* 0: Sunday */
    return g_strdup_printf ("strftime('%%w', %s)", name);
  case DASHBOARD_HOUR:
    return g_strdup_printf ("strftime('%%H', %s)", name);
  case DASHBOARD_HOURS:
    return g_strdup_printf ("strftime('%%Y-%%m-%%d %%H:00', %s)", name);
  case DASHBOARD_MINUTE:
    return g_strdup_printf ("strftime('%%Y-%%m-%%d %%H:%%M', %s)", name);
  case DASHBOARD_AS_IT_IS:
  case DASHBOARD_N_BUCKETS:
  default:
    return g_strdup (name);
  }
}

/* What a group is called in the answer. */
static const char *
name_of (const DashboardGroup *group)
{
  return group->bucket == DASHBOARD_AS_IT_IS ? group->column->sql_name : dashboard_buckets[group->bucket];
}

static void
append_item (GString *sql, const DashboardGroup *group)
{
  g_autofree char *expression = dashboard_sql_group (group);

  g_string_append (sql, sql->len > strlen ("SELECT ") ? ", " : "");
  g_string_append (sql, expression);
  if (strcmp (expression, name_of (group)) != 0)
    g_string_append_printf (sql, " AS %s", name_of (group));
}

static gboolean
has_order (const DashboardGroup *group)
{
  return group->bucket != DASHBOARD_AS_IT_IS || group->column->type != MEDIA_COLUMN_TEXT;
}

/* ---- ranges ---- */

void
dashboard_bins_init (DashboardBins *bins, const AppColumn *column)
{
  double low = column->min != NULL ? g_ascii_strtod (column->min, NULL) : 0, high = column->max != NULL ? g_ascii_strtod (column->max, NULL) : 0;
  gboolean whole = column->type == MEDIA_COLUMN_INTEGER;

  *bins = (DashboardBins) { .low = floor (low), .width = 1, .n = 1 };
  if (!(high > low) || !isfinite (high - low))
    return;
  /* 1, 2 or 5 times a power of ten: the ends are numbers that people read. */
  double raw = (high - low) / N_BINS, power = pow (10, floor (log10 (raw))), times = raw / power;
  bins->width = (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10) * power;
  if (whole && bins->width < 1)
    bins->width = 1;
  bins->low = floor (low / bins->width) * bins->width;
  bins->n = (guint) CLAMP (floor ((high - bins->low) / bins->width) + 1, 1, 1000);
}

static void
append_number (GString *sql, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", value);
  g_string_append (sql, buffer);
  /* Divided by, it must not be a whole number. */
  g_string_append (sql, strpbrk (buffer, ".e") != NULL ? "" : ".0");
}

static char *
write_bins (const AppDashboard *self, const DashboardChart *chart)
{
  GString *sql = g_string_new (NULL);
  const char *name = chart->x.column->sql_name;
  DashboardBins bins;

  dashboard_bins_init (&bins, chart->x.column);
  g_string_append_printf (sql, "SELECT CAST(floor((%s - ", name);
  append_number (sql, bins.low);
  g_string_append (sql, ") / ");
  append_number (sql, bins.width);
  g_string_append_printf (sql, ") AS INTEGER) AS bin, COUNT(*) AS value FROM %s WHERE %s IS NOT NULL%s%s%s GROUP BY 1 ORDER BY 1", self->source.name, name,
                          dashboard_is_mixed (&self->source, chart->x.column) ? " AND typeof(" : "", dashboard_is_mixed (&self->source, chart->x.column) ? name : "",
                          dashboard_is_mixed (&self->source, chart->x.column) ? ") <> 'text'" : "");
  return g_string_free (sql, FALSE);
}

static char *
write_points (const AppDashboard *self, const DashboardChart *chart)
{
  GString *sql = g_string_new ("SELECT ");
  guint64 step = self->source.table->n_rows / DASHBOARD_MAX_POINTS + 1;

  append_item (sql, &chart->x);
  append_item (sql, &chart->y);
  if (chart->series.column != NULL)
    append_item (sql, &chart->series);
  g_string_append_printf (sql, " FROM %s WHERE typeof(%s) IN ('integer', 'real') AND typeof(%s) IN ('integer', 'real')", self->source.name, chart->x.column->sql_name, chart->y.column->sql_name);
  if (step > 1)
    g_string_append_printf (sql, " AND rowid %% %" G_GUINT64_FORMAT " = 0", step);
  return g_string_free (sql, FALSE);
}

/* ---- parts ---- */

char *
dashboard_sql_kpi (const AppDashboard *self, const DashboardKpi *kpi)
{
  g_autofree char *value = dashboard_sql_value (&self->source, &kpi->value);

  return g_strdup_printf ("SELECT %s AS value FROM %s", value, self->source.name);
}

char *
dashboard_sql_trend (const AppDashboard *self, const DashboardKpi *kpi)
{
  g_autofree char *value = dashboard_sql_value (&self->source, &kpi->value);
  g_autofree char *over = kpi->over.column != NULL ? dashboard_sql_group (&kpi->over) : NULL;

  return over != NULL ? g_strdup_printf ("SELECT %s AS %s, %s AS value FROM %s WHERE %s IS NOT NULL GROUP BY 1 ORDER BY 1", over, name_of (&kpi->over), value, self->source.name,
                                         kpi->over.column->sql_name)
                      : NULL;
}

char *
dashboard_sql_chart (const AppDashboard *self, const DashboardChart *chart)
{
  GString *sql;

  if (chart->kind->shape == DASHBOARD_BINS)
    return write_bins (self, chart);
  if (chart->kind->shape == DASHBOARD_POINTS)
    return write_points (self, chart);
  sql = g_string_new ("SELECT ");
  g_autofree char *value = dashboard_sql_value (&self->source, &chart->value);
  const DashboardGroup *second = chart->kind->shape == DASHBOARD_GRID ? &chart->y : &chart->series;
  append_item (sql, &chart->x);
  if (second->column != NULL)
    append_item (sql, second);
  g_string_append_printf (sql, ", %s AS value FROM %s GROUP BY 1%s ORDER BY ", value, self->source.name, second->column != NULL ? ", 2" : "");
  if (second->column != NULL)
    g_string_append (sql, "1, 2");
  else if (has_order (&chart->x) || chart->sort == DASHBOARD_BY_NAME)
    g_string_append (sql, "1");
  else
    g_string_append_printf (sql, "2%s, 1", chart->sort == DASHBOARD_BY_VALUE_UP ? "" : " DESC");
  return g_string_free (sql, FALSE);
}

char *
dashboard_sql_table (const AppDashboard *self, const DashboardTable *table)
{
  GString *sql = g_string_new ("SELECT ");
  guint limit = table->limit > 0 ? table->limit : DASHBOARD_MAX_TABLE_ROWS;

  if (table->rows.column == NULL) {
    for (guint i = 0; i < table->columns->len; i++)
      g_string_append_printf (sql, "%s%s", i > 0 ? ", " : "", ((const AppColumn *) g_ptr_array_index (table->columns, i))->sql_name);
    g_string_append_printf (sql, " FROM %s", self->source.name);
    if (table->sort != NULL)
      g_string_append_printf (sql, " ORDER BY %s%s", table->sort->sql_name, table->up ? "" : " DESC");
    g_string_append_printf (sql, " LIMIT %u", limit);
    return g_string_free (sql, FALSE);
  }
  append_item (sql, &table->rows);
  for (guint i = 0; i < table->values->len; i++) {
    const DashboardValue *value = &g_array_index (table->values, DashboardValue, i);
    g_autofree char *expression = dashboard_sql_value (&self->source, value), *text = dashboard_value_dup_text (value);
    g_string_append_printf (sql, ", %s AS \"%s\"", expression, text);
  }
  g_string_append_printf (sql, " FROM %s GROUP BY 1 ORDER BY %s LIMIT %u", self->source.name, has_order (&table->rows) ? "1" : "2 DESC, 1", table->limit > 0 ? table->limit : 1000);
  return g_string_free (sql, FALSE);
}

char *
app_dashboard_dup_sql (const AppDashboard *self, const char *pointer)
{
  g_auto (GStrv) parts = app_dashboard_dup_parts (self);
  guint place;

  if (!g_strv_contains ((const char *const *) parts, pointer))
    return NULL;
  place = (guint) g_ascii_strtoull (strrchr (pointer, '/') + 1, NULL, 10);
  if (g_str_has_prefix (pointer, "/kpis/"))
    return dashboard_sql_kpi (self, g_ptr_array_index (self->kpis, place));
  if (g_str_has_prefix (pointer, "/charts/"))
    return dashboard_sql_chart (self, g_ptr_array_index (self->charts, place));
  return g_str_has_prefix (pointer, "/tables/") ? dashboard_sql_table (self, g_ptr_array_index (self->tables, place)) : NULL;
}
