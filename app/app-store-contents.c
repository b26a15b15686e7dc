/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a prompt needs of the attachments on its path: what was read from them, and for a model with the sense for it the files themselves. */
#include "app-document.h"
#include "app-store.h"
#include "attachments/attachment-kind.h"

AppStoreWants *
app_store_wants_new (void)
{
  AppStoreWants *wants = g_new0 (AppStoreWants, 1);

  wants->texts_of = g_array_new (FALSE, FALSE, sizeof (gint64));
  wants->shown_of = g_array_new (FALSE, FALSE, sizeof (gint64));
  return wants;
}

void
app_store_wants_free (AppStoreWants *wants)
{
  g_array_unref (wants->texts_of);
  g_array_unref (wants->shown_of);
  g_free (wants);
}

AppStoreContents *
app_store_contents_new (void)
{
  AppStoreContents *contents = g_new0 (AppStoreContents, 1);

  contents->texts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  contents->shown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return contents;
}

void
app_store_contents_free (AppStoreContents *contents)
{
  g_hash_table_unref (contents->texts);
  g_hash_table_unref (contents->shown);
  g_free (contents);
}

static void
put (GHashTable *table, gint64 message, GPtrArray *array)
{
  gint64 *key = g_new (gint64, 1);

  *key = message;
  g_hash_table_insert (table, key, array);
}

static gboolean
read_texts (AppDatabase *db, gint64 message, GHashTable *texts, GError **error)
{
  g_autoptr (GPtrArray) documents = app_documents_new ();
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT position, coalesce (json_extract (metadata, '$.name'), ''), model_text FROM message_attachments"
                                                " WHERE message = ?1 ORDER BY position",
                                                "i", message);

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (documents, app_document_new (message, (guint) sqlite3_column_int (statement, 0), (const char *) sqlite3_column_text (statement, 1),
                                                  (const char *) sqlite3_column_text (statement, 2)));
  if (failed)
    return FALSE;
  put (texts, message, g_steal_pointer (&documents));
  return TRUE;
}

/* The names of the kinds that the senses are for, each between two bars. (transfer full) */
static char *
name_kinds (AppSenses senses)
{
  GString *names = g_string_new ("|");

  for (guint kind = 0; kind < APP_ATTACHMENT_N_KINDS; kind++)
    if (app_attachment_kind_info (kind)->sense & senses)
      g_string_append_printf (names, "%s|", app_attachment_kind_to_string (kind));
  return g_string_free (names, FALSE);
}

static gboolean
read_shown (AppDatabase *db, gint64 message, const char *kinds, GHashTable *shown, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT m.sha256, m.metadata, m.model_text, iif (instr (?2, '|' || json_extract (m.metadata, '$.kind') || '|') > 0, a.bytes, NULL) "
                                                "FROM message_attachments m JOIN attachments a ON a.sha256 = m.sha256 WHERE m.message = ?1 ORDER BY m.position",
                                                "is", message, kinds);

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    AppAttachmentRow *row = app_attachment_row_new ();
    row->sha256 = app_store_dup_text (statement, 0);
    row->metadata = app_store_dup_text (statement, 1);
    row->model_text = app_store_dup_text (statement, 2);
    if (sqlite3_column_type (statement, 3) == SQLITE_BLOB)
      row->bytes = g_bytes_new (sqlite3_column_blob (statement, 3), sqlite3_column_bytes (statement, 3));
    g_ptr_array_add (rows, row);
  }
  if (failed)
    return FALSE;
  put (shown, message, g_steal_pointer (&rows));
  return TRUE;
}

gboolean
app_store_read_contents (AppDatabase *db, const AppStoreWants *wants, AppStoreContents *contents, GError **error)
{
  g_autofree char *kinds = name_kinds (wants->measured ? APP_SENSE_NONE : wants->senses);

  for (guint i = 0; i < wants->texts_of->len; i++)
    if (!read_texts (db, g_array_index (wants->texts_of, gint64, i), contents->texts, error))
      return FALSE;
  for (guint i = 0; i < wants->shown_of->len; i++)
    if (!read_shown (db, g_array_index (wants->shown_of, gint64, i), kinds, contents->shown, error))
      return FALSE;
  return TRUE;
}

gpointer
app_store_contents (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreContents *contents = app_store_contents_new ();

  if (app_store_read_contents (db, data, contents, error))
    return contents;
  app_store_contents_free (contents);
  return NULL;
}
