/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiColumn: the column in the middle of the window that answers, notes and the composer share, so that their edges meet.
 *
 * Its widths are counted in characters of the person's font and grow with it (AdwClamp of libadwaita 1.2 counts in pixels only). Prose is read
 * best in lines of 60 to 75 characters; code and tables may use all of the column, which holds about eighty characters of code. */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_COLUMN (ui_column_get_type ())
G_DECLARE_FINAL_TYPE (UiColumn, ui_column, UI, COLUMN, UiBin)

/* In pixels, in the font of `widget`: the greatest width of prose, and of the column. */
int ui_column_get_prose_width (GtkWidget *widget);
int ui_column_get_width (GtkWidget *widget);

G_END_DECLS
