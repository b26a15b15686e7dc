/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the tables of files are to be read. The choices go with the bytes: whoever stores those stores them, and the row goes when the bytes do. */
#include "app-store.h"

AppStoreChoices *
app_store_choices_new (const char *sha256, const char *choices)
{
  AppStoreChoices *row = g_new0 (AppStoreChoices, 1);

  row->sha256 = g_strdup (sha256);
  row->choices = g_strdup (choices);
  return row;
}

void
app_store_choices_free (AppStoreChoices *row)
{
  g_free (row->sha256);
  g_free (row->choices);
  g_free (row);
}

gboolean
app_store_write_choices (AppDatabase *db, const char *sha256, const char *choices, GError **error)
{
  if (choices == NULL)
    return TRUE;
  if (*choices == '\0')
    return app_database_exec (db, error, "DELETE FROM table_choices WHERE sha256 = ?1", "s", sha256);
  return app_database_exec (db, error,
                            "INSERT INTO table_choices (sha256, choices) SELECT sha256, ?2 FROM attachments WHERE sha256 = ?1"
                            " ON CONFLICT (sha256) DO UPDATE SET choices = excluded.choices",
                            "ss", sha256, choices);
}

gpointer
app_store_set_choices (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreChoices *row = data;

  return app_store_write_choices (db, row->sha256, row->choices, error) ? APP_DATABASE_OK : NULL;
}

GPtrArray *
app_store_read_choices (AppDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_store_choices_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT sha256, choices FROM table_choices", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (rows, app_store_choices_new ((const char *) sqlite3_column_text (statement, 0), (const char *) sqlite3_column_text (statement, 1)));
  return failed ? NULL : g_steal_pointer (&rows);
}
