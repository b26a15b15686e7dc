/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-store.h"

#include "app-store.h"

void
app_mcp_server_row_free (AppMcpServerRow *row)
{
  if (!row)
    return;
  g_free (row->name);
  g_free (row->command);
  g_free (row->folder);
  g_free (row->key);
  g_free (row->tools);
  g_free (row->prompts);
  g_free (row);
}

gpointer
app_mcp_store_servers (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_mcp_server_row_free);
  sqlite3_stmt *statement;
  gboolean failed;

  if (!app_database_exec (db, error, "UPDATE mcp_runs SET outcome = '', ended = began WHERE outcome IS NULL", ""))
    return NULL;
  statement = app_database_query (db, error, "SELECT id, name, command, folder, key, network, enabled, offers, tools, prompts FROM mcp_servers ORDER BY id", "");
  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppMcpServerRow *row = g_new0 (AppMcpServerRow, 1);
    row->id = sqlite3_column_int64 (statement, 0);
    row->name = app_store_dup_text (statement, 1);
    row->command = app_store_dup_text (statement, 2);
    row->folder = app_store_dup_text (statement, 3);
    row->key = app_store_dup_text (statement, 4);
    row->network = sqlite3_column_int (statement, 5) != 0;
    row->enabled = sqlite3_column_int (statement, 6) != 0;
    row->offers = (guint) sqlite3_column_int (statement, 7);
    row->tools = app_store_dup_text (statement, 8);
    row->prompts = app_store_dup_text (statement, 9);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_mcp_store_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppMcpServerRow *row = data;
  gint64 *id;

  if (!app_database_exec (db, error,
                          "INSERT INTO mcp_servers (id, name, command, folder, key, network, enabled, offers, tools, prompts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                          " ON CONFLICT (id) DO UPDATE SET name = excluded.name, command = excluded.command, folder = excluded.folder, key = excluded.key, network = excluded.network,"
                          " enabled = excluded.enabled, offers = excluded.offers, tools = excluded.tools, prompts = excluded.prompts",
                          "Issssiiiss", row->id, row->name, row->command, row->folder, row->key, (gint64) row->network, (gint64) row->enabled, (gint64) row->offers, row->tools, row->prompts ? row->prompts : "[]"))
    return NULL;
  id = g_new (gint64, 1);
  *id = row->id ? row->id : app_database_last_id (db);
  return id;
}

gpointer
app_mcp_store_remove (AppDatabase *db, gpointer data, GError **error)
{
  gint64 id = *(gint64 *) data;

  if (!app_database_begin (db, error))
    return NULL;
  if (app_database_exec (db, error, "DELETE FROM grants WHERE origin = (SELECT name FROM mcp_servers WHERE id = ?1)", "i", id) &&
      app_database_exec (db, error, "DELETE FROM mcp_servers WHERE id = ?1", "i", id) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

/* ---- runs ---- */

void
app_mcp_run_row_free (AppMcpRunRow *row)
{
  if (!row)
    return;
  g_free (row->server);
  g_free (row->command);
  g_free (row->outcome);
  g_free (row);
}

gpointer
app_mcp_store_run_begin (AppDatabase *db, gpointer data, GError **error)
{
  const AppMcpRunRow *row = data;
  gint64 *id;

  if (!app_database_exec (db, error, "INSERT INTO mcp_runs (server, command, network, began) VALUES (?1, ?2, ?3, ?4)", "ssii", row->server, row->command, (gint64) row->network, row->began))
    return NULL;
  id = g_new (gint64, 1);
  *id = app_database_last_id (db);
  return id;
}

gpointer
app_mcp_store_run_end (AppDatabase *db, gpointer data, GError **error)
{
  const AppMcpRunRow *row = data;

  return app_database_exec (db, error, "UPDATE mcp_runs SET ended = ?2, outcome = ?3 WHERE id = ?1", "iis", row->id, row->ended, row->outcome ? row->outcome : "") ? APP_DATABASE_OK : NULL;
}

gpointer
app_mcp_store_runs (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_mcp_run_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, server, command, network, began, ended, outcome FROM mcp_runs ORDER BY id DESC LIMIT ?1", "i", (gint64) GPOINTER_TO_UINT (data));

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppMcpRunRow *row = g_new0 (AppMcpRunRow, 1);
    row->id = sqlite3_column_int64 (statement, 0);
    row->server = app_store_dup_text (statement, 1);
    row->command = app_store_dup_text (statement, 2);
    row->network = sqlite3_column_int (statement, 3) != 0;
    row->began = sqlite3_column_int64 (statement, 4);
    row->ended = sqlite3_column_int64 (statement, 5);
    row->outcome = app_store_dup_text (statement, 6);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}
