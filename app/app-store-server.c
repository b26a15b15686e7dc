/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

AppServerRow *
app_server_row_new (void)
{
  return g_new0 (AppServerRow, 1);
}

void
app_server_row_free (AppServerRow *row)
{
  if (!row)
    return;
  g_free (row->name);
  g_free (row->address);
  g_free (row->models);
  g_free (row);
}

gpointer
app_store_servers (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_server_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, name, address, models FROM servers ORDER BY id", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppServerRow *row = app_server_row_new ();
    row->id = sqlite3_column_int64 (statement, 0);
    row->name = app_store_dup_text (statement, 1);
    row->address = app_store_dup_text (statement, 2);
    row->models = app_store_dup_text (statement, 3);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_server_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppServerRow *row = data;
  gint64 *id;

  if (!app_database_exec (db, error,
                          "INSERT INTO servers (id, name, address, models) VALUES (?1, ?2, ?3, ?4)"
                          " ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, models = excluded.models",
                          "Isss", row->id, row->name, row->address, row->models))
    return NULL;
  id = g_new (gint64, 1);
  *id = row->id ? row->id : app_database_last_id (db);
  return id;
}

gpointer
app_store_server_remove (AppDatabase *db, gpointer data, GError **error)
{
  return app_database_exec (db, error, "DELETE FROM servers WHERE id = ?1", "i", *(gint64 *) data) ? APP_DATABASE_OK : NULL;
}
