/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of conversations in a backup: an entry "workspaces/<conversation>/<path>" for each, behind the history. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app-backup-private.h"
#include "app-error.h"
#include "tools/workspace.h"

#define PREFIX "workspaces/"
#define BLOCK (1u << 16)

struct _AppBackupFiles {
  char *parent;      /* of the folders of all conversations */
  GPtrArray *names;  /* of entries */
};

void
app_backup_files_free (AppBackupFiles *self)
{
  g_free (self->parent);
  g_ptr_array_unref (self->names);
  g_free (self);
}

/* What lies beside the history. (transfer full) */
static char *
dup_parent (const char *history_path)
{
  g_autofree char *folder = g_path_get_dirname (history_path);

  return g_build_filename (folder, "workspaces", NULL);
}

static char *
dup_beside (const char *history_path, const char *suffix)
{
  return g_strconcat (history_path, suffix, NULL);
}

/* ---- writing ---- */

static void
add_workspace (AppBackupFiles *self, const char *id)
{
  g_autofree char *folder = g_build_filename (self->parent, id, NULL);
  g_autoptr (AppWorkspace) workspace = app_workspace_new (folder);
  g_autoptr (GPtrArray) files = app_workspace_list (workspace, NULL);

  for (guint i = 0; files && i < files->len; i++) {
    const AppWorkspaceFile *file = files->pdata[i];

    /* Programs can make what a workspace would not take back: names that are no text, and more than it holds. */
    if (file->n_bytes <= APP_WORKSPACE_MAX_FILE && app_workspace_check_path (file->path, NULL))
      g_ptr_array_add (self->names, g_strconcat (PREFIX, id, "/", file->path, NULL));
  }
}

AppBackupFiles *
app_backup_files_find (const char *history_path)
{
  AppBackupFiles *self = g_new0 (AppBackupFiles, 1);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  self->parent = dup_parent (history_path);
  self->names = g_ptr_array_new_with_free_func (g_free);
  dir = strcmp (history_path, ":memory:") != 0 ? g_dir_open (self->parent, 0, NULL) : NULL;
  while (dir && (name = g_dir_read_name (dir)))
    if (g_ascii_string_to_signed (name, 10, 1, G_MAXINT64, NULL, NULL))
      add_workspace (self, name);
  return self;
}

guint
app_backup_files_count (AppBackupFiles *self)
{
  return self->names->len;
}

/* The conversation and the path in an entry's name. */
static gboolean
split_name (const char *name, char **id, const char **path)
{
  const char *slash = g_str_has_prefix (name, PREFIX) ? strchr (name + strlen (PREFIX), '/') : NULL;

  if (!slash || !app_workspace_check_path (slash + 1, NULL))
    return FALSE;
  *id = g_strndup (name + strlen (PREFIX), (gsize) (slash - name) - strlen (PREFIX));
  *path = slash + 1;
  if (g_ascii_string_to_signed (*id, 10, 1, G_MAXINT64, NULL, NULL))
    return TRUE;
  g_clear_pointer (id, g_free);
  return FALSE;
}

GBytes *
app_backup_files_read (AppBackupFiles *self, guint index, const char **name, GError **error)
{
  g_autofree char *id = NULL, *folder = NULL;
  g_autoptr (AppWorkspace) workspace = NULL;
  const char *path;

  *name = self->names->pdata[index];
  if (!split_name (*name, &id, &path))
    g_return_val_if_reached (NULL);
  folder = g_build_filename (self->parent, id, NULL);
  workspace = app_workspace_new (folder);
  return app_workspace_read (workspace, path, error);
}

/* ---- reading ---- */

static void
delete_tree (const char *parent)
{
  g_autoptr (GHashTable) none = g_hash_table_new (g_int64_hash, g_int64_equal);

  app_workspace_tidy (parent, none, G_MAXINT64);
  g_rmdir (parent);
}

gboolean
app_backup_files_unpack (struct archive *archive, struct archive_entry *entry, const char *history_path, GError **error)
{
  const char *name = archive_entry_pathname (entry), *path;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *id = NULL, *ready = dup_beside (history_path, ".restore-files"), *folder = NULL;
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autoptr (AppWorkspace) workspace = NULL;
  la_ssize_t n;

  if (!name || !split_name (name, &id, &path)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("a file in it has no place"));
    return FALSE;
  }
  while ((n = archive_read_data (archive, block, BLOCK)) > 0 && bytes->len + (gsize) n <= APP_WORKSPACE_MAX_FILE)
    g_byte_array_append (bytes, block, (guint) n);
  if (n != 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, n > 0 ? _("a file in it is too long") : _("a file in it cannot be read"));
    return FALSE;
  }
  folder = g_build_filename (ready, id, NULL);
  workspace = app_workspace_new (folder);
  return app_workspace_write (workspace, path, (const char *) bytes->data, bytes->len, error);
}

void
app_backup_files_discard (const char *history_path)
{
  g_autofree char *ready = dup_beside (history_path, ".restore-files");

  delete_tree (ready);
}

/* The files that were in use belong to the history that goes: they are set aside with it. */
void
app_backup_files_install (const char *history_path)
{
  g_autofree char *parent = dup_parent (history_path), *ready = dup_beside (history_path, ".restore-files"), *replaced = dup_beside (history_path, ".replaced-files");

  delete_tree (replaced);
  if (g_rename (parent, replaced) != 0 && errno != ENOENT)
    g_warning ("%s: %s", parent, g_strerror (errno));
  if (g_rename (ready, parent) != 0 && errno != ENOENT)
    g_warning ("%s: %s", ready, g_strerror (errno));
}
