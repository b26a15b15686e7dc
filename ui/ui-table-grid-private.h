/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between ui-table-grid.c (what shows, and where) and ui-table-grid-input.c (the cursor, keys, the pointer). */
#pragma once

#include "ui-table-grid.h"

G_BEGIN_DECLS

/* The cell of row r and column c is the widget number (r % n_rows, c % n_columns) of the pool, so that scrolling by a row fills one row anew. */
struct _UiTableGrid {
  GtkWidget parent_instance;

  AppTableRows *rows;
  const AppTable *table;
  UiTableGridPopover popover;
  gpointer popover_data;
  GtkAdjustment *across, *down;
  guint across_policy, down_policy;

  int *ends; /* of each column, in pixels from the first one's beginning */
  int digit; /* of the letters that they were measured with */
  int numbers_width, row_height, head_height;

  guint n_rows, n_columns; /* of the pool */
  GtkWidget **cells;       /* n_rows × n_columns */
  guint64 *shown;          /* what each shows: row and column + 1; 0: nothing */
  GtkWidget **numbers;     /* n_rows */
  AppTableRow **items;     /* that they show; NULL: none */
  guint *positions;
  GtkWidget **heads;       /* n_columns */
  guint *head_columns;     /* + 1 */
  GtkWidget *corner;

  guint first_row, end_row, first_column, end_column; /* that show */
  guint tick; /* fills the pool before the next frame is laid out */
  gboolean allocating;
  guint cursor_row, cursor_column;
  int drag_column, drag_width; /* whose edge is drawn; -1 */
};

guint table_grid_count_rows (UiTableGrid *self);
guint table_grid_count_columns (UiTableGrid *self);
/* Pixels from the beginning of the first column to that of this one. */
int table_grid_start_of (UiTableGrid *self, guint column);
gboolean table_grid_is_mirrored (UiTableGrid *self);
/* How far it is scrolled, from the side where it begins. */
double table_grid_get_across (UiTableGrid *self);
double table_grid_get_down (UiTableGrid *self);
void table_grid_set_across (UiTableGrid *self, double value);
/* Fills the pool with what shows in a place of that size. */
void table_grid_show (UiTableGrid *self, int width, int height);

/* Tells a screen reader where the cursor is. */
void table_grid_tell_cursor (UiTableGrid *self);
void table_grid_take_input (UiTableGrid *self);

G_END_DECLS
