/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

#include <glib/gi18n.h>

void
app_store_turn_free (AppStoreTurn *turn)
{
  app_conversation_row_free (turn->conversation);
  app_message_row_free (turn->note);
  app_message_row_free (turn->answer);
  g_clear_pointer (&turn->attachments, g_ptr_array_unref);
  g_clear_pointer (&turn->wants, app_store_wants_free);
  g_free (turn);
}

void
app_store_turn_result_free (AppStoreTurnResult *result)
{
  app_store_contents_free (result->contents);
  g_free (result);
}

static gboolean
add_conversation (AppDatabase *db, const AppConversationRow *row, gint64 *id, GError **error)
{
  if (!app_database_exec (db, error, "INSERT INTO conversations (title, title_source, model, pinned, created, updated, folder, settings) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)",
                          "sisiiIs", row->title, (gint64) row->named, row->model, (gint64) row->pinned, row->updated, row->folder, row->settings))
    return FALSE;
  *id = app_database_last_id (db);
  return TRUE;
}

/* Makes the message the chosen child of its parent, or of the conversation. */
static gboolean
choose (AppDatabase *db, gint64 conversation, gint64 parent, gint64 id, GError **error)
{
  if (parent)
    return app_database_exec (db, error, "UPDATE messages SET chosen = ?2 WHERE id = ?1", "ii", parent, id);
  return app_database_exec (db, error, "UPDATE conversations SET chosen = ?2 WHERE id = ?1", "ii", conversation, id);
}

/* A new message is the youngest of its siblings, so its index is their number less one. */
static gboolean
add_message (AppDatabase *db, gint64 conversation, gint64 parent, const AppMessageRow *row, gboolean chosen, gint64 *id, guint *count, GError **error)
{
  sqlite3_stmt *statement;

  if (!app_database_exec (db, error,
                          "INSERT INTO messages (conversation, parent, role, state, created, text, notices, model, host, wish, depth)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, coalesce (?10, ''), coalesce (?11, ''))",
                          "iIiiissssss", conversation, parent, (gint64) row->role, (gint64) row->state, row->created, row->text, row->notices, row->model,
                          row->host, row->wish, row->depth))
    return FALSE;
  *id = app_database_last_id (db);
  if (chosen && !choose (db, conversation, parent, *id, error))
    return FALSE;
  statement = app_database_query (db, error, "SELECT count (*) FROM messages WHERE parent IS ?2 AND conversation = ?1", "iI", conversation, parent);
  if (!statement || !app_database_step (db, statement, NULL, error))
    return FALSE;
  *count = sqlite3_column_int (statement, 0);
  app_database_reset (statement);
  return TRUE;
}

static gboolean
add_attachments (AppDatabase *db, gint64 message, GPtrArray *attachments, GError **error)
{
  for (guint i = 0; attachments && i < attachments->len; i++) {
    const AppAttachmentRow *row = attachments->pdata[i];
    if (!app_database_exec (db, error, "INSERT INTO attachments (sha256, bytes) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING", "sb", row->sha256, row->bytes) ||
        !app_database_exec (db, error, "INSERT INTO message_attachments (message, position, sha256, metadata, model_text) VALUES (?1, ?2, ?3, ?4, ?5)",
                            "iisss", message, (gint64) i, row->sha256, row->metadata, row->model_text) ||
        !app_store_write_choices (db, row->sha256, row->choices, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
store_turn (AppDatabase *db, const AppStoreTurn *turn, AppStoreTurnResult *result, GError **error)
{
  gint64 parent = turn->parent;

  result->conversation = turn->conversation->id;
  if (result->conversation == 0) {
    if (!add_conversation (db, turn->conversation, &result->conversation, error))
      return FALSE;
  } else {
    if (!app_database_exec (db, error, "UPDATE conversations SET updated = ?2, model = ?3, title = ?4 WHERE id = ?1 AND deleted IS NULL", "iiss",
                            result->conversation, turn->conversation->updated, turn->conversation->model, turn->conversation->title))
      return FALSE;
    if (app_database_changes (db) == 0) {
      g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("This conversation was deleted. Undo that first, or begin a new one."));
      return FALSE;
    }
  }
  if (turn->note) {
    if (!add_message (db, result->conversation, parent, turn->note, !turn->beside, &result->note, &result->note_count, error) ||
        !add_attachments (db, result->note, turn->attachments, error))
      return FALSE;
    result->note_index = result->note_count - 1;
    parent = result->note;
  }
  /* After the note, which has the same files now. */
  if (turn->ends_draft && !app_store_forget_draft (db, turn->conversation->id, turn->place, error))
    return FALSE;
  if (!add_message (db, result->conversation, parent, turn->answer, !turn->beside, &result->answer, &result->answer_count, error))
    return FALSE;
  result->answer_index = result->answer_count - 1;

  return !turn->wants || app_store_read_contents (db, turn->wants, result->contents, error);
}

gpointer
app_store_turn (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreTurnResult *result;

  if (!app_database_begin (db, error))
    return NULL;
  result = g_new0 (AppStoreTurnResult, 1);
  result->contents = app_store_contents_new ();
  if (store_turn (db, data, result, error) && app_database_commit (db, error))
    return result;
  app_database_rollback (db);
  app_store_turn_result_free (result);
  return NULL;
}

gpointer
app_store_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppMessageRow *row = data;
  const AppStats *stats = &row->stats;

  if (!app_database_begin (db, error))
    return NULL;
  if (app_database_exec (db, error,
                         "UPDATE messages SET text = ?2, state = ?3, error = ?4, notices = ?5, finish = ?6, prompt_tokens = ?7, reused_tokens = ?8, tokens = ?9,"
                         " dropped_messages = ?10, first_token_ms = ?11, tokens_per_second = ?12, prompt_tokens_per_second = ?13, interrupted = 0,"
                         " thought = coalesce (?14, ''), thought_tokens = ?15, thought_ms = ?16, thought_end = ?17 WHERE id = ?1",
                         "isissiiiiidddsidi", row->id, row->text, (gint64) row->state, row->error, row->notices, (gint64) stats->finish, stats->prompt_tokens,
                         stats->reused_tokens, stats->tokens, stats->dropped_messages, stats->first_token_ms, stats->tokens_per_second, stats->prompt_tokens_per_second,
                         row->thought, stats->thought_tokens, stats->thought_ms, (gint64) stats->thought_end) &&
      app_store_write_sources (db, row, error) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}
