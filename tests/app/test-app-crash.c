/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kills a program a hundred times while it writes answers: the file must be sound each time, and hold all that was acknowledged. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define ROUNDS 100
/* The most of a growing answer that may be lost, in milliseconds. */
#define PROMISE_MS 250

typedef struct {
  gint64 answer;
  gint64 length;
  gint64 time; /* 0: of a finished answer */
} Seen;

/* The first column of the first row as text. */
static char *
ask (sqlite3 *raw, const char *sql)
{
  sqlite3_stmt *statement;
  char *text;

  g_assert_cmpint (sqlite3_prepare_v2 (raw, sql, -1, &statement, NULL), ==, SQLITE_OK);
  text = sqlite3_step (statement) == SQLITE_ROW ? g_strdup ((const char *) sqlite3_column_text (statement, 0)) : NULL;
  sqlite3_finalize (statement);
  return text;
}

static gint64
ask_number (sqlite3 *raw, const char *question, gint64 id)
{
  g_autofree char *sql = g_strdup_printf ("%s %" G_GINT64_FORMAT, question, id);
  g_autofree char *text = ask (raw, sql);

  return text ? g_ascii_strtoll (text, NULL, 10) : -1;
}

/* Lets the child write for a while and kills it. Returns what it said; `*killed` is the time. */
static char *
run_and_kill (const char *child, const char *path, guint ms, gint64 *killed)
{
  const char *argv[] = { child, path, NULL };
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  GPid pid;
  int out;
  gssize n;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  /* The clock starts with its first word, so that a slow start is no different. */
  n = read (out, buffer, sizeof buffer);
  g_assert_cmpint (n, >, 0);
  g_string_append_len (said, buffer, n);
  g_usleep (ms * 1000);
  *killed = g_get_monotonic_time ();
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while ((n = read (out, buffer, sizeof buffer)) > 0)
    g_string_append_len (said, buffer, n);
  close (out);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  return g_string_free (g_steal_pointer (&said), FALSE);
}

/* Returns how much time of the last answer was lost, in milliseconds. */
static int
check (const char *path, const char *said, gint64 killed)
{
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  g_autofree char *integrity = NULL;
  g_autofree char *broken = NULL;
  sqlite3 *raw;
  gint64 last = 0, stored = 0, first_lost = 0;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  integrity = ask (raw, "PRAGMA integrity_check");
  g_assert_cmpstr (integrity, ==, "ok");
  broken = ask (raw, "PRAGMA foreign_key_check");
  g_assert_null (broken);
  for (guint i = 0; lines[i] && lines[i + 1]; i++) { /* the last line may be cut */
    gint64 a, b, c;
    if (sscanf (lines[i], "ack %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &a, &b) == 2) {
      g_assert_cmpint (ask_number (raw, "SELECT length (text) FROM messages WHERE id =", a), ==, strlen ("Go on, and on"));
      g_assert_cmpint (ask_number (raw, "SELECT parent FROM messages WHERE id =", b), ==, a);
    } else if (sscanf (lines[i], "done %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &a, &b) == 2) {
      g_assert_cmpint (ask_number (raw, "SELECT length (text) FROM messages WHERE state = 2 AND id =", a), ==, b);
    } else if (sscanf (lines[i], "text %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &a, &b, &c) == 3) {
      if (a != last) {
        last = a;
        stored = ask_number (raw, "SELECT length (text) FROM messages WHERE id =", a);
        first_lost = 0;
      }
      if (b > stored && !first_lost)
        first_lost = c;
    } else {
      g_assert_not_reached ();
    }
  }
  sqlite3_close (raw);
  return first_lost ? (killed - first_lost) / 1000 : 0;
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *child = g_test_build_filename (G_TEST_BUILT, "crash-child", NULL);
  int lost[ROUNDS], over = 0, most = 0;
  guint interrupted = 0;

  for (int i = 0; i < ROUNDS; i++) {
    gint64 killed;
    g_autofree char *said = run_and_kill (child, fixture->path, g_test_rand_int_range (0, 450), &killed);
    lost[i] = check (fixture->path, said, killed);
    over += lost[i] > PROMISE_MS;
    most = MAX (most, lost[i]);
  }
  g_test_message ("at most %d ms of an answer lost; over %d ms in %d of %d rounds", most, PROMISE_MS, over, ROUNDS);
  /* A machine that is starved of processor time may take longer to come to a save; more than now and then it may not. */
  g_assert_cmpint (over, <=, ROUNDS / 10);

  /* In the end nothing is under way any more, and what was cut off says so. */
  fixture_open (fixture);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->history)); i++) {
    AppConversation *conversation = conversation_at (fixture, i);
    load (conversation);
    for (guint k = 0; k < n_messages (conversation); k++) {
      AppMessage *message = message_at (conversation, k);
      AppMessageState state = app_message_get_state (message);
      g_assert_true (state == APP_MESSAGE_DONE || (state == APP_MESSAGE_STOPPED && app_message_get_interrupted (message)));
      interrupted += state == APP_MESSAGE_STOPPED;
    }
  }
  g_assert_cmpuint (interrupted, >, ROUNDS / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/crash/kill", Fixture, NULL, fixture_set_up_closed, test_kill, fixture_tear_down);
  return g_test_run ();
}
