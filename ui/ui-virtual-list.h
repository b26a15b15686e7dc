/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiVirtualList: a scrollable column of rows of any height, of which only those near the view exist as widgets.
 *
 * GtkListView of GTK 4.8 keeps 200 rows alive and guesses the heights of the others by their median; answers of very different
 * lengths then cost a second to open and jump while they are scrolled. Here a row is measured when it comes near, an anchor
 * (one row and where its top stands in the view) keeps what is read in its place whatever changes above, and the list sticks to its end while
 * it stands there. Row widgets are recycled by kind. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How rows are made. `kind` is a small number; a row widget only ever shows items of one kind. */
typedef struct {
  guint (*kind) (gpointer item);
  GtkWidget *(*create) (guint kind, gpointer data);
  void (*bind) (GtkWidget *row, gpointer item, gpointer data);
  void (*unbind) (GtkWidget *row, gpointer data);
  /* A guess of the height in pixels of a row that was never measured. */
  int (*estimate) (gpointer item, int width);
} UiVirtualListRows;

#define UI_TYPE_VIRTUAL_LIST (ui_virtual_list_get_type ())
G_DECLARE_FINAL_TYPE (UiVirtualList, ui_virtual_list, UI, VIRTUAL_LIST, GtkWidget)

/* `rows` must live as long as the list. */
GtkWidget *ui_virtual_list_new (const UiVirtualListRows *rows, gpointer data);

/* (nullable) Shows another model, from its end. */
void ui_virtual_list_set_model (UiVirtualList *self, GListModel *model);

/* Property "at-end": whether the list stands, and so stays, at its end. */
gboolean ui_virtual_list_get_at_end (UiVirtualList *self);
void ui_virtual_list_scroll_to_end (UiVirtualList *self);
/* What is seen stays where it is, though the list stands at its end and a row is about to grow. */
void ui_virtual_list_hold (UiVirtualList *self);
/* Brings the top of a row near the top of the view. */
void ui_virtual_list_scroll_to (UiVirtualList *self, guint position);

/* The widget of a row, or NULL while it has none. (transfer none) */
GtkWidget *ui_virtual_list_get_row (UiVirtualList *self, guint position);

/* How many row widgets were ever made: for tests. */
guint ui_virtual_list_get_n_created (UiVirtualList *self);

G_END_DECLS
