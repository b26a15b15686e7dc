/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes its libraries. Internal to app/. */
#pragma once

#include "app-database.h"
#include "app-library.h"
#include "app-personas.h"
#include "app-prompts.h"

G_BEGIN_DECLS

/* `settings`: (nullable) where hidden ones are remembered. Begins to read. (transfer full) */
AppLibrary *app_library_new (AppDatabase *database, AppSettings *settings, const AppLibraryKind *kind);

G_END_DECLS
