/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiLibrary: the window of all personas or all prompts: use, make, edit, copy, remove with undo, import and export.
 *
 * Signal "use" (AppLibraryItem *item): the person chose one; the window closes. */
#pragma once

#include <adwaita.h>

#include "app-library.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_LIBRARY (ui_library_get_type ())
G_DECLARE_FINAL_TYPE (UiLibrary, ui_library, UI, LIBRARY, AdwWindow)

/* `settings`: (nullable) the preferences. */
GtkWidget *ui_library_new (GtkWindow *parent, AppLibrary *library, AppSettings *settings, AppModels *models);

/* Adds what a file holds, and tells how that went. Called by the window's own Import… */
void ui_library_import_file (UiLibrary *self, GFile *file);

G_END_DECLS
