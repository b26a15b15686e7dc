/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kills a program at random moments of jobs: each goes on, nothing inside the workspace is lost or done twice, and outside it is done once.
 *
 * A few kills; a hundred with "-m slow", for ./dev bench orchestra. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job-fixture.h"

#define KILLS 10
#define MANY_KILLS 100
/* The child takes about this long for a whole job, in milliseconds. */
#define JOB_MS 900

/* Runs the child until it says that it is done, or for so long. Returns whether it was done. */
static gboolean
run_child (const char *path, int ms)
{
  g_autofree char *child = g_test_build_filename (G_TEST_BUILT, "job-child", NULL);
  const char *argv[] = { child, path, NULL };
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 end = G_MAXINT64;
  char buffer[256];
  GPid pid;
  int out;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  while (strstr (said->str, "done") == NULL && strstr (said->str, "failed") == NULL) {
    struct pollfd ready = { .fd = out, .events = POLLIN };
    gint64 left = end == G_MAXINT64 ? 120 * 1000 : (end - g_get_monotonic_time ()) / 1000;
    gssize n;

    if (left <= 0 || poll (&ready, 1, (int) left) == 0)
      break;
    n = read (out, buffer, sizeof buffer);
    g_assert_cmpint (n, >, 0); /* it ends only when it is killed */
    g_string_append_len (said, buffer, n);
    /* The clock starts when the job is under way, so that a slow start is no different. */
    if (end == G_MAXINT64 && strstr (said->str, "begun") != NULL)
      end = ms < 0 ? G_MAXINT64 : g_get_monotonic_time () + ms * 1000;
  }
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  close (out);
  g_assert_null (strstr (said->str, "failed"));
  return strstr (said->str, "done") != NULL;
}

static void
assert_content (const char *folder, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, content);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gint64
count_done (Fixture *fixture)
{
  return fixture_ask_number (fixture->path, "SELECT count (*) FROM jobs WHERE state = 2");
}

/* What the newest job made, once each. */
static void
check_done (Fixture *fixture, const char *given)
{
  gint64 conversation = fixture_ask_number (fixture->path, "SELECT max (id) FROM conversations");
  g_autofree char *parent = g_path_get_dirname (fixture->path), *number = g_strdup_printf ("%" G_GINT64_FORMAT, conversation), *workspace = g_build_filename (parent, "workspaces", number, NULL);
  g_autofree char *artifacts = g_strdup_printf ("SELECT count (*) FROM artifact_versions v JOIN artifacts a ON a.id = v.artifact WHERE a.conversation = %" G_GINT64_FORMAT, conversation);
  g_autofree char *steps = g_strdup_printf ("SELECT count (*) FROM job_steps s JOIN jobs j ON j.id = s.job JOIN messages m ON m.id = j.message WHERE m.conversation = %" G_GINT64_FORMAT " AND s.state = 3", conversation);
  g_autofree char *integrity = fixture_ask (fixture->path, "PRAGMA integrity_check"), *broken = fixture_ask (fixture->path, "PRAGMA foreign_key_check");

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_null (broken);
  assert_content (workspace, "summary.md", "A summary of it all, in one line that takes a while to be written down.\n");
  assert_content (workspace, "tasks.csv", "who,task\nAnna,paint\nBen,buy nails\n");
  assert_content (workspace, "letter.md", "Dear all, come and paint the fence with us.\n");
  g_assert_cmpuint (count_files (workspace), ==, 3); /* and nothing half written */
  g_assert_cmpint (fixture_ask_number (fixture->path, artifacts), ==, 3);
  g_assert_cmpint (fixture_ask_number (fixture->path, steps), ==, 4);
  /* Outside: never "letter (2).md". */
  assert_content (given, "letter.md", "Dear all, come and paint the fence with us.\n");
  g_assert_cmpuint (count_files (given), ==, 1);
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parent = g_path_get_dirname (fixture->path), *given = g_build_filename (parent, "given", NULL), *letter = g_build_filename (given, "letter.md", NULL);
  guint n_kills = g_test_slow () ? MANY_KILLS : KILLS, n_killed = 0, n_jobs = 0;

  g_mkdir_with_parents (given, 0700);
  while (n_killed < n_kills) {
    /* Some moments are early in a job, and after some kills it may come to its end; so it may before a kill, and is no longer there to say so. */
    if (!run_child (fixture->path, g_test_rand_int_range (0, JOB_MS)))
      n_killed++;
    if (count_done (fixture) > n_jobs) {
      check_done (fixture, given);
      n_jobs++;
      unlink (letter);
    }
  }
  if (fixture_ask_number (fixture->path, "SELECT count (*) FROM jobs WHERE state < 2") > 0) {
    g_assert_true (run_child (fixture->path, -1));
    check_done (fixture, given);
    n_jobs++;
  }
  g_test_message ("%u kills in %u jobs: each came to its end, with nothing lost and nothing twice", n_killed, n_jobs);
  g_assert_cmpuint (n_jobs, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/job-crash/kill", Fixture, NULL, fixture_set_up_closed, test_kill, fixture_tear_down);
  return g_test_run ();
}
