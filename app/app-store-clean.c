/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is deleted for good is to leave no word behind. SQLite overwrites rows that go (secure_delete), but FTS5 only adds to its index that they are gone;
 * the words leave it when the parts of the index are merged into one. That is done in small steps, for an index can be large. */
#include "app-store.h"

/* How much of the index is merged at a time, in its pages of about 4 KiB. */
#define STEP "64"

static gboolean
merge (AppDatabase *db, const char *messages_sql, const char *conversations_sql, gboolean *more, GError **error)
{
  int before = app_database_total_changes (db);

  if (!app_database_exec (db, error, messages_sql, ""))
    return FALSE;
  /* FTS5's own word for "nothing was merged": fewer than two rows changed. */
  *more = app_database_total_changes (db) - before >= 2;
  before = app_database_total_changes (db);
  if (!app_database_exec (db, error, conversations_sql, ""))
    return FALSE;
  *more |= app_database_total_changes (db) - before >= 2;
  return TRUE;
}

gboolean
app_store_begin_cleaning (AppDatabase *db, GError **error)
{
  gboolean more;

  /* Negative: all parts shall become one, and the first page is merged. */
  return merge (db, "INSERT INTO messages_fts (messages_fts, rank) VALUES ('merge', -1)",
                "INSERT INTO conversations_fts (conversations_fts, rank) VALUES ('merge', -1)", &more, error);
}

gpointer
app_store_clean (AppDatabase *db, gpointer data, GError **error)
{
  gboolean more = FALSE;

  if (GPOINTER_TO_INT (data) && !app_store_begin_cleaning (db, error))
    return NULL;
  if (!merge (db, "INSERT INTO messages_fts (messages_fts, rank) VALUES ('merge', " STEP ")",
              "INSERT INTO conversations_fts (conversations_fts, rank) VALUES ('merge', " STEP ")", &more, error))
    return NULL;
  if (!more && !app_database_exec (db, error, "PRAGMA wal_checkpoint (TRUNCATE)", ""))
    return NULL;
  return GINT_TO_POINTER (more ? APP_STORE_UNCLEAN : APP_STORE_CLEAN);
}
