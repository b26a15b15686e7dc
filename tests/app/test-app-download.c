/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#include "app-download-private.h"
#include "app-error.h"

#define PARTS 3
#define PART_BYTES 200000

typedef struct {
  char *folder, *shelf, *pip, *models, *target, *part;
  AppModelFacts *facts;
  AppDownload *download;
} Fetch;

static char *
package_path (Fetch *fetch, int part, const char *name)
{
  g_autofree char *package = g_strdup_printf ("bird-part%d", part + 1);

  return g_build_filename (fetch->shelf, package, name, NULL);
}

/* Tells the fake pip how a package goes. */
static void
behave (Fetch *fetch, int part, const char *how, const char *text)
{
  g_autofree char *path = package_path (fetch, part, how);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
behave_well (Fetch *fetch, int part, const char *how)
{
  g_autofree char *path = package_path (fetch, part, how);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
make_download (Fetch *fetch)
{
  fetch->download = app_download_new (fetch->facts, fetch->models, fetch->pip);
}

/* How large the fake pip's wheel of a package is. */
static guint64
wheel_bytes (const char *name)
{
  gsize module = strlen (name);

  /* Two members, each with a local header (30 + name) and a central one (46 + name), and the end record (22). */
  return PART_BYTES + strlen ("raise SystemExit (\"nothing of a package may be run\")\n") + 2 * (30 + 46) + 22 + 2 * (module + strlen ("/__init__.py")) +
         2 * (module + strlen ("/data/part.bin"));
}

static void
set_up (Fetch *fetch, gconstpointer data)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "fake-pip.py", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *bytes = g_malloc (PART_BYTES);

  fetch->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  fetch->shelf = g_build_filename (fetch->folder, "shelf", NULL);
  fetch->models = g_build_filename (fetch->folder, "models", NULL);
  fetch->target = g_build_filename (fetch->models, "bird.gguf", NULL);
  fetch->part = g_build_filename (fetch->models, "bird.gguf.part", NULL);
  fetch->pip = g_strdup_printf ("python3 '%s' '%s'", script, fetch->shelf);

  fetch->facts = app_model_facts_new ();
  g_free (fetch->facts->id);
  g_free (fetch->facts->name);
  g_free (fetch->facts->member);
  g_free (fetch->facts->sha256);
  fetch->facts->id = g_strdup ("bird");
  fetch->facts->name = g_strdup ("Bird 1B");
  fetch->facts->member = g_strdup ("^[^/]+/data/part\\.bin$");
  fetch->facts->bytes = PARTS * PART_BYTES;
  fetch->facts->packages = g_array_new (FALSE, TRUE, sizeof (AppPackage));
  for (int i = 0; i < PARTS; i++) {
    AppPackage package = { g_strdup_printf ("bird-part%d", i + 1), g_strdup ("1.0"), 0, PART_BYTES };
    g_autofree char *folder = package_path (fetch, i, NULL);
    g_autofree char *path = package_path (fetch, i, "part");
    package.download_bytes = wheel_bytes (package.name);
    g_array_append_val (fetch->facts->packages, package);
    for (int k = 0; k < PART_BYTES; k++)
      bytes[k] = g_test_rand_int ();
    g_checksum_update (checksum, bytes, PART_BYTES);
    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, (char *) bytes, PART_BYTES, NULL));
  }
  fetch->facts->sha256 = g_strdup (g_checksum_get_string (checksum));
  make_download (fetch);
}

static void
run_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
drop_download (Fetch *fetch)
{
  run_idle ();
  /* A worker thread may hold it for a moment longer. */
  for (int i = 0; i < 2000 && G_OBJECT (fetch->download)->ref_count > 1; i++) {
    g_usleep (1000);
    run_idle ();
  }
  g_assert_finalize_object (fetch->download);
}

static void
tear_down (Fetch *fetch, gconstpointer data)
{
  drop_download (fetch);
  for (guint i = 0; i < PARTS; i++) {
    AppPackage *package = &g_array_index (fetch->facts->packages, AppPackage, i);
    g_free (package->name);
    g_free (package->version);
  }
  app_model_facts_unref (fetch->facts);
  fixture_delete_folder (fetch->folder);
  g_free (fetch->folder);
  g_free (fetch->shelf);
  g_free (fetch->models);
  g_free (fetch->target);
  g_free (fetch->part);
  g_free (fetch->pip);
}

static void
wait_state_of (Fetch *fetch, AppDownloadState state)
{
  WAIT_UNTIL (app_download_get_state (fetch->download) == state || app_download_get_state (fetch->download) == APP_DOWNLOAD_FAILED);
  if (app_download_get_state (fetch->download) != state)
    g_error ("%s", app_download_get_error (fetch->download));
}

/* Waits until pip hangs in the middle of a package. */
static void
wait_hanging (Fetch *fetch, int part)
{
  WAIT_UNTIL (app_download_get_done (fetch->download) >= part * wheel_bytes ("bird-part1") + PART_BYTES / 4);
}

static guint64
size_of (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
}

static void
assert_log (Fetch *fetch, const char *expected)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "log", NULL);
  g_autofree char *log = NULL;

  g_file_get_contents (path, &log, NULL, NULL);
  g_strdelimit (g_strchomp (log), "\n", ' ');
  g_assert_cmpstr (log, ==, expected);
}

static void
assert_complete (Fetch *fetch)
{
  g_autofree char *folder = g_build_filename (fetch->models, ".download-bird", NULL);
  g_autofree char *content = NULL;
  g_autofree char *digest = NULL;
  gsize length;

  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_DONE);
  g_assert_true (g_file_get_contents (fetch->target, &content, &length, NULL));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, length);
  g_assert_cmpstr (digest, ==, fetch->facts->sha256);
  g_assert_false (g_file_test (fetch->part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_cmpfloat (app_download_get_fraction (fetch->download), ==, 1);
}

/* ---- */

static void
on_progress (AppDownload *download, GParamSpec *pspec, guint64 *last)
{
  if (app_download_get_state (download) == APP_DOWNLOAD_RUNNING) {
    g_assert_cmpuint (app_download_get_done (download), >=, *last); /* a bar never goes back */
    g_assert_cmpuint (app_download_get_done (download), <=, app_download_get_total (download));
    *last = app_download_get_done (download);
  }
}

static void
test_whole (Fetch *fetch, gconstpointer data)
{
  guint64 last = 0;

  g_signal_connect (fetch->download, "notify::done", G_CALLBACK (on_progress), &last);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_PAUSED);
  app_download_resume (fetch->download);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_RUNNING);
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  g_assert_cmpuint (last, ==, 3 * wheel_bytes ("bird-part1"));
  assert_log (fetch, "bird-part1==1.0 bird-part2==1.0 bird-part3==1.0");
}

/* A failure keeps what is there, says what pip said, and resuming goes on behind it. */
static void
test_failure (Fetch *fetch, gconstpointer data)
{
  behave (fetch, 1, "fail", "ERROR: HTTP error 503 while getting it\n");
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "bird-part2"));
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "HTTP error 503 while getting it"));
  g_assert_cmpuint (size_of (fetch->part), ==, PART_BYTES);
  app_download_resume (fetch->download);
  g_assert_null (app_download_get_error (fetch->download));
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  assert_log (fetch, "bird-part1==1.0 bird-part2==1.0 bird-part2==1.0 bird-part3==1.0");
}

/* Bytes of the package under way count; pausing keeps the finished parts, also for another object later. */
static void
test_pause (Fetch *fetch, gconstpointer data)
{
  behave (fetch, 1, "hang", "");
  app_download_resume (fetch->download);
  wait_hanging (fetch, 1);
  app_download_pause (fetch->download);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_PAUSED);
  app_download_resume (fetch->download); /* at once: the killed pip has not ended yet */
  wait_hanging (fetch, 1);
  app_download_pause (fetch->download);
  drop_download (fetch);

  g_assert_cmpuint (size_of (fetch->part), ==, PART_BYTES);
  behave_well (fetch, 1, "hang");
  make_download (fetch);
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

static void
test_cancel (Fetch *fetch, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fetch->models, ".download-bird", NULL);

  behave (fetch, 2, "hang", "");
  app_download_resume (fetch->download);
  wait_hanging (fetch, 2);
  g_assert_cmpuint (size_of (fetch->part), ==, 2 * PART_BYTES);
  app_download_cancel (fetch->download);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_CANCELLED);
  for (int i = 0; i < 20000 && (g_file_test (fetch->part, G_FILE_TEST_EXISTS) || g_file_test (folder, G_FILE_TEST_EXISTS)); i++) {
    run_idle ();
    g_usleep (1000);
  }
  g_assert_false (g_file_test (fetch->part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fetch->target, G_FILE_TEST_EXISTS));
}

/* A part of the right length with other bytes: the checksum tells, the file goes, resuming begins anew. */
static void
test_checksum (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = package_path (fetch, 1, "part");
  g_autofree char *right = NULL;
  g_autofree char *wrong = g_strnfill (PART_BYTES, 'x');
  gsize length;

  g_assert_true (g_file_get_contents (path, &right, &length, NULL));
  g_assert_true (g_file_set_contents (path, wrong, PART_BYTES, NULL));
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "checksum"));
  g_assert_false (g_file_test (fetch->target, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fetch->part, G_FILE_TEST_EXISTS));

  g_assert_true (g_file_set_contents (path, right, length, NULL));
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

/* A package that is not what it should be (`data`: how) fails with a sentence, and is fetched again. */
static void
test_bad_package (Fetch *fetch, gconstpointer data)
{
  behave (fetch, 1, data, "");
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "bird_part2-1.0"));
  behave_well (fetch, 1, data);
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

/* A part that was cut off in the middle of being appended (the power went) is cut back to whole parts. */
static void
test_torn (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = package_path (fetch, 0, "part");
  g_autofree char *part = NULL;
  g_autofree char *torn = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &part, &length, NULL));
  torn = g_malloc0 (length + 777);
  memcpy (torn, part, length);
  g_mkdir (fetch->models, 0700);
  g_assert_true (g_file_set_contents (fetch->part, torn, length + 777, NULL));
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  assert_log (fetch, "bird-part2==1.0 bird-part3==1.0");
}

/* The package is gone from the index. */
static void
test_gone (Fetch *fetch, gconstpointer data)
{
  g_autofree char *folder = package_path (fetch, 0, NULL);

  fixture_delete_folder (folder);
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "Could not find a version"));
}

static void
test_no_pip (Fetch *fetch, gconstpointer data)
{
  drop_download (fetch);
  g_free (fetch->pip);
  fetch->pip = g_strdup ("/nonexistent/pip");
  make_download (fetch);
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "python3-pip"));
}

static void
test_no_room (void)
{
  fixture_run_in_namespace ("/app/download/subprocess/no-room");
}

/* Told before anything is fetched, with the numbers. */
static void
test_no_room_child (Fetch *fetch, gconstpointer data)
{
  g_mkdir (fetch->models, 0700);
  g_assert_cmpint (mount ("tmpfs", fetch->models, "tmpfs", 0, "size=8m"), ==, 0);
  app_download_resume (fetch->download);
  wait_state_of (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "disk space"));
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "MB"));
  g_autofree char *log = g_build_filename (fetch->shelf, "log", NULL);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  drop_download (fetch);
  umount2 (fetch->models, MNT_DETACH);
  make_download (fetch);
}

#define ADD(path, test, data) g_test_add ("/app/download/" path, Fetch, data, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole, NULL);
  ADD ("failure", test_failure, NULL);
  ADD ("pause", test_pause, NULL);
  ADD ("cancel", test_cancel, NULL);
  ADD ("checksum", test_checksum, NULL);
  ADD ("wrong-member", test_bad_package, "wrong");
  ADD ("short-part", test_bad_package, "short");
  ADD ("cut-wheel", test_bad_package, "cut");
  ADD ("torn", test_torn, NULL);
  ADD ("gone", test_gone, NULL);
  ADD ("no-pip", test_no_pip, NULL);
  g_test_add_func ("/app/download/no-room", test_no_room);
  ADD ("subprocess/no-room", test_no_room_child, NULL);
  return g_test_run ();
}
