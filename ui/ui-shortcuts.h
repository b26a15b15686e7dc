/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the application, in one table: UiApplication makes them work, and UiShortcuts, a window, lists them. (GtkShortcutsWindow cannot
 * become as narrow as a telephone.) Each is called as the button that does the same. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct {
  const char *group;           /* (nullable): of the row before */
  const char *title;           /* not translated */
  const char *action;          /* NULL: a widget minds the key itself */
  const char *accelerators[3]; /* of an action the first is listed, else all */
} UiShortcut;

const UiShortcut *ui_shortcuts_get (guint *n_shortcuts);

#define UI_TYPE_SHORTCUTS (ui_shortcuts_get_type ())
G_DECLARE_FINAL_TYPE (UiShortcuts, ui_shortcuts, UI, SHORTCUTS, AdwWindow)

GtkWidget *ui_shortcuts_new (GtkWindow *parent);

G_END_DECLS
