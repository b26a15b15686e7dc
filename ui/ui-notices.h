/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The honesty lines of a message: dim, small, each a sentence ("Read with OCR: this model cannot see pictures"). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes `box` show `notices` (NULL-terminated), one label each; hides it when there are none. */
void ui_notices_update (GtkBox *box, const char *const *notices);

G_END_DECLS
