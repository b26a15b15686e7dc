/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppFolders: the folders of the history, a GListModel of AppFolder in the order of their names. A conversation is in at most one, and outlives it
 * (app_conversation_set_folder_async ()). Changes are stored first and show afterwards; on error nothing was changed. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_TYPE_FOLDER (app_folder_get_type ())
G_DECLARE_FINAL_TYPE (AppFolder, app_folder, APP, FOLDER, GObject)

gint64 app_folder_get_id (AppFolder *self);        /* never 0 */
const char *app_folder_get_name (AppFolder *self); /* "name" */

#define APP_TYPE_FOLDERS (app_folders_get_type ())
G_DECLARE_FINAL_TYPE (AppFolders, app_folders, APP, FOLDERS, GObject)

/* Returns: (transfer none) (nullable) */
AppFolder *app_folders_find (AppFolders *self, gint64 id);

/* Makes one. APP_ERROR_INVALID for an empty name, or one that is in use. finish returns: (transfer full) (nullable) */
void app_folders_add_async (AppFolders *self, const char *name, GAsyncReadyCallback callback, gpointer user_data);
AppFolder *app_folders_add_finish (AppFolders *self, GAsyncResult *result, GError **error);

void app_folders_rename_async (AppFolders *self, AppFolder *folder, const char *name, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_folders_rename_finish (AppFolders *self, GAsyncResult *result, GError **error);

/* Its conversations stay, outside. `restore` brings it back, and into it those that were in it and are in no folder since. */
void app_folders_remove_async (AppFolders *self, AppFolder *folder, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_folders_remove_finish (AppFolders *self, GAsyncResult *result, GError **error);
void app_folders_restore_async (AppFolders *self, AppFolder *folder, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_folders_restore_finish (AppFolders *self, GAsyncResult *result, GError **error);

G_END_DECLS
