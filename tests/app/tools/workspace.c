/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a conversation: nothing that a path says, and no link that lies in the folder, leads out of it. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#include "app-error.h"
#include "tools/workspace.h"

typedef struct {
  char *parent, *folder, *secret;
  AppWorkspace *workspace;
} Files;

static void
set_up (Files *files, gconstpointer data)
{
  files->parent = g_dir_make_tmp ("melete-workspace-XXXXXX", NULL);
  files->folder = g_build_filename (files->parent, "1", NULL);
  files->secret = g_build_filename (files->parent, "secret", NULL);
  g_assert_true (g_file_set_contents (files->secret, "secret", -1, NULL));
  files->workspace = app_workspace_new (files->folder);
}

static void
tear_down (Files *files, gconstpointer data)
{
  app_workspace_unref (files->workspace);
  fixture_delete_folder (files->parent);
  g_free (files->parent);
  g_free (files->folder);
  g_free (files->secret);
}

static gboolean
write_text (Files *files, const char *path, const char *text)
{
  return app_workspace_write (files->workspace, path, text, strlen (text), NULL);
}

static void
assert_text (Files *files, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = app_workspace_read (files->workspace, path, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

static void
test_round_trip (Files *files, gconstpointer data)
{
  g_autoptr (GPtrArray) none = app_workspace_list (files->workspace, NULL), all = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (write_text (files, "b", "one"));
  g_assert_true (write_text (files, "a/b/c.txt", ""));
  g_assert_true (write_text (files, "b", "two"));
  assert_text (files, "b", "two");
  assert_text (files, "a/b/c.txt", "");
  all = app_workspace_list (files->workspace, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((AppWorkspaceFile *) all->pdata[0])->path, ==, "a/b/c.txt");
}

static void
test_paths (Files *files, gconstpointer data)
{
  static const char *const paths[] = { "", "/", "/etc/passwd", "..", "../secret", "a/../../secret", "a/..", "./a", "a//b", "a/", "a\\b", "a\nb", "a\x01", "\xff", "1/2/3/4/5/6/7/8/9", ".melete-half-x" };
  g_autofree char *longest = g_strnfill (600, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (app_workspace_write (files->workspace, paths[i], "x", 1, &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    g_assert_null (app_workspace_read (files->workspace, paths[i], NULL));
  }
  g_assert_false (write_text (files, longest, "x"));
  g_assert_true (write_text (files, "…/—.txt", "x"));
}

/* Links of every kind, in the place of a file or of a folder on the way to one, as another program could leave them there. */
static void
test_links (Files *files, gconstpointer data)
{
  static const struct {
    const char *link, *to, *path;
  } cases[] = {
    { "link", "../secret", "link" },       { "folder", "..", "folder/secret" }, { "root", "/", "root/etc/passwd" }, { "self", "/proc/self/root", "self/etc/passwd" },
    { "dangling", "../made", "dangling" }, { "inside", "real", "inside" },      { "cwd", "/proc/self/cwd", "cwd/x" },
  };
  g_autofree char *made = g_build_filename (files->parent, "made", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_assert_true (write_text (files, "real", "real"));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *link = g_build_filename (files->folder, cases[i].link, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (cases[i].to, link), ==, 0);
    g_assert_null (app_workspace_read (files->workspace, cases[i].path, &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    g_assert_false (write_text (files, cases[i].path, "changed"));
  }
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (files->secret, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "secret");
  all = app_workspace_list (files->workspace, NULL);
  g_assert_cmpuint (all->len, ==, 1);
}

static gpointer
swap (gpointer data)
{
  Files *files = data;
  g_autofree char *folder = g_build_filename (files->folder, "swapped", NULL), *link = g_build_filename (files->folder, "link", NULL);

  for (guint i = 0; i < 3000; i++)
    renameat2 (AT_FDCWD, folder, AT_FDCWD, link, RENAME_EXCHANGE);
  return NULL;
}

/* Somebody exchanges a folder for a link that leads out while files are written and read. */
static void
test_race (Files *files, gconstpointer data)
{
  g_autofree char *link = g_build_filename (files->folder, "link", NULL), *outside = g_build_filename (files->parent, "new", NULL);
  GThread *thread;

  g_assert_true (write_text (files, "swapped/secret", "ours"));
  g_assert_cmpint (symlink ("..", link), ==, 0);
  thread = g_thread_new ("swap", swap, files);
  for (guint i = 0; i < 300; i++) {
    g_autoptr (GBytes) bytes = app_workspace_read (files->workspace, "swapped/secret", NULL);
    g_assert_true (bytes == NULL || memcmp (g_bytes_get_data (bytes, NULL), "ours", 4) == 0);
    write_text (files, "swapped/new", "x");
  }
  g_thread_join (thread);
  g_assert_false (g_file_test (outside, G_FILE_TEST_EXISTS));
}

/* What is no plain file is not opened, so nothing waits for a pipe. */
static void
test_kinds (Files *files, gconstpointer data)
{
  g_autofree char *pipe = g_build_filename (files->folder, "pipe", NULL), *folder = g_build_filename (files->folder, "folder", NULL);

  g_assert_true (write_text (files, "file", "x"));
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_null (app_workspace_read (files->workspace, "pipe", NULL));
  g_assert_null (app_workspace_read (files->workspace, "folder", NULL));
  g_assert_false (write_text (files, "pipe", "x"));
  g_assert_false (write_text (files, "folder", "x"));
  g_assert_false (write_text (files, "file/below", "x"));
}

static void
test_limits (Files *files, gconstpointer data)
{
  g_autofree char *large = g_malloc0 (APP_WORKSPACE_MAX_FILE + 1);
  g_autofree char *path = g_build_filename (files->folder, "other", NULL);

  g_assert_false (app_workspace_write (files->workspace, "large", large, APP_WORKSPACE_MAX_FILE + 1, NULL));
  g_assert_true (write_text (files, "small", "x"));
  /* Put there by somebody else. */
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, (off_t) APP_WORKSPACE_MAX_BYTES), ==, 0);
  g_assert_null (app_workspace_read (files->workspace, "other", NULL));
  g_assert_false (write_text (files, "more", "x"));
}

static void
test_tidy (Files *files, gconstpointer data)
{
  g_autofree char *other = g_build_filename (files->parent, "2", NULL), *link = g_build_filename (files->folder, "link", NULL);
  g_autoptr (AppWorkspace) second = app_workspace_new (other);
  g_autoptr (GHashTable) live = g_hash_table_new (g_int64_hash, g_int64_equal);
  gint64 id = 2;

  g_assert_true (write_text (files, "a/b", "x"));
  g_assert_true (app_workspace_write (second, "a", "x", 1, NULL));
  g_assert_cmpint (symlink (other, link), ==, 0);
  g_hash_table_add (live, &id);
  app_workspace_tidy (files->parent, live, 2);
  g_assert_false (g_file_test (files->folder, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (files->secret, G_FILE_TEST_EXISTS));
  {
    g_autoptr (GBytes) bytes = app_workspace_read (second, "a", NULL);
    g_assert_nonnull (bytes);
  }
}

#define ADD(path, test) g_test_add ("/app/tools/workspace/" path, Files, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("paths", test_paths);
  ADD ("links", test_links);
  ADD ("race", test_race);
  ADD ("kinds", test_kinds);
  ADD ("limits", test_limits);
  ADD ("tidy", test_tidy);
  return g_test_run ();
}
