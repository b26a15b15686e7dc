/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writing and reading a backup share. */
#pragma once

#include "app-backup.h"

G_BEGIN_DECLS

#define APP_BACKUP_FORMAT "melete-backup"
#define APP_BACKUP_VERSION 1
#define APP_BACKUP_MANIFEST "manifest.json"
#define APP_BACKUP_HISTORY "history.db"
#define APP_BACKUP_SETTINGS "settings.json"

/* ---- the files of conversations, app-backup-files.c; a worker thread ---- */

typedef struct _AppBackupFiles AppBackupFiles;
struct archive;
struct archive_entry;

/* Those beside a history. (transfer full) */
AppBackupFiles *app_backup_files_find (const char *history_path);
void app_backup_files_free (AppBackupFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppBackupFiles, app_backup_files_free)
guint app_backup_files_count (AppBackupFiles *self);
/* The bytes, and the name of the entry. (transfer full) (nullable): NULL with an error of AppWorkspace */
GBytes *app_backup_files_read (AppBackupFiles *self, guint index, const char **name, GError **error);

/* Lays the file of an entry beside the history; the name is a stranger's. Errors: APP_ERROR_DAMAGED with what is wrong, and those of AppWorkspace. */
gboolean app_backup_files_unpack (struct archive *archive, struct archive_entry *entry, const char *history_path, GError **error);
/* Deletes what was laid there, or puts it in the place of what is in use. */
void app_backup_files_discard (const char *history_path);
void app_backup_files_install (const char *history_path);

/* The preferences as a JSON object: key → value as GVariant's text. (transfer full) */
char *app_backup_write_settings (AppSettings *settings);

G_END_DECLS
