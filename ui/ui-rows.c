/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-rows.h"

struct _UiRows {
  UiBin parent_instance;
};

G_DEFINE_FINAL_TYPE (UiRows, ui_rows, UI_TYPE_BIN)

static GtkWidget *
get_list (UiRows *self)
{
  return gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (ui_bin_get_child (UI_BIN (self))));
}

static gboolean
is_on_screen (UiRows *self, GtkWidget *row)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds) && bounds.origin.y >= 0 && bounds.origin.y < gtk_widget_get_height (GTK_WIDGET (self));
}

/* A row with a heading takes the focus with its child only. */
static gboolean
is_heading (GtkWidget *row)
{
  GtkWidget *child = gtk_widget_get_first_child (row);

  return child != NULL && gtk_widget_get_focusable (child);
}

static GtkWidget *
find_row (UiRows *self)
{
  GtkWidget *first = NULL;

  for (GtkWidget *row = gtk_widget_get_first_child (get_list (self)); row != NULL; row = gtk_widget_get_next_sibling (row)) {
    if (!gtk_widget_get_mapped (row))
      continue;
    if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
      return row;
    if (first == NULL && !is_heading (row) && is_on_screen (self, row))
      first = row;
  }
  return first;
}

/* The row in which the focus is, or NULL. */
static GtkWidget *
focused_row (UiRows *self, GtkWidget *focus)
{
  GtkWidget *list = get_list (self);

  while (focus != NULL && gtk_widget_get_parent (focus) != list)
    focus = gtk_widget_get_parent (focus);
  return focus;
}

static gboolean
ui_rows_move_focus (GtkWidget *widget, GtkDirectionType direction)
{
  UiRows *self = UI_ROWS (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focused_row (self, focus);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (ui_rows_parent_class)->focus (widget, direction);
  if (row == NULL) {
    row = find_row (self);
    return row != NULL && (direction == GTK_DIR_TAB_FORWARD ? gtk_widget_grab_focus (row) : gtk_widget_child_focus (row, direction));
  }
  /* Within the row, GTK goes forward only. */
  if (direction == GTK_DIR_TAB_FORWARD)
    return gtk_widget_child_focus (row, direction);
  return focus != row && gtk_widget_grab_focus (row);
}

gboolean
ui_rows_focus (UiRows *self)
{
  GtkWidget *row = find_row (self);

  return row != NULL && gtk_widget_grab_focus (row);
}

static void
ui_rows_class_init (UiRowsClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = ui_rows_move_focus;
}

static void
ui_rows_init (UiRows *self)
{
}
