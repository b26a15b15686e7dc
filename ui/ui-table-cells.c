/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-cells.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-table-words.h"

/* Characters of a column: at least, at most, and what stands beside its name. */
#define LEAST_CHARS 6
#define MOST_CHARS 30
#define HEAD_PIXELS 58
#define CELL_PIXELS 30

/* What the cells of a column have in common. */
typedef struct {
  AppDataset *dataset;   /* keeps the rest */
  const AppColumn *info; /* NULL: the numbers of the rows */
  guint place;
} Column;

static void
column_free (gpointer data, GClosure *closure)
{
  g_clear_object (&((Column *) data)->dataset);
  g_free (data);
}

gboolean
ui_table_cells_is_numeric (MediaColumnType type)
{
  return type == MEDIA_COLUMN_INTEGER || type == MEDIA_COLUMN_REAL;
}

static void
set_class (GtkWidget *cell, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (cell, name);
  else
    gtk_widget_remove_css_class (cell, name);
}

static void
show (GtkWidget *cell, AppTableRow *row, const Column *column)
{
  g_autofree char *text = NULL, *tip = NULL, *label = NULL;
  AppTableCell kind = APP_TABLE_CELL_WAITING;

  if (column->info == NULL) {
    text = app_table_row_get_loaded (row) ? g_strdup_printf ("%" G_GINT64_FORMAT, app_table_row_get_number (row)) : g_strdup ("");
    label = g_strdup_printf (_("Row %s of the file"), text);
  } else {
    kind = app_table_row_dup_cell (row, column->place, &text);
    if (kind == APP_TABLE_CELL_MISFIT)
      tip = ui_table_words_dup_misfit (column->info->type, text);
    /* Translators: a cell of a table: the name of its column, and what stands in it */
    label = g_strdup_printf (_("%s: %s"), ui_table_words_column (column->info), tip != NULL ? tip : kind == APP_TABLE_CELL_EMPTY ? _("empty") : text);
    g_strdelimit (text, "\n\r\t", ' ');
  }
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  gtk_widget_set_tooltip_text (cell, tip != NULL ? tip : strlen (text) > MOST_CHARS / 2 ? text : NULL);
  set_class (cell, "empty", kind == APP_TABLE_CELL_EMPTY);
  set_class (cell, "misfit", kind == APP_TABLE_CELL_MISFIT);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_loaded (AppTableRow *row, GParamSpec *pspec, GtkWidget *cell)
{
  show (cell, row, g_object_get_data (G_OBJECT (cell), "column"));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, Column *column)
{
  gboolean right = column->info == NULL || ui_table_cells_is_numeric (column->info->type);
  GtkWidget *cell = g_object_new (GTK_TYPE_INSCRIPTION, "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, "nat-chars", 1, "min-lines", 1, "xalign", right ? 1.0 : 0.0, NULL);

  gtk_widget_add_css_class (cell, "cell");
  if (column->info == NULL)
    gtk_widget_add_css_class (cell, "row-number");
  g_object_set_data (G_OBJECT (cell), "column", column);
  gtk_list_item_set_child (item, cell);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, Column *column)
{
  AppTableRow *row = gtk_list_item_get_item (item);
  GtkWidget *cell = gtk_list_item_get_child (item);

  if (!app_table_row_get_loaded (row))
    g_signal_connect_object (row, "notify::loaded", G_CALLBACK (on_loaded), cell, 0);
  show (cell, row, column);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, Column *column)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), on_loaded, gtk_list_item_get_child (item));
}

static GtkListItemFactory *
make (Column *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), column);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), column);
  g_signal_connect_data (factory, "unbind", G_CALLBACK (on_unbind), column, column_free, 0);
  return factory;
}

GtkListItemFactory *
ui_table_cells_new (AppDataset *dataset, const AppTable *table, guint place)
{
  Column *column = g_new (Column, 1);

  *column = (Column) { g_object_ref (dataset), g_ptr_array_index (table->columns, place), place };
  return make (column);
}

GtkListItemFactory *
ui_table_cells_new_numbers (void)
{
  return make (g_new0 (Column, 1));
}

/* ---- widths ---- */

static int
measure (GtkWidget *widget, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

int
ui_table_cells_measure (GtkWidget *widget, const AppTable *table, guint place)
{
  const AppColumn *column = g_ptr_array_index (table->columns, place);
  int one = MAX (measure (widget, "0"), 1), width = MAX (measure (widget, ui_table_words_column (column)) + HEAD_PIXELS - CELL_PIXELS, one * LEAST_CHARS);
  const char *ends[] = { column->min, column->max };

  for (guint i = 0; i < 2; i++)
    if (ends[i] != NULL)
      width = MAX (width, MIN (measure (widget, ends[i]), one * MOST_CHARS));
  for (guint i = 0; column->samples[i] != NULL; i++)
    width = MAX (width, MIN (measure (widget, column->samples[i]), one * MOST_CHARS));
  return MIN (width, one * MOST_CHARS) + CELL_PIXELS;
}

int
ui_table_cells_measure_numbers (GtkWidget *widget, const AppTable *table)
{
  g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, table->n_rows + table->header_rows + 10);
  return MAX (measure (widget, last), measure (widget, _("Row"))) + CELL_PIXELS;
}
