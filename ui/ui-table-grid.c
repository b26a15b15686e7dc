/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-grid-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui-table-cell.h"

/* Pixels above and below the words of a row, and of the heads. */
#define ROW_PIXELS 13
#define HEAD_PIXELS 21

static void ui_table_grid_scrollable_init (GtkScrollableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UiTableGrid, ui_table_grid, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, ui_table_grid_scrollable_init))

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

guint
table_grid_count_rows (UiTableGrid *self)
{
  return self->rows != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->rows)) : 0;
}

guint
table_grid_count_columns (UiTableGrid *self)
{
  return self->table != NULL ? self->table->columns->len : 0;
}

int
table_grid_start_of (UiTableGrid *self, guint column)
{
  return column == 0 ? 0 : self->ends[column - 1];
}

gboolean
table_grid_is_mirrored (UiTableGrid *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* How far it is scrolled from the side where it begins. */
double
table_grid_get_across (UiTableGrid *self)
{
  double value = self->across != NULL ? gtk_adjustment_get_value (self->across) : 0;

  return !table_grid_is_mirrored (self) ? value : gtk_adjustment_get_upper (self->across) - gtk_adjustment_get_page_size (self->across) - value;
}

double
table_grid_get_down (UiTableGrid *self)
{
  return self->down != NULL ? gtk_adjustment_get_value (self->down) : 0;
}

void
table_grid_set_across (UiTableGrid *self, double value)
{
  double most = gtk_adjustment_get_upper (self->across) - gtk_adjustment_get_page_size (self->across);

  gtk_adjustment_set_value (self->across, table_grid_is_mirrored (self) ? most - value : value);
}

static int
total_width (UiTableGrid *self)
{
  return table_grid_count_columns (self) == 0 ? 0 : self->ends[table_grid_count_columns (self) - 1];
}

/* ---- what shows ---- */

static void
measure_font (UiTableGrid *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics));

  self->row_height = height + ROW_PIXELS;
  self->head_height = height + HEAD_PIXELS;
  pango_font_metrics_unref (metrics);
}

static void
measure_columns (UiTableGrid *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int digit = PANGO_PIXELS_CEIL (MAX (pango_font_metrics_get_approximate_digit_width (metrics), pango_font_metrics_get_approximate_char_width (metrics)));

  pango_font_metrics_unref (metrics);
  /* Widths that a person drew stay until the letters change. */
  if (self->ends != NULL && digit == self->digit)
    return;
  self->digit = digit;
  g_free (self->ends);
  self->ends = g_new0 (int, table_grid_count_columns (self) + 1);
  for (guint i = 0; i < table_grid_count_columns (self); i++)
    self->ends[i] = table_grid_start_of (self, i) + ui_table_cell_measure (self->table, i, digit);
  self->numbers_width = ui_table_cell_measure_numbers (self->table, digit);
}

static void
on_loaded (AppTableRow *row, GParamSpec *pspec, UiTableGrid *self)
{
  for (guint i = 0; i < self->n_rows; i++)
    if (self->items[i] == row) {
      ui_table_cell_show_number (self->numbers[i], row);
      for (guint k = 0; k < self->n_columns; k++) {
        guint64 shown = self->shown[i * self->n_columns + k];
        if (shown != 0 && (shown >> 16) == self->positions[i])
          ui_table_cell_show (self->cells[i * self->n_columns + k], row, self->table, (guint) (shown & 0xffff) - 1);
      }
    }
}

static void
let_go (UiTableGrid *self, guint i)
{
  if (self->items[i] != NULL)
    g_signal_handlers_disconnect_by_func (self->items[i], on_loaded, self);
  g_clear_object (&self->items[i]);
}

static void
free_pool (UiTableGrid *self)
{
  for (guint i = 0; i < self->n_rows; i++) {
    let_go (self, i);
    gtk_widget_unparent (self->numbers[i]);
  }
  for (guint i = 0; i < self->n_rows * self->n_columns; i++)
    gtk_widget_unparent (self->cells[i]);
  for (guint i = 0; i < self->n_columns; i++)
    gtk_widget_unparent (self->heads[i]);
  g_clear_pointer (&self->cells, g_free);
  g_clear_pointer (&self->shown, g_free);
  g_clear_pointer (&self->numbers, g_free);
  g_clear_pointer (&self->items, g_free);
  g_clear_pointer (&self->positions, g_free);
  g_clear_pointer (&self->heads, g_free);
  g_clear_pointer (&self->head_columns, g_free);
  self->n_rows = self->n_columns = 0;
}

/* Makes what opens, when it does. */
static void
make_popover (GtkMenuButton *head, gpointer data)
{
  UiTableGrid *self = UI_TABLE_GRID (gtk_widget_get_parent (GTK_WIDGET (head)));
  guint i = GPOINTER_TO_UINT (data);

  if (self->popover != NULL && i < self->n_columns && self->head_columns[i] > 0)
    gtk_menu_button_set_popover (head, self->popover (self->popover_data, self->head_columns[i] - 1));
}

/* Below what is over it: cells, numbers, heads, the corner. */
static void
make_pool (UiTableGrid *self, guint n_rows, guint n_columns)
{
  GtkWidget *widget = GTK_WIDGET (self);

  free_pool (self);
  self->n_rows = n_rows;
  self->n_columns = n_columns;
  self->cells = g_new0 (GtkWidget *, n_rows * n_columns);
  self->shown = g_new0 (guint64, n_rows * n_columns);
  self->numbers = g_new0 (GtkWidget *, n_rows);
  self->items = g_new0 (AppTableRow *, n_rows);
  self->positions = g_new0 (guint, n_rows);
  self->heads = g_new0 (GtkWidget *, n_columns);
  self->head_columns = g_new0 (guint, n_columns);
  for (guint i = 0; i < n_rows * n_columns; i++)
    gtk_widget_insert_before (self->cells[i] = ui_table_cell_new (), widget, self->corner);
  for (guint i = 0; i < n_rows; i++)
    gtk_widget_insert_before (self->numbers[i] = ui_table_cell_new_number (), widget, self->corner);
  for (guint i = 0; i < n_columns; i++) {
    self->heads[i] = ui_table_cell_new_head ();
    gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->heads[i]), make_popover, GUINT_TO_POINTER (i), NULL);
    gtk_widget_insert_before (self->heads[i], widget, self->corner);
  }
}

/* Which rows and columns show in a place of that size. */
static void
find_shown (UiTableGrid *self, int width, int height)
{
  double across = table_grid_get_across (self), down = table_grid_get_down (self);
  guint n = table_grid_count_columns (self), rows = table_grid_count_rows (self);

  self->first_row = MIN ((guint) (down / self->row_height), rows);
  self->end_row = (guint) MIN ((guint64) rows, (guint64) ceil ((down + MAX (height - self->head_height, 0)) / self->row_height));
  self->first_column = 0;
  /* The first whose end shows; there may be thousands. */
  for (guint low = 0, high = n; low < high;) {
    guint middle = (low + high) / 2;
    if (self->ends[middle] <= across)
      low = middle + 1;
    else
      high = middle;
    self->first_column = low;
  }
  self->end_column = self->first_column;
  while (self->end_column < n && table_grid_start_of (self, self->end_column) < across + width - self->numbers_width)
    self->end_column++;
}

static void
show_row (UiTableGrid *self, guint row)
{
  guint i = row % self->n_rows;

  if (self->items[i] == NULL || self->positions[i] != row) {
    let_go (self, i);
    self->items[i] = g_list_model_get_item (G_LIST_MODEL (self->rows), row);
    self->positions[i] = row;
    if (self->items[i] != NULL && !app_table_row_get_loaded (self->items[i]))
      g_signal_connect (self->items[i], "notify::loaded", G_CALLBACK (on_loaded), self);
    ui_table_cell_show_number (self->numbers[i], self->items[i]);
  }
  for (guint column = self->first_column; column < self->end_column; column++) {
    guint cell = i * self->n_columns + column % self->n_columns;
    guint64 key = ((guint64) row << 16) | (column + 1);
    if (self->shown[cell] != key) {
      self->shown[cell] = key;
      ui_table_cell_show (self->cells[cell], self->items[i], self->table, column);
    }
  }
}

/* Fills the pool with what shows. */
void
table_grid_show (UiTableGrid *self, int width, int height)
{
  find_shown (self, width, height);
  guint rows = self->end_row - self->first_row, columns = self->end_column - self->first_column;
  if (rows > self->n_rows || columns > self->n_columns)
    make_pool (self, MAX (rows + 1, self->n_rows), MAX (columns + 1, self->n_columns));
  for (guint row = self->first_row; row < self->end_row; row++)
    show_row (self, row);
  for (guint column = self->first_column; column < self->end_column; column++) {
    guint i = column % self->n_columns;
    if (self->head_columns[i] != column + 1) {
      self->head_columns[i] = column + 1;
      gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->heads[i]), NULL);
      ui_table_cell_show_head (self->heads[i], self->table, column);
    }
  }
}

/* Whether something is to be seen that the pool does not show yet. */
static gboolean
lacks (UiTableGrid *self, int width, int height)
{
  find_shown (self, width, height);
  if (self->end_row - self->first_row > self->n_rows || self->end_column - self->first_column > self->n_columns)
    return TRUE;
  for (guint column = self->first_column; column < self->end_column; column++)
    if (self->head_columns[column % self->n_columns] != column + 1)
      return TRUE;
  for (guint row = self->first_row; row < self->end_row; row++) {
    guint i = row % self->n_rows;
    if (self->items[i] == NULL || self->positions[i] != row)
      return TRUE;
    for (guint column = self->first_column; column < self->end_column; column++)
      if (self->shown[i * self->n_columns + column % self->n_columns] != (((guint64) row << 16) | (column + 1)))
        return TRUE;
  }
  return FALSE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiTableGrid *self = UI_TABLE_GRID (widget);

  self->tick = 0;
  if (self->table != NULL) {
    table_grid_show (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
    gtk_widget_queue_allocate (widget);
  }
  return G_SOURCE_REMOVE;
}

/* What becomes other words wants another size, which is too late while sizes are given: it is done before the next ones are. */
static void
show_soon (UiTableGrid *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* ---- where it stands ---- */

static void
place (UiTableGrid *self, GtkWidget *child, int x, int y, int width, int height)
{
  int least;

  if (table_grid_is_mirrored (self))
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;
  /* GTK complains of children that were not asked what they want. */
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, MAX (width, least), height }, -1);
}

static gboolean
is_shown_row (UiTableGrid *self, guint i)
{
  return self->items[i] != NULL && self->positions[i] >= self->first_row && self->positions[i] < self->end_row;
}

static void
place_all (UiTableGrid *self)
{
  int left = self->numbers_width - (int) table_grid_get_across (self);

  for (guint i = 0; i < self->n_rows; i++) {
    int y = self->head_height + (int) ((double) self->positions[i] * self->row_height - table_grid_get_down (self));
    gboolean row_shows = is_shown_row (self, i);

    gtk_widget_set_child_visible (self->numbers[i], row_shows);
    if (row_shows)
      place (self, self->numbers[i], 0, y, self->numbers_width, self->row_height);
    for (guint k = 0; k < self->n_columns; k++) {
      GtkWidget *cell = self->cells[i * self->n_columns + k];
      guint64 key = self->shown[i * self->n_columns + k];
      guint column = (guint) (key & 0xffff) - 1;
      gboolean shows = row_shows && key != 0 && column >= self->first_column && column < self->end_column && (key >> 16) == self->positions[i];

      gtk_widget_set_child_visible (cell, shows);
      if (shows)
        place (self, cell, left + table_grid_start_of (self, column), y, self->ends[column] - table_grid_start_of (self, column), self->row_height);
    }
  }
  for (guint k = 0; k < self->n_columns; k++) {
    guint column = self->head_columns[k] - 1;
    gboolean shows = self->head_columns[k] > 0 && column >= self->first_column && column < self->end_column;

    gtk_widget_set_child_visible (self->heads[k], shows);
    if (shows)
      place (self, self->heads[k], left + table_grid_start_of (self, column), 0, self->ends[column] - table_grid_start_of (self, column), self->head_height);
  }
  place (self, self->corner, 0, 0, self->numbers_width, self->head_height);
}

static void
configure (GtkAdjustment *adjustment, double size, double page, double step)
{
  double value = gtk_adjustment_get_value (adjustment);

  page = MAX (page, 0);
  gtk_adjustment_configure (adjustment, CLAMP (value, 0, MAX (size - page, 0)), 0, MAX (size, page), step, page * 0.9, page);
}

static void
ui_table_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiTableGrid *self = UI_TABLE_GRID (widget);

  if (self->table == NULL || self->across == NULL || self->down == NULL)
    return;
  self->allocating = TRUE;
  measure_font (self);
  double across = table_grid_get_across (self);
  configure (self->across, total_width (self), width - self->numbers_width, 60);
  /* From right to left it begins at the other end, which has moved. */
  if (table_grid_is_mirrored (self))
    table_grid_set_across (self, across);
  configure (self->down, (double) table_grid_count_rows (self) * self->row_height, height - self->head_height, self->row_height * 3);
  if (lacks (self, width, height))
    show_soon (self);
  place_all (self);
  self->allocating = FALSE;
}

static void
ui_table_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 400;
}

/* ---- drawing ---- */

static void
draw_box (GtkSnapshot *snapshot, UiTableGrid *self, GdkRGBA color, float alpha, int x, int y, int width, int height)
{
  color.alpha *= alpha;
  if (table_grid_is_mirrored (self))
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static void
push_clip (GtkSnapshot *snapshot, UiTableGrid *self, int x, int y, int width, int height)
{
  if (table_grid_is_mirrored (self))
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (x, y, MAX (width, 0), MAX (height, 0)));
}

static void
draw_frame (GtkSnapshot *snapshot, UiTableGrid *self, GdkRGBA color, int x, int y, int width, int height)
{
  draw_box (snapshot, self, color, 1, x, y, width, 2);
  draw_box (snapshot, self, color, 1, x, y + height - 2, width, 2);
  draw_box (snapshot, self, color, 1, x, y, 2, height);
  draw_box (snapshot, self, color, 1, x + width - 2, y, 2, height);
}

static void
snapshot_cells (UiTableGrid *self, GtkSnapshot *snapshot, GdkRGBA color, int width, int height)
{
  int left = self->numbers_width - (int) table_grid_get_across (self), right = MIN (width, left + total_width (self));

  for (guint row = self->first_row; row < self->end_row; row++) {
    int y = self->head_height + (int) ((double) row * self->row_height - table_grid_get_down (self));
    if (row == self->cursor_row)
      draw_box (snapshot, self, color, 0.06f, self->numbers_width, y, width, self->row_height);
    draw_box (snapshot, self, color, 0.09f, self->numbers_width, y + self->row_height - 1, right - self->numbers_width, 1);
  }
  for (guint i = 0; i < self->n_rows * self->n_columns; i++)
    gtk_widget_snapshot_child (GTK_WIDGET (self), self->cells[i], snapshot);
  for (guint column = self->first_column; column < self->end_column; column++)
    draw_box (snapshot, self, color, 0.09f, left + self->ends[column] - 1, self->head_height, 1,
              MIN (height, (int) ((double) self->end_row * self->row_height - table_grid_get_down (self)) + self->head_height) - self->head_height);
}

static void
ui_table_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiTableGrid *self = UI_TABLE_GRID (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), left = self->numbers_width - (int) table_grid_get_across (self);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA color, accent;

  if (self->table == NULL)
    return;
  gtk_style_context_get_color (style, &color);
  push_clip (snapshot, self, self->numbers_width, self->head_height, width - self->numbers_width, height - self->head_height);
  snapshot_cells (self, snapshot, color, width, height);
  if (gtk_widget_has_focus (widget) && self->cursor_row < table_grid_count_rows (self) && self->cursor_column < table_grid_count_columns (self) && gtk_style_context_lookup_color (style, "accent_color", &accent))
    draw_frame (snapshot, self, accent, left + table_grid_start_of (self, self->cursor_column), self->head_height + (int) ((double) self->cursor_row * self->row_height - table_grid_get_down (self)) - 1,
                self->ends[self->cursor_column] - table_grid_start_of (self, self->cursor_column), self->row_height + 1);
  gtk_snapshot_pop (snapshot);
  push_clip (snapshot, self, 0, self->head_height, self->numbers_width, height - self->head_height);
  for (guint i = 0; i < self->n_rows; i++)
    gtk_widget_snapshot_child (widget, self->numbers[i], snapshot);
  gtk_snapshot_pop (snapshot);
  push_clip (snapshot, self, self->numbers_width, 0, width - self->numbers_width, self->head_height);
  for (guint i = 0; i < self->n_columns; i++)
    gtk_widget_snapshot_child (widget, self->heads[i], snapshot);
  for (guint column = self->first_column; column < self->end_column; column++)
    draw_box (snapshot, self, color, 0.09f, left + self->ends[column] - 1, 0, 1, self->head_height);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (widget, self->corner, snapshot);
  draw_box (snapshot, self, color, 0.15f, self->numbers_width - 1, 0, 1, height);
  draw_box (snapshot, self, color, 0.15f, 0, self->head_height - 1, width, 1);
}

/* ---- as a scrollable ---- */

static void
on_moved (UiTableGrid *self)
{
  if (self->allocating)
    return;
  if (self->table != NULL && self->n_rows > 0 && self->across != NULL && self->down != NULL)
    table_grid_show (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
set_adjustment (UiTableGrid *self, GtkAdjustment **place_of, GtkAdjustment *adjustment)
{
  if (*place_of != NULL)
    g_signal_handlers_disconnect_by_func (*place_of, on_moved, self);
  g_set_object (place_of, adjustment);
  if (adjustment != NULL)
    g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
ui_table_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  UiTableGrid *self = UI_TABLE_GRID (object);

  switch (id) {
  case PROP_HADJUSTMENT:
    set_adjustment (self, &self->across, g_value_get_object (value));
    break;
  case PROP_VADJUSTMENT:
    set_adjustment (self, &self->down, g_value_get_object (value));
    break;
  case PROP_HSCROLL_POLICY:
    self->across_policy = g_value_get_enum (value);
    break;
  case PROP_VSCROLL_POLICY:
    self->down_policy = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
ui_table_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  UiTableGrid *self = UI_TABLE_GRID (object);

  switch (id) {
  case PROP_HADJUSTMENT:
    g_value_set_object (value, self->across);
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object (value, self->down);
    break;
  case PROP_HSCROLL_POLICY:
    g_value_set_enum (value, self->across_policy);
    break;
  case PROP_VSCROLL_POLICY:
    g_value_set_enum (value, self->down_policy);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

/* The heads and the numbers do not move. */
static gboolean
get_border (GtkScrollable *scrollable, GtkBorder *border)
{
  UiTableGrid *self = UI_TABLE_GRID (scrollable);

  *border = (GtkBorder) { 0, 0, (gint16) self->head_height, 0 };
  return TRUE;
}

static void
ui_table_grid_scrollable_init (GtkScrollableInterface *iface)
{
  iface->get_border = get_border;
}

static void
ui_table_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  UiTableGrid *self = UI_TABLE_GRID (widget);

  GTK_WIDGET_CLASS (ui_table_grid_parent_class)->css_changed (widget, change);
  if (self->table != NULL) {
    measure_columns (self);
    gtk_widget_queue_allocate (widget);
  }
}

static void
ui_table_grid_dispose (GObject *object)
{
  UiTableGrid *self = UI_TABLE_GRID (object);

  free_pool (self);
  self->table = NULL;
  g_clear_object (&self->rows);
  g_clear_pointer (&self->ends, g_free);
  g_clear_pointer (&self->corner, gtk_widget_unparent);
  if (self->across != NULL)
    g_signal_handlers_disconnect_by_func (self->across, on_moved, self);
  if (self->down != NULL)
    g_signal_handlers_disconnect_by_func (self->down, on_moved, self);
  g_clear_object (&self->across);
  g_clear_object (&self->down);
  G_OBJECT_CLASS (ui_table_grid_parent_class)->dispose (object);
}

static void
ui_table_grid_class_init (UiTableGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ui_table_grid_dispose;
  object_class->set_property = ui_table_grid_set_property;
  object_class->get_property = ui_table_grid_get_property;
  widget_class->measure = ui_table_grid_measure;
  widget_class->size_allocate = ui_table_grid_size_allocate;
  widget_class->snapshot = ui_table_grid_snapshot;
  widget_class->css_changed = ui_table_grid_css_changed;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  gtk_widget_class_set_css_name (widget_class, "tablegrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
ui_table_grid_init (UiTableGrid *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->drag_column = -1;
  self->corner = g_object_new (GTK_TYPE_LABEL, "label", _("Row"), "xalign", 1.0, NULL);
  gtk_widget_add_css_class (self->corner, "corner");
  gtk_widget_set_parent (self->corner, widget);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  table_grid_take_input (self);
}

void
ui_table_grid_set_rows (UiTableGrid *self, AppTableRows *rows)
{
  for (guint i = 0; i < self->n_rows; i++)
    let_go (self, i);
  if (self->shown != NULL) {
    memset (self->shown, 0, self->n_rows * self->n_columns * sizeof *self->shown);
    memset (self->head_columns, 0, self->n_columns * sizeof *self->head_columns);
  }
  g_set_object (&self->rows, rows);
  self->table = rows != NULL ? app_table_rows_get_table (rows) : NULL;
  self->drag_column = -1;
  g_clear_pointer (&self->ends, g_free);
  if (rows != NULL)
    measure_columns (self);
  self->cursor_row = MIN (self->cursor_row, MAX (table_grid_count_rows (self), 1) - 1);
  self->cursor_column = MIN (self->cursor_column, MAX (table_grid_count_columns (self), 1) - 1);
  table_grid_tell_cursor (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

AppTableRows *
ui_table_grid_get_rows (UiTableGrid *self)
{
  return self->rows;
}

void
ui_table_grid_set_popover (UiTableGrid *self, UiTableGridPopover func, gpointer data)
{
  self->popover = func;
  self->popover_data = data;
}

void
ui_table_grid_reset (UiTableGrid *self)
{
  self->cursor_row = self->cursor_column = 0;
  if (self->across != NULL)
    table_grid_set_across (self, 0);
  if (self->down != NULL)
    gtk_adjustment_set_value (self->down, 0);
}
