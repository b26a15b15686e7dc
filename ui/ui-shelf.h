/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiShelf: a page with everything that was made, in all conversations.
 *
 * Signal: "open" (gint64 conversation, gint64 message): the person wants to see what this message made. */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"

G_BEGIN_DECLS

#define UI_TYPE_SHELF (ui_shelf_get_type ())
G_DECLARE_FINAL_TYPE (UiShelf, ui_shelf, UI, SHELF, GtkWidget)

GtkWidget *ui_shelf_new (AppHistory *history);

G_END_DECLS
