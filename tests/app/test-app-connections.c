/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of connections in the history's file, across ends of the program of every kind. */
#include <glib/gstdio.h>

#include "fixture.h"

#include "app-connections-private.h"
#include "app-error.h"

static AppConnections *
connections_of (Fixture *fixture)
{
  return app_history_get_connections (fixture->history);
}

static AppConnection *
begin (Fixture *fixture, const char *purpose, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_connections_begin_async (connections_of (fixture), purpose, "https://index.example", keep_result, &result);
  return app_connections_begin_finish (connections_of (fixture), wait_result (&result), error);
}

/* Purpose, outcome, bytes and error of every entry, in order. */
static void
assert_list (Fixture *fixture, const char *expected)
{
  static const char *const outcomes[] = { "under way", "done", "failed", "stopped", "interrupted" };
  GListModel *list = app_connections_get_list (connections_of (fixture));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (AppConnection) connection = g_list_model_get_item (list, i);
    g_assert_cmpstr (app_connection_get_peer (connection), ==, "https://index.example");
    g_string_append_printf (text, "%s%s %s %d%s%s", i ? ", " : "", app_connection_get_purpose (connection), outcomes[app_connection_get_outcome (connection)],
                            (int) app_connection_get_bytes (connection), app_connection_get_error (connection) ? ": " : "",
                            app_connection_get_error (connection) ? app_connection_get_error (connection) : "");
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
reopen (Fixture *fixture)
{
  fixture_close (fixture);
  fixture_open (fixture);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  AppConnections *connections = connections_of (fixture);
  g_autoptr (AppConnection) a = begin (fixture, "a", NULL);
  g_autoptr (AppConnection) b = begin (fixture, "b", NULL);
  g_autoptr (AppConnection) c = begin (fixture, "c", NULL);
  g_autoptr (GDateTime) time = g_date_time_ref (app_connection_get_time (a));
  g_autoptr (AppConnection) stored = NULL;

  assert_list (fixture, "c under way 0, b under way 0, a under way 0");
  g_assert_null (app_connections_get_notice (connections));
  app_connections_received (connections, b, 100);
  app_connections_received (connections, b, 23);
  app_connections_end (connections, b, APP_CONNECTION_FAILED, "It was Tuesday.");
  app_connections_end (connections, a, APP_CONNECTION_DONE, NULL);
  app_connections_end (connections, c, APP_CONNECTION_STOPPED, NULL);
  /* The first word counts. */
  app_connections_end (connections, c, APP_CONNECTION_FAILED, "Too late");
  app_connections_received (connections, c, 7);
  assert_list (fixture, "c stopped 0, b failed 123: It was Tuesday., a done 0");
  reopen (fixture);
  assert_list (fixture, "c stopped 0, b failed 123: It was Tuesday., a done 0");
  stored = g_list_model_get_item (app_connections_get_list (connections_of (fixture)), 2);
  g_assert_true (g_date_time_equal (app_connection_get_time (stored), time));
}

/* A count that grows shows at once, and is not stored each time. */
static void
test_growing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConnection) connection = begin (fixture, "a", NULL);
  g_autoptr (AppConnection) other = NULL;
  guint before = app_history_get_n_queries (fixture->history);

  for (guint i = 0; i < 1000; i++) {
    app_connections_received (connections_of (fixture), connection, 7);
    g_assert_cmpuint (app_connection_get_bytes (connection), ==, 7 * (i + 1));
  }
  other = begin (fixture, "b", NULL); /* comes after what was stored meanwhile */
  g_assert_cmpuint (app_history_get_n_queries (fixture->history) - before, <, 100);
  reopen (fixture);
  assert_list (fixture, "b interrupted 0, a interrupted 7000");
}

/* The program is closed while it is under way: as far as it was counted. */
static void
test_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConnection) connection = begin (fixture, "a", NULL);
  g_autoptr (AppConnections) connections = g_object_ref (connections_of (fixture));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_connections_received (connections, connection, 42);
  reopen (fixture);
  assert_list (fixture, "a interrupted 42");
  /* Nothing is recorded any more in the closed one, and so nothing may connect. */
  app_connections_begin_async (connections, "b", "https://index.example", keep_result, &result);
  g_assert_null (app_connections_begin_finish (connections, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

static void
copy_file (const char *from, const char *to, const char *end)
{
  g_autofree char *from_name = g_strconcat (from, end, NULL);
  g_autofree char *to_name = g_strconcat (to, end, NULL);
  g_autofree char *content = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (from_name, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (to_name, content, length, NULL));
}

/* The power goes while it is under way: it is there all the same, with what was counted last. */
static void
test_crashed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *copy = g_build_filename (fixture->folder, "after-the-crash.db", NULL);
  g_autoptr (AppConnection) a = begin (fixture, "a", NULL);
  g_autoptr (AppConnection) b = NULL;

  app_connections_received (connections_of (fixture), a, 42);
  b = begin (fixture, "b", NULL); /* comes after it in the file */
  copy_file (fixture->path, copy, "");
  copy_file (fixture->path, copy, "-wal");
  fixture_close (fixture);

  g_free (fixture->path);
  fixture->path = g_steal_pointer (&copy);
  fixture_open (fixture);
  assert_list (fixture, "b interrupted 0, a interrupted 42");
}

/* Without a file the list is kept in memory, and says so. */
static void
test_in_memory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConnection) connection = NULL;

  g_free (fixture->path);
  fixture->path = g_strdup (":memory:");
  fixture_open (fixture);
  g_assert_nonnull (app_connections_get_notice (connections_of (fixture)));
  connection = begin (fixture, "a", NULL);
  assert_list (fixture, "a under way 0");
  app_connections_end (connections_of (fixture), connection, APP_CONNECTION_DONE, NULL);
  assert_list (fixture, "a done 0");
}

static void
on_notice (AppConnections *connections, GParamSpec *pspec, guint *count)
{
  ++*count;
}

/* An outcome that cannot be stored is told; the entry itself is safe since it began. */
static void
test_no_outcome (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConnection) connection = NULL;
  guint count = 0;

  fixture_open (fixture);
  fixture_close (fixture);
  fixture_run_sql (fixture->path, "CREATE TRIGGER no BEFORE UPDATE ON connections WHEN new.outcome = 1 BEGIN SELECT raise (ABORT, 'not today'); END");
  fixture_open (fixture);
  g_signal_connect (connections_of (fixture), "notify::notice", G_CALLBACK (on_notice), &count);
  connection = begin (fixture, "a", NULL);
  app_connections_end (connections_of (fixture), connection, APP_CONNECTION_DONE, NULL);
  WAIT_UNTIL (count == 1);
  g_assert_nonnull (app_connections_get_notice (connections_of (fixture)));
  assert_list (fixture, "a done 0");
  g_signal_handlers_disconnect_by_data (connections_of (fixture), &count);
  reopen (fixture);
  assert_list (fixture, "a interrupted 0");
}

#define ADD(path, test) g_test_add ("/app/connections/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
#define ADD_CLOSED(path, test) g_test_add ("/app/connections/" path, Fixture, NULL, fixture_set_up_closed, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("growing", test_growing);
  ADD ("closed", test_closed);
  ADD ("crashed", test_crashed);
  ADD_CLOSED ("in-memory", test_in_memory);
  ADD_CLOSED ("no-outcome", test_no_outcome);
  return g_test_run ();
}
