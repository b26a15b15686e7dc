/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dashboard's parts as SQL. Each has one statement that a person can read, over one table, so that AppQuery finds the rows behind each of its numbers. */
#pragma once

#include "dashboard-spec.h"

G_BEGIN_DECLS

/* Groups of one statement; there is no chart with more. */
#define DASHBOARD_MAX_GROUPS 5000
/* Points of a scatter chart, and rows of a table. */
#define DASHBOARD_MAX_POINTS 2000
#define DASHBOARD_MAX_TABLE_ROWS 200

/* How numbers are put into ranges: from `low`, each `width` wide. */
typedef struct {
  double low, width;
  guint n;
} DashboardBins;
void dashboard_bins_init (DashboardBins *bins, const AppColumn *column);

/* What stands in the statement for a value, and for a group. (transfer full) */
char *dashboard_sql_value (const DashboardSource *source, const DashboardValue *value);
char *dashboard_sql_group (const DashboardGroup *group);
/* Whether texts stand between the numbers of a column, which are then passed over. */
gboolean dashboard_is_mixed (const DashboardSource *source, const AppColumn *column);

/* All (transfer full). */
char *dashboard_sql_kpi (const AppDashboard *self, const DashboardKpi *kpi);
char *dashboard_sql_trend (const AppDashboard *self, const DashboardKpi *kpi); /* NULL if it has none */
char *dashboard_sql_chart (const AppDashboard *self, const DashboardChart *chart);
char *dashboard_sql_table (const AppDashboard *self, const DashboardTable *table);

G_END_DECLS
