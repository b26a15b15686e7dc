/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

AppConnectionRow *
app_connection_row_new (void)
{
  return g_new0 (AppConnectionRow, 1);
}

void
app_connection_row_free (AppConnectionRow *row)
{
  if (!row)
    return;
  g_free (row->purpose);
  g_free (row->peer);
  g_free (row->error);
  g_free (row);
}

gpointer
app_store_connections (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_connection_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, began, purpose, peer, bytes, outcome, error FROM connections ORDER BY id DESC", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppConnectionRow *row = app_connection_row_new ();
    row->id = sqlite3_column_int64 (statement, 0);
    row->began = sqlite3_column_int64 (statement, 1);
    row->purpose = app_store_dup_text (statement, 2);
    row->peer = app_store_dup_text (statement, 3);
    row->bytes = sqlite3_column_int64 (statement, 4);
    row->outcome = sqlite3_column_int (statement, 5);
    row->error = app_store_dup_text (statement, 6);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_connection_begin (AppDatabase *db, gpointer data, GError **error)
{
  const AppConnectionRow *row = data;
  gint64 *id;

  if (!app_database_exec (db, error, "INSERT INTO connections (began, purpose, peer) VALUES (?1, ?2, ?3)", "iss", row->began, row->purpose, row->peer))
    return NULL;
  id = g_new (gint64, 1);
  *id = app_database_last_id (db);
  return id;
}

gpointer
app_store_connection_update (AppDatabase *db, gpointer data, GError **error)
{
  const AppConnectionRow *row = data;

  return app_database_exec (db, error, "UPDATE connections SET bytes = ?2, outcome = ?3, error = ?4 WHERE id = ?1", "iiis", row->id, row->bytes,
                            (gint64) row->outcome, row->error)
             ? APP_DATABASE_OK
             : NULL;
}
