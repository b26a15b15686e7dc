/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person should know of how a table was read, behind a button. */
#pragma once

#include <gtk/gtk.h>

#include "app-dataset.h"

G_BEGIN_DECLS

/* `number`: of a row of the file; `column`: -1 where it is the whole row. */
typedef void (*UiTableNotesGo) (gpointer data, gint64 number, int column);

/* Shows them behind `button`, which hides where there are none, and how many they are in `count`. `go`: to a row that one of them speaks of; `data` outlives the button. */
void ui_table_notes_fill (GtkMenuButton *button, GtkLabel *count, AppDataset *dataset, guint table, UiTableNotesGo go, gpointer data);

G_END_DECLS
