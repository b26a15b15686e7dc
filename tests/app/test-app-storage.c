/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <unistd.h>

#include "app-storage.h"
#include "fixture.h"

typedef struct {
  char *folder, *models, *history;
} Disk;

static void
put (const char *folder, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = g_malloc (size);

  memset (bytes, 'x', size);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static void
set_up (Disk *disk, gconstpointer data)
{
  g_autofree char *parts = NULL, *link = NULL, *target = NULL;

  disk->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  disk->models = g_build_filename (disk->folder, "models", NULL);
  disk->history = g_build_filename (disk->folder, "history.db", NULL);
  parts = g_build_filename (disk->models, ".download-b", NULL);
  g_assert_cmpint (g_mkdir_with_parents (parts, 0700), ==, 0);
  put (disk->folder, "history.db", 100000);
  put (disk->folder, "history.db-wal", 50000);
  put (disk->folder, "history.db.before-v3", 30000);
  put (disk->folder, "history.db.replaced", 20000);
  put (disk->folder, "other.db", 70000);
  put (disk->models, "a.gguf", 400000);
  put (disk->models, "b.gguf.part", 60000);
  put (parts, "wheel.whl", 40000);
  /* A model that lies elsewhere takes nothing here. */
  link = g_build_filename (disk->models, "c.gguf", NULL);
  target = g_build_filename (disk->folder, "other.db", NULL);
  g_assert_cmpint (symlink (target, link), ==, 0);
}

static void
tear_down (Disk *disk, gconstpointer data)
{
  fixture_delete_folder (disk->folder);
  g_free (disk->folder);
  g_free (disk->models);
  g_free (disk->history);
}

static void
measure (Disk *disk, const char *history, AppStorage *storage)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_storage_measure_async (history, disk->models, NULL, keep_result, &result);
  g_assert_true (app_storage_measure_finish (wait_result (&result), storage, NULL));
}

/* Blocks of the disk are counted: a little more than the bytes. */
static void
assert_about (guint64 bytes, guint64 expected)
{
  g_assert_cmpuint (bytes, >=, expected);
  g_assert_cmpuint (bytes, <, expected + 40000);
}

static void
test_measure (Disk *disk, gconstpointer data)
{
  AppStorage storage;

  measure (disk, disk->history, &storage);
  assert_about (storage.bytes[APP_STORAGE_HISTORY], 150000);
  assert_about (storage.bytes[APP_STORAGE_OLD], 50000);
  assert_about (storage.bytes[APP_STORAGE_MODELS], 400000);
  assert_about (storage.bytes[APP_STORAGE_DOWNLOADS], 100000);
  measure (disk, ":memory:", &storage);
  g_assert_cmpuint (storage.bytes[APP_STORAGE_HISTORY], ==, 0);
}

/* Only what was asked for goes. */
static void
test_clear (Disk *disk, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *replaced = g_build_filename (disk->folder, "history.db.replaced", NULL);
  AppStorage storage;

  g_assert_true (app_storage_can_clear (APP_STORAGE_OLD));
  g_assert_false (app_storage_can_clear (APP_STORAGE_HISTORY));
  g_assert_false (app_storage_can_clear (APP_STORAGE_MODELS));
  app_storage_clear_async (APP_STORAGE_OLD, disk->history, disk->models, keep_result, &result);
  g_assert_true (app_storage_clear_finish (wait_result (&result), NULL));
  g_assert_false (g_file_test (replaced, G_FILE_TEST_EXISTS));
  measure (disk, disk->history, &storage);
  g_assert_cmpuint (storage.bytes[APP_STORAGE_OLD], ==, 0);
  assert_about (storage.bytes[APP_STORAGE_HISTORY], 150000);
  assert_about (storage.bytes[APP_STORAGE_MODELS], 400000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/storage/measure", Disk, NULL, set_up, test_measure, tear_down);
  g_test_add ("/app/storage/clear", Disk, NULL, set_up, test_clear, tear_down);
  return g_test_run ();
}
