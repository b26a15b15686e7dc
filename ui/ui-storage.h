/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiStorage: the page of the preferences that says what takes how much of the disk, and backs everything up and brings it back. */
#pragma once

#include <adwaita.h>

#include "app-history.h"

G_BEGIN_DECLS

#define UI_TYPE_STORAGE (ui_storage_get_type ())
G_DECLARE_FINAL_TYPE (UiStorage, ui_storage, UI, STORAGE, AdwPreferencesPage)

/* Signal "restore" (const AppBackupInfo *info): the person wants the history that lies ready (app_backup_install ()) in the place of this one. */
UiStorage *ui_storage_new (AppHistory *history, const char *models_directory);

G_END_DECLS
