/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows of servers have in common: a menu at their end, and names for screen readers. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  const char *label;  /* not translated yet: N_() */
  const char *action; /* takes an id, "x" */
} UiRowMenuItem;

/* The button of the menu of what is called `name`; its actions get `id`. */
GtkWidget *ui_row_menu_new (const UiRowMenuItem *items, guint n_items, const char *name, gint64 id);

/* Names all lists at or below the widget: libadwaita makes one of an expander row itself, and one of what unfolds below it. */
void ui_row_menu_name_lists (GtkWidget *widget, const char *name);

G_END_DECLS
