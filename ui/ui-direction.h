/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The direction in which a message runs, which need not be that of the window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Of the first letter; GTK_TEXT_DIR_NONE where there is none. */
GtkTextDirection ui_direction_of_text (const char *text);

/* For a widget and what is in it, except for UiMarkdown, whose blocks know their own. GTK hands a direction down to nobody. */
void ui_direction_set (GtkWidget *widget, GtkTextDirection direction);

/* An empty text has its caret on the side where the keyboard's language begins, whatever the window's: `placeholder` stands there too. */
void ui_direction_follow_keyboard (GtkWidget *placeholder);

G_END_DECLS
