/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dataset's file says of itself. */
#include "app-dataset.h"

#include <glib/gi18n.h>
#include <sqlite3.h>
#include <string.h>

#include "app-error.h"
#include "tables/dataset-file.h"
#include "tables/dataset-writer.h"
#include "tables/table-notes.h"

struct _AppDataset {
  GObject parent;
  char *path, *id;
  char *name, *format, *choices, *sql;
  GPtrArray *sources; /* NULL-terminated at the end */
  GPtrArray *tables;
};

G_DEFINE_FINAL_TYPE (AppDataset, app_dataset, G_TYPE_OBJECT)

void
app_column_free (AppColumn *column)
{
  g_free (column->name);
  g_free (column->sql_name);
  g_free (column->unit);
  g_free (column->min);
  g_free (column->max);
  g_strfreev (column->samples);
  g_free (column);
}

static void
free_note (gpointer data)
{
  g_free (((MediaNote *) data)->text);
  g_free (data);
}

void
app_table_free (AppTable *table)
{
  g_free (table->title);
  g_free (table->sql_name);
  g_ptr_array_unref (table->columns);
  g_ptr_array_unref (table->notes);
  g_free (table);
}

static void
app_dataset_finalize (GObject *object)
{
  AppDataset *self = APP_DATASET (object);

  g_free (self->path);
  g_free (self->id);
  g_free (self->name);
  g_free (self->format);
  g_free (self->choices);
  g_free (self->sql);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->tables);
  G_OBJECT_CLASS (app_dataset_parent_class)->finalize (object);
}

static void
app_dataset_class_init (AppDatasetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_dataset_finalize;
}

static void
app_dataset_init (AppDataset *self)
{
  self->sources = g_ptr_array_new_with_free_func (g_free);
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) app_table_free);
}

/* ---- reading ---- */

static char *
dup_text (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);
  return g_strdup (text != NULL ? text : "");
}

static void
take_info (AppDataset *self, sqlite3_stmt *row)
{
  const struct {
    const char *key;
    char **value;
  } fields[] = { { "name", &self->name }, { "format", &self->format }, { "choices", &self->choices }, { "sql", &self->sql } };
  g_autofree char *key = dup_text (row, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (key, fields[i].key) == 0) {
      g_free (*fields[i].value);
      *fields[i].value = dup_text (row, 1);
    }
  if (strcmp (key, "source") == 0)
    g_ptr_array_add (self->sources, dup_text (row, 1));
}

static void
take_table (AppDataset *self, sqlite3_stmt *row)
{
  AppTable *table = g_new0 (AppTable, 1);
  table->sql_name = dup_text (row, 1);
  table->title = dup_text (row, 2);
  table->hidden = sqlite3_column_int (row, 3) != 0;
  table->n_rows = (guint64) sqlite3_column_int64 (row, 4);
  table->header_rows = (guint64) sqlite3_column_int64 (row, 5);
  table->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) app_column_free);
  table->notes = g_ptr_array_new_with_free_func (free_note);
  g_ptr_array_add (self->tables, table);
}

static AppTable *
table_of (AppDataset *self, sqlite3_stmt *row)
{
  gint64 id = sqlite3_column_int64 (row, 0);
  return id >= 1 && id <= self->tables->len ? g_ptr_array_index (self->tables, id - 1) : NULL;
}

static void
take_column (AppDataset *self, sqlite3_stmt *row)
{
  AppTable *table = table_of (self, row);
  g_autofree char *type = dup_text (row, 3), *samples = dup_text (row, 10);
  g_autoptr (GVariant) list = g_variant_parse (G_VARIANT_TYPE ("as"), samples, NULL, NULL, NULL);

  if (table == NULL)
    return;
  AppColumn *column = g_new0 (AppColumn, 1);
  column->sql_name = dup_text (row, 1);
  column->name = dup_text (row, 2);
  column->type = media_column_type_find (type);
  column->type = column->type < MEDIA_COLUMN_N ? column->type : MEDIA_COLUMN_TEXT;
  column->unit = dup_text (row, 4);
  column->n_nulls = (guint64) sqlite3_column_int64 (row, 5);
  column->n_distinct = (guint64) sqlite3_column_int64 (row, 6);
  column->min = sqlite3_column_type (row, 7) != SQLITE_NULL ? dup_text (row, 7) : NULL;
  column->max = sqlite3_column_type (row, 8) != SQLITE_NULL ? dup_text (row, 8) : NULL;
  column->has_sum = sqlite3_column_type (row, 9) != SQLITE_NULL;
  column->sum = sqlite3_column_double (row, 9);
  column->samples = list != NULL ? g_variant_dup_strv (list, NULL) : g_new0 (char *, 1);
  g_ptr_array_add (table->columns, column);
}

static void
take_note (AppDataset *self, sqlite3_stmt *row)
{
  AppTable *table = table_of (self, row);
  int kind = sqlite3_column_int (row, 1), column = sqlite3_column_int (row, 2);

  if (table == NULL || kind < 0 || kind >= MEDIA_NOTE_N || column < -1 || column >= (int) table->columns->len)
    return;
  MediaNote *note = g_new0 (MediaNote, 1);
  *note = (MediaNote) { (MediaNoteKind) kind, column, (guint64) sqlite3_column_int64 (row, 3), (guint64) sqlite3_column_int64 (row, 4), dup_text (row, 5) };
  g_ptr_array_add (table->notes, note);
}

static gboolean
read_each (AppDataset *self, sqlite3 *db, const char *sql, void (*take) (AppDataset *, sqlite3_stmt *), GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  while (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    take (self, statement);
    code = SQLITE_OK;
  }
  if (code != SQLITE_DONE)
    dataset_set_error (self->path, db, code, error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

AppDataset *
app_dataset_open (const char *path, GError **error)
{
  g_autoptr (AppDataset) self = g_object_new (APP_TYPE_DATASET, NULL);
  g_autofree char *base = g_path_get_basename (path);
  sqlite3 *db = dataset_file_open (path, error);

  if (db == NULL)
    return NULL;
  self->path = g_strdup (path);
  self->id = g_str_has_suffix (base, DATASET_END) ? g_strndup (base, strlen (base) - strlen (DATASET_END)) : g_strdup (base);
  gboolean ok = read_each (self, db, "SELECT key, value FROM melete_info", take_info, error) &&
                read_each (self, db, "SELECT id, name, title, hidden, rows, header FROM melete_tables ORDER BY id", take_table, error) &&
                read_each (self, db, "SELECT table_id, name, title, type, unit, nulls, different, min, max, sum, samples FROM melete_columns ORDER BY table_id, position", take_column, error) &&
                read_each (self, db, "SELECT table_id, kind, column_position, row, count, text FROM melete_notes ORDER BY table_id, rowid", take_note, error);
  sqlite3_close (db);
  g_ptr_array_add (self->sources, NULL);
  return ok ? g_steal_pointer (&self) : NULL;
}

/* ---- what it says ---- */

const char *
app_dataset_get_path (AppDataset *self)
{
  return self->path;
}

const char *
app_dataset_get_id (AppDataset *self)
{
  return self->id;
}

const char *
app_dataset_get_name (AppDataset *self)
{
  return self->name != NULL ? self->name : "";
}

const char *
app_dataset_get_format (AppDataset *self)
{
  return self->format != NULL ? self->format : "";
}

const char *
app_dataset_get_choices (AppDataset *self)
{
  return self->choices != NULL ? self->choices : "";
}

const char *
app_dataset_get_sql (AppDataset *self)
{
  return self->sql;
}

const char *const *
app_dataset_get_sources (AppDataset *self)
{
  return (const char *const *) self->sources->pdata;
}

GPtrArray *
app_dataset_get_tables (AppDataset *self)
{
  return self->tables;
}

const AppTable *
app_dataset_find_table (AppDataset *self, const char *sql_name)
{
  for (guint i = 0; i < self->tables->len; i++) {
    const AppTable *table = g_ptr_array_index (self->tables, i);
    if (g_ascii_strcasecmp (table->sql_name, sql_name) == 0)
      return table;
  }
  return NULL;
}

char *
app_dataset_dup_summary (AppDataset *self)
{
  gulong tables = self->tables->len, rows = 0, columns = 0;

  for (guint i = 0; i < tables; i++) {
    const AppTable *table = g_ptr_array_index (self->tables, i);
    rows += (gulong) table->n_rows;
    columns = table->columns->len;
  }
  g_autofree char *n_rows = g_strdup_printf (ngettext ("%'lu row", "%'lu rows", rows), rows);
  g_autofree char *others = tables == 1 ? g_strdup_printf (ngettext ("%'lu column", "%'lu columns", columns), columns) : g_strdup_printf (ngettext ("%'lu table", "%'lu tables", tables), tables);
  /* Translators: 1,204 rows, 8 columns */
  return tables == 1 ? g_strdup_printf (_("%s, %s"), n_rows, others) : g_strdup_printf (_("%s, %s"), others, n_rows);
}

GStrv
app_dataset_dup_notes (AppDataset *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->tables->len; i++) {
    const AppTable *table = g_ptr_array_index (self->tables, i);
    for (guint k = 0; k < table->notes->len; k++) {
      g_autofree char *sentence = table_note_dup_sentence (table, g_ptr_array_index (table->notes, k));
      /* Of several tables each says which it is. */
      g_autofree char *whole = self->tables->len > 1 ? g_strdup_printf ("%s: %s", table->title[0] != '\0' ? table->title : table->sql_name, sentence) : g_strdup (sentence);
      g_strv_builder_add (builder, whole);
    }
  }
  return g_strv_builder_end (builder);
}
