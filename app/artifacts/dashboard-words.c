/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What columns are good for, and values and groups as words: "sum(revenue)", "month(order_date)". */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "dashboard-spec.h"
#include "tables/query-connection.h"
#include "tables/sql-name.h"

const char *const dashboard_aggregates[DASHBOARD_N_AGGREGATES] = { "count", "sum", "average", "median", "min", "max", "distinct" };
const char *const dashboard_buckets[DASHBOARD_N_BUCKETS] = { "", "day", "week", "month", "quarter", "year", "weekday", "hour", "hours", "minute" };
const char *const dashboard_sorts[DASHBOARD_N_SORTS] = { "", "largest", "smallest", "name" };

const DashboardKind dashboard_kinds[] = {
#define DASHBOARD_KIND(NAME, SHAPE) { NAME, DASHBOARD_##SHAPE },
#include "dashboard-kinds.def"
#undef DASHBOARD_KIND
};
const guint dashboard_n_kinds = G_N_ELEMENTS (dashboard_kinds);

/* Of a text column that puts rows together; of a column of whole numbers. */
#define MAX_GROUPS 2000
#define MAX_NUMBERS 40

const DashboardKind *
dashboard_kind_find (const char *name)
{
  for (guint i = 0; i < dashboard_n_kinds; i++)
    if (strcmp (dashboard_kinds[i].name, name) == 0)
      return &dashboard_kinds[i];
  return NULL;
}

/* ---- columns ---- */

gboolean
dashboard_is_date (const AppColumn *column)
{
  return column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME;
}

gboolean
dashboard_is_number (const AppColumn *column)
{
  return column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL;
}

gboolean
dashboard_is_key (const AppTable *table, const AppColumn *column)
{
  static const char *const names[] = { "id", "key", "uuid", "code", "zip", "plz", "postcode", "postal_code", "phone", "number", "no", "nr", "year", "jahr", "index", "row", "isbn", "ean", "sku" };
  const char *last = strrchr (column->sql_name, '_');

  if (column->type != MEDIA_COLUMN_INTEGER)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (column->sql_name, names[i]) == 0 || (last != NULL && g_ascii_strcasecmp (last + 1, names[i]) == 0))
      return TRUE;
  /* "orderid", and whole numbers that are all different and follow each other. */
  if (g_str_has_suffix (column->sql_name, "id") && column->n_distinct * 10 > table->n_rows * 9 && table->n_rows > 10)
    return TRUE;
  gint64 min = column->min != NULL ? g_ascii_strtoll (column->min, NULL, 10) : 0, max = column->max != NULL ? g_ascii_strtoll (column->max, NULL, 10) : 0;
  return table->n_rows > 20 && column->n_distinct == table->n_rows && min >= 0 && min <= 1 && max - min + 1 == (gint64) table->n_rows;
}

gboolean
dashboard_is_measure (const AppTable *table, const AppColumn *column)
{
  return dashboard_is_number (column) && column->n_nulls < table->n_rows && !dashboard_is_key (table, column);
}

gboolean
dashboard_is_category (const AppTable *table, const AppColumn *column)
{
  if (column->n_nulls == table->n_rows)
    return FALSE;
  if (column->type == MEDIA_COLUMN_BOOLEAN)
    return TRUE;
  if (column->type == MEDIA_COLUMN_INTEGER)
    return column->n_distinct <= MAX_NUMBERS && column->n_distinct * 2 <= table->n_rows;
  /* A name for each row is none, unless the table is a short list of names. */
  return column->type == MEDIA_COLUMN_TEXT && column->n_distinct <= MAX_GROUPS && (column->n_distinct * 10 <= table->n_rows * 9 || table->n_rows <= MAX_NUMBERS);
}

/* ---- sources ---- */

static void
source_free (gpointer data)
{
  DashboardSource *source = data;

  g_ptr_array_unref (source->datasets);
  g_free (source->name);
  g_free (source);
}

static int
compare_sources (gconstpointer a, gconstpointer b)
{
  const DashboardSource *one = *(const DashboardSource *const *) a, *other = *(const DashboardSource *const *) b;

  if (one->table->hidden != other->table->hidden)
    return one->table->hidden ? 1 : -1;
  return one->table->n_rows == other->table->n_rows ? 0 : one->table->n_rows > other->table->n_rows ? -1 : 1;
}

GPtrArray *
dashboard_sources_new (GPtrArray *datasets)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets), kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) tables = query_list_tables (datasets, aliases);
  GPtrArray *sources = g_ptr_array_new_with_free_func (source_free);

  for (guint i = 0; i < datasets->len; i++)
    g_ptr_array_add (kept, g_object_ref (g_ptr_array_index (datasets, i)));
  for (guint i = 0; i < tables->len; i++) {
    const QueryTable *named = &g_array_index (tables, QueryTable, i);
    if (named->table->columns->len == 0 || named->table->n_rows == 0)
      continue;
    DashboardSource *source = g_new0 (DashboardSource, 1);
    source->datasets = g_ptr_array_ref (kept);
    source->table = named->table;
    source->name = named->alias != NULL ? g_strdup_printf ("%s.%s", named->alias, named->table->sql_name) : g_strdup (named->table->sql_name);
    for (guint k = 0; k < kept->len; k++)
      if (g_ptr_array_find (app_dataset_get_tables (g_ptr_array_index (kept, k)), named->table, NULL))
        source->dataset = g_ptr_array_index (kept, k);
    g_ptr_array_add (sources, source);
  }
  g_ptr_array_sort (sources, compare_sources);
  if (sources->len > DASHBOARD_MAX_SOURCES)
    g_ptr_array_set_size (sources, DASHBOARD_MAX_SOURCES);
  return sources;
}

static const AppColumn *
find_column (const DashboardSource *source, const char *name)
{
  for (guint i = 0; i < source->table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (source->table->columns, i);
    if (g_ascii_strcasecmp (column->sql_name, name) == 0)
      return column;
  }
  return NULL;
}

/* ---- words ---- */

char *
dashboard_value_dup_text (const DashboardValue *value)
{
  return value->column == NULL ? g_strdup (dashboard_aggregates[value->aggregate]) : g_strdup_printf ("%s(%s)", dashboard_aggregates[value->aggregate], value->column->sql_name);
}

char *
dashboard_group_dup_text (const DashboardGroup *group)
{
  if (group->column == NULL)
    return g_strdup ("");
  return group->bucket == DASHBOARD_AS_IT_IS ? g_strdup (group->column->sql_name) : g_strdup_printf ("%s(%s)", dashboard_buckets[group->bucket], group->column->sql_name);
}

gboolean
dashboard_group_equal (const DashboardGroup *one, const DashboardGroup *other)
{
  return one->column == other->column && (one->column == NULL || one->bucket == other->bucket);
}

/* "sum(revenue)" as its two words; the second is "" without parentheses. */
static void
split (const char *text, char **word, char **inner)
{
  const char *open = strchr (text, '(');
  gsize length = strlen (text);

  if (open != NULL && length > 0 && text[length - 1] == ')') {
    *word = g_strstrip (g_strndup (text, (gsize) (open - text)));
    *inner = g_strstrip (g_strndup (open + 1, (gsize) (text + length - 1 - open - 1)));
  } else {
    *word = g_strstrip (g_strdup (text));
    *inner = g_strdup ("");
  }
}

static gboolean
fail_column (const DashboardSource *source, const char *where, const char *name, GError **error)
{
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: the table “%s” has no column “%s”."), where, source->name, name);
  return FALSE;
}

gboolean
dashboard_value_read (const DashboardSource *source, const char *text, const char *where, DashboardValue *value, GError **error)
{
  g_autofree char *word = NULL, *inner = NULL;
  guint i = 0;

  split (text, &word, &inner);
  while (i < DASHBOARD_N_AGGREGATES && strcmp (word, dashboard_aggregates[i]) != 0)
    i++;
  if (i == DASHBOARD_N_AGGREGATES) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: “%s” is no value. Values are count, or sum, average, median, min, max or distinct of a column, like sum(price)."), where, text);
    return FALSE;
  }
  *value = (DashboardValue) { .aggregate = i };
  if (i == DASHBOARD_COUNT && (inner[0] == '\0' || strcmp (inner, "*") == 0))
    return TRUE;
  value->column = find_column (source, inner);
  if (value->column == NULL)
    return fail_column (source, where, inner, error);
  if (i != DASHBOARD_COUNT && i != DASHBOARD_DISTINCT && !dashboard_is_number (value->column)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: “%s” needs numbers, and the column “%s” has none."), where, word, inner);
    return FALSE;
  }
  return TRUE;
}

gboolean
dashboard_group_read (const DashboardSource *source, const char *text, const char *where, DashboardGroup *group, GError **error)
{
  g_autofree char *word = NULL, *inner = NULL;
  guint i = 1;

  split (text, &word, &inner);
  *group = (DashboardGroup) { 0 };
  if (inner[0] == '\0') {
    group->column = find_column (source, word);
    return group->column != NULL || fail_column (source, where, word, error);
  }
  while (i < DASHBOARD_N_BUCKETS && strcmp (word, dashboard_buckets[i]) != 0)
    i++;
  if (i == DASHBOARD_N_BUCKETS) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: “%s” is no group. Groups are a column, or day, week, month, quarter, year, weekday or hour of a date, like month(date)."), where, text);
    return FALSE;
  }
  group->bucket = i;
  group->column = find_column (source, inner);
  if (group->column == NULL)
    return fail_column (source, where, inner, error);
  if (!dashboard_is_date (group->column) || (i >= DASHBOARD_HOUR && group->column->type != MEDIA_COLUMN_DATETIME)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: “%s” needs dates, and the column “%s” has none."), where, word, inner);
    return FALSE;
  }
  return TRUE;
}

/* ---- for people ---- */

char *
dashboard_column_dup_unit (const AppColumn *column)
{
  gsize length = strlen (column->name);
  const char *open = length > 3 && column->name[length - 1] == ')' ? strrchr (column->name, '(') : length > 3 && column->name[length - 1] == ']' ? strrchr (column->name, '[') : NULL;

  if (column->unit[0] != '\0' || !dashboard_is_number (column) || open == NULL || open == column->name)
    return g_strdup (column->unit);
  /* "co2 (ppm)" */
  char *unit = g_strndup (open + 1, (gsize) (column->name + length - 1 - open - 1));
  if (unit[0] == '\0' || strchr (unit, ' ') != NULL || g_utf8_strlen (unit, -1) > 8 || g_ascii_isdigit (unit[0]))
    unit[0] = '\0';
  return unit;
}

char *
dashboard_column_dup_label (const AppColumn *column)
{
  char *label = g_strdup (column->name[0] != '\0' ? column->name : column->sql_name);
  gsize n_bytes;

  /* "order_date" is a name for programs: "Order date". */
  g_strdelimit (label, "_", ' ');
  g_strstrip (label);
  if (g_ascii_islower (label[0]))
    label[0] = g_ascii_toupper (label[0]);
  /* What stands for the unit is shown at the numbers. */
  g_autofree char *unit = dashboard_column_dup_unit (column);
  n_bytes = strlen (label);
  if (unit[0] != '\0' && n_bytes > 3 && (label[n_bytes - 1] == ')' || label[n_bytes - 1] == ']')) {
    char *open = strrchr (label, label[n_bytes - 1] == ')' ? '(' : '[');
    if (open != NULL && open > label)
      *open = '\0';
    g_strchomp (label);
  }
  return label;
}

/* In the middle of words a name for programs is small, and what people wrote stays as it is. */
static void
make_small (const AppColumn *column, char *label)
{
  if (g_ascii_islower (column->name[0]) || column->name[0] == '\0')
    label[0] = g_ascii_tolower (label[0]);
}

char *
dashboard_value_dup_label (const DashboardValue *value)
{
  g_autofree char *column = value->column != NULL ? dashboard_column_dup_label (value->column) : NULL;

  if (column == NULL)
    return g_strdup (_("Number of rows"));
  /* A question is no noun: "How satisfied are you? (average)". */
  if (strchr (column, '?') != NULL || g_utf8_strlen (column, -1) > 30) {
    static const char *const words[DASHBOARD_N_AGGREGATES] = { NC_ ("how many", "number"), NC_ ("how many", "total"), NC_ ("how many", "average"), NC_ ("how many", "median"), NC_ ("how many", "lowest"), NC_ ("how many", "highest"), NC_ ("how many", "different") };
    return g_strdup_printf ("%s (%s)", column, g_dpgettext2 (NULL, "how many", words[value->aggregate]));
  }
  make_small (value->column, column);
  switch (value->aggregate) {
  case DASHBOARD_SUM:
    return g_strdup_printf (_("Total %s"), column);
  case DASHBOARD_AVERAGE:
    return g_strdup_printf (_("Average %s"), column);
  case DASHBOARD_MEDIAN:
    return g_strdup_printf (_("Median %s"), column);
  case DASHBOARD_MIN:
    return g_strdup_printf (_("Lowest %s"), column);
  case DASHBOARD_MAX:
    return g_strdup_printf (_("Highest %s"), column);
  case DASHBOARD_DISTINCT:
    return g_strdup_printf (_("Different %s"), column);
  case DASHBOARD_COUNT:
  case DASHBOARD_N_AGGREGATES:
  default:
    return g_strdup_printf (_("Number of %s"), column);
  }
}

char *
dashboard_group_dup_label (const DashboardGroup *group)
{
  static const char *const labels[] = { "", N_("Day"), N_("Week"), N_("Month"), N_("Quarter"), N_("Year"), N_("Day of the week"), N_("Hour"), N_("Hour"), N_("Minute") };

  return group->bucket == DASHBOARD_AS_IT_IS ? dashboard_column_dup_label (group->column) : g_strdup (_(labels[group->bucket]));
}

char *
dashboard_group_dup_name (const DashboardGroup *group)
{
  static const char *const names[] = { "", N_("day"), N_("week"), N_("month"), N_("quarter"), N_("year"), N_("day of the week"), N_("hour"), N_("hour"), N_("minute") };
  char *label;

  if (group->bucket != DASHBOARD_AS_IT_IS)
    return g_strdup (_(names[group->bucket]));
  label = dashboard_column_dup_label (group->column);
  make_small (group->column, label);
  return label;
}
