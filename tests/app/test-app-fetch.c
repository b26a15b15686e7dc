/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What downloads write into the list of connections, and when. */
#include <string.h>

#include "fetch-fixture.h"

static AppConnection *
connection_at_position (Fetch *fetch, guint position)
{
  g_autoptr (AppConnection) connection = g_list_model_get_item (app_connections_get_list (fetch->connections), position);

  g_assert_nonnull (connection);
  return connection; /* the list keeps it */
}

static void
assert_connections (Fetch *fetch, guint n)
{
  g_assert_cmpuint (g_list_model_get_n_items (app_connections_get_list (fetch->connections)), ==, n);
}

static void
assert_outcome (Fetch *fetch, guint position, AppConnectionOutcome outcome, guint64 bytes)
{
  AppConnection *connection = connection_at_position (fetch, position);

  g_assert_cmpstr (app_connection_get_purpose (connection), ==, "Download of Bird 1B");
  g_assert_cmpint (app_connection_get_outcome (connection), ==, outcome);
  g_assert_cmpuint (app_connection_get_bytes (connection), ==, bytes);
  g_assert_true ((app_connection_get_error (connection) != NULL) == (outcome == APP_CONNECTION_FAILED));
}

static gboolean
pip_was_run (Fetch *fetch)
{
  g_autofree char *log = g_build_filename (fetch->shelf, "log", NULL);

  return g_file_test (log, G_FILE_TEST_EXISTS);
}

static void
on_listed (GListModel *list, guint position, guint removed, guint added, Fetch *fetch)
{
  g_assert_cmpuint (position, ==, 0);
  g_assert_cmpuint (added, ==, 1);
  g_assert_cmpint (app_connection_get_outcome (connection_at_position (fetch, 0)), ==, APP_CONNECTION_UNDER_WAY);
  g_assert_false (pip_was_run (fetch));
}

/* In the list before pip is run; one entry for all parts, with every byte. */
static void
test_whole (Fetch *fetch, gconstpointer data)
{
  g_autoptr (GDateTime) before = g_date_time_new_now_local ();
  GDateTime *time;

  g_signal_connect (app_connections_get_list (fetch->connections), "items-changed", G_CALLBACK (on_listed), fetch);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_connections (fetch, 1);
  assert_outcome (fetch, 0, APP_CONNECTION_DONE, FETCH_PARTS * fetch_wheel_bytes ("bird-part1"));
  g_assert_cmpstr (app_connection_get_peer (connection_at_position (fetch, 0)), ==, "https://usual.example");
  time = app_connection_get_time (connection_at_position (fetch, 0));
  g_assert_cmpint (g_date_time_difference (time, before), >, -G_TIME_SPAN_SECOND); /* kept in milliseconds */
}

/* A failure is told in its own words, and the next try is another entry, above it. */
static void
test_failure (Fetch *fetch, gconstpointer data)
{
  fetch_behave (fetch, 1, "fail", "ERROR: HTTP error 503 while getting it\n");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  assert_connections (fetch, 1);
  assert_outcome (fetch, 0, APP_CONNECTION_FAILED, fetch_wheel_bytes ("bird-part1"));
  g_assert_nonnull (strstr (app_connection_get_error (connection_at_position (fetch, 0)), "HTTP error 503"));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_connections (fetch, 2);
  assert_outcome (fetch, 0, APP_CONNECTION_DONE, 2 * fetch_wheel_bytes ("bird-part1"));
  assert_outcome (fetch, 1, APP_CONNECTION_FAILED, fetch_wheel_bytes ("bird-part1"));
}

/* What came of a package that was stopped in its middle counts. `data`: not NULL for cancelling. */
static void
test_stopped (Fetch *fetch, gconstpointer data)
{
  guint64 half = fetch_wheel_bytes ("bird-part1") / 2;

  fetch_behave (fetch, 1, "hang", "");
  app_download_resume (fetch->download);
  fetch_wait_hanging (fetch, 1);
  /* The person sees it grow meanwhile. */
  WAIT_UNTIL (app_connection_get_bytes (connection_at_position (fetch, 0)) == fetch_wheel_bytes ("bird-part1") + half);
  assert_outcome (fetch, 0, APP_CONNECTION_UNDER_WAY, fetch_wheel_bytes ("bird-part1") + half);
  if (data)
    app_download_cancel (fetch->download);
  else
    app_download_pause (fetch->download);
  WAIT_UNTIL (app_connection_get_outcome (connection_at_position (fetch, 0)) != APP_CONNECTION_UNDER_WAY);
  assert_connections (fetch, 1);
  assert_outcome (fetch, 0, APP_CONNECTION_STOPPED, fetch_wheel_bytes ("bird-part1") + half);
}

static void
on_listed_pause (GListModel *list, guint position, guint removed, guint added, Fetch *fetch)
{
  app_download_pause (fetch->download);
}

/* Stopped between the record and the connection: it is not made. */
static void
test_stopped_before (Fetch *fetch, gconstpointer data)
{
  g_signal_connect (app_connections_get_list (fetch->connections), "items-changed", G_CALLBACK (on_listed_pause), fetch);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_PAUSED);
  WAIT_UNTIL (app_connection_get_outcome (connection_at_position (fetch, 0)) != APP_CONNECTION_UNDER_WAY);
  assert_outcome (fetch, 0, APP_CONNECTION_STOPPED, 0);
  g_assert_false (pip_was_run (fetch));
}

/* pip is set up anew between two packages: whom each entry names is who was asked. */
static void
test_other_servers (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "config", NULL);

  fetch_behave (fetch, 0, "hang", "");
  app_download_resume (fetch->download);
  fetch_wait_hanging (fetch, 0);
  g_assert_true (g_file_set_contents (path, "global.index-url='https://other.example/simple'\n", -1, NULL));
  fetch_behave_well (fetch, 0, "hang");
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_connections (fetch, 2);
  assert_outcome (fetch, 1, APP_CONNECTION_DONE, fetch_wheel_bytes ("bird-part1"));
  assert_outcome (fetch, 0, APP_CONNECTION_DONE, 2 * fetch_wheel_bytes ("bird-part1"));
  g_assert_cmpstr (app_connection_get_peer (connection_at_position (fetch, 1)), ==, "https://usual.example");
  g_assert_cmpstr (app_connection_get_peer (connection_at_position (fetch, 0)), ==, "https://other.example");
}

/* What cannot be recorded is not done. */
static void
test_no_record (Fetch *fetch, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_database_close_async (fetch->database, keep_result, &result);
  wait_result (&result);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "could not be recorded first"));
  g_assert_false (pip_was_run (fetch));
  assert_connections (fetch, 0);
}

/* Nor what pip does not know the way to. */
static void
test_confused_pip (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "confused", NULL);

  g_assert_true (g_file_set_contents (path, "ERROR: no such option\n", -1, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "no such option"));
  g_assert_false (pip_was_run (fetch));
  assert_connections (fetch, 0);
}

#define ADD(path, test, data) g_test_add ("/app/fetch/" path, Fetch, data, fetch_set_up, test, fetch_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole, NULL);
  ADD ("failure", test_failure, NULL);
  ADD ("paused", test_stopped, NULL);
  ADD ("cancelled", test_stopped, "cancel");
  ADD ("stopped-before", test_stopped_before, NULL);
  ADD ("other-servers", test_other_servers, NULL);
  ADD ("no-record", test_no_record, NULL);
  ADD ("confused-pip", test_confused_pip, NULL);
  return g_test_run ();
}
