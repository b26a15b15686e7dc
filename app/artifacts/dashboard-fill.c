/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes good what was left out or chosen poorly. Each rule looks at one part and at the data, and says what it did. */
#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

#include "dashboard-rules.h"
#include "dashboard-wish.h"

/* Slices of a pie, lines of different colours, different series that are still told apart, points of a line. */
#define MAX_SLICES 12
#define MAX_SERIES 40
#define MAX_POINTS 400

typedef struct {
  AppDashboard *self;
  GPtrArray *notes; /* of char */
} Filling;

static void note (Filling *filling, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (Filling *filling, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_ptr_array_add (filling->notes, g_strdup_vprintf (format, values));
  va_end (values);
}

/* ---- values and groups ---- */

/* Numbers that name something are counted, and what cannot be added up is averaged. */
static void
fill_value (Filling *filling, DashboardValue *value)
{
  g_autofree char *label = value->column != NULL ? dashboard_column_dup_label (value->column) : NULL;

  if (value->column == NULL || (value->aggregate != DASHBOARD_SUM && value->aggregate != DASHBOARD_AVERAGE && value->aggregate != DASHBOARD_MEDIAN))
    return;
  if (dashboard_is_key (filling->self->source.table, value->column)) {
    note (filling, _("“%s” names things and is no amount: its different values are counted."), label);
    value->aggregate = DASHBOARD_DISTINCT;
  } else if (value->aggregate == DASHBOARD_SUM && !dashboard_is_additive (value->column)) {
    note (filling, _("“%s” cannot be added up: the average is shown."), label);
    value->aggregate = DASHBOARD_AVERAGE;
  }
}

/* Dates are put together, so that there are at most so many groups. */
static void
fill_group (Filling *filling, DashboardGroup *group, guint most)
{
  if (group->column == NULL || !dashboard_is_date (group->column) || group->bucket == DASHBOARD_WEEKDAY || group->bucket == DASHBOARD_HOUR)
    return;
  if (group->bucket != DASHBOARD_AS_IT_IS && dashboard_count_buckets (group->column, group->bucket) <= MAX (most, MAX_POINTS))
    return;
  group->bucket = dashboard_choose_bucket (group->column, most);
}

/* ---- charts ---- */

static void
become (Filling *filling, DashboardChart *chart, const char *kind, const char *why)
{
  note (filling, "%s: %s", chart->title, why);
  chart->kind = dashboard_kind_find (kind);
}

static gboolean
is_ordered (const DashboardGroup *group)
{
  return group->bucket != DASHBOARD_AS_IT_IS || dashboard_is_date (group->column) || dashboard_is_number (group->column);
}

static gboolean
is_time (const DashboardGroup *group)
{
  return dashboard_is_date (group->column) && group->bucket != DASHBOARD_WEEKDAY && group->bucket != DASHBOARD_HOUR;
}

static guint64
count_groups (const DashboardGroup *group)
{
  return dashboard_is_date (group->column) ? dashboard_count_buckets (group->column, group->bucket == DASHBOARD_AS_IT_IS ? DASHBOARD_DAY : group->bucket) : group->column->n_distinct;
}

static gboolean
is_kind (const DashboardChart *chart, const char *kind)
{
  return strcmp (chart->kind->name, kind) == 0;
}

/* A title that is missing, or speaks of something else than is shown. */
static void
fill_title (Filling *filling, DashboardChart *chart)
{
  const DashboardGroup groups[] = { chart->x, chart->y, chart->series };
  gboolean counted = chart->kind->shape <= DASHBOARD_GRID;

  /* "by month(order_date)" is no title. */
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autofree char *word = groups[i].bucket != DASHBOARD_AS_IT_IS ? dashboard_group_dup_text (&groups[i]) : NULL;
    if (word != NULL && strstr (chart->title, word) != NULL)
      chart->title[0] = '\0';
  }
  if (chart->title[0] != '\0' && !dashboard_wish_contradicts (&filling->self->source, chart->title, counted ? &chart->value : NULL, groups, G_N_ELEMENTS (groups)))
    return;
  g_free (chart->title);
  chart->title = dashboard_suggest_chart_title (chart);
}

/* FALSE when nothing is left to show. */
static gboolean
fill_kind (Filling *filling, DashboardChart *chart)
{
  const AppTable *table = filling->self->source.table;
  DashboardShape shape = chart->kind->shape;

  /* Notes call it by its title. */
  fill_title (filling, chart);
  if (shape == DASHBOARD_POINTS && chart->x.column == chart->y.column) {
    become (filling, chart, "histogram", _("one column has no points beside itself, so this shows how its values are spread."));
    chart->y = chart->series = (DashboardGroup) { 0 };
    shape = chart->kind->shape;
  }
  if (shape == DASHBOARD_POINTS || shape == DASHBOARD_BINS) {
    if (dashboard_is_key (table, chart->x.column) || (chart->y.column != NULL && dashboard_is_key (table, chart->y.column))) {
      note (filling, _("%s: numbers that name things have no place on an axis, so this chart is left out."), chart->title);
      return FALSE;
    }
    if (chart->series.column != NULL && !dashboard_is_category (table, chart->series.column))
      chart->series = (DashboardGroup) { 0 };
    return TRUE;
  }
  fill_value (filling, &chart->value);
  fill_group (filling, &chart->x, shape == DASHBOARD_GRID ? 24 : 60);
  fill_group (filling, &chart->y, 24);
  fill_group (filling, &chart->series, 8);
  if (chart->series.column != NULL && dashboard_group_equal (&chart->series, &chart->x))
    chart->series = (DashboardGroup) { 0 };
  if (chart->series.column != NULL && count_groups (&chart->series) > MAX_SERIES) {
    g_autofree char *label = dashboard_group_dup_label (&chart->series);
    note (filling, _("%s: “%s” has too many different values to tell their colours apart."), chart->title, label);
    chart->series = (DashboardGroup) { 0 };
  }
  if (shape == DASHBOARD_GRID && dashboard_group_equal (&chart->x, &chart->y)) {
    become (filling, chart, "bar", _("both sides are the same, so this is a bar chart."));
    chart->y = (DashboardGroup) { 0 };
  }
  if (shape == DASHBOARD_PARTS && !dashboard_is_part (&chart->value))
    become (filling, chart, "bar", _("these are no parts of a whole, so this is a bar chart."));
  else if (is_kind (chart, "pie") && is_time (&chart->x))
    become (filling, chart, "bar", _("times have an order, so this is a bar chart."));
  else if (is_kind (chart, "pie") && count_groups (&chart->x) > MAX_SLICES)
    become (filling, chart, "bar", _("a ring with so many parts cannot be read, so this is a bar chart."));
  if (is_kind (chart, "stacked") && (chart->series.column == NULL || !dashboard_is_part (&chart->value)))
    become (filling, chart, "bar", _("there is nothing to put on top of each other, so this is a bar chart."));
  if ((is_kind (chart, "line") || is_kind (chart, "area")) && !is_ordered (&chart->x))
    become (filling, chart, chart->series.column != NULL && dashboard_is_part (&chart->value) ? "stacked" : "bar", _("there is no order in the names, so this is a bar chart."));
  if (is_kind (chart, "area") && chart->series.column != NULL && !dashboard_is_part (&chart->value))
    become (filling, chart, "line", _("these do not add up, so this is a line chart."));
  if (is_kind (chart, "bar") && is_time (&chart->x) && count_groups (&chart->x) > 31)
    become (filling, chart, "line", _("so many bars cannot be read, so this is a line chart."));
  if (is_kind (chart, "bar") && chart->series.column != NULL && count_groups (&chart->series) > 4 && dashboard_is_part (&chart->value))
    become (filling, chart, "stacked", _("so many bars side by side cannot be read: they stand on top of each other."));
  if (chart->limit > 30 && !is_time (&chart->x))
    chart->limit = 30;
  /* What has an order keeps it. */
  if (is_time (&chart->x) || chart->x.bucket != DASHBOARD_AS_IT_IS)
    chart->sort = DASHBOARD_NO_SORT;
  return TRUE;
}

static gboolean
is_same (const DashboardChart *one, const DashboardChart *other)
{
  gboolean plain = one->kind->shape >= DASHBOARD_BINS;

  if (plain != (other->kind->shape >= DASHBOARD_BINS) || (plain && one->kind != other->kind))
    return FALSE;
  return (plain || (one->value.aggregate == other->value.aggregate && one->value.column == other->value.column)) && dashboard_group_equal (&one->x, &other->x) &&
         dashboard_group_equal (&one->y, &other->y) && dashboard_group_equal (&one->series, &other->series);
}

static void
fill_charts (Filling *filling)
{
  GPtrArray *charts = filling->self->charts;
  gboolean wide = FALSE;

  for (guint i = 0; i < charts->len;) {
    DashboardChart *chart = g_ptr_array_index (charts, i);
    gboolean keep = fill_kind (filling, chart);
    fill_title (filling, chart);
    for (guint k = 0; keep && k < i; k++)
      if (is_same (chart, g_ptr_array_index (charts, k))) {
        note (filling, _("%s: another chart shows the same, so this one is left out."), chart->title);
        keep = FALSE;
      }
    if (keep)
      i++;
    else
      g_ptr_array_remove_index (charts, i);
  }
  for (guint i = 0; i < charts->len; i++)
    wide |= ((const DashboardChart *) g_ptr_array_index (charts, i))->wide;
  /* The course of things gets the whole line, if nobody said otherwise. */
  for (guint i = 0; i < charts->len && !wide; i++) {
    DashboardChart *chart = g_ptr_array_index (charts, i);
    wide = chart->wide = chart->kind->shape == DASHBOARD_GROUPS && is_time (&chart->x) && count_groups (&chart->x) > 8;
  }
}

/* ---- the others ---- */

static void
fill_kpis (Filling *filling)
{
  AppDashboard *self = filling->self;

  for (guint i = 0; i < self->kpis->len;) {
    DashboardKpi *kpi = g_ptr_array_index (self->kpis, i);
    gboolean same = FALSE;
    DashboardAggregate before = kpi->value.aggregate;
    fill_value (filling, &kpi->value);
    for (guint k = 0; k < i && !same; k++) {
      const DashboardKpi *other = g_ptr_array_index (self->kpis, k);
      same = other->value.aggregate == kpi->value.aggregate && other->value.column == kpi->value.column;
    }
    if (same) {
      g_ptr_array_remove_index (self->kpis, i);
      continue;
    }
    /* A label that says "total" of an average would be wrong. */
    if (kpi->label[0] == '\0' || before != kpi->value.aggregate || dashboard_wish_contradicts (&self->source, kpi->label, &kpi->value, &kpi->over, 1)) {
      g_free (kpi->label);
      kpi->label = dashboard_value_dup_label (&kpi->value);
    }
    if (kpi->over.column != NULL)
      fill_group (filling, &kpi->over, 24);
    i++;
  }
}

static void
fill_filters (Filling *filling)
{
  GArray *filters = filling->self->filters;

  for (guint i = 0; i < filters->len;) {
    DashboardGroup *filter = &g_array_index (filters, DashboardGroup, i);
    gboolean keep = filter->column->n_distinct > 1;
    if (dashboard_is_date (filter->column) && filter->bucket == DASHBOARD_AS_IT_IS)
      filter->bucket = DASHBOARD_DAY;
    if (!dashboard_is_date (filter->column) && !dashboard_is_category (filling->self->source.table, filter->column)) {
      g_autofree char *label = dashboard_column_dup_label (filter->column);
      note (filling, _("“%s” has too many different values for a filter."), label);
      keep = FALSE;
    }
    for (guint k = 0; k < i; k++)
      keep &= !dashboard_group_equal (filter, &g_array_index (filters, DashboardGroup, k));
    if (keep)
      i++;
    else
      g_array_remove_index (filters, i);
  }
}

static void
fill_tables (Filling *filling)
{
  GPtrArray *tables = filling->self->tables;

  for (guint i = 0; i < tables->len; i++) {
    DashboardTable *table = g_ptr_array_index (tables, i);
    fill_group (filling, &table->rows, 60);
    for (guint k = 0; k < table->values->len;) {
      DashboardValue *value = &g_array_index (table->values, DashboardValue, k);
      gboolean same = FALSE;
      fill_value (filling, value);
      for (guint n = 0; n < k; n++) {
        const DashboardValue *other = &g_array_index (table->values, DashboardValue, n);
        same |= other->aggregate == value->aggregate && other->column == value->column;
      }
      if (same)
        g_array_remove_index (table->values, k);
      else
        k++;
    }
    if (table->title[0] == '\0') {
      g_free (table->title);
      g_autofree char *label = table->rows.column != NULL ? dashboard_group_dup_name (&table->rows) : NULL;
      table->title = label != NULL ? g_strdup_printf (_("By %s"), label) : g_strdup (_("Rows"));
    }
  }
}

AppDashboard *
app_dashboard_fill (AppDashboard *self, GStrv *notes)
{
  g_autoptr (JsonNode) node = dashboard_dup_node (self);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  AppDashboard *filled = dashboard_read_node (self->source.datasets, node, NULL);
  Filling filling = { filled, list };

  g_return_val_if_fail (filled != NULL, NULL);
  if (filled->title[0] == '\0') {
    g_free (filled->title);
    filled->title = dashboard_suggest_title (&filled->source);
  }
  fill_kpis (&filling);
  fill_charts (&filling);
  fill_filters (&filling);
  fill_tables (&filling);
  dashboard_suggest_parts (filled, filled->kpis->len == 0, filled->charts->len == 0, filled->filters->len == 0, filled->charts->len == 0 && filled->tables->len == 0);
  /* What was suggested is filled, too. */
  fill_charts (&filling);
  fill_tables (&filling);
  if (notes != NULL) {
    g_ptr_array_add (list, NULL);
    *notes = g_strdupv ((GStrv) list->pdata);
  }
  return filled;
}
