/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-database.h"

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

struct _AppDatabase {
  GObject parent;
  char *path;
  const AppDatabaseSchema *schema;
  GThread *thread;
  GAsyncQueue *queue; /* of GTask; the task without a Job ends the thread */
  guint n_queries;    /* atomic */

  /* Database thread only. */
  sqlite3 *db;
  GHashTable *statements; /* SQL → sqlite3_stmt */
  gboolean closed;
  GCancellable *current; /* of the job that runs; nullable */
};

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

/* ---- errors ---- */

/* The sentence for what SQLite answered. */
static void
set_error (AppDatabase *self, int code, GError **error)
{
  g_autofree char *name = g_filename_display_name (self->path);
  int primary = code & 0xff;

  if (primary == SQLITE_IOERR && self->db && sqlite3_system_errno (self->db) == ENOSPC)
    primary = SQLITE_FULL;
  if (primary == SQLITE_IOERR && self->db && sqlite3_system_errno (self->db) == EROFS)
    primary = SQLITE_READONLY;

  switch (primary) {
  case SQLITE_INTERRUPT:
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("It was stopped."));
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, APP_ERROR, APP_ERROR_BUSY, _("The history “%s” is in use by another program. Close that program, then try again."), name);
    break;
  case SQLITE_FULL:
    g_set_error (error, APP_ERROR, APP_ERROR_FULL, _("The disk with the history “%s” is full. Free some space, then try again."), name);
    break;
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    g_set_error (error, APP_ERROR, APP_ERROR_READ_ONLY, _("The history “%s” cannot be written. Check the permissions of its folder, then try again."), name);
    break;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The history “%s” is damaged. Move it away to begin a new one, or put a backup in its place."), name);
    break;
  default:
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The history “%s” could not be used: %s. Try again."), name,
                 self->db ? sqlite3_errmsg (self->db) : sqlite3_errstr (code));
  }
}

/* ---- statements ---- */

static void
assert_thread (AppDatabase *self)
{
  g_assert (g_thread_self () == self->thread);
}

static gboolean
bind (AppDatabase *self, sqlite3_stmt *statement, const char *format, va_list args, GError **error)
{
  int code = SQLITE_OK;

  for (int i = 1; *format && code == SQLITE_OK; format++, i++) {
    switch (*format) {
    case 'i':
      code = sqlite3_bind_int64 (statement, i, va_arg (args, gint64));
      break;
    case 'I': {
      gint64 value = va_arg (args, gint64);
      code = value ? sqlite3_bind_int64 (statement, i, value) : sqlite3_bind_null (statement, i);
      break;
    }
    case 'd':
      code = sqlite3_bind_double (statement, i, va_arg (args, double));
      break;
    case 's':
      code = sqlite3_bind_text (statement, i, va_arg (args, const char *), -1, SQLITE_STATIC);
      break;
    case 'b': {
      GBytes *bytes = va_arg (args, GBytes *);
      if (bytes) {
        gsize size;
        const void *data = g_bytes_get_data (bytes, &size);
        code = sqlite3_bind_blob64 (statement, i, data ? data : "", size, SQLITE_STATIC);
      } else {
        code = sqlite3_bind_null (statement, i);
      }
      break;
    }
    default:
      g_assert_not_reached ();
    }
  }
  if (code == SQLITE_OK)
    return TRUE;
  set_error (self, code, error);
  return FALSE;
}

static sqlite3_stmt *
query (AppDatabase *self, GError **error, const char *sql, const char *format, va_list args)
{
  sqlite3_stmt *statement;

  assert_thread (self);
  statement = g_hash_table_lookup (self->statements, sql);
  if (!statement) {
    int code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
      set_error (self, code, error);
      return NULL;
    }
    g_hash_table_insert (self->statements, g_strdup (sql), statement);
  }
  g_atomic_int_inc (&self->n_queries);
  if (!bind (self, statement, format, args, error)) {
    app_database_reset (statement);
    return NULL;
  }
  return statement;
}

sqlite3_stmt *
app_database_query (AppDatabase *self, GError **error, const char *sql, const char *format, ...)
{
  va_list args;
  sqlite3_stmt *statement;

  va_start (args, format);
  statement = query (self, error, sql, format, args);
  va_end (args);
  return statement;
}

gboolean
app_database_step (AppDatabase *self, sqlite3_stmt *statement, gboolean *failed, GError **error)
{
  int code;

  assert_thread (self);
  code = sqlite3_step (statement);
  if (failed)
    *failed = code != SQLITE_ROW && code != SQLITE_DONE;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    set_error (self, code, error);
  app_database_reset (statement);
  return FALSE;
}

void
app_database_reset (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

gboolean
app_database_exec (AppDatabase *self, GError **error, const char *sql, const char *format, ...)
{
  va_list args;
  sqlite3_stmt *statement;
  gboolean failed = TRUE;

  va_start (args, format);
  statement = query (self, error, sql, format, args);
  va_end (args);
  if (!statement)
    return FALSE;
  if (app_database_step (self, statement, &failed, error))
    app_database_reset (statement); /* a pragma that answers with a row */
  return !failed;
}

gint64
app_database_last_id (AppDatabase *self)
{
  assert_thread (self);
  return sqlite3_last_insert_rowid (self->db);
}

int
app_database_changes (AppDatabase *self)
{
  assert_thread (self);
  return sqlite3_changes (self->db);
}

/* IMMEDIATE: a lock that cannot be had is told at the beginning, when nothing is written yet. */
gboolean
app_database_begin (AppDatabase *self, GError **error)
{
  return app_database_exec (self, error, "BEGIN IMMEDIATE", "");
}

gboolean
app_database_commit (AppDatabase *self, GError **error)
{
  return app_database_exec (self, error, "COMMIT", "");
}

void
app_database_rollback (AppDatabase *self)
{
  /* After some errors (a full disk) SQLite has rolled back already. */
  if (!sqlite3_get_autocommit (self->db))
    app_database_exec (self, NULL, "ROLLBACK", "");
}

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

/* ---- opening, migrating, closing ---- */

static gboolean
run_sql (AppDatabase *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  set_error (self, code, error);
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

/* A copy beside the file, history.db.before-v3, safe on the disk before the migration begins. */
static gboolean
back_up (AppDatabase *self, int to_version, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s.before-v%d", self->path, to_version);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  sqlite3 *copy = NULL;
  int code;

  g_unlink (part);
  code = sqlite3_open (part, &copy);
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
  set_error (self, code == SQLITE_OK ? SQLITE_CANTOPEN : code, error);
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

/* Only the person may read what they talk about. */
static gboolean
make_file (AppDatabase *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) == 0 && (fd = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0) {
    close (fd);
    return TRUE;
  }
  set_error (self, errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_CANTOPEN, error);
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
  if (strcmp (self->path, ":memory:") != 0 && !make_file (self, error))
    return FALSE;

  code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    set_error (self, code, error);
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
