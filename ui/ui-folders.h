/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does with folders: the menu that moves a conversation, the dialogs for names, removal with Undo. */
#pragma once

#include "app-history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where the conversation can go: "sidebar.move" (conversation, folder) for each folder that it is not in, and out of its own; "sidebar.new-folder"
 * (conversation) for a new one. `folders`: (nullable) */
void ui_folders_fill_menu (GMenu *menu, AppFolders *folders, AppConversation *conversation);

/* Asks for a name and makes a folder, with `conversation` (nullable) in it. Everything is told around `widget`. */
void ui_folders_new (GtkWidget *widget, AppFolders *folders, AppConversation *conversation);
void ui_folders_rename (GtkWidget *widget, AppFolders *folders, AppFolder *folder);
/* At once, and offers Undo. */
void ui_folders_remove (GtkWidget *widget, AppFolders *folders, AppFolder *folder);

G_END_DECLS
