/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table.h"

#include <glib/gi18n.h>
#include <cmark-gfm.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm-core-extensions.h>

#include "ui-markdown-label.h"
#include "ui-sideways.h"

struct _UiTable {
  GtkWidget parent_instance;

  GtkWidget *sideways;
  GtkWidget *grid;
  GtkWidget *rest;   /* the line that says how many rows are left out */
  GPtrArray *cells;  /* GtkLabel, row after row; not owned */
  guint n_columns;
};

G_DEFINE_FINAL_TYPE (UiTable, ui_table, GTK_TYPE_WIDGET)

static void
clear_from (UiTable *self, guint first)
{
  for (guint i = first; i < self->cells->len; i++)
    gtk_grid_remove (GTK_GRID (self->grid), g_ptr_array_index (self->cells, i));
  if (first < self->cells->len)
    g_ptr_array_set_size (self->cells, first);
}

static GtkWidget *
cell_at (UiTable *self, guint index)
{
  GtkWidget *label;

  if (index < self->cells->len)
    return g_ptr_array_index (self->cells, index);
  label = ui_markdown_label_new (index < self->n_columns ? GTK_ACCESSIBLE_ROLE_COLUMN_HEADER : GTK_ACCESSIBLE_ROLE_CELL);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_widget_add_css_class (label, index < self->n_columns ? "head" : "cell");
  gtk_grid_attach (GTK_GRID (self->grid), label, index % self->n_columns, index / self->n_columns, 1, 1);
  g_ptr_array_add (self->cells, label);
  return label;
}

static float
xalign_of (guint8 alignment)
{
  return alignment == 'r' ? 1.0 : alignment == 'c' ? 0.5 : 0.0;
}

void
ui_table_set_node (UiTable *self, cmark_node *node, GtkTextDirection direction)
{
  guint n_columns = MIN (cmark_gfm_extensions_get_table_columns (node), UI_TABLE_MAX_COLUMNS);
  const guint8 *alignments = cmark_gfm_extensions_get_table_alignments (node);
  guint max_rows = UI_TABLE_MAX_CELLS / MAX (n_columns, 1);
  guint n_rows = 0;

  if (n_columns != self->n_columns) {
    clear_from (self, 0);
    self->n_columns = n_columns;
  }
  gtk_widget_set_direction (GTK_WIDGET (self), direction);
  gtk_widget_set_direction (self->sideways, direction);
  gtk_widget_set_direction (self->grid, direction);
  for (cmark_node *row = cmark_node_first_child (node); row != NULL && n_columns > 0; row = cmark_node_next (row), n_rows++) {
    cmark_node *cell = cmark_node_first_child (row);

    if (n_rows >= max_rows)
      continue;
    for (guint column = 0; column < n_columns; column++, cell = cell ? cmark_node_next (cell) : NULL) {
      GtkWidget *label = cell_at (self, n_rows * n_columns + column);

      if (cell != NULL)
        ui_markdown_label_show (GTK_LABEL (label), cell, FALSE);
      else
        gtk_label_set_text (GTK_LABEL (label), "");
      gtk_label_set_selectable (GTK_LABEL (label), *gtk_label_get_text (GTK_LABEL (label)) != '\0'); /* an empty cell is no stop of the focus */
      gtk_widget_set_direction (label, direction);
      gtk_label_set_xalign (GTK_LABEL (label), xalign_of (alignments ? alignments[column] : 0));
      gtk_label_set_justify (GTK_LABEL (label), alignments && alignments[column] == 'r' ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
    }
  }
  clear_from (self, MIN (n_rows, max_rows) * n_columns);
  gtk_widget_set_visible (self->rest, n_rows > max_rows);
  if (n_rows > max_rows) {
    g_autofree char *text = g_strdup_printf (ngettext ("%u more row. Copy the answer to have it.", "%u more rows. Copy the answer to have them.", n_rows - max_rows),
                                             n_rows - max_rows);

    gtk_label_set_text (GTK_LABEL (self->rest), text);
  }
}

static void
ui_table_dispose (GObject *object)
{
  UiTable *self = UI_TABLE (object);

  g_clear_pointer (&self->sideways, gtk_widget_unparent);
  g_clear_pointer (&self->rest, gtk_widget_unparent);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  G_OBJECT_CLASS (ui_table_parent_class)->dispose (object);
}

static void
ui_table_class_init (UiTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_table_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "mdtable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TABLE);
}

static void
ui_table_init (UiTable *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->cells = g_ptr_array_new ();
  self->grid = gtk_grid_new ();
  self->sideways = ui_sideways_new (self->grid);
  gtk_widget_set_parent (self->sideways, GTK_WIDGET (self));
  self->rest = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE, "visible", FALSE, NULL);
  gtk_widget_add_css_class (self->rest, "dim-label");
  gtk_widget_set_parent (self->rest, GTK_WIDGET (self));
}

GtkWidget *
ui_table_new (void)
{
  return g_object_new (UI_TYPE_TABLE, NULL);
}
