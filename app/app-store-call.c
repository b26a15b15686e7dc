/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of tools, before and after they happen, and what the person allowed. */
#include "app-store.h"

#include <string.h>

AppCallRow *
app_call_row_new (void)
{
  return g_new0 (AppCallRow, 1);
}

void
app_call_row_free (AppCallRow *row)
{
  if (row == NULL)
    return;
  g_free (row->call);
  g_free (row->tool);
  g_free (row->origin);
  g_free (row->pin);
  g_free (row->arguments);
  g_free (row->result);
  g_free (row->data);
  g_free (row);
}

AppCallRow *
app_call_row_copy (const AppCallRow *row)
{
  AppCallRow *copy = g_memdup2 (row, sizeof *row);

  copy->call = g_strdup (row->call != NULL ? row->call : "");
  copy->tool = g_strdup (row->tool != NULL ? row->tool : "");
  copy->origin = g_strdup (row->origin != NULL ? row->origin : "");
  copy->pin = g_strdup (row->pin != NULL ? row->pin : "");
  copy->arguments = g_strdup (row->arguments != NULL ? row->arguments : "");
  copy->result = g_strdup (row->result != NULL ? row->result : "");
  copy->data = g_strdup (row->data);
  return copy;
}

/* Whether the person has allowed this tool, as it is described now, here or everywhere. */
static gboolean
is_granted (AppDatabase *db, const AppCallRow *row, gboolean *granted, GError **error)
{
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT count (*) FROM grants WHERE tool = ?1 AND origin = ?2 AND pin = ?3 AND"
                                                " (conversation IS NULL OR conversation = (SELECT conversation FROM messages WHERE id = ?4))",
                                                "sssi", row->tool, row->origin, row->pin, row->message);

  if (statement == NULL || !app_database_step (db, statement, NULL, error))
    return FALSE;
  *granted = sqlite3_column_int64 (statement, 0) > 0;
  app_database_reset (statement);
  return TRUE;
}

gpointer
app_store_call_begin (AppDatabase *db, gpointer data, GError **error)
{
  const AppCallRow *row = data;
  AppStoreCallBegun *begun = g_new0 (AppStoreCallBegun, 1);

  if (!app_database_begin (db, error)) {
    g_free (begun);
    return NULL;
  }
  if ((row->state != APP_CALL_ASKING || is_granted (db, row, &begun->granted, error)) &&
      app_database_exec (db, error,
                         "INSERT INTO calls (message, round, place, call, tool, origin, effect, arguments, state, consent, result, data, began)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                         "Iiisssisiissi", row->message, (gint64) row->round, (gint64) row->place, row->call, row->tool, row->origin, (gint64) row->effect, row->arguments,
                         (gint64) (begun->granted ? APP_CALL_RUNNING : row->state), (gint64) (begun->granted ? APP_CONSENT_GRANTED : row->consent), row->result, row->data, row->began)) {
    begun->id = app_database_last_id (db);
    if (app_database_commit (db, error))
      return begun;
  }
  app_database_rollback (db);
  g_free (begun);
  return NULL;
}

static gboolean
add_grant (AppDatabase *db, const AppCallRow *row, GError **error)
{
  if (row->consent != APP_CONSENT_CONVERSATION && row->consent != APP_CONSENT_ALWAYS)
    return TRUE;
  /* ?5: where it holds. */
  return app_database_exec (db, error,
                            "INSERT INTO grants (tool, origin, pin, granted, conversation)"
                            " SELECT ?1, ?2, ?3, ?4, CASE WHEN ?5 THEN (SELECT conversation FROM messages WHERE id = ?6) END",
                            "sssiii", row->tool, row->origin, row->pin, g_get_real_time () / 1000, (gint64) (row->consent == APP_CONSENT_CONVERSATION), row->message);
}

gpointer
app_store_call_update (AppDatabase *db, gpointer data, GError **error)
{
  const AppCallRow *row = data;

  if (!app_database_begin (db, error))
    return NULL;
  if (app_database_exec (db, error, "UPDATE calls SET state = ?2, consent = ?3, result = ?4, data = ?5, ended = ?6 WHERE id = ?1 AND message IS NOT NULL", "iiissI", row->id, (gint64) row->state,
                         (gint64) row->consent, row->result, row->data, row->ended) &&
      (row->state != APP_CALL_RUNNING || add_grant (db, row, error)) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gboolean
app_store_interrupt_calls (AppDatabase *db, GError **error)
{
  /* What only read, or had not begun, had no effect. */
  return app_database_exec (db, error, "UPDATE calls SET state = CASE WHEN state = ?1 AND effect > ?2 THEN ?3 ELSE ?4 END WHERE state < ?5", "iiiii", (gint64) APP_CALL_RUNNING,
                            (gint64) APP_EFFECT_READS, (gint64) APP_CALL_UNKNOWN, (gint64) APP_CALL_STOPPED, (gint64) APP_CALL_DONE);
}

/* ---- reading ---- */

#define CALL_COLUMNS "c.id, c.message, c.round, c.place, c.call, c.tool, c.origin, c.effect, c.arguments, c.state, c.consent, c.result, c.data, c.began, c.ended"

static AppCallRow *
read_call (sqlite3_stmt *statement)
{
  AppCallRow *row = app_call_row_new ();

  row->id = sqlite3_column_int64 (statement, 0);
  row->message = sqlite3_column_int64 (statement, 1);
  row->round = (guint) CLAMP (sqlite3_column_int64 (statement, 2), 0, G_MAXINT);
  row->place = (gsize) MAX (sqlite3_column_int64 (statement, 3), 0);
  row->call = app_store_dup_text (statement, 4);
  row->tool = app_store_dup_text (statement, 5);
  row->origin = app_store_dup_text (statement, 6);
  row->effect = (AppEffect) CLAMP (sqlite3_column_int64 (statement, 7), APP_EFFECT_READS, APP_EFFECT_MCP);
  row->arguments = app_store_dup_text (statement, 8);
  row->state = (AppCallState) CLAMP (sqlite3_column_int64 (statement, 9), APP_CALL_ASKING, APP_CALL_UNKNOWN);
  row->consent = (AppConsentAnswer) CLAMP (sqlite3_column_int64 (statement, 10), APP_CONSENT_FREE, APP_CONSENT_GRANTED);
  row->result = app_store_dup_text (statement, 11);
  row->data = app_store_dup_text (statement, 12);
  row->began = sqlite3_column_int64 (statement, 13);
  row->ended = sqlite3_column_int64 (statement, 14);
  return row;
}

static AppMessageRow *
find_row (GPtrArray *rows, gint64 id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((AppMessageRow *) rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

gboolean
app_store_read_calls (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT " CALL_COLUMNS " FROM calls c JOIN messages m ON m.id = c.message WHERE m.conversation = ?1 ORDER BY c.message, c.id", "i", conversation);

  if (statement == NULL)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    AppMessageRow *row = find_row (rows, sqlite3_column_int64 (statement, 1));

    if (row == NULL) /* of another branch */
      continue;
    if (row->calls == NULL)
      row->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) app_call_row_free);
    AppCallRow *call = read_call (statement);
    call->place = MIN (call->place, strlen (row->text)); /* what was written after the last save is gone */
    g_ptr_array_add (row->calls, call);
  }
  return !failed;
}

/* ---- the log, and what was allowed ---- */

void
app_store_log_free (AppStoreLog *log)
{
  g_free (log->query);
  g_free (log);
}

gpointer
app_store_log (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreLog *log = data;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_call_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT " CALL_COLUMNS " FROM calls c WHERE c.id < ?1 AND (?2 = '' OR instr (lower (c.tool || ' ' || c.origin || ' ' || c.arguments), lower (?2)))"
                                                " ORDER BY c.id DESC LIMIT ?3",
                                                "isi", log->before > 0 ? log->before : G_MAXINT64, log->query, (gint64) log->limit);

  if (statement == NULL)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (rows, read_call (statement));
  return failed ? NULL : g_steal_pointer (&rows);
}

void
app_grant_row_free (AppGrantRow *row)
{
  g_free (row->tool);
  g_free (row->origin);
  g_free (row->conversation);
  g_free (row);
}

gpointer
app_store_grants (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_grant_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT g.id, g.tool, g.origin, c.title, g.granted FROM grants g LEFT JOIN conversations c ON c.id = g.conversation ORDER BY g.id DESC", "");

  if (statement == NULL)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppGrantRow *row = g_new0 (AppGrantRow, 1);
    row->id = sqlite3_column_int64 (statement, 0);
    row->tool = app_store_dup_text (statement, 1);
    row->origin = app_store_dup_text (statement, 2);
    row->conversation = app_store_dup_text (statement, 3);
    row->granted = sqlite3_column_int64 (statement, 4);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_grant_revoke (AppDatabase *db, gpointer data, GError **error)
{
  /* Whoever allowed it twice takes both back. */
  return app_database_exec (db, error,
                            "DELETE FROM grants WHERE EXISTS (SELECT 1 FROM grants g WHERE g.id = ?1 AND g.tool = grants.tool AND g.origin = grants.origin AND g.conversation IS grants.conversation)", "i",
                            *(gint64 *) data)
             ? APP_DATABASE_OK
             : NULL;
}
