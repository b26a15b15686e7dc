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

/* The preferences as a JSON object: key → value as GVariant's text. (transfer full) */
char *app_backup_write_settings (AppSettings *settings);

G_END_DECLS
