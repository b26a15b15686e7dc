/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-rules.h"

#include <glib/gi18n.h>
#include <string.h>

/* As many as a line has, and as few as still are one. */
#define MANY 60
#define MAX_MOMENTS 200

/* Days from one ISO date to another; 0 for what is none. */
static guint
count_days (const AppColumn *date)
{
  GDate from, to;

  if (date->min == NULL || date->max == NULL || strlen (date->min) < 10 || strlen (date->max) < 10)
    return 0;
  g_autofree char *first = g_strndup (date->min, 10), *last = g_strndup (date->max, 10);
  const char *const texts[] = { first, last };
  GDate *const dates[] = { &from, &to };
  for (guint i = 0; i < 2; i++) {
    guint64 year = g_ascii_strtoull (texts[i], NULL, 10), month = g_ascii_strtoull (texts[i] + 5, NULL, 10), day = g_ascii_strtoull (texts[i] + 8, NULL, 10);
    if (!g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
      return 0;
    g_date_clear (dates[i], 1);
    g_date_set_dmy (dates[i], (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  }
  return (guint) MAX (g_date_days_between (&from, &to), 0);
}

/* Minutes from one moment to another; 0 for what is none. */
static guint
count_minutes (const AppColumn *date)
{
  guint days = count_days (date), at[2] = { 0, 0 };
  const char *const texts[] = { date->min, date->max };

  for (guint i = 0; i < 2; i++)
    if (texts[i] != NULL && strlen (texts[i]) >= 16)
      at[i] = (guint) CLAMP (g_ascii_strtoull (texts[i] + 11, NULL, 10), 0, 23) * 60 + (guint) CLAMP (g_ascii_strtoull (texts[i] + 14, NULL, 10), 0, 59);
  return days < 10000 && days * 1440 + at[1] > at[0] ? days * 1440 + at[1] - at[0] : 0;
}

guint
dashboard_count_buckets (const AppColumn *date, DashboardBucket bucket)
{
  static const guint days[DASHBOARD_N_BUCKETS] = { 1, 1, 7, 30, 91, 365, 0, 0, 0, 0 };

  if (bucket == DASHBOARD_WEEKDAY || bucket == DASHBOARD_HOUR)
    return bucket == DASHBOARD_HOUR ? 24 : 7;
  if (bucket == DASHBOARD_HOURS || bucket == DASHBOARD_MINUTE)
    return count_minutes (date) / (bucket == DASHBOARD_HOURS ? 60 : 1) + 1;
  return count_days (date) / days[bucket] + 1;
}

DashboardBucket
dashboard_choose_bucket (const AppColumn *date, guint most)
{
  static const DashboardBucket buckets[] = { DASHBOARD_DAY, DASHBOARD_WEEK, DASHBOARD_MONTH, DASHBOARD_QUARTER };

  /* A few days are seen by the hour, and an hour or two by the minute, where there is room. */
  if (date->type == MEDIA_COLUMN_DATETIME && most >= MANY && date->n_distinct > dashboard_count_buckets (date, DASHBOARD_DAY) * 2) {
    if (dashboard_count_buckets (date, DASHBOARD_MINUTE) <= MAX_MOMENTS)
      return DASHBOARD_MINUTE;
    if (dashboard_count_buckets (date, DASHBOARD_HOURS) <= MAX_MOMENTS)
      return DASHBOARD_HOURS;
  }
  /* Hours of one day are their own matter. */
  if (date->type == MEDIA_COLUMN_DATETIME && count_days (date) <= 1)
    return DASHBOARD_HOUR;
  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++) {
    guint n = dashboard_count_buckets (date, buckets[i]);
    /* Weeks are for a few months: for more, months are what people think in. */
    if (n <= most && (buckets[i] != DASHBOARD_WEEK || n <= 20))
      return buckets[i];
  }
  return DASHBOARD_YEAR;
}

gboolean
dashboard_is_additive (const AppColumn *column)
{
  static const char *const units[] = { "%", "‰", "°C", "°F", "°", "K", "hPa", "mbar", "bar", "Pa", "psi", "ppm", "ppb", "km/h", "m/s", "mph", "dB", "V", "bpm", "lx", "pH", "µg/m³", NULL };
  static const char *const words[] = { "temp", "humid", "pressure", "rate", "ratio", "percent", "pct", "share", "price", "age", "score", "rating", "avg", "average", "mean", "median", "level", "latitude",
                                       "longitude", "lat", "lon", "lng", "speed", "grade", "preis", "alter", "temperatur", "feuchte", "druck", "note", "anteil", "satisfaction", "index", "margin", "co2", "voltage",
                                       "discount", "likelihood", "recommend", "stars", "nps", "wait", "waiting", "wartezeit", "latency", "delay", NULL };
  g_auto (GStrv) parts = g_strsplit (column->sql_name, "_", -1);

  g_autofree char *unit = dashboard_column_dup_unit (column);

  if (g_strv_contains (units, unit))
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    for (guint k = 0; words[k] != NULL; k++)
      if (strcmp (parts[i], words[k]) == 0 || (strlen (words[k]) > 4 && g_str_has_prefix (parts[i], words[k])))
        return FALSE;
  return TRUE;
}

gboolean
dashboard_is_scale (const AppColumn *column)
{
  static const char *const amounts[] = { "quant", "count", "units", "items", "menge", "pieces", "credit", "number", "anzahl", "stück", "كمي", "عدد" };
  gint64 min = column->min != NULL ? g_ascii_strtoll (column->min, NULL, 10) : 0, max = column->max != NULL ? g_ascii_strtoll (column->max, NULL, 10) : 0;

  if (column->type != MEDIA_COLUMN_INTEGER || column->n_distinct > 11 || min < 0 || max > 10 || max < 4)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    if (strstr (column->sql_name, amounts[i]) != NULL)
      return FALSE;
  return TRUE;
}

DashboardValue
dashboard_choose_value (const DashboardSource *source, const AppColumn *column)
{
  if (!dashboard_is_measure (source->table, column))
    return (DashboardValue) { DASHBOARD_COUNT, NULL };
  return (DashboardValue) { dashboard_is_additive (column) && !dashboard_is_scale (column) ? DASHBOARD_SUM : DASHBOARD_AVERAGE, column };
}

gboolean
dashboard_is_part (const DashboardValue *value)
{
  return value->aggregate == DASHBOARD_COUNT || value->aggregate == DASHBOARD_SUM;
}

char *
dashboard_suggest_chart_title (const DashboardChart *chart)
{
  g_autofree char *x = dashboard_group_dup_name (&chart->x), *y = chart->y.column != NULL ? dashboard_group_dup_name (&chart->y) : NULL;
  g_autofree char *series = chart->series.column != NULL ? dashboard_group_dup_name (&chart->series) : NULL;
  g_autofree char *label = chart->y.column != NULL ? dashboard_group_dup_label (&chart->y) : NULL;

  if (chart->kind->shape == DASHBOARD_POINTS)
    return g_strdup_printf (_("%s and %s"), label, x);
  if (chart->kind->shape == DASHBOARD_BINS)
    return g_strdup_printf (_("How %s is spread"), x);
  g_autofree char *value = dashboard_value_dup_label (&chart->value);
  if (y != NULL || series != NULL)
    return g_strdup_printf (_("%s by %s and %s"), value, x, y != NULL ? y : series);
  return g_strdup_printf (_("%s by %s"), value, x);
}
