/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several agents made of one question, beside the answer that came of it. */
#include "app-store.h"

void
app_lane_row_free (AppLaneRow *row)
{
  if (row == NULL)
    return;
  g_free (row->name);
  g_free (row->answer);
  g_free (row->text);
  g_free (row);
}

void
app_lanes_row_free (AppLanesRow *row)
{
  g_ptr_array_unref (row->lanes);
  g_free (row);
}

gpointer
app_store_lanes_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppLanesRow *row = data;
  gboolean ok;

  if (!app_database_begin (db, error))
    return NULL;
  ok = app_database_exec (db, error, "DELETE FROM lanes WHERE message = ?1", "i", row->message);
  for (guint i = 0; ok && i < row->lanes->len; i++) {
    const AppLaneRow *lane = row->lanes->pdata[i];
    ok = app_database_exec (db, error, "INSERT INTO lanes (message, number, name, state, answer, text, tokens, ms, began, ended) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE EXISTS (SELECT 1 FROM messages WHERE id = ?1)",
                            "iisissiiII", row->message, (gint64) i, lane->name, (gint64) lane->state, lane->answer, lane->text, lane->tokens, lane->ms, lane->began, lane->ended);
  }
  if (ok && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gpointer
app_store_lanes (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) app_lanes_row_free);
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT l.message, l.name, l.state, l.answer, l.text, l.tokens, l.ms, l.began, l.ended FROM lanes l JOIN messages m ON m.id = l.message WHERE m.conversation = ?1 ORDER BY l.message, l.number",
                                                "i", *(gint64 *) data);
  AppLanesRow *of = NULL;
  gboolean failed;

  if (statement == NULL)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    gint64 message = sqlite3_column_int64 (statement, 0);
    AppLaneRow *row = g_new0 (AppLaneRow, 1);

    if (of == NULL || of->message != message) {
      of = g_new0 (AppLanesRow, 1);
      of->message = message;
      of->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) app_lane_row_free);
      g_ptr_array_add (all, of);
    }
    g_ptr_array_add (of->lanes, row);
    row->name = app_store_dup_text (statement, 1);
    row->state = (gint) CLAMP (sqlite3_column_int64 (statement, 2), 0, G_MAXINT);
    row->answer = app_store_dup_text (statement, 3);
    row->text = app_store_dup_text (statement, 4);
    row->tokens = sqlite3_column_int64 (statement, 5);
    row->ms = sqlite3_column_int64 (statement, 6);
    row->began = sqlite3_column_int64 (statement, 7);
    row->ended = sqlite3_column_int64 (statement, 8);
  }
  return failed ? NULL : g_steal_pointer (&all);
}
