/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiRows: around the scrolled window of a list, makes the list one stop of Tab. GTK 4.8 would stop at every row, and in a list of hundreds nobody gets past it.
 * Tab comes to the selected row, or to the first that shows, then to what is in that row, and then out; arrows move between rows as ever. */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_ROWS (ui_rows_get_type ())
G_DECLARE_FINAL_TYPE (UiRows, ui_rows, UI, ROWS, UiBin)

/* Gives the focus to that row. FALSE when there is none. */
gboolean ui_rows_focus (UiRows *self);

G_END_DECLS
