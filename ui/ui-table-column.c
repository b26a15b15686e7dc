/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-column.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-combo.h"
#include "ui-table-words.h"

struct _UiTableColumn {
  GtkPopover parent_instance;

  GtkLabel *facts;
  AdwEntryRow *name;
  AdwComboRow *type;
  AdwComboRow *order;
  AdwComboRow *decimal;
  GtkWidget *guess;
  GtkWidget *apply;

  AppDataset *dataset;
  guint table, column;
};

G_DEFINE_FINAL_TYPE (UiTableColumn, ui_table_column, GTK_TYPE_POPOVER)

/* Behind "as guessed". */
static const char *const orders[] = { NULL, "dmy", "mdy", "ymd" };
static const char decimals[] = { '\0', '.', ',' };

static guint signal_corrected;

static const AppColumn *
get_column (UiTableColumn *self)
{
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (self->dataset), self->table);
  return g_ptr_array_index (table->columns, self->column);
}

/* Which questions a type has. */
static void
on_type (UiTableColumn *self)
{
  guint type = adw_combo_row_get_selected (self->type);

  gtk_widget_set_visible (GTK_WIDGET (self->order), type == MEDIA_COLUMN_DATE || type == MEDIA_COLUMN_DATETIME);
  gtk_widget_set_visible (GTK_WIDGET (self->decimal), type == MEDIA_COLUMN_REAL || type == MEDIA_COLUMN_INTEGER);
}

static void
tell (UiTableColumn *self, AppTableChoices *choices)
{
  g_autofree char *text = app_table_choices_dup_text (choices);

  gtk_popover_popdown (GTK_POPOVER (self));
  if (strcmp (text, app_dataset_get_choices (self->dataset)) != 0)
    g_signal_emit (self, signal_corrected, 0, text);
}

static void
on_guess (UiTableColumn *self)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (self->dataset));

  app_table_choices_forget_column (choices, self->table, self->column);
  tell (self, choices);
}

static void
on_apply (UiTableColumn *self)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (self->dataset));
  const AppColumn *column = get_column (self);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  MediaColumnType type = adw_combo_row_get_selected (self->type);
  guint order = adw_combo_row_get_selected (self->order), decimal = adw_combo_row_get_selected (self->decimal);

  if (strcmp (name, ui_table_words_column (column)) != 0)
    app_table_choices_set_name (choices, self->table, self->column, name);
  if (type != column->type)
    app_table_choices_set_type (choices, self->table, self->column, type);
  app_table_choices_set_order (choices, self->table, self->column, gtk_widget_get_visible (GTK_WIDGET (self->order)) && order < G_N_ELEMENTS (orders) ? orders[order] : NULL);
  app_table_choices_set_decimal (choices, self->table, self->column, gtk_widget_get_visible (GTK_WIDGET (self->decimal)) && decimal < G_N_ELEMENTS (decimals) ? decimals[decimal] : '\0');
  tell (self, choices);
}

static void
ui_table_column_dispose (GObject *object)
{
  g_clear_object (&UI_TABLE_COLUMN (object)->dataset);
  G_OBJECT_CLASS (ui_table_column_parent_class)->dispose (object);
}

static void
ui_table_column_class_init (UiTableColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_table_column_dispose;
  signal_corrected = g_signal_new ("corrected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-table-column.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, facts);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, name);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, type);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, order);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, decimal);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, guess);
  gtk_widget_class_bind_template_child (widget_class, UiTableColumn, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_type);
  gtk_widget_class_bind_template_callback (widget_class, on_guess);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
}

static void
ui_table_column_init (UiTableColumn *self)
{
  g_autoptr (GtkStringList) types = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < MEDIA_COLUMN_N; i++)
    gtk_string_list_append (types, ui_table_words_type (i));
  adw_combo_row_set_model (self->type, G_LIST_MODEL (types));
  ui_combo_name (self->type);
  ui_combo_name (self->order);
  ui_combo_name (self->decimal);
}

static guint
find_order (const char *order)
{
  for (guint i = 1; i < G_N_ELEMENTS (orders); i++)
    if (g_strcmp0 (orders[i], order) == 0)
      return i;
  return 0;
}

GtkWidget *
ui_table_column_new (AppDataset *dataset, guint table, guint column)
{
  UiTableColumn *self = g_object_new (UI_TYPE_TABLE_COLUMN, NULL);
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (dataset));
  char decimal = app_table_choices_get_decimal (choices, table, column);
  g_autofree char *facts = NULL;

  self->dataset = g_object_ref (dataset);
  self->table = table;
  self->column = column;
  facts = ui_table_words_dup_facts (g_ptr_array_index (app_dataset_get_tables (dataset), table), column);
  gtk_label_set_text (self->facts, facts);
  gtk_editable_set_text (GTK_EDITABLE (self->name), ui_table_words_column (get_column (self)));
  adw_combo_row_set_selected (self->type, get_column (self)->type);
  adw_combo_row_set_selected (self->order, find_order (app_table_choices_get_order (choices, table, column)));
  adw_combo_row_set_selected (self->decimal, decimal == '.' ? 1 : decimal == ',' ? 2 : 0);
  gtk_widget_set_visible (self->guess, app_table_choices_has_column (choices, table, column));
  on_type (self);
  return GTK_WIDGET (self);
}
