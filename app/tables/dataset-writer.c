/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dataset-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app-error.h"
#include "figures.h"
#include "sql-name.h"

/* A file that nobody sees before it is whole needs no journal and no care in between; all of it is made safe at the end. */
#define PRAGMAS                      \
  "PRAGMA page_size = 16384;"        \
  "PRAGMA journal_mode = OFF;"       \
  "PRAGMA synchronous = OFF;"        \
  "PRAGMA locking_mode = EXCLUSIVE;" \
  "PRAGMA cache_size = -8192;"       \
  "PRAGMA temp_store = MEMORY;"

#define TABLES                                                                                                                                                    \
  "BEGIN;"                                                                                                                                                        \
  "CREATE TABLE melete_info (key TEXT NOT NULL, value TEXT NOT NULL);"                                                                                            \
  "CREATE TABLE melete_tables (id INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, hidden INTEGER NOT NULL, rows INTEGER NOT NULL, header INTEGER NOT NULL);" \
  "CREATE TABLE melete_columns (table_id INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, type TEXT NOT NULL, unit TEXT NOT NULL,"    \
  " nulls INTEGER, different INTEGER, min TEXT, max TEXT, sum REAL, samples TEXT, PRIMARY KEY (table_id, position)) WITHOUT ROWID;"                               \
  "CREATE TABLE melete_notes (table_id INTEGER NOT NULL, kind INTEGER NOT NULL, column_position INTEGER NOT NULL, row INTEGER NOT NULL, count INTEGER NOT NULL, text TEXT NOT NULL);"

struct _DatasetWriter {
  char *path, *part;
  sqlite3 *db;
  int lock; /* on the file, as long as it is written */
  GHashTable *table_names;
  gint64 table_id;
  sqlite3_stmt *insert;
  Figures *figures;
  MediaColumnType *types;
  guint n_columns;
  guint64 n_rows;
  gboolean finished;
};

/* How a type is declared: the words say it to who reads the schema, INT, REAL or TEXT in them to SQLite. */
static const char *const declared[MEDIA_COLUMN_N] = {
  [MEDIA_COLUMN_TEXT] = "TEXT", [MEDIA_COLUMN_INTEGER] = "INTEGER", [MEDIA_COLUMN_REAL] = "REAL", [MEDIA_COLUMN_BOOLEAN] = "BOOLEAN INTEGER",
  [MEDIA_COLUMN_DATE] = "DATE TEXT", [MEDIA_COLUMN_TIME] = "TIME TEXT", [MEDIA_COLUMN_DATETIME] = "DATETIME TEXT",
};

void
dataset_set_error (const char *path, gpointer db, int code, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  int primary = code & 0xff, system = db != NULL ? sqlite3_system_errno (db) : 0;

  if (primary == SQLITE_FULL || system == ENOSPC)
    g_set_error (error, APP_ERROR, APP_ERROR_FULL, _("The disk with the tables “%s” is full. Free some space, then try again."), name);
  else if (primary == SQLITE_READONLY || primary == SQLITE_PERM || system == EROFS || system == EACCES)
    g_set_error (error, APP_ERROR, APP_ERROR_READ_ONLY, _("The tables “%s” cannot be written. Check the permissions of their folder, then try again."), name);
  else if (primary == SQLITE_CANTOPEN)
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The tables “%s” are not there any more. Add their file again."), name);
  else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The tables “%s” are damaged. Delete them, and add their file again."), name);
  else
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The tables “%s” could not be used: %s. Try again."), name, db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code));
}

static gboolean
check (DatasetWriter *writer, int code, GError **error)
{
  if (code == SQLITE_OK || code == SQLITE_DONE)
    return TRUE;
  dataset_set_error (writer->path, writer->db, code, error);
  return FALSE;
}

static gboolean
run (DatasetWriter *writer, const char *sql, GError **error)
{
  return check (writer, sqlite3_exec (writer->db, sql, NULL, NULL, NULL), error);
}

DatasetWriter *
dataset_writer_new (const char *path, GError **error)
{
  g_autoptr (DatasetWriter) writer = g_new0 (DatasetWriter, 1);
  g_autofree char *folder = g_path_get_dirname (path);
  static gint number;

  writer->path = g_strdup (path);
  writer->part = g_strdup_printf ("%s.%d-%d.part", path, (int) getpid (), g_atomic_int_add (&number, 1));
  writer->table_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mkdir_with_parents (folder, 0700);
  writer->lock = g_open (writer->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (writer->lock < 0 || flock (writer->lock, LOCK_EX | LOCK_NB) != 0) {
    dataset_set_error (path, NULL, errno == ENOSPC ? SQLITE_FULL : SQLITE_READONLY, error);
    return NULL;
  }
  int code = sqlite3_open_v2 (writer->part, &writer->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (!check (writer, code, error) || !run (writer, PRAGMAS TABLES, error))
    return NULL;
  return g_steal_pointer (&writer);
}

static void
clear_table (DatasetWriter *writer)
{
  sqlite3_finalize (writer->insert);
  writer->insert = NULL;
  for (guint i = 0; i < writer->n_columns; i++)
    figures_clear (&writer->figures[i]);
  g_clear_pointer (&writer->figures, g_free);
  g_clear_pointer (&writer->types, g_free);
  writer->n_columns = 0;
}

gboolean
dataset_writer_is_abandoned (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean abandoned = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0;

  if (fd >= 0)
    close (fd);
  return abandoned;
}

void
dataset_writer_free (DatasetWriter *writer)
{
  clear_table (writer);
  sqlite3_close (writer->db);
  if (!writer->finished)
    g_unlink (writer->part);
  if (writer->lock >= 0)
    close (writer->lock);
  g_hash_table_unref (writer->table_names);
  g_free (writer->path);
  g_free (writer->part);
  g_free (writer);
}

/* One row of the tables about the tables. `format`: as of app_database_query (), i and s, and d. */
static gboolean
insert (DatasetWriter *writer, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = NULL;
  va_list args;
  int code = sqlite3_prepare_v2 (writer->db, sql, -1, &statement, NULL);

  va_start (args, format);
  for (int i = 1; code == SQLITE_OK && *format != '\0'; format++, i++)
    if (*format == 'i')
      code = sqlite3_bind_int64 (statement, i, va_arg (args, gint64));
    else if (*format == 'd')
      code = sqlite3_bind_double (statement, i, va_arg (args, double));
    else
      code = sqlite3_bind_text (statement, i, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
  va_end (args);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  gboolean ok = check (writer, code, error);
  sqlite3_finalize (statement);
  return ok;
}

gboolean
dataset_writer_set_info (DatasetWriter *writer, const char *key, const char *value, GError **error)
{
  return insert (writer, error, "INSERT INTO melete_info VALUES (?, ?)", "ss", key, value);
}

/* Makes the table, its columns in melete_columns, and the statement that adds a row. */
static gboolean
make_table (DatasetWriter *writer, const MediaTable *table, const char *name, GError **error)
{
  g_autoptr (GString) create = g_string_new (NULL);
  g_autoptr (GString) add = g_string_new (NULL);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_string_printf (create, "CREATE TABLE \"%s\" (", name);
  g_string_printf (add, "INSERT INTO \"%s\" (rowid", name);
  for (guint i = 0; i < table->n_columns; i++) {
    const MediaColumn *column = &table->columns[i];
    g_autofree char *fallback = g_strdup_printf ("column_%u", i + 1);
    g_autofree char *sql_name = sql_name_make (column->name, fallback, taken);
    g_string_append_printf (create, "%s\"%s\" %s", i > 0 ? ", " : "", sql_name, declared[column->type]);
    g_string_append_printf (add, ", \"%s\"", sql_name);
    if (!insert (writer, error, "INSERT INTO melete_columns (table_id, position, name, title, type, unit) VALUES (?, ?, ?, ?, ?, ?)", "iissss", writer->table_id, (gint64) i, sql_name,
                 column->name, media_column_type_get_name (column->type), column->unit))
      return FALSE;
  }
  g_string_append (create, ")");
  g_string_append (add, ") VALUES (?");
  for (guint i = 0; i < table->n_columns; i++)
    g_string_append (add, ",?");
  g_string_append (add, ")");
  return run (writer, create->str, error) && check (writer, sqlite3_prepare_v3 (writer->db, add->str, -1, SQLITE_PREPARE_PERSISTENT, &writer->insert, NULL), error);
}

gboolean
dataset_writer_begin_table (DatasetWriter *writer, const MediaTable *table, const char *fallback_name, GError **error)
{
  g_autofree char *fallback = NULL, *name = NULL;

  clear_table (writer);
  fallback = g_strdup_printf ("table_%" G_GINT64_FORMAT, writer->table_id + 1);
  name = sql_name_make (table->title[0] != '\0' ? table->title : fallback_name, fallback, writer->table_names);
  writer->table_id++;
  writer->n_rows = 0;
  if (!insert (writer, error, "INSERT INTO melete_tables VALUES (?, ?, ?, ?, 0, ?)", "issii", writer->table_id, name, table->title, (gint64) table->hidden, (gint64) table->header_rows) ||
      !make_table (writer, table, name, error))
    return FALSE;
  writer->n_columns = table->n_columns;
  writer->figures = g_new (Figures, table->n_columns);
  writer->types = g_new (MediaColumnType, table->n_columns);
  for (guint i = 0; i < table->n_columns; i++) {
    figures_init (&writer->figures[i]);
    writer->types[i] = table->columns[i].type;
  }
  return TRUE;
}

gboolean
dataset_writer_add_row (DatasetWriter *writer, gint64 row, const MediaCell *cells, GError **error)
{
  sqlite3_stmt *statement = writer->insert;

  sqlite3_bind_int64 (statement, 1, row);
  for (guint i = 0; i < writer->n_columns; i++) {
    const MediaCell *cell = &cells[i];
    int place = (int) i + 2;
    switch (cell->kind) {
    case MEDIA_CELL_NULL:
      sqlite3_bind_null (statement, place);
      break;
    case MEDIA_CELL_INTEGER:
      sqlite3_bind_int64 (statement, place, cell->integer);
      break;
    case MEDIA_CELL_REAL:
      sqlite3_bind_double (statement, place, cell->real);
      break;
    case MEDIA_CELL_TEXT:
      sqlite3_bind_text (statement, place, cell->text, (int) cell->length, SQLITE_STATIC);
      break;
    }
    figures_add (&writer->figures[i], cell);
  }
  int code = sqlite3_step (statement);
  sqlite3_reset (statement);
  writer->n_rows++;
  return check (writer, code, error);
}

static gboolean
write_figures (DatasetWriter *writer, guint i, GError **error)
{
  AppColumn column = { 0 };
  sqlite3_stmt *statement = NULL;
  g_autoptr (GVariant) samples = NULL;
  g_autofree char *text = NULL;
  int code;

  column.type = writer->types[i];
  figures_take (&writer->figures[i], &column);
  samples = g_variant_ref_sink (g_variant_new_strv ((const char *const *) column.samples, -1));
  text = g_variant_print (samples, FALSE);
  code = sqlite3_prepare_v2 (writer->db, "UPDATE melete_columns SET nulls = ?, different = ?, min = ?, max = ?, sum = ?, samples = ? WHERE table_id = ? AND position = ?", -1, &statement, NULL);
  sqlite3_bind_int64 (statement, 1, (gint64) column.n_nulls);
  sqlite3_bind_int64 (statement, 2, (gint64) column.n_distinct);
  sqlite3_bind_text (statement, 3, column.min, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, column.max, -1, SQLITE_STATIC);
  if (column.has_sum)
    sqlite3_bind_double (statement, 5, column.sum);
  sqlite3_bind_text (statement, 6, text, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 7, writer->table_id);
  sqlite3_bind_int (statement, 8, (int) i);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  gboolean ok = check (writer, code, error);
  sqlite3_finalize (statement);
  g_free (column.min);
  g_free (column.max);
  g_strfreev (column.samples);
  return ok;
}

gboolean
dataset_writer_end_table (DatasetWriter *writer, const GPtrArray *notes, GError **error)
{
  for (guint i = 0; i < writer->n_columns; i++)
    if (!write_figures (writer, i, error))
      return FALSE;
  for (guint i = 0; notes != NULL && i < notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (notes, i);
    if (!insert (writer, error, "INSERT INTO melete_notes VALUES (?, ?, ?, ?, ?, ?)", "iiiiis", writer->table_id, (gint64) note->kind, (gint64) note->column, (gint64) note->row,
                 (gint64) note->count, note->text))
      return FALSE;
  }
  gboolean ok = insert (writer, error, "UPDATE melete_tables SET rows = ? WHERE id = ?", "ii", (gint64) writer->n_rows, writer->table_id);
  clear_table (writer);
  return ok;
}

static gboolean
make_safe (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
dataset_writer_finish (DatasetWriter *writer, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (writer->path);

  if (writer->table_id == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no table in the file. Choose a file with rows and columns."));
    return FALSE;
  }
  if (!run (writer, "PRAGMA user_version = 1; COMMIT", error))
    return FALSE;
  int code = sqlite3_close (writer->db);
  writer->db = NULL;
  if (!check (writer, code, error))
    return FALSE;
  if (!make_safe (writer->part) || g_rename (writer->part, writer->path) != 0 || !make_safe (folder)) {
    dataset_set_error (writer->path, NULL, errno == ENOSPC ? SQLITE_FULL : SQLITE_READONLY, error);
    return FALSE;
  }
  writer->finished = TRUE;
  return TRUE;
}
