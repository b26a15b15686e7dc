/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes its folders. Internal to app/. */
#pragma once

#include "app-folders.h"
#include "app-store-folder.h"

G_BEGIN_DECLS

/* Conversations (ids) that a folder let go, or took back: `folder` is where they are now, 0 for nowhere. */
typedef void (*AppFoldersMoved) (GArray *conversations, gint64 folder, gpointer user_data);

/* `rows`: of AppFolderRow. (transfer full) */
AppFolders *app_folders_new (AppDatabase *database, GPtrArray *rows);
/* `moved` NULL: nobody is told any more. */
void app_folders_set_moved (AppFolders *self, AppFoldersMoved moved, gpointer user_data);
/* What the table holds now, after an import. */
void app_folders_update (AppFolders *self, GPtrArray *rows);

G_END_DECLS
