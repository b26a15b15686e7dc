/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passages that answers cite. Only where they stand is stored: what they say is said once, in the attachment. */
#include "app-store.h"

#include <string.h>

gboolean
app_store_write_sources (AppDatabase *db, const AppMessageRow *row, GError **error)
{
  /* An answer that was continued was given others. */
  if (row->sources && (!app_database_exec (db, error, "DELETE FROM message_citations WHERE message = ?1", "i", row->id) ||
                       !app_database_exec (db, error, "DELETE FROM message_sources WHERE message = ?1", "i", row->id)))
    return FALSE;
  for (guint i = 0; row->sources && i < row->sources->len; i++) {
    const AppSource *source = row->sources->pdata[i];

    if (!app_database_exec (db, error,
                            "INSERT INTO message_sources (message, number, note, attachment, page, start, length, sql, tables) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                            " ON CONFLICT DO NOTHING",
                            "iiiiiiiss", row->id, (gint64) i + 1, source->note, (gint64) source->attachment, (gint64) source->page, (gint64) source->start, (gint64) source->length, source->sql,
                            source->tables))
      return FALSE;
  }
  for (guint i = 0; row->citations && i < row->citations->len; i++) {
    const AppCitation *citation = &g_array_index (row->citations, AppCitation, i);

    if (!app_database_exec (db, error, "INSERT INTO message_citations (message, position, number) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", "iii", row->id,
                            (gint64) citation->position, (gint64) citation->number))
      return FALSE;
  }
  return TRUE;
}

static AppMessageRow *
find_row (GPtrArray *rows, gint64 id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((AppMessageRow *) rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

/* The row that a statement's first column names; NULL: of another branch. `*last`: the one before. */
static AppMessageRow *
next_row (sqlite3_stmt *statement, GPtrArray *rows, AppMessageRow **last)
{
  gint64 id = sqlite3_column_int64 (statement, 0);

  if (!*last || (*last)->id != id)
    *last = find_row (rows, id);
  return *last;
}

static gboolean
read_sources (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error)
{
  AppMessageRow *row = NULL;
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT s.message, s.note, s.attachment, s.page, s.start, s.length, coalesce (json_extract (a.metadata, '$.name'), ''), s.sql, s.tables "
                                                "FROM message_sources s JOIN messages m ON m.id = s.message "
                                                "LEFT JOIN message_attachments a ON a.message = s.note AND a.position = s.attachment "
                                                "WHERE m.conversation = ?1 ORDER BY s.message, s.number",
                                                "i", conversation);

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    if (!next_row (statement, rows, &row))
      continue;
    if (!row->sources)
      row->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);
    g_ptr_array_add (row->sources, app_source_new (sqlite3_column_int64 (statement, 1), (guint) sqlite3_column_int64 (statement, 2), (guint) sqlite3_column_int64 (statement, 3),
                                                   (gsize) sqlite3_column_int64 (statement, 4), (gsize) sqlite3_column_int64 (statement, 5),
                                                   (const char *) sqlite3_column_text (statement, 6)));
    ((AppSource *) row->sources->pdata[row->sources->len - 1])->sql = app_store_dup_text (statement, 7);
    ((AppSource *) row->sources->pdata[row->sources->len - 1])->tables = app_store_dup_text (statement, 8);
  }
  return !failed;
}

static gboolean
read_citations (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error)
{
  AppMessageRow *row = NULL;
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT c.message, c.position, c.number FROM message_citations c JOIN messages m ON m.id = c.message "
                                                "WHERE m.conversation = ?1 ORDER BY c.message, c.position",
                                                "i", conversation);

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    AppCitation citation = { (gsize) sqlite3_column_int64 (statement, 1), (guint) sqlite3_column_int64 (statement, 2) };

    /* A damaged file must not point anywhere else. */
    if (!next_row (statement, rows, &row) || citation.position > strlen (row->text) || !row->sources || citation.number < 1 || citation.number > row->sources->len)
      continue;
    if (!row->citations)
      row->citations = g_array_new (FALSE, FALSE, sizeof (AppCitation));
    g_array_append_val (row->citations, citation);
  }
  return !failed;
}

gboolean
app_store_read_sources (AppDatabase *db, gint64 conversation, GPtrArray *rows, GError **error)
{
  return read_sources (db, conversation, rows, error) && read_citations (db, conversation, rows, error);
}
