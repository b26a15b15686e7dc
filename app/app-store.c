/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

#include <glib/gi18n.h>

#include "app-store-folder.h"

/* ---- rows ---- */

AppConversationRow *
app_conversation_row_new (void)
{
  return g_new0 (AppConversationRow, 1);
}

void
app_conversation_row_free (AppConversationRow *row)
{
  if (!row)
    return;
  g_free (row->title);
  g_free (row->model);
  g_free (row->draft);
  g_free (row->draft_wish);
  g_free (row->draft_depth);
  g_free (row->settings);
  g_free (row);
}

AppMessageRow *
app_message_row_new (void)
{
  return g_new0 (AppMessageRow, 1);
}

void
app_message_row_free (AppMessageRow *row)
{
  if (!row)
    return;
  g_free (row->text);
  g_free (row->thought);
  g_free (row->error);
  g_free (row->notices);
  g_free (row->model);
  g_clear_pointer (&row->sources, g_ptr_array_unref);
  g_clear_pointer (&row->citations, g_array_unref);
  g_free (row->host);
  g_free (row->wish);
  g_free (row->depth);
  g_clear_pointer (&row->calls, g_ptr_array_unref);
  g_free (row);
}

AppAttachmentRow *
app_attachment_row_new (void)
{
  return g_new0 (AppAttachmentRow, 1);
}

void
app_attachment_row_free (AppAttachmentRow *row)
{
  if (!row)
    return;
  g_free (row->sha256);
  g_free (row->metadata);
  g_free (row->model_text);
  g_clear_pointer (&row->bytes, g_bytes_unref);
  g_free (row->choices);
  g_free (row);
}

char *
app_store_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/* ---- opening ---- */

/* Deletes conversations that were marked (`id` 0: all of them), and then attachments that no message uses. `*purged`: (nullable) whether there were any;
 * their words are then still in the index of the search, until app_store_clean has taken them out. */
static gboolean
purge (AppDatabase *db, gint64 id, gboolean *purged, GError **error)
{
  if (!app_database_exec (db, error, "DELETE FROM conversations WHERE deleted IS NOT NULL AND (?1 IS NULL OR id = ?1)", "I", id))
    return FALSE;
  if (purged)
    *purged = app_database_changes (db) > 0;
  if (app_database_changes (db) == 0)
    return TRUE;
  return app_database_exec (db, error,
                            "DELETE FROM attachments WHERE NOT EXISTS (SELECT 1 FROM message_attachments a WHERE a.sha256 = attachments.sha256)"
                            " AND NOT EXISTS (SELECT 1 FROM draft_attachments a WHERE a.sha256 = attachments.sha256)", "") &&
         app_store_begin_cleaning (db, error);
}

/* Ends an open transaction the way that `ok` says. */
static gboolean
end (AppDatabase *db, gboolean ok, GError **error)
{
  if (ok && app_database_commit (db, error))
    return TRUE;
  app_database_rollback (db);
  return FALSE;
}

void
app_store_opened_free (AppStoreOpened *opened)
{
  g_ptr_array_unref (opened->conversations);
  g_clear_pointer (&opened->folders, g_ptr_array_unref);
  g_clear_pointer (&opened->choices, g_ptr_array_unref);
  g_free (opened->draft);
  g_free (opened->draft_wish);
  g_free (opened->draft_depth);
  g_free (opened);
}

/* Conversations in the order of the list, `limit` (negative: all) after the first `offset`. */
static GPtrArray *
read_conversations (AppDatabase *db, gint64 limit, gint64 offset, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_conversation_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT c.id, title, title_source, model, pinned, updated, d.text, folder, settings,"
                                                " (SELECT count (*) FROM draft_attachments WHERE draft = d.id),"
                                                " (SELECT coalesce (max (queued), 0) FROM drafts WHERE conversation = c.id), d.wish, d.depth FROM conversations c "
                                                "LEFT JOIN drafts d ON d.conversation = c.id AND d.queued = 0 WHERE deleted IS NULL ORDER BY pinned DESC, updated DESC, c.id DESC"
                                                " LIMIT ?1 OFFSET ?2",
                                                "ii", limit, offset);
  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppConversationRow *row = app_conversation_row_new ();
    row->id = sqlite3_column_int64 (statement, 0);
    row->title = app_store_dup_text (statement, 1);
    row->named = sqlite3_column_int (statement, 2) != 0;
    row->model = app_store_dup_text (statement, 3);
    row->pinned = sqlite3_column_int (statement, 4) != 0;
    row->updated = sqlite3_column_int64 (statement, 5);
    row->draft = app_store_dup_text (statement, 6);
    row->folder = sqlite3_column_int64 (statement, 7);
    row->settings = app_store_dup_text (statement, 8);
    row->n_draft_attachments = (guint) sqlite3_column_int (statement, 9);
    row->queued = sqlite3_column_int64 (statement, 10);
    row->draft_wish = app_store_dup_text (statement, 11);
    row->draft_depth = app_store_dup_text (statement, 12);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_open_rest (AppDatabase *db, gpointer data, GError **error)
{
  return read_conversations (db, -1, APP_STORE_FIRST, error);
}

gpointer
app_store_open (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  AppStoreOpened *opened;
  g_autoptr (GPtrArray) folders = NULL, choices = NULL;
  g_autofree char *draft = NULL, *draft_wish = NULL, *draft_depth = NULL;
  gboolean purged = FALSE;
  guint n_draft_attachments = 0;

  if (!app_database_begin (db, error))
    return NULL;
  if (!end (db,
            app_database_exec (db, error, "UPDATE messages SET state = ?1, interrupted = 1 WHERE state < 2", "i", (gint64) APP_MESSAGE_STOPPED) &&
                app_database_exec (db, error, "UPDATE artifact_versions SET state = ?1 WHERE state = 0", "i", (gint64) APP_VERSION_UNSEEN) &&
                app_database_exec (db, error, "UPDATE connections SET outcome = ?1 WHERE outcome = 0", "i", (gint64) APP_CONNECTION_INTERRUPTED) &&
                app_store_interrupt_calls (db, error) &&
                purge (db, 0, &purged, error),
            error))
    return NULL;

  rows = read_conversations (db, APP_STORE_FIRST, 0, error);
  if (!rows || !app_store_read_unsent_draft (db, &draft, &draft_wish, &draft_depth, &n_draft_attachments, error) || !(folders = app_store_folders (db, NULL, error)) || !(choices = app_store_read_choices (db, error)))
    return NULL;
  opened = g_new0 (AppStoreOpened, 1);
  opened->conversations = g_steal_pointer (&rows);
  opened->folders = g_steal_pointer (&folders);
  opened->choices = g_steal_pointer (&choices);
  opened->draft = g_steal_pointer (&draft);
  opened->draft_wish = g_steal_pointer (&draft_wish);
  opened->draft_depth = g_steal_pointer (&draft_depth);
  opened->n_draft_attachments = n_draft_attachments;
  opened->purged = purged;
  return opened;
}

/* ---- loading a path ---- */

/* Of `m`, as read_message () wants them. */
#define MESSAGE_COLUMNS                                                                                        \
  "m.id, m.parent, m.role, m.state, m.interrupted, m.created, m.text, m.error, m.notices, m.model,"            \
  " m.finish, m.prompt_tokens, m.reused_tokens, m.tokens, m.dropped_messages, m.first_token_ms,"               \
  " m.tokens_per_second, m.prompt_tokens_per_second,"                                                          \
  " (SELECT count (*) FROM messages s WHERE s.parent IS m.parent AND s.conversation = m.conversation AND s.id < m.id)," \
  " (SELECT count (*) FROM messages s WHERE s.parent IS m.parent AND s.conversation = m.conversation),"        \
  " (SELECT count (*) FROM message_attachments a WHERE a.message = m.id), m.host, m.wish,"       \
  " m.depth, m.thought, m.thought_tokens, m.thought_ms, m.thought_end "

/* Ids rise along a path, so the recursion ends whatever the table holds. */
#define PATH_SQL                                                                                               \
  "WITH RECURSIVE path (id, step) AS ("                                                                        \
  " SELECT CASE WHEN ?2 IS NULL THEN (SELECT chosen FROM conversations WHERE id = ?1)"                         \
  "             ELSE (SELECT chosen FROM messages WHERE id = ?2 AND conversation = ?1) END, 0"                 \
  " UNION ALL"                                                                                                 \
  " SELECT m.chosen, step + 1 FROM path JOIN messages m ON m.id = path.id WHERE m.chosen > m.id)"             \
  "SELECT " MESSAGE_COLUMNS "FROM path JOIN messages m ON m.id = path.id WHERE m.conversation = ?1 ORDER BY step"

#define VERSIONS_SQL                                                                                           \
  "SELECT " MESSAGE_COLUMNS "FROM messages o JOIN messages m ON m.parent IS o.parent AND m.conversation = o.conversation" \
  " WHERE o.conversation = ?1 AND o.id = ?2 ORDER BY m.id"

void
app_store_read_thought (sqlite3_stmt *statement, int column, AppMessageRow *row)
{
  row->depth = app_store_dup_text (statement, column);
  row->thought = app_store_dup_text (statement, column + 1);
  row->stats.thought_tokens = sqlite3_column_int64 (statement, column + 2);
  row->stats.thought_ms = sqlite3_column_double (statement, column + 3);
  row->stats.thought_end = CLAMP (sqlite3_column_int (statement, column + 4), APP_THOUGHT_NONE, APP_N_THOUGHT_ENDS - 1);
}

static AppMessageRow *
read_message (sqlite3_stmt *statement)
{
  AppMessageRow *row = app_message_row_new ();

  row->id = sqlite3_column_int64 (statement, 0);
  row->parent = sqlite3_column_int64 (statement, 1);
  row->role = sqlite3_column_int (statement, 2);
  row->state = sqlite3_column_int (statement, 3);
  row->interrupted = sqlite3_column_int (statement, 4) != 0;
  row->created = sqlite3_column_int64 (statement, 5);
  row->text = app_store_dup_text (statement, 6);
  row->error = app_store_dup_text (statement, 7);
  row->notices = app_store_dup_text (statement, 8);
  row->model = app_store_dup_text (statement, 9);
  row->stats.finish = CLAMP (sqlite3_column_int (statement, 10), APP_FINISH_NONE, APP_FINISH_CONTEXT);
  row->stats.prompt_tokens = sqlite3_column_int64 (statement, 11);
  row->stats.reused_tokens = sqlite3_column_int64 (statement, 12);
  row->stats.tokens = sqlite3_column_int64 (statement, 13);
  row->stats.dropped_messages = sqlite3_column_int64 (statement, 14);
  row->stats.first_token_ms = sqlite3_column_double (statement, 15);
  row->stats.tokens_per_second = sqlite3_column_double (statement, 16);
  row->stats.prompt_tokens_per_second = sqlite3_column_double (statement, 17);
  row->branch_index = sqlite3_column_int (statement, 18);
  row->branch_count = sqlite3_column_int (statement, 19);
  row->n_attachments = sqlite3_column_int (statement, 20);
  row->host = app_store_dup_text (statement, 21);
  row->wish = app_store_dup_text (statement, 22);
  app_store_read_thought (statement, 23, row);
  return row;
}

/* Makes every message on the way from the root to `id` the chosen child of its parent. */
static gboolean
choose_way (AppDatabase *db, gint64 conversation, gint64 id, GError **error)
{
  return app_database_exec (db, error,
                            "WITH RECURSIVE way (id, parent) AS ("
                            " SELECT id, parent FROM messages WHERE id = ?2 AND conversation = ?1"
                            " UNION ALL SELECT m.id, m.parent FROM way JOIN messages m ON m.id = way.parent WHERE m.id < way.id)"
                            "UPDATE messages SET chosen = way.id FROM way WHERE messages.id = way.parent",
                            "ii", conversation, id) &&
         app_database_exec (db, error,
                            "WITH RECURSIVE way (id, parent) AS ("
                            " SELECT id, parent FROM messages WHERE id = ?2 AND conversation = ?1"
                            " UNION ALL SELECT m.id, m.parent FROM way JOIN messages m ON m.id = way.parent WHERE m.id < way.id)"
                            "UPDATE conversations SET chosen = way.id FROM way WHERE conversations.id = ?1 AND way.parent IS NULL",
                            "ii", conversation, id);
}

/* The sibling number `index` of a message; 0 with `error` when there is none. */
static gint64
find_sibling (AppDatabase *db, gint64 message, guint index, GError **error)
{
  gboolean failed;
  gint64 id = 0;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT s.id FROM messages m JOIN messages s ON s.parent IS m.parent AND s.conversation = m.conversation "
                                                "WHERE m.id = ?1 ORDER BY s.id LIMIT 1 OFFSET ?2",
                                                "ii", message, (gint64) index);
  if (!statement)
    return 0;
  if (app_database_step (db, statement, &failed, error)) {
    id = sqlite3_column_int64 (statement, 0);
    app_database_reset (statement);
  } else if (!failed) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no such version of this message."));
  }
  return id;
}

/* The rows of PATH_SQL or VERSIONS_SQL. */
static GPtrArray *
read_messages (AppDatabase *db, const char *sql, gint64 conversation, gint64 message, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_message_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, sql, "iI", conversation, message);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (rows, read_message (statement));
  if (failed || !app_store_read_sources (db, conversation, rows, error) || !app_store_read_calls (db, conversation, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}

gpointer
app_store_load (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreSelect *select = data;
  gint64 target = select->reveal;

  if (select->choose && !(target = find_sibling (db, select->choose, select->choose_index, error)))
    return NULL;
  if (target && (!app_database_begin (db, error) || !end (db, choose_way (db, select->conversation, target, error), error)))
    return NULL;
  return read_messages (db, PATH_SQL, select->conversation, select->after, error);
}

gpointer
app_store_versions (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreVersions *versions = data;

  return read_messages (db, VERSIONS_SQL, versions->conversation, versions->message, error);
}

/* ---- changing a conversation ---- */

void
app_store_change_free (AppStoreChange *change)
{
  g_free (change->title);
  g_free (change);
}

gpointer
app_store_change (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreChange *change = data;
  gboolean ok = FALSE;

  if (!app_database_begin (db, error))
    return NULL;
  switch (change->field) {
  case APP_STORE_TITLE:
    ok = app_database_exec (db, error, "UPDATE conversations SET title = ?2, title_source = ?3 WHERE id = ?1", "isi",
                            change->conversation, change->title, change->value);
    break;
  case APP_STORE_PINNED:
    ok = app_database_exec (db, error, "UPDATE conversations SET pinned = ?2 WHERE id = ?1", "ii", change->conversation, change->value);
    break;
  case APP_STORE_FOLDER:
    ok = app_database_exec (db, error, "UPDATE conversations SET folder = ?2 WHERE id = ?1", "iI", change->conversation, change->value);
    break;
  case APP_STORE_DELETED:
    ok = app_database_exec (db, error, "UPDATE conversations SET deleted = ?2 WHERE id = ?1", "iI", change->conversation,
                            change->value ? g_get_real_time () / 1000 : 0);
    break;
  case APP_STORE_PURGE:
    ok = purge (db, change->conversation, NULL, error);
    break;
  }
  return end (db, ok, error) ? APP_DATABASE_OK : NULL;
}

/* ---- attachments ---- */

gboolean
app_store_read_attachments (AppDatabase *db, sqlite3_stmt *statement, GPtrArray *rows, GError **error)
{
  gboolean failed;

  while (app_database_step (db, statement, &failed, error)) {
    AppAttachmentRow *row = app_attachment_row_new ();
    row->sha256 = app_store_dup_text (statement, 0);
    row->metadata = app_store_dup_text (statement, 1);
    row->model_text = app_store_dup_text (statement, 2);
    row->bytes = g_bytes_new (sqlite3_column_blob (statement, 3), sqlite3_column_bytes (statement, 3));
    g_ptr_array_add (rows, row);
  }
  return !failed;
}

gpointer
app_store_attachments (AppDatabase *db, gpointer data, GError **error)
{
  gint64 message = *(gint64 *) data;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT m.sha256, m.metadata, m.model_text, a.bytes FROM message_attachments m "
                                                "JOIN attachments a ON a.sha256 = m.sha256 WHERE m.message = ?1 ORDER BY m.position",
                                                "i", message);

  return statement && app_store_read_attachments (db, statement, rows, error) ? g_steal_pointer (&rows) : NULL;
}
