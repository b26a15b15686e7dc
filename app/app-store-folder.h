/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of folders. Internal to app/. */
#pragma once

#include "app-store.h"

G_BEGIN_DECLS

typedef struct {
  gint64 id;
  char *name;
  gint64 created;        /* milliseconds since 1970 */
  GArray *conversations; /* gint64: that it let go, and takes back; nullable */
} AppFolderRow;

AppFolderRow *app_folder_row_new (gint64 id, const char *name, gint64 created);
void app_folder_row_free (AppFolderRow *row);

/* NULL → GPtrArray of AppFolderRow, by id. */
gpointer app_store_folders (AppDatabase *db, gpointer data, GError **error);
/* AppFolderRow → gint64 *: its id. A row with an id brings one back, with its conversations that are in no folder. */
gpointer app_store_folder_add (AppDatabase *db, gpointer data, GError **error);
/* AppFolderRow → OK. */
gpointer app_store_folder_rename (AppDatabase *db, gpointer data, GError **error);
/* AppFolderRow → GArray of gint64: the conversations that were in it. */
gpointer app_store_folder_remove (AppDatabase *db, gpointer data, GError **error);

G_END_DECLS
