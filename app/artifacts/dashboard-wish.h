/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a wish names, found by its words: columns, what is done with them, and what for each. A small model gets it beside the wish, in the words of the specification; and what it
 * leaves out all the same is added. */
#pragma once

#include "dashboard-spec.h"

G_BEGIN_DECLS

typedef enum { DASHBOARD_WANTS_KPI, DASHBOARD_WANTS_CHART, DASHBOARD_WANTS_TABLE, DASHBOARD_WANTS_FILTER } DashboardWanted;

typedef struct {
  DashboardWanted wanted;
  const DashboardKind *kind;    /* of a chart; NULL: as it fits */
  DashboardValue value;
  DashboardGroup x, y;          /* y: a second group, or the second number of points */
  gboolean has_value;           /* named, and not only counted because nothing else was */
  gboolean bare;                /* what is done is named, and not with which column */
  gboolean sure;                /* both what is shown and what for are named */
} DashboardWish;

/* The words of a text in small letters, without the ends that words get, and "," for each sign that ends a clause. (transfer full): of char */
GPtrArray *dashboard_wish_split (const char *text);
/* The kind that a word says; NULL for none. */
const DashboardKind *dashboard_wish_find_kind (const char *word);
/* (transfer full): of DashboardWish */
GArray *dashboard_wish_read (const DashboardSource *source, const char *text);
/* "bar sum(price) by region; kpi count; filter region". NULL if nothing is named. (transfer full) */
char *dashboard_wish_dup_text (const GArray *wishes);
/* Whether a title speaks of another value, or of other groups, than it stands over. `groups`: as many as there are, those of no column too. */
gboolean dashboard_wish_contradicts (const DashboardSource *source, const char *title, const DashboardValue *value, const DashboardGroup *groups, guint n_groups);
/* Adds what is surely wanted and not there. */
void dashboard_wish_complete (AppDashboard *self, const GArray *wishes);

G_END_DECLS
