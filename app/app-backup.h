/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backup: everything that the person wrote, got and set, in one file, which is a zip of manifest.json, settings.json, history.db and the files of conversations (workspaces/…). Models are
 * not in it: they are large, and can be had again. Keys of servers are not in it either.
 *
 * Writing asks SQLite for a copy without what was deleted. Reading checks all of it (sizes, SHA-256, SQLite's own check, the version) before anything is
 * touched, and leaves the history beside the one in use; app_backup_install () then changes the two while none is open. The history that was in use
 * stays beside it, as history.db.replaced with history.db.replaced-files, until the next one is replaced or the person deletes it. Main thread; the work is done elsewhere. */
#pragma once

#include "app-history.h"

G_BEGIN_DECLS

/* What is in a backup. */
typedef struct {
  gint64 created; /* seconds since 1970 */
  guint n_conversations, n_messages;
  char *settings; /* the preferences, as JSON */
} AppBackupInfo;

void app_backup_info_free (AppBackupInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppBackupInfo, app_backup_info_free)

/* Writes a backup in the place of `file`; when it fails, what was there stays. Errors: APP_ERROR_FULL, READ_ONLY, FAILED. */
void app_backup_write_async (AppHistory *history, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_backup_write_finish (AppHistory *history, GAsyncResult *result, GError **error);

/* Checks a backup and lays its history beside `history_path`. Errors: APP_ERROR_DAMAGED (it is no backup, or not what it was), NEWER, FULL. */
void app_backup_read_async (const char *history_path, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
AppBackupInfo *app_backup_read_finish (GAsyncResult *result, GError **error);

/* Puts what was read in the place of the history, which must not be open. */
gboolean app_backup_install (const char *history_path, GError **error);
/* Deletes what was read. */
void app_backup_discard (const char *history_path);
/* Sets the preferences that the backup has; those that this version does not know, or whose value is out of range, are left alone. */
void app_backup_apply_settings (const AppBackupInfo *info, AppSettings *settings);

/* The history that app_backup_install () replaced. (transfer full) */
char *app_backup_dup_replaced_path (const char *history_path);

/* Blocks; any thread: what app_backup_read_async () does. */
AppBackupInfo *app_backup_read (const char *history_path, GInputStream *stream, GCancellable *cancellable, GError **error);

G_END_DECLS
