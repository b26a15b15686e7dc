/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppWorkspace: the files of one conversation, a folder of its own beside the history. Counted; any thread.
 *
 * Every path comes from a model. It is relative, its parts are neither "." nor "..", and the kernel resolves it beneath the folder and through no link of any kind
 * (openat2: RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_XDEV), so that no race with who puts links there leads out. Where the kernel cannot do that
 * nothing is opened. A file is written beside its place and renamed, so it is there whole or as it was. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_WORKSPACE_MAX_FILE (16 << 20)   /* bytes of one file */
#define APP_WORKSPACE_MAX_BYTES (256 << 20) /* of all */
#define APP_WORKSPACE_MAX_FILES 2000

typedef struct _AppWorkspace AppWorkspace;

/* `folder` is made with the first file. */
AppWorkspace *app_workspace_new (const char *folder);
AppWorkspace *app_workspace_ref (AppWorkspace *self);
void app_workspace_unref (AppWorkspace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppWorkspace, app_workspace_unref)

const char *app_workspace_get_folder (AppWorkspace *self);
/* Makes the folder, for who hands it on to another program. */
gboolean app_workspace_make_folder (AppWorkspace *self, GError **error);

/* Errors of all: APP_ERROR_INVALID (the path, or too much), APP_ERROR_MISSING (no such file), those of the disk; a sentence each. */
GBytes *app_workspace_read (AppWorkspace *self, const char *path, GError **error);
/* Folders on the way are made. */
gboolean app_workspace_write (AppWorkspace *self, const char *path, const char *data, gsize n_bytes, GError **error);

/* Deletes what a program that ended in the middle of a write left behind in the folder itself. While nobody writes. */
void app_workspace_clear (AppWorkspace *self);

typedef struct {
  char *path;
  guint64 n_bytes;
} AppWorkspaceFile;
/* All files beneath, by path; of AppWorkspaceFile. What is no plain file is left out. (transfer full) */
GPtrArray *app_workspace_list (AppWorkspace *self, GError **error);

/* Whether a path could be one of a file in a workspace. */
gboolean app_workspace_check_path (const char *path, GError **error);

/* Deletes the folders of workspaces in `parent` whose names are numbers up to `newest` and not in `live` (gint64 *). A worker thread. */
void app_workspace_tidy (const char *parent, GHashTable *live, gint64 newest);

G_END_DECLS
