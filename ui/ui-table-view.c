/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-table-rows.h"
#include "ui-table-cells.h"
#include "ui-table-column.h"
#include "ui-table-export.h"
#include "ui-table-notes.h"
#include "ui-table-reading.h"
#include "ui-table-words.h"
#include "ui-toast.h"

/* A list makes cells of all columns, also of those out of sight: of more columns than this, so many are shown at a time. */
#define MOST_COLUMNS 40
/* What a key moves to the side, in pixels. */
#define STEP 90

struct _UiTableView {
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkDropDown *tables;
  GtkWidget *columns;
  GtkLabel *columns_label;
  GtkWidget *columns_before;
  GtkWidget *columns_after;
  GtkMenuButton *reading;
  GtkMenuButton *export;
  GtkWidget *working; /* while it is read anew */
  GtkProgressBar *progress;
  GtkWidget *failure;
  GtkLabel *failure_label;
  GtkProgressBar *first_progress;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkLabel *summary;
  GtkMenuButton *notes;

  AppAttachment *attachment;
  AppDataset *dataset;
  guint table;        /* the place of the one that shows */
  guint first_column; /* that shows */
  GPtrArray *heads;   /* of GtkWidget, the buttons of the columns that show; not owned */
  GCancellable *cancellable;
  gboolean filling;
  /* Where the list is to be once it is laid out. */
  guint place_tick;
  double place_x, place_y;
};

G_DEFINE_FINAL_TYPE (UiTableView, ui_table_view, GTK_TYPE_WIDGET)

enum { FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void correct (UiTableView *self, const char *choices);

static const AppTable *
get_table (UiTableView *self)
{
  return g_ptr_array_index (app_dataset_get_tables (self->dataset), self->table);
}

/* ---- where it is ---- */

static gboolean
go_to_place (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiTableView *self = UI_TABLE_VIEW (widget);

  gtk_adjustment_set_value (gtk_scrolled_window_get_hadjustment (self->scroller), self->place_x);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), self->place_y);
  self->place_tick = 0;
  return G_SOURCE_REMOVE;
}

/* In the next frame, when the rows have their heights. */
static void
keep_place (UiTableView *self, double x, double y)
{
  self->place_x = x;
  self->place_y = y;
  if (self->place_tick == 0)
    self->place_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), go_to_place, NULL, NULL);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTableView) self = data;
  GtkSelectionModel *model = self->view != NULL ? gtk_column_view_get_model (self->view) : NULL;
  guint position, n = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;

  if (!app_table_rows_find_finish (APP_TABLE_ROWS (source), result, &position, NULL) || position >= n)
    return;
  GtkAdjustment *vertical = gtk_scrolled_window_get_vadjustment (self->scroller);
  double height = gtk_adjustment_get_upper (vertical) / n;
  gtk_selection_model_select_item (model, position, TRUE);
  gtk_adjustment_set_value (vertical, MAX (position * height - gtk_adjustment_get_page_size (vertical) / 3, 0));
}

/* A row of the file that something was said of. */
static void
on_go (UiTableView *self, gint64 number)
{
  GtkSelectionModel *model = gtk_column_view_get_model (self->view);
  AppTableRows *rows = model != NULL ? APP_TABLE_ROWS (gtk_single_selection_get_model (GTK_SINGLE_SELECTION (model))) : NULL;

  if (rows != NULL)
    app_table_rows_find_async (rows, number, NULL, on_found, g_object_ref (self));
}

/* To the side; GTK's list knows no cells that keys could move between. */
static gboolean
on_key (UiTableView *self, guint key, guint code, GdkModifierType modifiers)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->view));
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (self->scroller);
  int way = key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1 : key == GDK_KEY_Left || key == GDK_KEY_KP_Left ? -1 : 0;

  if (way == 0 || focus == NULL || list == NULL || !gtk_widget_is_ancestor (focus, list) || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return GDK_EVENT_PROPAGATE;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    way = -way;
  gtk_adjustment_set_value (across, gtk_adjustment_get_value (across) + way * STEP);
  return GDK_EVENT_STOP;
}

/* ---- heads ---- */

static void
on_corrected (UiTableView *self, const char *choices)
{
  correct (self, choices);
}

static void
make_popover (GtkMenuButton *button, gpointer place)
{
  UiTableView *self = UI_TABLE_VIEW (gtk_widget_get_ancestor (GTK_WIDGET (button), UI_TYPE_TABLE_VIEW));
  GtkWidget *popover = ui_table_column_new (self->dataset, self->table, GPOINTER_TO_UINT (place));

  g_signal_connect_object (popover, "corrected", G_CALLBACK (on_corrected), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (button, popover);
}

/* GTK 4.8 has a label in a head and nothing else. The button takes its place: an icon for the type, the name, and all that can be corrected behind it. */
static GtkWidget *
make_head (UiTableView *self, const AppColumn *column, guint place)
{
  GtkWidget *button = gtk_menu_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name (ui_table_words_type_icon (column->type));
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", ui_table_words_column (column), "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  g_autofree char *name = g_strdup_printf (_("%s: %s"), ui_table_words_column (column), ui_table_words_type (column->type));

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_halign (box, ui_table_cells_is_numeric (column->type) ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (button), box);
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), make_popover, GUINT_TO_POINTER (place), NULL);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "table-head");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

/* Into the title of the column that was added last. */
static void
put_head (UiTableView *self, GtkWidget *head)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *title = header != NULL ? gtk_widget_get_last_child (header) : NULL, *box = title != NULL ? gtk_widget_get_first_child (title) : NULL;

  if (!GTK_IS_BOX (box)) {
    g_object_unref (g_object_ref_sink (head));
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, FALSE);
  gtk_box_append (GTK_BOX (box), head);
  g_ptr_array_add (self->heads, head);
}

static void
add_column (UiTableView *self, const char *title, GtkListItemFactory *factory, int width, gboolean resizable)
{
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  gtk_column_view_column_set_fixed_width (column, width);
  gtk_column_view_column_set_resizable (column, resizable);
  gtk_column_view_append_column (self->view, column);
}

/* ---- filling ---- */

static void
clear_columns (UiTableView *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  g_ptr_array_set_size (self->heads, 0);
  for (guint i = g_list_model_get_n_items (columns); i-- > 0;) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
    gtk_column_view_remove_column (self->view, column);
  }
}

static void
show_columns_bar (UiTableView *self, guint n)
{
  guint last = MIN (self->first_column + MOST_COLUMNS, n);
  g_autofree char *label = g_strdup_printf (_("Columns %u to %u of %u"), self->first_column + 1, last, n);

  gtk_widget_set_visible (self->columns, n > MOST_COLUMNS);
  gtk_label_set_text (self->columns_label, label);
  gtk_widget_set_sensitive (self->columns_before, self->first_column > 0);
  gtk_widget_set_sensitive (self->columns_after, last < n);
}

/* The rows are those of the dataset, and so is their order; a head goes when its column does. */
static void
fill (UiTableView *self)
{
  const AppTable *table = get_table (self);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (G_LIST_MODEL (app_table_rows_new (self->dataset, self->table)));
  g_autofree char *summary = ui_table_words_dup_summary (self->dataset, self->table);

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_column_view_set_model (self->view, NULL);
  clear_columns (self);
  add_column (self, _("Row"), ui_table_cells_new_numbers (), ui_table_cells_measure_numbers (GTK_WIDGET (self), table), FALSE);
  for (guint i = self->first_column; i < MIN (self->first_column + MOST_COLUMNS, table->columns->len); i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    add_column (self, ui_table_words_column (column), ui_table_cells_new (self->dataset, table, i), ui_table_cells_measure (GTK_WIDGET (self), table, i), TRUE);
    put_head (self, make_head (self, column, i));
  }
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  show_columns_bar (self, table->columns->len);
  gtk_label_set_text (self->summary, summary);
  ui_table_notes_fill (self->notes, self->dataset, self->table, (UiTableNotesGo) on_go, self);
  ui_table_reading_set_dataset (UI_TABLE_READING (gtk_menu_button_get_popover (self->reading)), self->dataset, self->table);
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
  self->first_column = 0;
  fill (self);
  keep_place (self, 0, 0);
}

static void
move_columns (UiTableView *self, int way)
{
  self->first_column = (guint) MAX ((int) self->first_column + way * MOST_COLUMNS, 0);
  double y = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller));
  fill (self);
  keep_place (self, 0, y);
}

static void
on_columns_before (UiTableView *self)
{
  move_columns (self, -1);
}

static void
on_columns_after (UiTableView *self)
{
  move_columns (self, 1);
}

/* Another reading of the same file: the same table, the same place in it. */
static void
take_dataset (UiTableView *self, AppDataset *dataset)
{
  double x = gtk_adjustment_get_value (gtk_scrolled_window_get_hadjustment (self->scroller)), y = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller));
  GPtrArray *tables = app_dataset_get_tables (dataset);

  g_set_object (&self->dataset, dataset);
  self->table = MIN (self->table, tables->len - 1);
  if (self->first_column >= get_table (self)->columns->len)
    self->first_column = 0;
  show_tables (self);
  fill (self);
  keep_place (self, x, y);
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
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
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
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
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
    ui_table_export (GTK_WIDGET (self->toasts), self->dataset, self->table, g_str_has_suffix (action, "csv") ? APP_TABLE_EXPORT_CSV : APP_TABLE_EXPORT_XLSX);
}

static void
ui_table_view_dispose (GObject *object)
{
  UiTableView *self = UI_TABLE_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->stack = NULL;
  self->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->attachment);
  g_clear_object (&self->dataset);
  g_clear_pointer (&self->heads, g_ptr_array_unref);
  G_OBJECT_CLASS (ui_table_view_parent_class)->dispose (object);
}

static void
ui_table_view_class_init (UiTableViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_table_view_dispose;
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-table-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTableView, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, tables);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, columns);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, columns_label);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, columns_before);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, columns_after);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, reading);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, export);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, working);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, progress);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, failure);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, failure_label);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, first_progress);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, view);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, summary);
  gtk_widget_class_bind_template_child (widget_class, UiTableView, notes);
  gtk_widget_class_bind_template_callback (widget_class, on_table);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_close_failure);
  gtk_widget_class_bind_template_callback (widget_class, on_columns_before);
  gtk_widget_class_bind_template_callback (widget_class, on_columns_after);
  gtk_widget_class_install_action (widget_class, "table.export-csv", NULL, on_export);
  gtk_widget_class_install_action (widget_class, "table.export-xlsx", NULL, on_export);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "tableview");
}

static void
ui_table_view_init (UiTableView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *reading = ui_table_reading_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->heads = g_ptr_array_new ();
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
  g_signal_connect_object (reading, "corrected", G_CALLBACK (on_corrected), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (self->reading, reading);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}
