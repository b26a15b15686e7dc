/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiLibraryEditor: the window in which an item of a library is made or changed: its name over the page of its kind. What is left with Cancel, Escape or
 * the window's button changes nothing.
 *
 * Signal "saved" (AppLibraryItem *item): it is in the library now. */
#pragma once

#include <adwaita.h>

#include "app-library.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_LIBRARY_EDITOR (ui_library_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiLibraryEditor, ui_library_editor, UI, LIBRARY_EDITOR, AdwWindow)

/* `item`: an own one to be changed; NULL: a new one, that begins with `name` and `text`. */
GtkWidget *ui_library_editor_new (GtkWindow *parent, AppLibrary *library, AppLibraryItem *item, const char *name, const char *text, AppSettings *settings, AppModels *models);

G_END_DECLS
