/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dashboard by rules alone: what a person would look at first. */
#include <glib/gi18n.h>
#include <string.h>

#include "dashboard-rules.h"

static int
score_measure (const AppTable *table, const AppColumn *column)
{
  static const char *const good[] = { "revenue", "sales", "amount", "total", "turnover", "umsatz", "betrag", "summe", "cost", "expense", "spend", "value", "profit", "income", "quantity", "price", NULL };
  int score = column->type == MEDIA_COLUMN_REAL ? 2 : 0;

  for (guint i = 0; good[i] != NULL; i++)
    if (strstr (column->sql_name, good[i]) != NULL) {
      score += 20 - (int) i;
      break;
    }
  score += column->unit[0] != '\0' ? 2 : 0;
  score -= column->n_nulls * 2 > table->n_rows ? 10 : 0;
  return score + (column->n_distinct > 2 ? 3 : 0);
}

/* Those whose number of values people can look at. */
static int
score_category (const AppTable *table, const AppColumn *column)
{
  int score = column->n_distinct >= 3 && column->n_distinct <= 12 ? 10 : column->n_distinct > 2 && column->n_distinct <= 20 ? 9 : column->n_distinct == 2 ? 6 : column->n_distinct <= 40 ? 5 : column->n_distinct < 2 ? -100 : 0;

  score += column->type == MEDIA_COLUMN_TEXT ? 3 : 0;
  /* What people wrote in sentences is no name of a group. */
  for (guint i = 0; column->samples != NULL && column->samples[i] != NULL; i++)
    if (column->type == MEDIA_COLUMN_TEXT && g_utf8_strlen (column->samples[i], -1) > 28)
      score = -100;
  /* What was measured in something is no name of a group either. */
  g_autofree char *unit = dashboard_column_dup_unit (column);
  if (dashboard_is_number (column) && unit[0] != '\0')
    score = -100;
  if (column->n_distinct > 60)
    score = MIN (score, -30);
  return score - (column->n_nulls * 2 > table->n_rows ? 10 : 0);
}

typedef int (*Score) (const AppTable *table, const AppColumn *column);

static guint
pick (const AppTable *table, gboolean (*fits) (const AppTable *table, const AppColumn *column), Score score, const AppColumn **best, guint most)
{
  guint n = 0;

  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    guint place = n;
    if (!fits (table, column) || score (table, column) < -20)
      continue;
    while (place > 0 && score (table, best[place - 1]) < score (table, column))
      place--;
    if (place >= most)
      continue;
    memmove (&best[place + 1], &best[place], (MIN (n, most - 1) - place) * sizeof *best);
    best[place] = column;
    n = MIN (n + 1, most);
  }
  return n;
}

void
dashboard_find_columns (const AppTable *table, DashboardColumns *columns)
{
  *columns = (DashboardColumns) { .n_measures = 0 };
  columns->n_measures = pick (table, dashboard_is_measure, score_measure, columns->measures, G_N_ELEMENTS (columns->measures));
  columns->n_categories = pick (table, dashboard_is_category, score_category, columns->categories, G_N_ELEMENTS (columns->categories));
  for (guint i = 0; i < table->columns->len && columns->date == NULL; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    if (dashboard_is_date (column) && column->n_nulls * 2 < table->n_rows && column->n_distinct > 1)
      columns->date = column;
  }
  for (guint i = 0; i < columns->n_categories && columns->few == NULL; i++)
    if (columns->categories[i]->n_distinct >= 2 && columns->categories[i]->n_distinct <= 6)
      columns->few = columns->categories[i];
}

static void
add_kpi (AppDashboard *self, DashboardValue value, const AppColumn *date)
{
  DashboardKpi *kpi = dashboard_kpi_new ();

  kpi->value = value;
  kpi->label = dashboard_value_dup_label (&value);
  if (date != NULL)
    kpi->over = (DashboardGroup) { dashboard_choose_bucket (date, dashboard_count_buckets (date, DASHBOARD_DAY) < 8 ? 60 : 24), date };
  g_ptr_array_add (self->kpis, kpi);
}

static DashboardChart *
add_chart (AppDashboard *self, const char *kind, DashboardValue value, DashboardGroup x)
{
  DashboardChart *chart = dashboard_chart_new ();

  chart->kind = dashboard_kind_find (kind);
  chart->value = value;
  chart->x = x;
  chart->title = g_strdup ("");
  g_ptr_array_add (self->charts, chart);
  return chart;
}

static void
suggest_charts (AppDashboard *self, const DashboardColumns *c, DashboardValue main)
{
  DashboardValue count = { DASHBOARD_COUNT, NULL };
  const AppTable *table = self->source.table;
  guint n_bars = 0;

  if (c->date != NULL) {
    DashboardGroup over = { dashboard_choose_bucket (c->date, 60), c->date };
    add_chart (self, dashboard_is_part (&main) ? "area" : "line", main, over)->wide = TRUE;
  }
  for (guint i = 0; i < c->n_measures && i < 2; i++)
    if (dashboard_is_scale (c->measures[i]) && dashboard_is_category (table, c->measures[i]))
      add_chart (self, "bar", count, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->measures[i] });
  for (guint i = 0; i < c->n_categories && n_bars < 2; i++)
    if (c->categories[i] != main.column && (c->categories[i] != c->few || c->n_categories < 3)) {
      /* One ring is enough, and a name for each row makes bars. */
      gboolean ring = c->categories[i]->n_distinct <= 3 && dashboard_is_part (&main) && c->n_categories < 3 && n_bars == 0 && c->categories[i]->n_distinct < table->n_rows;
      add_chart (self, ring ? "pie" : "bar", main, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->categories[i] });
      n_bars++;
    }
  if (c->few != NULL && c->few != main.column && c->n_categories >= 3)
    add_chart (self, "pie", dashboard_is_part (&main) ? main : count, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->few });
  if (c->date != NULL && c->few != NULL && dashboard_is_part (&main))
    add_chart (self, "stacked", main, (DashboardGroup) { dashboard_choose_bucket (c->date, 24), c->date })->series = (DashboardGroup) { DASHBOARD_AS_IT_IS, c->few };
  if (c->date != NULL && c->date->type == MEDIA_COLUMN_DATETIME)
    add_chart (self, "heatmap", main, (DashboardGroup) { DASHBOARD_HOUR, c->date })->y = (DashboardGroup) { DASHBOARD_WEEKDAY, c->date };
  else if (c->n_categories >= 2 && c->date == NULL)
    add_chart (self, "heatmap", main, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->categories[0] })->y = (DashboardGroup) { DASHBOARD_AS_IT_IS, c->categories[1] };
  for (guint i = 1; i < c->n_measures && c->date != NULL && self->charts->len < 6; i++)
    add_chart (self, "line", dashboard_choose_value (&self->source, c->measures[i]), (DashboardGroup) { dashboard_choose_bucket (c->date, 60), c->date });
  if (c->n_measures >= 2 && self->charts->len < 6 && c->measures[0]->n_distinct > 10 && c->measures[1]->n_distinct > 10)
    add_chart (self, "scatter", count, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->measures[0] })->y = (DashboardGroup) { DASHBOARD_AS_IT_IS, c->measures[1] };
  if (c->n_measures >= 1 && self->charts->len < 6 && c->measures[0]->n_distinct > 10)
    add_chart (self, "histogram", count, (DashboardGroup) { DASHBOARD_AS_IT_IS, c->measures[0] });
}

static void
suggest_table (AppDashboard *self, const DashboardColumns *c, DashboardValue main)
{
  DashboardTable *table = dashboard_table_new ();
  DashboardValue count = { DASHBOARD_COUNT, NULL };

  table->title = g_strdup ("");
  /* A short list of names is shown as it is. */
  if (c->n_categories > 0 && !(self->source.table->n_rows <= 12 && c->categories[0]->n_distinct == self->source.table->n_rows)) {
    table->rows = (DashboardGroup) { DASHBOARD_AS_IT_IS, c->categories[0] };
    g_array_append_val (table->values, count);
    for (guint i = 0; i < c->n_measures; i++) {
      DashboardValue value = dashboard_choose_value (&self->source, c->measures[i]);
      g_array_append_val (table->values, value);
    }
    (void) main;
  } else {
    for (guint i = 0; i < self->source.table->columns->len && table->columns->len < 6; i++) {
      const AppColumn *column = g_ptr_array_index (self->source.table->columns, i);
      if (column->n_nulls < self->source.table->n_rows)
        g_ptr_array_add (table->columns, (gpointer) column);
    }
  }
  g_ptr_array_add (self->tables, table);
}

void
dashboard_suggest_parts (AppDashboard *self, gboolean kpis, gboolean charts, gboolean filters, gboolean tables)
{
  const AppTable *table = self->source.table;
  DashboardValue count = { DASHBOARD_COUNT, NULL }, main = count;
  DashboardColumns c;

  dashboard_find_columns (table, &c);
  if (c.n_measures > 0)
    main = dashboard_choose_value (&self->source, c.measures[0]);
  if (kpis) {
    for (guint i = 0; i < c.n_measures && self->kpis->len < 3; i++)
      add_kpi (self, dashboard_choose_value (&self->source, c.measures[i]), c.date);
    add_kpi (self, count, c.date);
    if (self->kpis->len < 2 && c.n_categories > 0)
      add_kpi (self, (DashboardValue) { DASHBOARD_DISTINCT, c.categories[0] }, NULL);
  }
  if (charts)
    suggest_charts (self, &c, main);
  if (filters) {
    for (guint i = 0; i < c.n_categories && self->filters->len < 3; i++) {
      DashboardGroup group = { DASHBOARD_AS_IT_IS, c.categories[i] };
      if (c.categories[i]->n_distinct > 1)
        g_array_append_val (self->filters, group);
    }
    if (c.date != NULL) {
      DashboardGroup group = { DASHBOARD_DAY, c.date };
      g_array_append_val (self->filters, group);
    }
  }
  if (tables)
    suggest_table (self, &c, main);
}

/* "sales_2024.csv": "Sales 2024". (transfer full) */
char *
dashboard_suggest_title (const DashboardSource *source)
{
  const char *name = source->table->title[0] != '\0' ? source->table->title : app_dataset_get_name ((AppDataset *) source->dataset), *end = strrchr (name, '.');
  char *title = end != NULL && source->table->title[0] == '\0' ? g_strndup (name, (gsize) (end - name)) : g_strdup (name);

  g_strdelimit (title, "_-", ' ');
  g_strstrip (title);
  if (g_ascii_islower (title[0]))
    title[0] = g_ascii_toupper (title[0]);
  return title;
}

AppDashboard *
app_dashboard_suggest (GPtrArray *datasets)
{
  g_autoptr (GPtrArray) sources = dashboard_sources_new (datasets);
  AppDashboard *self;

  if (sources->len == 0)
    return NULL;
  self = dashboard_new (g_ptr_array_index (sources, 0));
  g_free (self->title);
  self->title = dashboard_suggest_title (&self->source);
  dashboard_suggest_parts (self, TRUE, TRUE, TRUE, TRUE);
  return self;
}
