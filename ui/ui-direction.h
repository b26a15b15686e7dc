/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The direction in which a message runs, which need not be that of the window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Of the first letter; GTK_TEXT_DIR_NONE where there is none. */
GtkTextDirection ui_direction_of_text (const char *text);

/* For a widget and what is in it, except for UiMarkdown, whose blocks know their own. GTK hands a direction down to nobody. */
void ui_direction_set (GtkWidget *widget, GtkTextDirection direction);

/* A line of facts, as in "491 MB · Apache-2.0 · 12 tokens/s", for a window that runs in `direction`. From right to left each fact is set apart, or the numbers of one
 * would change places with the words of the next, and the line itself runs as the window, whatever its first letter. (transfer full) */
char *ui_direction_dup_facts (const char *facts, GtkTextDirection direction);

/* Shows them in a label, for the direction of that. */
void ui_direction_show_facts (GtkLabel *label, const char *facts);

/* An empty text has its caret on the side where the keyboard's language begins, whatever the window's: `placeholder` stands there too. */
void ui_direction_follow_keyboard (GtkWidget *placeholder);

G_END_DECLS
