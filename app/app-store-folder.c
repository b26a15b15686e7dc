/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store-folder.h"

AppFolderRow *
app_folder_row_new (gint64 id, const char *name, gint64 created)
{
  AppFolderRow *row = g_new0 (AppFolderRow, 1);

  row->id = id;
  row->name = g_strdup (name);
  row->created = created;
  return row;
}

void
app_folder_row_free (AppFolderRow *row)
{
  g_free (row->name);
  g_clear_pointer (&row->conversations, g_array_unref);
  g_free (row);
}

gpointer
app_store_folders (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_folder_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, name, created FROM folders ORDER BY id", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (rows, app_folder_row_new (sqlite3_column_int64 (statement, 0), (const char *) sqlite3_column_text (statement, 1), sqlite3_column_int64 (statement, 2)));
  return failed ? NULL : g_steal_pointer (&rows);
}

static gboolean
add (AppDatabase *db, const AppFolderRow *row, gint64 *id, GError **error)
{
  if (!app_database_exec (db, error, "INSERT INTO folders (id, name, created) VALUES (?1, ?2, ?3)", "Isi", row->id, row->name, row->created))
    return FALSE;
  *id = app_database_last_id (db);
  for (guint i = 0; row->conversations && i < row->conversations->len; i++)
    if (!app_database_exec (db, error, "UPDATE conversations SET folder = ?2 WHERE id = ?1 AND folder IS NULL", "ii", g_array_index (row->conversations, gint64, i), *id))
      return FALSE;
  return TRUE;
}

gpointer
app_store_folder_add (AppDatabase *db, gpointer data, GError **error)
{
  gint64 id;

  if (!app_database_begin (db, error))
    return NULL;
  if (add (db, data, &id, error) && app_database_commit (db, error))
    return g_memdup2 (&id, sizeof id);
  app_database_rollback (db);
  return NULL;
}

gpointer
app_store_folder_rename (AppDatabase *db, gpointer data, GError **error)
{
  const AppFolderRow *row = data;

  return app_database_exec (db, error, "UPDATE folders SET name = ?2 WHERE id = ?1", "is", row->id, row->name) ? APP_DATABASE_OK : NULL;
}

gpointer
app_store_folder_remove (AppDatabase *db, gpointer data, GError **error)
{
  const AppFolderRow *row = data;
  g_autoptr (GArray) conversations = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *statement;
  gboolean failed = TRUE;

  if (!app_database_begin (db, error))
    return NULL;
  statement = app_database_query (db, error, "SELECT id FROM conversations WHERE folder = ?1", "i", row->id);
  while (statement && app_database_step (db, statement, &failed, error)) {
    gint64 id = sqlite3_column_int64 (statement, 0);
    g_array_append_val (conversations, id);
  }
  if (!failed && app_database_exec (db, error, "DELETE FROM folders WHERE id = ?1", "i", row->id) && app_database_commit (db, error))
    return g_steal_pointer (&conversations);
  app_database_rollback (db);
  return NULL;
}
