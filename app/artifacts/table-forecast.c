/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A forecast: a straight line through what each month, week, … came to, and how it goes on. It is computed by the statement, by the functions slope and intercept (least squares). */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "dashboard-rules.h"
#include "dashboard-wish.h"
#include "table-draft.h"
#include "tables/sql-name.h"

/* Through fewer points a line says nothing. */
#define MIN_PERIODS 3
#define MAX_STEPS 60
#define USUAL_STEPS 3

/* What a date is put together by: as a number that grows by one (of the date %s), and what that is called (of the number %s). */
typedef struct {
  DashboardBucket bucket;
  const char *number, *label;
  const char *words; /* of a wish: those of dashboard_wish_split () */
} Period;

static const Period periods[] = {
  { DASHBOARD_DAY, "CAST(julianday(date(%1$s)) + 0.5 AS INTEGER)", "date(%1$s - 0.5)", "day daily tag täglich tage tagen" },
  /* A Monday's number of days is a multiple of seven. */
  { DASHBOARD_WEEK, "CAST(julianday(date(%1$s, '-6 days', 'weekday 1')) + 0.5 AS INTEGER) / 7", "date((%1$s) * 7 - 0.5)", "week weekly woche wochen wöchentlich" },
  { DASHBOARD_MONTH, "strftime('%%Y', %1$s) * 12 + strftime('%%m', %1$s) - 1", "printf('%%04d-%%02d', (%1$s) / 12, (%1$s) %% 12 + 1)", "month monthly monat monate monaten monatlich" },
  { DASHBOARD_QUARTER, "strftime('%%Y', %1$s) * 4 + (strftime('%%m', %1$s) + 2) / 3 - 1", "printf('%%04d-Q%%d', (%1$s) / 4, (%1$s) %% 4 + 1)", "quarter quarterly quartal quartale" },
  { DASHBOARD_YEAR, "CAST(strftime('%%Y', %1$s) AS INTEGER)", "printf('%%04d', %1$s)", "year yearly annual jahr jahre jahren jährlich" },
};

static const char *const numbers[] = { "one|a|an|ein|eine|einen", "two|zwei", "three|drei", "four|vier", "five|fünf", "six|sech|sechs", "seven|sieben", "eight|acht", "nine|neun", "ten|zehn", "eleven|elf", "twelve|zwölf" };

static char *
fill (const char *format, const char *name)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (format, name);
#pragma GCC diagnostic pop
}

/* "three" is 3; 0 for what is no number. */
static guint
read_number (const char *word)
{
  if (strspn (word, "0123456789") == strlen (word) && strlen (word) < 4)
    return (guint) atoi (word);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_auto (GStrv) list = g_strsplit (numbers[i], "|", -1);
    if (g_strv_contains ((const char *const *) list, word))
      return i + 1;
  }
  return 0;
}

/* "the next three months": what stands last counts, for "monthly revenue, the next two quarters" begins with what it is put together by. */
static const Period *
read_steps (const TableWish *wish, guint *n_steps)
{
  const Period *found = NULL;

  *n_steps = 0;
  for (guint at = 0; at < wish->words->len; at++)
    for (guint i = 0; i < G_N_ELEMENTS (periods); i++) {
      g_auto (GStrv) list = g_strsplit (periods[i].words, " ", -1);
      if (!g_strv_contains ((const char *const *) list, wish->words->pdata[at]) || (found != NULL && *n_steps > 1))
        continue;
      found = &periods[i];
      *n_steps = at > 0 ? read_number (wish->words->pdata[at - 1]) : 0;
      if (*n_steps == 0 && at > 0 && (g_str_has_prefix (wish->words->pdata[at - 1], "next") || g_str_has_prefix (wish->words->pdata[at - 1], "nächst")))
        *n_steps = 1;
    }
  return found;
}

static guint
count_periods (const TableWish *wish, const Period *period, const char *date, GError **error)
{
  g_autofree char *number = fill (period->number, date), *sql = g_strdup_printf ("SELECT COUNT(DISTINCT %s) FROM %s WHERE %s IS NOT NULL", number, wish->source->name, date);
  g_autoptr (AppResult) result = table_wish_run (wish, sql, 1, error);

  return result != NULL ? (guint) app_result_get_value (result, 0, 0)->integer : 0;
}

static const Period *
find_period (DashboardBucket bucket)
{
  for (guint i = 0; i < G_N_ELEMENTS (periods); i++)
    if (periods[i].bucket == bucket)
      return &periods[i];
  return &periods[2];
}

/* Whether the last one seems to go on: there are days in it, and it ends before its time. */
static gboolean
is_open (const AppColumn *date, const Period *period, guint n_periods)
{
  if (date->max == NULL || strlen (date->max) < 10 || date->n_distinct < (guint64) n_periods * 4)
    return FALSE;
  int year = atoi (date->max), month = atoi (date->max + 5), day = atoi (date->max + 8);
  if (!g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  gboolean ends = day + 2 >= g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
  switch (period->bucket) {
  case DASHBOARD_MONTH:
    return !ends;
  case DASHBOARD_QUARTER:
    return !ends || month % 3 != 0;
  case DASHBOARD_YEAR:
    return !ends || month != 12;
  default:
    return FALSE;
  }
}

/* The number that the wish names; otherwise the most telling one. */
static DashboardValue
choose_value (const TableWish *wish, gboolean *grouped)
{
  g_autoptr (GArray) wishes = dashboard_wish_read (wish->source, wish->text);
  DashboardColumns columns;

  *grouped = FALSE;
  for (guint i = 0; i < wishes->len; i++) {
    const DashboardWish *one = &g_array_index (wishes, DashboardWish, i);
    *grouped |= (one->x.column != NULL && !dashboard_is_date (one->x.column)) || (one->y.column != NULL && !dashboard_is_date (one->y.column));
  }
  for (guint i = 0; i < wishes->len; i++) {
    const DashboardWish *one = &g_array_index (wishes, DashboardWish, i);
    if (one->has_value && (one->value.column != NULL || one->value.aggregate == DASHBOARD_COUNT))
      return table_wish_mean_value (wish, one->value);
  }
  dashboard_find_columns (wish->source->table, &columns);
  /* Amounts before averages. */
  for (guint i = 0; i < columns.n_measures; i++)
    if (dashboard_choose_value (wish->source, columns.measures[i]).aggregate == DASHBOARD_SUM)
      return dashboard_choose_value (wish->source, columns.measures[i]);
  return columns.n_measures > 0 ? dashboard_choose_value (wish->source, columns.measures[0]) : (DashboardValue) { DASHBOARD_COUNT, NULL };
}

static char *
write_statement (const TableWish *wish, const Period *period, const char *date, const DashboardValue *value, guint n_steps, gboolean open)
{
  g_autofree char *number = fill (period->number, date), *y = table_sql_value (wish, value, NULL), *there = fill (period->label, "x"), *coming = fill (period->label, "last + step");
  g_autofree char *period_name = dashboard_group_dup_label (&(DashboardGroup) { period->bucket, NULL }), *value_name = dashboard_value_dup_label (value);
  g_autofree char *first = sql_name_quote (period_name), *second = sql_name_quote (value_name), *third = sql_name_quote (_("Straight line"));
  GString *sql = g_string_new (NULL);

  g_string_append_printf (sql, "WITH measured AS (\n  SELECT %s AS x, %s AS y\n  FROM %s\n  WHERE %s IS NOT NULL\n  GROUP BY 1\n),\n", number, y, wish->source->name, date);
  g_string_append_printf (sql, "line AS (\n  SELECT slope(y, x) AS slope, intercept(y, x) AS intercept, (SELECT MAX(x) FROM measured) AS last\n  FROM measured%s\n),\n",
                          open ? "\n  WHERE x < (SELECT MAX(x) FROM measured)" : "");
  g_string_append (sql, "steps (step) AS (VALUES ");
  for (guint i = 1; i <= n_steps; i++)
    g_string_append_printf (sql, "%s(%u)", i > 1 ? ", " : "", i);
  g_string_append_printf (sql, ")\nSELECT %s AS %s, y AS %s, ROUND(intercept + slope * x, 2) AS %s\nFROM measured, line\n", there, first, second, third);
  g_string_append_printf (sql, "UNION ALL\nSELECT %s, NULL, ROUND(intercept + slope * (last + step), 2)\nFROM line, steps\nORDER BY 1", coming);
  return g_string_free (sql, FALSE);
}

TableDraft *
table_draft_forecast (const TableWish *wish, GError **error)
{
  DashboardColumns columns;
  gboolean grouped;
  guint n_steps, n_periods;
  const Period *period = read_steps (wish, &n_steps);
  DashboardValue value = choose_value (wish, &grouped);
  GError *trouble = NULL;

  dashboard_find_columns (wish->source->table, &columns);
  if (columns.date == NULL) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("A forecast needs a column of dates, and this table has none."));
    return NULL;
  }
  if (period == NULL)
    period = find_period (dashboard_choose_bucket (columns.date, 36));
  n_steps = n_steps == 0 ? USUAL_STEPS : MIN (n_steps, MAX_STEPS);
  g_autofree char *date = table_sql_name (columns.date);
  n_periods = count_periods (wish, period, date, &trouble);
  if (trouble == NULL && n_periods < MIN_PERIODS && (period->bucket == DASHBOARD_YEAR || period->bucket == DASHBOARD_QUARTER)) {
    /* The next year in months, where there are not years enough. */
    n_steps = MIN (n_steps * (period->bucket == DASHBOARD_YEAR ? 12 : 3), MAX_STEPS);
    period = find_period (DASHBOARD_MONTH);
    n_periods = count_periods (wish, period, date, &trouble);
  }
  if (trouble == NULL && n_periods < MIN_PERIODS)
    g_set_error (&trouble, APP_ERROR, APP_ERROR_INVALID, _("A forecast needs at least %d points in time, and this table has %u. Ask for shorter periods, days or weeks."), MIN_PERIODS, n_periods);
  if (trouble != NULL) {
    g_propagate_error (error, trouble);
    return NULL;
  }
  gboolean open = is_open (columns.date, period, n_periods) && n_periods > MIN_PERIODS;
  g_autofree char *label = dashboard_value_dup_label (&value), *each = dashboard_group_dup_name (&(DashboardGroup) { period->bucket, NULL });
  TableDraft *draft = g_new0 (TableDraft, 1);
  draft->sql = write_statement (wish, period, date, &value, n_steps, open);
  draft->title = g_strdup_printf (_("Forecast: %s"), label);
  g_autoptr (GString) said = g_string_new (NULL);
  g_string_append_printf (said, _("%s for each %s, and a straight line through them that goes on (least squares). It knows nothing of seasons, or of what changes."), label, each);
  if (open)
    g_string_append_printf (said, "\n- %s", _("The last one is not over in the table, so the line does not count it."));
  if (grouped)
    g_string_append_printf (said, "\n- %s", _("It is of all rows together, not of each group."));
  draft->said = g_string_free (g_steal_pointer (&said), FALSE);
  return draft;
}
