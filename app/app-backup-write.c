/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-backup-private.h"
#include "app-database.h"
#include "app-history-private.h"
#include "app-schema.h"

#define BLOCK (1u << 18)

typedef struct {
  GFile *file;
  char *copy;     /* path of the copy of the history */
  char *settings; /* JSON */
  char *history_path;
  gint64 n_conversations, n_messages;
} Writing;

static void
writing_free (Writing *writing)
{
  g_unlink (writing->copy);
  g_object_unref (writing->file);
  g_free (writing->copy);
  g_free (writing->history_path);
  g_free (writing->settings);
  g_free (writing);
}

static void
set_failed (GError **error, const char *name, const char *why)
{
  g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The backup “%s” could not be written: %s. Choose another place, then try again."), name, why);
}

/* ---- the zip ---- */

static la_ssize_t
on_write (struct archive *archive, void *data, const void *buffer, size_t length)
{
  GError *error = NULL;
  gssize n = g_output_stream_write (data, buffer, length, NULL, &error);

  if (error) {
    archive_set_error (archive, EIO, "%s", error->message);
    g_error_free (error);
  }
  return n;
}

static gboolean
begin_entry (struct archive *archive, const char *name, gint64 size)
{
  struct archive_entry *entry = archive_entry_new ();
  gboolean ok;

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_mtime (entry, g_get_real_time () / G_USEC_PER_SEC, 0);
  ok = archive_write_header (archive, entry) == ARCHIVE_OK;
  archive_entry_free (entry);
  return ok;
}

static gboolean
write_text (struct archive *archive, const char *name, const char *text)
{
  gsize length = strlen (text);

  return begin_entry (archive, name, (gint64) length) && archive_write_data (archive, text, length) == (la_ssize_t) length;
}

static gboolean
write_file (struct archive *archive, const char *name, const char *path, gint64 size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) in = G_INPUT_STREAM (g_file_read (file, cancellable, error));
  g_autofree char *buffer = g_malloc (BLOCK);
  gssize n;

  if (!in || !begin_entry (archive, name, size))
    return FALSE;
  while ((n = g_input_stream_read (in, buffer, BLOCK, cancellable, error)) > 0)
    if (archive_write_data (archive, buffer, (size_t) n) != n)
      return FALSE;
  return n == 0;
}

static gboolean
write_files (struct archive *archive, AppBackupFiles *files, GCancellable *cancellable, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < app_backup_files_count (files); i++) {
    const char *name;
    g_autoptr (GBytes) bytes = app_backup_files_read (files, i, &name, error);
    gsize length = bytes ? g_bytes_get_size (bytes) : 0;

    ok = bytes && !g_cancellable_is_cancelled (cancellable) && begin_entry (archive, name, (gint64) length) &&
         (length == 0 || archive_write_data (archive, g_bytes_get_data (bytes, NULL), length) == (la_ssize_t) length);
  }
  return ok;
}

static char *
hash_file (const char *path, gint64 *size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) in = G_INPUT_STREAM (g_file_read (file, NULL, error));
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *buffer = g_malloc (BLOCK);
  gssize n;

  *size = 0;
  if (!in)
    return NULL;
  while ((n = g_input_stream_read (in, buffer, BLOCK, NULL, error)) > 0) {
    g_checksum_update (checksum, (const guchar *) buffer, n);
    *size += n;
  }
  return n == 0 ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

static char *
make_manifest (const Writing *writing, const char *sha256, gint64 size, guint n_files)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  const struct {
    const char *name;
    gint64 value;
  } numbers[] = { { "version", APP_BACKUP_VERSION }, { "schema", app_schema.n_migrations }, { "created", g_get_real_time () / G_USEC_PER_SEC },
                  { "conversations", writing->n_conversations }, { "messages", writing->n_messages }, { "size", size }, { "files", n_files } };

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_string_value (builder, APP_BACKUP_FORMAT);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    json_builder_set_member_name (builder, numbers[i].name);
    json_builder_add_int_value (builder, numbers[i].value);
  }
  json_builder_set_member_name (builder, "sha256");
  json_builder_add_string_value (builder, sha256);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writing *writing = data;
  g_autofree char *name = g_file_get_basename (writing->file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autofree char *sha256 = NULL, *manifest = NULL;
  g_autoptr (AppBackupFiles) files = NULL;
  struct archive *archive;
  gint64 size;
  gboolean ok;

  sha256 = hash_file (writing->copy, &size, &error);
  if (sha256)
    out = G_OUTPUT_STREAM (g_file_replace (writing->file, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, &error));
  if (!out) {
    GError *failed = NULL;

    g_unlink (writing->copy);
    set_failed (&failed, name, error->message);
    g_task_return_error (task, failed);
    return;
  }
  files = app_backup_files_find (writing->history_path);
  manifest = make_manifest (writing, sha256, size, app_backup_files_count (files));
  archive = archive_write_new ();
  archive_write_set_format_zip (archive);
  archive_write_set_bytes_in_last_block (archive, 1);
  ok = archive_write_open (archive, out, NULL, on_write, NULL) == ARCHIVE_OK && write_text (archive, APP_BACKUP_MANIFEST, manifest) &&
       write_text (archive, APP_BACKUP_SETTINGS, writing->settings) && write_file (archive, APP_BACKUP_HISTORY, writing->copy, size, cancellable, &error) &&
       write_files (archive, files, cancellable, &error) && archive_write_close (archive) == ARCHIVE_OK;
  g_unlink (writing->copy);
  /* Only the closing puts the file in the place of the one before. */
  if (ok)
    ok = g_output_stream_close (out, cancellable, &error);
  if (ok) {
    g_task_return_boolean (task, TRUE);
  } else {
    g_autoptr (GCancellable) undo = g_cancellable_new ();
    GError *failed = NULL;

    if (g_cancellable_is_cancelled (cancellable))
      g_set_error_literal (&failed, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
    else
      set_failed (&failed, name, error ? error->message : archive_error_string (archive) ? archive_error_string (archive) : "?");
    g_cancellable_cancel (undo);
    g_output_stream_close (out, undo, NULL);
    g_task_return_error (task, failed);
  }
  archive_write_free (archive);
}

/* ---- the copy ---- */

static gint64
ask_number (AppDatabase *db, const char *sql)
{
  sqlite3_stmt *statement = app_database_query (db, NULL, sql, "");
  gint64 number = 0;

  if (statement && app_database_step (db, statement, NULL, NULL)) {
    number = sqlite3_column_int64 (statement, 0);
    app_database_reset (statement);
  }
  return number;
}

/* Writing → OK. */
static gpointer
copy_job (AppDatabase *db, gpointer data, GError **error)
{
  Writing *writing = data;

  g_unlink (writing->copy);
  if (!app_database_exec (db, error, "VACUUM INTO ?1", "s", writing->copy))
    return NULL;
  writing->n_conversations = ask_number (db, "SELECT count (*) FROM conversations WHERE deleted IS NULL");
  writing->n_messages = ask_number (db, "SELECT count (*) FROM messages");
  return APP_DATABASE_OK;
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error))
    g_task_run_in_thread (task, write_thread);
  else
    g_task_return_error (task, error);
}

void
app_backup_write_async (AppHistory *history, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (history, cancellable, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);
  AppDatabase *database = app_history_get_database (history);
  gboolean kept = strcmp (app_database_get_path (database), ":memory:") != 0;
  g_autofree char *folder = kept ? g_path_get_dirname (app_database_get_path (database)) : g_strdup (g_get_tmp_dir ());

  g_task_set_check_cancellable (task, FALSE);
  writing->file = g_object_ref (file);
  writing->copy = g_build_filename (folder, "history.db.backup", NULL);
  writing->history_path = g_strdup (app_database_get_path (database));
  writing->settings = app_backup_write_settings (app_history_get_settings (history));
  g_task_set_task_data (task, writing, (GDestroyNotify) writing_free);
  app_database_run_async (database, copy_job, writing, NULL, NULL, cancellable, on_copied, task);
}

gboolean
app_backup_write_finish (AppHistory *history, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, history), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
