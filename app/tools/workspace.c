/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app-error.h"

#define MAX_PATH_BYTES 512
#define MAX_DEPTH 8
/* Of a file that is being written. */
#define HALF_PREFIX ".melete-half-"

struct _AppWorkspace {
  gatomicrefcount count;
  char *folder;
  GMutex writing; /* one writer at a time, so that two do not both find room */
};

AppWorkspace *
app_workspace_new (const char *folder)
{
  AppWorkspace *self = g_new0 (AppWorkspace, 1);

  g_atomic_ref_count_init (&self->count);
  self->folder = g_strdup (folder);
  g_mutex_init (&self->writing);
  return self;
}

AppWorkspace *
app_workspace_ref (AppWorkspace *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

void
app_workspace_unref (AppWorkspace *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  g_mutex_clear (&self->writing);
  g_free (self->folder);
  g_free (self);
}

const char *
app_workspace_get_folder (AppWorkspace *self)
{
  return self->folder;
}

/* ---- paths ---- */

static gboolean
refuse_path (GError **error, const char *sentence)
{
  g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, sentence);
  return FALSE;
}

gboolean
app_workspace_check_path (const char *path, GError **error)
{
  g_auto (GStrv) parts = NULL;

  if (*path == '\0' || strlen (path) > MAX_PATH_BYTES || !g_utf8_validate (path, -1, NULL))
    return refuse_path (error, _("This is no name of a file: it is empty, longer than 512 bytes, or no UTF-8."));
  if (*path == '/')
    return refuse_path (error, _("Paths begin in the conversation’s own folder: leave out the “/” at the beginning."));
  for (const char *p = path; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || *p == '\\')
      return refuse_path (error, _("A name of a file has neither control characters nor a backslash."));
  parts = g_strsplit (path, "/", -1);
  if (g_strv_length (parts) > MAX_DEPTH)
    return refuse_path (error, _("Files may lie at most eight folders deep."));
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || g_str_equal (parts[i], ".") || g_str_equal (parts[i], "..") || strlen (parts[i]) > NAME_MAX || g_str_has_prefix (parts[i], HALF_PREFIX))
      return refuse_path (error, _("A path has only names between its slashes, no “.” and no “..”: files outside of the conversation’s own folder cannot be reached."));
  return TRUE;
}

/* ---- descriptors ---- */

static int
open_beneath (int folder, const char *path, int flags)
{
  struct open_how how = { .flags = (guint64) (flags | O_CLOEXEC | O_NOFOLLOW), .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };
  int fd;

  do
    fd = (int) syscall (SYS_openat2, folder, path, &how, sizeof how);
  while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return fd;
}

/* What a call failed with. Returns -1. */
static int
fail (const char *path, int number, GError **error)
{
  switch (number) {
  case ENOENT:
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("There is no file “%s” in the conversation’s own folder."), path);
    break;
  case ELOOP:
  case EXDEV:
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” leads through a link or out of the conversation’s own folder, so it was not opened."), path);
    break;
  case ENOTDIR:
  case EISDIR:
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” is a folder, or would lie in a file. Choose another name."), path);
    break;
  case ENOSYS:
  case EPERM:
    g_set_error_literal (error, APP_ERROR, APP_ERROR_MISSING, _("This system cannot keep files within a folder (openat2), so the tools for files do not work here."));
    break;
  default:
    g_set_error (error, APP_ERROR, app_error_from_errno (number), _("“%s” could not be opened or written: %s."), path, g_strerror (number));
  }
  return -1;
}

/* The folder itself; -1 with an error. */
static int
open_folder (AppWorkspace *self, GError **error)
{
  int fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

  return fd >= 0 ? fd : fail (".", errno, error);
}

gboolean
app_workspace_make_folder (AppWorkspace *self, GError **error)
{
  if (g_mkdir_with_parents (self->folder, 0700) == 0)
    return TRUE;
  fail (".", errno, error);
  return FALSE;
}

/* ---- reading ---- */

/* A plain file and its size; -1 with an error. */
static int
open_file (int folder, const char *path, gsize *n_bytes, GError **error)
{
  struct stat about;
  int fd = open_beneath (folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    return fail (path, errno, error);
  if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode)) {
    close (fd);
    return fail (path, EISDIR, error);
  }
  if (about.st_size > APP_WORKSPACE_MAX_FILE) {
    close (fd);
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” is larger than 16 MiB, which is the most that is read."), path);
    return -1;
  }
  *n_bytes = (gsize) about.st_size;
  return fd;
}

GBytes *
app_workspace_read (AppWorkspace *self, const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize n_bytes = 0, n_read = 0;
  int folder, fd;

  if (!app_workspace_check_path (path, error))
    return NULL;
  folder = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (folder < 0) {
    fail (path, errno, error);
    return NULL;
  }
  fd = open_file (folder, path, &n_bytes, error);
  close (folder);
  if (fd < 0)
    return NULL;
  data = g_malloc (n_bytes + 1);
  while (n_read < n_bytes) {
    gssize n = read (fd, data + n_read, n_bytes - n_read);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      fail (path, errno, error);
    if (n < 0)
      break;
    if (n == 0) /* it became shorter */
      n_bytes = n_read;
    n_read += (gsize) n;
  }
  close (fd);
  return n_read == n_bytes ? g_bytes_new_take (g_steal_pointer (&data), n_read) : NULL;
}

/* ---- listing ---- */

static void
file_free (gpointer data)
{
  AppWorkspaceFile *file = data;

  g_free (file->path);
  g_free (file);
}

/* Takes `fd`. */
static void
list_folder (int fd, const char *prefix, guint depth, GPtrArray *files)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL) {
    close (fd);
    return;
  }
  while ((entry = readdir (dir)) != NULL && files->len < 2 * APP_WORKSPACE_MAX_FILES) {
    struct stat about;
    g_autofree char *path = g_strconcat (prefix, entry->d_name, NULL);

    if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") || g_str_has_prefix (entry->d_name, HALF_PREFIX) || !g_utf8_validate (entry->d_name, -1, NULL) ||
        fstatat (dirfd (dir), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (S_ISDIR (about.st_mode) && depth < MAX_DEPTH) {
      g_autofree char *below = g_strconcat (path, "/", NULL);
      int sub = open_beneath (dirfd (dir), entry->d_name, O_RDONLY | O_DIRECTORY);
      if (sub >= 0)
        list_folder (sub, below, depth + 1, files);
    } else if (S_ISREG (about.st_mode)) {
      AppWorkspaceFile *file = g_new (AppWorkspaceFile, 1);
      *file = (AppWorkspaceFile) { g_steal_pointer (&path), (guint64) about.st_size };
      g_ptr_array_add (files, file);
    }
  }
  closedir (dir);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(AppWorkspaceFile *const *) a)->path, (*(AppWorkspaceFile *const *) b)->path);
}

GPtrArray *
app_workspace_list (AppWorkspace *self, GError **error)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (file_free);
  int folder = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

  if (folder < 0 && errno != ENOENT) {
    g_ptr_array_unref (files);
    fail (".", errno, error);
    return NULL;
  }
  if (folder >= 0)
    list_folder (folder, "", 1, files);
  g_ptr_array_sort (files, compare_files);
  return files;
}

/* ---- writing ---- */

/* The folder in which the last part of `path` lies, made where it is missing; -1 with an error. */
static int
open_parent (AppWorkspace *self, const char *path, const char **name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n = g_strv_length (parts);
  int folder = open_folder (self, error);

  for (guint i = 0; folder >= 0 && i + 1 < n; i++) {
    int below = -1;

    if (mkdirat (folder, parts[i], 0700) == 0 || errno == EEXIST)
      below = open_beneath (folder, parts[i], O_RDONLY | O_DIRECTORY);
    if (below < 0)
      fail (path, errno, error);
    close (folder);
    folder = below;
  }
  *name = path + strlen (path) - strlen (parts[n - 1]);
  return folder;
}

/* Whether there is room for `n_bytes` in the place of what `path` has. */
static gboolean
has_room (AppWorkspace *self, const char *path, gsize n_bytes, GError **error)
{
  g_autoptr (GPtrArray) files = app_workspace_list (self, error);
  guint64 total = n_bytes;
  guint n = 1;

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    const AppWorkspaceFile *file = files->pdata[i];
    if (g_str_equal (file->path, path))
      continue;
    total += file->n_bytes;
    n++;
  }
  if (n_bytes <= APP_WORKSPACE_MAX_FILE && total <= APP_WORKSPACE_MAX_BYTES && n <= APP_WORKSPACE_MAX_FILES)
    return TRUE;
  return refuse_path (error, _("The conversation’s own folder is full: a file has at most 16 MiB, all together 256 MiB, and there are at most 2,000."));
}

static gboolean
write_all (int fd, const char *data, gsize n_bytes)
{
  while (n_bytes > 0) {
    gssize n = write (fd, data, n_bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    n_bytes -= (gsize) n;
  }
  return fsync (fd) == 0;
}

static gboolean
replace (int parent, const char *name, const char *path, const char *data, gsize n_bytes, GError **error)
{
  g_autofree char *half = g_strdup_printf (HALF_PREFIX "%08x", g_random_int ());
  struct stat about;
  gboolean done;
  int number, fd;

  if (fstatat (parent, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG (about.st_mode)) {
    fail (path, S_ISLNK (about.st_mode) ? ELOOP : EISDIR, error);
    return FALSE;
  }
  fd = openat (parent, half, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail (path, errno, error);
    return FALSE;
  }
  done = write_all (fd, data, n_bytes);
  number = errno;
  close (fd);
  if (done && renameat (parent, half, parent, name) == 0) {
    fsync (parent);
    return TRUE;
  }
  fail (path, done ? errno : number, error);
  unlinkat (parent, half, 0);
  return FALSE;
}

void
app_workspace_clear (AppWorkspace *self)
{
  int fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    if (g_str_has_prefix (entry->d_name, HALF_PREFIX))
      unlinkat (dirfd (dir), entry->d_name, 0);
  if (dir != NULL)
    closedir (dir);
  else if (fd >= 0)
    close (fd);
}

gboolean
app_workspace_write (AppWorkspace *self, const char *path, const char *data, gsize n_bytes, GError **error)
{
  const char *name;
  gboolean done = FALSE;
  int parent;

  if (!app_workspace_check_path (path, error) || !app_workspace_make_folder (self, error))
    return FALSE;
  g_mutex_lock (&self->writing);
  if (has_room (self, path, n_bytes, error) && (parent = open_parent (self, path, &name, error)) >= 0) {
    done = replace (parent, name, path, data, n_bytes, error);
    close (parent);
  }
  g_mutex_unlock (&self->writing);
  return done;
}

/* ---- the end ---- */

/* Takes `fd`; deletes what is in it, and follows nothing. */
static void
empty_folder (int fd)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL) {
    close (fd);
    return;
  }
  while ((entry = readdir (dir)) != NULL) {
    int sub;

    if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") || unlinkat (dirfd (dir), entry->d_name, 0) == 0)
      continue;
    sub = open_beneath (dirfd (dir), entry->d_name, O_RDONLY | O_DIRECTORY);
    if (sub >= 0)
      empty_folder (sub);
    unlinkat (dirfd (dir), entry->d_name, AT_REMOVEDIR);
  }
  closedir (dir);
}

void
app_workspace_tidy (const char *parent, GHashTable *live, gint64 newest)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  if (newest < 1)
    return;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (parent, name, NULL);
    gint64 id = 0;
    int fd;

    if (!g_ascii_string_to_signed (name, 10, 1, newest, &id, NULL) || g_hash_table_contains (live, &id))
      continue;
    fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0)
      empty_folder (fd);
    g_rmdir (path);
  }
}
