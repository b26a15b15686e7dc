/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications as objects and as JSON. */
#include "dashboard-spec.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

G_DEFINE_BOXED_TYPE (AppDashboard, app_dashboard, app_dashboard_ref, app_dashboard_unref)

/* ---- parts ---- */

DashboardKpi *
dashboard_kpi_new (void)
{
  return g_new0 (DashboardKpi, 1);
}

DashboardChart *
dashboard_chart_new (void)
{
  return g_new0 (DashboardChart, 1);
}

DashboardTable *
dashboard_table_new (void)
{
  DashboardTable *table = g_new0 (DashboardTable, 1);

  table->values = g_array_new (FALSE, FALSE, sizeof (DashboardValue));
  table->columns = g_ptr_array_new ();
  return table;
}

void
dashboard_kpi_free (gpointer data)
{
  DashboardKpi *kpi = data;

  g_free (kpi->label);
  g_free (kpi->unit);
  g_free (kpi);
}

void
dashboard_chart_free (gpointer data)
{
  g_free (((DashboardChart *) data)->title);
  g_free (data);
}

void
dashboard_table_free (gpointer data)
{
  DashboardTable *table = data;

  g_free (table->title);
  g_array_unref (table->values);
  g_ptr_array_unref (table->columns);
  g_free (table);
}

AppDashboard *
dashboard_new (const DashboardSource *source)
{
  AppDashboard *self = g_new0 (AppDashboard, 1);

  g_atomic_ref_count_init (&self->count);
  self->source = *source;
  self->source.datasets = g_ptr_array_ref (source->datasets);
  self->source.name = g_strdup (source->name);
  self->title = g_strdup ("");
  self->summary = g_strdup ("");
  self->kpis = g_ptr_array_new_with_free_func (dashboard_kpi_free);
  self->charts = g_ptr_array_new_with_free_func (dashboard_chart_free);
  self->tables = g_ptr_array_new_with_free_func (dashboard_table_free);
  self->filters = g_array_new (FALSE, FALSE, sizeof (DashboardGroup));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

AppDashboard *
app_dashboard_ref (AppDashboard *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

void
app_dashboard_unref (AppDashboard *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  g_ptr_array_unref (self->source.datasets);
  g_free (self->source.name);
  g_free (self->title);
  g_free (self->summary);
  g_ptr_array_unref (self->kpis);
  g_ptr_array_unref (self->charts);
  g_ptr_array_unref (self->tables);
  g_array_unref (self->filters);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

/* ---- writing ---- */

static void
set_text (JsonObject *object, const char *name, char *text)
{
  if (text != NULL && text[0] != '\0')
    json_object_set_string_member (object, name, text);
  g_free (text);
}

static JsonNode *
write_kpi (const DashboardKpi *kpi)
{
  JsonObject *object = json_object_new ();

  set_text (object, "label", g_strdup (kpi->label));
  set_text (object, "value", dashboard_value_dup_text (&kpi->value));
  set_text (object, "over", dashboard_group_dup_text (&kpi->over));
  set_text (object, "unit", g_strdup (kpi->unit));
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
write_chart (const DashboardChart *chart)
{
  JsonObject *object = json_object_new ();
  gboolean counted = chart->kind->shape <= DASHBOARD_GRID;

  set_text (object, "title", g_strdup (chart->title));
  set_text (object, "kind", g_strdup (chart->kind->name));
  set_text (object, "value", counted ? dashboard_value_dup_text (&chart->value) : NULL);
  set_text (object, "x", dashboard_group_dup_text (&chart->x));
  set_text (object, "y", dashboard_group_dup_text (&chart->y));
  set_text (object, "series", dashboard_group_dup_text (&chart->series));
  set_text (object, "sort", g_strdup (dashboard_sorts[chart->sort]));
  if (chart->limit > 0)
    json_object_set_int_member (object, "limit", chart->limit);
  if (chart->wide)
    json_object_set_boolean_member (object, "wide", TRUE);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
write_table (const DashboardTable *table)
{
  JsonObject *object = json_object_new ();
  JsonArray *list = json_array_new ();

  set_text (object, "title", g_strdup (table->title));
  set_text (object, "rows", dashboard_group_dup_text (&table->rows));
  for (guint i = 0; i < table->values->len; i++) {
    g_autofree char *text = dashboard_value_dup_text (&g_array_index (table->values, DashboardValue, i));
    json_array_add_string_element (list, text);
  }
  for (guint i = 0; i < table->columns->len; i++)
    json_array_add_string_element (list, ((const AppColumn *) g_ptr_array_index (table->columns, i))->sql_name);
  json_object_set_array_member (object, table->rows.column != NULL ? "values" : "columns", list);
  set_text (object, "sort", table->sort != NULL ? g_strdup (table->sort->sql_name) : NULL);
  if (table->up)
    json_object_set_boolean_member (object, "up", TRUE);
  if (table->limit > 0)
    json_object_set_int_member (object, "limit", table->limit);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
write_text (char *text)
{
  JsonNode *node = json_node_init_string (json_node_alloc (), text);

  g_free (text);
  return node;
}

/* The part in a list. (transfer full) (nullable) */
static JsonNode *
write_part (const AppDashboard *self, guint list, guint i)
{
  switch (list) {
  case DASHBOARD_KPIS:
    return i < self->kpis->len ? write_kpi (g_ptr_array_index (self->kpis, i)) : NULL;
  case DASHBOARD_CHARTS:
    return i < self->charts->len ? write_chart (g_ptr_array_index (self->charts, i)) : NULL;
  case DASHBOARD_TABLES:
    return i < self->tables->len ? write_table (g_ptr_array_index (self->tables, i)) : NULL;
  case DASHBOARD_FILTERS:
    return i < self->filters->len ? write_text (dashboard_group_dup_text (&g_array_index (self->filters, DashboardGroup, i))) : NULL;
  default:
    return i < self->texts->len ? write_text (g_strdup (g_ptr_array_index (self->texts, i))) : NULL;
  }
}

JsonNode *
dashboard_dup_node (const AppDashboard *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "table", g_strdup (self->source.name));
  set_text (object, "title", g_strdup (self->title));
  set_text (object, "summary", g_strdup (self->summary));
  for (guint list = 0; list < DASHBOARD_N_LISTS; list++) {
    JsonArray *array = json_array_new ();
    JsonNode *node;
    for (guint i = 0; (node = write_part (self, list, i)) != NULL; i++)
      json_array_add_element (array, node);
    if (json_array_get_length (array) > 0)
      json_object_set_array_member (object, dashboard_lists[list].name, array);
    else
      json_array_unref (array);
  }
  return json_node_init_object (json_node_alloc (), object);
}

char *
app_dashboard_dup_json (const AppDashboard *self)
{
  GString *text = g_string_new ("{");
  g_autoptr (JsonNode) node = dashboard_dup_node (self);
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *at = members; at != NULL; at = at->next) {
    JsonNode *member = json_object_get_member (object, at->data);
    g_string_append_printf (text, "%s\n  \"%s\": ", at != members ? "," : "", (const char *) at->data);
    if (!JSON_NODE_HOLDS_ARRAY (member)) {
      g_autofree char *value = json_to_string (member, FALSE);
      g_string_append (text, value);
      continue;
    }
    JsonArray *array = json_node_get_array (member);
    g_string_append_c (text, '[');
    for (guint i = 0; i < json_array_get_length (array); i++) {
      g_autofree char *value = json_to_string (json_array_get_element (array, i), FALSE);
      g_string_append_printf (text, "%s\n    %s", i > 0 ? "," : "", value);
    }
    g_string_append (text, "\n  ]");
  }
  g_string_append (text, "\n}\n");
  return g_string_free (text, FALSE);
}

/* ---- pointers ---- */

static void
fail (GError **error, const char *where)
{
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: there is no such part."), where);
}


/* "/charts/2" as a list and a place in it; "-" is the place behind the last. FALSE if it is none. */
static gboolean
read_pointer (const char *pointer, guint *list, guint *place)
{
  for (guint i = 0; i < DASHBOARD_N_LISTS; i++) {
    gsize length = strlen (dashboard_lists[i].name);
    char *end;
    if (pointer[0] != '/' || strncmp (pointer + 1, dashboard_lists[i].name, length) != 0 || pointer[length + 1] != '/')
      continue;
    const char *number = pointer + length + 2;
    *list = i;
    *place = G_MAXUINT;
    if (strcmp (number, "-") == 0)
      return TRUE;
    guint64 value = g_ascii_isdigit (number[0]) ? g_ascii_strtoull (number, &end, 10) : G_MAXUINT;
    *place = (guint) MIN (value, G_MAXUINT - 1);
    return g_ascii_isdigit (number[0]) && *end == '\0';
  }
  return FALSE;
}

JsonNode *
dashboard_dup_part (const AppDashboard *self, const char *pointer)
{
  guint list, place;

  if (strcmp (pointer, "/title") == 0)
    return write_text (g_strdup (self->title));
  if (strcmp (pointer, "/summary") == 0)
    return write_text (g_strdup (self->summary));
  return read_pointer (pointer, &list, &place) ? write_part (self, list, place) : NULL;
}

GStrv
app_dashboard_dup_parts (const AppDashboard *self)
{
  GPtrArray *parts = g_ptr_array_new ();

  for (guint list = 0; list < DASHBOARD_N_LISTS; list++) {
    JsonNode *node;
    for (guint i = 0; (node = write_part (self, list, i)) != NULL; i++) {
      g_ptr_array_add (parts, g_strdup_printf ("/%s/%u", dashboard_lists[list].name, i));
      json_node_unref (node);
    }
  }
  g_ptr_array_add (parts, NULL);
  return (GStrv) g_ptr_array_free (parts, FALSE);
}

AppDashboard *
app_dashboard_change (AppDashboard *self, const char *pointer, const char *json, GError **error)
{
  g_autoptr (JsonNode) root = dashboard_dup_node (self), part = NULL;
  JsonObject *object = json_node_get_object (root);
  guint list, place;

  if (json != NULL) {
    /* AppJsonItems reads objects: a text is put into one. */
    g_autofree char *wrapped = g_strdup_printf ("{\"part\": %s}", json);
    g_autoptr (JsonNode) node = dashboard_read_json (wrapped, strlen (wrapped), error);
    if (node == NULL)
      return NULL;
    JsonNode *member = json_object_get_member (json_node_get_object (node), "part");
    if (member == NULL || json_object_get_size (json_node_get_object (node)) > 1) {
      fail (error, pointer);
      return NULL;
    }
    part = json_node_copy (member);
  }
  if (strcmp (pointer, "/title") == 0 || strcmp (pointer, "/summary") == 0) {
    if (part != NULL)
      json_object_set_member (object, pointer + 1, g_steal_pointer (&part));
    else
      json_object_remove_member (object, pointer + 1);
    return dashboard_read_node (self->source.datasets, root, error);
  }
  if (!read_pointer (pointer, &list, &place)) {
    fail (error, pointer);
    return NULL;
  }
  JsonArray *old = json_object_has_member (object, dashboard_lists[list].name) ? json_object_get_array_member (object, dashboard_lists[list].name) : NULL, *array = json_array_new ();
  guint n = old != NULL ? json_array_get_length (old) : 0;
  if ((place == G_MAXUINT && part == NULL) || (place != G_MAXUINT && place >= n)) {
    json_array_unref (array);
    fail (error, pointer);
    return NULL;
  }
  for (guint i = 0; i < n; i++)
    if (i != place)
      json_array_add_element (array, json_node_copy (json_array_get_element (old, i)));
    else if (part != NULL)
      json_array_add_element (array, g_steal_pointer (&part));
  if (part != NULL)
    json_array_add_element (array, g_steal_pointer (&part));
  json_object_set_array_member (object, dashboard_lists[list].name, array);
  return dashboard_read_node (self->source.datasets, root, error);
}

/* ---- for people ---- */

const char *
app_dashboard_get_title (const AppDashboard *self)
{
  return self->title;
}

char *
app_dashboard_dup_summary (const AppDashboard *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_tables = self->tables->len;

  if (self->kpis->len > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u figure", "%u figures", self->kpis->len), self->kpis->len);
  if (self->charts->len > 0) {
    g_string_append (text, text->len > 0 ? ", " : "");
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u chart", "%u charts", self->charts->len), self->charts->len);
  }
  if (n_tables > 0) {
    g_string_append (text, text->len > 0 ? ", " : "");
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u table", "%u tables", n_tables), n_tables);
  }
  return g_strdup (text->str);
}
