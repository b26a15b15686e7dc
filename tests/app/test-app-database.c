/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "fixture.h"

#include "app-database.h"
#include "app-error.h"
#include "app-schema.h"

/* ---- a database with a schema of our own ---- */

static const char *const two[] = {
  "CREATE TABLE birds (name TEXT NOT NULL) STRICT; INSERT INTO birds VALUES ('duck')",
  "ALTER TABLE birds ADD COLUMN legs INTEGER NOT NULL DEFAULT 2",
};
static const AppDatabaseSchema schema_1 = { two, 1 }, schema_2 = { two, 2 };
static const char *const broken[] = {
  "CREATE TABLE birds (name TEXT NOT NULL) STRICT; INSERT INTO birds VALUES ('duck')",
  "DELETE FROM birds; CREATE TABLE nonsense (",
};
static const AppDatabaseSchema schema_broken = { broken, 2 };

static gboolean
run (AppDatabase *db, AppDatabaseFunc func, gpointer data, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_database_run_async (db, func, data, NULL, NULL, NULL, keep_result, &result);
  return app_database_run_finish (db, wait_result (&result), error) != NULL;
}

/* Runs the SQL of `data`. */
static gpointer
exec_job (AppDatabase *db, gpointer data, GError **error)
{
  return app_database_exec (db, error, data, "") ? APP_DATABASE_OK : NULL;
}

static gboolean
exec (AppDatabase *db, const char *sql, GError **error)
{
  return run (db, exec_job, (gpointer) sql, error);
}

typedef struct {
  const char *sql;
  char *text;
} Question;

/* The first column of every row, one per line. */
static gpointer
ask_job (AppDatabase *db, gpointer data, GError **error)
{
  Question *question = data;
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3_stmt *statement = app_database_query (db, error, question->sql, "");
  gboolean failed;

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "", (const char *) sqlite3_column_text (statement, 0));
  if (failed)
    return NULL;
  question->text = g_strdup (text->str);
  return APP_DATABASE_OK;
}

static char *
ask (AppDatabase *db, const char *sql)
{
  Question question = { sql, NULL };
  g_autoptr (GError) error = NULL;

  run (db, ask_job, &question, &error);
  g_assert_no_error (error);
  return question.text;
}

static void
assert_answer (AppDatabase *db, const char *sql, const char *expected)
{
  g_autofree char *text = ask (db, sql);

  g_assert_cmpstr (text, ==, expected);
}

static void
drop (AppDatabase *db)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (db);
}

/* Nobody else may read it. */
static void
assert_private (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* ---- opening ---- */

static void
test_pragmas (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &schema_1);

  assert_answer (db, "PRAGMA journal_mode", "wal");
  assert_answer (db, "PRAGMA synchronous", "2");
  assert_answer (db, "PRAGMA foreign_keys", "1");
  assert_answer (db, "PRAGMA mmap_size", "0");
  assert_answer (db, "PRAGMA locking_mode", "exclusive");
  assert_answer (db, "PRAGMA secure_delete", "1");
  assert_answer (db, "PRAGMA user_version", "1");
  assert_private (fixture->path);
  drop (db);
}

static void
test_migration (Fixture *fixture, gconstpointer data)
{
  g_autofree char *backup_path = g_strconcat (fixture->path, ".before-v2", NULL);
  struct utimbuf long_ago = { 1000000000, 1000000000 };
  AppDatabase *db = app_database_new (fixture->path, &schema_1);
  g_autoptr (GError) error = NULL;

  assert_answer (db, "SELECT name FROM birds", "duck");
  drop (db);
  g_assert_false (g_file_test (backup_path, G_FILE_TEST_EXISTS));

  db = app_database_new (fixture->path, &schema_2);
  assert_answer (db, "SELECT legs FROM birds", "2");
  assert_answer (db, "PRAGMA user_version", "2");
  drop (db);

  db = app_database_new (backup_path, &schema_1); /* the backup is the whole database of before */
  assert_answer (db, "SELECT name FROM birds", "duck");
  assert_answer (db, "PRAGMA user_version", "1");
  drop (db);
  assert_private (backup_path);

  /* It is kept for a month, and no longer than needed. */
  db = app_database_new (fixture->path, &schema_2);
  assert_answer (db, "SELECT legs FROM birds", "2");
  drop (db);
  g_assert_true (g_file_test (backup_path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_utime (backup_path, &long_ago), ==, 0);
  db = app_database_new (fixture->path, &schema_2);
  assert_answer (db, "SELECT legs FROM birds", "2");
  drop (db);
  g_assert_false (g_file_test (backup_path, G_FILE_TEST_EXISTS));

  db = app_database_new (fixture->path, &schema_1);
  g_assert_false (exec (db, "SELECT 1", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NEWER);
  drop (db);
}

static void
test_migration_fails (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &schema_1);
  g_autoptr (GError) error = NULL;

  assert_answer (db, "SELECT name FROM birds", "duck");
  drop (db);
  db = app_database_new (fixture->path, &schema_broken);
  g_assert_false (exec (db, "SELECT 1", &error));
  g_assert_nonnull (error);
  drop (db);
  db = app_database_new (fixture->path, &schema_2);
  assert_answer (db, "SELECT name || legs FROM birds", "duck2"); /* nothing was lost, and the right one succeeds */
  drop (db);
}

/* The schema of each version that was released, as SQLite tells it, is fixed by a golden file. A new version adds one. */
static void
test_golden_schema (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &app_schema);
  g_autofree char *name = g_strdup_printf ("history-v%d.sql", app_schema.n_migrations);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *golden = NULL;
  g_autofree char *schema = ask (db, "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &golden, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_strchomp (golden), ==, schema);
  drop (db);
}

/* Makes the file as a version left it, with `rows`. */
static void
make_version (Fixture *fixture, int version, const char *rows)
{
  g_autofree char *name = g_strdup_printf ("history-v%d.sql", version);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *schema = NULL;
  g_autoptr (GString) sql = g_string_new (NULL);
  g_auto (GStrv) statements = NULL;

  g_assert_true (g_file_get_contents (path, &schema, NULL, NULL));
  /* The tables of the index are made by their virtual tables. */
  statements = g_strsplit (schema, ";\nCREATE ", -1);
  for (guint i = 0; statements[i]; i++)
    if (!strstr (statements[i], "TABLE 'messages_fts_") && !strstr (statements[i], "TABLE 'conversations_fts_") &&
        !strstr (statements[i], "sqlite_sequence"))
      g_string_append_printf (sql, "%s%s;\n", i ? "CREATE " : "", statements[i]);
  g_string_append_printf (sql, "%sPRAGMA user_version = %d;", rows, version);
  fixture_run_sql (fixture->path, sql->str);
}

/* What was typed in version 5 is still there, and what the tables could hold besides. */
static void
test_drafts_of_5 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *loose = NULL;

  make_version (fixture, 5,
                "INSERT INTO conversations (id, title, created, updated) VALUES (1, 'Herons', 5, 5), (2, 'Storks', 4, 4), (3, 'Geese', 3, 3);\n"
                "INSERT INTO drafts (id, conversation, text) VALUES (4, 1, 'And where do they sleep?'), (9, NULL, 'Of du');\n"
                "INSERT INTO drafts (id, conversation, text, queued) VALUES (12, 3, 'And then fly away', 1);\n"
                "INSERT INTO attachments (sha256, bytes) VALUES (printf ('%064d', 7), x'4a');\n"
                "INSERT INTO draft_attachments (draft, position, sha256, metadata, model_text) VALUES (4, 0, printf ('%064d', 7), '{}', 'J');\n");
  fixture_open (fixture);
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 0)), ==, "And where do they sleep?");
  g_assert_cmpuint (app_conversation_get_n_draft_attachments (conversation_at (fixture, 0)), ==, 1);
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 1)), ==, "");
  g_assert_cmpstr (app_conversation_get_draft (conversation_at (fixture, 2)), ==, "");
  g_assert_cmpstr (app_conversation_get_draft (app_history_get_unsent (fixture->history)), ==, "Of du");
  fixture_close (fixture);
  loose = fixture_ask (fixture->path, "PRAGMA foreign_key_check");
  g_assert_null (loose);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM drafts WHERE (id, conversation, queued) IN (VALUES (4, 1, 0), (12, 3, 1))"), ==, 2);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM draft_attachments WHERE draft = 4 AND model_text = 'J'"), ==, 1);
}

/* A database with rows of the first version, as it was on somebody's disk, opens in this one with nothing lost. */
static void
test_golden_upgrade (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "history-v1-rows.sql", NULL);
  g_autofree char *rows = NULL;

  g_assert_true (g_file_get_contents (path, &rows, NULL, NULL));
  make_version (fixture, 1, rows);

  fixture_open (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 2);
  AppConversation *conversation = conversation_at (fixture, 0);
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Pinned ducks");
  g_assert_true (app_conversation_get_pinned (conversation));
  conversation = conversation_at (fixture, 1);
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Why is the sky blue?");
  load (conversation);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "Because of *Rayleigh* scattering.");
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
  g_assert_cmpint (app_message_get_stats (message_at (conversation, 1))->tokens, ==, 41);
  g_autoptr (GListModel) hits = search (fixture, "rayleigh");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (app_connections_get_list (app_history_get_connections (fixture->history))), ==, 0);

  /* As it was before, it lies beside. */
  g_autofree char *backup = g_strdup_printf ("%s.before-v%d", fixture->path, app_schema.n_migrations);
  assert_private (backup);
  g_assert_cmpint (fixture_ask_number (backup, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (fixture_ask_number (backup, "SELECT count (*) FROM messages"), ==, 6);
  g_assert_cmpint (fixture_ask_number (backup, "SELECT count (*) FROM sqlite_schema WHERE name = 'connections'"), ==, 0);
}

/* ---- trouble ---- */

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &schema_1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (exec (db, "SELECT 1", NULL));
  app_database_close_async (db, keep_result, &result);
  g_assert_nonnull (app_database_run_finish (db, wait_result (&result), NULL));
  g_assert_false (exec (db, "SELECT 1", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_object (&result);
  drop (db);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &schema_1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (exec (db, "SELECT 1", NULL));
  g_cancellable_cancel (cancellable);
  app_database_run_async (db, exec_job, (gpointer) "DELETE FROM birds", NULL, NULL, cancellable, keep_result, &result);
  g_assert_null (app_database_run_finish (db, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_answer (db, "SELECT count (*) FROM birds", "1");
  g_clear_object (&result);
  drop (db);
}

/* A statement that would run for ever ends when it is cancelled, and the next job is done. */
static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  AppDatabase *db = app_database_new (fixture->path, &schema_1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (exec (db, "SELECT 1", NULL));
  app_database_run_async (db, exec_job, (gpointer) "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count (*) FROM n", NULL, NULL, cancellable,
                          keep_result, &result);
  g_usleep (20000);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  g_assert_null (app_database_run_finish (db, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_answer (db, "SELECT count (*) FROM birds", "1");
  g_clear_object (&result);
  drop (db);
}

/* Another program holds the file: a sentence, and nothing is lost when it lets go. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  sqlite3 *other = NULL;
  g_autoptr (GError) error = NULL;

  fixture_open (fixture);
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  g_object_unref (conversation);
  fixture_close (fixture);

  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE conversations SET pinned = pinned; COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_false (fixture_try_open (fixture, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, fixture->path));
  sqlite3_close (other);

  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpuint (n_messages (conversation_at (fixture, 0)), ==, 2);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *garbage = g_strnfill (8192, 'x');
  g_autofree char *after = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, garbage, 8192, NULL));
  g_assert_false (fixture_try_open (fixture, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_assert_true (g_file_get_contents (fixture->path, &after, &length, NULL)); /* left as it was */
  g_assert_cmpmem (after, length, garbage, 8192);
}

static void
test_in_memory (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  fixture->path = g_strdup (":memory:");
  fixture_open (fixture);
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 1);
}

#define ADD(path, test) g_test_add ("/app/database/" path, Fixture, NULL, fixture_set_up_closed, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pragmas", test_pragmas);
  ADD ("migration", test_migration);
  ADD ("migration-fails", test_migration_fails);
  ADD ("golden-schema", test_golden_schema);
  ADD ("golden-upgrade", test_golden_upgrade);
  ADD ("drafts-of-5", test_drafts_of_5);
  ADD ("closed", test_closed);
  ADD ("cancelled", test_cancelled);
  ADD ("interrupted", test_interrupted);
  ADD ("locked", test_locked);
  ADD ("damaged", test_damaged);
  ADD ("in-memory", test_in_memory);
  return g_test_run ();
}
