/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a dashboard: what draws it, and what it draws. */
#include <glib/gi18n.h>
#include <string.h>

#include "dashboard-data.h"
#include "dashboard-resources.h"
#include "page-parts.h"

#define RESOURCES "/org/melete/Melete/preview/"

/* Files of the page, in the order in which they run. */
static const char *const scripts[] = {
  "echarts.min.js", "kit/syllables.js", "dashboard/format.js", "dashboard/rows.js", "dashboard/figures.js", "dashboard/frame.js",
#define DASHBOARD_KIND(NAME, SHAPE) "dashboard/charts/" NAME ".js",
#include "dashboard-kinds.def"
#undef DASHBOARD_KIND
  "dashboard/filters.js", "dashboard/tables.js", "dashboard/dashboard.js",
};
static const char *const styles[] = { "dashboard/dashboard.css" };

/* ---- what the page says ---- */

static const struct {
  const char *name, *text;
} words[] = {
  { "all", N_("All") },
  { "other", N_("Other") },
  { "empty", N_("(empty)") },
  { "yes", N_("Yes") },
  { "no", N_("No") },
  { "filters", N_("Filters") },
  { "filteredBy", N_("Filtered by") },
  { "clear", N_("Clear") },
  { "remove", N_("Remove filter: %s") },
  { "from", N_("From") },
  { "to", N_("To") },
  { "search", N_("Search") },
  { "selected", N_("%s selected") },
  { "nothing", N_("Nothing matches these filters.") },
  { "noData", N_("There are no values to show here.") },
  { "showTable", N_("Show as a table") },
  { "showChart", N_("Show as a chart") },
  { "origin", N_("Where this comes from") },
  { "copy", N_("Copy") },
  { "copied", N_("Copied") },
  { "close", N_("Close") },
  { "notFiltered", N_("Does not follow the filters: the table is too large for that.") },
  { "sampled", N_("%s of %s points") },
  { "firstRows", N_("%s of %s rows") },
  { "rows", N_("rows") },
  { "versus", N_("%s compared with %s") },
  { "leads", N_("%s is highest with %s.") },
  { "share", N_("%s of the total") },
  { "peak", N_("Highest in %s with %s.") },
  { "by", N_("%s by %s") },
  { "byAnd", N_("%s by %s and %s") },
  { "number", N_("Number of rows") },
  { "and", N_("%s and %s") },
  { "others", N_("The largest %s of %s; the others come to %s.") },
  { "firstGroups", N_("The first %s of %s") },
  { "unfinished", N_("%s is not complete in these data.") },
  { "sortBy", N_("Sort by %s") },
  { "notes", N_("Notes") },
};

void
dashboard_words_append (GString *json)
{
  g_autofree char *language = page_dup_language ();

  g_string_append (json, ",\"locale\":");
  dashboard_json_append_text (json, language, -1);
  g_string_append_printf (json, ",\"max\":%d,\"words\":{", APP_DASHBOARD_MAX_ROWS);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_string_append_printf (json, "%s\"%s\":", i > 0 ? "," : "", words[i].name);
    dashboard_json_append_text (json, _(words[i].text), -1);
  }
  g_string_append_c (json, '}');
}

/* ---- files ---- */

static gboolean
add_file (AppBundle *bundle, const char *name, GError **error)
{
  return page_add_resource (bundle, dashboard_get_resource (), RESOURCES, name, error);
}

AppBundle *
app_dashboard_make_bundle (AppDashboard *self, const char *const *notes, GCancellable *cancellable, GError **error)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autofree char *data = dashboard_data_new (self, notes, cancellable, error), *language = page_dup_language ();

  if (data == NULL)
    return NULL;
  g_autofree char *title = g_markup_escape_text (self->title[0] != '\0' ? self->title : app_dataset_get_name ((AppDataset *) self->source.dataset), -1);
  g_autoptr (GString) page = g_string_new (NULL);
  g_string_append_printf (page, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n", language, page_is_right_to_left (language) ? "rtl" : "ltr", title);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    g_string_append_printf (page, "<link rel=\"stylesheet\" href=\"%s\">\n", styles[i]);
  g_string_append_printf (page, "</head>\n<body>\n<main id=\"dashboard\"></main>\n<script type=\"application/json\" id=\"data\">%s</script>\n", data);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    g_string_append_printf (page, "<script src=\"%s\"></script>\n", scripts[i]);
  g_string_append (page, "</body>\n</html>\n");
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, page->str);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (!add_file (bundle, styles[i], error))
      return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (!add_file (bundle, scripts[i], error))
      return NULL;
  return g_steal_pointer (&bundle);
}

typedef struct {
  AppDashboard *dashboard;
  GStrv notes;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  app_dashboard_unref (order->dashboard);
  g_strfreev (order->notes);
  g_free (order);
}

static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Order *order = data;
  GError *error = NULL;
  AppBundle *bundle = app_dashboard_make_bundle (order->dashboard, (const char *const *) order->notes, cancellable, &error);

  if (bundle != NULL)
    g_task_return_pointer (task, bundle, (GDestroyNotify) app_bundle_unref);
  else
    g_task_return_error (task, error);
}

void
app_dashboard_make_bundle_async (AppDashboard *self, const char *const *notes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);

  order->dashboard = app_dashboard_ref (self);
  order->notes = g_strdupv ((GStrv) notes);
  g_task_set_source_tag (task, app_dashboard_make_bundle_async);
  g_task_set_task_data (task, order, order_free);
  g_task_run_in_thread (task, make_thread);
}

AppBundle *
app_dashboard_make_bundle_finish (AppDashboard *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_dashboard_make_bundle_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
