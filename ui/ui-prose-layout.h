/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiProseLayout: children one below the other, labels no wider than prose should be (ui_column_get_prose_width ()), everything else as wide as
 * the place. A label that is narrower than the place stands at its own start side. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_PROSE_LAYOUT (ui_prose_layout_get_type ())
G_DECLARE_FINAL_TYPE (UiProseLayout, ui_prose_layout, UI, PROSE_LAYOUT, GtkLayoutManager)

GtkLayoutManager *ui_prose_layout_new (void);

G_END_DECLS
