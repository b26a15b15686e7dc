/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDeskSplit: the conversation, and the desk with what was made. Side by side where there is room for both; else the desk covers the conversation. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_DESK_SPLIT (ui_desk_split_get_type ())
G_DECLARE_FINAL_TYPE (UiDeskSplit, ui_desk_split, UI, DESK_SPLIT, GtkWidget)

/* Properties: "content", "desk" (GtkWidget); "open" (boolean): the desk is shown; "full" (boolean): it covers the conversation also where there is room;
 * "covered" (boolean, read): the conversation is covered. */
void ui_desk_split_set_open (UiDeskSplit *self, gboolean open);
gboolean ui_desk_split_get_open (UiDeskSplit *self);
gboolean ui_desk_split_get_covered (UiDeskSplit *self);

G_END_DECLS
