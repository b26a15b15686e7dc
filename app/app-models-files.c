/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-models-files.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app-catalogue.h"
#include "app-error.h"
#include "app-hub-plan.h"

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

/* ---- what belongs together ---- */

/* The length of the id without the number of its part; 0: it has none. */
static gsize
stem_length (const char *id)
{
  return g_regex_match_simple ("-00001-of-[0-9]{5}\\z", id, 0, 0) ? strlen (id) - strlen ("-00001-of-00001") : 0;
}

/* Whether a file of the folder belongs to the model, which is not `<id>.gguf` itself. */
static gboolean
belongs_to (const char *name, const char *id)
{
  static const char *const endings[] = { APP_HUB_PROJECTOR, APP_HUB_DRAFT, APP_HUB_ORIGIN };
  gsize n = strlen (id), stem = stem_length (id);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_prefix (name, id) && g_str_equal (name + n, endings[i]))
      return TRUE;
  /* "-00002-of-00003.gguf": the same but for the number. */
  return stem && strlen (name) == n + strlen (SUFFIX) && strncmp (name, id, stem + 1) == 0 && g_str_has_suffix (name, SUFFIX) &&
         strncmp (name + stem + 6, id + stem + 6, n - stem - 6) == 0 && strspn (name + stem + 1, "0123456789") == 5 && strncmp (name + stem, id + stem, 6) != 0;
}

/* The model that a file belongs to, when that is there. */
static gboolean
is_companion (const char *directory, const char *name)
{
  g_autoptr (GRegex) part = g_regex_new ("-[0-9]{5}(-of-[0-9]{5}\\.gguf)\\z", 0, 0, NULL);
  g_autofree char *first = g_regex_replace (part, name, -1, 0, "-00001\\1", 0, NULL);
  g_autofree char *whole = NULL;
  g_autofree char *path = NULL;

  if (g_str_has_suffix (name, APP_HUB_PROJECTOR))
    whole = g_strdup_printf ("%.*s" SUFFIX, (int) (strlen (name) - strlen (APP_HUB_PROJECTOR)), name);
  else if (g_str_has_suffix (name, APP_HUB_DRAFT))
    whole = g_strdup_printf ("%.*s" SUFFIX, (int) (strlen (name) - strlen (APP_HUB_DRAFT)), name);
  else if (first && !g_str_equal (first, name))
    whole = g_strdup (first);
  path = whole ? g_build_filename (directory, whole, NULL) : NULL;
  return path && g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The names of the files that belong to the model. */
static GPtrArray *
companions (const char *directory, const char *id)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (belongs_to (name, id))
      g_ptr_array_add (names, g_strdup (name));
  return names;
}

static void
add_companions (AppModelFile *file, const char *directory)
{
  g_autoptr (GPtrArray) names = companions (directory, file->id);

  file->all_bytes = file->bytes;
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autofree char *path = g_build_filename (directory, name, NULL);
    GStatBuf info;
    if (g_str_has_suffix (name, APP_HUB_ORIGIN) || g_stat (path, &info) != 0)
      continue;
    file->all_bytes += info.st_size;
    file->projector |= g_str_has_suffix (name, APP_HUB_PROJECTOR);
    file->draft |= g_str_has_suffix (name, APP_HUB_DRAFT);
  }
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

    if (!id || !app_catalogue_is_id (id) || is_companion (directory, name))
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
    add_companions (file, directory);
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
  result->bytes = result->all_bytes = facts->bytes;
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
  g_autoptr (GPtrArray) names = companions (directory, id);

  if (g_mkdir_with_parents (aside, 0700) != 0) {
    set_errno_error (error, aside);
    return FALSE;
  }
  if (!move (from, to, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++) { /* one that stays is found again with its model */
    g_autofree char *source = g_build_filename (directory, names->pdata[i], NULL);
    g_autofree char *target = g_build_filename (aside, names->pdata[i], NULL);
    g_rename (source, target);
  }
  return TRUE;
}

gboolean
app_models_files_bring_back (const char *directory, const char *id, GError **error)
{
  g_autofree char *aside = g_build_filename (directory, ASIDE, NULL);
  g_autofree char *from = path_of (aside, id);
  g_autofree char *to = path_of (directory, id);
  g_autoptr (GPtrArray) names = companions (aside, id);

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *source = g_build_filename (aside, names->pdata[i], NULL);
    g_autofree char *target = g_build_filename (directory, names->pdata[i], NULL);
    if (!move (source, target, error))
      return FALSE;
  }
  return move (from, to, error);
}

void
app_models_files_purge (const char *directory, const char *id)
{
  g_autofree char *aside = g_build_filename (directory, ASIDE, NULL);
  g_autofree char *only = id ? g_strconcat (id, SUFFIX, NULL) : NULL;
  g_autoptr (GDir) dir = g_dir_open (aside, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (aside, name, NULL);
    if (!id || g_str_equal (name, only) || belongs_to (name, id))
      g_unlink (path);
  }
  g_rmdir (aside); /* unless something else is still in it */
}
