/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDashboardWriter: dashboards of a wish in words, and changes of them. A model writes the specification, under a grammar made of the tables; numbers it never writes.
 *
 * A change is bound to one part: the model that writes it anew has no way to touch another. Main thread only. */
#pragma once

#include "app-dashboard.h"
#include "app-engine.h"

G_BEGIN_DECLS

#define APP_TYPE_DASHBOARD_WRITER (app_dashboard_writer_get_type ())
G_DECLARE_FINAL_TYPE (AppDashboardWriter, app_dashboard_writer, APP, DASHBOARD_WRITER, GObject)

/* `datasets`: of AppDataset, at least one. Keep it for several wishes: the grammar is made once. */
AppDashboardWriter *app_dashboard_writer_new (GPtrArray *datasets);

/* A part has been written: `dashboard` has all parts so far, `pointer` is the last. */
typedef void (*AppDashboardPart) (AppDashboard *dashboard, const char *pointer, gpointer user_data);

/* How it went. */
typedef struct {
  GStrv notes;      /* what rules changed in what was written, a sentence each */
  gboolean by_rules; /* the model did not manage it: the dashboard is app_dashboard_suggest ()'s */
  char *json;       /* as the model wrote it; NULL if it wrote nothing */
  char *part;       /* of a change: which part, "/charts/1"; that which is new has its new pointer */
  char *before, *after; /* the part as JSON; NULL: it was not there, or is gone */
  gint64 n_tokens;       /* that the model wrote */
  double first_token_ms;
} AppDashboardReport;
void app_dashboard_report_clear (AppDashboardReport *report);

/* `engine`: with a READY model, which must not be unloaded meanwhile. `part`: (nullable), never called after the callback. */
void app_dashboard_writer_write_async (AppDashboardWriter *self, AppEngine *engine, const char *wish, AppDashboardPart part, gpointer part_data, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
/* `dashboard`: of the same datasets. `pointer`: of the part that is meant; NULL: the model finds out which, and whether one is added or goes. */
void app_dashboard_writer_change_async (AppDashboardWriter *self, AppEngine *engine, AppDashboard *dashboard, const char *wish, const char *pointer, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
/* Of both. `report`: (out) (nullable), to be cleared in any case. Errors: APP_ERROR_INVALID (the tables have nothing to show; no change came of it), APP_ERROR_NO_MODEL, those of
 * the engine, G_IO_ERROR_CANCELLED. (transfer full) */
AppDashboard *app_dashboard_writer_finish (AppDashboardWriter *self, GAsyncResult *result, AppDashboardReport *report, GError **error);

G_END_DECLS
