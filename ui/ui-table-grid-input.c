/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cursor of a UiTableGrid, its keys, and the pointer: cells that are clicked, edges of columns that are drawn. */
#include "ui-table-grid-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* So near to the edge of a head it is the edge that is meant; and the narrowest that it makes a column. */
#define EDGE 5
#define NARROWEST 72

/* ---- the cursor ---- */

void
table_grid_tell_cursor (UiTableGrid *self)
{
  guint rows = table_grid_count_rows (self), columns = table_grid_count_columns (self);
  g_autofree char *label = NULL, *text = NULL;

  if (self->cursor_row < rows && self->cursor_column < columns) {
    g_autoptr (AppTableRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), self->cursor_row);
    const AppColumn *column = g_ptr_array_index (self->table->columns, self->cursor_column);
    AppTableCell kind = app_table_row_dup_cell (row, self->cursor_column, &text);
    /* Translators: where the cursor is in a table: the column, what stands in the cell, the number of the row and of all rows */
    label = g_strdup_printf (_("%s: %s, row %u of %u"), column->name[0] != '\0' ? column->name : column->sql_name, kind == APP_TABLE_CELL_EMPTY ? _("empty") : text, self->cursor_row + 1, rows);
  } else {
    label = g_strdup (_("Rows"));
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* So that the cursor shows. */
static void
scroll_to_cursor (UiTableGrid *self)
{
  double top = (double) self->cursor_row * self->row_height, start = table_grid_start_of (self, self->cursor_column), end = self->ends[self->cursor_column];
  double page = gtk_adjustment_get_page_size (self->down), wide = gtk_adjustment_get_page_size (self->across);

  /* Far away there is more to see around it. */
  if (top + page < table_grid_get_down (self) || top > table_grid_get_down (self) + 2 * page)
    gtk_adjustment_set_value (self->down, top - floor (page / 3));
  else if (top < table_grid_get_down (self))
    gtk_adjustment_set_value (self->down, top);
  else if (top + self->row_height > table_grid_get_down (self) + page)
    gtk_adjustment_set_value (self->down, top + self->row_height - page);
  if (start < table_grid_get_across (self) || end - start > wide)
    table_grid_set_across (self, start);
  else if (end > table_grid_get_across (self) + wide)
    table_grid_set_across (self, end - wide);
}

void
ui_table_grid_go (UiTableGrid *self, guint row, guint column)
{
  guint rows = table_grid_count_rows (self), columns = table_grid_count_columns (self);

  if (rows == 0 || columns == 0)
    return;
  self->cursor_row = MIN (row, rows - 1);
  self->cursor_column = MIN (column, columns - 1);
  if (self->across != NULL && self->down != NULL)
    scroll_to_cursor (self);
  table_grid_tell_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_table_grid_get_cursor (UiTableGrid *self, guint *row, guint *column)
{
  *row = self->cursor_row;
  *column = self->cursor_column;
}

/* The head opens whose column the cursor is in. */
static void
open_head (UiTableGrid *self)
{
  scroll_to_cursor (self);
  table_grid_show (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  if (self->cursor_column >= self->first_column && self->cursor_column < self->end_column)
    gtk_menu_button_popup (GTK_MENU_BUTTON (self->heads[self->cursor_column % self->n_columns]));
}

static void
copy_cell (UiTableGrid *self)
{
  g_autoptr (AppTableRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), self->cursor_row);
  g_autofree char *text = NULL;

  if (row == NULL || !app_table_row_get_loaded (row))
    return;
  app_table_row_dup_cell (row, self->cursor_column, &text);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static gboolean
on_key (UiTableGrid *self, guint key, guint code, GdkModifierType modifiers)
{
  gboolean all = (modifiers & GDK_CONTROL_MASK) != 0;
  int rows = (int) MIN (table_grid_count_rows (self), G_MAXINT), columns = (int) table_grid_count_columns (self);
  int page = self->down != NULL ? MAX ((int) (gtk_adjustment_get_page_size (self->down) / self->row_height) - 1, 1) : 1;
  int row = (int) self->cursor_row, column = (int) self->cursor_column, forward = table_grid_is_mirrored (self) ? -1 : 1;

  if (rows == 0 || !gtk_widget_has_focus (GTK_WIDGET (self)) || (modifiers & GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    row = all ? 0 : row - 1;
    break;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    row = all ? rows - 1 : row + 1;
    break;
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    column = all ? (forward > 0 ? 0 : columns - 1) : column - forward;
    break;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    column = all ? (forward > 0 ? columns - 1 : 0) : column + forward;
    break;
  case GDK_KEY_Page_Up:
  case GDK_KEY_KP_Page_Up:
    row -= page;
    break;
  case GDK_KEY_Page_Down:
  case GDK_KEY_KP_Page_Down:
    row += page;
    break;
  case GDK_KEY_Home:
  case GDK_KEY_KP_Home:
    column = 0;
    row = all ? 0 : row;
    break;
  case GDK_KEY_End:
  case GDK_KEY_KP_End:
    column = columns - 1;
    row = all ? rows - 1 : row;
    break;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
  case GDK_KEY_Menu:
    open_head (self);
    return GDK_EVENT_STOP;
  case GDK_KEY_c:
    if (!all)
      return GDK_EVENT_PROPAGATE;
    copy_cell (self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  ui_table_grid_go (self, (guint) CLAMP (row, 0, rows - 1), (guint) CLAMP (column, 0, columns - 1));
  return GDK_EVENT_STOP;
}

/* ---- the pointer ---- */

/* From the side where the columns begin. */
static double
unmirror (UiTableGrid *self, double x)
{
  return table_grid_is_mirrored (self) ? gtk_widget_get_width (GTK_WIDGET (self)) - x : x;
}

/* The column whose edge is there; -1. */
static int
find_edge (UiTableGrid *self, double x, double y)
{
  double at = unmirror (self, x) - self->numbers_width + table_grid_get_across (self);

  if (self->table == NULL || y > self->head_height || unmirror (self, x) < self->numbers_width)
    return -1;
  for (guint i = self->first_column; i < self->end_column; i++)
    if (fabs (at - self->ends[i]) <= EDGE)
      return (int) i;
  return -1;
}

static void
on_press (UiTableGrid *self, int n, double x, double y, GtkGesture *gesture)
{
  double at = unmirror (self, x) - self->numbers_width + table_grid_get_across (self);
  guint column = self->first_column;

  if (self->table == NULL || y < self->head_height)
    return;
  while (column + 1 < self->end_column && self->ends[column] <= at)
    column++;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  ui_table_grid_go (self, (guint) ((table_grid_get_down (self) + y - self->head_height) / self->row_height), column);
}

static void
on_motion (UiTableGrid *self, double x, double y)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), find_edge (self, x, y) >= 0 ? "col-resize" : NULL);
}

static void
on_drag_begin (UiTableGrid *self, double x, double y, GtkGesture *gesture)
{
  self->drag_column = find_edge (self, x, y);
  if (self->drag_column < 0) {
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  self->drag_width = self->ends[self->drag_column] - table_grid_start_of (self, (guint) self->drag_column);
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_drag (UiTableGrid *self, double x, double y)
{
  if (self->drag_column < 0 || self->drag_column >= (int) table_grid_count_columns (self))
    return;
  guint column = (guint) self->drag_column;
  int width = MAX (self->drag_width + (int) (table_grid_is_mirrored (self) ? -x : x), NARROWEST), change = width - (self->ends[column] - table_grid_start_of (self, column));
  for (guint i = column; i < table_grid_count_columns (self); i++)
    self->ends[i] += change;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
table_grid_take_input (UiTableGrid *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *keys = gtk_event_controller_key_new (), *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  self->drag_column = -1;
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, keys);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_press), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}
