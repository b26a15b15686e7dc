/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions and cards out of a table that is attached: what stands there is taken word for word, since a model that writes it again changes letters. Which column is what is found by its name. */
#include <string.h>

#include "app-query.h"
#include "page-parts.h"
#include "start-write.h"
#include "tables/sql-name.h"

/* Texts beside the right one that are taken from other rows, where the table has none. */
#define N_OTHERS 3u

/* What the rows become. */
typedef struct {
  const Start *start;
  void (*fill) (GTask *task, const Start *start);
  char *member;          /* the list in the specification */
  JsonObject *item;      /* the schema of one of it */
  GPtrArray *properties; /* char *: for each column of the answer the property that it is */
} Rows;

static void
rows_free (gpointer data)
{
  Rows *rows = data;

  g_free (rows->member);
  g_ptr_array_unref (rows->properties);
  g_free (rows);
}

static const char *
get_columns (JsonObject *property)
{
  return json_object_get_string_member_with_default (property, "x-columns", NULL);
}

/* The list of objects that a table can be; NULL: the start has none. */
static const char *
find_list (const Start *start, JsonObject **item)
{
  JsonObject *properties = json_object_get_object_member (start->schema, "properties");
  g_autoptr (GList) members = json_object_get_members (properties);

  for (GList *at = members; at != NULL; at = at->next) {
    JsonObject *list = json_object_get_object_member (properties, at->data), *own = json_object_has_member (list, "items") ? json_object_get_object_member (list, "items") : NULL;
    JsonObject *parts = own != NULL && json_object_has_member (own, "properties") ? json_object_get_object_member (own, "properties") : NULL;
    g_autoptr (GList) names = parts != NULL ? json_object_get_members (parts) : NULL;
    if (names == NULL || get_columns (json_object_get_object_member (parts, names->data)) == NULL)
      continue;
    *item = parts;
    return at->data;
  }
  return NULL;
}

static gboolean
is_list (JsonObject *property)
{
  return g_str_equal (json_object_get_string_member_with_default (property, "type", ""), "array");
}

/* The property of which the first word of a column's name speaks that speaks of any: "wrong answer" is wrong. NULL: none. */
static const char *
find_property (JsonObject *item, const char *column)
{
  g_autofree char *small = g_utf8_strdown (column, -1);
  g_auto (GStrv) words = g_strsplit_set (small, " _-.", -1);
  g_autoptr (GList) names = json_object_get_members (item);

  for (guint i = 0; words[i] != NULL; i++)
    for (GList *at = names; at != NULL; at = at->next)
      if (words_begin_any (words[i], get_columns (json_object_get_object_member (item, at->data)), ","))
        return at->data;
  return NULL;
}

/* Whether most of what is known of a column are questions. */
static gboolean
is_asking (const AppColumn *column)
{
  guint n = 0, n_asking = 0;

  for (guint i = 0; column->samples != NULL && column->samples[i] != NULL; i++, n++)
    n_asking += g_str_has_suffix (column->samples[i], "?");
  return n > 0 && n_asking * 2 > n;
}

/* Whether a wish speaks of the file, or of a table. */
static gboolean
speaks_of (const char *wish, AppDataset *dataset)
{
  g_autofree char *small = g_utf8_strdown (wish, -1), *name = g_utf8_strdown (app_dataset_get_name (dataset), -1);
  char *dot = strrchr (name, '.');

  if (dot != NULL)
    *dot = '\0';
  return strstr (small, name) != NULL || words_begin_any (small, "table,file,csv,spreadsheet,list,attach,these,tabelle,datei,liste,diese", ",");
}

/* The statement that asks for the columns, and what each of them is; NULL: the table is something else. (transfer full) (nullable) */
static char *
dup_sql (Rows *rows, const AppTable *table, const char *wish, AppDataset *dataset)
{
  g_autoptr (GList) names = json_object_get_members (rows->item);
  g_autofree const char **of = g_new0 (const char *, table->columns->len + 1);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  guint n_named = 0, n_single = 0, n_open = 0;

  for (guint i = 0; i < table->columns->len; i++) {
    of[i] = find_property (rows->item, ((const AppColumn *) table->columns->pdata[i])->name);
    n_named += of[i] != NULL;
  }
  /* Of one that can be said once the first column is taken; what has no column gets the next that is nothing else. */
  for (GList *at = names; at != NULL; at = at->next) {
    gboolean list = is_list (json_object_get_object_member (rows->item, at->data)), found = FALSE;
    guint best = G_MAXUINT;
    for (guint i = 0; i < table->columns->len; i++) {
      if (of[i] == NULL) {
        if (best == G_MAXUINT || (at == names && is_asking (table->columns->pdata[i]) && !is_asking (table->columns->pdata[best])))
          best = i;
      } else if (g_str_equal (of[i], at->data) && found && !list) {
        of[i] = NULL;
      } else {
        found |= g_str_equal (of[i], at->data);
      }
    }
    n_single += !list;
    if (found || list)
      continue;
    if (best == G_MAXUINT)
      return NULL;
    of[best] = at->data;
    n_open++;
  }
  if (n_open > 0 && (table->columns->len != n_single || !speaks_of (wish, dataset)) && n_named == 0)
    return NULL;
  for (guint i = 0; i < table->columns->len; i++) {
    if (of[i] == NULL)
      continue;
    g_autofree char *column = sql_name_write (((const AppColumn *) table->columns->pdata[i])->sql_name);
    g_string_append_printf (sql, "%s%s", rows->properties->len > 0 ? ", " : "", column);
    g_ptr_array_add (rows->properties, g_strdup (of[i]));
  }
  g_autofree char *name = sql_name_write (table->sql_name);
  g_string_append_printf (sql, " FROM %s", name);
  return g_strdup (sql->str);
}

/* The object of one row; NULL where something is empty that must not be. (transfer full) (nullable) */
static JsonObject *
dup_item (const Rows *rows, const AppResult *result, guint row)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GList) names = json_object_get_members (rows->item);

  for (GList *at = names; at != NULL; at = at->next)
    if (is_list (json_object_get_object_member (rows->item, at->data)))
      json_object_set_array_member (object, at->data, json_array_new ());
  for (guint i = 0; i < rows->properties->len; i++) {
    const char *name = rows->properties->pdata[i];
    JsonObject *property = json_object_get_object_member (rows->item, name);
    g_autofree char *text = g_strstrip (app_result_dup_text (result, row, i));
    if (!is_list (property)) {
      if (*text == '\0')
        return NULL;
      json_object_set_string_member (object, name, text);
    } else if (*text != '\0' && json_array_get_length (json_object_get_array_member (object, name)) < (guint) json_object_get_int_member_with_default (property, "maxItems", 100)) {
      json_array_add_string_element (json_object_get_array_member (object, name), text);
    }
  }
  return g_steal_pointer (&object);
}

/* Where no row has a text for a list, those of the property before it in other rows stand there: wrong answers are the right ones of other questions. */
static void
add_others (const Rows *rows, JsonArray *list)
{
  g_autoptr (GList) names = json_object_get_members (rows->item);
  const char *before = NULL;
  guint n = json_array_get_length (list);

  for (GList *at = names; at != NULL; before = at->data, at = at->next) {
    if (before == NULL || !is_list (json_object_get_object_member (rows->item, at->data)) || is_list (json_object_get_object_member (rows->item, before)))
      continue;
    for (guint i = 0; i < n; i++) {
      JsonObject *own = json_array_get_object_element (list, i);
      JsonArray *others = json_object_get_array_member (own, at->data);
      g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
      if (json_array_get_length (others) > 0)
        continue;
      g_hash_table_add (known, (gpointer) json_object_get_string_member (own, before));
      for (guint k = 1; k < n && json_array_get_length (others) < N_OTHERS; k++) {
        const char *other = json_object_get_string_member (json_array_get_object_element (list, (i + k) % n), before);
        if (g_hash_table_add (known, (gpointer) other))
          json_array_add_string_element (others, other);
      }
    }
  }
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  StartRun *run = start_get_run (task);
  const Rows *rows = g_object_get_data (G_OBJECT (task), "rows");
  g_autoptr (AppResult) answer = app_query_run_finish (result, NULL);
  g_autoptr (JsonObject) spec = json_object_new (), read = NULL;
  JsonArray *list = json_array_new ();

  for (guint row = 0; answer != NULL && row < app_result_get_n_rows (answer); row++) {
    JsonObject *item = dup_item (rows, answer, row);
    if (item != NULL)
      json_array_add_object_element (list, item);
  }
  add_others (rows, list);
  json_object_set_string_member (spec, "start", rows->start->line->id);
  json_object_set_array_member (spec, rows->member, list);
  g_autofree char *wish = g_utf8_strdown (run->copy->order.wish, -1);
  const char *theme = start_find_theme (wish);
  if (theme != NULL)
    json_object_set_string_member (spec, "theme", theme);
  g_autofree char *text = start_spec_dup_source (spec);
  read = json_array_get_length (list) > 0 ? start_spec_parse (text, strlen (text), NULL) : NULL;
  /* Longer texts than a card holds, or none at all: somebody has to choose. */
  if (read == NULL) {
    rows->fill (task, rows->start);
    return;
  }
  run->start = rows->start;
  start_finish (task, read);
}

void
start_fill_rows (GTask *task, const Start *start, void (*fill) (GTask *task, const Start *start))
{
  const AppArtifactOrder *order = &start_get_run (task)->copy->order;
  JsonObject *item = NULL;
  const char *member = find_list (start, &item);

  /* The first of the tables that is what the start has. */
  for (guint i = 0; member != NULL && i < order->datasets->len; i++) {
    AppDataset *dataset = order->datasets->pdata[i];
    GPtrArray *tables = app_dataset_get_tables (dataset);
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    Rows *rows;

    if (tables->len != 1)
      continue;
    rows = g_new0 (Rows, 1);
    *rows = (Rows) { start, fill, g_strdup (member), item, g_ptr_array_new_with_free_func (g_free) };
    g_autofree char *sql = dup_sql (rows, tables->pdata[0], order->wish, dataset);
    if (sql == NULL) {
      rows_free (rows);
      continue;
    }
    g_object_set_data_full (G_OBJECT (task), "rows", rows, rows_free);
    g_ptr_array_add (one, dataset);
    app_query_run_async (one, sql, NULL, g_task_get_cancellable (task), on_rows, g_object_ref (task));
    return;
  }
  fill (task, start);
}
