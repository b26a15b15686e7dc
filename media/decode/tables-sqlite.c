/* SPDX-License-Identifier: MIT */
/* Tables of a SQLite file. It is opened in memory, where the file lies already; nothing of it is run but the reading of its tables: views and triggers stay what they are. */
#include <glib.h>
#include <sqlite3.h>
#include <string.h>

#include "tables.h"

#define MAGIC "SQLite format 3"
#define MAX_TABLE_NAME 300

static bool
matches (Tables *tables)
{
  Extract *extract = &tables->extract;

  if (extract->size < 100 || memcmp (extract->input, MAGIC, sizeof MAGIC) != 0)
    return false;
  extract->format = "SQLite";
  return true;
}

/* Only what reading a table asks for. */
static int
authorize (void *data, int action, const char *first, const char *second, const char *database, const char *inner)
{
  return action == SQLITE_SELECT || action == SQLITE_READ || (action == SQLITE_FUNCTION && g_strcmp0 (second, "like") == 0) ? SQLITE_OK : SQLITE_DENY;
}

/* The file as a database in memory. Its journal's kind is in two bytes: "write-ahead" means a second file, which is not here. */
static sqlite3 *
open_memory (Extract *extract, uint8_t **copy)
{
  sqlite3 *db = NULL;

  *copy = sqlite3_malloc64 (extract->size);
  if (*copy == NULL)
    return NULL;
  memcpy (*copy, extract->input, extract->size);
  if ((*copy)[18] == 2 && (*copy)[19] == 2)
    (*copy)[18] = (*copy)[19] = 1;
  if (sqlite3_open_v2 (":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
      sqlite3_deserialize (db, "main", *copy, (sqlite3_int64) extract->size, (sqlite3_int64) extract->size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    sqlite3_close (db);
    return NULL;
  }
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_exec (db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024);
  sqlite3_limit (db, SQLITE_LIMIT_COLUMN, MEDIA_TABLE_MAX_COLUMNS);
  sqlite3_set_authorizer (db, authorize, NULL);
  return db;
}

static void
tell_value (Tables *tables, Grid *grid, sqlite3_stmt *statement, uint64_t row, unsigned column)
{
  Cell cell = { .text = "" };
  char buffer[64];
  g_autofree char *valid = NULL;

  switch (sqlite3_column_type (statement, (int) column)) {
  case SQLITE_INTEGER:
    cell.kind = CELL_INTEGER;
    cell.integer = sqlite3_column_int64 (statement, (int) column);
    g_snprintf (buffer, sizeof buffer, "%" G_GINT64_FORMAT, cell.integer);
    cell.text = buffer;
    break;
  case SQLITE_FLOAT:
    cell.kind = CELL_REAL;
    cell.real = sqlite3_column_double (statement, (int) column);
    /* No answer has an infinite number in it. */
    if (!(cell.real >= -G_MAXDOUBLE && cell.real <= G_MAXDOUBLE))
      cell.kind = CELL_TEXT;
    cell.text = g_ascii_formatd (buffer, sizeof buffer, "%.17g", cell.real);
    break;
  case SQLITE_TEXT:
    cell.kind = CELL_TEXT;
    cell.text = (const char *) sqlite3_column_text (statement, (int) column);
    cell.length = cell.text != NULL ? strlen (cell.text) : 0;
    if (cell.text != NULL && !g_utf8_validate (cell.text, (gssize) cell.length, NULL)) {
      cell.text = valid = g_utf8_make_valid (cell.text, -1);
      cell.length = strlen (valid);
    }
    break;
  case SQLITE_BLOB:
    cell.kind = CELL_BLOB;
    break;
  default:
    return;
  }
  if (cell.text == NULL)
    return;
  if (cell.length == 0)
    cell.length = strlen (cell.text);
  grid->cell (grid, row, column, &cell);
}

/* Returns whether it was read to its end. */
static bool
read_table (Tables *tables, Grid *grid, sqlite3 *db, const char *name, uint64_t *done)
{
  char *quoted = sqlite3_mprintf ("SELECT * FROM main.\"%w\"", name);
  sqlite3_stmt *statement = NULL;
  uint64_t row = 0;
  int code = sqlite3_prepare_v2 (db, quoted, -1, &statement, NULL);

  sqlite3_free (quoted);
  if (code != SQLITE_OK)
    return false;
  unsigned n = (unsigned) sqlite3_column_count (statement);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (names, (gpointer) sqlite3_column_name (statement, (int) i));
  tables_set_names (tables, (const char *const *) names->pdata, n);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    row++;
    tables_have_row (tables, row);
    for (unsigned i = 0; i < n && i < grid->max_columns; i++)
      tell_value (tables, grid, statement, row, i);
    /* No row takes less than a byte of the file: pages that lead to each other have more rows than that. */
    if (row > tables->extract.size)
      break;
    if (++*done % 4096 == 0)
      tables_tell_progress (tables, MIN (*done, 999999), 1000000);
  }
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

static void
read_sqlite (Tables *tables, Grid *grid)
{
  Extract *extract = &tables->extract;
  uint8_t *copy = NULL;
  sqlite3 *db = open_memory (extract, &copy);
  sqlite3_stmt *statement = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  uint64_t done = 0;
  int code = SQLITE_ERROR;

  /* Tables alone, and neither SQLite's own nor those of a virtual table, whose code would run. */
  if (db != NULL && sqlite3_prepare_v2 (db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid", -1, &statement, NULL) == SQLITE_OK)
    while ((code = sqlite3_step (statement)) == SQLITE_ROW && names->len < MEDIA_TABLE_MAX_TABLES) {
      const char *name = (const char *) sqlite3_column_text (statement, 0);
      if (name != NULL && strlen (name) < MAX_TABLE_NAME && g_utf8_validate (name, -1, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
  sqlite3_finalize (statement);
  for (guint i = 0; i < names->len; i++) {
    grid->begin (grid, g_ptr_array_index (names, i), false);
    bool whole = read_table (tables, grid, db, g_ptr_array_index (names, i), &done);
    grid->end (grid, whole ? GRID_WHOLE : GRID_DAMAGED);
  }
  if (names->len == 0 && code != SQLITE_DONE)
    extract_fail (extract, MEDIA_FAULT_DAMAGED, 0, extract->size);
  sqlite3_close (db);
  sqlite3_free (copy);
}

const TableReader table_reader_sqlite = { matches, read_sqlite };
