/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* After how many steps of SQLite's machine a job looks whether it was cancelled: about a millisecond. */
#define CANCEL_STEPS 20000
/* How long a lock of another program is waited for, in milliseconds. */
#define BUSY_TIMEOUT 2000
/* How long a backup is kept, in days: what is deleted from the history is still in it. */
#define BACKUP_DAYS 30

G_DEFINE_FINAL_TYPE (AppDatabase, app_database, G_TYPE_OBJECT)

typedef struct {
  AppDatabaseFunc func;
  gpointer data;
  GDestroyNotify data_free, result_free;
  gpointer result; /* set on the database thread, fetched on the main one */
  GError *error;
} Job;

static void
job_free (Job *job)
{
  if (job->result && job->result_free)
    job->result_free (job->result);
  if (job->data_free)
    job->data_free (job->data);
  g_clear_error (&job->error);
  g_free (job);
}

/* ---- opening, migrating, closing ---- */

static gboolean
run_sql (AppDatabase *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  app_database_set_error (self, code, error);
  return FALSE;
}

static gboolean
get_version (AppDatabase *self, int *version, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (self, error, "PRAGMA user_version", "");

  if (!statement || !app_database_step (self, statement, &failed, error))
    return FALSE;
  *version = sqlite3_column_int (statement, 0);
  app_database_reset (statement);
  return TRUE;
}

/* Only the person may read what they talk about. `flags`: more of those of open (). */
static gboolean
make_file (const char *path, int flags)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);

  return fd >= 0 && close (fd) == 0;
}

static char *
backup_path (AppDatabase *self, int to_version)
{
  return g_strdup_printf ("%s.before-v%d", self->path, to_version);
}

static void
delete_old_backups (AppDatabase *self)
{
  for (int version = 2; version <= self->schema->n_migrations; version++) {
    g_autofree char *path = backup_path (self, version);
    GStatBuf info;
    if (g_stat (path, &info) == 0 && g_get_real_time () / G_USEC_PER_SEC - info.st_mtime > BACKUP_DAYS * 24 * 60 * 60)
      g_unlink (path);
  }
}

/* A copy beside the file, history.db.before-v3, safe on the disk before the migration begins. */
static gboolean
back_up (AppDatabase *self, int to_version, GError **error)
{
  g_autofree char *path = backup_path (self, to_version);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  sqlite3 *copy = NULL;
  int code = SQLITE_CANTOPEN;

  g_unlink (part);
  if (make_file (part, O_EXCL))
    code = sqlite3_open_v2 (part, &copy, SQLITE_OPEN_READWRITE, NULL);
  if (code == SQLITE_OK) {
    sqlite3_backup *backup = sqlite3_backup_init (copy, "main", self->db, "main");
    if (backup) {
      code = sqlite3_backup_step (backup, -1);
      sqlite3_backup_finish (backup);
      code = code == SQLITE_DONE ? SQLITE_OK : code;
    } else {
      code = sqlite3_errcode (copy);
    }
  }
  sqlite3_close (copy);
  if (code == SQLITE_OK && g_rename (part, path) == 0)
    return TRUE;
  g_unlink (part);
  app_database_set_error (self, code == SQLITE_OK ? SQLITE_CANTOPEN : code, error);
  g_prefix_error (error, "%s ", _("The history could not be backed up before it is brought up to date."));
  return FALSE;
}

static gboolean
migrate (AppDatabase *self, GError **error)
{
  int version;

  if (!get_version (self, &version, error))
    return FALSE;
  if (version > self->schema->n_migrations) {
    g_autofree char *name = g_filename_display_name (self->path);
    g_set_error (error, APP_ERROR, APP_ERROR_NEWER, _("The history “%s” was written by a newer version of Melete. Update Melete to open it."), name);
    return FALSE;
  }
  if (version > 0 && version < self->schema->n_migrations && strcmp (self->path, ":memory:") != 0 &&
      !back_up (self, self->schema->n_migrations, error))
    return FALSE;

  for (; version < self->schema->n_migrations; version++) {
    g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %d", version + 1);
    if (!app_database_begin (self, error))
      return FALSE;
    if (!run_sql (self, self->schema->migrations[version], error) || !run_sql (self, set_version, error) || !app_database_commit (self, error)) {
      app_database_rollback (self);
      return FALSE;
    }
  }
  return TRUE;
}

static void
close_database (AppDatabase *self)
{
  g_hash_table_remove_all (self->statements);
  if (self->db) {
    int code = sqlite3_close (self->db);
    g_warn_if_fail (code == SQLITE_OK);
  }
  self->db = NULL;
}

static gboolean
make_history (AppDatabase *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (g_mkdir_with_parents (folder, 0700) == 0 && make_file (self->path, 0))
    return TRUE;
  app_database_set_error (self, app_error_from_errno (errno) == APP_ERROR_FULL ? SQLITE_FULL : SQLITE_CANTOPEN, error);
  return FALSE;
}

/* Called by SQLite now and then; true ends the statement. */
static int
on_steps (void *user_data)
{
  return g_cancellable_is_cancelled (((AppDatabase *) user_data)->current);
}

static gboolean
open_database (AppDatabase *self, GError **error)
{
  int code;

  if (self->db)
    return TRUE;
  if (self->closed) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The history is closed."));
    return FALSE;
  }
  if (strcmp (self->path, ":memory:") != 0 && !make_history (self, error))
    return FALSE;

  code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    app_database_set_error (self, code, error);
    close_database (self);
    return FALSE;
  }
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT);
  sqlite3_progress_handler (self->db, CANCEL_STEPS, on_steps, self);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!run_sql (self,
                "PRAGMA locking_mode = EXCLUSIVE;"
                "PRAGMA mmap_size = 0;"
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL;"
                "PRAGMA journal_size_limit = 16777216;" /* a large picture does not leave a large journal */
                "PRAGMA foreign_keys = ON;"
                "PRAGMA secure_delete = ON;"
                "PRAGMA cell_size_check = ON;"
                "PRAGMA temp_store = MEMORY;",
                error) ||
      !migrate (self, error)) {
    close_database (self);
    return FALSE;
  }
  delete_old_backups (self);
  return TRUE;
}

/* ---- the thread ---- */

/* Main thread: hands the job's result to the task. */
static gboolean
complete (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  if (job->error)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->result), job->result_free);
  return G_SOURCE_REMOVE;
}

/* The last reference to a task is dropped on the main thread too, for it may hold the last one to objects of the application.
 * (g_main_context_invoke () would run it here whenever nobody iterates the context.) */
static void
hand_back (GTask *task)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, complete, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
  g_source_unref (source);
}

static gpointer
thread_main (gpointer user_data)
{
  AppDatabase *self = user_data; /* alive until the thread is joined */
  GTask *task;

  while ((task = g_async_queue_pop (self->queue)) != (gpointer) self) {
    Job *job = g_task_get_task_data (task);
    GCancellable *cancellable = g_task_get_cancellable (task);

    self->current = cancellable;
    if (!g_cancellable_set_error_if_cancelled (cancellable, &job->error) && open_database (self, &job->error)) {
      job->result = job->func (self, job->data, &job->error);
      g_assert ((job->result == NULL) == (job->error != NULL));
      g_assert (!self->db || sqlite3_get_autocommit (self->db));
    }
    self->current = NULL;
    hand_back (task);
  }
  close_database (self);
  return NULL;
}

void
app_database_run_async (AppDatabase *self, AppDatabaseFunc func, gpointer data, GDestroyNotify data_free, GDestroyNotify result_free, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;
  g_task_set_source_tag (task, app_database_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_async_queue_push (self->queue, task);
}

gpointer
app_database_run_finish (AppDatabase *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
open_job (AppDatabase *self, gpointer data, GError **error)
{
  return APP_DATABASE_OK;
}

void
app_database_open_async (AppDatabase *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  app_database_run_async (self, open_job, NULL, NULL, NULL, cancellable, callback, user_data);
}

static gpointer
close_job (AppDatabase *self, gpointer data, GError **error)
{
  close_database (self);
  self->closed = TRUE;
  return APP_DATABASE_OK;
}

void
app_database_close_async (AppDatabase *self, GAsyncReadyCallback callback, gpointer user_data)
{
  app_database_run_async (self, close_job, NULL, NULL, NULL, NULL, callback, user_data);
}

/* ---- object ---- */

guint
app_database_get_n_queries (AppDatabase *self)
{
  return g_atomic_int_get (&self->n_queries);
}

const char *
app_database_get_path (AppDatabase *self)
{
  return self->path;
}

static void
app_database_finalize (GObject *object)
{
  AppDatabase *self = APP_DATABASE (object);

  /* Every job holds a reference, so the queue is empty here. */
  g_async_queue_push (self->queue, self);
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  g_hash_table_unref (self->statements);
  g_free (self->path);
  G_OBJECT_CLASS (app_database_parent_class)->finalize (object);
}

static void
app_database_class_init (AppDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_database_finalize;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
app_database_init (AppDatabase *self)
{
  self->queue = g_async_queue_new ();
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
}

AppDatabase *
app_database_new (const char *path, const AppDatabaseSchema *schema)
{
  AppDatabase *self = g_object_new (APP_TYPE_DATABASE, NULL);

  self->path = g_strdup (path);
  self->schema = schema;
  self->thread = g_thread_new ("database", thread_main, self);
  return self;
}
