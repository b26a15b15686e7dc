/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-cell.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-table-words.h"

/* Characters of a column: at least, and at most. */
#define LEAST_CHARS 6
#define MOST_CHARS 32
/* Pixels beside the characters of a cell, and of a head with its icon. */
#define CELL_PIXELS 26
#define HEAD_PIXELS 56
/* A text of so many characters may be cut, so that pointing at it shows it whole. */
#define LONG_CHARS 12

static gboolean
is_numeric (MediaColumnType type)
{
  return type == MEDIA_COLUMN_INTEGER || type == MEDIA_COLUMN_REAL;
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on == gtk_widget_has_css_class (widget, name))
    return;
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

GtkWidget *
ui_table_cell_new (void)
{
  /* Without a text, who asks for it by the accessibility bus has GTK complain. */
  GtkWidget *cell = g_object_new (GTK_TYPE_INSCRIPTION, "text", "", "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, "nat-chars", 1, "min-lines", 1, NULL);

  gtk_widget_add_css_class (cell, "cell");
  return cell;
}

void
ui_table_cell_show (GtkWidget *cell, AppTableRow *row, const AppTable *table, guint place)
{
  const AppColumn *column = g_ptr_array_index (table->columns, place);
  g_autofree char *text = NULL, *tip = NULL, *label = NULL;
  AppTableCell kind = row != NULL ? app_table_row_dup_cell (row, place, &text) : APP_TABLE_CELL_WAITING;

  if (kind == APP_TABLE_CELL_MISFIT)
    tip = ui_table_words_dup_misfit (column->type, text);
  /* Translators: a cell of a table: the name of its column, and what stands in it */
  label = g_strdup_printf (_("%s: %s"), ui_table_words_column (column), tip != NULL ? tip : kind == APP_TABLE_CELL_EMPTY ? _("empty") : text != NULL ? text : "");
  if (text != NULL)
    g_strdelimit (text, "\n\r\t", ' ');
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text != NULL ? text : "");
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), is_numeric (column->type) ? 1 : 0);
  gtk_widget_set_tooltip_text (cell, tip != NULL ? tip : text != NULL && strlen (text) > LONG_CHARS ? text : NULL);
  set_class (cell, "empty", kind == APP_TABLE_CELL_EMPTY);
  set_class (cell, "misfit", kind == APP_TABLE_CELL_MISFIT);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

GtkWidget *
ui_table_cell_new_number (void)
{
  GtkWidget *cell = ui_table_cell_new ();

  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), 1);
  gtk_widget_add_css_class (cell, "row-number");
  return cell;
}

void
ui_table_cell_show_number (GtkWidget *cell, AppTableRow *row)
{
  g_autofree char *text = row != NULL && app_table_row_get_loaded (row) ? g_strdup_printf ("%" G_GINT64_FORMAT, app_table_row_get_number (row)) : g_strdup ("");
  g_autofree char *label = g_strdup_printf (_("Row %s of the file"), text);

  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* ---- heads ---- */

GtkWidget *
ui_table_cell_new_head (void)
{
  GtkWidget *head = gtk_menu_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new (), *label = g_object_new (GTK_TYPE_LABEL, "ellipsize", PANGO_ELLIPSIZE_END, NULL);

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (head), box);
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (head), FALSE);
  gtk_widget_add_css_class (head, "head");
  return head;
}

void
ui_table_cell_show_head (GtkWidget *head, const AppTable *table, guint place)
{
  const AppColumn *column = g_ptr_array_index (table->columns, place);
  GtkWidget *box = gtk_menu_button_get_child (GTK_MENU_BUTTON (head)), *icon = gtk_widget_get_first_child (box);
  g_autofree char *name = g_strdup_printf (_("%s: %s"), ui_table_words_column (column), ui_table_words_type (column->type));

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), ui_table_words_type_icon (column->type));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (icon)), ui_table_words_column (column));
  gtk_widget_set_halign (box, is_numeric (column->type) ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (head, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (head), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* ---- widths ---- */

static int
count_chars (const char *text)
{
  return text != NULL ? (int) MIN (g_utf8_strlen (text, -1), MOST_CHARS) : 0;
}

int
ui_table_cell_measure (const AppTable *table, guint place, int digit)
{
  const AppColumn *column = g_ptr_array_index (table->columns, place);
  int chars = MAX (LEAST_CHARS, MAX (count_chars (column->min), count_chars (column->max)));

  for (guint i = 0; column->samples[i] != NULL; i++)
    chars = MAX (chars, count_chars (column->samples[i]));
  return MAX (chars * digit + CELL_PIXELS, count_chars (ui_table_words_column (column)) * digit * 9 / 8 + HEAD_PIXELS); /* in bold */
}

int
ui_table_cell_measure_numbers (const AppTable *table, int digit)
{
  g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, table->n_rows + 100);
  return MAX (4, (int) strlen (last)) * digit + CELL_PIXELS;
}
