/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-virtual-rows.h"

/* Row widgets that wait to be used again, at most, of one kind. */
#define MAX_SPARE 12

/* Heights are guessed for this width while the list has none. */
#define USUAL_WIDTH 700

void
ui_virtual_rows_init (UiVirtualRows *self, GtkWidget *list)
{
  self->list = list;
  self->items = g_array_new (FALSE, FALSE, sizeof (int));
  self->rows = g_array_new (FALSE, FALSE, sizeof (UiVirtualRow));
  self->spare = g_array_new (FALSE, FALSE, sizeof (UiVirtualRow));
}

static void
release_all (UiVirtualRows *self)
{
  while (self->rows->len > 0)
    ui_virtual_rows_release (self, self->rows->len - 1);
}

void
ui_virtual_rows_dispose (UiVirtualRows *self)
{
  ui_virtual_rows_set_model (self, NULL);
  for (guint i = 0; i < self->spare->len; i++)
    gtk_widget_unparent (g_array_index (self->spare, UiVirtualRow, i).widget);
  g_array_set_size (self->spare, 0);
}

void
ui_virtual_rows_finish (UiVirtualRows *self)
{
  g_array_unref (self->items);
  g_array_unref (self->rows);
  g_array_unref (self->spare);
}

/* Items */

void
ui_virtual_rows_set_model (UiVirtualRows *self, GListModel *model)
{
  release_all (self);
  g_array_set_size (self->items, 0);
  g_set_object (&self->model, model);
  if (model != NULL)
    ui_virtual_rows_change (self, 0, 0, g_list_model_get_n_items (model));
}

void
ui_virtual_rows_change (UiVirtualRows *self, guint position, guint removed, guint added)
{
  for (guint i = self->rows->len; i-- > 0;) {
    UiVirtualRow *row = ui_virtual_rows_at (self, i);

    if (row->position >= position + removed)
      row->position += added - removed;
    else if (row->position >= position)
      ui_virtual_rows_release (self, i);
  }
  if (removed > 0)
    g_array_remove_range (self->items, position, removed);
  for (guint i = 0; i < added; i++) {
    g_autoptr (GObject) object = g_list_model_get_item (self->model, position + i);
    int guess = self->funcs->estimate (object, self->width > 0 ? self->width : USUAL_WIDTH);

    g_array_insert_val (self->items, position + i, guess);
  }
}

guint
ui_virtual_rows_get_n_items (const UiVirtualRows *self)
{
  return self->items->len;
}

int
ui_virtual_rows_get_height (const UiVirtualRows *self, guint position)
{
  return g_array_index (self->items, int, position);
}

double
ui_virtual_rows_get_height_before (const UiVirtualRows *self, guint position)
{
  double height = 0;

  for (guint i = 0; i < position; i++)
    height += ui_virtual_rows_get_height (self, i);
  return height;
}

/* Rows */

UiVirtualRow *
ui_virtual_rows_find (UiVirtualRows *self, guint position)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (ui_virtual_rows_at (self, i)->position == position)
      return ui_virtual_rows_at (self, i);
  return NULL;
}

static gboolean
take_spare (UiVirtualRows *self, guint kind, UiVirtualRow *row)
{
  for (guint i = self->spare->len; i-- > 0;) {
    *row = g_array_index (self->spare, UiVirtualRow, i);
    if (row->kind == kind) {
      g_array_remove_index_fast (self->spare, i);
      return TRUE;
    }
  }
  return FALSE;
}

/* What waits is no row, for a screen reader neither. Not gtk_widget_set_visible (): that would ask for another layout within this one. */
static void
set_shown (GtkWidget *widget, gboolean shown)
{
  gtk_widget_set_child_visible (widget, shown);
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
}

static UiVirtualRow *
make_row (UiVirtualRows *self, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (self->model, position);
  guint kind = self->funcs->kind (item);
  UiVirtualRow row;

  if (!take_spare (self, kind, &row)) {
    row.widget = self->funcs->create (kind, self->data);
    row.kind = kind;
    gtk_widget_set_parent (row.widget, self->list);
    self->n_created++;
  }
  row.position = position;
  row.y = 0;
  self->funcs->bind (row.widget, item, self->data);
  set_shown (row.widget, TRUE);
  g_array_append_val (self->rows, row);
  return ui_virtual_rows_at (self, self->rows->len - 1);
}

void
ui_virtual_rows_begin (UiVirtualRows *self, int width)
{
  self->width = width;
  for (guint i = 0; i < self->rows->len; i++)
    ui_virtual_rows_at (self, i)->used = FALSE;
}

int
ui_virtual_rows_ensure (UiVirtualRows *self, guint position)
{
  UiVirtualRow *row = ui_virtual_rows_find (self, position);
  int height;

  if (row == NULL)
    row = make_row (self, position);
  row->used = TRUE;
  gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, self->width, &height, NULL, NULL, NULL);
  g_array_index (self->items, int, position) = height;
  return height;
}

void
ui_virtual_rows_release (UiVirtualRows *self, guint index)
{
  UiVirtualRow row = *ui_virtual_rows_at (self, index);
  guint n_spare = 0;

  g_array_remove_index_fast (self->rows, index);
  self->funcs->unbind (row.widget, self->data);
  for (guint i = 0; i < self->spare->len; i++)
    n_spare += g_array_index (self->spare, UiVirtualRow, i).kind == row.kind;
  if (n_spare >= MAX_SPARE) {
    gtk_widget_unparent (row.widget);
    return;
  }
  set_shown (row.widget, FALSE);
  g_array_append_val (self->spare, row);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  guint first = ((const UiVirtualRow *) a)->position;
  guint second = ((const UiVirtualRow *) b)->position;

  return first < second ? -1 : first > second;
}

void
ui_virtual_rows_order (UiVirtualRows *self)
{
  GtkWidget *previous = NULL;

  g_array_sort (self->rows, compare_rows);
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *widget = ui_virtual_rows_at (self, i)->widget;

    if (gtk_widget_get_prev_sibling (widget) != previous)
      gtk_widget_insert_after (widget, self->list, previous);
    previous = widget;
  }
}
