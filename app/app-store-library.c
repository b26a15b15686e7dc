/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

void
app_library_row_free (AppLibraryRow *row)
{
  g_free (row->name);
  g_free (row->text);
  g_free (row);
}

gpointer
app_store_library_read (AppDatabase *db, gpointer data, GError **error)
{
  const AppLibraryRow *which = data;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_library_row_free);
  g_autofree char *sql = g_strdup_printf ("SELECT id, name, %s FROM %s", which->column, which->table);
  sqlite3_stmt *statement = app_database_query (db, error, sql, "");
  gboolean failed;

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppLibraryRow *row = g_new0 (AppLibraryRow, 1);
    *row = (AppLibraryRow){ which->table, which->column, sqlite3_column_int64 (statement, 0), app_store_dup_text (statement, 1), app_store_dup_text (statement, 2) };
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_library_write (AppDatabase *db, gpointer data, GError **error)
{
  const AppLibraryRow *row = data;
  g_autofree char *sql = NULL;

  if (!row->name) {
    sql = g_strdup_printf ("DELETE FROM %s WHERE id = ?1", row->table);
    return app_database_exec (db, error, sql, "i", row->id) ? APP_DATABASE_OK : NULL;
  }
  sql = g_strdup_printf ("INSERT INTO %s (id, name, %s) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET name = ?2, %s = ?3", row->table, row->column, row->column);
  return app_database_exec (db, error, sql, "iss", row->id, row->name, row->text) ? APP_DATABASE_OK : NULL;
}
