/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-table-rows.h"
#include "ui-table-column.h"
#include "ui-table-save.h"
#include "ui-table-grid.h"
#include "ui-table-notes.h"
#include "ui-table-reading.h"
#include "ui-table-words.h"
#include "ui-toast.h"

struct _UiTableView {
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkDropDown *tables;
  GtkMenuButton *reading;
  GtkMenuButton *export;
  GtkWidget *working; /* while it is read anew */
  GtkProgressBar *progress;
  GtkWidget *failure;
  GtkLabel *failure_label;
  GtkWidget *close_failure;
  GtkProgressBar *first_progress;
  UiTableGrid *grid;
  GtkLabel *summary;
  GtkMenuButton *notes;
  GtkLabel *n_notes;

  AppAttachment *attachment;
  AppDataset *dataset;
  guint table; /* the place of the one that shows */
  GCancellable *cancellable;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (UiTableView, ui_table_view, GTK_TYPE_WIDGET)

enum { FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void correct (UiTableView *self, const char *choices);

/* ---- filling ---- */

/* A cell on its way to be shown. */
typedef struct {
  UiTableView *self;
  int column;
} Going;

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Going *going = data;
  g_autoptr (UiTableView) self = going->self;
  guint position, row, column;

  if (!app_table_rows_find_finish (APP_TABLE_ROWS (source), result, &position, NULL) || self->stack == NULL || ui_table_grid_get_rows (self->grid) != APP_TABLE_ROWS (source))
    return;
  ui_table_grid_get_cursor (self->grid, &row, &column);
  ui_table_grid_go (self->grid, position, going->column >= 0 ? (guint) going->column : column);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

/* A row of the file that something was said of. */
static void
on_go (UiTableView *self, gint64 number, int column)
{
  Going *going = g_new (Going, 1);

  *going = (Going) { g_object_ref (self), column };
  app_table_rows_find_async (ui_table_grid_get_rows (self->grid), number, NULL, on_found, going);
}

static void
on_corrected (UiTableView *self, const char *choices)
{
  correct (self, choices);
}

static GtkWidget *
make_popover (gpointer data, guint column)
{
  UiTableView *self = data;
  GtkWidget *popover = ui_table_column_new (self->dataset, self->table, column);

  g_signal_connect_object (popover, "corrected", G_CALLBACK (on_corrected), self, G_CONNECT_SWAPPED);
  return popover;
}

static void
fill (UiTableView *self)
{
  g_autoptr (AppTableRows) rows = app_table_rows_new (self->dataset, self->table);
  g_autofree char *summary = ui_table_words_dup_summary (self->dataset, self->table);

  ui_table_grid_set_rows (self->grid, rows);
  gtk_label_set_text (self->summary, summary);
  ui_table_notes_fill (self->notes, self->n_notes, self->dataset, self->table, (UiTableNotesGo) on_go, self);
  gtk_widget_set_visible (GTK_WIDGET (self->reading), ui_table_reading_set_dataset (UI_TABLE_READING (gtk_menu_button_get_popover (self->reading)), self->dataset, self->table));
}

/* A name of the button's is cut where there is no room for it; the list has all of it. */
static void
on_setup_name (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "max-width-chars", 30, NULL));
}

static void
on_bind_name (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
cut_names (GtkDropDown *tables)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_name), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_name), NULL);
  gtk_drop_down_set_list_factory (tables, gtk_drop_down_get_factory (tables));
  gtk_drop_down_set_factory (tables, factory);
}

static void
show_tables (UiTableView *self)
{
  GPtrArray *tables = app_dataset_get_tables (self->dataset);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < tables->len; i++)
    gtk_string_list_append (names, ui_table_words_table (g_ptr_array_index (tables, i)));
  self->filling = TRUE;
  gtk_drop_down_set_model (self->tables, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->tables, self->table);
  self->filling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->tables), tables->len > 1);
}

static void
on_table (UiTableView *self)
{
  guint selected = gtk_drop_down_get_selected (self->tables);

  if (self->filling || self->dataset == NULL || selected >= app_dataset_get_tables (self->dataset)->len || selected == self->table)
    return;
  self->table = selected;
  fill (self);
  ui_table_grid_reset (self->grid);
}

/* Another reading of the same file: the same table, the same place in it. */
static void
take_dataset (UiTableView *self, AppDataset *dataset)
{
  g_set_object (&self->dataset, dataset);
  self->table = MIN (self->table, app_dataset_get_tables (dataset)->len - 1);
  show_tables (self);
  fill (self);
  gtk_stack_set_visible_child_name (self->stack, "table");
}

/* ---- reading ---- */

static void
on_progress (double fraction, gpointer data)
{
  UiTableView *self = data;

  gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
set_failure (UiTableView *self, const char *sentence)
{
  gtk_label_set_text (self->failure_label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->failure, sentence != NULL);
}

static void
on_close_failure (UiTableView *self)
{
  set_failure (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
on_read_anew (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTableView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppDataset) dataset = app_attachment_correct_dataset_finish (APP_ATTACHMENT (source), result, &error);

  /* A newer one may be under way, or the window gone. */
  if (self->stack == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->working, FALSE);
  if (dataset == NULL) {
    set_failure (self, error->message);
    return;
  }
  take_dataset (self, dataset);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
correct (UiTableView *self, const char *choices)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  set_failure (self, NULL);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_widget_set_visible (self->working, TRUE);
  app_attachment_correct_dataset_async (self->attachment, self->dataset, choices, self->cancellable, on_progress, self, on_read_anew, g_object_ref (self));
}

static void
on_stop (UiTableView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->working, FALSE);
}

static void
on_first (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTableView) self = data;
  g_autoptr (AppDataset) dataset = app_attachment_read_dataset_finish (APP_ATTACHMENT (source), result, NULL);

  if (self->stack == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (dataset != NULL && app_dataset_get_tables (dataset)->len > 0)
    take_dataset (self, dataset);
  else
    g_signal_emit (self, signals[FAILED], 0);
}

static void
read_first (UiTableView *self)
{
  self->cancellable = g_cancellable_new ();
  app_attachment_read_dataset_async (self->attachment, app_attachment_get_datasets (self->attachment), self->cancellable, on_first, g_object_ref (self));
}

static void
on_first_progress (UiTableView *self)
{
  gtk_progress_bar_set_fraction (self->first_progress, app_attachment_get_dataset_fraction (self->attachment));
}

static void
on_dataset (UiTableView *self)
{
  if (self->dataset == NULL && self->cancellable == NULL && !app_attachment_get_dataset_busy (self->attachment))
    read_first (self);
}

gboolean
ui_table_view_can_show (AppAttachment *attachment)
{
  return app_attachment_get_datasets (attachment) != NULL && app_datasets_can_import (app_attachment_get_name (attachment), app_attachment_get_mime_type (attachment), NULL) &&
         (app_attachment_get_dataset_error (attachment) == NULL || app_attachment_get_dataset_busy (attachment));
}

void
ui_table_view_set_attachment (UiTableView *self, AppAttachment *attachment)
{
  g_return_if_fail (self->attachment == NULL);
  self->attachment = g_object_ref (attachment);
  g_signal_connect_object (attachment, "notify::dataset", G_CALLBACK (on_dataset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (attachment, "notify::dataset-fraction", G_CALLBACK (on_first_progress), self, G_CONNECT_SWAPPED);
  on_dataset (self);
}

/* ---- its file ---- */

static void
on_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiTableView *self = UI_TABLE_VIEW (widget);

  if (self->dataset != NULL)
    ui_table_save_dataset (GTK_WIDGET (self->toasts), self->dataset, self->table, g_str_has_suffix (action, "csv") ? APP_TABLE_EXPORT_CSV : APP_TABLE_EXPORT_XLSX);
}

static void
ui_table_view_dispose (GObject *object)
{
  UiTableView *self = UI_TABLE_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->stack = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->attachment);
  g_clear_object (&self->dataset);
  G_OBJECT_CLASS (ui_table_view_parent_class)->dispose (object);
}

static void
ui_table_view_class_init (UiTableViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (UI_TYPE_TABLE_GRID);
  G_OBJECT_CLASS (klass)->dispose = ui_table_view_dispose;
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-table-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTableView, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, tables);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, reading);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, export);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, working);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, progress);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, failure);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, failure_label);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, close_failure);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, first_progress);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, grid);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, summary);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, notes);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, n_notes);
  gtk_widget_class_bind_template_callback (widget_class, on_table);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_close_failure);
  gtk_widget_class_install_action (widget_class, "table.export-csv", NULL, on_export);
  gtk_widget_class_install_action (widget_class, "table.export-xlsx", NULL, on_export);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "tableview");
}

static void
ui_table_view_init (UiTableView *self)
{
  GtkWidget *reading = ui_table_reading_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
  g_signal_connect_object (reading, "corrected", G_CALLBACK (on_corrected), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (self->reading, reading);
  ui_table_grid_set_popover (self->grid, make_popover, self);
  cut_names (self->tables);
}
