/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDashboard: what a page of figures shows of a table, and nothing of what they are. A model, a person or our own rules write it; every number is computed
 * by AppQuery, and a page of ours (data/preview/dashboard) draws it.
 *
 * As JSON it is {"table", "title", "summary", "kpis", "charts", "tables", "filters", "texts"}; parts are called by pointers into it, "/charts/0". Immutable and counted; any thread. */
#pragma once

#include "app-bundle.h"
#include "app-dataset.h"

G_BEGIN_DECLS

#define APP_TYPE_DASHBOARD (app_dashboard_get_type ())
GType app_dashboard_get_type (void);
typedef struct _AppDashboard AppDashboard;
AppDashboard *app_dashboard_ref (AppDashboard *self);
void app_dashboard_unref (AppDashboard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppDashboard, app_dashboard_unref)

/* Bytes of a specification. */
#define APP_DASHBOARD_MAX_BYTES (256 * 1024)

/* What may be written about these tables, as JSON Schema: columns by what they are good for. NULL where no table has anything to show. (transfer full) (nullable) */
char *app_dashboard_dup_schema (GPtrArray *datasets);
/* …of one part: "/charts/0" and "/charts/-" have that of a chart. NULL where there is no such part. (transfer full) (nullable) */
char *app_dashboard_dup_part_schema (const AppDashboard *self, const char *pointer);

/* Strict: what is not known is an error, APP_ERROR_INVALID with a sentence that says where. `datasets`: of AppDataset. (transfer full) */
AppDashboard *app_dashboard_parse (GPtrArray *datasets, const char *json, gsize n_bytes, GError **error);
/* With a line for each part. (transfer full) */
char *app_dashboard_dup_json (const AppDashboard *self);

const char *app_dashboard_get_title (const AppDashboard *self);
/* "3 figures, 4 charts" for the person. (transfer full) */
char *app_dashboard_dup_summary (const AppDashboard *self);
/* The pointers of all parts, in their order. (transfer full) */
GStrv app_dashboard_dup_parts (const AppDashboard *self);

/* Another one in which the part is `json`, or is gone where that is NULL; "/charts/-" adds one; "/title" and "/summary" are texts. Errors as of parsing. (transfer full) */
AppDashboard *app_dashboard_change (AppDashboard *self, const char *pointer, const char *json, GError **error);

/* By rules alone: what a person would look at first. NULL where no table has anything to show. (transfer full) (nullable) */
AppDashboard *app_dashboard_suggest (GPtrArray *datasets);
/* Makes good what was left out or chosen poorly, as the data are. `notes`: (out) (optional) (transfer full): a sentence for each change. (transfer full) */
AppDashboard *app_dashboard_fill (AppDashboard *self, GStrv *notes);

/* Rows that go into a page as they are; of more it gets what they come to in groups. */
#define APP_DASHBOARD_MAX_ROWS 50000

/* All its numbers, for which every part has a statement of its own; and the page that shows them. `notes`: (nullable), shown at its end. Errors: those of AppQuery, APP_ERROR_MISSING. */
void app_dashboard_make_bundle_async (AppDashboard *self, const char *const *notes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppBundle *app_dashboard_make_bundle_finish (AppDashboard *self, GAsyncResult *result, GError **error);
/* The same, waiting. Any thread. */
AppBundle *app_dashboard_make_bundle (AppDashboard *self, const char *const *notes, GCancellable *cancellable, GError **error);

/* The statement that a part's numbers come from. NULL where there is no such part. (transfer full) (nullable) */
char *app_dashboard_dup_sql (const AppDashboard *self, const char *pointer);

G_END_DECLS
