/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made beside the chat, and its versions. */
#include "app-store.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "app-made.h"

AppArtifactRow *
app_artifact_row_new (void)
{
  AppArtifactRow *row = g_new0 (AppArtifactRow, 1);

  row->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) app_version_row_free);
  return row;
}

void
app_artifact_row_free (AppArtifactRow *row)
{
  if (!row)
    return;
  g_free (row->kind);
  g_free (row->title);
  g_clear_pointer (&row->slot, g_atomic_rc_box_release);
  g_ptr_array_unref (row->versions);
  g_free (row);
}

AppVersionRow *
app_version_row_new (void)
{
  return g_new0 (AppVersionRow, 1);
}

void
app_version_row_free (AppVersionRow *row)
{
  if (!row)
    return;
  g_free (row->title);
  g_free (row->source);
  g_free (row->data);
  g_free (row->findings);
  g_clear_pointer (&row->slot, g_atomic_rc_box_release);
  g_clear_pointer (&row->thumbnail, g_bytes_unref);
  g_free (row);
}

void
app_store_version_add_free (AppStoreVersionAdd *add)
{
  app_artifact_row_free (add->artifact);
  app_version_row_free (add->version);
  g_free (add);
}

/* ---- reading ---- */

static AppArtifactRow *
read_artifact (sqlite3_stmt *statement)
{
  AppArtifactRow *row = app_artifact_row_new ();

  row->id = sqlite3_column_int64 (statement, 0);
  row->conversation = sqlite3_column_int64 (statement, 1);
  row->kind = app_store_dup_text (statement, 2);
  row->title = app_store_dup_text (statement, 3);
  row->starred = sqlite3_column_int (statement, 4) != 0;
  row->created = sqlite3_column_int64 (statement, 5);
  return row;
}

static AppVersionRow *
read_version (sqlite3_stmt *statement)
{
  AppVersionRow *row = app_version_row_new ();

  row->id = sqlite3_column_int64 (statement, 0);
  row->artifact = sqlite3_column_int64 (statement, 1);
  row->message = sqlite3_column_int64 (statement, 2);
  row->base = sqlite3_column_int64 (statement, 3);
  row->number = (guint) CLAMP (sqlite3_column_int64 (statement, 4), 1, G_MAXINT);
  row->origin = (AppOrigin) CLAMP (sqlite3_column_int (statement, 5), APP_ORIGIN_MODEL, APP_ORIGIN_RESTORED);
  row->state = (AppVersionState) CLAMP (sqlite3_column_int (statement, 6), APP_VERSION_WRITING, APP_VERSION_FAILS);
  row->title = app_store_dup_text (statement, 7);
  row->source = app_store_dup_text (statement, 8);
  row->data = app_store_dup_text (statement, 9);
  row->findings = app_store_dup_text (statement, 10);
  row->created = sqlite3_column_int64 (statement, 11);
  return row;
}

gpointer
app_store_artifacts (AppDatabase *db, gpointer data, GError **error)
{
  gint64 conversation = *(gint64 *) data;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_artifact_row_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, conversation, kind, title, starred, created FROM artifacts WHERE conversation = ?1 ORDER BY id", "i", conversation);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppArtifactRow *row = read_artifact (statement);
    g_ptr_array_add (rows, row);
    g_hash_table_insert (by_id, &row->id, row);
  }
  if (failed)
    return NULL;
  statement = app_database_query (db, error,
                                  "SELECT v.id, v.artifact, v.message, v.base, v.number, v.origin, v.state, v.title, v.source, v.data, v.findings, v.created"
                                  " FROM artifact_versions v JOIN artifacts a ON a.id = v.artifact WHERE a.conversation = ?1 ORDER BY v.artifact, v.number",
                                  "i", conversation);
  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppVersionRow *version = read_version (statement);
    AppArtifactRow *row = g_hash_table_lookup (by_id, &version->artifact);
    g_ptr_array_add (row->versions, version);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_shelf (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_artifact_row_free);
  gboolean failed;
  /* Each with its newest version, and the thumbnail of the newest that was seen. */
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT a.id, a.conversation, a.kind, a.title, a.starred, a.created,"
                                                " v.id, v.artifact, v.message, v.base, v.number, v.origin, v.state, v.title, '', v.data, v.findings, v.created,"
                                                " (SELECT thumbnail FROM artifact_versions t WHERE t.artifact = a.id AND thumbnail IS NOT NULL ORDER BY t.number DESC LIMIT 1)"
                                                " FROM artifacts a JOIN conversations c ON c.id = a.conversation AND c.deleted IS NULL"
                                                " JOIN artifact_versions v ON v.artifact = a.id AND v.number = (SELECT max (number) FROM artifact_versions m WHERE m.artifact = a.id)"
                                                " ORDER BY a.starred DESC, v.created DESC, a.id DESC",
                                                "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    AppArtifactRow *row = read_artifact (statement);
    AppVersionRow *version = app_version_row_new ();

    version->id = sqlite3_column_int64 (statement, 6);
    version->artifact = row->id;
    version->message = sqlite3_column_int64 (statement, 8);
    version->number = (guint) CLAMP (sqlite3_column_int64 (statement, 10), 1, G_MAXINT);
    version->state = (AppVersionState) CLAMP (sqlite3_column_int (statement, 12), APP_VERSION_WRITING, APP_VERSION_FAILS);
    version->created = sqlite3_column_int64 (statement, 17);
    if (sqlite3_column_type (statement, 18) == SQLITE_BLOB)
      version->thumbnail = g_bytes_new (sqlite3_column_blob (statement, 18), (gsize) sqlite3_column_bytes (statement, 18));
    g_ptr_array_add (row->versions, version);
    g_ptr_array_add (rows, row);
  }
  return failed ? NULL : g_steal_pointer (&rows);
}

gpointer
app_store_made (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreMade *which = data;
  g_autoptr (AppArtifactRow) row = NULL;
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT a.id, a.conversation, a.kind, a.title, a.starred, a.created FROM artifacts a"
                                                " JOIN conversations c ON c.id = a.conversation AND c.deleted IS NULL WHERE a.id = ?1 AND a.created = ?2",
                                                "ii", which->id, which->created);

  if (!statement)
    return NULL;
  if (app_database_step (db, statement, &failed, error)) {
    row = read_artifact (statement);
    app_database_reset (statement);
  }
  statement = failed ? NULL : app_database_query (db, error,
                                                  "SELECT id, artifact, message, base, number, origin, state, title, source, data, findings, created,"
                                                  " (SELECT thumbnail FROM artifact_versions t WHERE t.artifact = ?1 AND thumbnail IS NOT NULL ORDER BY t.number DESC LIMIT 1)"
                                                  " FROM artifact_versions WHERE artifact = ?1 AND state <> 0 ORDER BY state = 3, number DESC LIMIT 1",
                                                  "i", which->id);
  if (!statement)
    return NULL;
  if (app_database_step (db, statement, &failed, error)) {
    AppVersionRow *version = read_version (statement);
    if (sqlite3_column_type (statement, 12) == SQLITE_BLOB)
      version->thumbnail = g_bytes_new (sqlite3_column_blob (statement, 12), (gsize) sqlite3_column_bytes (statement, 12));
    app_database_reset (statement);
    if (row)
      g_ptr_array_add (row->versions, version);
    else
      app_version_row_free (version);
  }
  if (failed)
    return NULL;
  if (row && row->versions->len > 0)
    return g_steal_pointer (&row);
  g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("What this opens is not in the history any more: it was deleted, or belongs to another history."));
  return NULL;
}

gpointer
app_store_handles (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GHashTable) handles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id, created FROM artifacts", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_hash_table_add (handles, app_made_dup_handle (sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1)));
  return failed ? NULL : g_steal_pointer (&handles);
}

/* ---- writing ---- */

static gint64
known (gint64 id, const AppStoreSlot *slot)
{
  return id != 0 ? id : slot != NULL ? *slot : 0;
}

gboolean
app_store_version_insert (AppDatabase *db, const AppStoreVersionAdd *wanted, AppVersionRow *added, GError **error)
{
  const AppVersionRow *version = wanted->version;
  sqlite3_stmt *statement;

  added->artifact = known (wanted->artifact->id, wanted->artifact->slot);
  if (added->artifact == 0) {
    if (!app_database_exec (db, error, "INSERT INTO artifacts (conversation, kind, title, created) VALUES (?1, ?2, ?3, ?4)", "issi", wanted->artifact->conversation, wanted->artifact->kind,
                            wanted->artifact->title, wanted->artifact->created))
      return FALSE;
    added->artifact = app_database_last_id (db);
    if (wanted->artifact->slot)
      *wanted->artifact->slot = added->artifact;
  }
  statement = app_database_query (db, error, "SELECT coalesce (max (number), 0) + 1 FROM artifact_versions WHERE artifact = ?1", "i", added->artifact);
  if (!statement || !app_database_step (db, statement, NULL, error))
    return FALSE;
  added->number = (guint) sqlite3_column_int64 (statement, 0);
  app_database_reset (statement);
  if (!app_database_exec (db, error,
                          "INSERT INTO artifact_versions (artifact, message, base, number, origin, state, title, source, data, findings, created)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                          "iiIiiissssi", added->artifact, version->message, version->base, (gint64) added->number, (gint64) version->origin, (gint64) version->state, version->title,
                          version->source, version->data, version->findings, version->created))
    return FALSE;
  added->id = app_database_last_id (db);
  if (version->slot)
    *version->slot = added->id;
  return TRUE;
}

static gboolean
is_gone (AppDatabase *db, gint64 artifact)
{
  sqlite3_stmt *statement = app_database_query (db, NULL, "SELECT 1 FROM artifacts WHERE id = ?1", "i", artifact);
  gboolean there = statement && app_database_step (db, statement, NULL, NULL);

  if (there)
    app_database_reset (statement);
  return !there;
}

gpointer
app_store_version_add (AppDatabase *db, gpointer data, GError **error)
{
  AppVersionRow *added;

  if (!app_database_begin (db, error))
    return NULL;
  added = app_version_row_new ();
  if (app_store_version_insert (db, data, added, error) && app_database_commit (db, error))
    return added;
  app_database_rollback (db);
  /* What a slot says is in the file. */
  if (((AppStoreVersionAdd *) data)->version->slot)
    *((AppStoreVersionAdd *) data)->version->slot = 0;
  if (((AppStoreVersionAdd *) data)->artifact->slot && *((AppStoreVersionAdd *) data)->artifact->slot == added->artifact && is_gone (db, added->artifact))
    *((AppStoreVersionAdd *) data)->artifact->slot = 0;
  app_version_row_free (added);
  return NULL;
}

gpointer
app_store_version_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppVersionRow *row = data;
  gint64 id = known (row->id, row->slot);

  /* What is whole never changes again; what was seen of it does. */
  if (!app_database_exec (db, error, "UPDATE artifact_versions SET title = ?2, source = ?3, data = ?4 WHERE id = ?1 AND state = 0", "isss", id, row->title, row->source, row->data) ||
      !app_database_exec (db, error, "UPDATE artifact_versions SET state = ?2, findings = ?3, thumbnail = coalesce (?4, thumbnail) WHERE id = ?1", "iisb", id, (gint64) row->state,
                          row->findings, row->thumbnail))
    return NULL;
  return APP_DATABASE_OK;
}

gpointer
app_store_version_delete (AppDatabase *db, gpointer data, GError **error)
{
  const AppVersionRow *row = data;
  gint64 id = known (row->id, row->slot);

  if (!app_database_begin (db, error))
    return NULL;
  /* The artifact first, while the version still says which it is. */
  if (app_database_exec (db, error,
                         "DELETE FROM artifacts WHERE id = (SELECT artifact FROM artifact_versions WHERE id = ?1)"
                         " AND NOT EXISTS (SELECT 1 FROM artifact_versions o WHERE o.artifact = artifacts.id AND o.id <> ?1)",
                         "i", id) &&
      app_database_exec (db, error, "DELETE FROM artifact_versions WHERE id = ?1", "i", id) && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gpointer
app_store_artifact_change (AppDatabase *db, gpointer data, GError **error)
{
  const AppArtifactRow *row = data;

  return app_database_exec (db, error, "UPDATE artifacts SET title = ?2, starred = ?3 WHERE id = ?1", "isi", known (row->id, row->slot), row->title, (gint64) row->starred) ? APP_DATABASE_OK : NULL;
}

/* ---- what a page keeps ---- */

gpointer
app_store_page_storage (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT key, value FROM artifact_storage WHERE artifact = ?1", "i", *(gint64 *) data);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_hash_table_insert (values, app_store_dup_text (statement, 0), app_store_dup_text (statement, 1));
  return failed ? NULL : g_steal_pointer (&values);
}

void
app_store_page_value_free (AppStorePageValue *value)
{
  g_free (value->key);
  g_free (value->value);
  g_free (value);
}

gpointer
app_store_page_value (AppDatabase *db, gpointer data, GError **error)
{
  const AppStorePageValue *value = data;
  gboolean ok;

  if (value->value)
    ok = app_database_exec (db, error, "INSERT INTO artifact_storage (artifact, key, value) VALUES (?1, ?2, ?3) ON CONFLICT (artifact, key) DO UPDATE SET value = excluded.value", "iss",
                            value->artifact, value->key, value->value);
  else
    ok = app_database_exec (db, error, "DELETE FROM artifact_storage WHERE artifact = ?1 AND key = ?2", "is", value->artifact, value->key);
  return ok ? APP_DATABASE_OK : NULL;
}
