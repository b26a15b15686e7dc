/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-download-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app-error.h"
#include "app-size.h"
#include "app-wheel.h"

/* What is left free beside the model, in bytes. */
#define DISK_MARGIN (64 * 1024 * 1024)

AppDownloadFiles *
app_download_files_new (const char *directory, const char *id)
{
  AppDownloadFiles *files = g_new0 (AppDownloadFiles, 1);
  g_autofree char *part = g_strconcat (id, ".gguf.part", NULL);
  g_autofree char *target = g_strconcat (id, ".gguf", NULL);
  g_autofree char *folder = g_strconcat (".download-", id, NULL);

  files->part = g_build_filename (directory, part, NULL);
  files->target = g_build_filename (directory, target, NULL);
  files->folder = g_build_filename (directory, folder, NULL);
  files->wheels = g_build_filename (files->folder, "wheels", NULL);
  files->tmp = g_build_filename (files->folder, "tmp", NULL);
  files->made = g_build_filename (files->folder, "made.gguf", NULL);
  return files;
}

void
app_download_files_free (AppDownloadFiles *files)
{
  g_free (files->part);
  g_free (files->target);
  g_free (files->folder);
  g_free (files->wheels);
  g_free (files->tmp);
  g_free (files->made);
  g_free (files);
}

/* Deletes a folder of ours with everything in it; links are not followed. */
static void
delete_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (!g_file_test (child, G_FILE_TEST_IS_SYMLINK) && g_file_test (child, G_FILE_TEST_IS_DIR))
      delete_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

static guint64
tree_size (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint64 size = 0;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    struct stat info;
    if (lstat (child, &info) == 0)
      size += S_ISDIR (info.st_mode) ? tree_size (child) : S_ISREG (info.st_mode) ? (guint64) info.st_size : 0;
  }
  return size;
}

guint64
app_download_files_measure (const AppDownloadFiles *files)
{
  return tree_size (files->folder);
}

gboolean
app_download_files_exist (const AppDownloadFiles *files)
{
  return g_file_test (files->part, G_FILE_TEST_EXISTS) || g_file_test (files->folder, G_FILE_TEST_EXISTS);
}

void
app_download_files_delete (const AppDownloadFiles *files)
{
  g_unlink (files->part);
  delete_tree (files->folder);
}

/* The error of a call on `path`, by errno. */
static void
set_errno_error (GError **error, const char *path)
{
  int number = errno;
  AppErrorCode code = app_error_from_errno (number);
  g_autofree char *name = g_filename_display_name (path);

  if (code == APP_ERROR_FULL)
    g_set_error (error, APP_ERROR, code, _("The disk with “%s” is full. Free some space, then resume the download."), name);
  else
    g_set_error (error, APP_ERROR, code,
                 _("“%s” could not be written: %s. Check the folder, then resume the download."), name, g_strerror (number));
}

/* ---- what a conversion needs besides ---- */

char *
app_download_files_dup_beside (const AppDownloadFiles *files, guint index)
{
  g_autofree char *name = g_strdup_printf ("beside-%u", index);

  return g_build_filename (files->folder, name, NULL);
}

static gboolean
have_beside (const AppDownloadFiles *files, const AppModelFacts *facts)
{
  gboolean have = TRUE;

  for (guint i = 0; facts->convert && facts->convert->beside[i]; i++) {
    g_autofree char *path = app_download_files_dup_beside (files, i);
    have = have && g_file_test (path, G_FILE_TEST_IS_REGULAR);
  }
  return have;
}

static gboolean
keep_beside (const AppDownloadFiles *files, const AppModelFacts *facts, const char *wheel, GCancellable *cancellable, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; ok && facts->convert && facts->convert->beside[i]; i++) {
    g_autofree char *path = app_download_files_dup_beside (files, i);
    int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
      set_errno_error (error, path);
      return FALSE;
    }
    ok = app_wheel_append_beside (wheel, facts->convert->beside[i], fd, cancellable, error);
    close (fd);
  }
  return ok;
}

/* ---- the steps ---- */

int
app_download_files_prepare (const AppDownloadFiles *files, AppModelFacts *facts, GError **error)
{
  struct stat info = { 0 };
  struct statvfs disk;
  guint64 whole = 0, missing = 0, largest = 0;
  guint n = 0;

  delete_tree (files->tmp);
  if (g_mkdir_with_parents (files->wheels, 0700) != 0 || g_mkdir_with_parents (files->tmp, 0700) != 0) {
    set_errno_error (error, files->folder);
    return -1;
  }
  if (g_stat (files->part, &info) == 0) {
    while (n < facts->packages->len && whole + g_array_index (facts->packages, AppPackage, n).bytes <= (guint64) info.st_size)
      whole += g_array_index (facts->packages, AppPackage, n++).bytes;
    if (!have_beside (files, facts)) /* they came with the first one */
      whole = n = 0;
    if (truncate (files->part, whole) != 0) {
      set_errno_error (error, files->part);
      return -1;
    }
  }

  for (guint i = n; i < facts->packages->len; i++) {
    const AppPackage *package = &g_array_index (facts->packages, AppPackage, i);
    missing += package->bytes;
    largest = MAX (largest, package->download_bytes);
  }
  /* pip keeps a package twice for a moment. */
  missing += 2 * largest + (missing ? DISK_MARGIN : 0) + (facts->convert ? facts->bytes : 0);
  if (missing && statvfs (files->folder, &disk) == 0 && (guint64) disk.f_bavail * disk.f_frsize + app_download_files_measure (files) < missing) {
    g_autofree char *needed = app_size_dup_text (missing);
    g_autofree char *free_text = app_size_dup_text ((guint64) disk.f_bavail * disk.f_frsize);
    g_set_error (error, APP_ERROR, APP_ERROR_FULL, _("The download of %s needs %s of disk space, but only %s are free. Free some space, then resume the download."),
                 facts->name, needed, free_text);
    return -1;
  }
  return n;
}

/* pip writes the name of a wheel with underscores, and with tags that we need not know. (transfer full) (nullable) */
static char *
find_wheel (const AppDownloadFiles *files, const AppPackage *package)
{
  g_autofree char *start = g_strdup_printf ("%s-%s-", package->name, package->version);
  g_autoptr (GDir) dir = g_dir_open (files->wheels, 0, NULL);
  const char *name;

  for (char *p = start; p < start + strlen (package->name); p++)
    if (*p == '-' || *p == '.')
      *p = '_';
  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".whl") && g_ascii_strncasecmp (name, start, strlen (start)) == 0)
      return g_build_filename (files->wheels, name, NULL);
  return NULL;
}

gboolean
app_download_files_has_wheel (const AppDownloadFiles *files, const AppPackage *package)
{
  g_autofree char *wheel = find_wheel (files, package);
  struct stat info;

  if (!wheel)
    return FALSE;
  if (g_stat (wheel, &info) == 0 && (guint64) info.st_size == package->download_bytes)
    return TRUE;
  g_unlink (wheel); /* pip was killed while it copied */
  return FALSE;
}

gboolean
app_download_files_join (const AppDownloadFiles *files, AppModelFacts *facts, guint index, GCancellable *cancellable, GError **error)
{
  const AppPackage *package = &g_array_index (facts->packages, AppPackage, index);
  g_autofree char *wheel = find_wheel (files, package);
  int fd;
  gboolean ok;

  if (!wheel) {
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The download of “%s” ended without an error, but the file is not there. Resume the download to try again."), package->name);
    return FALSE;
  }
  fd = g_open (files->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) {
    set_errno_error (error, files->part);
    return FALSE;
  }
  ok = (index > 0 || keep_beside (files, facts, wheel, cancellable, error)) && app_wheel_append (wheel, facts->member, package->bytes, fd, cancellable, error);
  if (ok && fsync (fd) != 0) {
    set_errno_error (error, files->part);
    ok = FALSE;
  }
  close (fd);
  if (ok || !g_cancellable_is_cancelled (cancellable)) { /* a damaged package is fetched again; a stopped one is still good */
    g_unlink (wheel);
    delete_tree (files->tmp);
    g_mkdir (files->tmp, 0700);
  }
  return ok;
}

/* The SHA-256 of the file as hexadecimal digits. */
static char *
hash_file (const char *path, int *checked, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *buffer = g_malloc (1 << 20);
  guint64 total = 0;
  gssize n;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0) {
    set_errno_error (error, path);
    return NULL;
  }
  while ((n = read (fd, buffer, 1 << 20)) > 0 || (n < 0 && errno == EINTR)) {
    if (n < 0)
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
      close (fd);
      return NULL;
    }
    g_checksum_update (checksum, buffer, n);
    total += n;
    g_atomic_int_set (checked, (int) (total >> 10));
  }
  if (n < 0)
    set_errno_error (error, path);
  close (fd);
  return n < 0 ? NULL : g_strdup (g_checksum_get_string (checksum));
}

/* FALSE with an error; what is wrong is deleted. */
static gboolean
check (const AppDownloadFiles *files, const char *path, const char *name, const char *sha256, int *checked, GCancellable *cancellable, GError **error)
{
  g_autofree char *digest = hash_file (path, checked, cancellable, error);

  if (!digest)
    return FALSE;
  if (g_ascii_strcasecmp (digest, sha256) != 0) {
    app_download_files_delete (files);
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The checksum of %s is wrong, so the file was deleted. Resume the download to fetch it again."), name);
    return FALSE;
  }
  return TRUE;
}

/* The script reads what strangers wrote, but only what the checksum knows. */
gboolean
app_download_files_convert (const AppDownloadFiles *files, AppModelFacts *facts, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *said = NULL;
  int checked = 0;

  if (!facts->convert)
    return TRUE;
  if (!check (files, files->part, facts->name, facts->convert->sha256, &checked, cancellable, error))
    return FALSE;
  g_ptr_array_add (command, g_strdup ("python3"));
  g_ptr_array_add (command, g_strdup (facts->convert->script));
  g_ptr_array_add (command, g_strdup (files->part));
  for (guint i = 0; facts->convert->beside[i]; i++)
    g_ptr_array_add (command, app_download_files_dup_beside (files, i));
  g_ptr_array_add (command, g_strdup (files->made));
  g_ptr_array_add (command, NULL);
  process = g_subprocess_newv ((const char *const *) command->pdata, G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);
  if (!process)
    return FALSE;
  if (!g_subprocess_communicate_utf8 (process, NULL, cancellable, NULL, &said, error)) {
    g_subprocess_force_exit (process);
    g_subprocess_wait (process, NULL, NULL); /* it writes into our folder */
    return FALSE;
  }
  if (!g_subprocess_get_successful (process)) {
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("%s was fetched, but could not be made a file that can be used: %s Cancel the download and begin it again."), facts->name, g_strstrip (said));
    return FALSE;
  }
  return TRUE;
}

gboolean
app_download_files_finish (const AppDownloadFiles *files, AppModelFacts *facts, int *checked, GCancellable *cancellable, GError **error)
{
  const char *path = facts->convert ? files->made : files->part;

  if (!check (files, path, facts->name, facts->sha256, checked, cancellable, error))
    return FALSE;
  if (g_rename (path, files->target) != 0) {
    set_errno_error (error, files->target);
    return FALSE;
  }
  if (facts->convert)
    g_unlink (files->part);
  delete_tree (files->folder);
  return TRUE;
}
