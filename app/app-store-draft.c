/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

void
app_store_draft_free (AppStoreDraft *draft)
{
  g_free (draft->text);
  g_free (draft);
}

gboolean
app_store_forget_draft (AppDatabase *db, gint64 conversation, GError **error)
{
  return app_database_exec (db, error, "DELETE FROM drafts WHERE conversation IS ?1", "I", conversation);
}

gpointer
app_store_draft (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreDraft *draft = data;

  if (!app_database_begin (db, error))
    return NULL;
  /* A conversation that was purged meanwhile has no draft any more. */
  if (app_store_forget_draft (db, draft->conversation, error) &&
      (*draft->text == '\0' ||
       app_database_exec (db, error,
                          "INSERT INTO drafts (conversation, text) SELECT ?1, ?2 WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM conversations WHERE id = ?1)",
                          "Is", draft->conversation, draft->text)) &&
      app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gboolean
app_store_read_unsent_draft (AppDatabase *db, char **text, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT text FROM drafts WHERE conversation IS NULL", "");

  if (!statement)
    return FALSE;
  if (!app_database_step (db, statement, &failed, error))
    return !failed;
  *text = app_store_dup_text (statement, 0);
  app_database_reset (statement);
  return TRUE;
}
