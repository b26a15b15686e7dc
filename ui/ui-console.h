/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConsole: what a page wrote, its errors, and what it was kept from doing, line by line.
 *
 * Property: "n-faults" (uint): how many of the lines are faults (ui_preview_entry_is_fault ()). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_CONSOLE (ui_console_get_type ())
G_DECLARE_FINAL_TYPE (UiConsole, ui_console, UI, CONSOLE, GtkWidget)

/* `entries`: UiPreviewEntry, and followed as it changes; (nullable) */
void ui_console_set_entries (UiConsole *self, GListModel *entries);
guint ui_console_get_n_faults (UiConsole *self);

G_END_DECLS
