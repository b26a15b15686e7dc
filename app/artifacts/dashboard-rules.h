/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the data say of how they are shown. */
#pragma once

#include "dashboard-spec.h"

G_BEGIN_DECLS

/* What a date is put together by, so that there are at most about so many groups. */
DashboardBucket dashboard_choose_bucket (const AppColumn *date, guint most);
/* How many groups that makes, about. */
guint dashboard_count_buckets (const AppColumn *date, DashboardBucket bucket);
/* A sum, or the average of what cannot be added up: temperatures, shares, prices of one piece. */
DashboardValue dashboard_choose_value (const DashboardSource *source, const AppColumn *column);
gboolean dashboard_is_additive (const AppColumn *column);
/* Answers from 1 to 5: what matters is how many gave which. */
gboolean dashboard_is_scale (const AppColumn *column);
/* Whether the values of groups make up that of the whole. */
gboolean dashboard_is_part (const DashboardValue *value);

/* Columns of a table that a dashboard is made of. */
typedef struct {
  const AppColumn *measures[3];   /* the most telling first */
  guint n_measures;
  const AppColumn *categories[4]; /* the best to look at first */
  guint n_categories;
  const AppColumn *few;           /* a category of 2 to 6 values; NULL if there is none, as below */
  const AppColumn *date;
} DashboardColumns;
void dashboard_find_columns (const AppTable *table, DashboardColumns *columns);

/* "Total revenue by month". (transfer full) */
char *dashboard_suggest_chart_title (const DashboardChart *chart);
char *dashboard_suggest_title (const DashboardSource *source);
void dashboard_suggest_parts (AppDashboard *self, gboolean kpis, gboolean charts, gboolean filters, gboolean tables);

G_END_DECLS
