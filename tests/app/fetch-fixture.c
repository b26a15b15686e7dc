/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app-connections-private.h"
#include "app-schema.h"

char *
fetch_package_path (Fetch *fetch, int part, const char *name)
{
  g_autofree char *package = g_strdup_printf ("bird-part%d", part + 1);

  return g_build_filename (fetch->shelf, package, name, NULL);
}

/* Tells the fake pip how a package goes. */
void
fetch_behave (Fetch *fetch, int part, const char *how, const char *text)
{
  g_autofree char *path = fetch_package_path (fetch, part, how);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
fetch_behave_well (Fetch *fetch, int part, const char *how)
{
  g_autofree char *path = fetch_package_path (fetch, part, how);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

void
fetch_make_download (Fetch *fetch)
{
  fetch->download = app_pip_download_new (fetch->facts, fetch->models, fetch->pip, fetch->connections);
}

/* How large the fake pip's wheel of a package is. */
guint64
fetch_wheel_bytes (const char *name)
{
  gsize module = strlen (name);

  /* Two members, each with a local header (30 + name) and a central one (46 + name), and the end record (22). */
  return FETCH_PART_BYTES + strlen ("raise SystemExit (\"nothing of a package may be run\")\n") + 2 * (30 + 46) + 22 + 2 * (module + strlen ("/__init__.py")) +
         2 * (module + strlen ("/data/part.bin"));
}

void
fetch_set_up (Fetch *fetch, gconstpointer data)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "fake-pip.py", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *bytes = g_malloc (FETCH_PART_BYTES);

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
  fetch->facts->bytes = FETCH_PARTS * FETCH_PART_BYTES;
  fetch->facts->packages = g_array_new (FALSE, TRUE, sizeof (AppPackage));
  for (int i = 0; i < FETCH_PARTS; i++) {
    AppPackage package = { g_strdup_printf ("bird-part%d", i + 1), g_strdup ("1.0"), 0, FETCH_PART_BYTES };
    g_autofree char *folder = fetch_package_path (fetch, i, NULL);
    g_autofree char *path = fetch_package_path (fetch, i, "part");
    package.download_bytes = fetch_wheel_bytes (package.name);
    g_array_append_val (fetch->facts->packages, package);
    for (int k = 0; k < FETCH_PART_BYTES; k++)
      bytes[k] = g_test_rand_int ();
    g_checksum_update (checksum, bytes, FETCH_PART_BYTES);
    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, (char *) bytes, FETCH_PART_BYTES, NULL));
  }
  fetch->facts->sha256 = g_strdup (g_checksum_get_string (checksum));
  fetch->database = app_database_new (":memory:", &app_schema);
  fetch->connections = app_connections_new (fetch->database, NULL);
  fetch_make_download (fetch);
}

void
fetch_run_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A worker thread may hold it for a moment longer. */
static void
drop (gpointer object)
{
  fetch_run_idle ();
  for (int i = 0; i < 2000 && G_OBJECT (object)->ref_count > 1; i++) {
    g_usleep (1000);
    fetch_run_idle ();
  }
  g_assert_finalize_object (object);
}

void
fetch_drop_download (Fetch *fetch)
{
  drop (g_steal_pointer (&fetch->download));
}

void
fetch_tear_down (Fetch *fetch, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  fetch_drop_download (fetch);
  for (guint i = 0; i < FETCH_PARTS; i++) {
    AppPackage *package = &g_array_index (fetch->facts->packages, AppPackage, i);
    g_free (package->name);
    g_free (package->version);
  }
  app_model_facts_unref (fetch->facts);
  app_database_close_async (fetch->database, keep_result, &closed); /* what is to be stored is, then */
  wait_result (&closed);
  g_clear_object (&closed);
  drop (g_steal_pointer (&fetch->connections)); /* what counted for the download may still have it */
  fetch_run_idle ();
  g_assert_finalize_object (g_steal_pointer (&fetch->database));
  fixture_delete_folder (fetch->folder);
  g_free (fetch->folder);
  g_free (fetch->shelf);
  g_free (fetch->models);
  g_free (fetch->target);
  g_free (fetch->part);
  g_free (fetch->pip);
}

void
fetch_wait_state (Fetch *fetch, AppDownloadState state)
{
  WAIT_UNTIL (app_download_get_state (fetch->download) == state || app_download_get_state (fetch->download) == APP_DOWNLOAD_FAILED);
  if (app_download_get_state (fetch->download) != state)
    g_error ("%s", app_download_get_error (fetch->download));
}

/* Waits until pip hangs in the middle of a package. */
void
fetch_wait_hanging (Fetch *fetch, int part)
{
  WAIT_UNTIL (app_download_get_done (fetch->download) >= part * fetch_wheel_bytes ("bird-part1") + fetch_wheel_bytes ("bird-part1") / 2);
}

void
fetch_assert_log (Fetch *fetch, const char *expected)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "log", NULL);
  g_autofree char *log = NULL;

  g_file_get_contents (path, &log, NULL, NULL);
  g_strdelimit (g_strchomp (log), "\n", ' ');
  g_assert_cmpstr (log, ==, expected);
}
