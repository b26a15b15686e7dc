/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be written of the tables, as JSON Schema: words for each place, by what the columns are good for. The order of members is that in which a small model
 * finds them most easily: first a title, which says what is wanted, then what it is made of. */
#include <string.h>

#include "dashboard-rules.h"

/* Words of one place. A table may have 2,000 columns, of which a model of this size would read no more anyway. */
#define MAX_COLUMNS 150
/* Parts that a model writes; a person may write more. */
#define MAX_KPIS 5
#define MAX_CHARTS 6
#define MAX_TABLES 2
#define MAX_FILTERS 4

/* The lists of words, each under its name in "$defs". */
typedef struct {
  JsonArray *values, *parts, *groups, *times, *numbers, *series, *columns, *filters;
} Words;

static JsonNode *
parse (const char *json)
{
  return json_from_string (json, NULL);
}

static void
add_word (JsonArray *list, char *word)
{
  if (json_array_get_length (list) < MAX_COLUMNS * 6)
    json_array_add_string_element (list, word);
  g_free (word);
}

static void
collect_column (const AppTable *table, const AppColumn *column, Words *words)
{
  gboolean category = dashboard_is_category (table, column), measure = dashboard_is_measure (table, column);
  guint span = column->type == MEDIA_COLUMN_DATETIME ? DASHBOARD_HOUR : DASHBOARD_WEEKDAY;

  add_word (words->columns, g_strdup (column->sql_name));
  if (measure) {
    for (DashboardAggregate i = DASHBOARD_SUM; i <= DASHBOARD_MAX; i++)
      add_word (words->values, dashboard_value_dup_text (&(DashboardValue) { i, column }));
    add_word (words->parts, dashboard_value_dup_text (&(DashboardValue) { DASHBOARD_SUM, column }));
    add_word (words->numbers, g_strdup (column->sql_name));
  } else if (!dashboard_is_date (column) && column->type != MEDIA_COLUMN_BOOLEAN && column->type != MEDIA_COLUMN_TIME && column->n_nulls < table->n_rows) {
    add_word (words->values, dashboard_value_dup_text (&(DashboardValue) { DASHBOARD_DISTINCT, column }));
  }
  if (dashboard_is_date (column) && column->n_nulls < table->n_rows) {
    for (DashboardBucket i = DASHBOARD_DAY; i <= span; i++) {
      add_word (words->groups, dashboard_group_dup_text (&(DashboardGroup) { i, column }));
      if (i <= DASHBOARD_YEAR)
        add_word (words->times, dashboard_group_dup_text (&(DashboardGroup) { i, column }));
    }
    /* Of a few days what rules would choose, too. */
    DashboardBucket moment = dashboard_choose_bucket (column, 60);
    if (moment > DASHBOARD_HOUR) {
      add_word (words->groups, dashboard_group_dup_text (&(DashboardGroup) { moment, column }));
      add_word (words->times, dashboard_group_dup_text (&(DashboardGroup) { moment, column }));
    }
    add_word (words->filters, g_strdup (column->sql_name));
  }
  if (category) {
    add_word (words->groups, g_strdup (column->sql_name));
    add_word (words->filters, g_strdup (column->sql_name));
    if (column->n_distinct <= 40)
      add_word (words->series, g_strdup (column->sql_name));
  }
}

static void
collect (const DashboardSource *source, Words *words)
{
  const GPtrArray *columns = source->table->columns;
  DashboardValue count = { DASHBOARD_COUNT, NULL };

  *words = (Words) { json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new () };
  add_word (words->values, dashboard_value_dup_text (&count));
  add_word (words->parts, dashboard_value_dup_text (&count));
  for (guint i = 0; i < columns->len && i < MAX_COLUMNS; i++)
    collect_column (source->table, g_ptr_array_index (columns, i), words);
}

/* ---- schemas ---- */

static JsonNode *
make_enum (JsonArray *list)
{
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, "enum", list);
  return json_node_init_object (json_node_alloc (), object);
}

/* Adds the lists that are not empty, and frees the others. */
static void
add_words (JsonObject *defs, Words *words)
{
  struct {
    const char *name;
    JsonArray **list;
  } lists[] = {
    { "value", &words->values }, { "part", &words->parts }, { "group", &words->groups }, { "time", &words->times },
    { "number", &words->numbers }, { "series", &words->series }, { "column", &words->columns }, { "filter", &words->filters },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (json_array_get_length (*lists[i].list) > 0)
      json_object_set_member (defs, lists[i].name, make_enum (*lists[i].list));
    else
      g_clear_pointer (lists[i].list, json_array_unref);
  }
  json_object_set_member (defs, "words", parse ("{\"type\": \"string\", \"minLength\": 3, \"maxLength\": 60, \"pattern\": \"^[^\\\"\\\\\\\\{}]*$\"}"));
  /* Without digits: no number stands in a page that was not computed. */
  json_object_set_member (defs, "text", parse ("{\"type\": \"string\", \"minLength\": 3, \"maxLength\": 160, \"pattern\": \"^[^0-9\\\"\\\\\\\\{}]*$\"}"));
}

static gboolean
has (JsonObject *defs, const char *name)
{
  return json_object_has_member (defs, name);
}

/* An object of members "name:def", of which those with a "?" may be missing. */
static JsonNode *
make_object (const char *kinds, const char *const *members)
{
  g_autoptr (GString) json = g_string_new ("{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"), required = g_string_new (NULL);

  for (guint i = 0; members[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (members[i], ":", 2);
    gboolean may_miss = g_str_has_suffix (pair[0], "?");
    if (may_miss)
      pair[0][strlen (pair[0]) - 1] = '\0';
    g_string_append_printf (json, "%s\"%s\": ", i > 0 ? ", " : "", pair[0]);
    if (strcmp (pair[1], "kind") == 0)
      g_string_append_printf (json, "{\"enum\": [%s]}", kinds);
    else if (strcmp (pair[1], "sort") == 0)
      g_string_append (json, "{\"enum\": [\"largest\", \"smallest\", \"name\"]}");
    else if (strcmp (pair[1], "limit") == 0)
      g_string_append (json, "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 30}");
    else if (strcmp (pair[1], "values") == 0)
      g_string_append (json, "{\"type\": \"array\", \"minItems\": 1, \"maxItems\": 5, \"items\": {\"$ref\": \"#/$defs/value\"}}");
    else if (strcmp (pair[1], "columns") == 0)
      g_string_append (json, "{\"type\": \"array\", \"minItems\": 2, \"maxItems\": 8, \"items\": {\"$ref\": \"#/$defs/column\"}}");
    else
      g_string_append_printf (json, "{\"$ref\": \"#/$defs/%s\"}", pair[1]);
    if (!may_miss)
      g_string_append_printf (required, "%s\"%s\"", required->len > 0 ? ", " : "", pair[0]);
  }
  g_string_append_printf (json, "}, \"required\": [%s]}", required->str);
  return parse (json->str);
}

/* The kinds of a shape, as a list of JSON texts. */
static char *
list_kinds (DashboardShape shape)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < dashboard_n_kinds; i++)
    if (dashboard_kinds[i].shape == shape)
      g_string_append_printf (list, "%s\"%s\"", list->len > 0 ? ", " : "", dashboard_kinds[i].name);
  return g_string_free (list, FALSE);
}

static JsonNode *
make_choice (JsonArray *choices)
{
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, "anyOf", choices);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
make_chart (JsonObject *defs)
{
  static const char *const groups[] = { "title:words", "kind:kind", "value:value", "x:group", "series?:series", "sort?:sort", "limit?:limit", NULL };
  static const char *const groups_alone[] = { "title:words", "kind:kind", "value:value", "x:group", "sort?:sort", "limit?:limit", NULL };
  static const char *const parts[] = { "title:words", "kind:kind", "value:part", "x:group", NULL };
  static const char *const grid[] = { "title:words", "kind:kind", "value:value", "x:group", "y:group", NULL };
  static const char *const bins[] = { "title:words", "kind:kind", "x:number", NULL };
  static const char *const points[] = { "title:words", "kind:kind", "x:number", "y:number", "series?:series", NULL };
  static const char *const points_alone[] = { "title:words", "kind:kind", "x:number", "y:number", NULL };
  gboolean series = has (defs, "series");
  struct {
    DashboardShape shape;
    const char *needs;
    const char *const *members;
  } shapes[] = {
    { DASHBOARD_GROUPS, "group", series ? groups : groups_alone }, { DASHBOARD_PARTS, "group", parts }, { DASHBOARD_GRID, "group", grid },
    { DASHBOARD_BINS, "number", bins }, { DASHBOARD_POINTS, "number", series ? points : points_alone },
  };
  JsonArray *choices = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *kinds = list_kinds (shapes[i].shape);
    if (has (defs, shapes[i].needs))
      json_array_add_element (choices, make_object (kinds, shapes[i].members));
  }
  return make_choice (choices);
}

static JsonNode *
make_table (JsonObject *defs)
{
  static const char *const grouped[] = { "title:words", "rows:group", "values:values", NULL };
  static const char *const plain[] = { "title:words", "columns:columns", "sort?:column", "limit?:limit", NULL };
  JsonArray *choices = json_array_new ();

  if (has (defs, "group"))
    json_array_add_element (choices, make_object ("", grouped));
  json_array_add_element (choices, make_object ("", plain));
  return make_choice (choices);
}

/* "$defs" of one table, also those of parts. */
static JsonObject *
make_defs (const DashboardSource *source)
{
  static const char *const kpi[] = { "label:words", "value:value", NULL };
  static const char *const kpi_over[] = { "label:words", "value:value", "over?:time", NULL };
  JsonObject *defs = json_object_new ();
  Words words;

  collect (source, &words);
  add_words (defs, &words);
  json_object_set_member (defs, "kpi", make_object ("", has (defs, "time") ? kpi_over : kpi));
  if (has (defs, "group") || has (defs, "number"))
    json_object_set_member (defs, "chart", make_chart (defs));
  json_object_set_member (defs, "table", make_table (defs));
  return defs;
}

static void
add_list (GString *json, JsonObject *defs, const char *name, const char *item, guint least, guint most)
{
  if (has (defs, item))
    g_string_append_printf (json, ", \"%s\": {\"type\": \"array\", \"minItems\": %u, \"maxItems\": %u, \"items\": {\"$ref\": \"#/$defs/%s\"}}", name, least, most, item);
}

/* A dashboard of one table. */
static JsonNode *
make_whole (const DashboardSource *source, JsonObject *defs)
{
  g_autoptr (GString) json = g_string_new (NULL);

  g_string_append_printf (json, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"table\": {\"const\": \"%s\"}, \"title\": {\"$ref\": \"#/$defs/words\"}", source->name);
  add_list (json, defs, "kpis", "kpi", 1, MAX_KPIS);
  add_list (json, defs, "charts", "chart", 1, MAX_CHARTS);
  add_list (json, defs, "tables", "table", 0, MAX_TABLES);
  add_list (json, defs, "filters", "filter", 0, MAX_FILTERS);
  g_string_append (json, "}, \"required\": [\"table\", \"title\", \"kpis\"");
  g_string_append (json, has (defs, "chart") ? ", \"charts\", \"tables\"" : ", \"tables\"");
  g_string_append (json, has (defs, "filter") ? ", \"filters\"]}" : "]}");
  return parse (json->str);
}

/* References of `node` get the number of a table: "#/$defs/value" is "#/$defs/value-3". */
static void
number_refs (JsonNode *node, guint number)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++)
      number_refs (json_array_get_element (array, i), number);
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) members = json_object_get_members (object);
    for (GList *at = members; at != NULL; at = at->next) {
      JsonNode *member = json_object_get_member (object, at->data);
      if (strcmp (at->data, "$ref") == 0 && JSON_NODE_HOLDS_VALUE (member)) {
        g_autofree char *numbered = g_strdup_printf ("%s-%u", json_node_get_string (member), number);
        json_object_set_string_member (object, "$ref", numbered);
      } else {
        number_refs (member, number);
      }
    }
  }
}

char *
app_dashboard_dup_schema (GPtrArray *datasets)
{
  g_autoptr (GPtrArray) sources = dashboard_sources_new (datasets);
  g_autoptr (JsonObject) root = NULL;
  JsonObject *all = json_object_new ();
  JsonArray *choices = json_array_new ();

  for (guint i = 0; i < sources->len; i++) {
    const DashboardSource *source = g_ptr_array_index (sources, i);
    g_autoptr (JsonObject) defs = make_defs (source);
    g_autoptr (GList) names = json_object_get_members (defs);
    JsonNode *whole = make_whole (source, defs);
    number_refs (whole, i);
    json_array_add_element (choices, whole);
    for (GList *at = names; at != NULL; at = at->next) {
      g_autofree char *numbered = g_strdup_printf ("%s-%u", (const char *) at->data, i);
      JsonNode *copy = json_node_copy (json_object_get_member (defs, at->data));
      number_refs (copy, i);
      json_object_set_member (all, numbered, copy);
    }
  }
  root = json_object_new ();
  json_object_set_array_member (root, "anyOf", choices);
  json_object_set_object_member (root, "$defs", all);
  if (sources->len == 0)
    return NULL;
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
  return json_to_string (node, FALSE);
}

char *
app_dashboard_dup_part_schema (const AppDashboard *self, const char *pointer)
{
  static const struct {
    const char *list, *def;
  } parts[] = { { "/kpis/", "kpi" }, { "/charts/", "chart" }, { "/tables/", "table" }, { "/filters/", "filter" }, { "/texts/", "text" }, { "/title", "words" }, { "/summary", "text" } };
  g_autoptr (JsonObject) defs = make_defs (&self->source), root = json_object_new ();
  const char *def = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_has_prefix (pointer, parts[i].list) && has (defs, parts[i].def))
      def = parts[i].def;
  if (def == NULL)
    return NULL;
  g_autofree char *ref = g_strdup_printf ("#/$defs/%s", def);
  json_object_set_string_member (root, "$ref", ref);
  json_object_set_object_member (root, "$defs", json_object_ref (defs));
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
  return json_to_string (node, FALSE);
}
