/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export and import as a person meets them: the choice of the file, how far it is when it takes longer than a moment, and a sentence at the end. */
#pragma once

#include "app-import.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Fills a menu with the formats: each activates `action` with the format's id, and `conversation` before it where that is not 0 ("(xs)" or "s"). */
void ui_transfer_fill_menu (GMenu *menu, const char *action, gint64 conversation);

/* Asks where to, then exports. `conversation`: (nullable) NULL for all. Everything is told around `widget`. */
void ui_transfer_export (GtkWidget *widget, AppHistory *history, AppConversation *conversation, const char *format);
/* Asks for the file, then imports it. */
void ui_transfer_import (GtkWidget *widget, AppHistory *history);

/* The same with a file that is known. */
void ui_transfer_export_file (GtkWidget *widget, AppHistory *history, AppConversation *conversation, const char *format, GFile *file);
void ui_transfer_import_file (GtkWidget *widget, AppHistory *history, GFile *file);

/* What the end of an import is told in. (transfer full) */
char *ui_transfer_dup_sentence (const AppImportResult *result);

G_END_DECLS
