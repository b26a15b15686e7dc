/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

void
app_store_draft_free (AppStoreDraft *draft)
{
  g_free (draft->text);
  g_free (draft->wish);
  g_free (draft->depth);
  g_free (draft->pick);
  g_clear_pointer (&draft->attachments, g_ptr_array_unref);
  g_free (draft);
}

/* ---- the bytes that drafts and messages share ---- */

/* The SHA-256 of the files of a draft. NULL with `error` */
static GPtrArray *
read_files (AppDatabase *db, gint64 conversation, gint64 place, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT a.sha256 FROM drafts d JOIN draft_attachments a ON a.draft = d.id WHERE d.conversation IS ?1 AND d.queued = ?2", "Ii",
                                                conversation, place);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (files, app_store_dup_text (statement, 0));
  return failed ? NULL : g_steal_pointer (&files);
}

/* Deletes those that nothing has any more. */
static gboolean
drop_unused (AppDatabase *db, GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    if (!app_database_exec (db, error,
                            "DELETE FROM attachments WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM message_attachments WHERE sha256 = ?1)"
                            " AND NOT EXISTS (SELECT 1 FROM draft_attachments WHERE sha256 = ?1)",
                            "s", files->pdata[i]))
      return FALSE;
  return TRUE;
}

/* ---- writing ---- */

gboolean
app_store_forget_draft (AppDatabase *db, gint64 conversation, gint64 place, GError **error)
{
  g_autoptr (GPtrArray) files = read_files (db, conversation, place, error);

  return files && app_database_exec (db, error, "DELETE FROM drafts WHERE conversation IS ?1 AND queued = ?2", "Ii", conversation, place) &&
         drop_unused (db, files, error);
}

/* `*id`: of its row, 0 for none: a conversation that was purged meanwhile has no draft any more. */
static gboolean
write_text (AppDatabase *db, const AppStoreDraft *draft, gint64 *id, GError **error)
{
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id FROM drafts WHERE conversation IS ?1 AND queued = ?2", "Ii", draft->conversation, draft->place);
  gboolean failed;

  *id = 0;
  if (!statement)
    return FALSE;
  if (app_database_step (db, statement, &failed, error)) {
    *id = sqlite3_column_int64 (statement, 0);
    app_database_reset (statement);
    return app_database_exec (db, error, "UPDATE drafts SET text = ?2, wish = coalesce (?3, ''), pick = coalesce (?4, ''), depth = coalesce (?5, '') WHERE id = ?1", "issss", *id, draft->text,
                              draft->wish, draft->pick, draft->depth);
  }
  if (failed || !app_database_exec (db, error,
                                    "INSERT INTO drafts (conversation, queued, text, wish, pick, depth) SELECT ?1, ?2, ?3, coalesce (?4, ''), coalesce (?5, ''), coalesce (?6, '')"
                                    " WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM conversations WHERE id = ?1)",
                                    "Iissss", draft->conversation, draft->place, draft->text, draft->wish, draft->pick, draft->depth))
    return FALSE;
  if (app_database_changes (db) > 0)
    *id = app_database_last_id (db);
  return TRUE;
}

static gboolean
write_attachments (AppDatabase *db, const AppStoreDraft *draft, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) before = read_files (db, draft->conversation, draft->place, error);

  if (!before || !app_database_exec (db, error, "DELETE FROM draft_attachments WHERE draft = ?1", "i", id))
    return FALSE;
  for (guint i = 0; i < draft->attachments->len; i++) {
    const AppAttachmentRow *row = draft->attachments->pdata[i];
    if (!app_database_exec (db, error, "INSERT INTO attachments (sha256, bytes) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING", "sb", row->sha256, row->bytes) ||
        !app_database_exec (db, error, "INSERT INTO draft_attachments (draft, position, sha256, metadata, model_text) VALUES (?1, ?2, ?3, ?4, ?5)", "iisss", id,
                            (gint64) i, row->sha256, row->metadata, row->model_text) ||
        !app_store_write_choices (db, row->sha256, row->choices, error))
      return FALSE;
  }
  return drop_unused (db, before, error);
}

static gboolean
write_draft (AppDatabase *db, const AppStoreDraft *draft, GError **error)
{
  gint64 id;

  if (!write_text (db, draft, &id, error))
    return FALSE;
  if (id && draft->attachments && !write_attachments (db, draft, id, error))
    return FALSE;
  if (id && *draft->text == '\0' &&
      !app_database_exec (db, error, "DELETE FROM drafts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM draft_attachments WHERE draft = ?1)", "i", id))
    return FALSE;
  /* Last, for the files are the same. */
  return !draft->ends_typed || app_store_forget_draft (db, draft->conversation, 0, error);
}

gpointer
app_store_draft (AppDatabase *db, gpointer data, GError **error)
{
  if (!app_database_begin (db, error))
    return NULL;
  if (write_draft (db, data, error) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gpointer
app_store_draft_remove (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreDraft *draft = data;

  if (!app_database_begin (db, error))
    return NULL;
  if (app_store_forget_draft (db, draft->conversation, draft->place, error) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

/* ---- reading ---- */

static gboolean
read_attachments (AppDatabase *db, gint64 id, GPtrArray *rows, GError **error)
{
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT d.sha256, d.metadata, d.model_text, a.bytes FROM draft_attachments d "
                                                "JOIN attachments a ON a.sha256 = d.sha256 WHERE d.draft = ?1 ORDER BY d.position",
                                                "i", id);

  return statement && app_store_read_attachments (db, statement, rows, error);
}

static GPtrArray *
read_drafts (AppDatabase *db, const char *sql, gint64 conversation, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) app_store_draft_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, sql, "I", conversation);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppStoreDraft *draft = g_new0 (AppStoreDraft, 1);
    gint64 id = sqlite3_column_int64 (statement, 0);
    draft->conversation = conversation;
    draft->place = sqlite3_column_int64 (statement, 1);
    draft->text = app_store_dup_text (statement, 2);
    draft->wish = app_store_dup_text (statement, 3);
    draft->pick = app_store_dup_text (statement, 4);
    draft->depth = app_store_dup_text (statement, 5);
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
    g_ptr_array_add (drafts, draft);
    g_array_append_val (ids, id);
  }
  for (guint i = 0; !failed && i < drafts->len; i++)
    failed = !read_attachments (db, g_array_index (ids, gint64, i), ((AppStoreDraft *) drafts->pdata[i])->attachments, error);
  return failed ? NULL : g_steal_pointer (&drafts);
}

gpointer
app_store_queue (AppDatabase *db, gpointer data, GError **error)
{
  return read_drafts (db, "SELECT id, queued, text, wish, pick, depth FROM drafts WHERE conversation IS ?1 AND queued > 0 ORDER BY queued", ((AppStoreDraft *) data)->conversation, error);
}

gpointer
app_store_typed (AppDatabase *db, gpointer data, GError **error)
{
  return read_drafts (db, "SELECT id, queued, text, wish, pick, depth FROM drafts WHERE conversation IS ?1 AND queued = 0", ((AppStoreDraft *) data)->conversation, error);
}

gboolean
app_store_read_unsent_draft (AppDatabase *db, char **text, char **wish, char **depth, guint *n_attachments, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT text, (SELECT count (*) FROM draft_attachments WHERE draft = id), wish, depth FROM drafts WHERE conversation IS NULL AND queued = 0", "");

  if (!statement)
    return FALSE;
  if (!app_database_step (db, statement, &failed, error))
    return !failed;
  *text = app_store_dup_text (statement, 0);
  *n_attachments = (guint) sqlite3_column_int (statement, 1);
  *wish = app_store_dup_text (statement, 2);
  *depth = app_store_dup_text (statement, 3);
  app_database_reset (statement);
  return TRUE;
}
