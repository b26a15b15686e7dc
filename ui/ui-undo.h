/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what was done and offers Undo for some seconds. What of one kind is done while its toast still shows joins it: one toast, one Undo for all
 * ("2 conversations deleted · Undo"), which then shows anew. Toasts of different kinds lie over each other, the newest on top. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;                               /* "ui-undo-…", its own for each kind */
  char *(*sentence) (guint n, gpointer newest);   /* what was done, to how many. (transfer full) */
  void (*undo) (gpointer data);                   /* the person wants it undone: the newest first */
  void (*keep) (gpointer data);                   /* the toast is gone */
  GDestroyNotify destroy;                         /* after either, or when the window is gone */
} UiUndoKind;

/* Shows it in the toast overlay around `widget`; without one it is kept. `data`: one thing that was done. (transfer full) */
void ui_undo_offer (GtkWidget *widget, const UiUndoKind *kind, gpointer data);

G_END_DECLS
