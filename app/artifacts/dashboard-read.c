/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications out of JSON that a model or a person wrote: what is not known is an error that says where. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-json-items.h"
#include "dashboard-spec.h"

static gboolean
fail (GError **error, const char *where, const char *what)
{
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, "%s: %s", where, what);
  return FALSE;
}

/* An object with no other members than those named. */
static JsonObject *
get_object (JsonNode *node, const char *where, const char *const *members, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObjectIter iter;
  const char *name;

  if (object == NULL) {
    fail (error, where, _("an object in braces is expected here."));
    return NULL;
  }
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    if (!g_strv_contains (members, name)) {
      g_autofree char *all = g_strjoinv (", ", (GStrv) members);
      g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: “%s” is not known here. Known are: %s."), where, name, all);
      return NULL;
    }
  return object;
}

/* *text: NULL if it is not there. FALSE for what is no text, or too long. */
static gboolean
get_text (JsonObject *object, const char *name, const char *where, const char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *at = g_strdup_printf ("%s/%s", where, name);

  *text = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (error, at, _("a text in quotes is expected here."));
  *text = json_node_get_string (node);
  return strlen (*text) <= DASHBOARD_MAX_WORDS || fail (error, at, _("this text is too long."));
}

static gboolean
get_limit (JsonObject *object, const char *where, guint *limit, GError **error)
{
  JsonNode *node = json_object_get_member (object, "limit");
  g_autofree char *at = g_strdup_printf ("%s/limit", where);

  *limit = 0;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 1 || json_node_get_int (node) > DASHBOARD_MAX_LIMIT)
    return fail (error, at, _("a whole number from 1 to 1000 is expected here."));
  *limit = (guint) json_node_get_int (node);
  return TRUE;
}

static gboolean
get_flag (JsonObject *object, const char *name, const char *where, gboolean *flag, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *at = g_strdup_printf ("%s/%s", where, name);

  *flag = FALSE;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fail (error, at, _("true or false is expected here."));
  *flag = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
get_sort (JsonObject *object, const char *where, DashboardSort *sort, GError **error)
{
  const char *text;
  g_autofree char *at = g_strdup_printf ("%s/sort", where);

  *sort = DASHBOARD_NO_SORT;
  if (!get_text (object, "sort", where, &text, error))
    return FALSE;
  for (guint i = 0; text != NULL && i < DASHBOARD_N_SORTS; i++)
    if (i > 0 && strcmp (text, dashboard_sorts[i]) == 0)
      *sort = i;
  return text == NULL || *sort != DASHBOARD_NO_SORT || fail (error, at, _("the order is largest, smallest or name."));
}

static gboolean
get_group (const AppDashboard *self, JsonObject *object, const char *name, const char *where, DashboardGroup *group, GError **error)
{
  const char *text;
  g_autofree char *at = g_strdup_printf ("%s/%s", where, name);

  *group = (DashboardGroup) { 0 };
  return get_text (object, name, where, &text, error) && (text == NULL || dashboard_group_read (&self->source, text, at, group, error));
}

/* FALSE also if it is not there. */
static gboolean
get_value (const AppDashboard *self, JsonObject *object, const char *where, DashboardValue *value, GError **error)
{
  const char *text;
  g_autofree char *at = g_strdup_printf ("%s/value", where);

  if (!get_text (object, "value", where, &text, error))
    return FALSE;
  return text != NULL ? dashboard_value_read (&self->source, text, at, value, error) : fail (error, at, _("a value is missing, like count or sum(price)."));
}

static gboolean
read_kpi (AppDashboard *self, JsonNode *node, const char *where, GError **error)
{
  static const char *const members[] = { "label", "value", "over", "unit", NULL };
  JsonObject *object = get_object (node, where, members, error);
  DashboardKpi *kpi = dashboard_kpi_new ();
  const char *label, *unit;

  if (object == NULL || !get_text (object, "label", where, &label, error) || !get_value (self, object, where, &kpi->value, error) ||
      !get_group (self, object, "over", where, &kpi->over, error) || !get_text (object, "unit", where, &unit, error)) {
    dashboard_kpi_free (kpi);
    return FALSE;
  }
  kpi->label = g_strdup (label != NULL ? label : "");
  kpi->unit = g_strdup (unit);
  if (kpi->over.column != NULL && !dashboard_is_date (kpi->over.column)) {
    dashboard_kpi_free (kpi);
    g_autofree char *at = g_strdup_printf ("%s/over", where);
    return fail (error, at, _("a date is expected here, like month(date)."));
  }
  g_ptr_array_add (self->kpis, kpi);
  return TRUE;
}

/* Whether the chart has what its kind is made of. */
static gboolean
check_shape (const DashboardChart *chart, gboolean has_value, const char *where, GError **error)
{
  const DashboardShape shape = chart->kind->shape;
  gboolean counted = shape == DASHBOARD_GROUPS || shape == DASHBOARD_PARTS || shape == DASHBOARD_GRID;
  gboolean numbers = shape == DASHBOARD_BINS || shape == DASHBOARD_POINTS;
  g_autofree char *x = g_strdup_printf ("%s/x", where), *y = g_strdup_printf ("%s/y", where), *value = g_strdup_printf ("%s/value", where), *series = g_strdup_printf ("%s/series", where);

  if (chart->x.column == NULL)
    return fail (error, x, _("a column is missing here."));
  if (numbers && (!dashboard_is_number (chart->x.column) || chart->x.bucket != DASHBOARD_AS_IT_IS))
    return fail (error, x, _("this kind of chart needs a column of numbers here."));
  if ((shape == DASHBOARD_GRID || shape == DASHBOARD_POINTS) != (chart->y.column != NULL))
    return fail (error, y, chart->y.column != NULL ? _("this kind of chart has no y.") : _("a column is missing here."));
  if (shape == DASHBOARD_POINTS && (!dashboard_is_number (chart->y.column) || chart->y.bucket != DASHBOARD_AS_IT_IS))
    return fail (error, y, _("this kind of chart needs a column of numbers here."));
  if (counted != has_value)
    return fail (error, value, has_value ? _("this kind of chart has no value.") : _("a value is missing, like count or sum(price)."));
  if (chart->series.column != NULL && shape != DASHBOARD_GROUPS && shape != DASHBOARD_POINTS)
    return fail (error, series, _("this kind of chart has no series."));
  return TRUE;
}

static gboolean
fill_chart (AppDashboard *self, DashboardChart *chart, JsonObject *object, const char *where, GError **error)
{
  const char *title, *kind;

  if (!get_text (object, "title", where, &title, error) || !get_text (object, "kind", where, &kind, error))
    return FALSE;
  chart->title = g_strdup (title != NULL ? title : "");
  chart->kind = kind != NULL ? dashboard_kind_find (kind) : NULL;
  if (chart->kind == NULL) {
    g_autoptr (GString) all = g_string_new (NULL);
    for (guint i = 0; i < dashboard_n_kinds; i++)
      g_string_append_printf (all, "%s%s", i > 0 ? ", " : "", dashboard_kinds[i].name);
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s/kind: there is no kind of chart “%s”. Kinds are: %s."), where, kind != NULL ? kind : "", all->str);
    return FALSE;
  }
  gboolean has_value = json_object_has_member (object, "value");
  return (!has_value || get_value (self, object, where, &chart->value, error)) && get_group (self, object, "x", where, &chart->x, error) &&
         get_group (self, object, "y", where, &chart->y, error) && get_group (self, object, "series", where, &chart->series, error) &&
         get_sort (object, where, &chart->sort, error) && get_limit (object, where, &chart->limit, error) && get_flag (object, "wide", where, &chart->wide, error) &&
         check_shape (chart, has_value, where, error);
}

static gboolean
read_chart (AppDashboard *self, JsonNode *node, const char *where, GError **error)
{
  static const char *const members[] = { "title", "kind", "value", "x", "y", "series", "sort", "limit", "wide", NULL };
  JsonObject *object = get_object (node, where, members, error);
  DashboardChart *chart = dashboard_chart_new ();

  if (object == NULL || !fill_chart (self, chart, object, where, error)) {
    dashboard_chart_free (chart);
    return FALSE;
  }
  g_ptr_array_add (self->charts, chart);
  return TRUE;
}

/* The texts of a list. NULL if it is not there, is no list of texts, or has none or too many. */
static JsonArray *
get_texts (JsonObject *object, const char *name, const char *where, guint most, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *at = g_strdup_printf ("%s/%s", where, name);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) == 0 || json_array_get_length (array) > most) {
    fail (error, at, _("a list in brackets is expected here, neither empty nor long."));
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);
    if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING || strlen (json_node_get_string (item)) > DASHBOARD_MAX_WORDS) {
      fail (error, at, _("texts in quotes are expected here."));
      return NULL;
    }
  }
  return array;
}

static gboolean
fill_table (AppDashboard *self, DashboardTable *table, JsonObject *object, const char *where, GError **error)
{
  const char *title, *sort;
  gboolean grouped = json_object_has_member (object, "rows");
  g_autofree char *at = g_strdup_printf ("%s/%s", where, grouped ? "values" : "columns"), *at_sort = g_strdup_printf ("%s/sort", where);

  if (!get_text (object, "title", where, &title, error) || !get_group (self, object, "rows", where, &table->rows, error) || !get_limit (object, where, &table->limit, error) ||
      !get_flag (object, "up", where, &table->up, error) || !get_text (object, "sort", where, &sort, error))
    return FALSE;
  table->title = g_strdup (title != NULL ? title : "");
  if (json_object_has_member (object, grouped ? "columns" : "values"))
    return fail (error, where, _("a table has either rows and values, or columns."));
  JsonArray *list = get_texts (object, grouped ? "values" : "columns", where, 12, error);
  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++) {
    const char *text = json_array_get_string_element (list, i);
    DashboardValue value;
    DashboardGroup group;
    if (grouped && !dashboard_value_read (&self->source, text, at, &value, error))
      return FALSE;
    if (!grouped && (!dashboard_group_read (&self->source, text, at, &group, error) || (group.bucket != DASHBOARD_AS_IT_IS && !fail (error, at, _("a column as it is is expected here.")))))
      return FALSE;
    if (grouped)
      g_array_append_val (table->values, value);
    else if (!g_ptr_array_find (table->columns, group.column, NULL))
      g_ptr_array_add (table->columns, (gpointer) group.column);
  }
  if (sort != NULL) {
    DashboardGroup by;
    if (grouped)
      return fail (error, at_sort, _("only a table with columns has this."));
    if (!dashboard_group_read (&self->source, sort, at_sort, &by, error))
      return FALSE;
    table->sort = by.column;
  }
  return TRUE;
}

static gboolean
read_table (AppDashboard *self, JsonNode *node, const char *where, GError **error)
{
  static const char *const members[] = { "title", "rows", "values", "columns", "sort", "up", "limit", NULL };
  JsonObject *object = get_object (node, where, members, error);
  DashboardTable *table = dashboard_table_new ();

  if (object == NULL || !fill_table (self, table, object, where, error)) {
    dashboard_table_free (table);
    return FALSE;
  }
  g_ptr_array_add (self->tables, table);
  return TRUE;
}

static gboolean
read_filter (AppDashboard *self, JsonNode *node, const char *where, GError **error)
{
  DashboardGroup group;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (error, where, _("a text in quotes is expected here."));
  if (!dashboard_group_read (&self->source, json_node_get_string (node), where, &group, error))
    return FALSE;
  g_array_append_val (self->filters, group);
  return TRUE;
}

static gboolean
read_words (AppDashboard *self, JsonNode *node, const char *where, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING || strlen (json_node_get_string (node)) > DASHBOARD_MAX_WORDS)
    return fail (error, where, _("a short text in quotes is expected here."));
  g_ptr_array_add (self->texts, g_strdup (json_node_get_string (node)));
  return TRUE;
}

const DashboardList dashboard_lists[DASHBOARD_N_LISTS] = {
  { "kpis", DASHBOARD_MAX_KPIS, read_kpi },
  { "charts", DASHBOARD_MAX_CHARTS, read_chart },
  { "tables", DASHBOARD_MAX_TABLES, read_table },
  { "filters", DASHBOARD_MAX_FILTERS, read_filter },
  { "texts", DASHBOARD_MAX_TEXTS, read_words },
};

static gboolean
read_list (AppDashboard *self, JsonObject *object, guint i, GError **error)
{
  JsonNode *node = json_object_get_member (object, dashboard_lists[i].name);
  g_autofree char *at = g_strdup_printf ("/%s", dashboard_lists[i].name);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (node == NULL)
    return TRUE;
  if (array == NULL)
    return fail (error, at, _("a list in brackets is expected here."));
  if (json_array_get_length (array) > dashboard_lists[i].most)
    return fail (error, at, _("there are too many of them."));
  for (guint k = 0; k < json_array_get_length (array); k++) {
    g_autofree char *where = g_strdup_printf ("/%s/%u", dashboard_lists[i].name, k);
    if (!dashboard_lists[i].read (self, json_array_get_element (array, k), where, error))
      return FALSE;
  }
  return TRUE;
}

AppDashboard *
dashboard_read_node (GPtrArray *datasets, JsonNode *root, GError **error)
{
  static const char *const members[] = { "table", "title", "summary", "kpis", "charts", "tables", "filters", "texts", NULL };
  g_autoptr (GPtrArray) sources = dashboard_sources_new (datasets);
  g_autoptr (AppDashboard) self = NULL;
  JsonObject *object = get_object (root, "/", members, error);
  const char *table, *title, *summary;

  if (object == NULL || !get_text (object, "table", "", &table, error) || !get_text (object, "title", "", &title, error) || !get_text (object, "summary", "", &summary, error))
    return NULL;
  for (guint i = 0; i < sources->len && self == NULL; i++) {
    const DashboardSource *source = g_ptr_array_index (sources, i);
    if (table == NULL || g_ascii_strcasecmp (table, source->name) == 0)
      self = dashboard_new (source);
  }
  if (self == NULL) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("/table: there is no table “%s” with rows."), table != NULL ? table : "");
    return NULL;
  }
  g_free (self->title);
  g_free (self->summary);
  self->title = g_strdup (title != NULL ? title : "");
  self->summary = g_strdup (summary != NULL ? summary : "");
  for (guint i = 0; i < DASHBOARD_N_LISTS; i++)
    if (!read_list (self, object, i, error))
      return NULL;
  return g_steal_pointer (&self);
}

/* AppJsonItems bounds its depth, and refuses what json-glib takes and JSON is not. */
JsonNode *
dashboard_read_json (const char *json, gsize n_bytes, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (json, (gssize) MIN (n_bytes, APP_DASHBOARD_MAX_BYTES), NULL);
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);
  g_autoptr (GError) wrong = NULL;
  JsonNode *node = NULL;

  if (n_bytes > APP_DASHBOARD_MAX_BYTES || !app_json_items_next (items, &node, NULL, &wrong) || node == NULL) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("This is no JSON of a dashboard: %s"), wrong != NULL ? wrong->message : _("it is empty, or too large."));
    return NULL;
  }
  return node;
}

AppDashboard *
app_dashboard_parse (GPtrArray *datasets, const char *json, gsize n_bytes, GError **error)
{
  g_autoptr (JsonNode) root = dashboard_read_json (json, n_bytes, error);

  return root != NULL ? dashboard_read_node (datasets, root, error) : NULL;
}

