/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a job does with the connection: statements, transactions, and the sentences for what SQLite answers. Database thread only. */
#include "app-database-private.h"

#include <errno.h>
#include <glib/gi18n.h>

void
app_database_set_error (AppDatabase *self, int code, GError **error)
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
  app_database_set_error (self, code, error);
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
      app_database_set_error (self, code, error);
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
    app_database_set_error (self, code, error);
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

int
app_database_total_changes (AppDatabase *self)
{
  assert_thread (self);
  return sqlite3_total_changes (self->db);
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
