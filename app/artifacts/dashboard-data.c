/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-data.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "dashboard-sql.h"

/* Bytes of a text in a cell. */
#define MAX_CELL 300

/* ---- JSON ---- */

void
dashboard_json_append_text (GString *json, const char *text, gssize length)
{
  const char *end = text + (length < 0 ? (gssize) strlen (text) : length);

  g_string_append_c (json, '"');
  for (; text < end; text++) {
    guchar c = (guchar) *text;
    if (c == '"' || c == '\\')
      g_string_append_printf (json, "\\%c", c);
    else if (c < 0x20 || c == '<' || c == '>' || c == '&')
      g_string_append_printf (json, "\\u%04x", c);
    else if (c == 0xe2 && end - text > 2 && (guchar) text[1] == 0x80 && ((guchar) text[2] & 0xfe) == 0xa8) {
      /* Ends of lines for JavaScript. */
      g_string_append_printf (json, "\\u20%02x", 0x28 + ((guchar) text[2] & 1));
      text += 2;
    } else
      g_string_append_c (json, (char) c);
  }
  g_string_append_c (json, '"');
}

void
dashboard_json_append_number (GString *json, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value)) {
    g_string_append (json, "null");
    return;
  }
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", value);
  if (g_ascii_strtod (buffer, NULL) != value)
    g_ascii_formatd (buffer, sizeof buffer, "%.17g", value);
  g_string_append (json, buffer);
}

void
dashboard_json_append_value (GString *json, const AppValue *value)
{
  gsize length = value->kind == MEDIA_CELL_TEXT ? value->length : 0;

  switch (value->kind) {
  case MEDIA_CELL_INTEGER:
    g_string_append_printf (json, "%" G_GINT64_FORMAT, value->integer);
    break;
  case MEDIA_CELL_REAL:
    dashboard_json_append_number (json, value->real);
    break;
  case MEDIA_CELL_TEXT:
    if (length > MAX_CELL)
      for (length = MAX_CELL; length > 0 && ((guchar) value->text[length] & 0xc0) == 0x80;)
        length--;
    dashboard_json_append_text (json, value->text, (gssize) length);
    break;
  case MEDIA_CELL_NULL:
  default:
    g_string_append (json, "null");
  }
}

static void
append_member (GString *json, const char *name, const char *text)
{
  g_string_append_printf (json, "%s\"%s\":", json->str[json->len - 1] == '{' ? "" : ",", name);
  dashboard_json_append_text (json, text, -1);
}

/* ---- parts ---- */

/* The answer to a part's statement, under its name. */
static gboolean
append_answer (GString *json, const AppDashboard *self, const char *pointer, const char *sql, const DashboardBins *bins, GCancellable *cancellable, GError **error)
{
  AppQueryLimits limits;
  g_autoptr (AppResult) result = NULL;

  app_query_limits_init (&limits);
  limits.max_rows = DASHBOARD_MAX_GROUPS;
  result = app_query_run (self->source.datasets, sql, &limits, cancellable, error);
  if (result == NULL)
    return FALSE;
  g_string_append_printf (json, "%s\"%s\":{", json->str[json->len - 1] == '{' ? "" : ",", pointer);
  append_member (json, "sql", sql);
  g_string_append_printf (json, ",\"cut\":%s,\"rows\":[", app_result_is_cut (result) ? "true" : "false");
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (json, row > 0 ? ",[" : "[");
    for (guint i = 0; i < app_result_get_n_columns (result); i++) {
      g_string_append (json, i > 0 ? "," : "");
      dashboard_json_append_value (json, app_result_get_value (result, row, i));
    }
    g_string_append_c (json, ']');
  }
  g_string_append_c (json, ']');
  if (bins != NULL) {
    g_string_append (json, ",\"bins\":{\"low\":");
    dashboard_json_append_number (json, bins->low);
    g_string_append (json, ",\"width\":");
    dashboard_json_append_number (json, bins->width);
    g_string_append_printf (json, ",\"n\":%u}", bins->n);
  }
  g_string_append_c (json, '}');
  return TRUE;
}

static gboolean
append_parts (GString *json, const AppDashboard *self, GCancellable *cancellable, GError **error)
{
  gboolean ok = TRUE;

  g_string_append (json, ",\"parts\":{");
  for (guint i = 0; ok && i < self->kpis->len; i++) {
    const DashboardKpi *kpi = g_ptr_array_index (self->kpis, i);
    g_autofree char *pointer = g_strdup_printf ("/kpis/%u", i), *over = g_strdup_printf ("/kpis/%u/over", i), *sql = dashboard_sql_kpi (self, kpi), *trend = dashboard_sql_trend (self, kpi);
    ok = append_answer (json, self, pointer, sql, NULL, cancellable, error) && (trend == NULL || append_answer (json, self, over, trend, NULL, cancellable, error));
  }
  for (guint i = 0; ok && i < self->charts->len; i++) {
    const DashboardChart *chart = g_ptr_array_index (self->charts, i);
    g_autofree char *pointer = g_strdup_printf ("/charts/%u", i), *sql = dashboard_sql_chart (self, chart);
    DashboardBins bins;
    if (chart->kind->shape == DASHBOARD_BINS)
      dashboard_bins_init (&bins, chart->x.column);
    ok = append_answer (json, self, pointer, sql, chart->kind->shape == DASHBOARD_BINS ? &bins : NULL, cancellable, error);
  }
  for (guint i = 0; ok && i < self->tables->len; i++) {
    g_autofree char *pointer = g_strdup_printf ("/tables/%u", i), *sql = dashboard_sql_table (self, g_ptr_array_index (self->tables, i));
    ok = append_answer (json, self, pointer, sql, NULL, cancellable, error);
  }
  g_string_append_c (json, '}');
  return ok;
}

/* ---- what columns are called ---- */

/* Signs behind the point that the page shows, as the values have them. */
static int
count_decimals (const AppColumn *column)
{
  int most = 0;

  for (guint i = 0; column->samples != NULL && column->samples[i] != NULL; i++) {
    const char *point = strchr (column->samples[i], '.');
    most = MAX (most, point != NULL ? (int) strspn (point + 1, "0123456789") : 0);
  }
  return MIN (most, 3);
}

static void
append_fields (GString *json, const AppDashboard *self)
{
  g_string_append (json, ",\"fields\":{");
  for (guint i = 0; i < self->source.table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (self->source.table->columns, i);
    g_autofree char *label = dashboard_column_dup_label (column), *unit = dashboard_column_dup_unit (column);
    g_string_append (json, i > 0 ? "," : "");
    dashboard_json_append_text (json, column->sql_name, -1);
    g_string_append (json, ":{");
    append_member (json, "label", label);
    append_member (json, "type", media_column_type_get_name (column->type));
    if (unit[0] != '\0')
      append_member (json, "unit", unit);
    if (column->type == MEDIA_COLUMN_REAL)
      g_string_append_printf (json, ",\"decimals\":%d", count_decimals (column));
    if (column->min != NULL && column->max != NULL && dashboard_is_date (column)) {
      append_member (json, "min", column->min);
      append_member (json, "max", column->max);
    }
    g_string_append_c (json, '}');
  }
  g_string_append_c (json, '}');
}

/* Of each value and group that a part has, what it is called. */
static void
append_label (GString *json, GHashTable *done, char *text, char *label)
{
  if (g_hash_table_add (done, text)) {
    g_string_append (json, json->str[json->len - 1] == '{' ? "" : ",");
    dashboard_json_append_text (json, text, -1);
    g_string_append_c (json, ':');
    dashboard_json_append_text (json, label, -1);
  }
  g_free (label);
}

/* What is told of columns: the labels of values and groups, the names that groups have within a sentence, or their expressions in SQL. */
typedef enum { LABEL, NAME, EXPRESSION } Told;
typedef struct {
  GString *json;
  GHashTable *done;
  Told told;
} Labels;

static void
append_group_label (Labels *labels, const DashboardGroup *group)
{
  if (group->column != NULL)
    append_label (labels->json, labels->done, dashboard_group_dup_text (group), labels->told == NAME ? dashboard_group_dup_name (group) : labels->told == EXPRESSION ? dashboard_sql_group (group) : dashboard_group_dup_label (group));
}

static void
append_value_label (Labels *labels, const DashboardValue *value)
{
  if (labels->told == LABEL)
    append_label (labels->json, labels->done, dashboard_value_dup_text (value), dashboard_value_dup_label (value));
}

static void
append_labels (GString *json, const AppDashboard *self, const char *name, Told told)
{
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Labels labels = { json, done, told };

  g_string_append_printf (json, ",\"%s\":{", name);
  for (guint i = 0; i < self->kpis->len; i++) {
    const DashboardKpi *kpi = g_ptr_array_index (self->kpis, i);
    append_value_label (&labels, &kpi->value);
    append_group_label (&labels, &kpi->over);
  }
  for (guint i = 0; i < self->charts->len; i++) {
    const DashboardChart *chart = g_ptr_array_index (self->charts, i);
    append_value_label (&labels, &chart->value);
    append_group_label (&labels, &chart->x);
    append_group_label (&labels, &chart->y);
    append_group_label (&labels, &chart->series);
  }
  for (guint i = 0; i < self->tables->len; i++) {
    const DashboardTable *table = g_ptr_array_index (self->tables, i);
    append_group_label (&labels, &table->rows);
    for (guint k = 0; k < table->values->len; k++)
      append_value_label (&labels, &g_array_index (table->values, DashboardValue, k));
  }
  for (guint i = 0; i < self->filters->len; i++)
    append_group_label (&labels, &g_array_index (self->filters, DashboardGroup, i));
  g_string_append_c (json, '}');
}

static void
append_source (GString *json, const AppDashboard *self, const char *const *notes)
{
  const AppTable *table = self->source.table;

  g_string_append (json, ",\"source\":{");
  append_member (json, "name", app_dataset_get_name ((AppDataset *) self->source.dataset));
  append_member (json, "table", table->title);
  g_string_append_printf (json, ",\"rows\":%" G_GUINT64_FORMAT "},\"notes\":[", table->n_rows);
  for (guint i = 0; notes != NULL && notes[i] != NULL; i++) {
    g_string_append (json, i > 0 ? "," : "");
    dashboard_json_append_text (json, notes[i], -1);
  }
  g_string_append_c (json, ']');
}

char *
dashboard_data_new (const AppDashboard *self, const char *const *notes, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) json = g_string_new ("{\"spec\":");
  g_autoptr (JsonNode) node = dashboard_dup_node (self);
  g_autofree char *spec = json_to_string (node, FALSE);

  /* It is written again, so that nothing in its texts ends the page's script. */
  for (const char *at = spec; *at != '\0'; at++)
    if (*at == '<' || *at == '>' || *at == '&')
      g_string_append_printf (json, "\\u%04x", (guint) *at);
    else
      g_string_append_c (json, *at);
  append_source (json, self, notes);
  append_fields (json, self);
  append_labels (json, self, "labels", LABEL);
  append_labels (json, self, "names", NAME);
  append_labels (json, self, "expressions", EXPRESSION);
  dashboard_words_append (json);
  if (!append_parts (json, self, cancellable, error))
    return NULL;
  g_string_append (json, ",\"rows\":");
  if (!dashboard_rows_append (json, self, cancellable, error))
    return NULL;
  g_string_append_c (json, '}');
  return g_string_free (g_steal_pointer (&json), FALSE);
}
