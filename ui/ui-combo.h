/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libadwaita 1.2 leaves out in a row with a list to choose from. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Beside a long subtitle the name that is chosen is cut to a letter or two, and to twenty where there is room for more: here it keeps the room for some
 * letters, and takes more where it is free. The row's model is of GtkStringObjects. */
void ui_combo_keep_name (AdwComboRow *row);

/* The list of one line that shows what is chosen has no name of its own for a screen reader: it gets the row's title. */
void ui_combo_name (AdwComboRow *row);

G_END_DECLS
