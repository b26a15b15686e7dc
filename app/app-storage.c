/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-storage.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app-error.h"

/* Folders in folders that are followed. */
#define MAX_DEPTH 8

/* A thing is what lies in a folder under these names. */
typedef struct {
  gboolean of_models; /* in the models' folder; else in the history's */
  gboolean (*matches) (const char *name, const char *base);
  gboolean can_clear;
} Thing;

/* With the folders of its tables and of the files of conversations. */
static gboolean
is_history (const char *name, const char *base)
{
  return g_str_equal (name, "tables") || g_str_equal (name, "workspaces") || (g_str_has_prefix (name, base) && (name[strlen (base)] == '\0' || name[strlen (base)] == '-'));
}

/* "history.db.before-v5", "history.db.replaced" and what SQLite kept beside them. */
static gboolean
is_old (const char *name, const char *base)
{
  return g_str_has_prefix (name, base) && (g_str_has_prefix (name + strlen (base), ".before-v") || g_str_has_prefix (name + strlen (base), ".replaced"));
}

static gboolean
is_model (const char *name, const char *base)
{
  return g_str_has_suffix (name, ".gguf");
}

static gboolean
is_download (const char *name, const char *base)
{
  return g_str_has_suffix (name, ".part") || g_str_has_prefix (name, ".download-");
}

static const Thing things[APP_STORAGE_N_THINGS] = {
  [APP_STORAGE_HISTORY] = { FALSE, is_history, FALSE },
  [APP_STORAGE_MODELS] = { TRUE, is_model, FALSE },
  [APP_STORAGE_DOWNLOADS] = { TRUE, is_download, FALSE },
  [APP_STORAGE_OLD] = { FALSE, is_old, TRUE },
};

typedef struct {
  char *history_path, *models_directory;
  AppStorageThing thing; /* to be cleared */
} Request;

static void
request_free (Request *request)
{
  g_free (request->history_path);
  g_free (request->models_directory);
  g_free (request);
}

/* Bytes on the disk of a file or a folder; links are not followed. */
static guint64
measure (const char *path, guint depth)
{
  struct stat info;
  g_autoptr (GDir) dir = NULL;
  guint64 bytes = 0;
  const char *name;

  if (lstat (path, &info) != 0)
    return 0;
  if (S_ISREG (info.st_mode))
    return (guint64) info.st_blocks * 512;
  if (!S_ISDIR (info.st_mode) || depth >= MAX_DEPTH)
    return 0;
  dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    bytes += measure (child, depth + 1);
  }
  return bytes;
}

static gboolean
delete (const char *path, guint depth)
{
  struct stat info;
  g_autoptr (GDir) dir = NULL;
  gboolean ok = TRUE;
  const char *name;

  if (lstat (path, &info) != 0)
    return errno == ENOENT;
  if (S_ISDIR (info.st_mode) && depth < MAX_DEPTH) {
    dir = g_dir_open (path, 0, NULL);
    while (dir && (name = g_dir_read_name (dir))) {
      g_autofree char *child = g_build_filename (path, name, NULL);
      ok &= delete (child, depth + 1);
    }
    return ok && g_rmdir (path) == 0;
  }
  return g_unlink (path) == 0;
}

/* Calls `each` with every path that belongs to a thing. */
static void
each_path (const Request *request, AppStorageThing thing, void (*each) (const char *path, gpointer data), gpointer data)
{
  g_autofree char *folder = things[thing].of_models ? g_strdup (request->models_directory) : g_path_get_dirname (request->history_path);
  g_autofree char *base = g_path_get_basename (request->history_path);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!things[thing].of_models && g_str_equal (request->history_path, ":memory:"))
    return;
  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    if (things[thing].matches (name, base)) {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      each (path, data);
    }
}

static void
add_bytes (const char *path, gpointer bytes)
{
  *(guint64 *) bytes += measure (path, 0);
}

static void
delete_path (const char *path, gpointer ok)
{
  *(gboolean *) ok &= delete (path, 0);
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppStorage *storage = g_new0 (AppStorage, 1);

  for (int thing = 0; thing < APP_STORAGE_N_THINGS; thing++)
    each_path (data, thing, add_bytes, &storage->bytes[thing]);
  g_task_return_pointer (task, storage, g_free);
}

static void
clear_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  gboolean ok = TRUE;

  each_path (request, request->thing, delete_path, &ok);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_READ_ONLY, _("Some files could not be deleted: they are protected. Look at the folder, or try again."));
}

static GTask *
make_task (AppStorageThing thing, const char *history_path, const char *models_directory, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->history_path = g_strdup (history_path);
  request->models_directory = g_strdup (models_directory);
  request->thing = thing;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  return task;
}

void
app_storage_measure_async (const char *history_path, const char *models_directory, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = make_task (0, history_path, models_directory, cancellable, callback, user_data);

  g_task_run_in_thread (task, measure_thread);
}

gboolean
app_storage_measure_finish (GAsyncResult *result, AppStorage *storage, GError **error)
{
  g_autofree AppStorage *measured = g_task_propagate_pointer (G_TASK (result), error);

  if (measured)
    *storage = *measured;
  return measured != NULL;
}

gboolean
app_storage_can_clear (AppStorageThing thing)
{
  return things[thing].can_clear;
}

void
app_storage_clear_async (AppStorageThing thing, const char *history_path, const char *models_directory, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = make_task (thing, history_path, models_directory, NULL, callback, user_data);

  g_return_if_fail (app_storage_can_clear (thing));
  g_task_run_in_thread (task, clear_thread);
}

gboolean
app_storage_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
