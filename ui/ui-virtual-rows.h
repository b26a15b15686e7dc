/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a UiVirtualList: how high every item is, as far as it is known, and which of them have a widget now. Private to UiVirtualList,
 * which decides where the view stands and which rows it needs; nothing here knows of scrolling. */
#pragma once

#include "ui-virtual-list.h"

G_BEGIN_DECLS

/* A row widget and what it shows. `y` is relative to the view. */
typedef struct {
  GtkWidget *widget;
  guint position;
  guint kind;
  int y;
  gboolean used; /* needed by the view since the last ui_virtual_rows_begin () */
} UiVirtualRow;

typedef struct {
  GtkWidget *list; /* the parent of the row widgets; not owned */
  const UiVirtualListRows *funcs;
  gpointer data;
  GListModel *model; /* (nullable) */
  GArray *items;     /* Item, one per item of the model */
  GArray *rows;      /* UiVirtualRow, by position after ui_virtual_rows_order () */
  GArray *spare;     /* UiVirtualRow, without an item */
  int width;         /* that heights were measured for */
  guint n_created;
} UiVirtualRows;

void ui_virtual_rows_init (UiVirtualRows *self, GtkWidget *list);
/* Unparents the widgets; nothing but ui_virtual_rows_finish () may follow. */
void ui_virtual_rows_dispose (UiVirtualRows *self);
void ui_virtual_rows_finish (UiVirtualRows *self);

/* (nullable) The rows of the model before are released. */
void ui_virtual_rows_set_model (UiVirtualRows *self, GListModel *model);
/* Follows a change of the model; rows that stay keep their widgets. */
void ui_virtual_rows_change (UiVirtualRows *self, guint position, guint removed, guint added);

guint ui_virtual_rows_get_n_items (const UiVirtualRows *self);
/* Measured, or guessed while the row never came near. */
int ui_virtual_rows_get_height (const UiVirtualRows *self, guint position);
/* Of all rows before that one. */
double ui_virtual_rows_get_height_before (const UiVirtualRows *self, guint position);

/* One of the rows that have a widget, in no order before ui_virtual_rows_order (). */
static inline UiVirtualRow *
ui_virtual_rows_at (UiVirtualRows *self, guint index)
{
  return &g_array_index (self->rows, UiVirtualRow, index);
}

/* (nullable) The row of an item that has a widget; valid until the next call that makes or releases rows. */
UiVirtualRow *ui_virtual_rows_find (UiVirtualRows *self, guint position);

/* One layout: begin, ensure each row that the view needs, release the others, order. */
void ui_virtual_rows_begin (UiVirtualRows *self, int width);
/* The row has a widget, bound and measured for the width. Returns: its height */
int ui_virtual_rows_ensure (UiVirtualRows *self, guint position);
void ui_virtual_rows_release (UiVirtualRows *self, guint index);
/* Assistive technology reads the children in their order. */
void ui_virtual_rows_order (UiVirtualRows *self);

G_END_DECLS
