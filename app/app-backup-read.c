/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "app-backup-private.h"
#include "app-error.h"
#include "app-schema.h"

#define BLOCK (1u << 18)
/* The longest manifest and settings, in bytes. */
#define MAX_JSON (1u << 20)

/* A backup that is being read. */
typedef struct {
  struct archive *archive;
  GInputStream *stream;
  GCancellable *cancellable;
  guint8 *buffer;
  char *part; /* where the history goes */
  AppBackupInfo *info;
  /* Of the manifest. */
  char *sha256;
  gint64 size, schema, n_files;
  const char *history_path;
} Reading;

void
app_backup_info_free (AppBackupInfo *info)
{
  g_free (info->settings);
  g_free (info);
}

static char *
beside (const char *history_path, const char *suffix)
{
  return g_strconcat (history_path, suffix, NULL);
}

char *
app_backup_dup_replaced_path (const char *history_path)
{
  return beside (history_path, ".replaced");
}

static gboolean
set_damaged (GError **error, const char *why)
{
  g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("This is no whole backup of Melete: %s. Nothing was changed. Choose another file."), why);
  return FALSE;
}

/* ---- the zip ---- */

static la_ssize_t
on_read (struct archive *archive, void *data, const void **buffer)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (reading->stream, reading->buffer, BLOCK, reading->cancellable, &error);

  if (n < 0)
    archive_set_error (archive, EIO, "%s", error->message);
  *buffer = reading->buffer;
  return n;
}

static char *
read_text (Reading *reading, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[4096];
  la_ssize_t n;

  while ((n = archive_read_data (reading->archive, block, sizeof block)) > 0) {
    if (text->len + (gsize) n > MAX_JSON) {
      set_damaged (error, _("its description is too long"));
      return NULL;
    }
    g_string_append_len (text, block, n);
  }
  if (n < 0 || !g_utf8_validate (text->str, (gssize) text->len, NULL)) {
    set_damaged (error, _("its description cannot be read"));
    return NULL;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gint64
number_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
}

static const char *
string_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

static gboolean
read_manifest (Reading *reading, GError **error)
{
  g_autofree char *text = read_text (reading, error);
  g_autoptr (JsonNode) root = text ? json_from_string (text, NULL) : NULL;
  JsonObject *object;
  gint64 version;

  if (!text)
    return FALSE;
  if (!root || !JSON_NODE_HOLDS_OBJECT (root) || strcmp (string_of (json_node_get_object (root), "format"), APP_BACKUP_FORMAT) != 0)
    return set_damaged (error, _("it does not say what it is"));
  object = json_node_get_object (root);
  version = number_of (object, "version");
  reading->schema = number_of (object, "schema");
  reading->size = number_of (object, "size");
  reading->n_files = MAX (number_of (object, "files"), 0); /* an old one has none */
  reading->sha256 = g_strdup (string_of (object, "sha256"));
  reading->info->created = MAX (number_of (object, "created"), 0);
  if (version < 1 || reading->schema < 1 || reading->size < 0)
    return set_damaged (error, _("its description is not complete"));
  if (version > APP_BACKUP_VERSION || reading->schema > app_schema.n_migrations) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_NEWER, _("This backup was written by a newer version of Melete. Update Melete to read it."));
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize n, GError **error)
{
  while (n > 0) {
    gssize written = write (fd, bytes, n);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      AppErrorCode code = app_error_from_errno (errno);
      g_set_error (error, APP_ERROR, code, _("The backup could not be unpacked: %s. Make room on the disk, then try again."), g_strerror (errno));
      return FALSE;
    }
    bytes += written;
    n -= (gsize) written;
  }
  return TRUE;
}

/* No more than the manifest says is ever written. */
static gboolean
read_history (Reading *reading, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (BLOCK);
  int fd = g_open (reading->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gint64 size = 0;
  la_ssize_t n = 0;
  gboolean ok = fd >= 0;

  if (fd < 0)
    g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The backup could not be unpacked beside the history: %s."), g_strerror (errno));
  while (ok && (n = archive_read_data (reading->archive, block, BLOCK)) > 0) {
    size += n;
    g_checksum_update (checksum, block, n);
    ok = size <= reading->size ? write_all (fd, block, (gsize) n, error) : set_damaged (error, _("the history in it is longer than it says"));
  }
  if (ok && n < 0)
    ok = set_damaged (error, archive_error_string (reading->archive) ? archive_error_string (reading->archive) : "?");
  if (ok && (size != reading->size || strcmp (g_checksum_get_string (checksum), reading->sha256) != 0))
    ok = set_damaged (error, _("the history in it is not what was written"));
  if (ok && fsync (fd) != 0) {
    g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The backup could not be unpacked: %s. Make room on the disk, then try again."), g_strerror (errno));
    ok = FALSE;
  }
  if (fd >= 0)
    close (fd);
  return ok;
}

/* The entries come in the order in which they are written: what the others are checked against comes first. */
static gboolean
read_entries (Reading *reading, GError **error)
{
  gboolean (*const readers[]) (Reading *, GError **) = { read_manifest, NULL, read_history };
  const char *const names[] = { APP_BACKUP_MANIFEST, APP_BACKUP_SETTINGS, APP_BACKUP_HISTORY };

  archive_read_support_format_zip_streamable (reading->archive);
  if (archive_read_open (reading->archive, reading, NULL, on_read, NULL) != ARCHIVE_OK)
    return set_damaged (error, _("it is no zip file"));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    struct archive_entry *entry;
    int code = archive_read_next_header (reading->archive, &entry);
    const char *name = code == ARCHIVE_OK || code == ARCHIVE_WARN ? archive_entry_pathname (entry) : NULL;

    if (!name || strcmp (name, names[i]) != 0)
      return set_damaged (error, _("parts of it are missing"));
    if (readers[i] ? !readers[i](reading, error) : !(reading->info->settings = read_text (reading, error)))
      return FALSE;
  }
  return TRUE;
}

/* Behind the rest: no more than the manifest says. */
static gboolean
read_files (Reading *reading, GError **error)
{
  app_backup_files_discard (reading->history_path);
  for (gint64 i = 0; i < reading->n_files; i++) {
    struct archive_entry *entry;
    int code = archive_read_next_header (reading->archive, &entry);
    g_autoptr (GError) why = NULL;

    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
      return set_damaged (error, _("parts of it are missing"));
    if (g_cancellable_is_cancelled (reading->cancellable) || !app_backup_files_unpack (reading->archive, entry, reading->history_path, &why))
      return set_damaged (error, why ? why->message : "");
  }
  return TRUE;
}

/* ---- the history in it ---- */

static gboolean
ask (sqlite3 *db, const char *sql, char **text)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW;

  *text = ok ? g_strdup ((const char *) sqlite3_column_text (statement, 0)) : NULL;
  sqlite3_finalize (statement);
  return *text != NULL;
}

/* A file that a stranger made may hold any schema: views and triggers are not run while it is checked. */
static gboolean
check_history (Reading *reading, GError **error)
{
  sqlite3 *db = NULL;
  g_autofree char *verdict = NULL, *version = NULL, *conversations = NULL, *messages = NULL;
  gboolean ok = sqlite3_open_v2 (reading->part, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;

  if (ok) {
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* Programs that the file wants to have started are off, and nobody has agreed to anything of them. There are none in an old one. */
    sqlite3_exec (db, "UPDATE mcp_servers SET enabled = 0, tools = '[]'", NULL, NULL, NULL);
    sqlite3_exec (db, "DELETE FROM grants WHERE origin <> ''", NULL, NULL, NULL);
    ok = ask (db, "PRAGMA quick_check (1)", &verdict) && strcmp (verdict, "ok") == 0 && ask (db, "PRAGMA user_version", &version) &&
         g_ascii_strtoll (version, NULL, 10) == reading->schema && ask (db, "SELECT count (*) FROM conversations WHERE deleted IS NULL", &conversations) &&
         ask (db, "SELECT count (*) FROM messages", &messages);
  }
  sqlite3_close (db);
  if (!ok)
    return set_damaged (error, _("the history in it is damaged"));
  reading->info->n_conversations = (guint) g_ascii_strtoull (conversations, NULL, 10);
  reading->info->n_messages = (guint) g_ascii_strtoull (messages, NULL, 10);
  return TRUE;
}

AppBackupInfo *
app_backup_read (const char *history_path, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autofree char *part = beside (history_path, ".restore-part"), *ready = beside (history_path, ".restore");
  g_autofree guint8 *buffer = g_malloc (BLOCK);
  Reading reading = { .archive = archive_read_new (), .stream = stream, .cancellable = cancellable, .buffer = buffer, .part = part, .info = g_new0 (AppBackupInfo, 1) };
  gboolean ok;

  reading.history_path = history_path;
  ok = read_entries (&reading, error) && check_history (&reading, error) && read_files (&reading, error);

  if (ok && g_rename (part, ready) != 0) {
    g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The backup could not be unpacked beside the history: %s."), g_strerror (errno));
    ok = FALSE;
  }
  if (!ok) {
    g_unlink (part);
    app_backup_files_discard (history_path);
    if (g_cancellable_is_cancelled (cancellable)) {
      g_clear_error (error);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
    }
    g_clear_pointer (&reading.info, app_backup_info_free);
  }
  archive_read_free (reading.archive);
  g_free (reading.sha256);
  return reading.info;
}

typedef struct {
  char *history_path;
  GFile *file;
} Request;

static void
request_free (Request *request)
{
  g_free (request->history_path);
  g_object_unref (request->file);
  g_free (request);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (request->file, cancellable, &error));
  AppBackupInfo *info;

  if (!stream) {
    g_autofree char *name = g_file_get_basename (request->file);
    g_autoptr (GError) why = error;
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The backup “%s” could not be read: %s. Choose another file."), name, why->message);
    return;
  }
  info = app_backup_read (request->history_path, stream, cancellable, &error);
  if (info)
    g_task_return_pointer (task, info, (GDestroyNotify) app_backup_info_free);
  else
    g_task_return_error (task, error);
}

void
app_backup_read_async (const char *history_path, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->history_path = g_strdup (history_path);
  request->file = g_object_ref (file);
  g_task_set_source_tag (task, app_backup_read_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_task_run_in_thread (task, read_thread);
}

AppBackupInfo *
app_backup_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_backup_read_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- changing the two ---- */

gboolean
app_backup_install (const char *history_path, GError **error)
{
  /* What SQLite keeps beside its file after a crash belongs to the file that goes. */
  static const char *const suffixes[] = { "-wal", "-shm", "-journal", "" };
  g_autofree char *ready = beside (history_path, ".restore"), *replaced = app_backup_dup_replaced_path (history_path);

  if (g_access (ready, R_OK) != 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("There is no backup to restore. Choose one again."));
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = beside (history_path, suffixes[i]), *to = beside (replaced, suffixes[i]);

    g_unlink (to);
    if (g_rename (from, to) != 0 && errno != ENOENT) {
      g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The history could not be set aside: %s. It is still in use."), g_strerror (errno));
      return FALSE;
    }
  }
  if (g_rename (ready, history_path) != 0) {
    int number = errno;

    g_rename (replaced, history_path);
    app_backup_files_discard (history_path);
    g_set_error (error, APP_ERROR, app_error_from_errno (number), _("The backup could not be put in the place of the history: %s. The history is still in use."), g_strerror (number));
    return FALSE;
  }
  app_backup_files_install (history_path);
  return TRUE;
}

void
app_backup_discard (const char *history_path)
{
  g_autofree char *ready = beside (history_path, ".restore");

  g_unlink (ready);
  app_backup_files_discard (history_path);
}
