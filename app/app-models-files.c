/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-models-files.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app-catalogue.h"
#include "app-error.h"

#define SUFFIX ".gguf"
#define ASIDE ".removed"

void
app_model_file_free (AppModelFile *file)
{
  if (!file)
    return;
  g_free (file->id);
  g_free (file->path);
  g_clear_pointer (&file->facts, app_model_facts_unref);
  g_free (file);
}

static char *
path_of (const char *directory, const char *id)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);

  return g_build_filename (directory, name, NULL);
}

GPtrArray *
app_models_files_scan (const char *directory, GPtrArray *warnings)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) app_model_file_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (directory, name, NULL);
    g_autofree char *id = g_str_has_suffix (name, SUFFIX) ? g_strndup (name, strlen (name) - strlen (SUFFIX)) : NULL;
    GStatBuf info;
    AppModelFile *file;

    if (!id || !app_catalogue_is_id (id))
      continue;
    if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode)) {
      g_ptr_array_add (warnings, g_strdup_printf (_("The model “%s” is no longer where it was. Add it again, or remove the link “%s”."), id, path));
      continue;
    }
    file = g_new0 (AppModelFile, 1);
    file->referenced = g_file_test (path, G_FILE_TEST_IS_SYMLINK);
    file->bytes = info.st_size;
    file->id = g_steal_pointer (&id);
    file->path = g_steal_pointer (&path);
    g_ptr_array_add (files, file);
  }
  return files;
}

static void
set_errno_error (GError **error, const char *path)
{
  int number = errno;
  AppErrorCode code = app_error_from_errno (number);
  g_autofree char *name = g_filename_display_name (path);

  if (code == APP_ERROR_FULL)
    g_set_error (error, APP_ERROR, code, _("The disk with “%s” is full. Free some space, then try again."), name);
  else
    g_set_error (error, APP_ERROR, code,
                 _("“%s” could not be changed: %s. Check the permissions of its folder, then try again."), name, g_strerror (number));
}

/* A name for the file in the folder: its own in small letters, with a number when it is taken. */
static char *
free_id (const char *directory, const char *basename)
{
  g_autofree char *stem = g_ascii_strdown (basename, -1);
  g_autofree char *id = NULL;

  if (g_str_has_suffix (stem, SUFFIX))
    stem[strlen (stem) - strlen (SUFFIX)] = '\0';
  for (char *p = stem; *p; p++)
    if (!g_ascii_isalnum (*p) && *p != '.' && *p != '_' && *p != '-')
      *p = '-';
  if (strlen (stem) > 100)
    stem[100] = '\0';
  if (!g_ascii_isalnum (stem[0])) {
    char *better = g_strconcat ("model", stem, NULL);
    g_free (stem);
    stem = better;
  }
  id = g_strdup (stem);
  for (int n = 2;; n++) {
    g_autofree char *path = path_of (directory, id);
    if (!g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      return g_steal_pointer (&id);
    g_free (id);
    id = g_strdup_printf ("%s-%d", stem, n);
  }
}

AppModelFile *
app_models_files_add (const char *directory, GFile *file, gboolean copy, GCancellable *cancellable, GError **error)
{
  g_autofree char *source = g_file_get_path (file);
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *id = NULL;
  g_autofree char *target = NULL;
  g_autoptr (AppModelFacts) facts = NULL;
  AppModelFile *result;

  if (!source) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” does not lie on this machine. Copy it here first, then add it."), basename);
    return NULL;
  }
  if (g_mkdir_with_parents (directory, 0700) != 0) {
    set_errno_error (error, directory);
    return NULL;
  }
  id = free_id (directory, basename);
  facts = app_catalogue_inspect (source, id, error);
  if (!facts || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  target = path_of (directory, id);
  if (copy) {
    g_autofree char *part = g_strconcat (target, ".part", NULL);
    g_autoptr (GFile) part_file = g_file_new_for_path (part);
    g_autoptr (GError) wrong = NULL;
    if (!g_file_copy (file, part_file, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &wrong)) {
      g_unlink (part);
      if (g_error_matches (wrong, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&wrong));
      else if (g_error_matches (wrong, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        g_set_error (error, APP_ERROR, APP_ERROR_FULL, _("The disk with “%s” is full. Free some space, then try again."), directory);
      else
        g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("“%s” could not be copied: %s. Check the file and the folder, then try again."), basename, wrong->message);
      return NULL;
    }
    if (g_rename (part, target) != 0) {
      set_errno_error (error, target);
      g_unlink (part);
      return NULL;
    }
  } else if (symlink (source, target) != 0) {
    set_errno_error (error, target);
    return NULL;
  }
  result = g_new0 (AppModelFile, 1);
  result->bytes = facts->bytes;
  result->referenced = !copy;
  result->facts = g_steal_pointer (&facts);
  result->id = g_steal_pointer (&id);
  result->path = g_steal_pointer (&target);
  return result;
}

static gboolean
move (const char *from, const char *to, GError **error)
{
  if (g_rename (from, to) == 0)
    return TRUE;
  set_errno_error (error, from);
  return FALSE;
}

gboolean
app_models_files_set_aside (const char *directory, const char *id, GError **error)
{
  g_autofree char *aside = g_build_filename (directory, ASIDE, NULL);
  g_autofree char *from = path_of (directory, id);
  g_autofree char *to = path_of (aside, id);

  if (g_mkdir_with_parents (aside, 0700) != 0) {
    set_errno_error (error, aside);
    return FALSE;
  }
  return move (from, to, error);
}

gboolean
app_models_files_bring_back (const char *directory, const char *id, GError **error)
{
  g_autofree char *aside = g_build_filename (directory, ASIDE, NULL);
  g_autofree char *from = path_of (aside, id);
  g_autofree char *to = path_of (directory, id);

  return move (from, to, error);
}

void
app_models_files_purge (const char *directory, const char *id)
{
  g_autofree char *aside = g_build_filename (directory, ASIDE, NULL);
  g_autofree char *only = id ? path_of (aside, id) : NULL;
  g_autoptr (GDir) dir = id ? NULL : g_dir_open (aside, 0, NULL);
  const char *name;

  if (only)
    g_unlink (only);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (aside, name, NULL);
    g_unlink (path);
  }
  g_rmdir (aside); /* unless something else is still in it */
}
