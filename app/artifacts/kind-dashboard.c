/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dashboards: their source is a specification (app-dashboard.h), and every number on them comes from the tables. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-dashboard-writer.h"
#include "app-error.h"
#include "artifact-kind.h"

extern const AppArtifactKind dashboard_kind;

/* ---- the page ---- */

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  AppBundle *bundle = app_dashboard_make_bundle_finish (NULL, result, &error);

  if (bundle != NULL)
    g_task_return_pointer (task, bundle, (GDestroyNotify) app_bundle_unref);
  else
    g_task_return_error (task, error);
}

/* (transfer full) (nullable) */
static AppDashboard *
parse (GPtrArray *datasets, const char *source, GError **error)
{
  if (datasets->len == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("The table that this shows is not there any more. Attach the file again."));
    return NULL;
  }
  return app_dashboard_parse (datasets, source, strlen (source), error);
}

static void
make_bundle (const char *source, const char *title, GPtrArray *datasets, GTask *task)
{
  GError *error = NULL;
  g_autoptr (AppDashboard) dashboard = parse (datasets, source, &error);

  if (dashboard == NULL)
    g_task_return_error (task, error);
  else
    app_dashboard_make_bundle_async (dashboard, NULL, g_task_get_cancellable (task), on_bundle, g_object_ref (task));
}

/* ---- writing ---- */

static void
on_part (AppDashboard *dashboard, const char *pointer, gpointer data)
{
  GTask *task = data;
  AppArtifactOrderCopy *copy = g_task_get_task_data (task);
  g_autofree char *json = app_dashboard_dup_json (dashboard);

  copy->progress.progress (json, copy->progress.data);
}

static char *
dup_said (AppDashboard *dashboard, const AppDashboardReport *report)
{
  GString *said = g_string_new (NULL);
  g_autofree char *summary = app_dashboard_dup_summary (dashboard);

  if (report->by_rules)
    g_string_append (said, _("The model did not manage it, so this is what the table itself suggests. "));
  if (report->part == NULL)
    g_string_append (said, summary);
  for (guint i = 0; report->notes != NULL && report->notes[i] != NULL; i++)
    g_string_append_printf (said, "\n- %s", report->notes[i]);
  return g_string_free (said, FALSE);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppDashboardReport report = { 0 };
  GError *error = NULL;
  g_autoptr (AppDashboard) dashboard = app_dashboard_writer_finish (APP_DASHBOARD_WRITER (source), result, &report, &error);

  if (dashboard != NULL) {
    AppArtifactWritten *written = g_new0 (AppArtifactWritten, 1);
    written->source = app_dashboard_dup_json (dashboard);
    written->title = g_strdup (app_dashboard_get_title (dashboard));
    written->said = dup_said (dashboard, &report);
    written->n_tokens = report.n_tokens;
    written->first_token_ms = report.first_token_ms;
    g_task_return_pointer (task, written, (GDestroyNotify) app_artifact_written_free);
  } else {
    g_task_return_error (task, error);
  }
  app_dashboard_report_clear (&report);
}

static gboolean
is_part (const char *pointer, gpointer parts)
{
  return g_strv_contains (parts, pointer);
}

static void
write_dashboard (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  g_autoptr (AppDashboardWriter) writer = NULL;
  GError *error = NULL;

  g_task_set_task_data (task, app_artifact_order_copy (order, progress), (GDestroyNotify) app_artifact_order_copy_free);
  if (order->datasets->len == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("A dashboard needs a table. Attach a spreadsheet, a CSV file or a database."));
    g_object_unref (task);
    return;
  }
  writer = app_dashboard_writer_new (order->datasets);
  if (order->base == NULL) {
    app_dashboard_writer_write_async (writer, order->engine, order->wish, progress.progress != NULL ? on_part : NULL, task, g_task_get_cancellable (task), on_written, task);
    return;
  }
  g_autoptr (AppDashboard) dashboard = parse (order->datasets, order->base, &error);
  if (dashboard == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  if (order->findings != NULL) {
    g_auto (GStrv) parts = app_dashboard_dup_parts (dashboard);
    const char *finding;
    g_autofree char *pointer = app_artifact_find_part (order->findings, is_part, parts, &finding), *change = NULL;
    if (pointer == NULL) {
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The fault is in Melete's own page, not in what was written for it. Change what it shows, or leave out the part that does not work."));
      g_object_unref (task);
      return;
    }
    change = g_strdup_printf ("This was found wrong with it: %s", finding);
    app_dashboard_writer_change_async (writer, order->engine, dashboard, change, pointer, g_task_get_cancellable (task), on_written, task);
    return;
  }
  app_dashboard_writer_change_async (writer, order->engine, dashboard, order->wish, order->pick != NULL && order->pick->part[0] != '\0' ? order->pick->part : NULL,
                                     g_task_get_cancellable (task), on_written, task);
}

const AppArtifactKind dashboard_kind = {
  .id = "dashboard",
  .name = N_("Dashboard"),
  .icon_name = "view-grid-symbolic",
  .language = "json",
  .suffix = "json",
  .category = "Office",
  .is_page = TRUE,
  .needs_tables = TRUE,
  .make_bundle = make_bundle,
  .write = write_dashboard,
  .mends = TRUE,
  .wanted = "a dashboard, charts, an overview, a report or a visualisation of the tables that are attached",
};
